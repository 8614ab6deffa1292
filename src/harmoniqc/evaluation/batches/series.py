"""Trends: whether the results of a series move as a criterion asks, each pair of neighbors compared as sets."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from harmoniqc.errors import UnitError
from harmoniqc.evaluation.meaning.exact import measured_interval
from harmoniqc.evaluation.meaning.interval import Edge, Interval, censored_set
from harmoniqc.evaluation.meaning.outcome import outcome_of
from harmoniqc.evaluation.meaning.plan import domain_of
from harmoniqc.evaluation.meaning.unit_texts import unit_reason
from harmoniqc.standard import Measurement, Result, Trend
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.units import Unit, conversion, parse_unit

_COUNTED = re.compile(r"\s*(?:p|passage|passage\s+no\.?)?\s*(\d{1,9})\s*\Z", re.IGNORECASE)
_AMOUNT = re.compile(r"\s*(-?\d{1,12}(?:\.\d{1,12})?)\s*(\S.*?)?\s*\Z")
_NAMED_AMOUNT = re.compile(r"\s*([A-Za-z]+)\s+(\d{1,9})\s*\Z")

Order = tuple[int, Fraction]
"""A kind of order, so that days are never compared with passages, and the place in it."""


@dataclass(frozen=True, slots=True)
class Point:
    """One result of a series.

    Attributes:
        order: Its place in the series; None: nothing says it.
        values: What the result may stand for; None: it cannot be read.
        fault: Why it cannot be read.
    """

    order: Order | None
    values: Interval | None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """The numbers of a result, exact, in its own unit."""

    value: Fraction | None = None
    comparator: str | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    lod: Fraction | None = None


def judge_series(trend: Trend, items: Sequence[Measurement | Result], *, ordered: bool = False) -> str:
    """Return the reason for a trend over measurements.

    Args:
        trend: The trend.
        items: The measurements.
        ordered: Whether they are given in their order.
    """
    if not items:
        return "missing-part"
    unit = items[0].unit
    points = []
    for place, item in enumerate(items):
        value, low, high, lod = (
            None if text is None else to_fraction(text)
            for text in (item.value, item.value_low, item.value_high, item.lod)
        )
        reported = Reported(value, item.comparator, low, high, lod)
        values, fault = values_of(reported, item.unit, unit, outcome_of(item.code, item.text))
        points.append(Point((0, Fraction(place)) if ordered else None, values, fault))
    return series_reason(trend, points)


def values_of(
    reported: Reported, unit: str | None, wanted: str | None, outcome: str | None
) -> tuple[Interval | None, str | None]:
    """Return what a result may stand for in another unit, or the reason why it cannot be read.

    Args:
        reported: Its numbers.
        unit: Its unit.
        wanted: The unit wanted.
        outcome: Outcome its words state, if any.
    """
    value, comparator = reported.value, reported.comparator
    interval = measured_interval(reported.low, reported.high)
    if value is None and interval is None:
        if outcome != "absent" or reported.lod is None:
            return None, "missing-value" if outcome in (None, "not-tested") else "text-for-number"
        value, comparator = reported.lod, "<"
    try:
        own = parse_unit(unit or "1")
        step = conversion(own, parse_unit(wanted or "1"))
    except UnitError as error:
        return None, unit_reason(error.findings)
    if interval is None:
        assert value is not None  # noqa: S101 - there is one, or there is an interval
        exact = Edge(value, closed=True)
        interval = Interval(exact, exact) if comparator is None else censored_set(comparator, value)
    interval = interval.intersect(domain_of(None, own))
    if interval.is_empty:
        return None, "outside-domain"
    return interval.mapped(step.factor, step.offset), None


def series_reason(trend: Trend, points: Sequence[Point]) -> str:
    """Return the reason for a trend over points."""
    for point in points:
        if point.fault is not None:
            return point.fault
    if len(points) < trend.minimum_points:
        return "too-few-points"
    orders = [point.order for point in points if point.order is not None]
    if len(orders) < len(points) or len(set(orders)) < len(points) or len({kind for kind, _ in orders}) > 1:
        return "order-unknown"
    series = [point.values for point in sorted(points, key=lambda point: point.order or (0, Fraction(0)))]
    certain = True
    for earlier, later in itertools.pairwise(series):
        assert earlier is not None  # noqa: S101 - no point has a fault
        assert later is not None  # noqa: S101
        moves = _moves(trend.direction, earlier, later)
        if moves is False:
            return "trend-broken"
        certain = certain and moves is True
    return "trend-holds" if certain else "censored"


def _moves(direction: str, earlier: Interval, later: Interval) -> bool | None:
    low, high = (later, earlier) if direction in ("decreasing", "not-increasing") else (earlier, later)
    strict = direction in ("decreasing", "increasing")
    if _below(low, high, strict=strict):
        return True
    return False if _below(high, low, strict=not strict) else None


def _below(left: Interval, right: Interval, *, strict: bool) -> bool:
    """Tell whether every value of one interval is below every value of the other."""
    if left.high is None or right.low is None:
        return False
    if left.high.value == right.low.value:
        return not strict or not (left.high.closed and right.low.closed)
    return left.high.value < right.low.value


def order_of_timepoint(text: str) -> Order | None:
    """Return the place of a time point such as "3 month", "day 7" or "12" in a series; None where it has none."""
    match = _AMOUNT.match(text)
    if match is not None:
        number, unit = Fraction(match[1]), match[2]
    else:
        match = _NAMED_AMOUNT.match(text)
        if match is None:
            return None
        number, unit = Fraction(match[2]), match[1].lower()
    if unit is None:
        return 1, number
    try:
        read: Unit = parse_unit(unit)
    except UnitError:
        return None
    if not read.is_duration:
        return None
    return (2 if read.dimension == (("s", 1),) else 3), number * read.scale


def order_of_passage(text: str) -> Order | None:
    """Return the number of a passage such as "P3", "passage 12" or "4"; None where there is none."""
    match = _COUNTED.match(text)
    return None if match is None else (4, Fraction(match[1]))
