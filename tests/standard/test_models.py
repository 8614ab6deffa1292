from __future__ import annotations

import copy
import pickle
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError
from standard_examples import EXAMPLES, FACT, LIMIT, MODELS, RESULT, SPECIFICATION, TEST, criteria, name_of, unhurried

from harmoniqc.standard import (
    AllOf,
    Approval,
    Batch,
    Bound,
    Category,
    CodedOutcome,
    DoseRule,
    FactCondition,
    Limit,
    Measurement,
    Method,
    Model,
    Package,
    Result,
    RollUp,
    Specification,
    Target,
    Test,
    Tolerance,
    Unstructured,
    plain,
)

every_example = pytest.mark.parametrize("example", EXAMPLES, ids=name_of)


def test_every_public_model_has_an_example() -> None:
    assert {type(example).__name__ for example in EXAMPLES} == set(MODELS)


@every_example
def test_models_are_frozen(example: Model) -> None:
    field = next(iter(type(example).model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(example, field, getattr(example, field))


@every_example
def test_unknown_fields_are_refused(example: Model) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        type(example).model_validate({**plain(example), "surplus": "1"})


@every_example
def test_plain_form_reads_back_as_an_equal_model(example: Model) -> None:
    again = type(example).model_validate(plain(example))
    assert again == example
    assert hash(again) == hash(example)
    assert plain(again) == plain(example)


@every_example
def test_models_survive_pickle_and_copy(example: Model) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(example, protocol)) == example
    assert copy.deepcopy(example) == example


@every_example
def test_models_of_another_type_are_never_equal(example: Model) -> None:
    assert example != plain(example)
    assert example != object()


@every_example
def test_a_model_is_equal_to_its_copy_without_verbatim_fields(example: Model) -> None:
    for field in type(example).verbatim_fields - {"results"}:
        others = {"sources": [], "source": {"document": "another"}, "evidence": "memory"}
        changed = {**plain(example), field: others.get(field, "other words")}
        other = type(example).model_validate(changed)
        assert other == example
        assert hash(other) == hash(example)


@pytest.mark.parametrize(("left", "right"), [("5", "5.0"), ("5", "5E0"), ("5.0", "5E0"), ("0", "-0"), ("1E6", "1E+6")])
def test_decimal_text_is_compared_as_text(left: str, right: str) -> None:
    assert Limit.at_most(left) != Limit.at_most(right)
    assert Measurement(value=left) != Measurement(value=right)
    assert len({Bound(value=left), Bound(value=right)}) == 2


def test_inclusiveness_and_unit_are_part_of_the_meaning() -> None:
    assert len({Limit.at_most("5"), Limit.less_than("5"), Limit.at_least("5"), Limit.at_most("5", "%")}) == 4


def test_verbatim_text_evidence_and_notes_are_no_part_of_the_meaning() -> None:
    assert Limit.at_most("5") == Limit(high=Bound(value="5"), text="NMT 5", note="from the footnote")
    assert RESULT.model_copy(update={"text": "97,90 %", "note": "typed"}) == RESULT
    assert TEST.model_copy(update={"note": "x"}) == TEST
    assert TEST.model_copy(update={"required": False}) != TEST


@unhurried
@given(criteria)
def test_equal_criteria_have_equal_hashes_and_read_back(criterion: Any) -> None:
    again = type(criterion).model_validate(plain(criterion))
    assert again == criterion
    assert hash(again) == hash(criterion)
    assert isinstance(str(criterion), str)


@pytest.mark.parametrize(
    ("criterion", "text"),
    [
        (Limit.at_least("70", "%"), "≥ 70 %"),
        (Limit.more_than("0.5E6", "cell/kg"), "> 0.5E6 cell/kg"),
        (Limit.at_most("5.0", "EU/mL"), "≤ 5.0 EU/mL"),
        (Limit.less_than("1"), "< 1"),
        (Limit.between("180E6", "220E6", "cell"), "180E6 to 220E6 cell"),
        (Limit(low=Bound(value="1", inclusive=False), high=Bound(value="2"), unit="%"), "> 1 % and ≤ 2 %"),
        (Unstructured(text="Auto"), "Auto"),
        (FACT, "donor-relation is allogeneic"),
    ],
)
def test_canonical_words(criterion: Model, text: str) -> None:
    assert str(criterion) == text


@pytest.mark.parametrize(
    ("model", "fields", "message"),
    [
        (Limit, {}, "low or a high bound"),
        (Limit, {"low": {"value": "5"}, "quantum": "0.00"}, "greater than zero"),
        (Limit, {"low": {"value": "5"}, "quantum": "-1"}, "greater than zero"),
        (Target, {}, "either its value or the fact"),
        (Target, {"value": "5", "nominal": "dose"}, "either its value or the fact"),
        (FactCondition, {"fact": "x"}, "bounds or accepted words"),
        (FactCondition, {"fact": "x", "equals": ["a"], "low": {"value": "1"}}, "bounds or accepted words"),
        (Category, {"accept": []}, "at least 1 item"),
        (AllOf, {"members": []}, "at least 1 item"),
        (Method, {"version": "1"}, "a name, an id or a reference"),
        (RollUp, {"kind": "k-of-n"}, "k belongs to k-of-n"),
        (RollUp, {"kind": "each", "k": 2}, "k belongs to k-of-n"),
        (Measurement, {"unit": "%"}, "a value, an interval, a code or a text"),
        (Measurement, {"comparator": "<", "text": "<"}, "a comparator needs a value"),
        (Result, {"batch_id": "B", "value": "5"}, "its test or its cqa"),
        (Result, {"batch_id": "B", "cqa": "c", "text": "t", "measured_at": "2024-02-29T12:30:00"}, "offset"),
        (Result, {"batch_id": "B", "cqa": "c", "text": "t", "n": True}, "whole number"),
        (Result, {"batch_id": "B", "cqa": "c", "text": "t", "n": -1}, "greater than or equal to 0"),
        (Result, {"batch_id": "B", "cqa": "c", "text": "t", "reportable": 1}, "valid boolean"),
        (CodedOutcome, {"code": "Not a slug"}, "match pattern"),
        (Batch, {"id": " B"}, "match pattern"),
        (Batch, {"id": "B\n"}, "match pattern"),
        (Batch, {"id": "B", "manufactured_on": "1850-01-01"}, "year outside"),
        (Batch, {"id": "B", "manufactured_on": "2024-02-30"}, "valid date"),
    ],
)
def test_contradictions_are_refused(model: type[Model], fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        model.model_validate(fields)


def test_a_specification_holds_each_test_once_and_ends_after_it_began() -> None:
    fields = plain(SPECIFICATION)
    with pytest.raises(ValidationError, match="'viability' occurs twice"):
        Specification.model_validate({**fields, "tests": fields["tests"] * 2})
    with pytest.raises(ValidationError, match="before valid_from"):
        Specification.model_validate({**fields, "valid_to": "2017-05-31"})
    assert Specification.model_validate({**fields, "valid_to": "2017-06-01"}).valid_to == date(2017, 6, 1)


def test_a_specification_finds_its_tests() -> None:
    assert SPECIFICATION.test("viability") is SPECIFICATION.tests[0]
    with pytest.raises(KeyError):
        SPECIFICATION.test("sterility")


@pytest.mark.parametrize("field", ["specifications", "products", "batches"])
def test_a_package_holds_each_part_once(field: str) -> None:
    example = next(item for item in EXAMPLES if isinstance(item, Package))
    parts = getattr(example, field)
    with pytest.raises(ValidationError, match="occurs twice"):
        Package.model_validate({"id": "p", field: (*parts, *parts)})


def test_a_package_may_hold_two_versions_of_a_specification() -> None:
    other = SPECIFICATION.model_copy(update={"version": "4"})
    assert len(Package(id="p", specifications=(SPECIFICATION, other)).specifications) == 2


def test_measurements_from_numbers() -> None:
    assert Measurement.of(0.1, "%") == Measurement(value="0.1", unit="%")
    assert Measurement.of(5, comparator="<") == Measurement(value="5", comparator="<")
    with pytest.raises(ValueError, match="NaN"):
        Measurement.of(float("nan"))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"value": "0.3", "comparator": "<", "unit": "EU/mL"}, "<0.3 EU/mL"),
        ({"value_low": "1", "unit": "%"}, "[1, …] %"),
        ({"value_low": "1", "value_high": "2"}, "[1, 2]"),
        ({"code": "absent", "text": "Negative"}, "absent"),
        ({"text": "milky"}, "milky"),
    ],
)
def test_measurements_in_words(fields: dict[str, str], text: str) -> None:
    assert str(Measurement(**fields)) == text


