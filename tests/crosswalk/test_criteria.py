"""Requirements as criteria: formula limits are computed, method figures never become limits."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from fractions import Fraction

import pytest

from harmoniqc import CrosswalkError, Measurement, UnitError, judge
from harmoniqc.crosswalk import criterion, formula_limit, requirement
from harmoniqc.crosswalk.store import requirements_by_id
from harmoniqc.standard import Absence, Limit


def test_a_stated_figure_is_a_limit_with_its_source() -> None:
    limit = criterion("FDA-036")
    assert isinstance(limit, Limit)
    assert str(limit) == "≥ 70 %"
    assert limit.source.document == "FDA-2008-D-0206"
    assert limit.source.evidence == "secondary"


def test_an_absence_is_one() -> None:
    assert isinstance(criterion("FDA-006"), Absence)


def test_what_the_dossier_defines_is_no_criterion() -> None:
    assert criterion("FDA-004") is None


def test_a_strict_figure_stays_strict() -> None:
    limit = criterion("FDA-029")
    assert isinstance(limit, Limit)
    assert str(limit) == "< 10 ng/dose"


@pytest.mark.parametrize(
    "id", ["PHEUR-010", "PHEUR-001", "USP-019", "EU-017", "EU-027", "FDA-043", "ICH-004", "JP-018"]
)
def test_a_figure_about_something_else_is_refused(id: str) -> None:
    with pytest.raises(CrosswalkError) as caught:
        criterion(id)
    assert caught.value.findings[0].code == "not-a-product-limit"
    assert pickle.loads(pickle.dumps(caught.value)).findings == caught.value.findings


@pytest.mark.parametrize("id", ["FDA-046", "FDA-069", "FDA-062", "EMA-011", "PHEUR-061", "MHLW-043"])
def test_what_only_informs_is_refused(id: str) -> None:
    with pytest.raises(CrosswalkError):
        criterion(id)


def test_no_row_of_another_kind_becomes_a_criterion() -> None:
    for row in requirements_by_id().values():
        if row.kind != "product-limit":
            with pytest.raises(CrosswalkError):
                criterion(row)


def test_every_other_row_can_be_asked_for() -> None:
    for row in requirements_by_id().values():
        try:
            found = criterion(row)
        except CrosswalkError:
            continue
        if row.basis == "formula" or row.low or row.high or row.operator == "absent":
            assert found is not None


@pytest.mark.parametrize(
    ("id", "dose", "value", "unit", "inclusive"),
    [
        ("USP-011", "2 mL/kg", Fraction(5, 2), "EU/mL", True),
        ("USP-012", "2 mL/kg", Fraction(1, 10), "EU/mL", True),
        ("PHEUR-022", "2 mL/kg", Fraction(5, 2), "EU/mL", False),
        ("JP-007", "0.5 mL/kg", Fraction(10), "EU/mL", True),
        ("USP-011", "1E8 cell/kg", Fraction(5, 10**8), "EU/cell", True),
    ],
)
def test_a_formula_limit_is_computed(id: str, dose: str, value: Fraction, unit: str, inclusive: bool) -> None:
    limit = formula_limit(id, dose)
    assert (limit.value, limit.unit, limit.inclusive) == (value, unit, inclusive)
    assert id in limit.inputs


def test_the_worked_example_of_the_notes() -> None:
    """68 mL in one hour to 70 kg: 5 / (68/70) = 5.1 EU/mL."""
    limit = formula_limit("USP-011", "34/35 mL/kg")
    assert limit.value == Fraction(5 * 70, 68)
    assert str(limit).startswith("≤ 5.147 EU/mL")


@pytest.mark.parametrize(
    ("id", "dose"),
    [
        ("FDA-036", "2 mL/kg"),
        ("USP-011", "2 mL"),
        ("USP-011", "0 mL/kg"),
        ("USP-011", "-1 mL/kg"),
        ("USP-011", "two mL/kg"),
        ("USP-011", ""),
        ("USP-011", "2 /kg"),
        ("USP-011", "1/0 mL/kg"),
        ("USP-011", "1E999999999 mL/kg"),
        ("USP-011", "1/2/3 mL/kg"),
        ("USP-011", "NaN mL/kg"),
    ],
)
def test_a_formula_without_its_input_is_refused(id: str, dose: str) -> None:
    with pytest.raises(CrosswalkError) as caught:
        formula_limit(id, dose)
    assert caught.value.findings[0].code == "formula-input"


def test_a_formula_with_an_unknown_unit_is_refused() -> None:
    with pytest.raises(UnitError):
        formula_limit("USP-011", "2 furlong/kg")


@pytest.mark.parametrize("ask", [criterion, requirement, lambda id: formula_limit(id, "2 mL/kg")])
def test_an_unknown_requirement_is_named_with_near_ones(ask: Callable[[str], object]) -> None:
    with pytest.raises(CrosswalkError, match="FDA-06") as caught:
        ask("fda-06l")
    assert caught.value.findings[0].code == "unknown-reference"


def test_a_formula_as_a_criterion_is_judged_per_kilogram_and_hour() -> None:
    limit = criterion("USP-011")
    assert isinstance(limit, Limit)
    assert (limit.basis, limit.formula, limit.unit) == ("formula", "endotoxin-k-over-m", "EU/(kg*h)")
    assert judge(Measurement(value="4.9", unit="EU/(kg*h)"), limit).verdict == "conforms"
    assert judge(Measurement(value="5.1", unit="EU/(kg*h)"), limit).verdict == "does-not-conform"
