"""Limits that no result can meet: the judge agrees."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc.schema.checks.limits import contradictory_limits
from harmoniqc.schema.contents import Contents, Placed
from harmoniqc.standard import AllOf, Limit, Measurement, Member, Specification, Test
from harmoniqc.standard.decimal_text import from_fraction, is_decimal_text, to_fraction
from harmoniqc.testing import limits, rounding_policies

CQAS = ("cell-viability", "endotoxin", "storage-temperature")
UNIT = {"cell-viability": "%", "endotoxin": "EU/mL", "storage-temperature": "Cel"}


def contradictory(criterion: Any, cqa: str, rounding: Any) -> bool:
    test = Test(id="test", cqa=cqa, criterion=criterion)
    specification = Specification(id="s", version="1", product="p", rounding=rounding, tests=(test,))
    found = list(contradictory_limits(Contents("specification", specifications=(Placed("", specification),))))
    return any(item.pointer == "/tests/0/criterion" for item in found)


def conforms(value: Fraction, criterion: Any, cqa: str, rounding: Any) -> bool:
    text = from_fraction(value)
    assert text is not None
    measured = Measurement(value=text, unit=UNIT[cqa])
    return hq.judge(measured, criterion, rounding, cqa=cqa).verdict == "conforms"


def tried(*of: Limit) -> list[Fraction]:
    """Return the ends of limits and numbers beside them and between them."""
    ends = sorted(to_fraction(bound.value) for item in of for bound in (item.low, item.high) if bound is not None)
    middles = [(low + high) / 2 for low, high in itertools.pairwise(ends)]
    step = Fraction(1, 1000)
    shifted = {number + shift for number in (*ends, *middles) for shift in (-1, -step, 0, step, 1)}
    return [number for number in shifted if is_decimal_text(from_fraction(number) or "")]


@given(st.data(), st.sampled_from(CQAS), rounding_policies())
def test_a_limit_is_contradictory_exactly_if_nothing_conforms(data: Any, cqa: str, rounding: Any) -> None:
    limit = data.draw(limits(units=(UNIT[cqa],))).model_copy(update={"rounding": None})
    found = any(conforms(value, limit, cqa, rounding) for value in tried(limit))
    if contradictory(limit, cqa, rounding):
        assert not found


@given(st.data(), st.sampled_from(CQAS), rounding_policies())
def test_limits_that_exclude_each_other_are_met_by_nothing(data: Any, cqa: str, rounding: Any) -> None:
    small = st.integers(0, 12).map(str)
    both = [
        Limit.model_validate(
            {
                "kind": "limit",
                data.draw(st.sampled_from(["low", "high"])): {
                    "value": data.draw(small),
                    "inclusive": data.draw(st.booleans()),
                },
                "unit": UNIT[cqa],
            }
        )
        for _ in range(2)
    ]
    criterion = AllOf(members=tuple(Member(criterion=item) for item in both))
    found = any(conforms(value, criterion, cqa, rounding) for value in tried(*both))
    alone = [contradictory(item, cqa, rounding) for item in both]
    if not any(alone):
        assert contradictory(criterion, cqa, rounding) is not found
