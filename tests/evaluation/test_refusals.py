"""Results that look fine and are not: each has to be refused, alone and in bulk, for its own reason."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest

import harmoniqc as hq
from harmoniqc.standard import Quantity

M = hq.Measurement
ABSENT = hq.Category(accept=(hq.CodedOutcome(code="absent"),))
LOOK = hq.Category(
    accept=(hq.CodedOutcome(code="clear"),), reject=(hq.CodedOutcome(code="turbid", synonyms=("cloudy",)),)
)
REACH = hq.Absence(sensitivity=Quantity(value="1", unit="CFU/mL"))


def both(measurement: M, criterion: hq.Criterion, facts: list[hq.Fact] | None = None) -> tuple[str, str]:
    """Judge alone and in bulk, which must agree."""
    test = hq.Test(id="t", cqa="unlisted-attribute", criterion=criterion)
    specification = hq.Specification(id="s", version="1", product="p", rounding="none", tests=(test,))
    fields = {name: getattr(measurement, name) for name in M.model_fields}
    batch = hq.Batch(id="B", facts=tuple(facts or ()))
    evaluation = hq.evaluate([hq.Result(batch_id="B", test_id="t", **fields)], specification, batches=[batch])
    (row,) = evaluation.verdicts.to_pylist()
    judgment = hq.judge(measurement, criterion, facts=facts)
    assert (judgment.verdict, judgment.reason) == (row["verdict"], row["reason"])
    return judgment.verdict, judgment.reason


@pytest.mark.parametrize(
    ("measurement", "criterion"),
    [
        (M(value="0", text="positive"), hq.Absence()),
        (M(value="0", code="present"), hq.Absence()),
        (M(value="0", text="not tested"), hq.Absence()),
        (M(value="0.5", comparator="<", unit="CFU/mL", text="growth"), REACH),
        (M(value="0", text="not tested"), hq.Limit.at_most("5")),
        (M(value="0", code="present"), hq.Limit.at_most("5")),
        (M(value="500", unit="CFU/mL", text="no growth"), ABSENT),
        (M(code="absent", text="not tested"), ABSENT),
        (M(code="absent", text="inconclusive"), hq.Absence()),
        (M(code="identical", text="not tested"), hq.Identity(reference="x")),
        (M(code="turbid", text="clear"), LOOK),
        (M(code="clear", text="cloudy"), LOOK),
        (M(code="absent", text="positive", lod="0.1"), hq.Limit.at_most("3")),
        (M(code="absent", text="not tested", lod="0.1"), hq.Limit.at_most("3")),
        (M(value_low="1", value_high="2", text="> 5"), hq.Limit.at_most("3")),
        (M(value="0.5", unit="EU/mL", text=">.5"), hq.Limit.at_most("0.5", "EU/mL")),
        (M(value="0.5", unit="EU/mL", text="≥.5"), hq.Limit.at_most("0.5", "EU/mL")),
        (M(value="0.5", unit="EU/mL", text="> +0.5"), hq.Limit.at_most("0.5", "EU/mL")),
        (M(value="0.5", unit="EU/mL", text="<\u200b0.5"), hq.Limit.at_most("0.5", "EU/mL")),
        (M(value="0.5", unit="EU/mL", text="+5.5"), hq.Limit.at_most("0.5", "EU/mL")),
        (M(value="0", unit="EU/mL", text="> LOQ"), hq.Limit.at_most("0.5", "EU/mL")),
    ],
)
def test_what_contradicts_itself_is_not_judged(measurement, criterion):
    assert both(measurement, criterion) == ("not-evaluated", "value-text-mismatch")


@pytest.mark.parametrize(
    ("measurement", "criterion", "reason"),
    [
        (M(value="6", comparator=">", value_low="1", value_high="6"), hq.Limit.at_most("6"), "contradictory-interval"),
        (M(text=" "), hq.ReportOnly(), "missing-value"),
        (M(text="n/a"), hq.ReportOnly(), "unrecognized-outcome"),
        (M(text="negative", lod="-3", unit="CFU/mL"), REACH, "sensitivity-not-shown"),
        (
            M(text="clone²"),
            hq.Category(accept=(hq.CodedOutcome(code="x", synonyms=("clone¹",)),)),
            "unrecognized-outcome",
        ),
        (M(text="type a"), hq.Identity(reference="donor", text="type a"), "unrecognized-outcome"),
    ],
)
def test_what_shows_nothing_is_not_judged(measurement, criterion, reason):
    assert both(measurement, criterion) == ("not-evaluated", reason)


def test_a_footnote_behind_a_wording_does_not_matter():
    assert both(M(text="Negative²"), hq.Absence()) == ("conforms", "absent")
    clone = hq.Category(accept=(hq.CodedOutcome(code="x", synonyms=("clone",)),))
    assert both(M(text="clone²"), clone) == ("conforms", "accepted-outcome")


def fact(name: str, value: str, unit: str | None = None, **fields: object) -> hq.Fact:
    return hq.Fact(name=name, value=value, unit=unit, **fields)


DOSE = [fact("dose-volume", "100", "mL"), fact("body-weight", "10", "kg")]


@pytest.mark.parametrize(
    "extra",
    [
        [fact("dose-volume-per-body-weight", value, "mL/kg") for value in ("20", "30")],
        [fact("dose-volume-per-body-weight", "5", "mL/kg")],
        [fact("donor-relation", "allogenic")],
        [fact("donor-relation", "allogeneic"), fact("donor-relation", "autologous")],
        [fact("body-weight", "11", "kg")],
    ],
)
def test_facts_that_contradict_are_never_passed_over(extra):
    limit = hq.Limit.at_most("5", "EU/kg")
    assert both(M(value="0.4", unit="EU/mL"), limit, DOSE + extra) == ("not-evaluated", "needs-fact")


def test_the_better_basis_counts():
    limit = hq.Limit.at_most("5", "EU/kg")
    nominal = fact("dose-volume-per-body-weight", "5", "mL/kg", basis="nominal")
    assert both(M(value="0.7", unit="EU/mL"), limit, [*DOSE, nominal]) == ("does-not-conform", "outside-limit")
    assert both(M(value="0.7", unit="EU/mL"), limit, [nominal]) == ("conforms", "within-limit")


def test_what_the_product_says_counts_until_the_batch_says_otherwise():
    later = fact("donor-relation", "autologous", as_of=datetime(2026, 5, 1, tzinfo=UTC))
    test = hq.Test(id="t", cqa="endotoxin", criterion=hq.Limit.at_most("5", "EU/kg"))
    specification = hq.Specification(id="s", version="1", product="p", rounding="none", tests=(test,))
    table = pa.table({"batch_id": ["B"], "test_id": ["t"], "value": [0.1], "unit": ["EU/mL"]})
    batch = hq.Batch(id="B", product="p", facts=(*DOSE, later))
    product = hq.Product(id="p", donor_relation="allogeneic")
    for day, reason in ((date(2026, 1, 1), "needs-fact"), (date(2026, 6, 1), "within-limit")):
        evaluation = hq.evaluate(table, specification, batches=[batch], products=[product], as_of=day)
        assert evaluation.verdicts.column("reason").to_pylist() == [reason]


def test_formula_limits_are_never_rounded():
    limit = hq.Limit(high=hq.Bound(value="5"), unit="EU/(kg*h)", formula="endotoxin-k-over-m")
    assert hq.judge(M(value="5.4", unit="EU/(kg*h)"), limit, "limit-decimals").verdict == "does-not-conform"


def test_targets_in_powers_of_ten_keep_their_last_place():
    tolerance = hq.Tolerance(minus="0.2E13", plus="0.2E13")
    target = hq.Target(value="1.0E13", unit="vg/mL", tolerance=tolerance)
    for text, verdict in (("1.24E13", "conforms"), ("1.25E13", "does-not-conform")):
        assert hq.judge(M(value=text, unit="vg/mL"), target, "limit-decimals").verdict == verdict


def test_a_cell_that_is_no_number_never_stops_an_evaluation():
    test = hq.Test(id="t", cqa="unlisted-attribute", criterion=hq.Limit.at_most("5"))
    specification = hq.Specification(id="s", version="1", product="p", rounding="none", tests=(test,))
    table = pa.table({"batch_id": ["B"] * 4, "test_id": ["t"] * 4, "value": ["+-inf", "-Infinity", ".5", "5."]})
    reasons = hq.evaluate(table, specification).verdicts.column("reason").to_pylist()
    assert reasons == ["not-a-number", "infinite-value", "within-limit", "within-limit"]


def test_numbers_at_the_ends_of_float64_raise_nothing():
    test = hq.Test(id="t", cqa="unlisted-attribute", criterion=hq.Limit.at_most("1E308"))
    specification = hq.Specification(id="s", version="1", product="p", rounding="limit-decimals", tests=(test,))
    table = pa.table({"batch_id": ["B"], "test_id": ["t"], "value": [-1.7e308]})
    with np.errstate(all="raise"):
        assert hq.evaluate(table, specification).findings.codes <= {"rounding-decisive"}


def test_a_criterion_that_refers_to_itself_ends():
    members = tuple(hq.Member(component=name, criterion=hq.AsForRelease(test="t")) for name in "abcd")
    test = hq.Test(id="t", cqa="unlisted-attribute", criterion=hq.AllOf(members=members))
    specification = hq.Specification(id="s", version="1", product="p", rounding="none", tests=(test,))
    table = pa.table({"batch_id": ["B"], "test_id": ["t"], "value": [1.0], "component": ["a"]})
    assert hq.evaluate(table, specification).verdicts.column("reason").to_pylist() == ["unresolved-reference"]


def test_components_of_a_release_criterion_are_found_for_the_test_that_refers_to_it():
    members = (
        hq.Member(component="a", criterion=hq.Limit.at_least("9", "%")),
        hq.Member(component="b", criterion=hq.Limit.at_most("2", "%")),
    )
    tests = (
        hq.Test(id="rel", cqa="cell-identity", stage="release", criterion=hq.AllOf(members=members)),
        hq.Test(
            id="shelf",
            cqa="cell-identity",
            stage="shelf-life",
            criterion=hq.AsForRelease(test="rel"),
            decision_points=("shelf-life",),
        ),
    )
    specification = hq.Specification(id="s", version="1", product="p", rounding="none", tests=tests)
    results = [
        hq.Result(batch_id="B", cqa="cell-identity", stage="shelf-life", component=name, value=value, unit="%")
        for name, value in (("a", "10"), ("b", "1"))
    ]
    found = {row["test"]: row["verdict"] for row in hq.evaluate(results, specification).tests.to_pylist()}
    assert found == {"rel": "missing", "shelf": "conforms"}


def test_the_table_of_derived_values_says_what_was_compared():
    reciprocal = hq.Limit.at_most("30", "vp/IFU")
    tests = (
        hq.Test(id="r", cqa="unlisted-attribute", criterion=reciprocal),
        hq.Test(id="e", cqa="endotoxin", criterion=hq.Limit.at_most("5", "EU/kg")),
    )
    specification = hq.Specification(id="s", version="1", product="p", rounding="none", tests=tests)
    results = [
        hq.Result(batch_id="B", test_id="r", value="4", comparator=">", unit="%*IFU/vp"),
        hq.Result(batch_id="B", test_id="e", value_low="0.2", value_high="0.3", lod="0.01", unit="EU/mL"),
    ]
    derived = hq.evaluate(results, specification, batches=[hq.Batch(id="B", facts=tuple(DOSE))]).derived.to_pylist()
    shown = {row["test"]: (row["formula"], row["comparator"], row["value"]) for row in derived}
    assert shown == {"r": ("reciprocal", "<", "25"), "e": ("per-body-weight", None, "[2, 3]")}
