"""Whether the tests of a specification answer a requirement: at the stage asked for, and within the limit stated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harmoniqc.crosswalk.criteria import stated_criterion
from harmoniqc.crosswalk.rows import Requirement
from harmoniqc.evaluation.meaning.book import decides
from harmoniqc.harmonization.answers import HOLDS, Answer, doubt, refuted
from harmoniqc.harmonization.asked import Asked
from harmoniqc.harmonization.expecting import kinds_of
from harmoniqc.harmonization.implication import Comparer
from harmoniqc.harmonization.relating import relate
from harmoniqc.harmonization.wordings import shows_absence
from harmoniqc.standard import (
    AllOf,
    AnyCriterion,
    AnyOf,
    Conditional,
    Criterion,
    Limit,
    NotStated,
    ReportOnly,
    Specification,
    Target,
    Test,
)

_STAGE = {
    "starting-material": "starting-material",
    "in-process": "in-process",
    "shelf-life": "stability",
    "storage": "stability",
    "transport": "stability",
    "in-use": "stability",
}
"""Stages of tests as stages of requirements; any other is a test of the lot."""

_OF_PURPOSE = {"in-process": "in-process", "shelf-life": "stability", "starting-material": "starting-material"}
_TAKEN_DURING_MANUFACTURE = frozenset({"intermediate", "supernatant"})
_INFORMATION = "reference"


def stage_of(test: Test, specification: Specification) -> str:
    """Return the stage of requirements that a test answers."""
    material = test.material or specification.material
    if test.stage is None and material in _TAKEN_DURING_MANUFACTURE:
        return "in-process"
    if material in ("vector", "cell-bank"):
        return material
    own = _OF_PURPOSE.get(specification.purpose, "release")
    return own if test.stage is None else _STAGE.get(test.stage, "release")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A test that is about an attribute.

    Attributes:
        asked: The test in its specification.
        reads: The attributes it reads, each with what that is a kind of.
        stage: The stage of requirements it answers.
        counts: Whether a batch cannot conform without it.
        why_not: Why it does not count.
    """

    asked: Asked
    reads: frozenset[str]
    stage: str
    counts: bool
    why_not: str = ""

    @property
    def test(self) -> Test:
        """The test."""
        return self.asked.test


def candidates_of(specification: Specification) -> list[Candidate]:
    """Return the tests of a specification, with what they are about."""
    out = []
    for test in specification.tests:
        read = {test.cqa, *_read_in(test.criterion)}
        why = ""
        if not decides(test, specification):
            why = f"{test.criterion.role.replace('-', ' ')} limit, which decides nothing"
        elif not test.required:
            why = "not required of a batch"
        elif test.stage == _INFORMATION:
            why = "for information only"
        elif test.read_point is not None and not test.read_point.final:
            why = "an interim reading"
        reads = frozenset(kind for cqa in read for kind in kinds_of(cqa))
        out.append(Candidate(Asked(test, specification), reads, stage_of(test, specification), not why, why))
    return out


def _read_in(criterion: Criterion) -> Iterator[str]:
    if isinstance(criterion, (AllOf, AnyOf)):
        for member in criterion.members:
            if member.cqa is not None and not member.informative:
                yield member.cqa
            yield from _read_in(member.criterion)
    elif isinstance(criterion, Conditional):
        for branch in criterion.branches:
            yield from _read_in(branch.criterion)
        if criterion.otherwise is not None:
            yield from _read_in(criterion.otherwise)


def answer(candidate: Candidate, row: Requirement, comparer: Comparer) -> Answer:
    """Tell whether whatever satisfies a test satisfies what a requirement states."""
    criterion = candidate.test.criterion
    if candidate.test.applies_when is not None:
        return refuted(f"the test applies only where {candidate.test.applies_when}")
    if row.operator == "between" and not (row.low or row.high):
        return _has_two_ends(criterion)
    stated = stated_criterion(row)
    if stated is None:
        return _has_a_limit(criterion) if _asks_for_a_limit(row) else HOLDS
    if row.operator == "absent" and shows_absence(criterion):
        return HOLDS
    wanted = Asked(_test_of(candidate, stated), candidate.asked.specification)
    return relate(candidate.asked, wanted, comparer).forward


def _test_of(candidate: Candidate, stated: Criterion) -> Test:
    """Return a test like another that asks what a requirement states."""
    test = candidate.test
    return test.model_copy(update={"criterion": stated})


def _asks_for_a_limit(row: Requirement) -> bool:
    return row.basis == "dossier-defined" and row.operator != "report"


def _has_a_limit(criterion: Criterion) -> Answer:
    if isinstance(criterion, ReportOnly):
        return refuted("the dossier is to set a limit, and the result is only reported")
    if isinstance(criterion, NotStated):
        return doubt("whether the dossier sets a limit is not stated")
    return HOLDS


def _has_two_ends(criterion: AnyCriterion) -> Answer:
    """Tell whether a criterion has a least and a largest value, which the dossier sets."""
    found = _has_a_limit(criterion)
    if found.truth is not True or isinstance(criterion, Target):
        return found
    if isinstance(criterion, Limit):
        if criterion.low is None or criterion.high is None:
            return refuted(f"the {'lower' if criterion.low is None else 'upper'} end is not limited")
        return HOLDS
    if isinstance(criterion, AllOf):
        limits = [member.criterion for member in criterion.members if not member.informative]
        ends = {end for item in limits if isinstance(item, Limit) for end in ("low", "high") if getattr(item, end)}
        if ends == {"low", "high"}:
            return HOLDS
    return doubt("whether both ends are limited does not follow from the criterion")


def best(answers: Sequence[Answer]) -> Answer:
    """Return the best of the answers of several tests: one that holds, else one that is refuted, else a doubt."""
    for truth in (True, False):
        for item in answers:
            if item.truth is truth:
                return item
    return answers[0]
