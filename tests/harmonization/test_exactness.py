"""The harmonized specification is met exactly when all its sources are, and says where it is not."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc.harmonization.noticing import CONFLICTS, INEXACT
from harmoniqc.testing.nested import small_numbers

from .made import METHODS, a_batch, close_limits, met, nothing_against, results, sources

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck))
NARROWS = {"results-narrowed"}
STRICTER = NARROWS | {"harmonized-stricter", "tests-overlap"}
LOOSER = NARROWS | {"comparison-not-assured"}


def check(specifications, batch, rows):
    """Judge a batch by the sources and by their harmonization; every difference must have been told."""
    harmonized = hq.harmonize(specifications)
    specification = harmonized.specification
    by_sources = hq.evaluate(rows, specifications, batches=batch)
    by_harmonized = hq.evaluate(rows, specification, batches=batch)
    all_met, is_met = met(by_sources, *specifications), met(by_harmonized, specification)
    codes = harmonized.findings.codes
    assert harmonized.exact == (not codes & INEXACT)
    if harmonized.exact:
        assert is_met == all_met
    if all_met and not is_met:
        assert codes & STRICTER
    placed = not by_harmonized.has_unplaced_rows  # a row that answers several tests answers none, and is told
    assert placed or not is_met or not harmonized.exact or all_met
    if is_met and placed and not all_met:
        assert codes & LOOSER
    if is_met and placed and not codes & NARROWS:  # at most one of the sources had nothing to compare
        assert all(nothing_against(by_sources, source) for source in specifications)
    return harmonized, by_harmonized, is_met and placed


@SLOW
@given(st.data())
def test_met_exactly_when_every_source_is(data):
    specifications = data.draw(sources(plain=True))
    check(specifications, [data.draw(a_batch(specifications[0]))], data.draw(results(specifications, plain=True)))


@SLOW
@given(st.data())
def test_limits_are_met_exactly_when_every_source_is(data):
    specifications = data.draw(sources(close_limits(("%", "1", "%")), plain=True))
    harmonized, _, _ = check(specifications, None, data.draw(results(specifications, plain=True).filter(bool)))
    assert harmonized.exact


@SLOW
@given(st.data())
def test_whatever_differs_in_stage_method_condition_and_role_is_told(data):
    specifications = data.draw(sources())
    check(specifications, [data.draw(a_batch(specifications[0]))], data.draw(results(specifications)))


@SLOW
@given(st.data())
def test_a_listed_conflict_never_conforms(data):
    specifications = data.draw(sources(plain=True))
    batch = data.draw(a_batch(specifications[0]))
    harmonized = hq.harmonize(specifications)
    rows = data.draw(results(specifications, plain=True))
    evaluation = hq.evaluate(rows, harmonized.specification, batches=[batch])
    for finding in harmonized.conflicts:
        assert finding.code in CONFLICTS
        if " if " in finding.message:
            continue  # a conflict in some cases only; test_conflicts looks at those
        test = harmonized.specification.tests[int(finding.pointer.split("/")[2])]
        verdicts = [row["verdict"] for row in evaluation.tests.to_pylist() if row["test"] == test.id]
        assert "conforms" not in verdicts
        assert "reported" not in verdicts


@SLOW
@given(st.data())
def test_the_simplified_one_is_sufficient(data):
    specifications = data.draw(sources(close_limits(("%", "1")), plain=True))
    rows = data.draw(results(specifications, plain=True).filter(bool))
    simple = hq.harmonize(specifications, simplified=True)
    if met(hq.evaluate(rows, simple.specification), simple.specification):
        assert met(hq.evaluate(rows, specifications), *specifications)
    replaced = [item for item in simple.findings if item.code == "sufficient-only"]
    for finding in replaced:
        test = simple.specification.tests[int(finding.pointer.split("/")[2])]
        assert isinstance(test.criterion, hq.Limit)
        assert "sufficient only" in test.criterion.note


READ_POINTS = (
    None,
    hq.ReadPoint(day=14),
    hq.ReadPoint(day=14),
    hq.ReadPoint(day=7),
    hq.ReadPoint(final=False, day=7),
    hq.ReadPoint(),
)
READINGS = (
    hq.Absence(),
    hq.Absence(),
    hq.Absence(amount=hq.Quantity(value="1", unit="mL")),
    hq.Absence(read_day=14),
    hq.ReportOnly(),
    hq.Category(accept=(hq.CodedOutcome(code="absent"), hq.CodedOutcome(code="clear"))),
)
VIABILITY = hq.Test(id="viability", cqa="cell-viability", criterion=hq.Limit.at_least("70", "%"))


@st.composite
def cultures(draw, methods=METHODS[:4]):
    out = []
    for name in ("fda", "ema", "pmda")[: draw(st.integers(2, 3))]:
        tests = [VIABILITY]
        for place in range(draw(st.integers(1, 2))):
            method = draw(st.sampled_from(methods))
            tests.append(
                hq.Test(
                    id=f"sterility-{place}",
                    cqa="sterility",
                    criterion=draw(st.sampled_from(READINGS)),
                    read_point=draw(st.sampled_from(READ_POINTS)),
                    required=draw(st.integers(0, 3)) > 0,
                    decision_points=draw(st.sampled_from((("release",), ("release",), ("certification",)))),
                    method=None if method is None else hq.Method(name=method),
                )
            )
        out.append(hq.Specification(id=name, version="1", product="product", rounding="none", tests=tuple(tests)))
    return out


@st.composite
def readings(draw):
    rows = [hq.Result(batch_id="B1", cqa="cell-viability", value="80", unit="%")]
    for _ in range(draw(st.integers(0, 3))):
        rows.append(
            hq.Result(
                batch_id="B1",
                cqa="sterility",
                text=draw(st.sampled_from(("Negative", "Negative", "Negative", "growth", "clear", "inconclusive"))),
                read_day=draw(st.sampled_from((None, 3, 7, 14, 14))),
                status=draw(st.sampled_from((None, "final", "preliminary"))),
                method=draw(st.sampled_from((None, "flow cytometry"))),
                amount_tested=draw(st.sampled_from((None, "1"))),
                amount_tested_unit="mL",
            )
        )
    return rows


@SLOW
@given(cultures(), readings())
def test_cultures_read_at_different_points(specifications, rows):
    check(specifications, None, rows)


@SLOW
@given(cultures(methods=(None,)), readings())
def test_growth_of_one_source_is_growth_of_the_harmonized_one(specifications, rows):
    _, _, is_met = check(specifications, None, rows)
    verdicts = [row["verdict"] for row in hq.evaluate(rows, specifications).batches.to_pylist()]
    assert not (is_met and "does-not-conform" in verdicts)


@pytest.mark.slow
@settings(parent=SLOW, max_examples=400)
@given(st.data())
def test_met_exactly_when_every_source_is_at_length(data):
    specifications = data.draw(sources(plain=data.draw(st.booleans())))
    check(specifications, [data.draw(a_batch(specifications[0]))], data.draw(results(specifications)))


TRENDS = (
    hq.Trend(direction="decreasing"),
    hq.Trend(direction="not-increasing"),
    hq.AllOf(
        members=(
            hq.Member(criterion=hq.Trend(direction="decreasing")),
            hq.Member(criterion=hq.Limit.at_most("20", "%")),
        )
    ),
    hq.Limit.at_most("25", "%"),
)
REPORTABLES = (
    hq.Reportable(n=2),
    hq.Reportable(n=2, statistic="geometric-mean"),
    hq.Reportable(n=2, replicate_criterion=hq.Limit.at_most("28", "%")),
)
KINDS = ("reciprocal", "trend", "quantum", "population", "replicates", "sum")


@st.composite
def one_test(draw, kind):
    """Sources with one test each, formed alike, of a kind that needs more than one limit and one result."""
    reportable = draw(st.sampled_from(REPORTABLES)) if kind == "replicates" else None
    out = []
    for name in ("fda", "ema", "pmda")[: draw(st.integers(2, 3))]:
        criterion = draw(close_limits(("vp/IFU", "IFU/vp") if kind == "reciprocal" else ("%", "1")))
        if kind == "trend":
            criterion = draw(st.sampled_from(TRENDS))
        elif kind == "quantum":
            criterion = criterion.model_copy(update={"quantum": draw(st.sampled_from((None, "0.5", "5")))})
        elif kind == "population":
            population = draw(st.sampled_from((None, "viable cells", "CD3+ cells")))
            criterion = criterion.model_copy(update={"population": population})
        test = hq.Test(
            id="t",
            cqa="unlisted-attribute",
            criterion=criterion,
            reportable=reportable,
            roll_up=hq.RollUp(kind="sum") if kind == "sum" else None,
        )
        rounding = draw(st.sampled_from(("none", "limit-decimals")))
        out.append(hq.Specification(id=name, version="1", product="product", rounding=rounding, tests=(test,)))
    return out


@SLOW
@given(st.data())
def test_series_replicates_sums_and_ratios(data):
    kind = data.draw(st.sampled_from(KINDS))
    specifications = data.draw(one_test(kind))
    rows, bags = [], ("P1", "P2")
    for number in range(data.draw(st.integers(1, 3))):
        rows.append(
            hq.Result(
                batch_id=data.draw(st.sampled_from(bags)) if kind == "sum" else "B1",
                cqa="unlisted-attribute",
                value=data.draw(small_numbers()),
                comparator=data.draw(st.sampled_from((None, None, None, "<", ">="))),
                unit=data.draw(st.sampled_from(("vp/IFU", "IFU/vp") if kind == "reciprocal" else ("%", "%", "1"))),
                population=data.draw(st.sampled_from((None, "viable cells"))) if kind == "population" else None,
                timepoint=f"{number} d" if kind == "trend" else None,
            )
        )
    batches = [hq.Batch(id="B1", product="product")]
    whole = (hq.Parent(batch="B1", relation="bag"),)
    batches += [hq.Batch(id=name, product="product", lot_forming=False, parents=whole) for name in bags]
    harmonized, _, _ = check(specifications, batches if kind == "sum" else None, rows)
    assert harmonized.exact or kind == "reciprocal"
