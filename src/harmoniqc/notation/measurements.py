"""A result as written to a measurement: numbers, bounds, aggregates, parts, and words that say an outcome.

A summary of several values stays one: it gets its statistic and is not reportable. Words that are no outcome of the
vocabulary stay words. What cannot be read with certainty is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from harmoniqc.notation.grammar import parse
from harmoniqc.notation.items import Expression, Item, read_expression
from harmoniqc.notation.lexemes import Lexeme
from harmoniqc.notation.numbers import Number
from harmoniqc.notation.quantities import GivenUnit, given_unit, is_marker_name
from harmoniqc.notation.reading import check_commas, check_units, findings_of, guarded
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.signs import Signs
from harmoniqc.notation.tails import Note, known_unit
from harmoniqc.standard import Measurement
from harmoniqc.standard.decimal_text import is_decimal_text
from harmoniqc.units import conversion, parse_unit
from harmoniqc.vocabulary import outcomes

_PLAIN = re.compile(r"\s*(-?(?:0|[1-9]\d{0,19})(?:\.\d{1,19})?)\s?(%?)\s*\Z")
_DURATION = re.compile(r"\s*(\d{1,3})h([0-5]\d)(?:min|m)?\s*\Z")
_STATISTICS = {
    **dict.fromkeys(("mean", "average", "avg", "mean value"), "mean"),
    **dict.fromkeys(("geometric mean", "gmean"), "geometric-mean"),
    **{name: name for name in ("median", "range", "minimum", "maximum")},
}
_INTERVAL = re.compile(r"(?:(?:9\d(?:\.\d+)?\s?% ?)?(?:ci|confidence intervals?))\W*\Z", re.IGNORECASE)
_DETECTION = frozenset(
    {
        "lod",
        "limit of detection",
        "detection limit",
        "limit of detection of",
        "lld",
        "llod",
        "detection limit of",
        "lod of",
    }
)
_QUANTITATION = frozenset(
    {"loq", "lloq", "limit of quantitation", "limit of quantification", "quantification limit", "quantitation limit"}
)
_SPREAD = re.compile(r"\b(?:sd|s\.d|standard deviation)\b", re.IGNORECASE)
_TELLING = re.compile(
    r"\b(?:positive|pos|present|detected|growth|weak\w*|pending|fail\w*|invalid\w*|repeat\w*|retest\w*|optional|oos|not)\b",
    re.IGNORECASE,
)
_AGGREGATED = re.compile(r"\b(?:mean|average|median|of (?:lots|batches|runs)|pooled|combined)\b", re.IGNORECASE)
_NO_SPREAD = re.compile(r"\b(?:sem|s\.e\.m|se|standard error|ci|cv|rsd|uncertainty|range|iqr)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Reader:
    signs: Signs
    given: GivenUnit | Refusal | None
    notes: list[Note] = field(default_factory=list)

    def words(self, lexemes: Sequence[Lexeme]) -> str:
        return self.written(lexemes[0].start, lexemes[-1].end) if lexemes else ""

    def written(self, start: int, end: int) -> str:
        return self.signs.written[self.signs.place(start) : self.signs.place(end - 1) + 1].strip()

    def read(self, expression: Expression) -> Measurement:
        items = expression.items
        if len(items) == 1:
            return self.item(items[0])
        if any(sign.type == "OR" for sign in expression.signs):
            raise Refusal("unrelated-numbers", "two results joined by or", expression.signs[0].start)
        parts = [self.item(item, part=True) for item in items]
        names = [part.component for part in parts]
        if any(name is None for name in names) or len(set(names)) < len(names):
            message = "several results, and what each is a result of is not said"
            raise Refusal(
                "unrelated-numbers", message, items[1].start, expected="(a) 14.9; (b) 90.9 or CD73: 99 %; CD90: 98 %"
            )
        return Measurement(parts=tuple(parts), text=self.signs.written.strip())

    def item(self, item: Item, *, part: bool = False) -> Measurement:
        if item.conditions:
            raise Refusal("unknown-condition", "a result has no condition", item.start)
        text = self.written(item.start, item.end) if part else self.signs.written.strip()
        fields = self.number(item) if item.kind == "number" else self.outcome(item)
        if item.count is not None:
            fields["n"] = item.count
        if item.statistic is not None:
            if item.kind != "number" or fields.get("comparator") or fields.get("statistic") == "range":
                raise Refusal("unrelated-numbers", f"a {item.statistic} that is no single number", item.start)
            fields |= {"statistic": item.statistic, "reportable": False}
            self.notes.append(("aggregate-read", item.statistic))
        if item.fraction is not None and item.kind != "proportion":
            if item.fraction[0] != item.fraction[1]:
                if "code" not in fields:
                    raise Refusal("unrelated-numbers", "some of several, and of the others nothing", item.start)
                del fields["code"]
            fields |= {"n": item.fraction[1], "statistic": "proportion", "reportable": False}
            self.notes.append(("aggregate-read", f"{item.fraction[0]}/{item.fraction[1]}"))
        if item.day is not None:
            fields["read_day"] = item.day
        if item.enumerator is not None:
            fields["component"] = item.enumerator
        return Measurement(text=text, **fields)

    # -- numbers ---------------------------------------------------------------------------------------------

    def number(self, item: Item) -> dict[str, Any]:
        number = item.number
        if number is None:  # pragma: no cover - asked for numbers only
            raise Refusal("unreadable-text", "a number was expected", item.start)
        if item.timed or item.amounts or item.window is not None:
            raise Refusal("unrelated-numbers", "a second number stands behind the result", item.start)
        self.notes += number.all_notes
        fields = self._value(item, number)
        fields |= self._label(item, number)
        if number.low.components:
            if len(number.low.components) > 1:
                raise Refusal("unrelated-numbers", "one number and several markers", item.start)
            fields.setdefault("component", number.low.components[0])
        elif number.low.words:
            if _AGGREGATED.search(number.low.words):
                raise Refusal(
                    "unreadable-text", f"{number.low.words!r} behind the number is not understood", item.start
                )
            self.notes.append(("words-kept", number.low.words))
        self.notes += [("words-kept", remark) for remark in item.remarks]
        for bracket, tail in zip(item.brackets, item.bracket_tails, strict=True):
            self._bracket(bracket, tail, number, fields)
        return fields

    def _value(self, item: Item, number: Number) -> dict[str, Any]:
        fields: dict[str, Any] = {"unit": number.unit, "population": number.low.population}
        if number.kind == "bound":
            return fields | {"value": number.low.number.text, "comparator": number.comparator}
        if number.kind == "bare":
            return fields | {"value": number.low.number.text}
        if number.kind == "range" and number.high is not None:
            if not (number.low_closed and number.high_closed):
                raise Refusal("unrelated-numbers", "a range whose ends are compared", item.start)
            self.notes[:] = [note for note in self.notes if note[0] != "inclusive-range"]
            self.notes.append(("aggregate-read", f"{number.low.number.text} to {number.high.number.text}"))
            population = number.high.population or number.low.population
            return fields | {
                "value_low": number.low.number.text,
                "value_high": number.high.number.text,
                "statistic": "range",
                "reportable": False,
                "population": population,
            }
        if number.kind == "target" and number.high is not None:
            if number.high.unit == "%" and number.unit != "%":
                raise Refusal("unrelated-numbers", "a spread in percent of the value", item.start)
            self.notes.append(("aggregate-read", f"{number.low.number.text} ± {number.high.number.text}"))
            remarks = " ".join(
                [
                    *item.remarks,
                    number.high.words,
                    number.low.words,
                    *(part.text for part in number.high.tail if part.type == "PAREN"),
                ]
            )
            fields |= {"value": number.low.number.text, "statistic": "mean", "reportable": False}
            if _NO_SPREAD.search(remarks):
                self.notes.append(("words-kept", f"± {number.high.number.text} {remarks.strip()}"))
                return fields
            if not _SPREAD.search(remarks):
                self.notes.append(("spread-not-named", number.high.number.text))
            return fields | {"sd": number.high.number.text}
        raise Refusal("unreadable-text", "a tolerance is no result", item.start)

    def _label(self, item: Item, number: Number) -> dict[str, Any]:
        if not item.label:
            return {}
        text = self.words(item.label).strip(" ,:")
        folded = text.casefold()
        if _INTERVAL.match(text):
            if number.kind != "range":
                raise Refusal("unrelated-numbers", "a confidence interval has two ends", item.start)
            return {"statistic": "other", "reportable": False}
        if folded in _STATISTICS:
            statistic = _STATISTICS[folded]
            if (statistic == "range") != (number.kind == "range") or number.kind == "bound":
                raise Refusal("unrelated-numbers", f"{text!r} and a number that is none", item.start)
            return {"statistic": statistic, "reportable": False}
        scale = known_unit(text)
        if scale is not None and scale.is_scale and number.unit is None:
            return {"unit": scale.code}
        if is_marker_name(text):
            return {"component": text}
        raise Refusal("unreadable-text", f"{text!r} before the number is not understood", item.start, found=text)

    def _bracket(self, bracket: Expression, tail: Sequence[Lexeme], number: Number, fields: dict[str, Any]) -> None:
        (first, *more) = bracket.items
        if more or first.conditions or first.brackets:
            raise Refusal("unreadable-text", "what the bracket says is not understood", first.start)
        if first.kind == "proportion" and first.fraction is not None:
            fields |= {"n": first.fraction[1], "statistic": "proportion", "reportable": False}
            self.notes.append(("aggregate-read", f"{first.fraction[0]}/{first.fraction[1]}"))
            return
        inner = first.number
        if (
            inner is None
            or inner.kind != "range"
            or inner.high is None
            or number.kind != "bare"
            or "value_low" in fields
        ):
            raise Refusal(
                "unreadable-text",
                "what the bracket says is not understood",
                first.start,
                found=self.written(first.start, first.end),
            )
        label = self.words(first.label).strip(" ,:").casefold()
        if label and not _INTERVAL.match(label) and label != "range":
            raise Refusal("unreadable-text", f"{label!r} is not understood", first.start)
        if not inner.low.number.value <= number.low.number.value <= inner.high.number.value:
            message = f"{number.low.number.text} lies outside the interval behind it; is a power of ten missing?"
            raise Refusal("unrelated-numbers", message, first.start)
        unit = fields["unit"]
        if tail:
            behind = " ".join(item.text for item in tail)
            found = given_unit(behind)
            if not isinstance(found, GivenUnit):
                raise Refusal("unknown-unit", f"{behind!r} is not a unit", tail[0].start, found=behind)
            if unit is None:
                unit = fields["unit"] = found.unit.code
        own = inner.low.unit if inner.low.own_unit or inner.high.own_unit else unit
        if own != unit:
            raise Refusal("unit-conflict", f"the value is in {unit}, its interval in {own}", first.start)
        self.notes[:] = [note for note in self.notes if note[0] != "inclusive-range"]
        self.notes += [note for note in inner.all_notes if note[0] not in ("inclusive-range", "unit-from-column")]
        self.notes.append(("aggregate-read", f"{inner.low.number.text} to {inner.high.number.text}"))
        fields |= {"value_low": inner.low.number.text, "value_high": inner.high.number.text, "reportable": False}
        fields.setdefault("statistic", "other")

    # -- words -----------------------------------------------------------------------------------------------

    def outcome(self, item: Item) -> dict[str, Any]:
        if item.kind in ("absent", "interim"):
            return self._absent(item)
        if item.kind == "proportion":
            return self._proportion(item)
        if item.kind == "bracketed" or item.timed or item.amounts or (item.brackets and not self._shares(item)):
            raise Refusal("unreadable-text", "words and numbers that are not understood", item.start)
        first = min((word.start for word in item.words), default=item.end)
        start = min(first, item.sign.start if item.sign is not None else first)
        last = max((word.end for word in item.words), default=0)
        end = max(last, item.sign.end if item.sign is not None else last)
        text = self.written(start, end)
        code = outcomes.read(text)
        fields: dict[str, Any] = {}
        if item.label:
            label = self.words(item.label)
            if not is_marker_name(label) or not any(char.isdigit() for char in label):
                raise Refusal("unreadable-text", f"{label!r} before the outcome is not understood", item.start)
            fields["component"] = label
        if item.kind == "signed" and item.sign is not None:
            named = {"component": self.words(item.words)} if item.words else {}
            return {**named, "code": "present" if item.sign.text == "+" else "absent"}
        for bracket in item.brackets:
            share = bracket.items[0].fraction
            if share is not None:
                fields |= {"n": share[1], "statistic": "proportion", "reportable": False}
                self.notes.append(("aggregate-read", f"{share[0]}/{share[1]}"))
                if share[0] != share[1]:
                    code = None
        self.notes += [("words-kept", remark) for remark in item.remarks]
        if code is None:
            self.notes.append(("wording-kept", text))
            return fields
        return fields | {"code": code}

    def _shares(self, item: Item) -> bool:
        return all(len(bracket.items) == 1 and bracket.items[0].kind == "proportion" for bracket in item.brackets)

    def _absent(self, item: Item) -> dict[str, Any]:
        fields: dict[str, Any] = {"code": "absent"}
        said = self.written(item.sign.start, item.sign.end) if item.sign is not None else ""
        if item.kind == "absent" and outcomes.read(said) is None and not said.startswith("<"):
            if item.brackets or item.timed or item.amounts:
                raise Refusal("unreadable-text", f"{said!r} is no outcome of the vocabulary", item.start)
            self.notes.append(("wording-kept", said))
            return {}
        if item.kind == "interim":
            self.notes.append(("negative-to-date", ""))
        if item.label:
            label = self.words(item.label)
            if not is_marker_name(label) or not any(char.isdigit() for char in label):
                raise Refusal("unreadable-text", f"{label!r} before the outcome is not understood", item.start)
            fields["component"] = label
        if item.words and not all(word.type == "PAREN" for word in item.words):
            raise Refusal(
                "unreadable-text",
                f"{self.words(item.words)!r} behind the outcome is not understood",
                item.words[0].start,
            )
        for word in item.words:
            if _TELLING.search(word.text):
                raise Refusal("unreadable-text", f"{word.text!r} behind the outcome says something else", word.start)
        self.notes += [("words-kept", word.text) for word in item.words]
        for time in item.timed:
            days = (
                None
                if time.unit is None or not parse_unit(time.unit).convertible_to(parse_unit("d"))
                else time.number.value * conversion(parse_unit(time.unit), parse_unit("d")).factor
            )
            if days is None or days.denominator != 1 or item.day is not None:
                raise Refusal("unreadable-text", "the day of the reading is not understood", item.start)
            fields["read_day"] = int(days)
        for amount in item.amounts:
            fields |= {"amount_tested": amount.number.text, "amount_tested_unit": amount.unit}
        for bracket, tail in zip(item.brackets, item.bracket_tails, strict=True):
            inner = bracket.items[0]
            if len(bracket.items) > 1 or tail:
                raise Refusal("unreadable-text", "what the bracket says is not understood", inner.start)
            if inner.kind == "proportion" and inner.fraction is not None:
                fields |= {"n": inner.fraction[1], "statistic": "proportion", "reportable": False}
                self.notes.append(("aggregate-read", f"{inner.fraction[0]}/{inner.fraction[1]}"))
                if inner.fraction[0] != inner.fraction[1]:
                    del fields["code"]
                continue
            if inner.kind == "number" and inner.number is not None:
                fields |= self._detection(inner, inner.number)
                continue
            if inner.kind in ("absent", "timed") and not inner.brackets:
                fields |= self._absent(inner)
                continue
            raise Refusal("unreadable-text", "what the bracket says is not understood", inner.start)
        return fields

    def _detection(self, inner: Item, number: Number) -> dict[str, Any]:
        label = self.words(inner.label).strip(" ,:=").casefold()
        below = number.kind == "bound" and number.comparator in ("<", "<=") and not label
        days = number.kind == "bare" and number.unit is not None and parse_unit(number.unit).code == "d" and not label
        if days and number.low.number.value.denominator == 1:
            return {"read_day": int(number.low.number.value)}
        if not below and not (number.kind == "bare" and (label in _DETECTION or label == "")):
            raise Refusal(
                "unreadable-text",
                "a limit of detection was expected in the bracket",
                inner.start,
                expected="(LOD 10 copies/mL)",
            )
        if not below and not label:
            raise Refusal(
                "unreadable-text",
                "a number in a bracket, and what it is is not said",
                inner.start,
                expected="(LOD 10 copies/mL)",
            )
        self.notes += number.all_notes
        return {"lod": number.low.number.text, "unit": number.unit}

    def _proportion(self, item: Item) -> dict[str, Any]:
        if item.fraction is None:  # pragma: no cover - a proportion has its fraction
            raise Refusal("unreadable-text", "a share was expected", item.start)
        part, whole = item.fraction
        if part > whole:
            raise Refusal("unrelated-numbers", f"{part} of {whole} is no share", item.start)
        fields: dict[str, Any] = {"statistic": "proportion", "n": whole, "reportable": False}
        self.notes.append(("aggregate-read", f"{part}/{whole}"))
        words = [
            word
            for word in item.words
            if word.text.casefold() not in ("batches", "lots", "runs", "samples", "batch", "lot", "units", "donors")
        ]
        code = outcomes.read(self.words(words)) if words else None
        if words and code is None:
            self.notes.append(("words-kept", self.words(words)))
        if code is not None and part == whole:
            fields["code"] = code
        return fields


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
    reader = _Reader(signs, given)
    try:
        expression = read_expression(parse(signs), given)
        found = reader.read(expression)
        check_units(expression, given, reader.notes)
        check_commas(reader.notes)
    except Refusal:
        if any(char.isdigit() for char in text):
            raise
        reader.notes = [("wording-kept", text)]
        found = Measurement(text=text)
    return found.with_findings(findings_of([*notes, *reader.notes]))


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
