"""Values formed of several results, exactly: means, medians, sums; of intervals where results are censored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

import numpy as np

from harmoniqc.evaluation.meaning.compiled import Bridged, Combined, Comparison, InWords, Refused
from harmoniqc.evaluation.meaning.exact import judge_set, judge_value, shown_value
from harmoniqc.evaluation.meaning.interval import Edge, Interval, Region
from harmoniqc.evaluation.meaning.parts import join
from harmoniqc.evaluation.meaning.plan import Plan
from harmoniqc.evaluation.verdicts import CODE, REASONS
from harmoniqc.standard import ReportOnly
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.standard.specification import ReplicateValidity, Reportable

_LOGS = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Formed:
    """A value of which a power is known exactly, or to lie in an interval.

    A geometric mean is no fraction; its power is, so it is compared with powers of the limits.

    Attributes:
        interval: Where the power lies; a point where every result was a number.
        power: Which power.
    """

    interval: Interval
    power: int = 1

    @property
    def point(self) -> Fraction | None:
        """The power itself, where it is one number."""
        low, high = self.interval.low, self.interval.high
        return low.value if low is not None and high is not None and low == high and low.closed else None

    def __str__(self) -> str:
        if self.point is not None:
            return _rooted(self.point, self.power)
        low, high = self.interval.low, self.interval.high
        left = "(" if low is None or not low.closed else "["
        right = ")" if high is None or not high.closed else "]"
        ends = ["" if edge is None else _rooted(edge.value, self.power) for edge in (low, high)]
        return f"{left}{ends[0]}, {ends[1]}{right}"


def _rooted(number: Fraction, power: int) -> str:
    if power == 1:
        return shown_value(number)
    if number == 0:
        return "0"
    decimal = _LOGS.divide(Decimal(number.numerator), Decimal(number.denominator))
    root = _LOGS.power(decimal, _LOGS.divide(Decimal(1), Decimal(power)))
    return str(Context(prec=17).plus(root).normalize())


def form(reportable: Reportable, values: Sequence[Interval]) -> Formed | None:
    """Form the reportable value of replicates; None where the statistic has none of them.

    Args:
        reportable: How it is formed.
        values: What each replicate may stand for.
    """
    logarithmic = reportable.scale != "linear"
    statistic = "geometric-mean" if reportable.statistic == "mean" and logarithmic else reportable.statistic
    if statistic == "mean":
        return Formed(_scaled(total(values), Fraction(1, len(values))))
    if statistic == "geometric-mean":
        return _product(values)
    if statistic in ("minimum", "maximum"):
        return Formed(_by_rank(values, 0 if statistic == "minimum" else len(values) - 1))
    if statistic == "median":
        middle, odd = divmod(len(values), 2)
        if odd:
            return Formed(_by_rank(values, middle))
        pair = [_by_rank(values, middle - 1), _by_rank(values, middle)]
        return _product(pair) if logarithmic else Formed(_scaled(total(pair), Fraction(1, 2)))
    return None


def total(values: Sequence[Interval]) -> Interval:
    """Return the sum of intervals."""

    def end(edges: Sequence[Edge | None]) -> Edge | None:
        known = [edge for edge in edges if edge is not None]
        if len(known) < len(edges):
            return None
        return Edge(sum((edge.value for edge in known), Fraction(0)), all(edge.closed for edge in known))

    return Interval(end([value.low for value in values]), end([value.high for value in values]))


def _scaled(interval: Interval, factor: Fraction) -> Interval:
    return interval.mapped(factor, Fraction(0))


def _product(values: Sequence[Interval]) -> Formed | None:
    """Return the product of intervals of numbers that are not negative."""
    low, high = Edge(Fraction(1), True), Edge(Fraction(1), True)
    unbounded = False
    for value in values:
        if value.low is None or value.low.value < 0:
            return None
        low = Edge(low.value * value.low.value, low.closed and value.low.closed)
        unbounded = unbounded or value.high is None
        if value.high is not None:
            high = Edge(high.value * value.high.value, high.closed and value.high.closed)
    if low.value == 0 and any(value.low == Edge(Fraction(0), True) for value in values):
        low = Edge(Fraction(0), True)  # a replicate that may be zero makes the product zero, whatever the others
    return Formed(Interval(low, None if unbounded else high), len(values))


def _by_rank(values: Sequence[Interval], place: int) -> Interval:
    """Return what the number of a rank may be, of numbers in intervals."""
    lows = sorted((value.low for value in values), key=_low_key)
    highs = sorted((value.high for value in values), key=_high_key)
    return Interval(lows[place], highs[place])


def _low_key(edge: Edge | None) -> tuple[int, Fraction, bool]:
    return (0, Fraction(0), False) if edge is None else (1, edge.value, not edge.closed)


def _high_key(edge: Edge | None) -> tuple[int, Fraction, bool]:
    return (1, Fraction(0), False) if edge is None else (0, edge.value, edge.closed)


def spread_reason(rule: ReplicateValidity, values: Sequence[Interval], scale: str) -> str | None:
    """Return why replicates are spread too far, or cannot be told not to be; None where they are fine.

    Args:
        rule: How far they may spread.
        values: What each may stand for, in the unit of the rule where it has one.
        scale: The scale on which they are summarized.
    """
    points = [value.low.value for value in values if value.low is not None and value.low == value.high]
    if len(points) < len(values):
        return "censored"
    within = _within(rule, points, scale)
    if within is None:
        return "unsupported-kind"
    return None if within else "invalid-assay"


def _within(rule: ReplicateValidity, points: Sequence[Fraction], scale: str) -> bool | None:
    bound = to_fraction(rule.high.value)
    mean = sum(points, Fraction(0)) / len(points)
    squares = sum(((point - mean) ** 2 for point in points), Fraction(0))
    variance = squares / (len(points) - 1) if len(points) > 1 else Fraction(0)
    if rule.statistic == "ratio":
        if min(points) <= 0:
            return None
        return _meets(max(points) / min(points), bound, inclusive=rule.high.inclusive)
    if scale != "linear":
        if rule.statistic == "cv" or min(points) <= 0:
            return None  # percent on a logarithmic scale has no agreed meaning
        logs = [_log(point, scale) for point in points]
        center = sum(logs, Decimal(0)) / len(logs)
        spread = (
            max(logs) - min(logs)
            if rule.statistic == "range"
            else (sum(((log - center) ** 2 for log in logs), Decimal(0)) / max(1, len(logs) - 1)).sqrt(_LOGS)
        )
        return _meets(Fraction(spread), bound, inclusive=rule.high.inclusive)
    if rule.statistic == "cv":
        if mean == 0:
            return None
        fraction = bound if rule.unit == "1" else bound / 100
        return _meets(variance / mean**2, fraction**2, inclusive=rule.high.inclusive)
    if rule.statistic == "sd":
        return _meets(variance, bound**2, inclusive=rule.high.inclusive)
    return _meets(max(points) - min(points), bound, inclusive=rule.high.inclusive)


def _meets(number: Fraction, bound: Fraction, *, inclusive: bool) -> bool:
    return number <= bound if inclusive else number < bound


def _log(number: Fraction, scale: str) -> Decimal:
    decimal = _LOGS.divide(Decimal(number.numerator), Decimal(number.denominator))
    return decimal.log10(_LOGS) if scale == "log10" else decimal.ln(_LOGS)


def judge_formed(
    found: Comparison,
    formed: Formed,
    factor: Callable[[Bridged], Fraction | None],
    population: str | None = None,
    *,
    unrounded: bool = False,
) -> str:
    """Return the reason for a value formed of several.

    Args:
        found: What it is compared with, in the unit of the results it was formed of.
        formed: The value.
        factor: Returns the factor of the facts of the batch for what is bridged; None where a fact is missing.
        population: The population the results name, if any.
        unrounded: Whether to leave out rounding.
    """
    if isinstance(found, Combined):
        codes = [
            CODE[judge_formed(member, formed, factor, population, unrounded=unrounded)] for member in found.members
        ]
        return REASONS[int(join(found.mode, np.array(codes, np.uint8)[:, None])[0])]
    if isinstance(found, InWords):
        return "reported" if isinstance(found.leaf.criterion, ReportOnly) else "number-for-outcome"
    if isinstance(found, Refused):
        return found.reason
    if population is not None and found.plan.population not in (None, population):
        return "population-mismatch"
    if isinstance(found, Bridged):
        carried = factor(found)
        if carried is None:
            return "needs-fact"
        scaled = Formed(_scaled(formed.interval, carried**formed.power), formed.power)
        return _against(found.plan, scaled, unrounded=unrounded)
    return _against(found.plan, formed, unrounded=unrounded)


def _against(plan: Plan, formed: Formed, *, unrounded: bool) -> str:
    raised = plan if formed.power == 1 else _raised(plan, formed.power)
    if formed.point is not None:
        return judge_value(raised, formed.point, unrounded=unrounded)
    return judge_set(raised, formed.interval)


def _raised(plan: Plan, power: int) -> Plan:
    """Return a plan for powers of numbers that are not negative."""

    def interval(piece: Interval) -> Interval:
        piece = piece.intersect(Interval(low=Edge(Fraction(0), closed=True)))
        if piece.is_empty or piece.low is None:
            return Interval(Edge(Fraction(1), True), Edge(Fraction(0), True))
        high = None if piece.high is None else Edge(piece.high.value**power, piece.high.closed)
        return Interval(Edge(piece.low.value**power, piece.low.closed), high)

    def region(pieces: Region) -> Region:
        return Region.of(*(interval(piece) for piece in pieces.intervals))

    return Plan(region(plan.accept), region(plan.written), interval(plan.domain), plan.population)
