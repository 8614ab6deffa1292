"""Numbers of results: values, bounds, summaries and intervals, as fields of a measurement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from harmoniqc.notation.context import Context
from harmoniqc.notation.describing import describes
from harmoniqc.notation.items import Expression, Item
from harmoniqc.notation.lexemes import Lexeme
from harmoniqc.notation.numbers import Number
from harmoniqc.notation.quantities import GivenUnit, given_unit, is_marker_name
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.tails import known_unit

_STATISTICS = {
    **dict.fromkeys(("mean", "average", "avg", "mean value"), "mean"),
    **dict.fromkeys(("geometric mean", "gmean"), "geometric-mean"),
    **{name: name for name in ("median", "range", "minimum", "maximum")},
}
_INTERVAL = re.compile(r"(?:(?:9\d(?:\.\d+)?\s?% ?)?(?:ci|confidence intervals?))\W*\Z", re.IGNORECASE)
_SPREAD = re.compile(r"\b(?:sd|s\.d|standard deviation)\b", re.IGNORECASE)
_NO_SPREAD = re.compile(r"\b(?:sem|s\.e\.m|se|standard error|ci|cv|rsd|uncertainty|range|iqr)\b", re.IGNORECASE)


def numeric_fields(context: Context, item: Item) -> dict[str, Any]:
    """Return the fields of a measurement that a numeric statement fills.

    Raises:
        Refusal: If what stands around the number is not understood.
    """
    number = item.number
    if number is None:  # pragma: no cover - asked for numbers only
        raise Refusal("unreadable-text", "a number was expected", item.start)
    if item.timed or item.amounts or item.window is not None:
        raise Refusal("unrelated-numbers", "a second number stands behind the result", item.start)
    context.notes += number.all_notes
    fields = _value(context, item, number)
    fields |= _label(context, item, number)
    if number.low.components:
        if len(number.low.components) > 1:
            raise Refusal("unrelated-numbers", "one number and several markers", item.start)
        fields.setdefault("component", number.low.components[0])
    elif number.low.words:
        keep_words(context, number.low.words, item.start)
    for remark in item.remarks:
        spread = number.kind == "target" and (_SPREAD.search(remark) or _NO_SPREAD.search(remark))
        if not spread:
            keep_words(context, remark, item.start)
    for bracket, tail in zip(item.brackets, item.bracket_tails, strict=True):
        _bracket(context, bracket, tail, number, fields)
    return fields


def keep_words(context: Context, words: str, at: int) -> None:
    """Keep words beside a result that say only what was measured, or how.

    Raises:
        Refusal: If they may say anything else: that it is not valid, a summary, or of something else.
    """
    if not describes(words):
        raise Refusal("unreadable-text", f"{words!r} beside the result may change it", at, found=words)
    context.notes.append(("words-kept", words))


def _value(context: Context, item: Item, number: Number) -> dict[str, Any]:
    fields: dict[str, Any] = {"unit": number.unit, "population": number.low.population}
    if number.kind == "bound":
        return fields | {"value": number.low.number.text, "comparator": number.comparator}
    if number.kind == "bare":
        return fields | {"value": number.low.number.text}
    if number.kind == "range" and number.high is not None:
        if not (number.low_closed and number.high_closed):
            raise Refusal("unrelated-numbers", "a range whose ends are compared", item.start)
        context.notes[:] = [note for note in context.notes if note[0] != "inclusive-range"]
        context.notes.append(("aggregate-read", f"{number.low.number.text} to {number.high.number.text}"))
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
        context.notes.append(("aggregate-read", f"{number.low.number.text} ± {number.high.number.text}"))
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
            context.notes.append(("words-kept", f"± {number.high.number.text} {remarks.strip()}"))
            return fields
        if not _SPREAD.search(remarks):
            context.notes.append(("spread-not-named", number.high.number.text))
        return fields | {"sd": number.high.number.text}
    raise Refusal("unreadable-text", "a tolerance is no result", item.start)


def _label(context: Context, item: Item, number: Number) -> dict[str, Any]:
    if not item.label:
        return {}
    text = context.words(item.label).strip(" ,:")
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
    if describes(text):
        context.notes.append(("words-kept", text))
        return {}
    raise Refusal("unreadable-text", f"{text!r} before the number is not understood", item.start, found=text)


def _bracket(
    context: Context, bracket: Expression, tail: Sequence[Lexeme], number: Number, fields: dict[str, Any]
) -> None:
    (first, *more) = bracket.items
    if more or first.conditions or first.brackets:
        raise Refusal("unreadable-text", "what the bracket says is not understood", first.start)
    if first.kind == "proportion" and first.fraction is not None:
        fields |= {"n": first.fraction[1], "statistic": "proportion", "reportable": False}
        context.notes.append(("aggregate-read", f"{first.fraction[0]}/{first.fraction[1]}"))
        return
    inner = first.number
    if inner is None or inner.kind != "range" or inner.high is None or number.kind != "bare" or "value_low" in fields:
        raise Refusal(
            "unreadable-text",
            "what the bracket says is not understood",
            first.start,
            found=context.written(first.start, first.end),
        )
    label = context.words(first.label).strip(" ,:").casefold()
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
    context.notes[:] = [note for note in context.notes if note[0] != "inclusive-range"]
    context.notes += [note for note in inner.all_notes if note[0] not in ("inclusive-range", "unit-from-column")]
    context.notes.append(("aggregate-read", f"{inner.low.number.text} to {inner.high.number.text}"))
    fields |= {"value_low": inner.low.number.text, "value_high": inner.high.number.text, "reportable": False}
    fields.setdefault("statistic", "other")
