"""Results whose last digits decide: binary noise, values rounded before, values with too few digits."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from harmoniqc.evaluation.meaning.interval import Edge, Interval
from harmoniqc.evaluation.meaning.plan import Plan
from harmoniqc.standard.decimal_text import last_place, to_fraction

_NOISE = decimal.Context(prec=15, rounding=decimal.ROUND_HALF_EVEN)
_FLOAT_DIGITS = (16, 17)
"""How many significant digits a float64 prints with that is not the float64 of a shorter decimal."""


def quiet_neighbor(text: str) -> Fraction | None:
    """Return a number without its binary noise, rounded to 15 digits; None where it has none.

    A float64 holds any decimal of 15 digits, so a result with 16 or 17, such as 7.000000000000001 from 0.07 * 100,
    came out of a computation in floating point.
    """
    number = Decimal(text)
    digits = len(number.normalize().as_tuple().digits)
    if not number.is_finite() or digits not in _FLOAT_DIGITS:
        return None
    return Fraction(_NOISE.plus(number))


def is_noise(text: str, conforms: Callable[[Fraction], bool]) -> bool:
    """Tell whether a number and its neighbor without binary noise have different verdicts."""
    neighbor = quiet_neighbor(text)
    return neighbor is not None and conforms(neighbor) != conforms(to_fraction(text))


def rounded_before(text: str, plan: Plan) -> str | None:
    """Return the finding code for a value that was already rounded at the source; None where nothing hangs on it.

    Args:
        text: The value as reported; its digits say to which place it was rounded, ties away from zero.
        plan: What it is compared with.
    """
    place = Fraction(10) ** last_place(text)
    value, half = to_fraction(text), place / 2
    raw = Interval(Edge(value - half, closed=value > 0), Edge(value + half, closed=value < 0)).intersect(plan.domain)
    region = plan.accept.within(plan.domain)
    if raw.is_empty or region.covers(raw) or not region.meets(raw):
        return None
    return "insufficient-precision" if plan.step is not None and place > plan.step else "double-rounding"
