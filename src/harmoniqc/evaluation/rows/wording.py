"""Rows judged by their words: reports, categories, absences, identities. Each distinct wording is read once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.kernel import Mask
from harmoniqc.evaluation.meaning.exact import least_of
from harmoniqc.evaluation.meaning.outcome import (
    Shown,
    judge_absence,
    judge_category,
    judge_identity,
    outcome_of,
    report_in_words,
)
from harmoniqc.evaluation.meaning.tree import Leaf
from harmoniqc.evaluation.meaning.unit_texts import ReadUnit
from harmoniqc.evaluation.rows.ingest import Coded, Columns
from harmoniqc.evaluation.rows.row_facts import NO_COMPARATOR, RowFacts
from harmoniqc.evaluation.verdicts import CODE
from harmoniqc.standard import Absence, Category, Identity, ReportOnly
from harmoniqc.standard.columns import COMPARATORS

Rows = npt.NDArray[np.intp]
Reasons = npt.NDArray[np.uint8]

PENDING = np.uint8(255)
_FEW, _MANY = 1 << 20, 1 << 62
"""So many combinations are looked up in a table; so many still fit into int64."""


class Wording:
    """Reads the words of rows. Holds no state between calls, so threads may share it.

    Args:
        columns: The results.
        facts: What the rows say about themselves.
        units: The unit texts, read.
    """

    def __init__(self, columns: Columns, facts: RowFacts, units: tuple[ReadUnit, ...]) -> None:
        self.columns = columns
        self.facts = facts
        self.units = units
        self.unit = columns.words.get("unit")

    def judge(self, leaf: Leaf, rows: Rows) -> Reasons:
        """Return the reason code of each row against a criterion in words."""
        criterion = leaf.criterion
        if isinstance(criterion, ReportOnly):
            return self._reports(rows)
        if isinstance(criterion, Category):
            return self._each(
                lambda *words: self._category(criterion, *words), *self._wording(rows), self._has_number(rows)
            )
        if isinstance(criterion, Identity):
            return self._each(lambda *words: self._identity(leaf, *words), *self._wording(rows), self._has_number(rows))
        if isinstance(criterion, Absence):
            return self._absences(criterion, rows)
        return np.full(len(rows), CODE["unsupported-kind"], np.uint8)

    def without_number(self, rows: Rows) -> tuple[Reasons, npt.NDArray[np.float64]]:
        """Return why rows without a number are not judged, or leave them pending with their limit of detection.

        Not detected, with the limit at which it would have been detected, is a result below that limit.
        """
        reasons = self._each(self._instead_of_number, *self._wording(rows))
        lod = self.columns.numbers.get("lod")
        if lod is None:
            limit, known = np.full(len(rows), np.nan), np.zeros(len(rows), np.bool_)
        else:
            limit, known = lod.values[rows], lod.has(rows)
        reasons[(reasons == PENDING) & ~known] = CODE["text-for-number"]
        return reasons, limit

    def comparators(self, rows: Rows) -> npt.NDArray[np.int8]:
        """Return the comparator of each row as its place in :data:`COMPARATORS`."""
        if self.facts.comparator is None:
            return np.full(len(rows), NO_COMPARATOR, np.int8)
        return self.facts.comparator[rows]

    def comparator(self, row: int) -> str | None:
        """Return the comparator of a row; None for none, "" for one that is unknown."""
        place = NO_COMPARATOR if self.facts.comparator is None else int(self.facts.comparator[row])
        return None if place == NO_COMPARATOR else (*COMPARATORS, "")[place]

    def number(self, name: str, row: int) -> Fraction | None:
        """Return the exact number of a row in a column."""
        numbers = self.columns.numbers.get(name)
        return None if numbers is None else numbers.exactly(row)

    def word(self, name: str, row: int) -> str | None:
        """Return the word of a row in a column."""
        column = self.columns.words.get(name)
        return None if column is None else column.word(row)

    # -- the kinds ---------------------------------------------------------------------------------------------

    def _instead_of_number(self, code: int, text: int) -> int:
        words = self._words(code, text)
        outcome = outcome_of(*words)
        if outcome == "absent":
            return int(PENDING)
        return CODE["missing-value" if outcome == "not-tested" or words == (None, None) else "text-for-number"]

    def _reports(self, rows: Rows) -> Reasons:
        said = self._each(lambda code, text: CODE[report_in_words(*self._words(code, text))], *self._wording(rows))
        return np.where(self._has_number(rows), self._unreadable_numbers(rows, CODE["reported"]), said)

    def _unreadable_numbers(self, rows: Rows, otherwise: int) -> Reasons:
        """Return why a number of a row cannot be read, or else another reason."""
        out = np.full(len(rows), otherwise, np.uint8)
        for name in ("value", "value_low", "value_high"):
            numbers = self.columns.numbers.get(name)
            if numbers is not None:
                given, value = numbers.has(rows), numbers.values[rows]
                exact = np.isin(rows, list(numbers.exact)) if numbers.exact else np.zeros(len(rows), np.bool_)
                out[given & np.isnan(value) & ~exact] = CODE["not-a-number"]
                out[given & np.isinf(value)] = CODE["infinite-value"]
        return out

    def _category(self, criterion: Category, code: int, text: int, has_number: int) -> int:
        words = self._words(code, text)
        if words == (None, None):
            return CODE["number-for-outcome" if has_number else "missing-value"]
        return CODE[judge_category(criterion, *words)]

    def _identity(self, leaf: Leaf, code: int, text: int, has_number: int) -> int:
        words = self._words(code, text)
        if words == (None, None):
            return CODE["number-for-outcome" if has_number else "missing-value"]
        return CODE[judge_identity(leaf.nominal, *words)]

    def _absences(self, criterion: Absence, rows: Rows) -> Reasons:
        out = np.empty(len(rows), np.uint8)
        known: dict[Hashable, int] = {}
        for i, row in enumerate(rows.tolist()):
            words = (self.word("code", row), self.word("text", row))
            day = self.number("read_day", row)
            shown = Shown(
                value=self.number("value", row),
                least=least_of(self.number("value_low", row), self.number("value_high", row)),
                comparator=self.comparator(row),
                unit=None if self.unit is None else self.units[int(self.unit.codes[row])].code,
                lod=self.number("lod", row),
                amount=self.number("amount_tested", row),
                amount_unit=self.word("amount_tested_unit", row),
                read_day=None if day is None else int(day),
            )
            key = (words, shown)
            if key not in known:
                known[key] = self._absence(criterion, words, shown)
            out[i] = known[key]
        unreadable = self._unreadable_numbers(rows, 0)
        return np.where(unreadable > 0, unreadable, out)

    def _absence(self, criterion: Absence, words: tuple[str | None, str | None], shown: Shown) -> int:
        if shown.comparator == "":
            return CODE["unknown-comparator"]
        if words == (None, None) and shown.value is None and shown.least is None:
            return CODE["missing-value"]
        return CODE[judge_absence(criterion, *words, shown)]

    # -- access ------------------------------------------------------------------------------------------------

    def _each(self, judge_one: Callable[..., int], *codes: npt.NDArray[Any]) -> Reasons:
        """Call a function once for each distinct combination of codes, and spread its answers over the rows."""
        key, size = np.zeros(len(codes[0]), np.int64), 1
        for column in codes:
            least, span = int(column.min()), int(column.max()) - int(column.min()) + 1
            if size * span > _MANY:
                key = np.unique(key, return_inverse=True)[1]
                size = int(key.max()) + 1
            key, size = key * span + (column - least), size * span
        if size <= _FEW:  # without sorting
            first = np.full(size, -1, np.intp)
            first[key] = np.arange(len(key))
            present = np.flatnonzero(first >= 0)
            answers = np.zeros(size, np.uint8)
            answers[present] = [judge_one(*(int(column[row]) for column in codes)) for row in first[present].tolist()]
            return np.asarray(answers[key])
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        each = [judge_one(*(int(column[row]) for column in codes)) for row in first.tolist()]
        return np.asarray(np.array(each, np.uint8)[inverse])

    def _wording(self, rows: Rows) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        return codes_of(self.columns.words.get("code"), rows), codes_of(self.columns.words.get("text"), rows)

    def _words(self, code: int, text: int) -> tuple[str | None, str | None]:
        words = self.columns.words
        return (
            words["code"].words[code] if code >= 0 else None,
            words["text"].words[text] if text >= 0 else None,
        )

    def _has_number(self, rows: Rows) -> Mask:
        """Return which rows report a number or an interval, readable or not."""
        given = np.zeros(len(rows), np.bool_)
        for name in ("value", "value_low", "value_high"):
            numbers = self.columns.numbers.get(name)
            if numbers is not None:
                given |= numbers.has(rows)
        return given


def codes_of(column: Coded | None, rows: Rows) -> npt.NDArray[np.intp]:
    """Return the codes of some rows, -1 where there is no word."""
    return np.full(len(rows), -1, np.intp) if column is None else column.codes[rows].astype(np.intp)
