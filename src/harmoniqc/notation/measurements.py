"""A result as written to a measurement: numbers, bounds, aggregates, parts, and words that say an outcome.

A summary of several values stays one: it gets its statistic and is not reportable. Words that are no outcome of the
vocabulary stay words. What cannot be read with certainty is refused.
"""

from __future__ import annotations

import re
from functools import lru_cache

from harmoniqc.notation.context import Context
from harmoniqc.notation.grammar import parse
from harmoniqc.notation.items import Expression, Item, read_expression
from harmoniqc.notation.quantities import GivenUnit, given_unit
from harmoniqc.notation.reading import check_commas, check_units, findings_of, guarded
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.results_in_numbers import numeric_fields
from harmoniqc.notation.results_in_words import outcome_fields
from harmoniqc.notation.signs import Signs
from harmoniqc.notation.tails import Note
from harmoniqc.standard import CompoundMeasurement, Measurement
from harmoniqc.standard.decimal_text import is_decimal_text
from harmoniqc.vocabulary import outcomes

_PLAIN = re.compile(r"\s*(-?(?:0|[1-9]\d{0,19})(?:\.\d{1,19})?)\s?(%?)\s*\Z")
_DURATION = re.compile(r"\s*(\d{1,3})h([0-5]\d)(?:min|m)?\s*\Z")


def parse_measurement(text: str, unit: str | None = None) -> Measurement:
    """Return what a result says.

    Args:
        text: The result as a certificate or an export prints it: ``"<0.5 EU/mL"``, ``"97.5 ± 1.6 %"``, ``"No growth"``.
        unit: Unit of the column or heading, for texts that name none themselves, or only a part of it.

    Returns:
        The measurement. Its ``text`` is what was written, its ``findings`` are the assumptions made in reading. A
        text with several labeled results has them as ``parts``. Words that are no outcome of the vocabulary stay
        words.

    Raises:
        NotationError: If the text cannot be read with certainty.
        TypeError: If it is no text.
    """
    if not isinstance(text, str) or not (unit is None or isinstance(unit, str)):
        raise TypeError("parse_measurement(text, unit): both are text")
    return _read(text, unit)


@lru_cache(maxsize=16384)
def _read(text: str, unit: str | None) -> Measurement:
    given = given_unit(unit)
    plain = _PLAIN.match(text)
    if plain is not None and plain[1] != "-0":
        found = _plain(text, plain, given)
        if found is not None:
            return found
    return guarded(text, lambda signs: _measurement(signs, given))


def _plain(text: str, match: re.Match[str], given: GivenUnit | Refusal | None) -> Measurement | None:
    """Return a plain number with the unit of its column: the result most cells hold."""
    digits, percent = match.groups()
    if isinstance(given, Refusal) or (percent and given is not None and given.unit.code != "%"):
        return None
    unit = "%" if percent else None if given is None or given.unit.code == "1" else given.unit.code
    if not is_decimal_text(digits) or (digits.startswith("-") and unit is not None):
        return None
    return Measurement(value=digits, unit=unit, text=text.strip(), population=given.population if given else None)


def _measurement(signs: Signs, given: GivenUnit | Refusal | None) -> Measurement:
    text = signs.written.strip()
    notes: list[Note] = [(code, "") for code in signs.notes]
    if outcomes.is_ambiguous(text):
        return Measurement(text=text).with_findings(findings_of([("ambiguous-wording", text)]))
    code = outcomes.read(text)
    if code is not None:
        return Measurement(code=code, text=text).with_findings(findings_of(notes))
    duration = _DURATION.match(signs.text)
    if duration is not None:
        return _minutes(text, duration, given)
    context = Context(signs, given if isinstance(given, GivenUnit) else None)
    try:
        expression = read_expression(parse(signs), given)
        found = _result(context, expression)
        check_units(expression, given, context.notes)
        check_commas(context.notes)
    except Refusal:
        if any(char.isdigit() for char in text):
            raise
        context.notes = [("wording-kept", text)]
        found = Measurement(text=text)
    return found.with_findings(findings_of([*notes, *context.notes]))


def _minutes(text: str, match: re.Match[str], given: GivenUnit | Refusal | None) -> Measurement:
    minutes = 60 * int(match[1]) + int(match[2])
    if isinstance(given, GivenUnit) and not given.unit.is_duration:
        raise Refusal(
            "unit-conflict",
            f"{text} is a duration, its column says {given.text!r}",
            0,
            expected=given.unit.code,
            found="min",
        )
    return Measurement(value=str(minutes), unit="min", text=text).with_findings(
        findings_of([("duration-read", f"{minutes} min")])
    )


def _result(context: Context, expression: Expression) -> Measurement:
    items = expression.items
    if len(items) == 1:
        return _item(context, items[0])
    if any(sign.type == "OR" for sign in expression.signs):
        raise Refusal("unrelated-numbers", "two results joined by or", expression.signs[0].start)
    parts = [_item(context, item, part=True) for item in items]
    names = [part.component for part in parts]
    if any(name is None for name in names) or len(set(names)) < len(names):
        message = "several results, and what each is a result of is not said"
        raise Refusal(
            "unrelated-numbers", message, items[1].start, expected="(a) 14.9; (b) 90.9 or CD73: 99 %; CD90: 98 %"
        )
    return CompoundMeasurement(results=tuple(parts), text=context.signs.written.strip())


def _item(context: Context, item: Item, *, part: bool = False) -> Measurement:
    if item.conditions:
        raise Refusal("unknown-condition", "a result has no condition", item.start)
    text = context.written(item.start, item.end) if part else context.signs.written.strip()
    fields = numeric_fields(context, item) if item.kind == "number" else outcome_fields(context, item)
    if item.count is not None:
        fields["n"] = item.count
        if item.count > 1 and ("code" in fields or item.kind == "number"):
            # One result for several, and how it was made of them is not said.
            fields |= {"statistic": fields.get("statistic") or "other", "reportable": False}
    if item.statistic is not None:
        if item.kind != "number" or fields.get("comparator") or fields.get("statistic") == "range":
            raise Refusal("unrelated-numbers", f"a {item.statistic} that is no single number", item.start)
        fields |= {"statistic": item.statistic, "reportable": False}
        context.notes.append(("aggregate-read", item.statistic))
    if item.fraction is not None and item.kind != "proportion":
        if item.fraction[0] != item.fraction[1]:
            if "code" not in fields:
                raise Refusal("unrelated-numbers", "some of several, and of the others nothing", item.start)
            del fields["code"]
        fields |= {"n": item.fraction[1], "statistic": "proportion", "reportable": False}
        context.notes.append(("aggregate-read", f"{item.fraction[0]}/{item.fraction[1]}"))
    if item.day is not None:
        fields["read_day"] = item.day
    if item.enumerator is not None:
        fields["component"] = item.enumerator
    return Measurement(text=text, **fields)
