"""Which results a test reads: by component, attribute, method and stage; and which tests read one culture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from harmoniqc.evaluation.meaning.facts import Facts
from harmoniqc.evaluation.meaning.tree import Context, Selector, release_test
from harmoniqc.standard import AllOf, AnyOf, AsForRelease, Conditional, Criterion, Specification, Test
from harmoniqc.vocabulary import normalize_wording

Words = Mapping[str, str | None]
"""What a row says of itself, by column."""


def cultures_in(tests: Sequence[Test]) -> list[list[int]]:
    """Return the tests with read points, by culture, as places.

    Readings of one culture agree in attribute, component, material, method, stage and sampling point. An interim and
    a final reading may differ in the last two, which are often named after the reading and not after the culture;
    but only where there is nothing else either of them could belong to.
    """
    groups: dict[tuple[object, ...], dict[tuple[object, ...], list[int]]] = {}
    for place, test in enumerate(tests):
        if test.read_point is not None:
            alike = groups.setdefault((test.cqa, test.component, test.material, test.method), {})
            alike.setdefault((test.stage, test.sampling_point), []).append(place)
    out: list[list[int]] = []
    for alike in groups.values():
        found = list(alike.values())
        interim = [group for group in found if not any(_is_final(tests[place]) for place in group)]
        final = [group for group in found if all(_is_final(tests[place]) for place in group)]
        if len(found) == 2 and len(interim) == len(final) == 1:
            found = [sorted([*interim[0], *final[0]])]
        out += found
    return sorted(out)


def _is_final(test: Test) -> bool:
    return test.read_point is not None and test.read_point.final


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
