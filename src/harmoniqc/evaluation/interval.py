"""Intervals of exact numbers: the meaning of a limit, of a censored result, of a domain."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Edge:
    """One end of an interval: an exact number, and whether the number itself is inside."""

    value: Fraction
    closed: bool

    def mapped(self, factor: Fraction, offset: Fraction) -> Edge:
        """Return the edge after ``x * factor + offset`` with a positive factor."""
        return Edge(self.value * factor + offset, self.closed)

    def negated(self) -> Edge:
        """Return the edge mirrored at zero."""
        return Edge(-self.value, self.closed)


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers between two edges; None stands for an open end at infinity."""

    low: Edge | None = None
    high: Edge | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no number lies in it."""
        if self.low is None or self.high is None or self.low.value < self.high.value:
            return False
        return not (self.low.value == self.high.value and self.low.closed and self.high.closed)

    def __contains__(self, number: Fraction) -> bool:
        low, high = self.low, self.high
        if low is not None and (number < low.value or (number == low.value and not low.closed)):
            return False
        return high is None or number < high.value or (number == high.value and high.closed)

    def intersect(self, other: Interval) -> Interval:
        """Return the numbers in both."""
        return Interval(_later(self.low, other.low), _earlier(self.high, other.high))

    def covers(self, other: Interval) -> bool:
        """Tell whether every number of a non-empty interval lies in this one."""
        return self.intersect(other) == other

    def mapped(self, factor: Fraction, offset: Fraction) -> Interval:
        """Return the interval after ``x * factor + offset`` with a positive factor."""
        return Interval(
            None if self.low is None else self.low.mapped(factor, offset),
            None if self.high is None else self.high.mapped(factor, offset),
        )

    def negated(self) -> Interval:
        """Return the interval mirrored at zero."""
        return Interval(
            None if self.high is None else self.high.negated(), None if self.low is None else self.low.negated()
        )


EVERYTHING = Interval()


def censored_set(comparator: str, value: Fraction) -> Interval:
    """Return every number that a result like ``<0.5`` may stand for.

    Args:
        comparator: One of ``<``, ``<=``, ``>``, ``>=``.
        value: The bound reported.
    """
    edge = Edge(value, closed=comparator.endswith("="))
    return Interval(high=edge) if comparator.startswith("<") else Interval(low=edge)


def _later(left: Edge | None, right: Edge | None) -> Edge | None:
    if left is None or right is None:
        return left or right
    if left.value == right.value:
        return left if not left.closed else right
    return left if left.value > right.value else right


def _earlier(left: Edge | None, right: Edge | None) -> Edge | None:
    if left is None or right is None:
        return left or right
    if left.value == right.value:
        return left if not left.closed else right
    return left if left.value < right.value else right
