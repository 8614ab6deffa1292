"""Which results a test reads: by component, attribute, method and stage; and which tests read one culture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harmoniqc.evaluation.meaning.tree import Selector
from harmoniqc.standard import AllOf, AnyOf, Conditional, Criterion, Test
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


def selectors_in(criterion: Criterion, selector: Selector | None = None) -> Iterator[Selector]:
    """Yield which results a criterion may read, whatever the facts."""
    own = selector or Selector()
    if isinstance(criterion, (AllOf, AnyOf)):
        for member in criterion.members:
            inner = Selector(member.component, member.cqa, member.method, member.stage)
            yield from selectors_in(member.criterion, own.narrowed(inner))
    elif isinstance(criterion, Conditional):
        for branch in criterion.branches:
            yield from selectors_in(branch.criterion, own)
        if criterion.otherwise is not None:
            yield from selectors_in(criterion.otherwise, own)
    else:
        yield own


def has_method(test_methods: set[str], given: str | None) -> bool:
    """Tell whether the method of a row is one of those named, by name, id or reference."""
    return given is not None and normalize_wording(given) in {normalize_wording(name) for name in test_methods}
