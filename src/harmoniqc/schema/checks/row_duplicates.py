"""Results that claim to be one and the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harmoniqc.errors import Finding
from harmoniqc.schema.checks.columns import Codes, Mask, ResultColumns, combined
from harmoniqc.schema.checks.row_tests import RowTests

_TOLD_APART_BY = (
    "batch_id",
    "specification_id",
    "specification_version",
    "test_id",
    "cqa",
    "component",
    "statistic",
    "replicate",
    "reportable",
    "material",
    "stage",
    "sampling_point",
    "method",
    "method_version",
    "reference_standard",
    "site_id",
    "measured_at",
    "read_day",
    "timepoint",
    "condition",
    "population",
)
"""What makes a result another one. A unit does not: two units are two ways to write one result."""


def results_given_twice(columns: ResultColumns, tests: RowTests) -> Iterator[Finding]:
    """Yield a ``duplicate-result`` for identifiers that occur twice, and for results that nothing tells apart.

    Only final results that are reportable are looked at, and none that another replaces. Unnumbered rows of a test
    whose reportable value is formed of several are its replicates.
    """
    again = _repeated_identifiers(columns)
    if len(again):
        id = columns.text("result_id", int(again[0]))
        yield columns.finding("duplicate-result", f"the result_id {id!r} was used before", again, "result_id", found=id)
    names = [name for name in _TOLD_APART_BY if columns.has(name)]
    key = combined([columns.words(name).codes for name in names])
    counted = columns.is_final & ~columns.where("reportable", "false") & ~columns.where("assay_valid", "false")
    counted &= ~_replaced(columns) & ~_replicates(columns, tests)
    twice = np.setdiff1d(_repeated(key, counted), again)
    if len(twice):
        first = int(twice[0])
        original = int(np.flatnonzero(counted & (key == key[first]))[0])
        shown = ", ".join(
            f"{name} {columns.text(name, first)}"
            for name in ("batch_id", "test_id", "cqa", "component")
            if columns.text(name, first) is not None
        )
        place = columns.rows.pointer(original) or f"row {columns.rows.positions[original]}"
        message = f"nothing tells the result from that at {place}"
        yield columns.finding("duplicate-result", message, twice, found=shown)


def _repeated_identifiers(columns: ResultColumns) -> Codes:
    import pyarrow.compute as pc

    if not columns.has("result_id"):
        return np.zeros(0, np.intp)
    column = columns.column("result_id")
    if pc.count_distinct(column).as_py() == len(column) - column.null_count:
        return np.zeros(0, np.intp)  # the usual case, without a code for each
    codes = columns.words("result_id").codes.astype(np.int64)
    return _repeated(codes, codes >= 0)


def _repeated(key: Codes, chosen: Mask) -> Codes:
    """Return the chosen rows whose key a chosen row before them has."""
    rows = np.flatnonzero(chosen)
    first = np.unique(key[rows], return_index=True)[1]
    again = np.ones(len(rows), np.bool_)
    again[first] = False
    return rows[again]


def _replaced(columns: ResultColumns) -> Mask:
    if not columns.has("supersedes"):
        return np.zeros(columns.n, np.bool_)
    ids, replaced = columns.words("result_id"), set(columns.words("supersedes").words)
    return np.array([*(word in replaced for word in ids.words), False])[ids.codes]


def _replicates(columns: ResultColumns, tests: RowTests) -> Mask:
    several = [
        any(test.reportable is not None and test.reportable.n > 1 for test in answer.tests) for answer in tests.answers
    ]
    return tests.rows_where(several) & ~columns.where("reportable", "true") & ~columns.filled("replicate")
