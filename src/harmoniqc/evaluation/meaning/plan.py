"""What limits mean for results in one unit: exact regions, and the float64 bounds that decide them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce

from harmoniqc.errors import UnitError
from harmoniqc.evaluation.meaning.interval import EVERYTHING, POSITIVE, Edge, Interval, Region
from harmoniqc.evaluation.meaning.projection import EMPTY, float_bounds
from harmoniqc.evaluation.meaning.rounding import acceptance, as_written
from harmoniqc.standard import Limit, RoundingPolicy
from harmoniqc.standard.columns import COMPARATORS
from harmoniqc.standard.decimal_text import last_place, to_fraction
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
    """Limits on one result, in the unit of the result.

    Attributes:
        accept: Unrounded values that conform once rounded.
        written: The limits as written; censored results are compared with them.
        domain: Values that can exist at all.
        population: Population the limits name, which the result must not contradict.
        inverted: Where the result is compared by its reciprocal, what that reciprocal is a multiple of, and the unit
            of the limit; None: it is compared itself.
        step: The last place the limits were written to, as an amount in the unit of the result; None: none is
            known, because the result is compared by its reciprocal.
    """

    accept: Region
    written: Region
    domain: Interval
    population: str | None = None
    step: Fraction | None = None
    inverted: tuple[Fraction, str] | None = None

    @property
    def is_rounded(self) -> bool:
        """Whether rounding changes what conforms."""
        return self.accept is not self.written and self.accept != self.written

    def bounds(self, *, written: bool = False) -> tuple[Bounds, ...]:
        """Float64 bounds of each interval of values that conform and can exist, the widest first.

        Args:
            written: Whether to leave out rounding.
        """
        region = self.written if written else self.accept
        found = [float_bounds(piece) for piece in region.within(self.domain).intervals]
        found = [item for item in found if item != EMPTY]
        return tuple(sorted(found, key=lambda item: item[0] - item[1])) or (EMPTY,)

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
    return "none" if measured or limit.basis == "formula" or limit.formula is not None else policy


def plan_for(limit: Limit, policy: RoundingPolicy, unit: str | None, cqa: str | None) -> Plan:
    """Return what a limit means for results in a unit.

    A result in the inverse unit, such as IFU/vp against vp/IFU, is compared by its reciprocal.

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
    policy = policy_in_force(limit, policy, of_limit)
    written = Region.of(as_written(limit))
    accept = written if policy == "none" else Region.of(acceptance(limit, policy))
    if is_reciprocal(of_result, of_limit):
        factor = 1 / (of_result.scale * of_limit.scale)
        domain = domain_of(cqa, of_result).intersect(POSITIVE)  # zero has no reciprocal
        inverse = (factor, of_limit.code)
        return Plan(accept.inverted(factor), written.inverted(factor), domain, limit.population, inverted=inverse)
    step = conversion(of_limit, of_result)
    mapped = written.mapped(step.factor, step.offset)
    return Plan(
        mapped if accept is written else accept.mapped(step.factor, step.offset),
        mapped,
        domain_of(cqa, of_result),
        limit.population,
        step.factor * Fraction(10) ** min(last_place(bound.value) for bound in (limit.low, limit.high) if bound),
    )


def is_reciprocal(left: Unit, right: Unit) -> bool:
    """Tell whether two units are each other's inverse: a ratio and the same ratio upside down."""
    if left.is_scale or right.is_scale or not left.dimension:
        return False
    return left.dimension == tuple((base, -power) for base, power in right.dimension)


def joined(plans: Sequence[Plan], *, every: bool) -> Plan:
    """Return the plan of several limits on one result: all of them, or any."""
    join: Callable[[Region, Region], Region] = Region.intersect if every else Region.union
    first = plans[0]
    wide = [plan for plan in plans if plan.inverted is None]  # what has no reciprocal may still meet other limits
    return Plan(
        reduce(join, (plan.accept for plan in plans)),
        reduce(join, (plan.written for plan in plans)),
        (wide or plans)[0].domain,
        first.population,
        min((plan.step for plan in plans if plan.step is not None), default=None),
        first.inverted if all(plan.inverted == first.inverted for plan in plans) else None,
    )


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


def _censored(comparator: str, written: Region, domain: Interval) -> CensoredBounds:
    """Return the bounds of a set that begins at the domain's low end: only the region's first interval matters."""
    if comparator.startswith(">"):
        mirrored = _censored(comparator.replace(">", "<"), written.negated(), domain.negated())
        return CensoredBounds(_mirror(mirrored.possible), _mirror(mirrored.conforms), _mirror(mirrored.fails))
    reaches = comparator == "<="  # whether the reported number itself is among the values
    least = domain.low
    possible = float_bounds(Interval(low=None if least is None else Edge(least.value, reaches and least.closed)))
    everything = float_bounds(EVERYTHING)
    limit = written.within(domain)
    if limit.is_empty:
        return CensoredBounds(possible, EMPTY, everything)
    first = limit.intervals[0]

    # Every value conforms: the domain's low end is inside the limit, and the reported number is not above it.
    if first.low != least:
        conforms = EMPTY
    elif first.high == domain.high:
        conforms = everything
    else:
        assert first.high is not None  # noqa: S101 - else it would equal the domain's open end
        conforms = float_bounds(Interval(high=Edge(first.high.value, first.high.closed or not reaches)))

    # No value conforms: the reported number is not above the limit's low end.
    if first.low is None:
        fails = EMPTY
    else:
        fails = float_bounds(Interval(high=Edge(first.low.value, not reaches or not first.low.closed)))
    return CensoredBounds(possible, conforms, fails)


def _mirror(bounds: Bounds) -> Bounds:
    return EMPTY if bounds == EMPTY else (-bounds[1], -bounds[0])
