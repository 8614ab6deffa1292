"""Whether whatever satisfies one criterion satisfies another, decided on exact thresholds.

Both sides come resolved: without conditions, targets or references. Numbers are compared as regions, in the unit of
the first limit; a result that is only known to lie in an interval is compared with limits as written, so both the
rounded and the written region have to lie inside the other's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from harmoniqc.errors import UnitError
from harmoniqc.evaluation.meaning.compiled import Bridged, Combined, Compared, Comparison, InWords, Refused, comparison
from harmoniqc.evaluation.meaning.interval import Interval, Region
from harmoniqc.evaluation.meaning.plan import Plan
from harmoniqc.evaluation.meaning.tree import Group, Item, Leaf, Node, leaves_of
from harmoniqc.evaluation.meaning.unit_texts import ReadUnit
from harmoniqc.harmonization.answers import HOLDS, Answer, all_hold, doubt, refuted
from harmoniqc.harmonization.demands import Demands, demands_of
from harmoniqc.harmonization.wordings import words_imply
from harmoniqc.standard import Limit, ReportOnly
from harmoniqc.units import parse_unit

Key: TypeAlias = tuple[tuple[int, ...], str | None, str | None]


class Comparer:
    """Compares criteria with each other; what a criterion means in a unit is found once."""

    def __init__(self) -> None:
        self._known: dict[Key, Comparison] = {}
        self._units: dict[tuple[int, ...], ReadUnit | str] = {}
        self._demands: dict[int, tuple[Node, Demands]] = {}
        self._kept: list[Sequence[Node]] = []  # so that no identity is given twice

    def implies(self, left: Node, right: Node, cqa: str | None) -> Answer:
        """Tell whether every set of results that satisfies one criterion satisfies another.

        Args:
            left: The one.
            right: The other.
            cqa: Attribute of results that name none of their own.
        """
        if not isinstance(left, Leaf) and left == right:  # of leaves it is found out by what they mean
            return HOLDS
        return self.all_imply(self.demands(left), self.demands(right), cqa)

    def all_imply(self, left: Demands, right: Demands, cqa: str | None) -> Answer:
        """Tell it of demands."""
        answers = []
        for selector, nodes in right.single.items():
            known = left.single.get(selector)
            if known is None:
                said = selector.component or selector.cqa or selector.method or "the result as a whole"
                answers.append(refuted(f"{{met}} does not ask for {said}"))
            else:
                answers.append(self._single_implies(known, nodes, selector.cqa or cqa))
        if left.joined:  # what is joined may keep apart what each result alone would let through
            answers = [doubt(item.why) if item.truth is False else item for item in answers]
        answers += [self._joined_implied(left, node, cqa) for node in right.joined]
        return all_hold(answers)

    def demands(self, node: Node) -> Demands:
        """Return a criterion as a list of what has to hold."""
        if id(node) not in self._demands:
            self._demands[id(node)] = (node, demands_of(node))
        return self._demands[id(node)][1]

    def _joined_implied(self, left: Demands, node: Node, cqa: str | None) -> Answer:
        if any(node == item for item in left.joined):
            return HOLDS
        if isinstance(node, Group) and node.mode == "either":
            for item in node.items:
                if self.all_imply(left, demands_of(item.node), cqa).truth is True:
                    return HOLDS
        return doubt("several results are joined, and not by all of them")

    def _single_implies(self, left: Sequence[Node], right: Sequence[Node], cqa: str | None) -> Answer:
        """Decide it for what one result has to satisfy."""
        if not isinstance(right[0], Leaf) and all(node in left for node in right):
            return HOLDS
        unit = self.unit(left, right)
        if isinstance(unit, str):
            return doubt(unit)
        return _implies(self.meaning(left, unit, cqa), self.meaning(right, unit, cqa))

    def unit(self, left: Sequence[Node], right: Sequence[Node] = ()) -> ReadUnit | str:
        """Return the unit in which two criteria are compared, the same in both directions; or what is wrong with it."""
        both = (*left, *right)
        key = tuple(sorted(map(id, both)))
        if key not in self._units:
            self._units[key] = common_unit(both)
            self._kept.append(both)
        return self._units[key]

    def meaning(self, nodes: Sequence[Node], unit: ReadUnit, cqa: str | None) -> Comparison:
        """Return what a result in a unit is compared with, by all of several criteria."""
        key = (tuple(map(id, nodes)), unit.code, cqa)
        if key not in self._known:
            self._known[key] = comparison(together(nodes), unit, cqa)
            self._kept.append(nodes)
        return self._known[key]

    def can_be_met(self, node: Node, cqa: str | None) -> Answer:
        """Tell whether some set of results satisfies a criterion."""
        found = self.demands(node)
        answers = [self._can_be_met(nodes, selector.cqa or cqa) for selector, nodes in found.single.items()]
        if found.joined:
            answers.append(doubt("several results are joined, and not by all of them"))
        return all_hold(answers)

    def _can_be_met(self, nodes: Sequence[Node], cqa: str | None) -> Answer:
        unit = self.unit(nodes)
        return doubt(unit) if isinstance(unit, str) else _satisfiable(self.meaning(nodes, unit, cqa))


def together(nodes: Sequence[Node]) -> Node:
    """Return a criterion that asks for all of several, on one result."""
    return nodes[0] if len(nodes) == 1 else Group("every", tuple(Item(node) for node in nodes))


def common_unit(nodes: Iterable[Node]) -> ReadUnit | str:
    """Return the unit in which the limits of criteria are compared, that of the first; or what is wrong with it."""
    for node in nodes:
        for leaf in (node,) if isinstance(node, Leaf) else leaves_of(node):
            if isinstance(leaf.criterion, Limit):
                try:
                    return ReadUnit(parse_unit(leaf.criterion.unit or "1").code)
                except UnitError as error:
                    return error.message
    return ReadUnit(None)


def _implies(left: Comparison, right: Comparison) -> Answer:
    if left is right:
        return HOLDS
    if isinstance(left, Refused) or isinstance(right, Refused):
        return doubt(refusal(left if isinstance(left, Refused) else right))
    if isinstance(right, Combined) and right.mode == "every":
        return all_hold(_implies(left, member) for member in right.members)
    if isinstance(left, Combined) and left.mode != "every":
        found = all_hold(_implies(member, right) for member in left.members)
        return found if left.mode == "either" or found.truth else doubt(found.why)
    if isinstance(right, Combined):
        if right.mode == "either" and any(_implies(left, member).truth for member in right.members):
            return HOLDS
        return HOLDS if left == right else doubt("one of several criteria is enough for {other}")
    if isinstance(left, Combined):
        answers = [_implies(member, right) for member in left.members if not is_report(member)]
        if any(answer.truth for answer in answers):
            return HOLDS
        return answers[0] if len(answers) == 1 else doubt("{met} asks for several things of one result")
    return _one_implies(left, right)


def _one_implies(left: Compared | InWords | Bridged, right: Compared | InWords | Bridged) -> Answer:
    if is_report(right):
        return HOLDS
    if isinstance(left, InWords) and isinstance(right, InWords):
        return words_imply(left.leaf, right.leaf)
    if is_report(left):
        return refuted("{met} asks for a report alone")
    if isinstance(left, Compared) and isinstance(right, Compared):
        return plans_imply(left.plan, right.plan)
    if isinstance(left, Bridged) or isinstance(right, Bridged):
        return doubt("only facts of the batch lead from one unit to the other")
    return doubt("criteria of different kinds read the same result")


def plans_imply(left: Plan, right: Plan) -> Answer:
    """Tell whether every number and every censored result that satisfies one plan satisfies another."""
    if right.population not in (None, left.population):
        return doubt(f"{{other}} is about {right.population}, {{met}} about {left.population or 'no population'}")
    domain = left.domain.intersect(right.domain)
    if not region_within(left.accept, right.accept, domain):
        return refuted("a number satisfies {met} alone")
    if not region_within(left.written, right.written, domain):
        return refuted("a number known only within bounds, which is never rounded, satisfies {met} alone")
    return HOLDS


def region_within(inner: Region, outer: Region, domain: Interval) -> bool:
    """Tell whether every number of a region that can exist lies in another."""
    return inner == outer or all(outer.covers(piece) for piece in inner.within(domain).intervals)


def is_report(found: Comparison) -> bool:
    """Tell whether only a report is asked for."""
    return isinstance(found, InWords) and isinstance(found.leaf.criterion, ReportOnly)


def refusal(found: Comparison) -> str:
    """Return why nothing is compared."""
    if not isinstance(found, Refused):
        return ""
    said = found.detail or (found.findings[0].message if found.findings else "")
    return f"{found.reason}: {said}" if said else found.reason


def _satisfiable(found: Comparison) -> Answer:
    if isinstance(found, Compared):
        return refuted("no number satisfies it") if found.plan.accept.within(found.plan.domain).is_empty else HOLDS
    if isinstance(found, Refused):
        return doubt(refusal(found))
    if isinstance(found, InWords):
        return HOLDS
    if isinstance(found, Bridged):
        return doubt("it depends on facts of the batch")
    answers = [_satisfiable(member) for member in found.members if not is_report(member)]
    if found.mode == "every" and len(answers) > 1:
        return doubt("several criteria read the same result")
    return next((answer for answer in answers if answer.truth), answers[0]) if answers else HOLDS
