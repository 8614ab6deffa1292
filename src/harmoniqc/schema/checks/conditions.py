"""Conditions on facts, decided without a batch: can they hold, can two of them hold together, do they mean the same."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from harmoniqc.evaluation.meaning.facts import amount_of
from harmoniqc.evaluation.meaning.interval import EVERYTHING, Edge, Interval, Region
from harmoniqc.standard import AllConditions, Bound, Fact, FactCondition, NotCondition
from harmoniqc.standard.condition import AnyCondition
from harmoniqc.units import Dimension
from harmoniqc.vocabulary import facts as terms
from harmoniqc.vocabulary import normalize_wording

_MOST_CASES = 256
"""Conditions with more cases than this are left alone: no person wrote them, and they would take long."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers that a fact may have.

    Attributes:
        region: The numbers, in base units.
        dimension: What they measure.
        whole: Whether the fact counts something, so that only whole numbers exist.
    """

    region: Region
    dimension: Dimension
    whole: bool = False

    @property
    def is_possible(self) -> bool:
        """Whether there is such a number."""
        pieces = self.region.intervals
        return any(map(_holds_a_whole_number, pieces)) if self.whole else bool(pieces)


@dataclass(frozen=True, slots=True)
class Words:
    """Words that a fact may be: some, or all but some."""

    words: frozenset[str]
    excluded: bool = False

    @property
    def is_possible(self) -> bool:
        """Whether there is such a word."""
        return self.excluded or bool(self.words)


Answer = Numbers | Words
Case = Mapping[str, Answer]
"""What each fact has to be."""


class UndecidedError(Exception):
    """Nothing can be said about a condition; never leaves the room."""


def cases_of(condition: AnyCondition) -> tuple[Case, ...]:
    """Return the cases in which a condition holds; none: it never does.

    Raises:
        UndecidedError: If a unit cannot be read, a fact is both a number and a word, or there are too many cases.
    """
    return _cases(condition, wanted=True)


def exclude(left: AnyCondition, right: AnyCondition) -> bool:
    """Tell whether two conditions never hold together.

    Raises:
        UndecidedError: As :func:`cases_of`.
    """
    pairs = itertools.product(cases_of(left), cases_of(right))
    return all(_joined(one, other) is None for one, other in pairs)


def equivalent(left: AnyCondition, right: AnyCondition) -> bool:
    """Tell whether two conditions are written alike but for their units and the order of their parts.

    Raises:
        UndecidedError: As :func:`cases_of`.
    """

    def written(condition: AnyCondition) -> frozenset[frozenset[tuple[str, Answer]]]:
        return frozenset(frozenset(case.items()) for case in cases_of(condition))

    return written(left) == written(right)


def facts_in(condition: AnyCondition, pointer: str = "") -> Iterator[tuple[str, FactCondition]]:
    """Yield the conditions on single facts in a condition, each with its pointer."""
    if isinstance(condition, FactCondition):
        yield pointer, condition
    elif isinstance(condition, NotCondition):
        yield from facts_in(condition.of, f"{pointer}/of")
    else:
        for number, part in enumerate(condition.of):
            yield from facts_in(part, f"{pointer}/of/{number}")


def _cases(condition: AnyCondition, *, wanted: bool) -> tuple[Case, ...]:
    if isinstance(condition, NotCondition):
        return _cases(condition.of, wanted=not wanted)
    if isinstance(condition, FactCondition):
        answer = _answer(condition, wanted=wanted)
        return ({condition.fact: answer},) if answer.is_possible else ()
    parts = [_cases(part, wanted=wanted) for part in condition.of]
    if isinstance(condition, AllConditions) != wanted:  # any of them, or not all of them
        return _bounded(tuple(itertools.chain.from_iterable(parts)))
    out: tuple[Case, ...] = ({},)
    for part in parts:
        joined = (_joined(one, other) for one, other in itertools.product(out, _bounded(part)))
        out = _bounded(tuple(case for case in joined if case is not None))
    return out


def _bounded(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    if len(cases) > _MOST_CASES:
        raise UndecidedError
    return cases


def _answer(condition: FactCondition, *, wanted: bool) -> Answer:
    if condition.equals:
        return Words(frozenset(map(normalize_wording, condition.equals)), excluded=not wanted)
    low, high = (_edge(condition, bound) for bound in (condition.low, condition.high))
    region = Region.of(Interval(low, high))
    if not wanted:
        below = EVERYTHING if low is None else Interval(high=Edge(low.value, not low.closed))
        above = EVERYTHING if high is None else Interval(low=Edge(high.value, not high.closed))
        region = Region.of(*([below] if low is not None else []), *([above] if high is not None else []))
    term = terms.get(condition.fact)
    return Numbers(region, _dimension(condition), whole=term is not None and term.unit == "1")


def _edge(condition: FactCondition, bound: Bound | None) -> Edge | None:
    if bound is None:
        return None
    amount = amount_of(Fact(name=condition.fact, value=bound.value, unit=condition.unit))
    if amount is None:
        raise UndecidedError
    number, unit = amount
    return Edge(number * unit.scale + unit.offset, bound.inclusive)


def _dimension(condition: FactCondition) -> Dimension:
    amount = amount_of(Fact(name=condition.fact, value="1", unit=condition.unit))
    if amount is None:
        raise UndecidedError
    return amount[1].dimension


def _joined(left: Case, right: Case) -> Case | None:
    """Return the case in which two cases hold; None where there is none."""
    out = dict(left)
    for fact, answer in right.items():
        both = _both(out[fact], answer) if fact in out else answer
        if not both.is_possible:
            return None
        out[fact] = both
    return out


def _both(left: Answer, right: Answer) -> Answer:
    if isinstance(left, Numbers) and isinstance(right, Numbers):
        if left.dimension != right.dimension:
            raise UndecidedError
        return Numbers(left.region.intersect(right.region), left.dimension, left.whole)
    if isinstance(left, Words) and isinstance(right, Words):
        if left.excluded and right.excluded:
            return Words(left.words | right.words, excluded=True)
        if left.excluded or right.excluded:
            kept, dropped = (right, left) if left.excluded else (left, right)
            return Words(kept.words - dropped.words)
        return Words(left.words & right.words)
    raise UndecidedError


def _holds_a_whole_number(piece: Interval) -> bool:
    low, high = piece.low, piece.high
    if low is None or high is None:
        return True
    first = Fraction(math.ceil(low.value))
    if first == low.value and not low.closed:
        first += 1
    return first in piece
