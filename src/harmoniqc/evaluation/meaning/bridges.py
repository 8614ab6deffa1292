"""Bridges between kinds of quantity that only facts of a batch can cross, as a closed list of formulas.

Source of the endotoxin limit K/M, with M the largest dose per kilogram in any one hour: USP <85> (footnote of the
chapter, as in USP 35), Ph. Eur. 5.1.10, JP general information on limits for endotoxins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from harmoniqc.evaluation.meaning.facts import Facts, amount_of
from harmoniqc.standard import Fact, Limit
from harmoniqc.units import Unit, parse_unit

K_OVER_M = "endotoxin-k-over-m"

Side = Literal["upper", "lower", "both"]
"""Which bounds a limit has: whether the largest or the smallest dose is the one to look at."""

_HOUR = Fraction(3600)


@dataclass(frozen=True, slots=True)
class Bridge:
    """What carries a result over: derived value = value * factor, both in base units.

    Attributes:
        factor: The exact factor.
        inputs: The facts it was computed from.
    """

    factor: Fraction
    inputs: tuple[Fact, ...]


class MissingFactError(Exception):
    """A formula cannot be computed; never leaves the room. The argument names the facts that would do."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One way from a kind of quantity to another.

    Attributes:
        id: Identifier, as it is recorded with each derived result.
        dimension: What the factor adds to the dimension of the result.
        compute: Takes the facts in reach; gives the factor in base units.
    """

    id: str
    dimension: tuple[tuple[str, int], ...]
    compute: Callable[[_Reach], Fraction]


class _Reach:
    """Looks facts up for one side of a limit, and remembers which were used."""

    def __init__(self, facts: Facts, side: Side) -> None:
        self.facts = facts
        self.side = side
        self.used: list[Fact] = []
        self.labeled = facts.word("donor-relation") == "allogeneic"  # one patient says nothing about the next

    def number(self, name: str, unit: str, *, grows: bool, fallback: str | None = None) -> Fraction:
        """Return a fact in base units of a unit.

        Args:
            name: Name of the fact.
            unit: A unit of its kind.
            grows: Whether the derived value grows with it, so that an upper limit needs its maximum.
            fallback: What else would do, for the message.

        Raises:
            MissingFactError: If it is not known.
        """
        found = self.optional(name, unit, grows=grows)
        if found is None:
            lacking = self.facts.lack(name)
            raise MissingFactError(lacking if fallback is None else f"{lacking}, or {fallback}")
        return found

    def optional(self, name: str, unit: str, *, grows: bool) -> Fraction | None:
        """Return a fact in base units; None where it is not known."""
        fact = self.facts.find(name, self._bases(grows=grows))
        amount = None if fact is None else amount_of(fact)
        if fact is None or amount is None or amount[1].dimension != parse_unit(unit).dimension or amount[0] <= 0:
            return None
        self.used.append(fact)
        return amount[0] * amount[1].scale

    def _bases(self, *, grows: bool) -> tuple[str, ...]:
        if self.side == "both":
            return ("nominal",) if self.labeled else ("actual", "nominal")
        worst = "labeled-maximum" if grows == (self.side == "upper") else "labeled-minimum"
        return (worst,) if self.labeled else ("actual", worst, "nominal")

    def volume_per_weight(self) -> Fraction:
        direct = self.optional("dose-volume-per-body-weight", "mL/kg", grows=True)
        return self.volume() / self.weight() if direct is None else direct

    def volume(self) -> Fraction:
        return self.number("dose-volume", "mL", grows=True)

    def weight(self) -> Fraction:
        return self.number("body-weight", "kg-body", grows=False)

    def hourly_share(self) -> Fraction:
        """Return the largest share of the dose that is given in any one hour."""
        hourly = self.optional("largest-hourly-volume", "mL", grows=True)
        if hourly is not None:
            return min(hourly / self.volume(), Fraction(1))
        seconds = self.number("infusion-duration", "h", grows=False, fallback="largest-hourly-volume")
        if seconds <= _HOUR:
            return Fraction(1)  # a shorter infusion counts as one hour
        if self.facts.word("infusion-rate") != "uniform":
            raise MissingFactError("largest-hourly-volume, or infusion-rate uniform")
        rate = self.facts.find("infusion-rate")
        if rate is not None:
            self.used.append(rate)
        return _HOUR / seconds

    def hourly_volume_per_weight(self) -> Fraction:
        hourly = self.optional("largest-hourly-volume", "mL", grows=True)
        if hourly is not None:
            return hourly / self.weight()
        return self.hourly_share() * self.volume_per_weight()


def _per_hour(reach: _Reach) -> Fraction:
    return reach.hourly_share() / _HOUR


_VOLUME, _BODY, _TIME, _DOSE = ("m", 3), ("kg-body", -1), ("s", -1), ("dose", -1)

FORMULAS: tuple[Formula, ...] = (
    Formula("per-body-weight", (_BODY, _VOLUME), _Reach.volume_per_weight),
    Formula(
        "per-body-weight-and-hour",
        (_BODY, _VOLUME, _TIME),
        lambda reach: reach.hourly_volume_per_weight() / _HOUR,
    ),
    Formula("per-hour", (_TIME,), _per_hour),
    Formula("per-dose", (_DOSE, _VOLUME), _Reach.volume),
    Formula("total-per-body-weight", (_BODY,), lambda reach: 1 / reach.weight()),
    Formula("dose-per-body-weight", (("dose", 1), _BODY), lambda reach: 1 / reach.weight()),
)

_ENDOTOXIN: tuple[Formula, ...] = (
    Formula(K_OVER_M, (_BODY, _VOLUME), _Reach.hourly_volume_per_weight),
    Formula(K_OVER_M, (_BODY, _VOLUME, _TIME), lambda reach: reach.hourly_volume_per_weight() / _HOUR),
    Formula("per-hour", (_TIME,), _per_hour),
)


@lru_cache(maxsize=4096)
def formula_for(limit: Limit, result: Unit, wanted: Unit) -> Formula | None:
    """Return the formula that leads from the unit of a result to that of a limit; None where there is none."""
    if result.is_scale or wanted.is_scale or result.offset or wanted.offset:
        return None
    powers = dict(wanted.dimension)
    for base, power in result.dimension:
        powers[base] = powers.get(base, 0) - power
    difference = tuple(sorted((base, power) for base, power in powers.items() if power))
    if difference == (_TIME,) and dict(result.dimension).get("kg-body") != -1:
        return None  # per hour of what is given to a body, not of anything else
    for formula in _ENDOTOXIN if limit.formula == K_OVER_M else FORMULAS:
        if tuple(sorted(formula.dimension)) == difference:
            return formula
    return None


def side_of(limit: Limit) -> Side:
    """Return which bounds a limit has."""
    if limit.low is not None and limit.high is not None:
        return "both"
    return "upper" if limit.low is None else "lower"


def cross(formula: Formula, facts: Facts, side: Side) -> Bridge:
    """Compute the factor of a formula from the facts of a batch.

    Raises:
        MissingFactError: If a fact is not known; it names what would do.
    """
    reach = _Reach(facts, side)
    factor = formula.compute(reach)
    return Bridge(factor, tuple(dict.fromkeys(reach.used)))
