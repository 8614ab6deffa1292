"""The harmonized specification is met exactly when all its sources are, and says where it is not."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc.harmonization.noticing import CONFLICTS, INEXACT

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
    if is_met and not all_met:
        assert codes & LOOSER
    if is_met and not codes & NARROWS:  # at most one of the sources had nothing to compare
        assert all(nothing_against(by_sources, source) for source in specifications)
    return harmonized, by_harmonized, is_met


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
@settings(parent=SLOW, max_examples=2000)
@given(st.data())
def test_met_exactly_when_every_source_is_at_length(data):
    specifications = data.draw(sources(plain=data.draw(st.booleans())))
    check(specifications, [data.draw(a_batch(specifications[0]))], data.draw(results(specifications)))
