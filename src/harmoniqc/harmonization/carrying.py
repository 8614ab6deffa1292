"""A criterion taken out of its specification: it keeps its rounding, and says where it comes from."""

from __future__ import annotations

from harmoniqc.evaluation.meaning.tree import release_test
from harmoniqc.harmonization.asked import EVERYWHERE, Asked
from harmoniqc.standard import (
    AllOf,
    AnyCriterion,
    AnyOf,
    AsForRelease,
    Branch,
    Conditional,
    Limit,
    RoundingPolicy,
    Source,
    Specification,
    Target,
    Unstructured,
)


def carried(asked: Asked, rounding: RoundingPolicy) -> AnyCriterion:
    """Return the criterion of a test as it stands in another specification.

    Args:
        asked: The test.
        rounding: The rounding policy of the specification it is put into; where its own differs, it says so.
    """
    return _standing_alone(asked.test.criterion, asked, rounding, frozenset())


def provenance_source(specification: Specification, test: str) -> Source:
    """Return the source that names a specification and a test of it."""
    return Source(
        document=specification.title or specification.id,
        section=f"test {test}",
        edition=specification.version,
        evidence="primary",
    )


def _standing_alone(
    criterion: AnyCriterion, asked: Asked, rounding: RoundingPolicy, followed: frozenset[int]
) -> AnyCriterion:
    if isinstance(criterion, (Limit, Target)):
        own = asked.specification.rounding
        return criterion if criterion.rounding or own == rounding else criterion.model_copy(update={"rounding": own})
    if isinstance(criterion, (AllOf, AnyOf)):
        members = tuple(
            member.model_copy(update={"criterion": _standing_alone(member.criterion, asked, rounding, followed)})
            for member in criterion.members
        )
        return criterion if members == criterion.members else criterion.model_copy(update={"members": members})
    if isinstance(criterion, Conditional):
        branches = tuple(
            Branch(when=branch.when, criterion=_standing_alone(branch.criterion, asked, rounding, followed))
            for branch in criterion.branches
        )
        otherwise = criterion.otherwise
        if otherwise is not None:
            otherwise = _standing_alone(otherwise, asked, rounding, followed)
        if branches == criterion.branches and otherwise == criterion.otherwise:
            return criterion
        return criterion.model_copy(update={"branches": branches, "otherwise": otherwise})
    if isinstance(criterion, AsForRelease):
        return _of_release(criterion, asked, rounding, followed)
    return criterion


def _of_release(
    criterion: AsForRelease, asked: Asked, rounding: RoundingPolicy, followed: frozenset[int]
) -> AnyCriterion:
    """Return the release criterion itself: in another specification the reference would mean something else."""
    found = release_test(criterion, asked.context(EVERYWHERE))
    if found is None or id(found[0]) in followed:
        return Unstructured(text=f"{criterion.text or criterion} (the release test was not found)", role=criterion.role)
    release = Asked(*found, others=asked.others)
    out = _standing_alone(found[0].criterion, release, rounding, followed | {id(found[0])})
    return out.model_copy(update={"role": criterion.role, "text": criterion.text or out.text})
