"""A specification compiled for the units that occur: what a row at each place is compared with, in each unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harmoniqc.errors import Finding, UnitError
from harmoniqc.evaluation.kernel import Floats
from harmoniqc.evaluation.meaning.bridges import Formula, formula_for
from harmoniqc.evaluation.meaning.layout import Layout, Place
from harmoniqc.evaluation.meaning.plan import Bounds, Plan, joined, plan_for
from harmoniqc.evaluation.meaning.projection import EMPTY
from harmoniqc.evaluation.meaning.tree import Group, Leaf, Mode, Node, Unknown
from harmoniqc.evaluation.meaning.unit_texts import ReadUnit, unit_reason
from harmoniqc.evaluation.verdicts import CODE
from harmoniqc.standard import Limit, Specification
from harmoniqc.units import parse_unit


@dataclass(frozen=True, slots=True)
class Compared:
    """A number compared with a plan."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing is compared.

    Attributes:
        reason: Why.
        numbers_only: Whether it is the unit that keeps numbers from being compared; else no result is.
        detail: What would help.
        findings: What was found about the unit.
    """

    reason: str
    numbers_only: bool = True
    detail: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class InWords:
    """An outcome compared with a category, an absence, an identity or a report."""

    leaf: Leaf


@dataclass(frozen=True, slots=True)
class Bridged:
    """A number carried over by facts of the batch, and compared in the unit of the limit."""

    limit: Limit
    formula: Formula
    plan: Plan
    unit: str


@dataclass(frozen=True, slots=True)
class Combined:
    """Several of these on one result."""

    mode: Mode
    members: tuple[Comparison, ...]


_SEEN_TOGETHER = ("replicate", "part-of-sum", "trend-point")
"""Reasons of rows that are judged with others, and may each be set aside or invalid on their own."""

Comparison = Compared | Refused | InWords | Bridged | Combined


def comparison(node: Node, unit: ReadUnit, cqa: str | None) -> Comparison:
    """Return what a result in a unit is compared with.

    Limits on the same number become one plan; whatever cannot be compared in this unit stays apart, as unknown.
    """
    if isinstance(node, Unknown):
        return Refused(node.reason, numbers_only=False, detail=node.detail)
    if isinstance(node, Leaf):
        return _number(node, node.criterion, unit, cqa) if isinstance(node.criterion, Limit) else InWords(node)
    return _together(node, unit, cqa)


def _number(leaf: Leaf, limit: Limit, unit: ReadUnit, cqa: str | None) -> Comparison:
    if unit.findings:
        return Refused(unit_reason(unit.findings), findings=unit.findings)
    if unit.population is not None and limit.population not in (None, unit.population):
        return Refused("population-mismatch")
    if unit.code is None and limit.unit not in (None, "1"):
        return Refused("unit-not-stated")
    try:
        return Compared(plan_for(limit, leaf.policy, unit.code, cqa))
    except UnitError as error:
        try:
            own, wanted = parse_unit(unit.code or "1"), parse_unit(limit.unit or "1")
        except UnitError:
            return Refused(unit_reason(error.findings), findings=tuple(error.findings))
        formula = formula_for(limit, own, wanted)
        if formula is None:
            return Refused(unit_reason(error.findings), findings=tuple(error.findings))
        return Bridged(limit, formula, plan_for(limit, "none", limit.unit, cqa), wanted.code)


def _together(group: Group, unit: ReadUnit, cqa: str | None) -> Comparison:
    members: list[Comparison] = []
    if group.mode == "staged":
        return Combined("staged", tuple(comparison(item.node, unit, cqa) for item in group.items))
    every = group.mode == "every"
    plans: dict[str | None, list[Plan]] = {}
    place: dict[str | None, int] = {}
    for item in group.items:
        member = comparison(item.node, unit, cqa)
        if not isinstance(member, Compared):
            members.append(member)
            continue
        population = member.plan.population
        if population not in plans:
            place[population] = len(members)
            members.append(member)
        plans.setdefault(population, []).append(member.plan)
    for population, same in plans.items():
        members[place[population]] = Compared(joined(same, every=every) if len(same) > 1 else same[0])
    return members[0] if len(members) == 1 else Combined(group.mode, tuple(members))


@dataclass(frozen=True, slots=True)
class Inside:
    """Float64 bounds of what conforms, by slot.

    Attributes:
        low: Least value of the widest interval, float64.
        high: Its largest value; (inf, -inf) where nothing conforms.
        more: Further intervals, where there are any.
    """

    low: Floats
    high: Floats
    more: dict[int, tuple[Bounds, ...]]

    @classmethod
    def of(cls, bounds: list[tuple[Bounds, ...]]) -> Inside:
        """Collect the bounds of each slot, the widest interval first."""
        widest = [found[0] for found in bounds] or [EMPTY]
        return cls(
            np.array([low for low, _ in widest]),
            np.array([high for _, high in widest]),
            {slot: found[1:] for slot, found in enumerate(bounds) if len(found) > 1},
        )


class Compiled:
    """The places of one specification as arrays over (place, unit).

    Columns are the unit texts in their order and a last one for "no unit", so that code -1 points at it.

    Attributes:
        layout: The places.
        units: The unit texts, read.
        slot: Which plan a number is compared with, int32, shape (places, units); -1: none, or not one alone.
        reason: Why numbers in this unit are not compared, uint8; 0: they are.
        whole: What is compared where it is no single plan, by (place, unit).
        static: Why no row at the place is ever judged, uint8 per place; 0: it can be.
        plans: The plans, by slot.
        inside: Bounds of what conforms, by slot.
        unrounded: Bounds of what would conform without rounding, by slot.
        domain_low: Least value that can exist, by slot.
        domain_high: Largest value that can exist.
    """

    def __init__(self, layout: Layout, units: tuple[ReadUnit, ...]) -> None:
        self.layout = layout
        self.units = units
        places = layout.places
        shape = (len(places), len(units))
        self.slot: npt.NDArray[np.int32] = np.full(shape, -1, np.int32)
        self.reason: npt.NDArray[np.uint8] = np.zeros(shape, np.uint8)
        self.static: npt.NDArray[np.uint8] = np.zeros(len(places), np.uint8)
        self.whole: dict[tuple[int, int], Comparison] = {}
        self.plans: list[Plan] = []
        self._slots: dict[int, int] = {}
        self._censored: dict[int, npt.NDArray[np.float64]] = {}
        for number, place in enumerate(places):
            self._compile(number, place)
        domains = [plan.domain_bounds() for plan in self.plans] or [EMPTY]
        self.inside = Inside.of([plan.bounds() for plan in self.plans])
        self.unrounded = self.inside
        if any(plan.is_rounded for plan in self.plans):
            self.unrounded = Inside.of([plan.bounds(written=True) for plan in self.plans])
        self.domain_low: Floats = np.array([low for low, _ in domains])
        self.domain_high: Floats = np.array([high for _, high in domains])
        self.test_of_place = np.array([place.test for place in places], np.int32)
        self.gated = np.array([place.gate is not None or place.late for place in places])
        self.names_population = any(plan.population for plan in self.plans) or any(unit.population for unit in units)

    @property
    def specification(self) -> Specification:
        """The specification."""
        return self.layout.specification

    def _compile(self, number: int, place: Place) -> None:
        if isinstance(place.node, Unknown) and place.node.reason not in _SEEN_TOGETHER:
            self.static[number] = CODE[place.node.reason]
            return
        for column, unit in enumerate(self.units):
            found = comparison(place.node, unit, place.cqa)
            if isinstance(found, Compared):
                self.slot[number, column] = self.slot_of(found.plan)
            elif isinstance(found, Refused) and found.numbers_only:
                self.reason[number, column] = CODE[found.reason]
            else:
                self.whole[number, column] = found
                for plan in _plans(found):
                    self.slot_of(plan)

    def slot_of(self, plan: Plan) -> int:
        """Return the slot of a plan object; asking for the object spares comparing and hashing exact numbers."""
        slot = self._slots.get(id(plan))
        if slot is None:
            slot = self._slots[id(plan)] = len(self.plans)
            self.plans.append(plan)
        return slot

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._slots = {id(plan): slot for slot, plan in enumerate(self.plans)}

    def censored(self, slot: int) -> npt.NDArray[np.float64]:
        """Return the bounds of censored results: possible, conforms, fails; float64, shape (4, 3, 2)."""
        if slot not in self._censored:
            bounds = self.plans[slot].censored()
            self._censored[slot] = np.array([[item.possible, item.conforms, item.fails] for item in bounds])
        return self._censored[slot]


def bridged_in(found: Comparison) -> Iterator[Bridged]:
    """Yield what needs facts of the batch in a comparison."""
    if isinstance(found, Bridged):
        yield found
    elif isinstance(found, Combined):
        for member in found.members:
            yield from bridged_in(member)


def _plans(found: Comparison) -> Iterator[Plan]:
    if isinstance(found, (Compared, Bridged)):
        yield found.plan
    elif isinstance(found, Combined):
        for member in found.members:
            yield from _plans(member)
