"""Bridges between kinds of quantity that only facts of a batch can cross, as a closed list of formulas.

Source of the endotoxin limit K/M, with M the largest dose per kilogram in any one hour: USP <85> (footnote of the
chapter, as in USP 35), Ph. Eur. 5.1.10, JP general information on limits for endotoxins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple

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
    compute: Callable[[_Reach], _Amount]


class _Amount(NamedTuple):
    """A number in base units, and how good the worst basis is that it rests on; 0 is the best."""

    number: Fraction
    rank: int
    inputs: tuple[Fact, ...]

    def with_other(self, number: Fraction, other: _Amount) -> _Amount:
        """Return a number computed from this amount and another."""
        return _Amount(number, max(self.rank, other.rank), (*self.inputs, *other.inputs))


class _Reach:
    """Looks facts up for one side of a limit. A fact that is stated and cannot be used is never passed over."""

    def __init__(self, facts: Facts, side: Side) -> None:
        self.facts = facts
        self.side = side
        relation = facts.word("donor-relation")
        if facts.is_stated("donor-relation") and relation not in _RELATIONS:
            raise MissingFactError(facts.lack("donor-relation"))
        self.labeled = relation == "allogeneic"  # one patient says nothing about the next

    def number(self, name: str, unit: str, *, grows: bool, fallback: str | None = None) -> _Amount:
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

    def optional(self, name: str, unit: str, *, grows: bool) -> _Amount | None:
        """Return a fact in base units; None where none of an acceptable basis is stated.

        Raises:
            MissingFactError: If it is stated and cannot be used: contradictory, unreadable, or not positive.
        """
        bases = self._bases(grows=grows)
        fact = self.facts.find(name, bases)
        if fact is None:
            if self.facts.is_stated(name, bases):
                raise MissingFactError(self.facts.lack(name))
            return None
        amount = amount_of(fact)
        if amount is None or amount[1].dimension != parse_unit(unit).dimension or amount[0] <= 0:
            raise MissingFactError(self.facts.lack(name))
        return _Amount(amount[0] * amount[1].scale, bases.index(fact.basis), (fact,))

    def _bases(self, *, grows: bool) -> tuple[str, ...]:
        if self.side == "both":
            return ("nominal",) if self.labeled else ("actual", "nominal")
        worst = "labeled-maximum" if grows == (self.side == "upper") else "labeled-minimum"
        return (worst,) if self.labeled else ("actual", worst, "nominal")

    def volume_per_weight(self) -> _Amount:
        return self._better(
            "dose-volume-per-body-weight",
            lambda: self.optional("dose-volume-per-body-weight", "mL/kg", grows=True),
            lambda: self._over(self.volume(), self.weight()),
        )

    def volume(self) -> _Amount:
        return self.number("dose-volume", "mL", grows=True)

    def weight(self) -> _Amount:
        return self.number("body-weight", "kg-body", grows=False)

    def hourly_share(self) -> _Amount:
        """Return the largest share of the dose that is given in any one hour."""
        return self._better("largest-hourly-volume", self._share_recorded, self._share_by_duration)

    def hourly_volume_per_weight(self) -> _Amount:
        return self._better(
            "largest-hourly-volume",
            lambda: self._hourly_over_weight(),
            lambda: self._times(self._share_by_duration(), self.volume_per_weight()),
        )

    def _share_recorded(self) -> _Amount | None:
        hourly = self.optional("largest-hourly-volume", "mL", grows=True)
        if hourly is None:
            return None
        share = self._over(hourly, self.volume())
        return share._replace(number=min(share.number, Fraction(1)))

    def _share_by_duration(self) -> _Amount:
        duration = self.number("infusion-duration", "h", grows=False, fallback="largest-hourly-volume")
        if duration.number <= _HOUR:
            return duration._replace(number=Fraction(1))  # a shorter infusion counts as one hour
        rate = self.facts.find("infusion-rate")
        if rate is None or self.facts.word("infusion-rate") != "uniform":
            raise MissingFactError("largest-hourly-volume, or infusion-rate uniform")
        return duration._replace(number=_HOUR / duration.number, inputs=(*duration.inputs, rate))

    def _hourly_over_weight(self) -> _Amount | None:
        hourly = self.optional("largest-hourly-volume", "mL", grows=True)
        return None if hourly is None else self._over(hourly, self.weight())

    def _better(self, name: str, direct: Callable[[], _Amount | None], other: Callable[[], _Amount]) -> _Amount:
        """Return what the better basis says, of two ways to the same amount; two that differ contradict each other."""
        first = direct()
        try:
            second = other()
        except MissingFactError:
            if first is None:
                raise
            return first
        if first is None or second.rank < first.rank:
            return second
        if first.rank == second.rank and first.number != second.number and name != "largest-hourly-volume":
            raise MissingFactError(f"{self.facts.lack(name)}, and other facts that contradict it")
        return first

    @staticmethod
    def _over(left: _Amount, right: _Amount) -> _Amount:
        return left.with_other(left.number / right.number, right)

    @staticmethod
    def _times(left: _Amount, right: _Amount) -> _Amount:
        return left.with_other(left.number * right.number, right)


_RELATIONS = ("allogeneic", "autologous", "not-applicable")


def _by_hour(amount: _Amount) -> _Amount:
    return amount._replace(number=amount.number / _HOUR)


def _inverse(amount: _Amount) -> _Amount:
    return amount._replace(number=1 / amount.number)


_VOLUME, _BODY, _TIME, _DOSE = ("m", 3), ("kg-body", -1), ("s", -1), ("dose", -1)

FORMULAS: tuple[Formula, ...] = (
    Formula("per-body-weight", (_BODY, _VOLUME), _Reach.volume_per_weight),
    Formula(
        "per-body-weight-and-hour",
        (_BODY, _VOLUME, _TIME),
        lambda reach: _by_hour(reach.hourly_volume_per_weight()),
    ),
    Formula("per-hour", (_TIME,), lambda reach: _by_hour(reach.hourly_share())),
    Formula("per-dose", (_DOSE, _VOLUME), _Reach.volume),
    Formula("total-per-body-weight", (_BODY,), lambda reach: _inverse(reach.weight())),
    Formula("dose-per-body-weight", (("dose", 1), _BODY), lambda reach: _inverse(reach.weight())),
)

_ENDOTOXIN: tuple[Formula, ...] = (
    Formula(K_OVER_M, (_BODY, _VOLUME), _Reach.hourly_volume_per_weight),
    Formula(K_OVER_M, (_BODY, _VOLUME, _TIME), lambda reach: _by_hour(reach.hourly_volume_per_weight())),
    Formula("per-hour", (_TIME,), lambda reach: _by_hour(reach.hourly_share())),
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
    found = formula.compute(_Reach(facts, side))
    return Bridge(found.number, tuple(dict.fromkeys(found.inputs)))
