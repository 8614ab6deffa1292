"""Two specifications side by side: what changed test by test, and whether meeting the one is meeting the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from harmoniqc.crosswalk.listing import html_table, plain_table
from harmoniqc.harmonization.addresses import Equivalence
from harmoniqc.harmonization.answers import HOLDS, refuted
from harmoniqc.harmonization.asked import Asked
from harmoniqc.harmonization.batchwise import Step, meets
from harmoniqc.harmonization.cells import facts_asked
from harmoniqc.harmonization.facets import Facet, facets_of, printed, specification_facets
from harmoniqc.harmonization.implication import Comparer
from harmoniqc.harmonization.pairing import MatchedBy, Pair, pair_up
from harmoniqc.harmonization.relating import Related, Relation, Thresholds, relate
from harmoniqc.standard import Specification

if TYPE_CHECKING:
    import pyarrow as pa

ChangeRelation = Literal["unchanged", "tighter", "looser", "shifted", "added", "removed", "incomparable"]

HEADER = ("test", "relation", "before", "after", "also changed")


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one test.

    Attributes:
        relation: How what satisfies the second stands to what satisfies the first: ``unchanged``; ``tighter`` or
            ``looser``, where one lies inside the other; ``shifted``, where neither does; ``added`` or ``removed``;
            ``incomparable``, with ``why``.
        cqa: The attribute.
        before: The first criterion, as printed; None: the test was added.
        after: The second criterion; None: the test was removed.
        test_a: Id of the first test.
        test_b: Id of the second.
        matched_by: Whether they were matched by ``id``, by ``address`` (everything a result finds them by) or as the
            only ones of their ``attribute`` left.
        facets: What else differs.
        cells: The relation in each case that conditions distinguish, in words.
        a_implies_b: Whether whatever satisfies the first criterion satisfies the second; None: not decided.
        b_implies_a: The reverse.
        why: Why it is incomparable, or what the one lets through and the other does not.
        thresholds: The unrounded numbers both let through, exact, in one unit, where both are limits.
    """

    relation: ChangeRelation
    cqa: str
    before: str | None = None
    after: str | None = None
    test_a: str | None = None
    test_b: str | None = None
    matched_by: MatchedBy | None = None
    facets: tuple[Facet, ...] = ()
    cells: tuple[tuple[str, Relation], ...] = ()
    a_implies_b: bool | None = None
    b_implies_a: bool | None = None
    why: str = ""
    thresholds: Thresholds | None = None

    @property
    def changed(self) -> frozenset[str]:
        """Names of what else differs."""
        return frozenset(facet.name for facet in self.facets)

    @property
    def is_text_only(self) -> bool:
        """Whether nothing but wordings differ: of the criterion, of the name."""
        return self.relation == "unchanged" and bool(self.facets) and self.changed <= {"text", "name"}

    def __str__(self) -> str:
        shown = " → ".join(item for item in (self.before, self.after) if item is not None)
        beside = "" if not self.facets else f" [{', '.join(facet.name for facet in self.facets)}]"
        return f"{self.test_b or self.test_a}: {self.relation}: {shown}{beside}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two specifications.

    Attributes:
        a: The first.
        b: The second.
        changes: One for each test, in the order of the second, removed tests behind.
        differences: Properties of the specifications themselves that differ.
        implies_b: Whether every batch that meets the first meets the second; None: not decided.
        implied_by: Whether every batch that meets the second meets the first; None: not decided.
        why_not_b: Why ``implies_b`` is not True.
        why_not_a: Why ``implied_by`` is not True.
        assumed: Facts that batches are taken to state, because criteria depend on them.
    """

    a: Specification
    b: Specification
    changes: tuple[Change, ...]
    differences: tuple[Facet, ...]
    implies_b: bool | None
    implied_by: bool | None
    why_not_b: tuple[str, ...] = ()
    why_not_a: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return how many tests stand in each relation, most first."""
        return dict(Counter(change.relation for change in self.changes).most_common())

    def of(self, relation: ChangeRelation) -> tuple[Change, ...]:
        """Return the changes of one relation."""
        return tuple(change for change in self.changes if change.relation == relation)

    def rows(self) -> list[tuple[str, ...]]:
        """Return the changes as cells of a table under :data:`HEADER`."""
        return [
            (
                change.test_b or change.test_a or "",
                change.relation,
                change.before or "",
                change.after or "",
                "; ".join([*map(str, _worth_telling(change)), *([change.why] if change.why else [])]),
            )
            for change in self.changes
        ]

    def caption(self) -> str:
        """Return one line that says what was compared."""
        said = ", ".join(f"{count} {name}" for name, count in self.counts().items())
        return f"{_named(self.a)} → {_named(self.b)}: {said}"

    def summary(self) -> str:
        """Return what changed as text: a table, and whether meeting the one is meeting the other."""
        lines = [self.caption(), *plain_table(HEADER, self.rows()), ""]
        lines += [str(item) for item in self.differences if item.name in ("rounding", "material", "purpose")]
        lines += _verdict("meets a meets b", self.implies_b, self.why_not_b)
        lines += _verdict("meets b meets a", self.implied_by, self.why_not_a)
        if self.assumed:
            lines.append(f"taken to be stated for every batch: {', '.join(self.assumed)}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_html(self) -> str:
        """Return the changes as an HTML table, every text escaped."""
        return html_table(self.caption(), HEADER, self.rows())

    def to_arrow(self) -> pa.Table:
        """Return one row for each test, with everything that is known of the change."""
        import pyarrow as pa

        text, truth = pa.string(), pa.bool_()
        facet = pa.list_(pa.struct([("name", text), ("before", text), ("after", text)]))
        cell = pa.list_(pa.struct([("case", text), ("relation", text)]))
        schema = pa.schema(
            [
                *((name, text) for name in ("test_a", "test_b", "cqa", "relation", "matched_by", "before", "after")),
                ("a_implies_b", truth),
                ("b_implies_a", truth),
                ("why", text),
                ("thresholds", text),
                ("facets", facet),
                ("cells", cell),
            ]
        )
        rows = [
            {
                **{
                    name: getattr(change, name)
                    for name in schema.names
                    if name not in ("facets", "cells", "thresholds")
                },
                "thresholds": None if change.thresholds is None else str(change.thresholds),
                "facets": [{"name": f.name, "before": f.before, "after": f.after} for f in change.facets],
                "cells": [{"case": case, "relation": relation} for case, relation in change.cells],
            }
            for change in self.changes
        ]
        return pa.Table.from_pylist(rows, schema=schema)


def compare(
    spec_a: Specification, spec_b: Specification, *, equivalences: Iterable[Equivalence | Iterable[str]] = ()
) -> Comparison:
    """Compare two specifications, test by test and as a whole.

    What satisfies a test is compared as a set, on exact thresholds, in a common unit, with each side's own rounding.
    Conditions are taken apart into the cases they distinguish. Results are taken to name the tests they answer in
    both specifications, or to be found by what they say of themselves.

    Args:
        spec_a: The first, such as the version in force.
        spec_b: The second, such as the version proposed, or another authority's.
        equivalences: Methods declared equivalent, each an :class:`~harmoniqc.harmonization.Equivalence` or a list of
            their names, ids or references.

    Raises:
        TypeError: If something given is no specification.
    """
    for item in (spec_a, spec_b):
        if not isinstance(item, Specification):
            raise TypeError(f"compare needs Specification documents, not {type(item).__name__}")
    declared = tuple(Equivalence.of(item) for item in equivalences)
    ours = [Asked(test, spec_a) for test in spec_a.tests]
    theirs = [Asked(test, spec_b) for test in spec_b.tests]
    pairs = pair_up(ours, theirs, declared)
    comparer = Comparer()
    related = [_related(pair, comparer) for pair in pairs]
    forward = [
        Step(pair.left, pair.right, found.forward, pair.matched_by) for pair, found in zip(pairs, related, strict=True)
    ]
    back = [
        Step(pair.right, pair.left, found.back, pair.matched_by) for pair, found in zip(pairs, related, strict=True)
    ]
    implies_b, why_not_b = meets(forward, spec_a, spec_b, declared, ("a", "b"), comparer)
    implied_by, why_not_a = meets(back, spec_b, spec_a, declared, ("b", "a"), comparer)
    return Comparison(
        spec_a,
        spec_b,
        tuple(_change(pair, found) for pair, found in zip(pairs, related, strict=True)),
        specification_facets(spec_a, spec_b),
        implies_b,
        implied_by,
        why_not_b,
        why_not_a,
        facts_asked((*ours, *theirs)),
    )


def _related(pair: Pair, comparer: Comparer) -> Related:
    if pair.left is None or pair.right is None:
        one, other = (HOLDS, HOLDS)
        if pair.left is None:
            one = refuted("it decides in {other} alone")
        else:
            other = refuted("it decides in {other} alone")
        return Related("tighter" if pair.left is None else "looser", one, other)
    return relate(pair.left, pair.right, comparer)


def _change(pair: Pair, found: Related) -> Change:
    left, right = pair.left, pair.right
    relation: ChangeRelation = "added" if left is None else "removed" if right is None else found.relation
    known = right or left
    assert known is not None  # noqa: S101 - a pair has at least one side
    alone = left is None or right is None
    return Change(
        relation,
        known.test.cqa,
        None if left is None else printed(left.test.criterion),
        None if right is None else printed(right.test.criterion),
        None if left is None else left.test.id,
        None if right is None else right.test.id,
        pair.matched_by,
        () if left is None or right is None else facets_of(left, right),
        found.cells,
        None if alone else found.forward.truth,
        None if alone else found.back.truth,
        _why(found) if relation in ("incomparable", "shifted") else "",
        found.thresholds,
    )


def _why(found: Related) -> str:
    """Return why neither criterion lies inside the other."""
    if found.forward.truth is None:
        return found.forward.told("a", "b")
    if found.back.truth is None:
        return found.back.told("b", "a")
    return "each lets through what the other does not"


def _worth_telling(change: Change) -> Sequence[Facet]:
    """Return the facets that the criteria themselves do not show."""
    return [facet for facet in change.facets if facet.name not in ("text", "unit")]


def _named(specification: Specification) -> str:
    said = f"{specification.id} {specification.version}"
    return said if specification.jurisdiction is None else f"{said} ({specification.jurisdiction})"


def _verdict(claim: str, truth: bool | None, reasons: Sequence[str]) -> list[str]:
    word = {True: "yes", False: "no", None: "not decided"}[truth]
    return [f"every batch that {claim}: {word}", *(f"  {reason}" for reason in reasons)]
