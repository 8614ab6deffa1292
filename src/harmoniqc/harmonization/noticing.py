"""What a person should know about a harmonized specification: conflicts, and where it is not exact."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from harmoniqc.errors import Finding, UnitError
from harmoniqc.evaluation.meaning.plan import is_reciprocal
from harmoniqc.harmonization.addresses import Address, Equivalence, may_meet, widened
from harmoniqc.harmonization.asked import Asked
from harmoniqc.harmonization.batchwise import is_ambiguous, surely_compares
from harmoniqc.harmonization.building import Bound, Built
from harmoniqc.harmonization.cells import TooManyCellsError, cells_of
from harmoniqc.harmonization.demands import unknown_in
from harmoniqc.harmonization.facets import printed
from harmoniqc.harmonization.merging import Part, is_narrowed
from harmoniqc.harmonization.weighing import Clash
from harmoniqc.standard import Limit
from harmoniqc.units import parse_unit

CONFLICTS = frozenset({"conflicting-limits", "conflicting-outcomes", "conflicting-units"})
"""Codes of findings that a test can never get over."""

INEXACT = frozenset(
    {"harmonized-stricter", "results-narrowed", "tests-overlap", "comparison-not-assured", "sufficient-only"}
)
"""Codes of findings that say where a harmonized specification is not met exactly when all its sources are."""

_SAID = {
    "conflicting-limits": "no number satisfies all of",
    "conflicting-outcomes": "no outcome satisfies all of",
    "conflicting-units": "no result can be compared with all of",
    "different-kinds": "a number and words are asked for by",
    "depends-on-facts": "only facts of the batch lead from one unit to the other:",
}


def findings_of(
    built: Sequence[Built],
    sources: Sequence[Sequence[Asked]],
    labels: Sequence[str],
    equivalences: Sequence[Equivalence],
) -> Iterator[Finding]:
    """Yield the findings, test by test, then those of the whole.

    Args:
        built: The harmonized tests, in order.
        sources: The tests of each source.
        labels: What each source is called.
        equivalences: Methods declared equivalent.
    """
    for place, item in enumerate(built):
        pointer = f"/tests/{place}"
        for clash in item.weighed.clashes:
            yield _of_clash(clash, item, labels, pointer)
        yield from _of_test(item, labels, equivalences, pointer)
    yield from _overlaps(built, labels, equivalences)
    for number, asked in enumerate(sources):
        yield from _of_source(asked, labels[number])


def _of_clash(clash: Clash, built: Built, labels: Sequence[str], pointer: str) -> Finding:
    bounds = [built.deciding[place] for place in clash.between]
    said = ", ".join(f"{_names(bound, labels)} ({printed(bound.criterion)})" for bound in bounds)
    where = f" if {clash.cell.label}" if clash.cell.label else ""
    part = clash.selector.component or clash.selector.cqa or clash.selector.method
    name = built.test.id if part is None else f"{built.test.id}, {part}"
    message = f"{name}: {_SAID[clash.kind]} {said}{where}"
    return Finding(clash.kind, message, pointer=f"{pointer}/criterion", found=said)


def _names(bound: Bound, labels: Sequence[str]) -> str:
    return " and ".join(dict.fromkeys(labels[part.source] for part in bound.parts))


def _of_test(
    built: Built, labels: Sequence[str], equivalences: Sequence[Equivalence], pointer: str
) -> Iterator[Finding]:
    test, slot = built.test, built.slot
    for why in _stricter(built, labels):
        yield Finding("harmonized-stricter", f"{test.id}: {why}", pointer=pointer)
    for source in dict.fromkeys(part.source for part in slot.parts if part.borrowed):
        message = f"{test.id}: {labels[source]} reads the culture at other points; its readings answer this test, too"
        yield Finding("results-narrowed", message, pointer=f"{pointer}/read_point")
    for part in slot.own:
        label, asked = labels[part.source], part.asked
        if is_narrowed(part, slot):
            message = f"{test.id}: {label} also counts results that do not answer this test"
            yield Finding(
                "results-narrowed",
                message,
                pointer=pointer,
                expected=_address_in_words(slot.address),
                found=_address_in_words(asked.address),
            )
        if asked.test.id != test.id:
            message = f"{label}: test {asked.test.id} is {test.id} here"
            yield Finding("test-renamed", message, pointer=f"{pointer}/id", expected=test.id, found=asked.test.id)
    methods = {part.asked.address.methods for part in slot.own} - {frozenset()}
    if any(not one & other for one, other in itertools.combinations(methods, 2)):
        references = [item.reference for item in equivalences if item.wordings & slot.address.methods]
        said = ", ".join(dict.fromkeys(filter(None, references)))
        yield Finding(
            "methods-joined",
            f"{test.id}: {len(methods)} methods were declared equivalent{f' ({said})' if said else ''}",
            pointer=f"{pointer}/method",
        )
    points = {frozenset(part.asked.test.decision_points) for part in slot.deciding if not part.borrowed}
    if len(points) > 1:
        message = f"{test.id}: decides at {', '.join(test.decision_points)}"
        yield Finding("decided-at-more-points", message, pointer=f"{pointer}/decision_points")


def _stricter(built: Built, labels: Sequence[str]) -> Iterator[str]:
    """Yield in which cases a harmonized test asks for more than its sources do."""
    slot, test, deciding = built.slot, built.test, built.deciding
    for bound in deciding:
        if all(part.borrowed for part in bound.parts):
            names = _names(bound, labels)
            yield f"what {names} asks of another reading of the culture is asked of this one as well"
    parts = [part for part in slot.deciding if not part.borrowed]
    if test.required and _may_be_optional(parts):
        yield "it is required, also where only sources apply that do not require it"
    if len({part.asked.address.reads for part in parts}) > 1 and not all(part.asked.test.required for part in parts):
        yield "the sources read different parts, and each part is asked for wherever one is"
    points = {frozenset(part.asked.test.decision_points) for part in parts}
    if slot.address.final is not None and len(points) > 1 and len(deciding) > 1:
        yield "readings after a decision count for every source"
    if _are_reciprocal(deciding):
        yield "results below a limit are compared with a ratio and with its inverse at once"


def _may_be_optional(parts: Sequence[Part]) -> bool:
    """Tell whether in some case only sources apply that do not require the test."""
    required = [part for part in parts if part.asked.test.required]
    conditions = {part.asked.test.applies_when for part in required}
    if None in conditions:
        return False
    return any(part.asked.test.applies_when not in conditions for part in parts)


def _are_reciprocal(bounds: Sequence[Bound]) -> bool:
    units = []
    for bound in bounds:
        for criterion in bound.parts[0].asked.criteria:
            if isinstance(criterion, Limit) and criterion.unit is not None:
                try:
                    units.append(parse_unit(criterion.unit))
                except UnitError:
                    continue
    return any(is_reciprocal(one, other) for one, other in itertools.combinations(dict.fromkeys(units), 2))


def _address_in_words(address: Address) -> str:
    said = [
        address.stage,
        address.material,
        address.sampling_point,
        " / ".join(sorted(address.methods)) or None,
        None if address.final is None else ("final reading" if address.final else "interim reading"),
        None if address.day is None else f"from day {address.day}",
    ]
    return ", ".join(item for item in said if item is not None) or "any result of the attribute"


def _overlaps(built: Sequence[Built], labels: Sequence[str], equivalences: Sequence[Equivalence]) -> Iterator[Finding]:
    """Yield tests that one result could answer both, and tests that different methods keep apart."""
    by_cqa: dict[str, list[tuple[int, Built]]] = {}
    for place, item in enumerate(built):
        for cqa in {read[0] for read in item.slot.address.reads}:
            by_cqa.setdefault(cqa, []).append((place, item))
    told: set[tuple[int, int]] = set()
    for found in by_cqa.values():
        for (one, left), (other, right) in itertools.combinations(found, 2):
            if (one, other) in told:
                continue
            told.add((one, other))
            if _already_ambiguous(left, right, equivalences):
                continue
            names = f"{left.test.id} and {right.test.id}"
            if is_ambiguous(left.slot.address, right.slot.address, equivalences):
                message = f"one result could answer {names}"
                yield Finding("tests-overlap", message, pointer=f"/tests/{other}")
            elif _apart_by_method(left, right, equivalences):
                message = f"{names}: by different methods, of {_sources(left, labels)} and {_sources(right, labels)}"
                yield Finding("methods-apart", message, pointer=f"/tests/{other}/method")


def _already_ambiguous(left: Built, right: Built, equivalences: Sequence[Equivalence]) -> bool:
    """Tell whether in every source that has one of two tests a result could answer both of its own."""
    ambiguous = {
        one.source
        for one in left.slot.own
        for other in right.slot.own
        if one.source == other.source and is_ambiguous(one.asked.address, other.asked.address, equivalences)
    }
    return all(part.source in ambiguous for part in (*left.slot.own, *right.slot.own))


def _apart_by_method(left: Built, right: Built, equivalences: Sequence[Equivalence]) -> bool:
    one, other = left.slot.address, right.slot.address
    if not one.methods or not other.methods or widened(one.methods, one.cqa, equivalences) & other.methods:
        return False
    if {part.source for part in left.slot.own} & {part.source for part in right.slot.own}:
        return False
    return may_meet(one, other, [Equivalence((*one.methods, *other.methods))])


def _sources(built: Built, labels: Sequence[str]) -> str:
    return " and ".join(dict.fromkeys(labels[part.source] for part in built.slot.own))


def _of_source(asked: Sequence[Asked], label: str) -> Iterator[Finding]:
    deciding = [item for item in asked if item.decides]
    points = dict.fromkeys(point for item in deciding for point in item.test.decision_points)
    for point in points:
        if not any(point in item.test.decision_points and surely_compares(item) for item in deciding):
            message = f"{label}: nothing has to be compared for every batch at {point}"
            yield Finding("comparison-not-assured", message)
    for item in deciding:
        reason = _never_met(item) if item.test.required else None
        if reason is not None:
            message = f"{label}: test {item.test.id} can never be met ({reason})"
            yield Finding("source-never-met", message, found=printed(item.test.criterion))


def _never_met(asked: Asked) -> str | None:
    """Return why a test is not met whatever the facts; None where it can be, or does not apply."""
    try:
        nodes = [asked.node(cell) for cell in cells_of((asked,))]
    except TooManyCellsError:
        return None
    reasons = [None if node is None else unknown_in(node) for node in nodes]
    return reasons[0].reason if reasons[0] is not None and all(item is not None for item in reasons) else None
