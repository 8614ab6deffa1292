"""Derived values as a table: with the formula, and what it was computed from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from harmoniqc.evaluation.batches.grouping import Grouped
from harmoniqc.evaluation.batches.rollup import BatchVerdicts
from harmoniqc.evaluation.meaning.compiled import bridged_in
from harmoniqc.evaluation.meaning.exact import shown_value
from harmoniqc.evaluation.verdicts import VERDICT_OF_REASON, VERDICTS
from harmoniqc.standard import Fact

DERIVED_SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("batch", pa.string()),
        ("specification", pa.string()),
        ("specification_version", pa.string()),
        ("test", pa.string()),
        ("formula", pa.string()),
        ("value", pa.string()),
        ("comparator", pa.string()),
        ("unit", pa.string()),
        ("inputs", pa.list_(pa.string())),
    ]
)

_NOT_EVALUATED = VERDICTS.index("not-evaluated")


def derived_of(verdicts: BatchVerdicts) -> pa.Table:
    """Return the derived values of one specification."""
    found, specification = verdicts.found, verdicts.specification
    rows: list[dict[str, Any]] = [*_carried(found)]
    rows += [
        {
            "row": None,
            "batch": item.batch,
            "test": item.test,
            "formula": item.formula,
            "value": item.value,
            "comparator": None,
            "unit": item.unit,
            "inputs": [f"row {row}" for row in item.rows],
        }
        for item in verdicts.now.formed
    ]
    named = {"specification": specification.id, "specification_version": specification.version}
    return pa.Table.from_pylist([row | named for row in rows], schema=DERIVED_SCHEMA)


def _carried(found: Grouped) -> Iterator[dict[str, Any]]:
    """Yield what facts carried over, row by row; only rows that were compared have such a value."""
    compiled, words = found.item.compiled, found.sparse.words
    units = found.columns.words.get("unit")
    width = len(compiled.units)
    code = np.full(found.columns.n, -1) if units is None else units.codes
    compared = np.array(VERDICT_OF_REASON)[found.item.reasons] != _NOT_EVALUATED
    for (place, column), whole in compiled.whole.items():
        bridged = list(bridged_in(whole))
        if not bridged:
            continue
        test = compiled.specification.tests[compiled.layout.places[place].test].id
        for row in np.flatnonzero(compared & (found.places == place) & (code % width == column)).tolist():
            for item in bridged:
                factor, bridge = found.sparse.carried.exactly(item, row), found.sparse.carried.bridge(item, row)
                value, comparator = words.number("value", row), words.comparator(row)
                if value is None:
                    value, comparator = words.number("lod", row), "<"
                if factor is None or isinstance(bridge, str) or value is None:
                    continue
                yield {
                    "row": found.item.row(row),
                    "batch": words.word("batch_id", row),
                    "test": test,
                    "formula": item.formula.id,
                    "value": shown_value(value * factor),
                    "comparator": comparator,
                    "unit": item.unit,
                    "inputs": [described(fact) for fact in bridge.inputs],
                }


def described(fact: Fact) -> str:
    """Return a fact in words."""
    basis = "" if fact.basis == "actual" else f" ({fact.basis})"
    return f"{fact.name} {fact.value}{'' if fact.unit is None else f' {fact.unit}'}{basis}"
