"""What of each batch a specification depends on: batches that agree in it are judged alike."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harmoniqc.evaluation.meaning.facts import Facts, holds, lacking_in
from harmoniqc.evaluation.meaning.tree import Context, release_test
from harmoniqc.standard import (
    AllOf,
    AnyOf,
    AsForRelease,
    Batch,
    Conditional,
    Criterion,
    Identity,
    Specification,
    Target,
)
from harmoniqc.standard.condition import AnyCondition
from harmoniqc.vocabulary import normalize_wording


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of some batches.

    Attributes:
        facts: The facts of one of them; the others answer every question of the specification alike.
        declared: The method declared beforehand for each test that has one.
        summed: Tests in which they are parts of a sum.
    """

    facts: Facts = field(default_factory=Facts)
    declared: tuple[tuple[str, str], ...] = ()
    summed: frozenset[str] = frozenset()

    def method_of(self, test: str) -> str | None:
        """Return the method declared for a test."""
        return dict(self.declared).get(test)


@dataclass(frozen=True, slots=True)
class Questions:
    """What a specification has to know of a batch before it can be applied."""

    conditions: tuple[AnyCondition, ...] = ()
    names: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()

    @property
    def none(self) -> bool:
        """Whether it applies to every batch in the same way."""
        return not (self.conditions or self.names or self.methods)

    def answers(self, facts: Facts, declared: Mapping[str, str]) -> tuple[object, ...]:
        """Return the answers of a batch; equal answers mean the same criteria."""
        out: list[object] = []
        for condition in self.conditions:
            answer = holds(condition, facts)
            out.append(answer)
            if answer is None:  # which fact is missing is part of what is said about it
                out.append(lacking_in(condition, facts))
        for name in self.names:
            fact = facts.find(name)
            out.append(facts.lack(name) if fact is None else (fact.value, fact.unit))
        out += [declared.get(test) for test in self.methods]
        return tuple(out)


def questions_of(specification: Specification, others: tuple[Specification, ...] = ()) -> Questions:
    """Collect everything a specification asks of a batch."""
    conditions: list[AnyCondition] = []
    names: list[str] = []
    methods: list[str] = []
    for test in specification.tests:
        if test.applies_when is not None:
            conditions.append(test.applies_when)
        context = Context(Facts(), test=test, specification=specification, others=others)
        of_replicate = None if test.reportable is None else test.reportable.replicate_criterion
        criteria = [criteria_in(item, context, 0) for item in (test.criterion, of_replicate) if item is not None]
        for criterion in itertools.chain.from_iterable(criteria):
            if isinstance(criterion, Conditional):
                conditions += [branch.when for branch in criterion.branches]
            elif isinstance(criterion, Target) and criterion.nominal is not None:
                names.append(criterion.nominal)
            elif isinstance(criterion, Identity) and criterion.reference_fact is not None:
                names.append(criterion.reference_fact)
            elif isinstance(criterion, AnyOf) and criterion.mode == "declared-method":
                methods.append(test.id)
    return Questions(tuple(dict.fromkeys(conditions)), tuple(dict.fromkeys(names)), tuple(dict.fromkeys(methods)))


def criteria_in(criterion: Criterion, context: Context, depth: int = 0) -> Iterator[Criterion]:
    """Yield a criterion and every criterion it is made of, release criteria it refers to included.

    Args:
        criterion: The criterion.
        context: What it may refer to.
        depth: How deep it is nested already.
    """
    if depth > 16:
        return
    yield criterion
    if isinstance(criterion, (AllOf, AnyOf)):
        for member in criterion.members:
            yield from criteria_in(member.criterion, context, depth + 1)
    elif isinstance(criterion, Conditional):
        for branch in criterion.branches:
            yield from criteria_in(branch.criterion, context, depth + 1)
        if criterion.otherwise is not None:
            yield from criteria_in(criterion.otherwise, context, depth + 1)
    elif isinstance(criterion, AsForRelease):
        release = release_test(criterion, context)
        if release is not None:
            test, specification = release
            key = (specification.id, specification.version, test.id)
            if key not in context.followed:
                yield from criteria_in(test.criterion, replace(context, followed=context.followed | {key}), depth + 1)


def _declared(batch: Batch) -> dict[str, str]:
    """Return the method declared for each test; none where two different ones were."""
    out: dict[str, dict[str, str]] = {}
    for item in batch.declared_methods:
        out.setdefault(item.test, {}).setdefault(normalize_wording(item.method), item.method)
    return {test: next(iter(methods.values())) for test, methods in out.items() if len(methods) == 1}


def situations_of(
    questions: Questions, batches: Sequence[tuple[Batch | None, Facts, frozenset[str]]]
) -> tuple[tuple[Situation, ...], list[int]]:
    """Return the distinct situations of batches, and the place of each batch's own.

    Args:
        questions: What the specification asks.
        batches: Each batch with its facts, and the tests in which it is part of a sum; None where nothing but its
            name is known.
    """
    place: dict[tuple[object, ...], int] = {}
    out: list[Situation] = []
    places = []
    for batch, facts, summed in batches:
        declared = {} if batch is None else _declared(batch)
        key = (*questions.answers(facts, declared), summed)
        if key not in place:
            place[key] = len(out)
            out.append(Situation(facts, tuple(declared.items()), summed))
        places.append(place[key])
    return tuple(out), places
