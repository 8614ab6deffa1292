"""Rows that contradict themselves: words against words, numbers against words that exclude them, or against text."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.kernel import Mask
from harmoniqc.evaluation.meaning.outcome import number_contradicts, words_contradict
from harmoniqc.evaluation.meaning.unit_texts import ReadUnit
from harmoniqc.evaluation.rows.ingest import Coded, Columns
from harmoniqc.evaluation.rows.verbatim import outside_text, read_verbatim
from harmoniqc.standard.columns import COMPARATORS
from harmoniqc.units import parse_unit
from harmoniqc.vocabulary import outcomes

_TELLING = ("absent", "present", "not-tested")
"""Outcomes that a number may contradict."""


def contradicted(columns: Columns, units: tuple[ReadUnit, ...], comparator: npt.NDArray[np.int8] | None) -> Mask | None:
    """Return rows whose words exclude each other, or their numbers; None: there are none.

    Args:
        columns: The results.
        units: The unit texts, read.
        comparator: Place of each row's comparator, as in the facts of rows.
    """
    text, code = columns.words.get("text"), columns.words.get("code")
    if text is None and code is None:
        return None
    out = np.zeros(columns.n, np.bool_)
    if text is not None and code is not None:
        _words(out, text, code)
    present = [columns.numbers[name] for name in ("value", "value_low", "value_high") if name in columns.numbers]
    if present:
        has_number = np.zeros(columns.n, np.bool_)
        for numbers in present:
            has_number |= True if numbers.missing is None else ~numbers.missing
        for words in (text, code):
            if words is not None:
                _numbers(out, columns, units, comparator, words, has_number, read=words is text)
        if text is not None and ("value_low" in columns.numbers or "value_high" in columns.numbers):
            _intervals(out, columns, text)
    return out if out.any() else None


def _words(out: Mask, text: Coded, code: Coded) -> None:
    both = np.flatnonzero((text.codes >= 0) & (code.codes >= 0))
    width = len(text.words)
    pairs, inverse = np.unique(code.codes[both].astype(np.int64) * width + text.codes[both], return_inverse=True)
    excluded = [words_contradict(code.words[pair // width], text.words[pair % width]) for pair in pairs.tolist()]
    out[both] |= np.array(excluded, np.bool_)[inverse]


def _numbers(
    out: Mask,
    columns: Columns,
    units: tuple[ReadUnit, ...],
    comparator: npt.NDArray[np.int8] | None,
    words: Coded,
    has_number: Mask,
    *,
    read: bool,
) -> None:
    said = [outcomes.read(word) if read else word for word in words.words]
    telling = np.array([*(word in _TELLING for word in said), False])
    rows = np.flatnonzero(telling[words.codes] & has_number)
    if not len(rows):
        return
    scales = [unit.code is not None and parse_unit(unit.code).is_scale for unit in units]
    unit = columns.words.get("unit")
    known: dict[tuple[str | None, Fraction | None, Fraction | None, Fraction | None, str | None, bool], bool] = {}
    for row in rows.tolist():
        place = -1 if comparator is None else int(comparator[row])
        key = (
            said[int(words.codes[row])],
            _number(columns, "value", row),
            _number(columns, "value_low", row),
            _number(columns, "value_high", row),
            COMPARATORS[place] if 0 <= place < len(COMPARATORS) else None,
            scales[-1 if unit is None else int(unit.codes[row])],
        )
        if key not in known:
            outcome, value, low, high, sign, is_scale = key
            known[key] = number_contradicts(outcome, value, (low, high), sign, is_scale=is_scale)
        out[row] |= known[key]


def _intervals(out: Mask, columns: Columns, text: Coded) -> None:
    """Look at texts that name a number beside an interval without a central value."""
    numbered = np.array([*(read_verbatim(word).number is not None for word in text.words), False])
    for row in np.flatnonzero(numbered[text.codes]).tolist():
        if _number(columns, "value", row) is None:
            low, high = _number(columns, "value_low", row), _number(columns, "value_high", row)
            out[row] |= outside_text(text.words[int(text.codes[row])], low, high)


def _number(columns: Columns, name: str, row: int) -> Fraction | None:
    numbers = columns.numbers.get(name)
    return None if numbers is None else numbers.exactly(row)