def test_a_result_carries_its_measurement() -> None:
    measurement = RESULT.measurement()
    assert measurement == Measurement(value="97.90", unit="%", n=3, sd="0.10", reportable=True)
    assert measurement.text == "97.90 %"


def test_defaults_are_those_the_standard_documents() -> None:
    test = Test(id="t", cqa="c", criterion=LIMIT)
    assert test.required
    assert not test.safety_critical
    assert test.decision_points == ("release",)
    specification = Specification(id="s", version="1", product="p", rounding="none", tests=(test,))
    assert (specification.material, specification.purpose, specification.applies_to) == (
        "drug-product",
        "release",
        "released",
    )
    assert Bound(value="1").inclusive
    assert LIMIT.role == "registered-acceptance"


def test_rounding_of_a_specification_has_no_hidden_default() -> None:
    fields = plain(SPECIFICATION)
    del fields["rounding"]
    with pytest.raises(ValidationError, match="rounding"):
        Specification.model_validate(fields)


# -- faults once found -----------------------------------------------------------------------------------------


def test_unstructured_criteria_with_other_words_differ() -> None:
    assert Unstructured(text="Auto") != Unstructured(text="Report")


def test_measurements_in_other_words_differ() -> None:
    assert Measurement(text="clear") != Measurement(text="cloudy")


def test_a_quantum_of_zero_is_refused_with_an_exponent_too() -> None:
    with pytest.raises(ValidationError):
        Limit(low=Bound(value="5"), quantum="0E5")


def test_a_negative_tolerance_is_refused() -> None:
    with pytest.raises(ValidationError):
        Tolerance(minus="-1", plus="1")


@pytest.mark.parametrize("written", ["2017", "2017-08", "2017-08-30", date(2017, 8, 30)])
def test_a_date_of_a_label_is_as_precise_as_it_is_known(written: object) -> None:
    approval = Approval(authority="FDA", date=written)
    assert approval.date == str(written)
    assert Approval.model_validate(plain(approval)) == approval


@pytest.mark.parametrize("written", ["17", "2017-8", "2017-13", "2017-02-30", "1017", "2017-08-30T00:00", 2017, ""])
def test_what_is_no_date_of_a_label_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        Approval(authority="FDA", date=written)


def test_a_dose_rule_has_bounds_or_one_number() -> None:
    with pytest.raises(ValidationError, match="bounds or a nominal dose"):
        DoseRule(low=Bound(value="1"), nominal={"value": "1", "unit": "cell"}, unit="cell")
