"""What limits cost on real batches."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import harmoniqc as hq
from tests.harmonization.made import results, sources

CORPUS = Path(__file__).parents[1] / "corpus"


def specification(id, **limits):
    """A specification with an endotoxin and a viability limit."""
    named = {name.replace("_", "-"): limit for name, limit in limits.items()}
    tests = tuple(hq.Test(id=name, cqa=name, criterion=limit) for name, limit in named.items())
    return hq.Specification(
        id=id, version="1", product="product", rounding="none", tests=tests, jurisdiction=id.upper()
    )


FDA = specification("fda", endotoxin=hq.Limit.at_most("5", "EU/mL"), cell_viability=hq.Limit.at_least("70", "%"))
EMA = specification("ema", endotoxin=hq.Limit.at_most("1000", "EU/L"), cell_viability=hq.Limit.at_least("80", "%"))
PMDA = specification("pmda", endotoxin=hq.Limit.less_than("25", "EU/mL"))

ROWS = {  # endotoxin in EU/mL, viability in percent
    "B1": ("0.5", "90"),
    "B2": ("2", "85"),
    "B3": ("6", "75"),
    "B4": ("0.5", "75"),
    "B5": ("30", "60"),
}


@pytest.fixture
def table():
    return [
        hq.Result(batch_id=batch, cqa=cqa, value=value, unit=unit)
        for batch, (endotoxin, viability) in ROWS.items()
        for cqa, value, unit in (("endotoxin", endotoxin, "EU/mL"), ("cell-viability", viability, "%"))
    ]


def test_who_fails_whom_alone_and_for_what_alone(table):
    found = hq.feasibility(table, [FDA, EMA, PMDA])
    whole = {item.specification: (item.failing, item.alone, item.conforming) for item in found.specifications}
    assert whole == {
        "FDA": (("B3", "B5"), (), ("B1", "B2", "B4")),
        "EMA": (("B2", "B3", "B4", "B5"), ("B2", "B4"), ("B1",)),
        "PMDA": (("B5",), (), ("B1", "B2", "B3", "B4")),
    }
    limits = {(item.cqa, item.specification): item for item in found.limits}
    assert set(limits) == {
        *((cqa, name) for cqa in ("endotoxin", "cell-viability") for name in ("FDA", "EMA")),
        ("endotoxin", "PMDA"),
    }
    fda, ema = limits["endotoxin", "FDA"], limits["endotoxin", "EMA"]
    assert (fda.failing, fda.alone, fda.decisive) == (("B3", "B5"), (), ("B3",))
    assert (ema.failing, ema.alone, ema.decisive) == (("B2", "B3", "B5"), ("B2",), ("B2",))
    assert limits["cell-viability", "EMA"].failing == ("B3", "B4", "B5")
    assert limits["cell-viability", "EMA"].alone == ("B3", "B4")
    # Each decides one batch and fails three; viability fails two that nobody else fails, endotoxin one.
    assert [(item.cqa, item.specification) for item in found.costliest()][:2] == [
        ("cell-viability", "EMA"),
        ("endotoxin", "EMA"),
    ]
    assert [item.specification for item in found.bites("endotoxin")] == ["EMA", "FDA", "PMDA"]


def test_margins_are_in_the_unit_of_the_limit(table):
    limits = {(item.cqa, item.specification): item.margins for item in hq.feasibility(table, [FDA, EMA]).limits}
    assert limits["endotoxin", "FDA"].values == (-25.0, -1.0, 3.0, 4.5, 4.5)
    assert limits["endotoxin", "EMA"].values == (-29000.0, -5000.0, -1000.0, 500.0, 500.0)
    assert limits["endotoxin", "EMA"].unit == "EU/L"
    viability = limits["cell-viability", "EMA"]
    assert (viability.least, viability.median, viability.greatest) == (-20.0, -5.0, 10.0)


def test_censored_results_have_no_margin():
    rows = [
        hq.Result(batch_id="B1", cqa="endotoxin", value="0.5", comparator="<", unit="EU/mL"),
        hq.Result(batch_id="B2", cqa="endotoxin", value="7", comparator="<", unit="EU/mL"),
    ]
    limit = hq.feasibility(rows, [PMDA, FDA]).limits
    assert [item.margins for item in limit if item.cqa == "endotoxin"] == [None, None]
    assert [item.undecided for item in limit if item.cqa == "endotoxin"] == [0, 1]


def test_what_was_agreed_and_when_does_not_matter(table):
    dated = EMA.model_copy(update={"valid_to": date(2001, 1, 1)})
    agreed = hq.SpecificationReference(id="fda", version="1")
    batches = [hq.Batch(id=id, product="product", specifications=(agreed,), released_on="2026-01-05") for id in ROWS]
    plain = hq.feasibility(table, [FDA, EMA], batches=batches)
    late = hq.feasibility(table, [FDA, dated], batches=batches)
    assert plain.specifications == late.specifications
    assert {item.batches for item in late.specifications} == {5}
    named = [row.model_copy(update={"specification_id": "fda", "specification_version": "1"}) for row in table]
    assert hq.feasibility(named, [FDA, EMA]).limits == hq.feasibility(table, [FDA, EMA]).limits


def test_two_versions_of_one_specification(table):
    stricter = EMA.model_copy(update={"id": "fda", "version": "2", "jurisdiction": "FDA"})
    found = hq.feasibility(table, [FDA, stricter])
    assert [(item.specification, len(item.failing)) for item in found.specifications] == [
        ("FDA fda 1", 2),
        ("FDA fda 2", 4),
    ]
    with pytest.raises(hq.SelectionError):
        hq.feasibility(table, [FDA, FDA])
    with pytest.raises(hq.SelectionError):
        hq.feasibility(table, [])
    with pytest.raises(TypeError):
        hq.feasibility(table, ["fda"])


def test_a_limit_that_decides_nothing_costs_nothing(table):
    alert = FDA.tests[0].model_copy(update={"criterion": FDA.tests[0].criterion.model_copy(update={"role": "alert"})})
    found = hq.feasibility(table, [FDA.model_copy(update={"tests": (alert, FDA.tests[1])})])
    assert [item.cqa for item in found.limits] == ["cell-viability"]
    assert found.specifications[0].failing == ("B5",)


@pytest.mark.slow
@given(st.data())
def test_every_count_is_that_of_each_specification_by_itself(data):
    specs = data.draw(sources())
    rows = [
        row.model_copy(update={"batch_id": batch}) for batch in ("B1", "B2", "B3") for row in data.draw(results(specs))
    ]
    if not rows:
        return
    found = hq.feasibility(rows, specs)
    failing = []
    for spec, whole in zip(specs, found.specifications, strict=True):
        alone = hq.evaluate(rows, [spec])
        fails = {row["batch"] for row in alone.batches.to_pylist() if row["verdict"] == "does-not-conform"}
        failing.append(fails)
        assert set(whole.failing) == fails
        cqa_of = {test.id: test.cqa for test in spec.tests}
        by_cqa: dict[str, set[str]] = {}
        for row in alone.tests.to_pylist():
            if (
                row["verdict"] == "does-not-conform"
                and spec.test(row["test"]).criterion.role == "registered-acceptance"
            ):
                by_cqa.setdefault(cqa_of[row["test"]], set()).add(row["batch"])
        mine = [item for item in found.limits if item.specification == spec.jurisdiction]
        assert {item.cqa: set(item.failing) for item in mine if item.failing} == by_cqa
        for item in mine:
            assert set(item.alone) | set(item.decisive) <= set(item.failing)
            others = set().union(*(batches for cqa, batches in by_cqa.items() if cqa != item.cqa))
            assert set(item.decisive) == set(item.failing) - others
    for place, whole in enumerate(found.specifications):
        others = set().union(*(batches for at, batches in enumerate(failing) if at != place))
        assert set(whole.alone) == failing[place] - others


def test_real_batches_under_three_limits_for_endotoxin():
    # Three iPSC products were published with endotoxin limits of 1, 5 and 25 EU/mL.
    package = hq.read(CORPUS / "11_ipsc_dopaminergic_progenitors_n25.json")
    endotoxin = [row for row in package.table.to_pylist() if row["cqa"] == "endotoxin"]
    specs = [
        specification(name, endotoxin=hq.Limit.at_most(limit, "EU/mL"))
        for name, limit in (("one", "1"), ("five", "5"), ("twenty-five", "25"))
    ]
    rows = pa.Table.from_pylist([{**row, "test_id": None} for row in endotoxin], package.table.schema)
    found = hq.feasibility(rows, specs)
    assert len(endotoxin) > 0
    fails = [len(item.failing) for item in found.specifications]
    assert fails == sorted(fails, reverse=True)
    assert {item.batches for item in found.specifications} == {len({row["batch_id"] for row in endotoxin})}


def test_it_prints_and_converts(table):
    found = hq.feasibility(table, [FDA, EMA])
    text = str(found)
    assert "EMA: 4 of 5 batches fail, 2 of them here alone; 1 conform, 0 are open" in text
    assert "-29000 / -1000 / 500 EU/L" in text or "-2.9e+04 / -1000 / 500 EU/L" in text
    assert found._repr_html_().count("<tr>") == len(found.limits) + 1
    rows = found.to_arrow().to_pylist()
    assert [row["failing"] for row in rows] == [[*item.failing] for item in found.limits]
    assert rows[0]["margins"] == [-25.0, -1.0, 3.0, 4.5, 4.5]
