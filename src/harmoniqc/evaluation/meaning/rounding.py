"""Rounding as thresholds: where a reportable value starts to conform once it has been rounded.

Rounding is monotonic, so "the rounded value is at most the limit" is the same as "the value lies at or before a
threshold". With ``g`` the greatest conforming value of the grid, that threshold is the midpoint of ``g`` and its
successor, and it is itself conforming exactly if it rounds to a conforming value. Lower bounds mirror, because
both tie rules do.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

from harmoniqc.evaluation.meaning.interval import Edge, Interval
from harmoniqc.standard import Limit, RoundingPolicy
from harmoniqc.standard.decimal_text import last_place, significant_figures, to_fraction

_HALF = Fraction(1, 2)


class Grid(Protocol):
    """The values a result can have after rounding."""

    def round(self, number: Fraction) -> Fraction:
        """Return the grid value a number is rounded to."""

    def floor(self, number: Fraction) -> Fraction:
        """Return the greatest grid value not above a number."""

    def after(self, value: Fraction) -> Fraction:
        """Return the next grid value above a grid value."""

    def before(self, value: Fraction) -> Fraction:
        """Return the next grid value below a grid value."""


@dataclass(frozen=True, slots=True)
class FixedGrid:
    """Multiples of one step, as the last decimal place of a limit or a declared quantum."""

    step: Fraction
    half_even: bool

    def round(self, number: Fraction) -> Fraction:
        """Return the nearest multiple; ties away from zero, or to the even multiple."""
        return _round_count(number / self.step, half_even=self.half_even) * self.step

    def floor(self, number: Fraction) -> Fraction:
        """Return the greatest multiple not above a number."""
        return (number // self.step) * self.step

    def after(self, value: Fraction) -> Fraction:
        """Return the next multiple."""
        return value + self.step

    def before(self, value: Fraction) -> Fraction:
        """Return the multiple before."""
        return value - self.step


@dataclass(frozen=True, slots=True)
class SignificantGrid:
    """Numbers of so many significant figures; the step is finer just below a power of ten. Never zero."""

    figures: int

    def round(self, number: Fraction) -> Fraction:
        """Return the nearest such number; ties away from zero."""
        if number == 0:
            return number
        step = self._step(number)
        return _round_count(number / step, half_even=False) * step

    def floor(self, number: Fraction) -> Fraction:
        """Return the greatest such number not above a number."""
        step = self._step(number)
        return (number // step) * step

    def after(self, value: Fraction) -> Fraction:
        """Return the next such number."""
        return -self.before(-value) if value < 0 else value + self._step(value)

    def before(self, value: Fraction) -> Fraction:
        """Return the such number before."""
        if value < 0:
            return value - self._step(value)
        step = self._step(value)
        power_of_ten = value == step * 10 ** (self.figures - 1)
        return value - (step / 10 if power_of_ten else step)

    def _step(self, number: Fraction) -> Fraction:
        return Fraction(10) ** (_magnitude(number) - self.figures + 1)


def grid_of(bound: str, policy: RoundingPolicy, quantum: str | None = None) -> Grid | None:
    """Return the grid on which results are compared with a bound, or None where nothing is rounded.

    Args:
        bound: Decimal text of the bound; its digits state the precision.
        policy: The rounding policy.
        quantum: Decimal text of a declared step, which then replaces the bound's last place.
    """
    if policy == "none":
        return None
    half_even = policy == "limit-decimals-half-even"
    if quantum is not None:
        return FixedGrid(to_fraction(quantum), half_even)
    if policy == "limit-significant-figures":
        figures = significant_figures(bound)
        return SignificantGrid(figures) if figures else None  # zero has no significant figures: compare exactly
    return FixedGrid(Fraction(10) ** last_place(bound), half_even)


def acceptance(limit: Limit, policy: RoundingPolicy) -> Interval:
    """Return every unrounded value that conforms, in the limit's unit.

    Args:
        limit: The limit.
        policy: The rounding policy in force.
    """
    low, high = limit.low, limit.high
    return Interval(
        None if low is None else _upper(low.value, low.inclusive, policy, limit.quantum, -1).negated(),
        None if high is None else _upper(high.value, high.inclusive, policy, limit.quantum, 1),
    )


def as_written(limit: Limit) -> Interval:
    """Return the limit itself, unrounded, in its own unit."""
    return acceptance(limit, "none")


@lru_cache(maxsize=65536)
def _upper(bound: str, inclusive: bool, policy: RoundingPolicy, quantum: str | None, sign: int) -> Edge:
    """Return the threshold of an upper bound; a lower bound comes in mirrored, with sign -1."""
    limit = sign * to_fraction(bound)
    grid = grid_of(bound, policy, quantum)
    if grid is None:
        return Edge(limit, inclusive)
    best = grid.floor(limit)
    if best == limit and not inclusive:
        best = grid.before(limit)
    middle = (best + grid.after(best)) / 2
    rounded = grid.round(middle)
    return Edge(middle, closed=rounded < limit or (rounded == limit and inclusive))


def _round_count(count: Fraction, *, half_even: bool) -> int:
    whole, rest = divmod(abs(count), 1)
    if rest > _HALF or (rest == _HALF and (not half_even or whole % 2 == 1)):
        whole += 1
    return int(whole) if count >= 0 else -int(whole)


def _magnitude(number: Fraction) -> int:
    """Return the exponent of the leading digit: 2 for 123, -3 for 0.0012."""
    number = abs(number)
    exponent = len(str(number.numerator)) - len(str(number.denominator))
    if number < Fraction(10) ** exponent:
        exponent -= 1
    return exponent
