"""Which results a test reads: by component, attribute, method and stage; and which tests read one culture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from harmoniqc.evaluation.meaning.facts import Facts
from harmoniqc.evaluation.meaning.tree import Context, Selector, release_test
from harmoniqc.standard import AllOf, AnyOf, AsForRelease, Conditional, Criterion, Specification, Test
from harmoniqc.vocabulary import normalize_wording

Words = Mapping[str, str | None]
"""What a row says of itself, by column."""


def same_culture(left: Test, right: Test) -> bool:
    """Tell whether two tests with read points are readings of one culture."""
    return (left.cqa, left.component, left.material, left.method) == (
        right.cqa,
        right.component,
        right.material,
        right.method,
    )


def selectors_in(
    criterion: Criterion, follow: Callable[[AsForRelease], Criterion | None], selector: Selector | None = None
) -> Iterator[Selector]:
    """Yield which results a criterion may read, whatever the facts.

    Args:
        criterion: The criterion.
        follow: Gives the criterion that a reference stands for, where there is one.
        selector: What the criterion around it selects.
    """
    own = selector or Selector()
    if isinstance(criterion, (AllOf, AnyOf)):
        for member in criterion.members:
            inner = Selector(member.component, member.cqa, member.method, member.stage)
            yield from selectors_in(member.criterion, follow, own.narrowed(inner))
    elif isinstance(criterion, Conditional):
        for branch in criterion.branches:
            yield from selectors_in(branch.criterion, follow, own)
        if criterion.otherwise is not None:
            yield from selectors_in(criterion.otherwise, follow, own)
    elif isinstance(criterion, AsForRelease) and (release := follow(criterion)) is not None:
        yield from selectors_in(release, lambda _: None, own)
    else:
        yield own


def selectors_of(test: Test, specification: Specification, others: tuple[Specification, ...]) -> tuple[Selector, ...]:
    """Return which results a test may read, each selector once."""

    def follow(criterion: AsForRelease) -> Criterion | None:
        found = release_test(criterion, Context(Facts(), test=test, specification=specification, others=others))
        return None if found is None else found[0].criterion

    return tuple(dict.fromkeys(selectors_in(test.criterion, follow)))


def has_method(test_methods: set[str], given: str | None) -> bool:
    """Tell whether the method of a row is one of those named, by name, id or reference."""
    return given is not None and normalize_wording(given) in {normalize_wording(name) for name in test_methods}
