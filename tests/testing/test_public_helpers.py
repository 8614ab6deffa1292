"""What the library offers to the tests of others holds for itself."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

import harmoniqc as hq
from harmoniqc import testing, vocabulary
from harmoniqc.evaluation.verdicts import verdict_of
from harmoniqc.standard import AnyCriterion, Fact, load_document
from harmoniqc.standard.canonical import plain
from harmoniqc.standard.decimal_text import is_decimal_text, to_fraction

CRITERION = TypeAdapter(AnyCriterion)
PASSING = hq.judge(hq.Measurement(value="5", unit="%"), hq.Limit.at_most("5", "%"))
FAILING = hq.judge(hq.Measurement(value="6", unit="%"), hq.Limit.at_most("5", "%"))


def test_every_strategy_is_tested_here() -> None:
    strategies = {name for name in testing.__all__ if not name.startswith("assert_")}
    assert strategies == {
        "batches",
        "bounds",
        "criteria",
        "decimal_texts",
        "facts",
        "limits",
        "measurements",
        "nested_criteria",
        "printed_floats",
        "results",
        "rounding_policies",
        "specifications",
    }


@given(testing.decimal_texts())
def test_decimal_texts(text: str) -> None:
    assert is_decimal_text(text)


@given(testing.decimal_texts(max_digits=3, max_exponent=1))
def test_decimal_texts_keep_to_their_bounds(text: str) -> None:
    digits, _, exponent = text.partition("E")
    assert sum(char.isdigit() for char in digits) <= 4
    assert abs(int(exponent or 0)) <= 1


@given(testing.printed_floats())
def test_printed_floats(number: float) -> None:
    assert math.isfinite(number)


@given(testing.rounding_policies(), testing.bounds())
def test_policies_and_bounds(policy: str, bound: hq.Bound) -> None:
    assert hq.Bound.model_validate(json.loads(hq.to_json(bound))) == bound
    assert hq.Limit(low=bound, rounding=policy).rounding == policy


@given(testing.limits())
def test_limits(limit: hq.Limit) -> None:
    assert limit.low is not None or limit.high is not None
    if limit.low is not None and limit.high is not None:
        assert to_fraction(limit.low.value) <= to_fraction(limit.high.value)
    assert CRITERION.validate_json(hq.to_json(limit)) == limit


@given(testing.limits(units=("EU/mL",)))
def test_units_can_be_chosen(limit: hq.Limit) -> None:
    assert limit.unit == "EU/mL"


@given(testing.criteria(), testing.measurements())
def test_criteria_and_measurements_are_judged(criterion: AnyCriterion, measurement: hq.Measurement) -> None:
    assert CRITERION.validate_python(plain(criterion)) == criterion
    assert hq.Measurement.model_validate(json.loads(hq.to_json(measurement))) == measurement
    judgment = hq.judge(measurement, criterion)
    assert verdict_of(judgment.reason) == judgment.verdict


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_specifications_and_results(data: st.DataObject) -> None:
    specification = data.draw(testing.specifications())
    results = data.draw(testing.results(specification))
    assert load_document(hq.to_json(specification)) == specification
    assert all(load_document(hq.to_json(result)) == result for result in results)
    evaluation = hq.evaluate(results, specification)
    assert evaluation.verdicts.num_rows == len(results)
    assert "no-criterion" not in evaluation.findings.codes


@given(testing.specifications(max_tests=1))
def test_the_number_of_tests_can_be_chosen(specification: hq.Specification) -> None:
    assert len(specification.tests) == 1


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(testing.nested_criteria(), testing.facts())
def test_nested_criteria_and_facts(criterion: AnyCriterion, facts: tuple[Fact, ...]) -> None:
    assert CRITERION.validate_json(hq.to_json(criterion)) == criterion
    assert len({fact.name for fact in facts}) == len(facts)
    assert all(fact.name in vocabulary.facts for fact in facts)


@given(testing.nested_criteria(units=("EU/mL",), components=(), declared_methods=False))
def test_nested_criteria_keep_to_what_is_asked(criterion: AnyCriterion) -> None:
    text = hq.to_json(criterion)
    assert "CD" not in str(text)
    assert "declared-method" not in str(text)
    assert '"%"' not in str(text)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_batches(data: st.DataObject) -> None:
    test = hq.Test(id="t", cqa="cell-purity", criterion=data.draw(testing.nested_criteria()))
    specification = hq.Specification(id="s", version="1", product="p", rounding="none", tests=(test,))
    batch = data.draw(testing.batches(specification, id="B7"))
    assert (batch.id, batch.product) == ("B7", "p")
    assert load_document(hq.to_json(batch)) == batch


def test_assert_verdict() -> None:
    testing.assert_verdict(PASSING, "conforms")
    with pytest.raises(AssertionError) as caught:
        testing.assert_verdict(FAILING, "conforms")
    assert str(caught.value).startswith(f"expected conforms, got {FAILING}\n")
    assert "does-not-conform" in str(caught.value)


def test_assert_reason() -> None:
    testing.assert_reason(FAILING, "outside-limit")
    with pytest.raises(AssertionError) as caught:
        testing.assert_reason(FAILING, "within-limit")
    assert str(caught.value).startswith(f"expected reason within-limit, got {FAILING}\n")
