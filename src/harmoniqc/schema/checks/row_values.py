"""Results that contradict themselves: intervals that hold nothing, numbers beside words that say another thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache, lru_cache

import numpy as np

from harmoniqc.errors import Finding
from harmoniqc.evaluation.meaning.exact import measured_interval
from harmoniqc.evaluation.meaning.interval import censored_set
from harmoniqc.evaluation.meaning.outcome import number_contradicts, words_contradict
from harmoniqc.evaluation.rows.verbatim import disagrees, outside_text
from harmoniqc.schema.checks.columns import Codes, Mask, ResultColumns, combined
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.units import is_unit, read_unit
from harmoniqc.vocabulary import outcomes

_DIGIT = re.compile("[0-9]")
_ZERO = re.compile(r"-?0(\.0*)?(E.*)?")
_AROUND = ("", " ", "%", "<", ">", "=", "≤", "≥")
"""What may stand beside a number without being a part of it."""
_TELLING = ("absent", "present", "not-tested")
"""Outcomes that a number may contradict."""


def intervals_that_hold_nothing(columns: ResultColumns) -> Iterator[Finding]:
    """Yield a ``contradictory-interval`` for rows whose ends are reversed, or whose value lies outside of them."""
    if not (columns.has("value_low") or columns.has("value_high")):
        return
    value, low, high = (columns.numbers(name) for name in ("value", "value_low", "value_high"))
    reversed_ = low >= high  # a float64 may round two numbers to one, so equal ones are suspicious as well
    beside = ((value <= low) | (value >= high)) & ~columns.is_summary  # the width of a range lies outside of it
    names = ("value", "value_low", "value_high", "comparator")
    rows = np.union1d(
        _where(columns, reversed_, names[1:3], lambda low, high: _holds_nothing(None, low, high)),
        _where(columns, beside, names, _holds_nothing),
    )
    if len(rows):
        at = int(rows[0])
        found = f"{columns.text('value_low', at) or ''} to {columns.text('value_high', at) or ''}"
        own = "".join(filter(None, (columns.text("comparator", at), columns.text("value", at))))
        message = f"no value lies in the interval {found}" + (f" and is {own}" if own else "")
        yield columns.finding("contradictory-interval", message, rows, found=found)


def _holds_nothing(value: str | None, low: str | None, high: str | None, comparator: str | None = None) -> bool:
    interval = measured_interval(_number(low), _number(high))
    number = _number(value)
    if interval is None:
        return False
    if number is None:
        return interval.is_empty
    if comparator is None:
        return number not in interval
    return interval.intersect(censored_set(comparator, number)).is_empty


def numbers_and_words(columns: ResultColumns) -> Iterator[Finding]:
    """Yield a ``value-text-mismatch`` for rows whose text, code and number cannot all be true."""
    text, code = columns.words("text"), columns.words("code")
    if not text.words and not code.words:
        return
    has_text, has_code = text.codes >= 0, code.codes >= 0
    number = columns.filled("value")
    ends = columns.filled("value_low") | columns.filled("value_high")
    open_ = has_text & ~_spelled_alike(columns) if text.words else has_text
    wrong = [
        _where(columns, open_ & number, ("text", "value", "comparator", "unit"), _text_disagrees),
        _where(columns, open_ & ~number & ends, ("text", "value_low", "value_high"), _text_outside),
        _where(columns, has_text & has_code, ("code", "text"), words_contradict),
    ]
    telling = np.array([*(word in _TELLING for word in code.words), False])[code.codes]
    telling[_where(columns, open_ & (number | ends), ("text",), _tells)] = True
    names = ("code", "text", "value", "value_low", "value_high", "comparator", "unit")
    wrong.append(_where(columns, telling & (number | ends), names, _outcome_contradicts))
    rows = np.unique(np.concatenate(wrong))
    if len(rows):
        at = int(rows[0])
        own = (
            ("comparator", "value", "unit", "code")
            if number[at] or has_code[at]
            else ("value_low", "value_high", "unit")
        )
        shown = " ".join(filter(None, (columns.text(name, at) for name in own)))
        written = columns.text("text", at)
        message = f"the row says {shown}, its text {written!r}" if written else f"the row says {shown}"
        name = "text" if written else "code"
        yield columns.finding("value-text-mismatch", message, rows, name, expected=shown, found=written)


def _spelled_alike(columns: ResultColumns) -> Mask:
    """Return rows whose text is just their comparator, number and unit; most are, and need no reading."""
    import pyarrow as pa
    import pyarrow.compute as pc

    out = np.zeros(columns.n, np.bool_)
    if not columns.has("value"):
        return out
    text = pc.replace_substring(columns.column("text"), " ", "")
    empty = pa.scalar("")
    value, sign, unit = (
        columns.column(name).fill_null("") if columns.has(name) else empty for name in ("value", "comparator", "unit")
    )
    printed = sign
    for written, shown in (("<=", "≤"), (">=", "≥")) if columns.has("comparator") else ():
        printed = pc.replace_substring(printed, written, shown)
    for parts in ((sign, value), (sign, value, unit), (printed, value, unit)):
        alike = pc.equal(text, pc.binary_join_element_wise(*parts, ""))
        out |= alike.fill_null(False).to_numpy()
    return out


def _where(columns: ResultColumns, chosen: Mask, names: tuple[str, ...], ask: Callable[..., bool]) -> Codes:
    """Return the rows for which a question about some columns is answered with yes, each combination asked once."""
    rows = np.flatnonzero(chosen)
    if not len(rows):
        return rows
    words = [columns.words(name) for name in names]
    key = combined([word.codes[rows] for word in words])
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    answers = [ask(*(word.word(row) for word in words)) for row in rows[first].tolist()]
    return rows[np.array(answers, np.bool_)[inverse]]


def _tells(text: str) -> bool:
    if _DIGIT.search(text) and not _digits_tell():
        return False
    return outcomes.read(text) in _TELLING


@cache
def _digits_tell() -> bool:
    """Tell whether any wording of a telling outcome has a digit, so that texts with digits may be one."""
    return any(_DIGIT.search(word) for outcome in _TELLING for word in outcomes[outcome].aliases)


def _text_disagrees(text: str, value: str, comparator: str | None, unit: str | None) -> bool:
    before, found, behind = text.partition(value)
    apart = before[-1:] in _AROUND and behind[:1] in _AROUND
    if found and apart and not _ZERO.fullmatch(value):
        # Only what stands around the number matters then, and that is the same in many texts.
        text, value = f"{before}1{behind}", "1"
    return _disagrees(text, value, comparator, unit)


@lru_cache(maxsize=8192)
def _disagrees(text: str, value: str, comparator: str | None, unit: str | None) -> bool:
    return disagrees(text, to_fraction(value), comparator, unit)


def _text_outside(text: str, low: str | None, high: str | None) -> bool:
    return outside_text(text, _number(low), _number(high))


def _outcome_contradicts(
    code: str | None,
    text: str | None,
    value: str | None,
    low: str | None,
    high: str | None,
    comparator: str | None,
    unit: str | None,
) -> bool:
    if unit is not None and not is_unit(unit):
        return False
    is_scale = read_unit(unit or "1").unit.is_scale
    said = {code, outcomes.read(text) if text else None} & set(_TELLING)
    numbers, ends = _number(value), (_number(low), _number(high))
    return any(number_contradicts(outcome, numbers, ends, comparator, is_scale=is_scale) for outcome in said)


def _number(text: str | None) -> Fraction | None:
    return None if text is None else to_fraction(text)
