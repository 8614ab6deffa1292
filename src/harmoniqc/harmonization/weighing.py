"""Several criteria on the same results: which of them drive, which add nothing, and which exclude each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Literal, TypeAlias

from harmoniqc.errors import UnitError
from harmoniqc.evaluation.meaning.bridges import FORMULAS
from harmoniqc.evaluation.meaning.compiled import Compared, Comparison, InWords
from harmoniqc.evaluation.meaning.interval import Region
from harmoniqc.evaluation.meaning.plan import Plan
from harmoniqc.evaluation.meaning.tree import Group, Item, Node, Selector, leaves_of
from harmoniqc.harmonization.asked import Asked, Cell
from harmoniqc.harmonization.demands import unknown_in
from harmoniqc.harmonization.implication import Comparer, is_report
from harmoniqc.harmonization.wordings import exclude_each_other
from harmoniqc.standard import Limit
from harmoniqc.units import Unit, parse_unit

State = Literal["driving", "shared", "redundant", "not-compared"]
"""Whether a bound decides something that no other does; decides it together with an equal one; adds nothing; or could
not be compared with the others."""

Pair: TypeAlias = tuple[Region, Region]

Kind = Literal["conflicting-limits", "conflicting-outcomes", "conflicting-units", "different-kinds", "depends-on-facts"]


@dataclass(frozen=True, slots=True)
class Clash:
    """Criteria that exclude each other, or may.

    Attributes:
        kind: What is the matter.
        between: Places of the criteria.
        cell: Where.
        selector: On which result.
    """

    kind: Kind
    between: tuple[int, ...]
    cell: Cell
    selector: Selector


@dataclass
class Weighed:
    """Criteria weighed against each other.

    Attributes:
        states: The state of each.
        clashes: What was found between them.
        plans: What each asks of a number, in one unit; empty where they are not all single limits.
    """

    states: list[State]
    clashes: list[Clash] = field(default_factory=list)
    plans: tuple[Plan, ...] = ()


def weigh(items: Sequence[Asked], cells: Sequence[Cell] | None, comparer: Comparer) -> Weighed:
    """Weigh criteria against each other in every case that conditions distinguish.

    Args:
        items: Tests with different criteria, read by the same results.
        cells: The cases; None: more than are looked at.
        comparer: Compares criteria.
    """
    if cells is None:
        return Weighed(["not-compared"] * len(items))
    if len(items) == 1:
        return Weighed(["driving"], [])
    plans = _plans(items, cells, comparer) if len(cells) == 1 else ()
    if plans:
        regions = [_existing(plan) for plan in plans]
        out = Weighed(_states_of_regions(regions), plans=plans)
        if _exclude(regions):
            out.clashes.append(Clash("conflicting-limits", tuple(range(len(items))), cells[0], Selector()))
        return out
    out = Weighed(_states(items, cells, comparer))
    for cell in cells:
        out.clashes += _clashes(items, cell, comparer)
    return out


def excludes(plans: Sequence[Plan]) -> bool:
    """Tell whether no number and no censored result satisfies all plans, though each alone can be satisfied."""
    return _exclude([_existing(plan) for plan in plans])


def _existing(plan: Plan) -> Pair:
    """Return the numbers that satisfy a plan and can exist: unrounded ones, and those compared as written."""
    accept = plan.accept.within(plan.domain)
    return accept, accept if plan.written is plan.accept else plan.written.within(plan.domain)


def _both(one: Pair, other: Pair) -> Pair:
    accept = one[0].intersect(other[0])
    alike = one[1] is one[0] and other[1] is other[0]
    return accept, accept if alike else one[1].intersect(other[1])


def _exclude(regions: Sequence[Pair]) -> bool:
    if any(accept.is_empty for accept, _ in regions):
        return False  # that one is never satisfied is not for want of agreement
    accept, written = reduce(_both, regions)
    return accept.is_empty and written.is_empty


def _states_of_regions(regions: Sequence[Pair]) -> list[State]:
    """Return the state of each of several limits: redundant is what changes nothing of what satisfies all.

    Where nothing satisfies all, each drives: what excludes each other would make anything redundant.
    """
    states: list[State] = ["driving"] * len(regions)
    whole = reduce(_both, regions)
    kept = list(range(len(regions)))
    for place in reversed(range(len(regions))) if not whole[0].is_empty else ():
        others = [other for other in kept if other != place]
        if others and reduce(_both, (regions[other] for other in others)) == whole:
            kept = others
            states[place] = "redundant"
    for place, other in itertools.permutations(range(len(regions)), 2):
        if states[other] != "redundant" and states[place] != "driving" and regions[place] == regions[other]:
            states[place] = states[other] = "shared"
    return states


def _plans(items: Sequence[Asked], cells: Sequence[Cell], comparer: Comparer) -> tuple[Plan, ...]:
    """Return what each asks of a number, in the unit of the first; empty where they are not all comparable limits."""
    nodes = [item.node(cells[0]) for item in items]
    known = [node for node in nodes if node is not None]
    if len(known) < len(nodes):
        return ()
    demands = [comparer.demands(node) for node in known]
    if any(item.joined or list(item.single) != [Selector()] for item in demands):
        return ()
    unit = comparer.unit(known)
    if isinstance(unit, str):
        return ()
    found = [comparer.meaning(item.single[Selector()], unit, items[0].test.cqa) for item in demands]
    plans = tuple(item.plan for item in found if isinstance(item, Compared))
    alike = len({plan.population for plan in plans}) == 1
    return plans if len(plans) == len(items) and alike else ()


def _states(items: Sequence[Asked], cells: Sequence[Cell], comparer: Comparer) -> list[State]:
    """Return the state of each; of equal ones the first drives."""
    kept = list(range(len(items)))
    dropped: list[int] = []
    for place in reversed(range(len(items))):
        others = [other for other in kept if other != place]
        if others and _implied(items, others, place, cells, comparer):
            kept = others
            dropped.append(place)
    states: list[State] = ["driving"] * len(items)
    for place in dropped:
        equal = [
            other
            for other in kept
            if _implied(items, [place], other, cells, comparer) and _implied(items, [other], place, cells, comparer)
        ]
        states[place] = "shared" if equal else "redundant"
        for other in equal:
            states[other] = "shared"
    for place in kept:
        if states[place] == "driving" and any(
            (node := items[place].node(cell)) is not None and unknown_in(node) is not None for cell in cells
        ):
            states[place] = "not-compared"
    return states


def _implied(items: Sequence[Asked], by: Sequence[int], place: int, cells: Sequence[Cell], comparer: Comparer) -> bool:
    """Tell whether whatever satisfies some criteria satisfies another, wherever it applies."""
    for cell in cells:
        wanted = items[place].node(cell)
        if wanted is None:
            continue
        given = [node for other in by if (node := items[other].node(cell)) is not None]
        if not given or unknown_in(wanted) is not None:
            return False
        joint_node: Node = given[0] if len(given) == 1 else Group("every", tuple(Item(node) for node in given))
        if unknown_in(joint_node) is not None:
            return False
        if comparer.implies(joint_node, wanted, items[place].test.cqa).truth is not True:
            return False
    return True


def _clashes(items: Sequence[Asked], cell: Cell, comparer: Comparer) -> Iterator[Clash]:
    """Yield what is the matter between criteria in a cell, result by result."""
    by_selector: dict[Selector, list[tuple[int, list[Node]]]] = {}
    for place, item in enumerate(items):
        node = item.node(cell)
        if node is not None:
            for selector, nodes in comparer.demands(node).single.items():
                by_selector.setdefault(selector, []).append((place, nodes))
    for selector, found in by_selector.items():
        if len(found) > 1:
            for kind, between in _on_one_result(found, selector.cqa or items[0].test.cqa, comparer):
                yield Clash(kind, between, cell, selector)


def _on_one_result(
    found: Sequence[tuple[int, list[Node]]], cqa: str, comparer: Comparer
) -> Iterator[tuple[Kind, tuple[int, ...]]]:
    apart = [(one[0], other[0]) for one, other in itertools.combinations(found, 2) if _units_exclude(one[1], other[1])]
    if apart:
        yield "conflicting-units", tuple(sorted({place for pair in apart for place in pair}))
    unit = comparer.unit([node for _, nodes in found for node in nodes])
    if isinstance(unit, str):
        return
    meant = [(place, member) for place, nodes in found for member in _flat(comparer.meaning(nodes, unit, cqa))]
    numbers = [(place, item.plan) for place, item in meant if isinstance(item, Compared)]
    words = [(place, item) for place, item in meant if isinstance(item, InWords) and not is_report(item)]
    if len({place for place, _ in numbers}) > 1 and excludes([plan for _, plan in numbers]):
        yield "conflicting-limits", tuple(sorted({place for place, _ in numbers}))
    for (one, left), (other, right) in itertools.combinations(words, 2):
        if one != other and exclude_each_other(left.leaf.criterion, right.leaf.criterion):
            yield "conflicting-outcomes", (one, other)
    mixed = {place for place, _ in numbers} ^ {place for place, _ in words}
    kinds = {type(item.leaf.criterion) for _, item in words}
    if (numbers and words and len(mixed) > 1) or len(kinds) > 1:
        yield "different-kinds", tuple(sorted({place for place, _ in (*numbers, *words)}))
    if not apart and any(not isinstance(item, (Compared, InWords)) for _, item in meant):
        yield "depends-on-facts", tuple(sorted({place for place, _ in found}))


def _flat(found: Comparison) -> Iterator[Comparison]:
    from harmoniqc.evaluation.meaning.compiled import Combined

    if isinstance(found, Combined) and found.mode == "every":
        for member in found.members:
            yield from _flat(member)
    else:
        yield found


def _units_exclude(left: Sequence[Node], right: Sequence[Node]) -> bool:
    """Tell whether no result, in whatever unit, can be compared with both, not even with the help of facts."""
    ours, theirs = _units(left), _units(right)
    return any(not _within_reach(one) & _within_reach(other) for one in ours for other in theirs)


def _units(nodes: Sequence[Node]) -> list[Unit]:
    out = []
    for node in nodes:
        if isinstance(node, Group) and node.mode != "every":
            continue  # one of several is enough, perhaps in another unit
        for leaf in leaves_of(node):
            if isinstance(leaf.criterion, Limit):
                try:
                    out.append(parse_unit(leaf.criterion.unit or "1"))
                except UnitError:
                    continue
    return out


def _within_reach(unit: Unit) -> frozenset[object]:
    """Return the kinds of quantity from which a result can be carried into a unit, directly or by a formula."""
    if unit.is_scale:
        return frozenset({unit.code})
    out: set[object] = {unit.dimension, tuple((base, -power) for base, power in unit.dimension)}
    for formula in FORMULAS:
        powers = dict(unit.dimension)
        for base, power in formula.dimension:
            powers[base] = powers.get(base, 0) - power
        out.add(tuple(sorted((base, power) for base, power in powers.items() if power)))
    return frozenset(out)
