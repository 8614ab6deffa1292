"""Every way the facts of a batch can fall as far as some tests look at them, each with facts that stand for it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from harmoniqc.evaluation.meaning.facts import Facts, holds, number_in
from harmoniqc.harmonization.asked import EVERYWHERE, Asked, Cell
from harmoniqc.standard import (
    AllConditions,
    AnyConditions,
    AnyOf,
    Conditional,
    Fact,
    FactCondition,
    Identity,
    NotCondition,
    Target,
)
from harmoniqc.standard.condition import AnyCondition
from harmoniqc.standard.decimal_text import from_fraction
from harmoniqc.vocabulary import normalize_wording

MOST_CELLS = 4096
"""More ways for facts to fall are not looked at one by one; what depends on them stays undecided."""

NOMINAL = "100"
"""Stands for a nominal value that is a fact of the batch: limits in percent of it scale with it."""


class TooManyCellsError(Exception):
    """The facts can fall in more ways than are looked at; never leaves the room."""


def cells_of(asked: Iterable[Asked]) -> tuple[Cell, ...]:
    """Return every way in which facts can fall as far as these tests depend on them.

    Facts that a criterion is computed from or compared with are taken to be stated.

    Raises:
        TooManyCellsError: If there are more than :data:`MOST_CELLS`.
    """
    conditions, others, methods = _questions(asked)
    if not (conditions or others or methods):
        return (EVERYWHERE,)
    found = _by_truth(tuple(conditions), tuple(others.values())) if conditions else [(None, "", tuple(others.values()))]
    declared: tuple[str | None, ...] = tuple(methods.values()) or (None,)
    return tuple(
        Cell(Facts(facts), when, method, " and ".join(filter(None, (said, method and f"method {method}"))))
        for when, said, facts in found
        for method in declared
    )


def facts_asked(asked: Iterable[Asked]) -> tuple[str, ...]:
    """Return the names of the facts that tests depend on."""
    items = tuple(asked)
    return tuple(dict.fromkeys([*facts_in_conditions(items), *_questions(items)[1]]))


def facts_in_conditions(asked: Iterable[Asked]) -> tuple[str, ...]:
    """Return the names of the facts that the conditions of tests depend on."""
    return tuple(dict.fromkeys(item.fact for condition in _questions(asked)[0] for item in _elements(condition)))


def _questions(
    asked: Iterable[Asked],
) -> tuple[dict[AnyCondition, None], dict[str, Fact], dict[str, str]]:
    """Return the conditions of tests, facts that stand for those compared with, and methods to be declared."""
    conditions: dict[AnyCondition, None] = {}
    others: dict[str, Fact] = {}
    methods: dict[str, str] = {}
    for item in asked:
        if item.test.applies_when is not None:
            conditions[item.test.applies_when] = None
        for criterion in item.criteria:
            if isinstance(criterion, Conditional):
                conditions.update(dict.fromkeys(branch.when for branch in criterion.branches))
            elif isinstance(criterion, Target) and criterion.nominal is not None:
                others.setdefault(criterion.nominal, Fact(name=criterion.nominal, value=NOMINAL, unit=criterion.unit))
            elif isinstance(criterion, Identity) and criterion.reference_fact is not None:
                name = criterion.reference_fact
                others.setdefault(name, Fact(name=name, value=f"what {name} says"))
            elif isinstance(criterion, AnyOf) and criterion.mode == "declared-method":
                named = [member.method for member in criterion.members if member.method is not None]
                methods.update({normalize_wording(name): name for name in named})
    return conditions, others, methods


def _by_truth(
    conditions: Sequence[AnyCondition], others: Sequence[Fact]
) -> list[tuple[AnyCondition | None, str, tuple[Fact, ...]]]:
    """Return every combination of truth values that conditions can have together: condition, words, and facts."""
    elements: dict[str, list[FactCondition]] = {}
    for condition in conditions:
        for element in _elements(condition):
            elements.setdefault(element.fact, []).append(element)
    choices = [_values(name, asked) for name, asked in elements.items()]
    size = 1
    for choice in choices:
        size *= len(choice)
    if size > MOST_CELLS:
        raise TooManyCellsError
    beside = tuple(fact for fact in others if fact.name not in elements)
    found: dict[tuple[bool | None, ...], tuple[Fact, ...]] = {}
    for chosen in itertools.product(*choices):
        facts = (*chosen, *beside)
        known = Facts(facts)
        found.setdefault(tuple(holds(condition, known) for condition in conditions), facts)
    return [(_singled_out(conditions, truth), _in_words(conditions, truth), facts) for truth, facts in found.items()]


def _singled_out(conditions: Sequence[AnyCondition], truth: Sequence[bool | None]) -> AnyCondition:
    parts: list[AnyCondition] = [
        condition if true else NotCondition(of=condition) for condition, true in zip(conditions, truth, strict=True)
    ]
    return parts[0] if len(parts) == 1 else AllConditions(of=tuple(parts))


def _in_words(conditions: Sequence[AnyCondition], truth: Sequence[bool | None]) -> str:
    """Return which conditions hold; where none does, which do not."""
    held = [str(condition) for condition, true in zip(conditions, truth, strict=True) if true]
    return " and ".join(held or [f"not ({condition})" for condition in conditions])


def _elements(condition: AnyCondition) -> Iterator[FactCondition]:
    if isinstance(condition, FactCondition):
        yield condition
    elif isinstance(condition, NotCondition):
        yield from _elements(condition.of)
    else:
        assert isinstance(condition, (AllConditions, AnyConditions))  # noqa: S101 - nothing else is left
        for part in condition.of:
            yield from _elements(part)


def _values(name: str, asked: Sequence[FactCondition]) -> list[Fact]:
    """Return a fact for each way it can fall: at and between the bounds, and each of the words and none of them."""
    words = dict.fromkeys(normalize_wording(word) for item in asked for word in item.equals)
    out = [Fact(name=name, value=word) for word in words]
    unit = next((item.unit for item in asked if not item.equals), None)
    edges: dict[Fraction, Fact] = {}
    for item in asked:
        for bound in (item.low, item.high):
            if bound is not None:
                fact = Fact(name=name, value=bound.value, unit=item.unit)
                number = number_in(fact, unit)
                if number is None:  # measures something else: no fact is ever in both
                    out.append(fact)
                else:
                    edges.setdefault(number, fact)
    if words:
        out.append(Fact(name=name, value="none of these words"))
    places = sorted(edges)
    if not places:
        return out
    texts = [_between(left, right) for left, right in itertools.pairwise(places)]
    texts.append(_between(places[-1], places[-1] + abs(places[-1]) + 1))
    if places[0] > 0:
        texts.append(_between(Fraction(0), places[0]))  # facts are amounts: below zero there is none
    elif places[0] < 0:
        texts.append(_between(2 * places[0] - 1, places[0]))
    return [*out, *edges.values(), *(Fact(name=name, value=text, unit=unit) for text in texts)]


def _between(low: Fraction, high: Fraction) -> str:
    """Return decimal text of a number strictly between two, with as few digits as it takes."""
    step = Fraction(1)
    while True:
        number = (low // step + 1) * step
        text = from_fraction(number)
        if number < high and text is not None:
            return text
        step /= 10
