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


@dataclass(frozen=True, slots=True)
class Region:
    """A set of numbers: disjoint intervals, ascending, that do not touch.

    Attributes:
        intervals: The intervals; none: the empty set.
    """

    intervals: tuple[Interval, ...]

    @classmethod
    def of(cls, *intervals: Interval) -> Region:
        """Return the union of any intervals."""
        pieces = [piece for piece in intervals if not piece.is_empty]
        if len(pieces) < 2:
            return cls(tuple(pieces))
        pieces.sort(key=lambda piece: (piece.low is not None, piece.low and (piece.low.value, not piece.low.closed)))
        merged: list[Interval] = []
        for piece in pieces:
            if merged and _touch(merged[-1], piece):
                merged[-1] = Interval(merged[-1].low, _farther(merged[-1].high, piece.high))
            else:
                merged.append(piece)
        return cls(tuple(merged))

    @property
    def is_empty(self) -> bool:
        """Whether no number lies in it."""
        return not self.intervals

    def __contains__(self, number: Fraction) -> bool:
        return any(number in piece for piece in self.intervals)

    def union(self, other: Region) -> Region:
        """Return the numbers in either."""
        return Region.of(*self.intervals, *other.intervals)

    def intersect(self, other: Region) -> Region:
        """Return the numbers in both."""
        return Region.of(*(left.intersect(right) for left in self.intervals for right in other.intervals))

    def within(self, interval: Interval) -> Region:
        """Return the numbers that lie in an interval as well."""
        return self.intersect(Region.of(interval))

    def covers(self, interval: Interval) -> bool:
        """Tell whether every number of a non-empty interval lies in the region."""
        return any(piece.covers(interval) for piece in self.intervals)

    def meets(self, interval: Interval) -> bool:
        """Tell whether any number of an interval lies in the region."""
        return any(not piece.intersect(interval).is_empty for piece in self.intervals)

    def mapped(self, factor: Fraction, offset: Fraction) -> Region:
        """Return the region after ``x * factor + offset`` with a positive factor."""
        if factor == 1 and offset == 0:
            return self
        return Region(tuple(piece.mapped(factor, offset) for piece in self.intervals))

    def negated(self) -> Region:
        """Return the region mirrored at zero."""
        return Region(tuple(piece.negated() for piece in reversed(self.intervals)))

    def inverted(self, factor: Fraction) -> Region:
        """Return the positive numbers whose ``factor / x`` lies in the region, with a positive factor."""
        return Region.of(*(_inverted(piece.intersect(POSITIVE), factor) for piece in self.intervals))


POSITIVE = Interval(low=Edge(Fraction(0), closed=False))


def _inverted(piece: Interval, factor: Fraction) -> Interval:
    if piece.is_empty:
        return piece
    assert piece.low is not None  # noqa: S101 - a piece of POSITIVE
    high = None if piece.low.value == 0 else Edge(factor / piece.low.value, piece.low.closed)
    low = Edge(Fraction(0), closed=False) if piece.high is None else Edge(factor / piece.high.value, piece.high.closed)
    return Interval(low, high)


def _touch(left: Interval, right: Interval) -> bool:
    """Tell whether two intervals in ascending order leave no gap."""
    if left.high is None or right.low is None:
        return True
    if left.high.value == right.low.value:
        return left.high.closed or right.low.closed
    return left.high.value > right.low.value


def _farther(left: Edge | None, right: Edge | None) -> Edge | None:
    """Return the upper edge that lets more through."""
    if left is None or right is None:
        return None
    if left.value == right.value:
        return left if left.closed else right
    return left if left.value > right.value else right
