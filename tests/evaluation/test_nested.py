"""Nested criteria on one batch: the evaluation agrees with a plain recursive reading of the standard."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc.standard import AllOf, AnyOf
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.testing import batches, facts, nested_criteria, rounding_policies
from harmoniqc.testing.nested import UNITS, small_numbers

from .cases import FOLDER, BatchCase, JudgeCase, read_cases
from .reference_evaluator import Reference

MEASURED_AT = datetime(2024, 2, 1, tzinfo=UTC)
ATTRIBUTES = ("unlisted-attribute", "cell-purity")
WORDS = ("Negative", "not detected", "Positive", "Pass", "fail", "nd", "clear", "inconclusive", "not tested", "79.2")
KINDS = {"all-of", "any-of", "conditional", "limit", "target", "category", "report-only"}
"""Kinds of criteria that the reference knows without restriction."""


# -- the reference holds for the cases -----------------------------------------------------------------------------


def within_the_reference(case) -> bool:
    """Tell whether the reference knows everything that a case asks for."""
    text = str(case["criterion"])
    files = ("region-", "composite-", "condition-", "target-")
    return (
        case["id"].startswith(files)
        and case["criterion"]["kind"] in KINDS
        and not any(word in text for word in ("sensitivity", "amount'", "identity"))
    )


@pytest.mark.parametrize("case", [pytest.param(c, id=c["id"]) for c in read_cases(FOLDER) if within_the_reference(c)])
def test_the_reference_agrees_with_the_cases(case):
    loaded = JudgeCase(case)
    reference = Reference(loaded.facts, loaded.rounding or "none", loaded.cqa)
    expected = (loaded.expected["verdict"], loaded.expected["reason"])
    assert reference.test(loaded.criterion, loaded.measurements) == expected


STAGED = [case for case in read_cases(FOLDER / "batches") if case["id"].startswith("staged-and-declared")]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in STAGED])
def test_the_reference_agrees_with_stages_and_declared_methods(case):
    loaded = BatchCase(case)
    (test,) = loaded.specifications[0].tests
    declared = None
    for batch in loaded.batches or ():
        declared = next(
            ((item.method, item.declared_at) for item in batch.declared_methods if item.test == test.id), declared
        )
    reference = Reference({}, "none", test.cqa, declared)
    counting = [result for result in loaded.results if result.status != "invalidated"]
    for wanted in loaded.expected.get("tests", ()):
        mine = [result for result in counting if result.batch_id == wanted["batch"]]
        assert reference.test(test.criterion, mine) == (wanted["verdict"], wanted["reason"])
    for result, wanted in zip(loaded.results, loaded.expected.get("results", ()), strict=False):
        if result in counting:
            assert reference.result(test.criterion, result) == (wanted["verdict"], wanted["reason"])


# -- the evaluation agrees with the reference ----------------------------------------------------------------------


MOSTLY_PERCENT = ("%",) * 12 + UNITS
"""Limits and results that can mostly be compared; the few others show what happens where they cannot."""


def criteria(declared_methods: bool = True):
    return nested_criteria(units=MOSTLY_PERCENT, declared_methods=declared_methods)


@st.composite
def measured(draw) -> dict[str, object]:
    """What one result says: a number, a bound, an interval or words."""
    unit = draw(st.sampled_from(MOSTLY_PERCENT))
    match draw(st.sampled_from(("number", "number", "number", "censored", "interval", "words"))):
        case "number":
            return {"value": draw(small_numbers()), "unit": unit}
        case "censored":
            comparator = draw(st.sampled_from(("<", "<=", ">", ">=")))
            return {"value": draw(small_numbers()), "comparator": comparator, "unit": unit}
        case "interval":
            low, high = sorted((draw(small_numbers()), draw(small_numbers())), key=to_fraction)
            return {"value_low": low, "value_high": high, "unit": unit}
    lod = draw(st.one_of(st.none(), small_numbers()))
    day = draw(st.sampled_from((None, 7, 14)))
    return {"text": draw(st.sampled_from(WORDS)), "lod": lod, "unit": unit, "read_day": day}


def places(criterion, component=None, method=None) -> set[tuple[str | None, str | None]]:
    """Return component and method of every result that some member reads."""
    if not isinstance(criterion, (AllOf, AnyOf)):
        return {(component, method)}
    inner = (
        places(member.criterion, member.component or component, member.method or method) for member in criterion.members
    )
    return set().union(*inner)


@st.composite
def answers(draw, criterion) -> list[dict[str, object]]:
    """Results that answer the parts of a criterion: of each part none, one, or one and its repetition."""
    out = []
    for component, method in sorted(places(criterion), key=str):
        for _ in range(draw(st.sampled_from((1, 1, 1, 1, 1, 2, 0)))):
            out.append({"component": component, "method": method} | draw(measured()))
    return draw(st.permutations(out))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), criterion=criteria(), rounding=rounding_policies(), cqa=st.sampled_from(ATTRIBUTES))
def test_results_and_tests_have_the_verdicts_of_the_reference(data, criterion, rounding, cqa):
    test = hq.Test(id="t", cqa=cqa, criterion=criterion)
    specification = hq.Specification(id="s", version="1", product="p", rounding=rounding, tests=(test,))
    batch = data.draw(batches(specification))
    results = []
    for answer in data.draw(answers(criterion)):
        aside = data.draw(st.integers(0, 9)) == 0
        fields = {"status": "invalidated", "investigation_ref": "INV-1"} if aside else {}
        results.append(hq.Result(batch_id="B1", test_id="t", measured_at=MEASURED_AT, **answer, **fields))
    declared = next(((item.method, item.declared_at) for item in batch.declared_methods), None)
    reference = Reference({fact.name: fact for fact in batch.facts}, rounding, cqa, declared)
    counting = [result for result in results if result.status is None]

    evaluation = hq.evaluate(results, specification, batches=[batch])
    rows = sorted(evaluation.verdicts.to_pylist(), key=lambda row: row["row"])
    for row, result in zip(rows, results, strict=True):
        expected = reference.result(criterion, result) if result in counting else ("not-evaluated", "invalidated")
        assert (row["verdict"], row["reason"]) == expected, result
    (found,) = evaluation.tests.to_pylist()
    expected = reference.test(criterion, counting)
    if found["verdict"] == "missing":  # no part that decides has a result, whatever else was reported
        assert expected in (("missing", "missing"), ("not-evaluated", "missing-part"))
        return
    assert found["verdict"] == expected[0]
    if len({(result.component, result.method) for result in counting}) == len(counting):
        assert found["reason"] == expected[1]  # of several results of one part, any of the worst may give the reason


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), criterion=criteria(declared_methods=False), known=facts(), cqa=st.sampled_from(ATTRIBUTES))
def test_a_sequence_is_judged_as_the_reference_says(data, criterion, known, cqa):
    answered = data.draw(answers(criterion))
    assume(answered)
    measurements = [
        hq.Measurement(**{name: value for name, value in answer.items() if name != "method"}) for answer in answered
    ]
    by_name = {fact.name: fact for fact in known}
    judgment = hq.judge(measurements, criterion, facts=by_name, cqa=cqa)
    assert (judgment.verdict, judgment.reason) == Reference(by_name, "none", cqa).test(criterion, measurements)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), criterion=criteria(declared_methods=False), known=facts())
def test_the_order_of_results_never_matters_to_the_reference(data, criterion, known):
    measurements = [
        hq.Measurement(**{name: value for name, value in answer.items() if name != "method"})
        for answer in data.draw(answers(criterion))
    ]
    reference = Reference({fact.name: fact for fact in known})
    verdict, _ = reference.test(criterion, measurements)
    assert reference.test(criterion, data.draw(st.permutations(measurements)))[0] == verdict
