"""From results to batches: per batch and decision point, what holds, what failed and what is missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from harmoniqc.evaluation.ingest import Columns
from harmoniqc.evaluation.judged import Judged
from harmoniqc.evaluation.kernel import Mask, least_per_cell
from harmoniqc.evaluation.rows import RowFacts
from harmoniqc.evaluation.verdicts import (
    CODE,
    CONFORMS,
    DOES_NOT_CONFORM,
    INDETERMINATE,
    NOT_EVALUATED,
    SET_ASIDE,
    verdict_codes,
)
from harmoniqc.standard.columns import STATUSES

BATCH_VERDICTS = ("does-not-conform", "indeterminate", "incomplete", "conforms")
"""Verdicts of a batch at a decision point, worst first."""

_MISSING = 255
_COUNTS = np.array([name not in SET_ASIDE for name in CODE])

SCHEMA = pa.schema(
    [
        ("batch", pa.string()),
        ("specification", pa.string()),
        ("specification_version", pa.string()),
        ("decision_point", pa.string()),
        ("verdict", pa.string()),
        ("provisional", pa.bool_()),
        ("failed", pa.list_(pa.string())),
        ("undecided", pa.list_(pa.string())),
        ("missing", pa.list_(pa.string())),
        ("not_evaluated", pa.list_(pa.string())),
    ]
)


def roll_up(judged: Sequence[Judged], columns: Columns, facts: RowFacts) -> pa.Table:
    """Return one row for each batch, specification and decision point.

    All final, valid results of a test count: a passing retest never hides a failure. A batch conforms only if
    every required test has a result, everything present was compared, and at least one comparison held. Only
    limits of the role ``registered-acceptance`` decide.
    """
    tables = [part for item in judged for part in _of_specification(item, columns, facts)]
    return pa.concat_tables(tables) if tables else SCHEMA.empty_table()


def _of_specification(item: Judged, columns: Columns, facts: RowFacts) -> list[pa.Table]:
    names, cells, counted = _cells(item, columns)
    n_tests = len(item.specification.tests)
    verdicts = verdict_codes(item.reasons[counted])
    least = least_per_cell(cells, verdicts, len(names) * n_tests, _MISSING).reshape(len(names), n_tests)
    early: Mask = np.zeros(len(names) * n_tests, np.bool_)
    if facts.status is not None:
        status = facts.status if item.rows is None else facts.status[item.rows]
        early[cells[status[counted] == STATUSES.index("preliminary")]] = True
    early = early.reshape(len(names), n_tests)
    out = []
    for point in dict.fromkeys(point for test in item.specification.tests for point in test.decision_points):
        tests = [
            place
            for place, test in enumerate(item.specification.tests)
            if point in test.decision_points and test.criterion.role == "registered-acceptance"
        ]
        if tests:
            out.append(_at_point(item, point, tests, names, least[:, tests], early[:, tests]))
    return out


def _cells(item: Judged, columns: Columns) -> tuple[list[str], npt.NDArray[np.intp], Mask]:
    """Return the batches, the cell (batch, test) of each row that counts, and which rows count."""
    tests = item.tests
    counted = (tests >= 0) & _COUNTS[item.reasons]
    batches = columns.words.get("batch_id")
    if batches is None:
        return list(item.listed), np.zeros(0, np.intp), np.zeros(len(tests), np.bool_)
    codes = batches.codes if item.rows is None else batches.codes[item.rows]
    counted &= codes >= 0
    present = np.unique(codes[codes >= 0])
    place = np.full(len(batches.words) + 1, -1, np.intp)
    place[present] = np.arange(len(present))
    names = [batches.words[code] for code in present.tolist()]
    known = set(names)
    names += [name for name in item.listed if name not in known]
    cells = place[codes[counted]] * len(item.specification.tests) + tests[counted]
    return names, cells, counted


def _at_point(
    item: Judged,
    point: str,
    tests: list[int],
    names: list[str],
    least: npt.NDArray[np.uint8],
    early: Mask,
) -> pa.Table:
    required = np.array([item.specification.tests[place].required for place in tests])
    failed, undecided = least == DOES_NOT_CONFORM, least == INDETERMINATE
    missing, skipped = (least == _MISSING) & required, least == NOT_EVALUATED
    held = (least == CONFORMS).any(axis=1)
    code = np.select(
        [failed.any(axis=1), undecided.any(axis=1), (missing | skipped).any(axis=1) | ~held],
        [0, 1, 2],
        3,
    ).astype(np.int8)
    ids = np.array([item.specification.tests[place].id for place in tests], dtype=object)
    n = len(names)
    columns = [
        pa.array(names, pa.string()),
        pa.array([item.specification.id] * n, pa.string()),
        pa.array([item.specification.version] * n, pa.string()),
        pa.array([point] * n, pa.string()),
        pa.DictionaryArray.from_arrays(pa.array(code), pa.array(BATCH_VERDICTS)).cast(pa.string()),
        pa.array(early.any(axis=1)),
        *(_lists(mask, ids) for mask in (failed, undecided, missing, skipped)),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _lists(mask: Mask, ids: npt.NDArray[np.object_]) -> pa.ListArray:
    offsets = np.concatenate([[0], np.cumsum(mask.sum(axis=1))]).astype(np.int32)
    which = np.nonzero(mask)[1]
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(ids[which], pa.string()))
