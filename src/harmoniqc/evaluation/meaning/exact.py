"""Numbers against plans in exact arithmetic."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

from harmoniqc.evaluation.meaning.interval import Edge, Interval, censored_set
from harmoniqc.evaluation.meaning.plan import Plan
from harmoniqc.standard.decimal_text import from_fraction

_SHOWN = Context(prec=17)


def judge_value(plan: Plan, value: Fraction, *, unrounded: bool = False) -> str:
    """Return the reason for an exact number."""
    if value not in plan.domain:
        return "outside-domain"
    return "within-limit" if value in (plan.written if unrounded else plan.accept) else "outside-limit"


def judge_set(plan: Plan, values: Interval) -> str:
    """Return the reason for a result that only says in which interval the value lies."""
    values = values.intersect(plan.domain)
    if values.is_empty:
        return "outside-domain"
    limit = plan.written.within(plan.domain)
    if limit.covers(values):
        return "all-values-within-limit"
    return "censored" if limit.meets(values) else "no-value-within-limit"


def judge_interval(
    plan: Plan, value: Fraction | None, interval: Interval, comparator: str | None = None, *, unrounded: bool = False
) -> str:
    """Return the reason for an interval, with or without a central value or a bound beside it."""
    if value is not None and comparator is not None:
        interval, value = interval.intersect(censored_set(comparator, value)), None
    if interval.is_empty or (value is not None and value not in interval):
        return "contradictory-interval"
    if value is not None:
        reason = judge_value(plan, value, unrounded=unrounded)
        if reason != "within-limit":
            return reason
    return judge_set(plan, interval)


def measured_interval(low: Fraction | None, high: Fraction | None) -> Interval | None:
    """Return the closed interval between two reported ends; None where neither was reported."""
    if low is None and high is None:
        return None
    return Interval(None if low is None else Edge(low, closed=True), None if high is None else Edge(high, closed=True))


def least_of(low: Fraction | None, high: Fraction | None) -> Fraction | None:
    """Return the lower end of a reported interval of an amount; None where no interval was reported."""
    return Fraction(0) if low is None and high is not None else low


def shown_value(number: Fraction) -> str:
    """Return a number as decimal text, rounded to 17 significant digits where it does not end before."""
    text = from_fraction(number)
    if text is not None and len(text.lstrip("-0.").replace(".", "")) <= 17:
        return text
    return str(_SHOWN.divide(Decimal(number.numerator), Decimal(number.denominator)))
