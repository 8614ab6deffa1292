"""A unit as a plain value: what is measured, and how much of it one unit is, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Dimension = tuple[tuple[str, int], ...]
"""Base units with their exponents, sorted by name; what is counted is a base unit like any other."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A resolved unit. It holds no reference to a registry, so it travels between processes.

    Attributes:
        code: The code of the unit table, or the normalized text of a compound that is not listed.
        dimension: Base units with exponents.
        scale: How many base units one unit is, exactly.
        offset: What is added after scaling; only temperatures have one.
        kind: Kind of quantity, in words.
        ucum: The UCUM code to write; None where UCUM has none.
        is_scale: Whether it is a declared scale (pH, log10, score), whose values never convert.
    """

    code: str
    dimension: Dimension
    scale: Fraction
    offset: Fraction = Fraction(0)
    kind: str = ""
    ucum: str | None = None
    is_scale: bool = False

    @property
    def is_temperature(self) -> bool:
        """Whether it is a temperature point or difference."""
        return self.dimension == (("K", 1),)

    @property
    def is_duration(self) -> bool:
        """Whether it is a time, calendar units included."""
        return self.dimension in ((("s", 1),), (("month", 1),))

    def convertible_to(self, other: Unit) -> bool:
        """Tell whether values convert exactly; a declared scale converts to itself alone."""
        return self.dimension == other.dimension and (not self.is_scale or self.code == other.code)

    def __hash__(self) -> int:
        return hash(self.code)  # units are keys of many caches, and hashing exact numbers is slow

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Conversion:
    """An exact conversion: ``value * factor + offset``, with a positive factor."""

    factor: Fraction
    offset: Fraction = Fraction(0)
