"""Where the criteria of a document stand: each with its JSON Pointer, and what its test says about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from harmoniqc.schema.contents import Contents, Placed
from harmoniqc.standard import AllOf, AnyOf, Conditional, Criterion, RoundingPolicy, Specification, Test
from harmoniqc.standard.condition import AnyCondition


@dataclass(frozen=True, slots=True)
class Place:
    """A criterion and where it stands.

    Attributes:
        pointer: JSON Pointer of it.
        criterion: The criterion.
        specification: Its specification.
        test: Its test.
        cqa: The attribute it is asked of.
        of_replicate: Whether it is asked of each replicate.
    """

    pointer: str
    criterion: Criterion
    specification: Specification
    test: Test
    cqa: str
    of_replicate: bool = False

    @property
    def policy(self) -> RoundingPolicy:
        """The rounding policy of criteria that state none of their own."""
        return self.specification.rounding


def tests_of(placed: Placed[Specification]) -> Iterator[tuple[str, Test]]:
    """Yield the tests of a specification, each with its pointer."""
    for number, test in enumerate(placed.document.tests):
        yield f"{placed.pointer}/tests/{number}", test


def whole_criteria(contents: Contents) -> Iterator[Place]:
    """Yield the criteria of all tests, of reportable values and of replicates, without what is inside them."""
    for placed in contents.specifications:
        for pointer, test in tests_of(placed):
            yield Place(f"{pointer}/criterion", test.criterion, placed.document, test, test.cqa)
            of_replicate = None if test.reportable is None else test.reportable.replicate_criterion
            if of_replicate is not None:
                where = f"{pointer}/reportable/replicate_criterion"
                yield Place(where, of_replicate, placed.document, test, test.cqa, of_replicate=True)


def inner_criteria(place: Place) -> Iterator[Place]:
    """Yield the criteria directly inside one."""
    criterion = place.criterion
    if isinstance(criterion, (AllOf, AnyOf)):
        for number, member in enumerate(criterion.members):
            where = f"{place.pointer}/members/{number}/criterion"
            yield replace(place, pointer=where, criterion=member.criterion, cqa=member.cqa or place.cqa)
    elif isinstance(criterion, Conditional):
        for number, branch in enumerate(criterion.branches):
            yield replace(place, pointer=f"{place.pointer}/branches/{number}/criterion", criterion=branch.criterion)
        if criterion.otherwise is not None:
            yield replace(place, pointer=f"{place.pointer}/otherwise", criterion=criterion.otherwise)


def every_criterion(contents: Contents) -> Iterator[Place]:
    """Yield every criterion, the outer before the inner."""
    ahead = list(whole_criteria(contents))[::-1]
    while ahead:
        place = ahead.pop()
        yield place
        ahead += list(inner_criteria(place))[::-1]


def conditions_in(contents: Contents) -> Iterator[tuple[str, AnyCondition]]:
    """Yield every condition of a document with its pointer."""
    for placed in contents.specifications:
        for pointer, test in tests_of(placed):
            if test.applies_when is not None:
                yield f"{pointer}/applies_when", test.applies_when
    for place in every_criterion(contents):
        if isinstance(place.criterion, Conditional):
            for number, branch in enumerate(place.criterion.branches):
                yield f"{place.pointer}/branches/{number}/when", branch.when
    for item in contents.products:
        for number, rule in enumerate(item.document.dose_rules):
            if rule.when is not None:
                yield f"{item.pointer}/dose_rules/{number}/when", rule.when
