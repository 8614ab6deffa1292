"""From results to batches: per batch and decision point, what holds, what failed and what is missing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from harmoniqc.evaluation.batches.cultures import (
    RELEASE,
    cultures_of,
    interim_only,
    read_after_release,
    readings,
    spread_growth,
)
from harmoniqc.evaluation.batches.grouping import Formation, Grouped, cells_of, grouped, joined_tests
from harmoniqc.evaluation.batches.replicates import add_replicates
from harmoniqc.evaluation.batches.sums import add_sums
from harmoniqc.evaluation.batches.trends import preliminary_series, trend_codes
from harmoniqc.evaluation.batches.wholes import add_parts
from harmoniqc.evaluation.kernel import Mask, Reasons
from harmoniqc.evaluation.meaning.book import decides
from harmoniqc.evaluation.meaning.parts import NOTHING
from harmoniqc.evaluation.rows.judged import Judged, Judgments
from harmoniqc.evaluation.verdicts import (
    CODE,
    CONFORMS,
    DOES_NOT_CONFORM,
    INDETERMINATE,
    MISSING,
    NEUTRAL,
    NOT_APPLICABLE,
    NOT_EVALUATED,
    REASONS,
    TEST_VERDICTS,
    verdict_codes,
)
from harmoniqc.standard import Specification

BATCH_VERDICTS = ("does-not-conform", "indeterminate", "incomplete", "conforms")
"""Verdicts of a batch at a decision point, worst first."""

_NEUTRAL = np.array([*(name in NEUTRAL for name in CODE), *[True] * (256 - len(CODE))])

_LAST_DAY = 2**53
"""Days up to here are whole numbers as float64 and as int64."""

_KEY = [
    ("batch", pa.string()),
    ("specification", pa.string()),
    ("specification_version", pa.string()),
]
BATCH_SCHEMA = pa.schema(
    [
        *_KEY,
        ("decision_point", pa.string()),
        ("verdict", pa.string()),
        ("provisional", pa.bool_()),
        ("overtaken", pa.bool_()),
        ("failed", pa.list_(pa.string())),
        ("undecided", pa.list_(pa.string())),
        ("missing", pa.list_(pa.string())),
        ("not_evaluated", pa.list_(pa.string())),
        ("not_applicable", pa.list_(pa.string())),
    ]
)
TEST_SCHEMA = pa.schema(
    [
        *_KEY,
        ("test", pa.string()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
        ("provisional", pa.bool_()),
        ("results", pa.int64()),
    ]
)
HISTORY_SCHEMA = pa.schema(
    [
        *_KEY,
        ("decision_point", pa.string()),
        ("read_day", pa.int64()),
        ("verdict", pa.string()),
        ("provisional", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Known:
    """What some of the rows say of every test in every batch.

    Attributes:
        reasons: Reason code of each test in each batch, uint8, shape (batches, tests); 255 where
            there is no result. Where none counts, the reason why.
        applies: Whether the test applies to the batch.
        early: Whether something stands in for a result to come.
        parts: Reason code of each part of each test, shape (batches, columns).
        formed: Values that were formed of several results.
    """

    reasons: Reasons
    applies: Mask
    early: Mask
    parts: Reasons
    formed: tuple[Formation, ...] = ()

    @cached_property
    def verdicts(self) -> npt.NDArray[np.uint8]:
        """Place of each verdict in :data:`TEST_VERDICTS`."""
        shape = self.reasons.shape
        out = verdict_codes(self.reasons.ravel()).reshape(shape).copy()
        out[_NEUTRAL[self.reasons]] = MISSING
        out[~self.applies] = NOT_APPLICABLE
        return out


def known_of(found: Grouped, left_out: Mask | None = None) -> Known:
    """Return what the rows say of every test in every batch.

    Args:
        found: The rows.
        left_out: Rows not to look at; None: none.
    """
    cells = cells_of(found, left_out)
    formed = add_replicates(found, cells, left_out)
    formed += add_sums(found, cells, left_out)
    reasons, applies = joined_tests(found, cells, trend_codes(found, left_out))
    reasons = reasons.copy()
    layout = found.item.compiled.layout
    specification, instead, early = layout.specification, cells.instead, preliminary_series(found, left_out)
    columns = list(itertools.pairwise(layout.first_column.tolist()))
    for test, (first, last) in enumerate(columns):
        early[:, test] |= cells.preliminary[:, first:last].any(axis=1)
    early &= ~_read_finally(specification)
    spread_growth(specification, reasons)  # a part's reading satisfies its own read points before the whole's
    add_parts(found, reasons, applies, early)
    spread_growth(specification, reasons)
    early = (early & ~_read_finally(specification)) | interim_only(found, reasons, left_out)
    for test, (first, last) in enumerate(columns):
        open_ = reasons[:, test] == NOTHING
        reasons[open_, test] = instead[:, first:last].min(axis=1)[open_]
    reasons[(reasons == NOTHING) & ~applies] = CODE["not-applicable"]
    return Known(reasons, applies, early, cells.codes, tuple(formed))


def _read_finally(specification: Specification) -> Mask:
    """Return the tests of cultures that have a final reading, which alone says whether one is still to come."""
    found = {test for culture in cultures_of(specification) if culture.final for test in culture.tests}
    return np.array([test in found for test in range(len(specification.tests))])


def _at_release(found: Grouped, now: Known) -> Known:
    """Return what the rows say of each batch, without what overtook the release of that batch."""
    late = read_after_release(found)
    if not late:
        return now
    reasons, parts, applies, early = now.reasons.copy(), now.parts.copy(), now.applies.copy(), now.early.copy()
    by_mask: dict[bytes, list[int]] = {}
    for batch, mask in late.items():
        by_mask.setdefault(np.packbits(mask).tobytes(), []).append(batch)
    for batches in by_mask.values():
        then = known_of(found, late[batches[0]])
        reasons[batches], parts[batches] = then.reasons[batches], then.parts[batches]
        applies[batches], early[batches] = then.applies[batches], then.early[batches]
    return Known(reasons, applies, early, parts, now.formed)


class BatchVerdicts:
    """The verdicts of the batches of one specification.

    Args:
        judgments: The evaluation.
        item: The specification with its rows.
    """

    def __init__(self, judgments: Judgments, item: Judged) -> None:
        self.found = grouped(judgments, item)
        self.specification = item.specification
        self.now = known_of(self.found)
        self.at_release = _at_release(self.found, self.now)
        forms_a_lot, among = judgments.book.forms_a_lot, frozenset(self.found.batches)
        self.shown = np.array([forms_a_lot(name, among) for name in self.found.batches], np.bool_)

    def points(self) -> Iterator[tuple[str, list[int]]]:
        """Yield the decision points with the tests that decide there."""
        tests = self.specification.tests
        for point in dict.fromkeys(point for test in tests for point in test.decision_points):
            deciding = [
                place
                for place, test in enumerate(tests)
                if point in test.decision_points and decides(test, self.specification)
            ]
            if deciding:
                yield point, deciding

    def at(self, point: str, tests: list[int], known: Known) -> tuple[npt.NDArray[np.int8], dict[str, Mask]]:
        """Return the verdict of each batch at a decision point, and what it rests on, each (batches, tests)."""
        required = np.array([self.specification.tests[place].required for place in tests])
        verdicts = known.verdicts[:, tests]
        lists = {
            "failed": verdicts == DOES_NOT_CONFORM,
            "undecided": verdicts == INDETERMINATE,
            "missing": (verdicts == MISSING) & required,
            "not_evaluated": verdicts == NOT_EVALUATED,
            "not_applicable": verdicts == NOT_APPLICABLE,
        }
        held = (verdicts == CONFORMS).any(axis=1)
        open_ = (lists["missing"] | lists["not_evaluated"]).any(axis=1) | ~held
        code = np.select([lists["failed"].any(axis=1), lists["undecided"].any(axis=1), open_], [0, 1, 2], 3)
        return code.astype(np.int8), lists

    def batches(self) -> Iterator[pa.Table]:
        """Yield a table for each decision point."""
        for point, tests in self.points():
            known = self.at_release if point == RELEASE else self.now
            code, lists = self.at(point, tests, known)
            overtaken = np.zeros(len(code), np.bool_)
            if known is not self.now:
                overtaken = self.at(point, tests, self.now)[0] < code
            ids = pa.array([self.specification.tests[place].id for place in tests], pa.string())
            shown = self.shown
            early: Mask = np.asarray(known.early[:, tests].any(axis=1))
            yield pa.Table.from_arrays(
                [
                    *self._key(),
                    self._constant(point),
                    _words(code[shown], BATCH_VERDICTS),
                    pa.array(early[shown]),
                    pa.array(overtaken[shown]),
                    *(_lists(mask[shown], ids) for mask in lists.values()),
                ],
                schema=BATCH_SCHEMA,
            )

    def tests(self) -> pa.Table:
        """Return a row for each test in each batch."""
        tests, shown = self.specification.tests, self.shown
        n, names = int(shown.sum()), [name for name, here in zip(self.found.batches, self.shown, strict=True) if here]
        rows = np.flatnonzero(self.found.counted)
        cell = self.found.batch_of_row[rows] * len(tests) + self.found.item.tests[rows]
        counts = np.bincount(cell, minlength=shown.size * len(tests)).reshape(shown.size, len(tests))
        verdicts, reasons = self.now.verdicts[shown], self.now.reasons[shown]
        words = pa.array([*REASONS], pa.string())
        codes = pa.array(reasons.ravel().astype(np.int16), mask=(reasons == NOTHING).ravel())
        ids = np.tile(np.array([test.id for test in tests], dtype=object), n)
        return pa.Table.from_arrays(
            [
                pa.array(np.repeat(np.array(names, dtype=object), len(tests)), pa.string()),
                pa.array([self.specification.id] * (n * len(tests)), pa.string()),
                pa.array([self.specification.version] * (n * len(tests)), pa.string()),
                pa.array(ids, pa.string()),
                _words(verdicts.ravel().astype(np.int8), TEST_VERDICTS),
                pa.DictionaryArray.from_arrays(codes, words).cast(pa.string()),
                pa.array(self.now.early[shown].ravel()),
                pa.array(counts[shown].ravel()),
            ],
            schema=TEST_SCHEMA,
        )

    def history(self) -> Iterator[pa.Table]:
        """Yield what the verdicts were after each day on which a culture was read, for the batches read that day."""
        days = self.found.columns.numbers.get("read_day")
        if days is None:
            return
        of_culture = readings(self.found)
        read_on = np.where(of_culture & days.has(np.arange(self.found.columns.n)), np.floor(days.values), np.nan)
        read_on[np.abs(read_on) > _LAST_DAY] = np.nan  # no day anybody could wait for
        for day in np.unique(read_on[np.isfinite(read_on)]).tolist():
            known = known_of(self.found, np.asarray(read_on > day))
            today = np.zeros(len(self.found.batches), np.bool_)
            today[self.found.batch_of_row[read_on == day]] = True
            for point, tests in self.points():
                code, _ = self.at(point, tests, known)
                shown = today & self.shown
                n = int(shown.sum())
                yield pa.Table.from_arrays(
                    [
                        *self._key(shown),
                        self._constant(point, n),
                        pa.array([int(day)] * n, pa.int64()),
                        _words(code[shown], BATCH_VERDICTS),
                        pa.array(np.asarray(known.early[:, tests].any(axis=1))[shown]),
                    ],
                    schema=HISTORY_SCHEMA,
                )

    def _key(self, shown: Mask | None = None) -> list[pa.Array]:
        mask = self.shown if shown is None else shown
        names = [name for name, here in zip(self.found.batches, mask, strict=True) if here]
        n = len(names)
        return [
            pa.array(names, pa.string()),
            self._constant(self.specification.id, n),
            self._constant(self.specification.version, n),
        ]

    def _constant(self, word: str, n: int | None = None) -> pa.Array:
        return pa.array([word] * (int(self.shown.sum()) if n is None else n), pa.string())


def table_of(parts: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    """Return tables one below the other."""
    return pa.concat_tables(parts) if parts else schema.empty_table()


def _words(codes: npt.NDArray[np.int8], words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(words)).cast(pa.string())


def _lists(mask: Mask, ids: pa.Array) -> pa.ListArray:
    """Return for each row of a mask the ids of its columns that are set."""
    offsets = np.concatenate([[0], np.cumsum(np.count_nonzero(mask, axis=1))]).astype(np.int32)
    which = np.flatnonzero(mask) % max(1, mask.shape[1])
    return pa.ListArray.from_arrays(pa.array(offsets), ids.take(pa.array(which)))
