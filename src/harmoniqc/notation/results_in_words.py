"""Words of results: outcomes of the vocabulary, with their day, limit of detection and share."""

from __future__ import annotations

from typing import Any

from harmoniqc.notation.context import Context
from harmoniqc.notation.items import Item
from harmoniqc.notation.numbers import Number
from harmoniqc.notation.quantities import is_marker_name
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.results_in_numbers import keep_words
from harmoniqc.units import conversion, parse_unit
from harmoniqc.vocabulary import outcomes

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


def outcome_fields(context: Context, item: Item) -> dict[str, Any]:
    """Return the fields of a measurement that words fill; none but a component where they are no outcome.

    Raises:
        Refusal: If numbers stand among the words that are not understood.
    """
    if item.kind in ("absent", "interim"):
        return _absent(context, item)
    if item.kind == "proportion":
        return _proportion(context, item)
    if item.kind == "bracketed" or item.timed or item.amounts or (item.brackets and not _shares(context, item)):
        raise Refusal("unreadable-text", "words and numbers that are not understood", item.start)
    first = min((word.start for word in item.words), default=item.end)
    start = min(first, item.sign.start if item.sign is not None else first)
    last = max((word.end for word in item.words), default=0)
    end = max(last, item.sign.end if item.sign is not None else last)
    text = context.written(start, end)
    code = outcomes.read(text)
    fields: dict[str, Any] = {}
    if item.label:
        label = context.words(item.label)
        if not is_marker_name(label) or not any(char.isdigit() for char in label):
            raise Refusal("unreadable-text", f"{label!r} before the outcome is not understood", item.start)
        fields["component"] = label
    if item.kind == "signed" and item.sign is not None:
        named = context.words(item.words)
        if named and not is_marker_name(named):
            message = f"{item.sign.text!r} behind {named!r} may be a dash or an outcome"
            raise Refusal("unreadable-text", message, item.sign.start)
        return {**({"component": named} if named else {}), "code": "present" if item.sign.text == "+" else "absent"}
    for bracket in item.brackets:
        share = bracket.items[0].fraction
        if share is not None:
            fields |= {"n": share[1], "statistic": "proportion", "reportable": False}
            context.notes.append(("aggregate-read", f"{share[0]}/{share[1]}"))
            if share[0] != share[1]:
                code = None
    for remark in item.remarks:
        if outcomes.read(remark.strip("()[] ")) != code or code is None:
            keep_words(context, remark, item.start)
    if code is None:
        context.notes.append(("wording-kept", text))
        return fields
    return fields | {"code": code}


def _shares(context: Context, item: Item) -> bool:
    return all(len(bracket.items) == 1 and bracket.items[0].kind == "proportion" for bracket in item.brackets)


def _absent(context: Context, item: Item) -> dict[str, Any]:
    fields: dict[str, Any] = {"code": "absent"}
    said = context.written(item.sign.start, item.sign.end) if item.sign is not None else ""
    if item.kind == "absent" and outcomes.read(said) is None and not said.startswith("<"):
        if item.brackets or item.timed or item.amounts:
            raise Refusal("unreadable-text", f"{said!r} is no outcome of the vocabulary", item.start)
        context.notes.append(("wording-kept", said))
        return {}
    if item.kind == "interim":
        context.notes.append(("negative-to-date", ""))
    if item.label:
        label = context.words(item.label)
        if not is_marker_name(label) or not any(char.isdigit() for char in label):
            raise Refusal("unreadable-text", f"{label!r} before the outcome is not understood", item.start)
        fields["component"] = label
    if item.words and not all(word.type == "PAREN" for word in item.words):
        raise Refusal(
            "unreadable-text",
            f"{context.words(item.words)!r} behind the outcome is not understood",
            item.words[0].start,
        )
    for word in item.words:
        if outcomes.read(word.text.strip("()[] ")) != "absent":
            keep_words(context, word.text, word.start)
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
            context.notes.append(("aggregate-read", f"{inner.fraction[0]}/{inner.fraction[1]}"))
            if inner.fraction[0] != inner.fraction[1]:
                del fields["code"]
            continue
        if inner.kind == "number" and inner.number is not None:
            fields |= _detection(context, inner, inner.number)
            continue
        if inner.kind in ("absent", "timed") and not inner.brackets:
            fields |= _absent(context, inner)
            continue
        raise Refusal("unreadable-text", "what the bracket says is not understood", inner.start)
    return fields


def _detection(context: Context, inner: Item, number: Number) -> dict[str, Any]:
    label = context.words(inner.label).strip(" ,:=").casefold()
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
    context.notes += number.all_notes
    return {"lod": number.low.number.text, "unit": number.unit}


def _proportion(context: Context, item: Item) -> dict[str, Any]:
    if item.fraction is None:  # pragma: no cover - a proportion has its fraction
        raise Refusal("unreadable-text", "a share was expected", item.start)
    part, whole = item.fraction
    if part > whole:
        raise Refusal("unrelated-numbers", f"{part} of {whole} is no share", item.start)
    fields: dict[str, Any] = {"statistic": "proportion", "n": whole, "reportable": False}
    context.notes.append(("aggregate-read", f"{part}/{whole}"))
    words = [
        word
        for word in item.words
        if word.text.casefold() not in ("batches", "lots", "runs", "samples", "batch", "lot", "units", "donors")
    ]
    code = outcomes.read(context.words(words)) if words else None
    if any(word.kind == "percent" for word in words):
        raise Refusal("ambiguous-number", f"{part}/{whole} % may be a half and may be {part} of {whole}", item.start)
    if words and code is None:
        keep_words(context, context.words(words), words[0].start)
    if code is not None and part == whole:
        fields["code"] = code
    return fields
