"""What an evaluation notices beside its verdicts, and that judging one result notices the same."""

from __future__ import annotations

from itertools import product

import pyarrow as pa
import pytest

import harmoniqc as hq
from harmoniqc import Bound, Limit, Measurement, Specification


def specification(limit: Limit, cqa: str = "cell-purity", rounding: str = "none") -> Specification:
    test = hq.Test(id="t", cqa=cqa, criterion=limit)
    return Specification(id="s", version="1", product="p", rounding=rounding, tests=(test,))


def table(**columns: list[str | None]) -> pa.Table:
    n = len(next(iter(columns.values())))
    return pa.table({"batch_id": ["B"] * n, "test_id": ["t"] * n, **columns})


CD3, CD45 = "viable CD3+ cells", "CD45+ cells"


@pytest.mark.parametrize(
    ("of_limit", "unit", "column"), list(product((None, CD3, CD45), ("%", f"% of {CD3}"), (None, CD3, CD45)))
)
def test_populations_must_agree_wherever_they_are_named(of_limit: str | None, unit: str, column: str | None) -> None:
    limit = Limit(low=Bound(value="80"), unit="%", population=of_limit)
    named = {of_limit, column, CD3 if CD3 in unit else None} - {None}
    expected = "within-limit" if len(named) < 2 else "population-mismatch"
    evaluation = hq.evaluate(table(value=["90"], unit=[unit], population=[column]), specification(limit))
    assert evaluation.verdicts["reason"].to_pylist() == [expected]
    assert hq.judge(Measurement(value="90", unit=unit, population=column), limit).reason == expected


def test_the_ehrlich_unit_is_read_with_a_warning() -> None:
    limit = Limit.at_most("5", "EU/mL")
    results = table(value=["3", "4", "3"], unit=["EU/mL", "[EU]/mL", "[EU]/mL"])
    evaluation = hq.evaluate(results, specification(limit, "endotoxin"))
    assert evaluation.conforms
    assert [(item.code, item.row, item.count) for item in evaluation.findings] == [("unit-ehrlich", 1, 2)]
    assert hq.judge(Measurement(value="3", unit="[EU]/mL"), limit).findings.codes == {"unit-ehrlich"}


@pytest.mark.parametrize(
    "value", ["79.4", "79.5", "79.50000000000000000000000001", "80", "80.0", "81", "<79.6", "1E+30"]
)
def test_rounding_that_decides_is_pointed_out(value: str) -> None:
    limit = Limit.at_least("80", "%")
    number, comparator = value.lstrip("<"), "<" if "<" in value else None
    results = table(value=[number], unit=["%"], comparator=[comparator])
    evaluation = hq.evaluate(results, specification(limit, rounding="limit-decimals"))
    judgment = hq.judge(
        Measurement(value=number, unit="%", comparator=comparator), limit, "limit-decimals", cqa="cell-purity"
    )
    decided = value.startswith("79.5")
    assert ("rounding-decisive" in evaluation.findings.codes) is decided
    assert ("rounding-decisive" in judgment.findings.codes) is decided
    assert evaluation.verdicts["reason"].to_pylist() == [judgment.reason]


def test_rounding_that_decides_is_counted_by_test_and_unit() -> None:
    limit = Limit.at_most("5", "EU/mL", rounding="limit-decimals")
    results = table(value=["5.4", "5400", "5400", "5", "6"], unit=["EU/mL", "EU/L", "EU/L", "EU/mL", "EU/mL"])
    evaluation = hq.evaluate(results, specification(limit, "endotoxin"))
    found = [(item.row, item.count) for item in evaluation.findings if item.code == "rounding-decisive"]
    assert found == [(0, 1), (1, 2)]


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        (pa.array(["5.00"]), "5.00 EU/mL"),
        (pa.array(["0.10000000000000000000000000001"]), "0.10000000000000000000000000001 EU/mL"),
        (pa.array([5.0]), "5 EU/mL"),
        (pa.array([0.1], pa.float32()), "0.1 EU/mL"),
        (pa.array([5]), "5 EU/mL"),
        (pa.array(["five"]), "five EU/mL"),
        (pa.array(["5.00"]).dictionary_encode(), "5.00 EU/mL"),
        (pa.array(["5.00"]).cast(pa.decimal128(10, 2)), "5.00 EU/mL"),
    ],
)
def test_results_are_shown_digit_for_digit(column: pa.Array, shown: str) -> None:
    results = table(unit=["EU/mL"]).append_column("value", column)
    evaluation = hq.evaluate(results, specification(Limit.at_most("1", "EU/mL"), "endotoxin"))
    assert evaluation.explain(0).startswith(shown)
