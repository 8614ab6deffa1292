"""Whether whatever satisfies one criterion satisfies another, decided on exact thresholds.

Both sides come resolved: without conditions, targets or references. Numbers are compared as regions, in the unit of
the first limit; a result that is only known to lie in an interval is compared with limits as written, so both the
rounded and the written region have to lie inside the other's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from harmoniqc.errors import UnitError
from harmoniqc.evaluation.meaning.compiled import Bridged, Combined, Compared, Comparison, InWords, Refused, comparison
from harmoniqc.evaluation.meaning.interval import Interval, Region
from harmoniqc.evaluation.meaning.plan import Plan
from harmoniqc.evaluation.meaning.tree import Group, Item, Leaf, Node, Selector, Unknown, leaves_of
from harmoniqc.evaluation.meaning.unit_texts import ReadUnit
from harmoniqc.harmonization.answers import HOLDS, Answer, all_hold, doubt, refuted
from harmoniqc.harmonization.wordings import words_imply
from harmoniqc.standard import Limit, ReportOnly, Trend
from harmoniqc.units import parse_unit

Demand: TypeAlias = tuple[Selector, Node]
"""What one result has to satisfy."""


@dataclass(frozen=True)
class Demands:
    """A resolved criterion as a list of what has to hold, every part of it.

    Attributes:
        single: What each result has to satisfy, by which result it is.
        joined: What several results have to satisfy together, such as one or the other.
    """

    single: dict[Selector, list[Node]] = field(default_factory=dict)
    joined: list[Node] = field(default_factory=list)


def demands_of(node: Node) -> Demands:
    """Take a criterion apart into what each result has to satisfy; what only informs is left out."""
    out = Demands()
    for selector, part in _parts(node, Selector()):
        if selector is None:
            out.joined.append(part)
        else:
            out.single.setdefault(selector, []).append(part)
    return out


def _parts(node: Node, selector: Selector) -> Iterator[tuple[Selector | None, Node]]:
    own = _result_of(node, selector)
    if own is not None and not (isinstance(node, Group) and node.mode == "every"):
        yield own, _plain(node)
    elif isinstance(node, Group) and node.mode == "every":
        for item in node.items:
            if not item.informative:
                yield from _parts(item.node, selector.narrowed(item.selector))
    else:
        yield None, _placed(node, selector)


def _result_of(node: Node, selector: Selector) -> Selector | None:
    """Return the one result a criterion reads; None where it reads several, or a series."""
    if isinstance(node, Group):
        items = [item for item in node.items if not item.informative]
        found = {_result_of(item.node, selector.narrowed(item.selector)) for item in items}
        return found.pop() if len(found) == 1 else None
    return None if isinstance(node, Leaf) and isinstance(node.criterion, Trend) else selector


def _plain(node: Node) -> Node:
    """Return a criterion on one result without labels, and without what only informs."""
    if not isinstance(node, Group):
        return node
    return Group(node.mode, tuple(Item(_plain(item.node)) for item in node.items if not item.informative))


def _placed(node: Node, selector: Selector) -> Node:
    """Return a criterion with every member naming the result it reads, without labels."""
    if not isinstance(node, Group):
        return Group("every", (Item(node, selector),))
    items = []
    for item in node.items:
        if not item.informative:
            place = selector.narrowed(item.selector)
            items.append(Item(_placed(item.node, place), place))
    return Group(node.mode, tuple(items))


def implies(left: Node, right: Node, cqa: str | None) -> Answer:
    """Tell whether every set of results that satisfies one criterion satisfies another.

    Args:
        left: The one.
        right: The other.
        cqa: Attribute of results that name none of their own.
    """
    if left == right:
        return HOLDS
    return _demands_imply(demands_of(left), demands_of(right), cqa)


def _demands_imply(left: Demands, right: Demands, cqa: str | None) -> Answer:
    answers = []
    for selector, nodes in right.single.items():
        known = left.single.get(selector)
        if known is None:
            said = selector.component or selector.cqa or selector.method or "the result as a whole"
            answers.append(refuted(f"{{met}} does not ask for {said}"))
            continue
        answers.append(_single_implies(known, nodes, selector.cqa or cqa))
    if left.joined:
        answers = [doubt(item.why) if item.truth is False else item for item in answers]
    answers += [_joined_implied(left, node, cqa) for node in right.joined]
    return all_hold(answers)


def _joined_implied(left: Demands, node: Node, cqa: str | None) -> Answer:
    if any(node == item for item in left.joined):
        return HOLDS
    if isinstance(node, Group) and node.mode == "either":
        for item in node.items:
            if _demands_imply(left, demands_of(item.node), cqa).truth is True:
                return HOLDS
    return doubt("several results are joined, and not by all of them")


def _single_implies(left: Sequence[Node], right: Sequence[Node], cqa: str | None) -> Answer:
    """Decide it for what one result has to satisfy."""
    if all(node in left for node in right):
        return HOLDS
    unit = common_unit((*left, *right))
    if isinstance(unit, str):
        return doubt(unit)
    return _implies(comparison(together(left), unit, cqa), comparison(together(right), unit, cqa))


def together(nodes: Sequence[Node]) -> Node:
    """Return a criterion that asks for all of several, on one result."""
    return nodes[0] if len(nodes) == 1 else Group("every", tuple(Item(node) for node in nodes))


def common_unit(nodes: Iterable[Node]) -> ReadUnit | str:
    """Return the unit in which the limits of criteria are compared, that of the first; or what is wrong with it."""
    for node in nodes:
        for leaf in leaves_of(node):
            if isinstance(leaf.criterion, Limit):
                try:
                    return ReadUnit(parse_unit(leaf.criterion.unit or "1").code)
                except UnitError as error:
                    return error.message
    return ReadUnit(None)


def _implies(left: Comparison, right: Comparison) -> Answer:
    if left == right:
        return HOLDS
    if isinstance(left, Refused) or isinstance(right, Refused):
        return doubt(_refusal(left if isinstance(left, Refused) else right))
    if isinstance(right, Combined) and right.mode == "every":
        return all_hold(_implies(left, member) for member in right.members)
    if isinstance(left, Combined) and left.mode != "every":
        found = all_hold(_implies(member, right) for member in left.members)
        return found if left.mode == "either" or found.truth else doubt(found.why)
    if isinstance(right, Combined):
        if right.mode == "either" and any(_implies(left, member).truth for member in right.members):
            return HOLDS
        return doubt("one of several criteria is enough for {other}")
    if isinstance(left, Combined):
        answers = [_implies(member, right) for member in left.members if not _is_report(member)]
        if any(answer.truth for answer in answers):
            return HOLDS
        return answers[0] if len(answers) == 1 else doubt("{met} asks for several things of one result")
    return _one_implies(left, right)


def _one_implies(left: Compared | InWords | Bridged, right: Compared | InWords | Bridged) -> Answer:
    if _is_report(right):
        return HOLDS
    if isinstance(left, InWords) and isinstance(right, InWords):
        return words_imply(left.leaf, right.leaf)
    if _is_report(left):
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
    return all(outer.covers(piece) for piece in inner.within(domain).intervals)


def _is_report(found: Comparison) -> bool:
    return isinstance(found, InWords) and isinstance(found.leaf.criterion, ReportOnly)


def _refusal(found: Comparison) -> str:
    if not isinstance(found, Refused):
        return ""
    said = found.detail or (found.findings[0].message if found.findings else "")
    return f"{found.reason}: {said}" if said else found.reason


def can_be_met(node: Node, cqa: str | None) -> Answer:
    """Tell whether some set of results satisfies a criterion."""
    found = demands_of(node)
    answers = [_can_be_met(nodes, selector.cqa or cqa) for selector, nodes in found.single.items()]
    if found.joined:
        answers.append(doubt("several results are joined, and not by all of them"))
    return all_hold(answers)


def _can_be_met(nodes: Sequence[Node], cqa: str | None) -> Answer:
    unit = common_unit(nodes)
    if isinstance(unit, str):
        return doubt(unit)
    return _satisfiable(comparison(together(nodes), unit, cqa))


def _satisfiable(found: Comparison) -> Answer:
    if isinstance(found, Compared):
        plan = found.plan
        return HOLDS if not plan.accept.within(plan.domain).is_empty else refuted("no number satisfies it")
    if isinstance(found, Refused):
        return doubt(_refusal(found))
    if isinstance(found, InWords):
        return HOLDS
    if isinstance(found, Bridged):
        return doubt("it depends on facts of the batch")
    answers = [_satisfiable(member) for member in found.members if not _is_report(member)]
    if found.mode == "every" and len(answers) > 1:
        return doubt("several criteria read the same result")
    return next((answer for answer in answers if answer.truth), answers[0]) if answers else HOLDS


def unknown_in(node: Node) -> Unknown | None:
    """Return the first part of a criterion that can never be compared; None where there is none."""
    if isinstance(node, Group):
        found = (unknown_in(item.node) for item in node.items if not item.informative)
        return next((item for item in found if item is not None), None)
    return node if isinstance(node, Unknown) else None
