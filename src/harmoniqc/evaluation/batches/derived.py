"""Derived values as a table: with the formula, and what it was computed from."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from harmoniqc.evaluation.batches.grouping import Grouped
from harmoniqc.evaluation.batches.rollup import BatchVerdicts
from harmoniqc.evaluation.meaning.compiled import Compared, Comparison, bridged_in
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
    """Yield what facts and reciprocals carried over, row by row; only rows that were compared have such a value."""
    compiled = found.item.compiled
    units = found.columns.words.get("unit")
    width = len(compiled.units)
    code = np.full(found.columns.n, -1) if units is None else units.codes
    compared = np.array(VERDICT_OF_REASON)[found.item.reasons] != _NOT_EVALUATED
    wholes: dict[tuple[int, int], Comparison] = dict(compiled.whole)
    for place, column in np.argwhere(compiled.slot >= 0).tolist():
        plan = compiled.plans[compiled.slot[place, column]]
        if plan.inverted is not None:
            wholes[place, column] = Compared(plan)
    for (place, column), whole in wholes.items():
        bridged = list(bridged_in(whole))
        if not bridged and not isinstance(whole, Compared):
            continue
        test = compiled.specification.tests[compiled.layout.places[place].test].id
        for row in np.flatnonzero(compared & (found.places == place) & (code % width == column)).tolist():
            key = {"row": found.item.row(row), "batch": found.sparse.words.word("batch_id", row), "test": test}
            if isinstance(whole, Compared):
                yield from (key | item for item in _reciprocal(found, whole, row))
            for item in bridged:
                factor, bridge = found.sparse.carried.exactly(item, row), found.sparse.carried.bridge(item, row)
                if factor is not None and not isinstance(bridge, str):
                    value, comparator = _value(found, row, factor)
                    inputs = [described(fact) for fact in bridge.inputs]
                    yield key | {
                        "formula": item.formula.id,
                        "value": value,
                        "comparator": comparator,
                        "unit": item.unit,
                        "inputs": inputs,
                    }


def _value(found: Grouped, row: int, factor: Fraction) -> tuple[str, str | None]:
    """Return what a row reports, times a factor: its number, its interval, or its limit of detection."""
    words = found.sparse.words
    value, low, high = (words.number(name, row) for name in ("value", "value_low", "value_high"))
    if value is not None:
        return shown_value(value * factor), words.comparator(row)
    if low is not None or high is not None:
        ends = ["" if end is None else shown_value(end * factor) for end in (low, high)]
        return f"[{ends[0]}, {ends[1]}]", None
    return shown_value((words.number("lod", row) or Fraction(0)) * factor), "<"


def _reciprocal(found: Grouped, whole: Compared, row: int) -> Iterator[dict[str, Any]]:
    value, comparator = found.sparse.words.number("value", row), found.sparse.words.comparator(row)
    if whole.plan.inverted is not None and value is not None and value > 0:
        factor, unit = whole.plan.inverted
        turned = None if comparator is None else comparator.translate(str.maketrans("<>", "><"))
        yield {
            "formula": "reciprocal",
            "value": shown_value(factor / value),
            "comparator": turned,
            "unit": unit,
            "inputs": [],
        }


def described(fact: Fact) -> str:
    """Return a fact in words."""
    basis = "" if fact.basis == "actual" else f" ({fact.basis})"
    return f"{fact.name} {fact.value}{'' if fact.unit is None else f' {fact.unit}'}{basis}"
