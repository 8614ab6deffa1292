"""Exact thresholds as float64: the last float64 whose printed decimal still satisfies the threshold.

A float64 means the shortest decimal that reads back as the same float64. That reading is strictly increasing, so
every exact threshold has a last float64 on its good side, and one comparison of float64 decides exactly.
"""

from __future__ import annotations

import math
import sys
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from harmoniqc.evaluation.meaning.interval import Edge, Interval

LARGEST = sys.float_info.max
EMPTY = (math.inf, -math.inf)
"""Float bounds that no number satisfies."""


def printed(number: float) -> Fraction:
    """Return the exact value of the decimal a finite float64 prints as."""
    return Fraction(Decimal(repr(number)))


@lru_cache(maxsize=65536)
def float_bounds(interval: Interval) -> tuple[float, float]:
    """Return float64 bounds ``low <= x <= high`` that decide membership exactly for every float64.

    Infinity never conforms: an end at infinity becomes the largest finite float64. An interval without any
    float64 gives :data:`EMPTY`.
    """
    if interval.is_empty:
        return EMPTY
    low = -LARGEST if interval.low is None else -_last(interval.low.negated())
    high = LARGEST if interval.high is None else _last(interval.high)
    return (low, high) if low <= high else EMPTY


def _last(edge: Edge) -> float:
    """Return the largest float64 whose printed decimal lies at or before an upper edge; -inf if there is none."""
    top, bottom = edge.value.numerator, edge.value.denominator

    def inside(number: float) -> bool:
        # As printed(number) against the edge, without reducing a fraction that is used once.
        numerator, denominator = Decimal(repr(number)).as_integer_ratio()
        left, right = numerator * bottom, top * denominator
        return left < right or (left == right and edge.closed)

    try:
        candidate = float(edge.value)
    except OverflowError:
        candidate = LARGEST if edge.value > 0 else -LARGEST
    candidate = min(max(candidate, -LARGEST), LARGEST)
    while candidate > -math.inf and not inside(candidate):
        candidate = math.nextafter(candidate, -math.inf)
    while candidate < LARGEST:
        following = math.nextafter(candidate, math.inf)
        if not inside(following):
            break
        candidate = following
    return candidate
