"""Values formed of several results, sums and parts of batches: above all, what must not conform."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

import harmoniqc as hq
from harmoniqc.standard import results_table
from harmoniqc.standard.condition import Bound
from harmoniqc.standard.specification import ReplicateValidity

from .batch_parts import (
    DAY_14,
    FRESH,
    PARTS,
    SUM,
    TWO,
    bag,
    dose,
    dosed,
    found_in,
    part,
    result,
    spec,
    verdicts_of,
    viability,
    viable,
)

# -- values formed of several ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "preliminary"}, "not-final"),
        ({"text": "12 %"}, "value-text-mismatch"),
        ({"value_low": "95", "value_high": "96"}, "contradictory-interval"),
    ],
)
def test_replicate_that_could_not_be_compared_alone_keeps_the_value_from_it(
    fields: dict[str, Any], reason: str
) -> None:
    table = results_table([viable("90"), viable("90", **fields)])
    found = hq.evaluate(table, spec(viability(reportable=TWO)))
    assert not found.conforms
    assert found_in(found)["v"][1] == reason


def test_replicate_with_a_strange_comparator_keeps_the_value_from_being_compared() -> None:
    columns = {"batch_id": ["B1"] * 2, "cqa": ["cell-viability"] * 2, "value": [90.0] * 2, "unit": ["%"] * 2}
    found = hq.evaluate(pa.table(columns | {"comparator": [None, "~"]}), spec(viability(reportable=TWO)))
    assert found_in(found)["v"] == ("not-evaluated", "unknown-comparator")


def test_replicates_of_an_early_reading_do_not_conform_and_may_fail() -> None:
    specification = spec(viability(reportable=TWO, read_point=DAY_14))
    early = hq.evaluate([viable("90", read_day=3)] * 2, specification)
    assert found_in(early)["v"] == ("missing", "read-too-early")
    assert found_in(hq.evaluate([viable("90")] * 2, specification))["v"][1] == "read-day-not-stated"
    assert found_in(hq.evaluate([viable("9", read_day=3)] * 2, specification))["v"][0] == "does-not-conform"
    assert hq.evaluate([viable("90", read_day=14)] * 2, specification).conforms


def test_preliminary_replicates_do_for_an_interim_reading() -> None:
    interim = hq.ReadPoint(final=False, day=7)
    rows = [viable("90", read_day=7, status="preliminary")] * 2
    found = hq.evaluate(rows, spec(viability(reportable=TWO, read_point=interim)))
    assert found_in(found)["v"][0] == "conforms"
    assert found.batches["provisional"].to_pylist() == [True]


def test_replicates_of_several_populations_have_no_mean() -> None:
    rows = [viable("90", population="CD3+"), viable("90", population="CD34+")]
    assert found_in(hq.evaluate(rows, spec(viability(reportable=TWO))))["v"][1] == "population-mismatch"


def test_components_keep_replicates_apart() -> None:
    rows = [viable("90", component="a"), viable("60", component="b")]
    criterion = hq.AllOf(
        members=tuple(hq.Member(criterion=hq.Limit.at_least("70", "%"), component=name) for name in "ab")
    )
    test = hq.Test(id="v", cqa="cell-viability", criterion=criterion, reportable=TWO)
    assert not hq.evaluate(rows, spec(test)).conforms
    found = hq.evaluate([viable("90", component=name) for name in "aabb"], spec(test))
    assert found.conforms


def test_spread_is_measured_in_the_unit_of_its_limit() -> None:
    def evaluated(unit: str | None) -> str | None:
        rule = ReplicateValidity(statistic="range", high=Bound(value="1"), unit=unit)
        test = dose(reportable=hq.Reportable(n=2, validity=(rule,)))
        return found_in(hq.evaluate([dosed("B1", "20"), dosed("B1", "20500", "ug")], spec(test)))["d"][1]

    assert evaluated("mg") == "within-limit"
    assert evaluated("ug") == "invalid-assay"
    assert evaluated(None) == "unit-not-stated"


def test_limit_on_each_replicate_depends_on_the_facts_of_the_batch() -> None:
    limits = [hq.Limit.at_least(value, "%") for value in ("85", "50")]
    criterion = hq.Conditional(branches=(hq.Branch(when=FRESH, criterion=limits[0]),), otherwise=limits[1])
    test = viability(reportable=hq.Reportable(n=2, replicate_criterion=criterion))
    rows = [viable("80"), viable("90")]
    for presentation, verdict in (("fresh", "does-not-conform"), ("frozen", "conforms")):
        batch = hq.Batch(id="B1", facts=(hq.Fact(name="presentation", value=presentation),))
        assert verdicts_of(hq.evaluate(rows, spec(test), batches=[batch])) == {"B1": verdict}
    unsure = hq.evaluate([viable("80", comparator=">"), viable("90", comparator=">")], spec(test), batches=[])
    assert not unsure.conforms


def test_trend_of_preliminary_or_faulty_points_does_not_hold() -> None:
    test = hq.Test(
        id="t",
        cqa="cell-viability",
        criterion=hq.Trend(direction="increasing", over="time", minimum_points=2),
    )
    rows = [viable("80", timepoint="day 1"), viable("90", timepoint="day 2", status="preliminary")]
    assert found_in(hq.evaluate(rows, spec(test)))["t"] == ("missing", "not-final")
    assert hq.evaluate(rows, spec(test)).batches["provisional"].to_pylist() == [True]
    rows = [viable("80", timepoint="day 1"), viable("90", timepoint="day 2", text="50 %")]
    assert found_in(hq.evaluate(rows, spec(test)))["t"][1] == "value-text-mismatch"
    rows = [viable("80", timepoint="day 1"), viable("90", timepoint="day 2", unit=None)]
    assert found_in(hq.evaluate(rows, spec(test)))["t"][1] == "unit-not-stated"


def test_trend_reads_its_order_from_its_own_series() -> None:
    test = hq.Test(
        id="t",
        cqa="cell-viability",
        criterion=hq.Trend(direction="increasing", over="time", minimum_points=2),
    )
    moments = [dt.datetime(2025, 1, day, tzinfo=dt.UTC) for day in (1, 2)]
    mine = [viable("80", measured_at=moments[0]), viable("90", measured_at=moments[1])]
    other = [viable("80", "B2", timepoint="day 1"), viable("90", "B2", timepoint="day 2")]
    assert hq.evaluate([*mine, *other], spec(test)).conforms


def test_passages_are_read_from_whichever_column_names_one() -> None:
    test = hq.Test(
        id="t",
        cqa="cell-viability",
        criterion=hq.Trend(direction="increasing", over="passage", minimum_points=2),
    )
    rows = [
        viable("80", timepoint="day 3", sampling_point="P9"),
        viable("90", timepoint="day 1", sampling_point="passage 10"),
    ]
    assert hq.evaluate(rows, spec(test)).conforms
    rows = [viable("80", timepoint="day 3"), viable("90", timepoint="day 4")]
    assert found_in(hq.evaluate(rows, spec(test)))["t"][1] == "order-unknown"


# -- sums -----------------------------------------------------------------------------------------------------------


def test_sums_never_mix_components() -> None:
    criterion = hq.AllOf(
        members=tuple(hq.Member(criterion=hq.Limit.at_least("10", "mg"), component=name) for name in "ab")
    )
    test = hq.Test(id="d", cqa="cell-dose", criterion=criterion, roll_up=SUM)
    rows = [dosed("P1", "6", component="a"), dosed("P2", "6", component="b")]
    assert not hq.evaluate(rows, spec(test), batches=PARTS).conforms
    rows = [dosed(batch, "6", component=name) for batch in ("P1", "P2") for name in "ab"]
    found = hq.evaluate(rows, spec(test), batches=PARTS)
    assert found.conforms
    assert sorted(found.derived["value"].to_pylist()) == ["12", "12"]


def test_listed_part_without_a_result_is_missing_in_a_sum() -> None:
    found = hq.evaluate([dosed("P1", "20")], spec(dose(roll_up=SUM)), batches=PARTS)
    assert found_in(found, "W")["d"][1] == "missing-part"


def test_sum_of_preliminary_results_is_not_final_unless_it_fails() -> None:
    rows = [dosed("P1", "20"), dosed("P2", "20", status="preliminary")]
    assert found_in(hq.evaluate(rows, spec(dose(roll_up=SUM)), batches=PARTS), "W")["d"] == ("missing", "not-final")
    rows = [dosed("P1", "2"), dosed("P2", "2", status="preliminary")]
    assert verdicts_of(hq.evaluate(rows, spec(dose(roll_up=SUM)), batches=PARTS)) == {"W": "does-not-conform"}


def test_parts_of_parts_are_added_once() -> None:
    batches = [part("W"), bag("M1", "W"), bag("M2", "W"), bag("P1", "M1"), bag("P2", "M1", "M2"), bag("P3", "W")]
    rows = [dosed("P1", "4"), dosed("P2", "3"), dosed("P3", "3")]
    found = hq.evaluate(rows, spec(dose(roll_up=SUM)), batches=batches)
    assert verdicts_of(found) == {"W": "conforms"}
    assert found.derived["value"].to_pylist() == ["10"]
    short = hq.evaluate([*rows[:2], dosed("P3", "2.9")], spec(dose(roll_up=SUM)), batches=batches)
    assert verdicts_of(short) == {"W": "does-not-conform"}


def test_replicates_of_a_part_are_formed_before_they_are_added() -> None:
    rows = [dosed("P1", "6"), dosed("P1", "4"), dosed("P2", "5"), dosed("P2", "5")]
    test = dose(roll_up=SUM, reportable=TWO)
    assert hq.evaluate(rows, spec(test), batches=PARTS).derived["value"].to_pylist() == ["10"]
    found = hq.evaluate(rows[:3], spec(test), batches=PARTS)
    assert found_in(found, "W")["d"][1] == "missing-replicates"


@pytest.mark.parametrize("order", [1, -1])
def test_sum_carried_over_by_facts_does_not_depend_on_the_order_of_rows(order: int) -> None:
    test = hq.Test(id="e", cqa="endotoxin", criterion=hq.Limit.at_most("100", "EU/dose"), roll_up=SUM)
    volume = [hq.Fact(name="dose-volume", value=value, unit="mL") for value in ("10", "50")]
    batches = [part("W"), bag("P1", "W", facts=(volume[0],)), bag("P2", "W", facts=(volume[1],))]
    rows = [result(name, cqa="endotoxin", value="2", unit="EU/mL") for name in ("P1", "P2")]
    found = hq.evaluate(rows[::order], spec(test), batches=batches)
    assert verdicts_of(found) == {"W": "does-not-conform"}
    assert found.derived.filter(pa.compute.equal(found.derived["formula"], "sum-of-parts"))["value"].to_pylist() == [
        "120"
    ]


def test_sum_does_not_take_the_volume_of_the_whole_for_that_of_each_part() -> None:
    test = hq.Test(id="e", cqa="endotoxin", criterion=hq.Limit.at_least("100", "EU/dose"), roll_up=SUM)
    batches = [part("W", facts=(hq.Fact(name="dose-volume", value="30", unit="mL"),)), *PARTS[1:]]
    rows = [result(name, cqa="endotoxin", value="2", unit="EU/mL") for name in ("P1", "P2")]
    assert found_in(hq.evaluate(rows, spec(test), batches=batches), "W")["e"][1] == "needs-fact"


def test_sum_is_judged_by_the_criterion_of_the_whole() -> None:
    limits = [hq.Limit.at_least(value, "mg") for value in ("10", "30")]
    criterion = hq.Conditional(branches=(hq.Branch(when=FRESH, criterion=limits[0]),), otherwise=limits[1])
    test = hq.Test(id="d", cqa="cell-dose", criterion=criterion, roll_up=SUM)
    rows = [dosed("P1", "6"), dosed("P2", "6")]
    for whole, parts, verdict in (("fresh", "frozen", "conforms"), ("frozen", "fresh", "does-not-conform")):
        facts = [(hq.Fact(name="presentation", value=value),) for value in (whole, parts)]
        batches = [part("W", facts=facts[0]), *(bag(name, "W", facts=facts[1]) for name in ("P1", "P2"))]
        assert verdicts_of(hq.evaluate(rows, spec(test), batches=batches)) == {"W": verdict}


# -- parts ----------------------------------------------------------------------------------------------------------


def test_part_whose_only_result_does_not_count_is_missing() -> None:
    rows = [viable("90", "P1"), viable("10", "P2", assay_valid=False)]
    found = hq.evaluate(rows, spec(viability()), batches=PARTS)
    assert found_in(found, "W")["v"][1] == "missing-part"
    assert hq.evaluate([viable("90", "W"), *rows], spec(viability()), batches=PARTS).conforms


def test_failing_part_counts_where_the_test_does_not_apply_to_the_whole() -> None:
    facts = [(hq.Fact(name="presentation", value=value),) for value in ("frozen", "fresh")]
    batches = [part("W", facts=facts[0]), bag("P1", "W", facts=facts[1])]
    rows = [viable("10", "P1"), dosed("W", "20")]
    found = hq.evaluate(rows, spec(viability(applies_when=FRESH), dose()), batches=batches)
    assert verdicts_of(found) == {"W": "does-not-conform"}
    passing = hq.evaluate([viable("90", "P1"), rows[1]], spec(viability(applies_when=FRESH), dose()), batches=batches)
    assert found_in(passing, "W")["v"][0] == "not-applicable"


def test_part_of_two_wholes_is_added_in_one_and_judged_in_the_other() -> None:
    batches = [part("W1", roll_up=SUM), part("W2"), bag("P1", "W1", "W2"), bag("P2", "W1")]
    found = hq.evaluate([dosed("P1", "6"), dosed("P2", "6")], spec(dose()), batches=batches)
    assert verdicts_of(found) == {"W1": "conforms", "W2": "does-not-conform"}


@pytest.mark.parametrize("order", [1, -1])
def test_k_of_n_does_not_depend_on_the_order_of_parts(order: int) -> None:
    batches = [part("W", roll_up=hq.RollUp(kind="k-of-n", k=2)), bag("P1", "W"), bag("P2", "W")]
    rows = [viable("50", "P2", comparator=">")]
    found = hq.evaluate(rows, spec(viability()), batches=[batches[0], *batches[1:][::order]])
    assert found_in(found, "W")["v"] == ("indeterminate", "censored")


def test_part_of_another_version_does_not_vanish() -> None:
    versions = [
        spec(viability(), version="1", applies_to="manufactured", valid_to=dt.date(2025, 1, 31)),
        spec(viability(), version="2", applies_to="manufactured", valid_from=dt.date(2025, 2, 1)),
    ]
    batches = [
        part("W", product="p", manufactured_on=dt.date(2025, 3, 1)),
        bag("P1", "W", manufactured_on=dt.date(2025, 1, 1)),
    ]
    rows = [viable("90", "W"), viable("10", "P1")]
    found = hq.evaluate(rows, versions, batches=batches)
    assert verdicts_of(found) == {"W": "does-not-conform"}
    own = bag("P1", "W", specifications=(hq.standard.SpecificationReference(id="s", version="1"),))
    assert verdicts_of(hq.evaluate(rows, versions, batches=[batches[0], own]))["W"] == "does-not-conform"


def test_deep_and_broad_families_are_evaluated() -> None:
    chain = [part("B0"), *(bag(f"B{place}", f"B{place - 1}") for place in range(1, 1500))]
    assert verdicts_of(hq.evaluate([viable("10", "B1499")], spec(viability()), batches=chain)) == {
        "B0": "does-not-conform"
    }
    diamonds = [part("L0"), part("R0")]
    for place in range(1, 40):
        diamonds += [bag(f"{side}{place}", f"L{place - 1}", f"R{place - 1}") for side in "LR"]
    found = hq.evaluate([dosed("L39", "6"), dosed("R39", "6")], spec(dose(roll_up=SUM)), batches=diamonds)
    assert verdicts_of(found) == {"L0": "conforms", "R0": "conforms"}
