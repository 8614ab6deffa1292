"""Conditions decided without a batch agree with every batch."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmoniqc.evaluation.meaning.facts import Facts, holds
from harmoniqc.evaluation.meaning.interval import Interval
from harmoniqc.schema.checks.conditions import (
    Numbers,
    UndecidedError,
    Words,
    cases_of,
    equivalent,
    exclude,
)
from harmoniqc.standard import AllConditions, AnyConditions, Bound, Fact, FactCondition, NotCondition
from harmoniqc.standard.decimal_text import from_fraction
from harmoniqc.testing import facts
from harmoniqc.testing.nested import conditions


def weight(low: str | None = None, high: str | None = None, unit: str = "kg") -> FactCondition:
    def bound(text: str | None) -> Bound | None:
        return None if text is None else Bound(value=text.strip("<>"), inclusive=text[0] not in "<>")

    return FactCondition(fact="body-weight", low=bound(low), high=bound(high), unit=unit)


def word(*words: str, fact: str = "route") -> FactCondition:
    return FactCondition(fact=fact, equals=words)


@given(conditions(), conditions(), facts())
def test_conditions_that_exclude_each_other_never_hold_together(left: Any, right: Any, known: tuple[Fact, ...]) -> None:
    both = holds(left, Facts(known)) and holds(right, Facts(known))
    assert not (both and exclude(left, right))


@given(conditions(), conditions())
def test_every_case_is_one_in_which_both_hold(left: Any, right: Any) -> None:
    both = AllConditions(of=(left, right))
    cases = cases_of(both)
    assert bool(cases) != exclude(left, right)
    for case in cases:
        witness = tuple(fact for name, answer in case.items() if (fact := example(name, answer)) is not None)
        if len(witness) == len(case):
            assert holds(both, Facts(witness)) is True


def example(name: str, answer: Numbers | Words) -> Fact | None:
    """Return a fact that is such a number or word, where one is easily written."""
    if isinstance(answer, Words):
        known = {"intravenous", "intrathecal", "subcutaneous", "first", "subsequent", "another"}
        return Fact(name=name, value=min((known - answer.words) if answer.excluded else answer.words))
    number = inside(answer.region.intervals[0], whole=answer.whole)
    if name == "body-weight":
        number /= 1  # the base of body mass is the kilogram
    text = from_fraction(number)
    return None if text is None else Fact(name=name, value=text, unit="kg" if name == "body-weight" else None)


def inside(piece: Interval, *, whole: bool) -> Fraction:
    low, high = piece.low, piece.high
    if whole:
        start = 0 if low is None else int(low.value) - 1
        return next(Fraction(n) for n in range(start, start + 10) if Fraction(n) in piece)
    if low is None:
        return Fraction(0) if high is None else high.value - 1
    return low.value + 1 if high is None else (low.value + high.value) / 2


@pytest.mark.parametrize(
    ("left", "right", "apart"),
    [
        (weight(high="<70"), weight(low="70"), True),
        (weight(high="70"), weight(low="70"), False),
        (weight(high="70"), weight(low=">70"), True),
        (weight(high="<70000", unit="g"), weight(low="70"), True),
        (weight(high="70000", unit="g"), weight(low="70"), False),
        (word("iv"), word("IV "), False),
        (word("iv"), word("im"), True),
        (word("iv"), NotCondition(of=word("iv", "im")), True),
        (word("iv"), NotCondition(of=word("im")), False),
        (NotCondition(of=word("iv")), NotCondition(of=word("im")), False),
        (word("iv"), weight(low="1"), False),
        (NotCondition(of=weight("10", "20")), weight("12", "15"), True),
        (NotCondition(of=weight("10", "20")), weight("12", "25"), False),
        (AllConditions(of=(weight(low="5"), word("iv"))), AllConditions(of=(weight(high="9"), word("im"))), True),
        (AnyConditions(of=(weight(low="50"), word("iv"))), AllConditions(of=(weight(high="9"), word("im"))), True),
        (AnyConditions(of=(weight(low="50"), word("iv"))), weight(high="9"), False),
    ],
)
def test_exclusion(left: Any, right: Any, apart: bool) -> None:
    assert exclude(left, right) is apart
    assert exclude(right, left) is apart


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        (weight(high="<70"), weight(high="<70.0"), True),
        (weight(high="<70000", unit="g"), weight(high="<70"), True),
        (weight(high="<70"), weight(high="70"), False),
        (word("iv", "im"), word("im", "IV"), True),
        (NotCondition(of=weight(low="70")), weight(high="<70"), True),
        (AllConditions(of=(word("iv"), weight(low="1"))), AllConditions(of=(weight(low="1"), word("iv"))), True),
    ],
)
def test_equivalence(left: Any, right: Any, alike: bool) -> None:
    assert equivalent(left, right) is alike


@pytest.mark.parametrize(
    "condition",
    [
        weight(low="1", unit="stone"),
        AllConditions(of=(word("70", fact="body-weight"), weight(low="1"))),
        AllConditions(of=(weight(low="1"), weight(low="1", unit="mL"))),
        AllConditions(of=tuple(AnyConditions(of=(word("a", fact=f"a{n}"), word("b", fact=f"b{n}"))) for n in range(9))),
    ],
)
def test_what_cannot_be_decided_is_left_alone(condition: Any) -> None:
    with pytest.raises(UndecidedError):
        cases_of(condition)


@given(st.integers(0, 5), st.integers(0, 5), st.booleans(), st.booleans())
def test_a_count_is_a_whole_number(low: int, high: int, from_low: bool, to_high: bool) -> None:
    def infusions(**ends: Bound) -> FactCondition:
        return FactCondition(fact="infusion-number", **ends)

    above = infusions(low=Bound(value=str(low), inclusive=from_low))
    below = infusions(high=Bound(value=str(high), inclusive=to_high))
    together = [n for n in range(10) if low + (not from_low) <= n <= high - (not to_high)]
    assert exclude(above, below) is not bool(together)
