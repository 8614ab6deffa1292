"""Rows the hot loop could not prove conforming: why they do not conform, or could not be compared.

The steps are those of :func:`harmoniqc.evaluation.judging.judge`, in its order, each for all rows at once. What has
to be read word by word is read once for each distinct combination.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.compiled import Compiled
from harmoniqc.evaluation.ingest import Coded, Columns
from harmoniqc.evaluation.interval import censored_set
from harmoniqc.evaluation.judging import judge_interval, judge_set, judge_value, least_of, measured_interval
from harmoniqc.evaluation.kernel import Mask
from harmoniqc.evaluation.matching import Classes
from harmoniqc.evaluation.outcome import Shown, judge_absence, judge_category, outcome_of
from harmoniqc.evaluation.rows import NO_COMPARATOR, UNKNOWN_COMPARATOR, UNKNOWN_STATUS, RowFacts
from harmoniqc.evaluation.verbatim import disagrees
from harmoniqc.evaluation.verdicts import CODE, CONFORMS, INDETERMINATE, REPORTED, verdict_codes
from harmoniqc.standard import Absence, Category, Limit, ReportOnly
from harmoniqc.standard.columns import COMPARATORS, STATUSES

Rows = npt.NDArray[np.intp]
Reasons = npt.NDArray[np.uint8]

_PENDING = np.uint8(255)
_LESS = COMPARATORS.index("<")
_FEW, _MANY = 1 << 20, 1 << 62
"""So many combinations are looked up in a table; so many still fit into int64."""


class Sparse:
    """Settles rows of one specification. Holds no state between calls, so threads may share it.

    Args:
        compiled: The specification.
        classes: The test of each row.
        columns: The results.
        facts: What the rows say about themselves.
    """

    def __init__(self, compiled: Compiled, classes: Classes, columns: Columns, facts: RowFacts) -> None:
        self.compiled = compiled
        self.classes = classes
        self.columns = columns
        self.facts = facts
        self.units = columns.words.get("unit")
        kinds: list[type] = [type(test.criterion) for test in compiled.specification.tests]
        self.kinds = {
            kind: np.array([item is kind for item in kinds] + [False])
            for kind in (Limit, ReportOnly, Category, Absence)
        }

    def settle(self, rows: Rows) -> Reasons:
        """Return the reason code of each row.

        Args:
            rows: Row numbers, intp, shape (m,).
        """
        out = np.full(len(rows), _PENDING, np.uint8)
        classes = self.classes.codes[rows]
        tests = self.classes.tests[classes]
        static = np.where(tests < 0, self.classes.reasons[classes], self.compiled.static[tests])
        out[static > 0] = static[static > 0]
        for fault, reason in self._faults(rows, tests):
            out[fault & (out == _PENDING)] = CODE[reason]
        for kind, step in (
            (Limit, self._limits),
            (ReportOnly, self._reports),
            (Category, self._categories),
            (Absence, self._absences),
        ):
            chosen = np.flatnonzero((out == _PENDING) & self.kinds[kind][tests])
            if len(chosen):
                out[chosen] = step(rows[chosen], tests[chosen])
        self._hold_back_preliminary(rows, out)
        return out

    # -- what keeps a row from being judged at all ---------------------------------------------------------

    def _faults(self, rows: Rows, tests: npt.NDArray[np.int32]) -> list[tuple[Mask, str]]:
        facts, faults = self.facts, []
        if facts.invalid_assay is not None:
            faults.append((facts.invalid_assay[rows], "invalid-assay"))
        if facts.status is not None:
            status = facts.status[rows]
            faults.append((status == UNKNOWN_STATUS, "unknown-status"))
            if facts.investigated is not None:  # without an investigation a result cannot be set aside: it counts
                for name in ("invalidated", "superseded"):
                    faults.append(((status == STATUSES.index(name)) & facts.investigated[rows], name))
        if facts.aggregate is not None:
            faults.append((facts.aggregate[rows], "aggregate"))
        faults.append((self._other_population(rows, tests), "population-mismatch"))
        if facts.text_in_doubt is not None:
            doubtful = np.flatnonzero(facts.text_in_doubt[rows])
            mask = np.zeros(len(rows), np.bool_)
            mask[doubtful] = [self._text_disagrees(row) for row in rows[doubtful].tolist()]
            faults.append((mask, "value-text-mismatch"))
        return faults

    def _other_population(self, rows: Rows, tests: npt.NDArray[np.int32]) -> Mask:
        wanted = [test.criterion.population for test in self.compiled.specification.tests]
        named = [unit.population for unit in self.compiled.units]
        population = self.facts.population
        if any(wanted) + any(named) + (population is not None) < 2:
            return np.zeros(len(rows), np.bool_)

        def mismatch(test: int, own: int, unit: int) -> int:
            column = population.words[own] if population is not None and own >= 0 else None
            return int(len({column, named[unit], wanted[test] if test >= 0 else None} - {None}) > 1)

        own = _codes(self.facts.population, rows)
        return self._each(mismatch, tests, own, _codes(self.units, rows)).astype(np.bool_)

    def _text_disagrees(self, row: int) -> bool:
        text, value = self.columns.words["text"].word(row), self.columns.numbers["value"].exactly(row)
        if text is None or value is None:
            return False
        return disagrees(text, value, self._comparator(row), None if self.units is None else self.units.word(row))

    def _hold_back_preliminary(self, rows: Rows, out: Reasons) -> None:
        """A preliminary result may already show a failure; it cannot show that the final one will pass."""
        if self.facts.status is None:
            return
        preliminary = self.facts.status[rows] == STATUSES.index("preliminary")
        out[preliminary & np.isin(verdict_codes(out), (INDETERMINATE, CONFORMS, REPORTED))] = CODE["not-final"]

    # -- limits ----------------------------------------------------------------------------------------------

    def _limits(self, rows: Rows, tests: npt.NDArray[np.int32]) -> Reasons:
        out = np.full(len(rows), _PENDING, np.uint8)
        units = _codes(self.units, rows)
        numbers = self.columns.numbers.get("value")
        value = np.full(len(rows), np.nan) if numbers is None else numbers.values[rows]
        given = np.zeros(len(rows), np.bool_) if numbers is None else numbers.has(rows)
        comparator = self._comparators(rows)

        def settle(mask: Mask, reason: str) -> None:
            out[mask & (out == _PENDING)] = CODE[reason]

        alone = np.flatnonzero(self._needs_exact(rows))
        out[alone] = [self._exact(int(rows[i]), int(tests[i]), int(units[i])) for i in alone]
        empty = np.flatnonzero(~given & (out == _PENDING))
        if len(empty):
            out[empty], limit = self._without_number(rows[empty])
            value, comparator = value.copy(), comparator.copy()
            value[empty], comparator[empty] = limit, _LESS
        if numbers is not None and numbers.faulty is not None:
            settle(numbers.faulty[rows], "not-a-number")
        settle(np.isnan(value), "not-a-number")
        settle(np.isinf(value), "infinite-value")
        settle(comparator == UNKNOWN_COMPARATOR, "unknown-comparator")
        why = self.compiled.reason[tests, units]
        out[(why > 0) & (out == _PENDING)] = why[(why > 0) & (out == _PENDING)]

        compiled = self.compiled
        exists = (value >= compiled.domain_low[tests, units]) & (value <= compiled.domain_high[tests, units])
        inside = (value >= compiled.low[tests, units]) & (value <= compiled.high[tests, units])
        known = comparator == NO_COMPARATOR
        settle(known & ~exists, "outside-domain")
        settle(known & inside, "within-limit")
        settle(known, "outside-limit")
        censored = np.flatnonzero(out == _PENDING)
        if len(censored):
            out[censored] = self._censored(value[censored], comparator[censored], tests[censored], units[censored])
        return out

    def _censored(
        self,
        value: npt.NDArray[np.float64],
        comparator: npt.NDArray[np.int8],
        tests: npt.NDArray[np.int32],
        units: npt.NDArray[np.intp],
    ) -> Reasons:
        width = self.compiled.low.shape[1]
        slots, inverse = np.unique(tests.astype(np.intp) * width + (units % width), return_inverse=True)
        table = np.stack([self.compiled.censored(*divmod(slot, width)) for slot in slots.tolist()])
        bounds = table[inverse, comparator]  # shape (m, 3, 2): possible, conforms, fails
        inside = (value[:, None] >= bounds[:, :, 0]) & (value[:, None] <= bounds[:, :, 1])
        names = ("outside-domain", "all-values-within-limit", "no-value-within-limit", "censored")
        codes = [np.uint8(CODE[name]) for name in names]
        return np.select([~inside[:, 0], inside[:, 1], inside[:, 2]], codes[:3], codes[3]).astype(np.uint8)

    def _needs_exact(self, rows: Rows) -> Mask:
        exact = np.zeros(len(rows), np.bool_)
        for name in ("value", "lod"):
            numbers = self.columns.numbers.get(name)
            if numbers is not None and numbers.exact:
                exact |= np.isin(rows, list(numbers.exact))
        return exact if self.facts.interval is None else exact | self.facts.interval[rows]

    def _exact(self, row: int, test: int, unit: int) -> int:
        """Judge one row in exact arithmetic: an interval, or a number no float64 prints as."""
        value, low, high = (self._number(name, row) for name in ("value", "value_low", "value_high"))
        comparator = self._comparator(row)
        if comparator == "":
            return CODE["unknown-comparator"]
        for name in ("value", "value_low", "value_high"):
            numbers = self.columns.numbers.get(name)
            if numbers is not None and numbers.has(np.array([row]))[0] and self._number(name, row) is None:
                return CODE["infinite-value" if np.isinf(numbers.values[row]) else "not-a-number"]
        interval = measured_interval(low, high)
        if value is None and interval is None:  # here because of its limit of detection
            reasons, _ = self._without_number(np.array([row]))
            value = self._number("lod", row)
            if reasons[0] != _PENDING or value is None:
                return int(reasons[0]) if reasons[0] != _PENDING else CODE["not-a-number"]
            comparator = "<"
        if self.compiled.reason[test, unit]:
            return int(self.compiled.reason[test, unit])
        plan = self.compiled.plans[test, unit % self.compiled.low.shape[1]]
        if interval is not None:
            return CODE[judge_interval(plan, value, interval)]
        assert value is not None  # noqa: S101 - without interval and value the row has been settled above
        return CODE[
            judge_value(plan, value) if comparator is None else judge_set(plan, censored_set(comparator, value))
        ]

    def _without_number(self, rows: Rows) -> tuple[Reasons, npt.NDArray[np.float64]]:
        """Return why rows without a number are not judged, or leave them pending with their limit of detection.

        Not detected, with the limit at which it would have been detected, is a result below that limit.
        """
        reasons = self._each(self._instead_of_number, *self._wording(rows)).astype(np.uint8)
        lod = self.columns.numbers.get("lod")
        if lod is None:
            limit, known = np.full(len(rows), np.nan), np.zeros(len(rows), np.bool_)
        else:
            limit, known = lod.values[rows], lod.has(rows)
        reasons[(reasons == _PENDING) & ~known] = CODE["text-for-number"]
        return reasons, limit

    def _instead_of_number(self, code: int, text: int) -> int:
        words = self._words(code, text)
        outcome = outcome_of(*words)
        if outcome == "absent":
            return int(_PENDING)
        return CODE["missing-value" if outcome == "not-tested" or words == (None, None) else "text-for-number"]

    # -- outcomes --------------------------------------------------------------------------------------------

    def _reports(self, rows: Rows, tests: npt.NDArray[np.int32]) -> Reasons:
        del tests

        def report(code: int, text: int) -> int:
            words = self._words(code, text)
            if words == (None, None) or outcome_of(*words) == "not-tested":
                return CODE["missing-value"]
            return CODE["reported"]

        said = self._each(report, *self._wording(rows)).astype(np.uint8)
        return np.where(self._has_number(rows), np.uint8(CODE["reported"]), said)

    def _categories(self, rows: Rows, tests: npt.NDArray[np.int32]) -> Reasons:
        def category(test: int, code: int, text: int, has_number: int) -> int:
            words = self._words(code, text)
            if words == (None, None):
                return CODE["number-for-outcome" if has_number else "missing-value"]
            criterion = self.compiled.specification.tests[test].criterion
            assert isinstance(criterion, Category)  # noqa: S101 - settle has sorted the rows by kind
            return CODE[judge_category(criterion, *words)]

        return self._each(category, tests, *self._wording(rows), self._has_number(rows)).astype(np.uint8)

    def _absences(self, rows: Rows, tests: npt.NDArray[np.int32]) -> Reasons:
        out = np.empty(len(rows), np.uint8)
        known: dict[Hashable, int] = {}
        amounts = self.columns.words.get("amount_tested_unit")
        for i, (row, test) in enumerate(zip(rows.tolist(), tests.tolist(), strict=True)):
            words = (self._word("code", row), self._word("text", row))
            day = self._number("read_day", row)
            shown = Shown(
                value=self._number("value", row),
                least=least_of(self._number("value_low", row), self._number("value_high", row)),
                comparator=self._comparator(row),
                unit=None if self.units is None else self.compiled.units[int(self.units.codes[row])].code,
                lod=self._number("lod", row),
                amount=self._number("amount_tested", row),
                amount_unit=None if amounts is None else amounts.word(row),
                read_day=None if day is None else int(day),
            )
            numbers = self.columns.numbers.get("value")
            unreadable = shown.value is None and numbers is not None and bool(numbers.has(np.array([row]))[0])
            key = (test, words, shown, unreadable)
            if key not in known:
                known[key] = self._absence(test, words, shown, unreadable)
            out[i] = known[key]
        return out

    def _absence(self, test: int, words: tuple[str | None, str | None], shown: Shown, unreadable: bool) -> int:
        if unreadable:
            return CODE["not-a-number"]
        if shown.comparator == "":
            return CODE["unknown-comparator"]
        if words == (None, None) and shown.value is None and shown.least is None:
            return CODE["missing-value"]
        criterion = self.compiled.specification.tests[test].criterion
        assert isinstance(criterion, Absence)  # noqa: S101 - settle has sorted the rows by kind
        return CODE[judge_absence(criterion, *words, shown)]

    # -- access ------------------------------------------------------------------------------------------------

    def _each(self, judge_one: Callable[..., int], *codes: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
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
            answers = np.zeros(size, np.intp)
            answers[present] = [judge_one(*(int(column[row]) for column in codes)) for row in first[present].tolist()]
            return answers[key]
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        return np.array([judge_one(*(int(column[row]) for column in codes)) for row in first.tolist()], np.intp)[
            inverse
        ]

    def _wording(self, rows: Rows) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        return _codes(self.columns.words.get("code"), rows), _codes(self.columns.words.get("text"), rows)

    def _words(self, code: int, text: int) -> tuple[str | None, str | None]:
        words = self.columns.words
        return (
            words["code"].words[code] if code >= 0 else None,
            words["text"].words[text] if text >= 0 else None,
        )

    def _word(self, name: str, row: int) -> str | None:
        column = self.columns.words.get(name)
        return None if column is None else column.word(row)

    def _has_number(self, rows: Rows) -> Mask:
        """Return which rows report a number or an interval, readable or not."""
        given = np.zeros(len(rows), np.bool_)
        for name in ("value", "value_low", "value_high"):
            numbers = self.columns.numbers.get(name)
            if numbers is not None:
                given |= numbers.has(rows)
        return given

    def _number(self, name: str, row: int) -> Fraction | None:
        numbers = self.columns.numbers.get(name)
        return None if numbers is None else numbers.exactly(row)

    def _comparators(self, rows: Rows) -> npt.NDArray[np.int8]:
        if self.facts.comparator is None:
            return np.full(len(rows), NO_COMPARATOR, np.int8)
        return self.facts.comparator[rows]

    def _comparator(self, row: int) -> str | None:
        """Return the comparator of a row; None for none, "" for one that is unknown."""
        place = NO_COMPARATOR if self.facts.comparator is None else int(self.facts.comparator[row])
        return None if place == NO_COMPARATOR else (*COMPARATORS, "")[place]


def _codes(column: Coded | None, rows: Rows) -> npt.NDArray[np.intp]:
    return np.full(len(rows), -1, np.intp) if column is None else column.codes[rows].astype(np.intp)
