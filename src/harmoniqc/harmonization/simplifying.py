"""One limit in place of several: whatever satisfies it satisfies them all; the reverse need not hold."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce

from harmoniqc.evaluation.meaning.interval import Edge, Region
from harmoniqc.evaluation.meaning.plan import Plan
from harmoniqc.evaluation.meaning.tree import Leaf, leaves_of
from harmoniqc.harmonization.asked import EVERYWHERE
from harmoniqc.harmonization.building import Bound as HarmonizedBound
from harmoniqc.harmonization.building import Built
from harmoniqc.standard import AllOf, AnyCriterion, Bound, Limit, Member
from harmoniqc.standard.decimal_text import from_fraction, is_decimal_text, to_fraction

_DIGITS = 12
"""Digits to which a bound is shortened, inwards, where its decimals never end."""

SUFFICIENT = "sufficient only: whatever satisfies this satisfies every source; the reverse need not hold"


def simplified(plans: Sequence[Plan], limits: Sequence[Limit], unit: str | None) -> Limit | None:
    """Return one unrounded limit that implies several; None where no single interval does.

    Args:
        plans: What each of them asks of a number in the unit.
        limits: The limits, whose own texts are kept where they are the bound.
        unit: The unit.
    """
    regions = [region for plan in plans for region in (plan.accept, plan.written)]
    joint = reduce(Region.intersect, regions)
    if len(joint.intervals) != 1:
        return None
    (piece,) = joint.intervals
    texts = {to_fraction(end.value): end.value for item in limits if item.unit == unit for end in _ends(item)}
    low = None if piece.low is None else _bound(piece.low, texts, up=True)
    high = None if piece.high is None else _bound(piece.high, texts, up=False)
    if (low is None and piece.low is not None) or (high is None and piece.high is not None):
        return None
    if low is None and high is None:
        return None
    populations = {plan.population for plan in plans}
    return Limit(low=low, high=high, unit=unit, rounding="none", population=populations.pop(), note=SUFFICIENT)


def _ends(limit: Limit) -> list[Bound]:
    return [end for end in (limit.low, limit.high) if end is not None]


def _bound(edge: Edge, texts: dict[Fraction, str], *, up: bool) -> Bound | None:
    """Return a bound at an edge, or just inside it where the edge has no decimal text."""
    text = texts.get(edge.value) or from_fraction(edge.value)
    if text is not None and is_decimal_text(text):
        return Bound(value=text, inclusive=edge.closed)
    step = Fraction(10) ** (len(str(abs(int(edge.value)))) - _DIGITS)
    count = -(-edge.value // step) if up else edge.value // step
    shortened = from_fraction(count * step)
    return Bound(value=shortened) if shortened is not None and is_decimal_text(shortened) else None


def simplified_criterion(built: Built) -> AnyCriterion | None:
    """Return one limit that implies every deciding limit of a harmonized test; None where there are no several."""
    deciding = built.deciding
    limits = [leaf.criterion for bound in deciding for leaf in _leaves(bound)]
    if len(deciding) < 2 or not built.weighed.plans or not all(isinstance(item, Limit) for item in limits):
        return None
    unit = next((item.unit for item in limits if isinstance(item, Limit)), None)
    found = simplified(built.weighed.plans, [item for item in limits if isinstance(item, Limit)], unit)
    beside = [bound for bound in built.bounds if not bound.decides]
    if found is None or not beside:
        return found
    members = [Member(criterion=found), *(Member(criterion=bound.criterion, informative=True) for bound in beside)]
    return AllOf(members=tuple(members), note=SUFFICIENT)


def _leaves(bound: HarmonizedBound) -> Sequence[Leaf]:
    node = bound.parts[0].asked.node(EVERYWHERE)
    return [] if node is None else leaves_of(node)
