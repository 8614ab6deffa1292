"""What tests of batches are made of: short names for specifications, batches and results, and for what came out."""

from __future__ import annotations

from typing import Any

import harmoniqc as hq


def spec(*tests: hq.Test, id: str = "s", version: str = "1", product: str = "p", **fields: Any) -> hq.Specification:
    return hq.Specification(id=id, version=version, product=product, rounding="none", tests=tests, **fields)


def result(batch: str = "B1", **fields: Any) -> hq.Result:
    return hq.Result(batch_id=batch, **fields)


def part(id: str, *wholes: str, **fields: Any) -> hq.Batch:
    return hq.Batch(id=id, parents=tuple(hq.Parent(batch=whole, relation="bag") for whole in wholes), **fields)


def bag(id: str, *wholes: str, **fields: Any) -> hq.Batch:
    return part(id, *wholes, lot_forming=False, **fields)


def viable(value: str, batch: str = "B1", unit: str | None = "%", **fields: Any) -> hq.Result:
    return result(batch, cqa="cell-viability", value=value, unit=unit, **fields)


def dosed(batch: str, value: str, unit: str = "mg", **fields: Any) -> hq.Result:
    return result(batch, cqa="cell-dose", value=value, unit=unit, **fields)


def sterile(batch: str = "B1", text: str = "Negative", **fields: Any) -> hq.Result:
    return result(batch, cqa="sterility", text=text, **fields)


def viability(**fields: Any) -> hq.Test:
    return hq.Test(id="v", cqa="cell-viability", criterion=hq.Limit.at_least("70", "%"), **fields)


def dose(**fields: Any) -> hq.Test:
    return hq.Test(id="d", cqa="cell-dose", criterion=hq.Limit.at_least("10", "mg"), **fields)


def sterility(id: str, read_point: hq.ReadPoint, **fields: Any) -> hq.Test:
    return hq.Test(id=id, cqa="sterility", criterion=hq.Absence(), read_point=read_point, **fields)


def found_in(evaluation: hq.Evaluation, batch: str = "B1") -> dict[str, tuple[str, str | None]]:
    return {
        row["test"]: (row["verdict"], row["reason"]) for row in evaluation.tests.to_pylist() if row["batch"] == batch
    }


def verdicts_of(evaluation: hq.Evaluation) -> dict[str, str]:
    return {row["batch"]: row["verdict"] for row in evaluation.batches.to_pylist()}


TWO = hq.Reportable(n=2)
SUM = hq.RollUp(kind="sum")
DAY_14 = hq.ReadPoint(day=14)
FRESH = hq.FactCondition(fact="presentation", equals=("fresh",))
PARTS = [part("W"), bag("P1", "W"), bag("P2", "W")]
