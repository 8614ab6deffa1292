"""Tests of several specifications that become one harmonized test, because the same results answer them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from harmoniqc.evaluation.meaning.selecting import cultures_in
from harmoniqc.harmonization.addresses import (
    Address,
    Equivalence,
    fits,
    may_meet,
    method_at,
    narrowed,
    read_point_at,
)
from harmoniqc.harmonization.asked import Asked
from harmoniqc.standard import ReportOnly, Test


@dataclass(frozen=True, eq=False)
class Part:
    """A test of a source in a harmonized test.

    Attributes:
        source: Place of the source.
        asked: The test.
        borrowed: Whether it is the reading of another day of the same culture, which the source asks for alone.
    """

    source: int
    asked: Asked
    borrowed: bool = False


@dataclass(eq=False)
class Slot:
    """A harmonized test in the making.

    Attributes:
        address: The results that answer it.
        parts: The tests it is made of, in the order of their sources.
    """

    address: Address
    parts: list[Part] = field(default_factory=list)

    @property
    def deciding(self) -> list[Part]:
        """The tests among them that decide the verdict of a batch; where none does, all of them."""
        return [part for part in self.parts if part.asked.decides] or self.parts

    @property
    def own(self) -> list[Part]:
        """The tests among them that are no readings of another day."""
        return [part for part in self.parts if not part.borrowed]

    def has(self, source: int) -> bool:
        """Tell whether a source has a test here."""
        return any(part.source == source for part in self.parts)


def slots_of(sources: Sequence[Sequence[Asked]], equivalences: Sequence[Equivalence]) -> list[Slot]:
    """Sort the tests of several specifications into harmonized tests.

    The most specific come first, so that a test which reads any stage or method joins each of those that name one.

    Args:
        sources: The tests of each specification.
        equivalences: Methods declared equivalent.
    """
    order = {id(item): place for place, item in enumerate(itertools.chain.from_iterable(sources))}
    parts = [Part(number, item) for number, items in enumerate(sources) for item in items]
    by_cqa: dict[str, list[Slot]] = {}
    for part in sorted(parts, key=lambda part: -part.asked.address.declared):
        slots = by_cqa.setdefault(part.asked.test.cqa, [])
        chosen = _places_for(part, slots, equivalences)
        for slot in chosen:
            slot.address = narrowed(slot.address, part.asked.address, equivalences)
            slot.parts.append(part)
        if not chosen:
            slots.append(Slot(part.asked.address, [part]))
    out = [slot for slots in by_cqa.values() for slot in slots]
    for slot in out:
        slot.parts.sort(key=lambda part: order[id(part.asked)])
    out.sort(key=lambda slot: order[id(slot.parts[0].asked)])
    _share_cultures(out)
    return out


def _places_for(part: Part, slots: Sequence[Slot], equivalences: Sequence[Equivalence]) -> list[Slot]:
    """Return the harmonized tests that a test joins; none: it becomes one itself."""
    address = part.asked.address
    open_ = [slot for slot in slots if not slot.has(part.source) and fits(address, slot.address, equivalences)]
    if len(open_) < 2:
        return open_
    same = [slot for slot in open_ if any(item.asked.address == address for item in slot.parts)] or open_
    named = [slot for slot in same if any(item.asked.test.id == part.asked.test.id for item in slot.parts)]
    if len(named) == 1:
        return named
    if len(same) == 1:
        return same
    if len({slot.address.day for slot in same}) == len(same):  # readings of one culture: the next day that is asked
        days = sorted(same, key=lambda slot: ((slot.address.day or 0) < (address.day or 0), slot.address.day or 0))
        return days[:1]
    apart = all(
        not may_meet(one.address, other.address, equivalences) for one, other in itertools.combinations(same, 2)
    )
    return same if apart else []


def _share_cultures(slots: Sequence[Slot]) -> None:
    """Let every reading of a culture be judged by each source that asks for any reading of it.

    A reading finds one test of its culture, so what a source asks of its own reading has to stand there as well.
    """
    read = [slot for slot in slots if slot.address.final is not None]
    for group in cultures_in([skeleton(slot, str(place)) for place, slot in enumerate(read)]):
        culture = [read[place] for place in group]
        for source in dict.fromkeys(part.source for slot in culture for part in slot.parts):
            having = [slot for slot in culture if any(part.source == source for part in slot.own)]
            best = max(having, key=lambda slot: (bool(slot.address.final), slot.address.day or 0))
            lent = next(part.asked for part in best.own if part.source == source)
            for slot in culture:
                if slot not in having:
                    slot.parts.append(Part(source, lent, borrowed=True))


def skeleton(slot: Slot, id: str) -> Test:
    """Return a test that reads what a harmonized test reads, and asks for a report."""
    address = slot.address
    return Test(
        id=id,
        cqa=address.cqa,
        criterion=ReportOnly(),
        component=address.component,
        stage=address.stage,
        material=address.material,
        sampling_point=address.sampling_point,
        method=method_at(address, [part.asked.test for part in slot.own]),
        read_point=read_point_at(address),
    )


def is_narrowed(part: Part, slot: Slot) -> bool:
    """Tell whether results that answer a source's test do not answer the harmonized one."""
    ours, theirs = part.asked.address, slot.address
    if not ours.methods <= theirs.methods or bool(ours.methods) != bool(theirs.methods):
        return True
    names = ("stage", "material", "sampling_point", "final", "day")
    return any(getattr(ours, name) != getattr(theirs, name) for name in names)
