"""Texts beside structures: what is written out says the same, what is changed does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harmoniqc.errors import NotationError
from harmoniqc.evaluation.meaning.plan import domain_of
from harmoniqc.notation import render
from harmoniqc.schema.checks.amounts import between, region_of
from harmoniqc.schema.checks.leaves import power_in
from harmoniqc.schema.checks.texts import texts_and_structures
from harmoniqc.schema.contents import Contents, Placed
from harmoniqc.standard import AllOf, Bound, Limit, Member, Specification, Test
from harmoniqc.testing import limits
from harmoniqc.units import convert, parse_unit


def mismatches(criterion: Any, cqa: str = "attribute", name: str | None = None) -> list[Any]:
    test = Test(id="test", cqa=cqa, criterion=criterion, name=name)
    specification = Specification(id="s", version="1", product="p", rounding="none", tests=(test,))
    return list(texts_and_structures(Contents("specification", specifications=(Placed("", specification),))))


@given(limits(), st.sampled_from(["usp", "ph-eur", "jp", "symbols"]))
def test_what_a_limit_is_written_as_says_what_it_is(limit: Limit, style: Any) -> None:
    try:
        text = render(limit, style)
    except NotationError:
        assume(False)
    assert mismatches(limit.model_copy(update={"text": text})) == []


@given(st.permutations(["CD3", "CD19", "CD73"]), st.lists(st.integers(1, 99), min_size=3, max_size=3), st.data())
def test_parts_are_found_by_their_names_in_any_order(names: list[str], numbers: list[int], data: Any) -> None:
    parts = [
        Member(criterion=Limit(low=Bound(value=str(number)), unit="%"), component=name)
        for name, number in zip(names, numbers, strict=True)
    ]
    text = "; ".join(f"{part.component} {part.criterion}" for part in parts)
    shuffled = data.draw(st.permutations(parts))
    assert mismatches(AllOf(members=tuple(shuffled), text=text), "cell-identity") == []
    place = data.draw(st.integers(0, 2))
    other = Limit(low=Bound(value=str(numbers[place] + 1)), unit="%")
    changed = [*parts[:place], parts[place].model_copy(update={"criterion": other}), *parts[place + 1 :]]
    (found,) = mismatches(AllOf(members=tuple(changed), text=text), "cell-identity")
    assert found.pointer == f"/tests/0/criterion/members/{place}/criterion"


@given(limits(units=("%", "EU/mL", "Cel", None)), limits(units=("%", "EU/mL", "Cel", None)))
def test_two_limits_differ_exactly_if_their_numbers_do(structure: Limit, printed: Limit) -> None:
    assume(structure.unit == printed.unit)
    own, other = region_of(structure), region_of(printed)
    assert own is not None
    assert other is not None
    domain = domain_of("attribute", parse_unit(structure.unit or "1"))
    same = own[0].within(domain) == other[0].within(domain)
    found = mismatches(structure.model_copy(update={"text": str(printed)}))
    assume(not (other[0].is_empty or own[0].is_empty))  # such a text is refused
    assert bool(found) is not same


@given(st.integers(1, 9999), st.booleans())
def test_another_unit_for_the_same_amount_is_no_difference(number: int, inclusive: bool) -> None:
    printed = Limit(high=Bound(value=str(number), inclusive=inclusive), unit="ng/mL")
    converted = convert(str(number), "ng/mL", "ug/mL")
    structure = Limit(high=Bound(value=converted, inclusive=inclusive), unit="ug/mL", text=str(printed))
    assert mismatches(structure) == []
    assert mismatches(structure.model_copy(update={"unit": "mg/mL"})) != []


@pytest.mark.parametrize(
    ("said", "meant", "fits"),
    [
        (None, "EU/mL", True),
        ("EU/mL", "EU/mL", True),
        ("EU/L", "EU/mL", True),
        ("copy", "copy/(100*ng)", True),
        ("cell", "cell/unit", True),
        ("10^6*cell", "cell/kg", True),
        ("%", "%*IFU/vp", True),
        ("particle/mL", "capsid/mL", True),
        ("capsid/mL", "particle/mL", False),
        ("copy/cell", "copy/transduced-cell", True),
        ("copy/transduced-cell", "copy/cell", False),
        ("PDI", None, True),
        ("log10", None, False),
        ("%", None, True),
        ("EU/mL", None, False),
        ("EU/mL", "EU/kg", False),
        ("mL", "EU/mL", False),
    ],
)
def test_units_of_text_and_structure(said: str | None, meant: str | None, fits: bool) -> None:
    assert (between(said, meant) is not None) is fits


@pytest.mark.parametrize(
    ("heading", "power"),
    [("Viable cells (×10⁶)", 10**6), ("Cells (10^9/L)", 10**9), ("Viable cells", None), ("CD19, CD10", None)],
)
def test_a_heading_may_hold_the_power_of_ten(heading: str, power: int | None) -> None:
    assert power_in(heading) == power
    limit = Limit(low=Bound(value="70E6"), unit="cell", text="≥ 70")
    assert (mismatches(limit, "viable-cell-count", heading) == []) is (power == 10**6)


def test_a_text_that_nobody_can_read_is_silent_about_a_structure_that_nobody_can_read() -> None:
    assert mismatches(Limit(low=Bound(value="70"), unit="no such unit", text="≥ 70 %")) == []
    assert mismatches(Limit(low=Bound(value="70"), unit="%", text="see annex 3, table 7")) == []
