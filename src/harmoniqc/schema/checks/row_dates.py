"""Results measured before their batch was made."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harmoniqc.errors import Finding
from harmoniqc.schema.checks.columns import Codes, Mask, ResultColumns, few, grouped
from harmoniqc.schema.checks.row_tests import RowTests

_BEFORE = frozenset({"starting-material", "in-process", "drug-substance"})
"""Stages of results that may be measured before the day of manufacture."""


def results_before_manufacture(columns: ResultColumns, tests: RowTests) -> Iterator[Finding]:
    """Yield a ``dates-out-of-order`` for results of the drug product dated before the day their batch was made.

    The day is that of the place where it was measured. What a result is of is said by its own material, or by that of
    its test; results of earlier stages and of other materials come earlier, and say nothing.
    """
    if not columns.has("measured_at"):
        return
    made = {item.document.id: item.document.manufactured_on for item in columns.contents.batches}
    batches = columns.words("batch_id")
    days = [made.get(word) for word in batches.words]
    ordinals = np.array([*(0 if day is None else day.toordinal() for day in days), 0])[batches.codes]
    chosen = (ordinals > 0) & columns.filled("measured_at") & _of_drug_product(columns, tests)
    rows = np.flatnonzero(chosen)
    early = rows[_ordinals(columns, rows) < ordinals[rows]]
    mask = np.zeros(columns.n, np.bool_)
    mask[early] = True
    for code, found in few(grouped(batches.codes, mask)):
        name = None if code is None else batches.words[code]
        day = None if name is None else made[name]
        message = f"batch {name!r} was made on {day}" if name else "further batches were made later as well"
        said = columns.column("measured_at")[int(found[0])].as_py()
        expected = None if day is None else f"{day} or later"
        yield columns.finding("dates-out-of-order", message, found, "measured_at", expected=expected, found=said)


def _of_drug_product(columns: ResultColumns, tests: RowTests) -> Mask:
    own = columns.words("material")
    by_test = tests.rows_where(
        [
            bool(answer.tests) and all(test.material == "drug-product" for test in answer.tests)
            for answer in tests.answers
        ]
    )
    is_product = columns.where("material", "drug-product") | ((own.codes < 0) & by_test)
    stage = columns.words("stage")
    early = np.array([*(word in _BEFORE for word in stage.words), False])[stage.codes]
    stages = tests.rows_where([any(test.stage in _BEFORE for test in answer.tests) for answer in tests.answers])
    return np.asarray(is_product & ~early & ~((stage.codes < 0) & stages))


def _ordinals(columns: ResultColumns, rows: Codes) -> Codes:
    """Return the day of measurement of some rows, as counted by :meth:`datetime.date.toordinal`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_slice_codeunits(columns.column("measured_at").take(pa.array(rows)), 0, 10)
    days = texts.combine_chunks().cast(pa.date32()).cast(pa.int32()).to_numpy(zero_copy_only=False)
    return np.asarray(days, np.int64) + _EPOCH


_EPOCH = 719_163
"""The ordinal of 1970-01-01."""
