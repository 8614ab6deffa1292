"""What a limit means for results in one unit: exact intervals, and the float64 bounds that decide them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from harmoniqc.errors import UnitError
from harmoniqc.evaluation.interval import EVERYTHING, Edge, Interval
from harmoniqc.evaluation.projection import EMPTY, LARGEST, float_bounds
from harmoniqc.evaluation.rounding import acceptance, as_written
from harmoniqc.standard import Limit, RoundingPolicy
from harmoniqc.standard.columns import COMPARATORS
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.units import Unit, conversion, parse_unit
from harmoniqc.vocabulary import cqas

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class CensoredBounds:
    """Float64 bounds on the number of a censored result, for one comparator.

    Attributes:
        possible: The result stands for at least one value that can exist.
        conforms: Every value it may stand for conforms.
        fails: No value it may stand for conforms.
    """

    possible: Bounds
    conforms: Bounds
    fails: Bounds


@dataclass(frozen=True, slots=True)
class Plan:
    """A limit in the unit of the results.

    Attributes:
        accept: Unrounded values that conform once rounded.
        written: The limit as written; censored results are compared with it.
        domain: Values that can exist at all.
    """

    accept: Interval
    written: Interval
    domain: Interval

    def bounds(self) -> Bounds:
        """Float64 bounds of conforming values; inside them a value conforms and can exist."""
        return float_bounds(self.accept.intersect(self.domain))

    def written_bounds(self) -> Bounds:
        """Float64 bounds of values that would conform without rounding."""
        return float_bounds(self.written.intersect(self.domain))

    def domain_bounds(self) -> Bounds:
        """Float64 bounds of values that can exist."""
        return float_bounds(self.domain)

    def censored(self) -> tuple[CensoredBounds, ...]:
        """Bounds for each comparator, in the order of :data:`COMPARATORS`."""
        return tuple(_censored(comparator, self.written, self.domain) for comparator in COMPARATORS)


def policy_in_force(limit: Limit, policy: RoundingPolicy, unit: Unit | None) -> RoundingPolicy:
    """Return the policy that really applies.

    Temperatures, times and formula limits are compared as measured: 8.4 °C is not within 2 to 8 °C under any
    policy, because monitoring data are not reportable values of a compendial test.
    """
    measured = unit is not None and (unit.is_temperature or unit.is_duration)
    return "none" if measured or limit.basis == "formula" else policy


def plan_for(limit: Limit, policy: RoundingPolicy, unit: str | None, cqa: str | None) -> Plan:
    """Return what a limit means for results in a unit.

    Args:
        limit: The limit.
        policy: Rounding policy of the criterion or specification.
        unit: Unit text of the results; None for a pure number.
        cqa: Attribute whose domain cuts censored results; None: only the unit's own domain is known.

    Raises:
        UnitError: If a unit is unknown or ambiguous.
        ConversionError: If the units measure different things.
    """
    of_limit = parse_unit(limit.unit or "1")
    of_result = parse_unit(unit or "1")
    step = conversion(of_limit, of_result)
    policy = policy_in_force(limit, policy, of_limit)
    written = as_written(limit).mapped(step.factor, step.offset)
    accept = written if policy == "none" else acceptance(limit, policy).mapped(step.factor, step.offset)
    return Plan(accept, written, domain_of(cqa, of_result))


@lru_cache(maxsize=4096)
def domain_of(cqa: str | None, unit: Unit) -> Interval:
    """Return the values a quantity can have, in a unit.

    The vocabulary's domain of the attribute applies where its unit converts. Without one, amounts, counts and
    what is computed from them are not negative; temperatures, fractions and declared scales are unbounded.
    """
    term = cqas.get(cqa) if cqa is not None else None
    domain = None if term is None else term.domain
    if domain is not None:
        low = None if domain.low is None else Edge(to_fraction(domain.low), closed=True)
        high = None if domain.high is None else Edge(to_fraction(domain.high), closed=True)
        try:
            step = conversion(parse_unit(domain.unit or "1"), unit)
        except UnitError:
            pass  # the result is another kind of quantity than the domain speaks of
        else:
            return Interval(low, high).mapped(step.factor, step.offset)
    if unit.is_scale or unit.is_temperature or not unit.dimension:
        return EVERYTHING
    return Interval(low=Edge(to_fraction("0"), closed=True))


def _censored(comparator: str, written: Interval, domain: Interval) -> CensoredBounds:
    if comparator.startswith(">"):
        mirrored = _censored(comparator.replace(">", "<"), written.negated(), domain.negated())
        return CensoredBounds(_mirror(mirrored.possible), _mirror(mirrored.conforms), _mirror(mirrored.fails))
    reaches = comparator == "<="  # whether the reported number itself is among the values
    limit = written.intersect(domain)
    least = domain.low
    possible = float_bounds(Interval(low=None if least is None else Edge(least.value, reaches and least.closed)))
    everything = float_bounds(EVERYTHING)
    if limit.is_empty:
        return CensoredBounds(possible, EMPTY, everything)

    # Every value conforms: the domain's low end is inside the limit, and the reported number is not above it.
    if limit.low != least:
        conforms = EMPTY
    elif limit.high == domain.high:
        conforms = everything
    else:
        assert limit.high is not None  # noqa: S101 - else it would equal the domain's open end
        conforms = float_bounds(Interval(high=Edge(limit.high.value, limit.high.closed or not reaches)))

    # No value conforms: the reported number is not above the limit's low end.
    if limit.low is None:
        fails = EMPTY
    else:
        fails = float_bounds(Interval(high=Edge(limit.low.value, not reaches or not limit.low.closed)))
    return CensoredBounds(possible, conforms, fails)


def _mirror(bounds: Bounds) -> Bounds:
    return EMPTY if bounds == EMPTY else (-bounds[1], -bounds[0])


__all__ = ["LARGEST", "CensoredBounds", "Plan", "domain_of", "plan_for", "policy_in_force"]
