"""Numbers of a text beside those of a structure: in one unit, as the numbers they let through."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from harmoniqc.errors import UnitError
from harmoniqc.evaluation.meaning.facts import Facts
from harmoniqc.evaluation.meaning.interval import Region
from harmoniqc.evaluation.meaning.rounding import as_written
from harmoniqc.evaluation.meaning.tree import Context, Leaf, resolve
from harmoniqc.standard import AllOf, AnyOf, Criterion, Limit, Target
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.units import Conversion, Unit, conversion, parse_unit

_SAID_IN_GENERAL = {
    "vp": "particle",
    "capsid": "particle",
    "vg": "copy",
    "transduced-cell": "cell",
    "IFU": "IU",
    "vial": "container",
    "bag": "container",
    "syringe": "container",
}
"""What a text often names in general, where the structure says which: particles are capsids, containers vials."""

SAME = Conversion(Fraction(1))


def region_of(criterion: Criterion) -> tuple[Region, str | None] | None:
    """Return the numbers that satisfy a criterion on one result, with their unit; None where it is not about numbers.

    Limits are taken as written, without rounding. Parts that read other results, or are joined by stages or by the
    choice of a method, are no criterion on one result.
    """
    if isinstance(criterion, Limit):
        return Region.of(as_written(criterion)), criterion.unit
    if isinstance(criterion, Target):
        if criterion.nominal is not None:
            return None
        leaf = resolve(criterion, Context(Facts()))
        return region_of(leaf.criterion) if isinstance(leaf, Leaf) else None
    if not isinstance(criterion, (AllOf, AnyOf)) or (isinstance(criterion, AnyOf) and criterion.mode != "either"):
        return None
    found: tuple[Region, str | None] | None = None
    for member in criterion.members:
        if member.component or member.cqa or member.method or member.stage or member.informative:
            return None
        inner = region_of(member.criterion)
        if inner is None:
            return None
        if found is None:
            found = inner
            continue
        step = between(inner[1], found[1])
        if step is None:
            return None
        other = inner[0].mapped(step.factor, step.offset)
        found = (found[0].intersect(other) if isinstance(criterion, AllOf) else found[0].union(other), found[1])
    return found


def numbers_in(criterion: Criterion) -> Iterator[str]:
    """Yield the numbers a limit or a target states, as decimal text."""
    if isinstance(criterion, Limit):
        yield from (bound.value for bound in (criterion.low, criterion.high) if bound is not None)
    elif isinstance(criterion, Target):
        yield from () if criterion.value is None else (criterion.value,)
        if criterion.tolerance is not None:
            yield from dict.fromkeys((criterion.tolerance.minus, criterion.tolerance.plus))


@lru_cache(maxsize=4096)
def between(said: str | None, meant: str | None) -> Conversion | None:
    """Return how numbers of a text become numbers of a structure; None where their units measure different things.

    A text without a unit speaks in that of the structure. A unit that is the numerator of the structure's ("100 copies"
    beside copies per 100 ng) names the part that a heading completes.

    Args:
        said: Unit of the text.
        meant: Unit of the structure.

    Raises:
        UnitError: If the unit of the structure cannot be read.
    """
    own = parse_unit(meant or "1")
    if said is None:
        return SAME
    try:
        other = parse_unit(said)
    except UnitError:
        return SAME  # the reader of texts gives units of the table; what is none says nothing
    if other.is_scale and not own.dimension and own.scale == 1 and other.kind != "logarithm":
        return SAME  # "PDI ≤ 0.3": the text names the attribute, and a ratio of the assay is a pure number
    for unit in (own, *_part_before_the_slash(own)):
        if other.convertible_to(unit):
            return conversion(other, unit)
        if _in_general(other, unit):
            return Conversion(other.scale / unit.scale)
        if other.is_scale and unit.is_scale and other.kind == unit.kind:
            return SAME
    return None


def _part_before_the_slash(unit: Unit) -> Iterator[Unit]:
    """Yield the units that a text may name of a compound unit, for a heading to complete."""
    above, slash, _ = unit.code.partition("/")
    if not slash or unit.is_scale:
        return
    for text in dict.fromkeys((above, above.partition("*")[0] if above.startswith("%*") else above)):
        try:
            yield parse_unit(text)
        except UnitError:
            continue


def _in_general(said: Unit, meant: Unit) -> bool:
    """Tell whether a unit names in general what another names exactly."""
    bases = {base for base, _ in said.dimension}
    named = [
        (_SAID_IN_GENERAL.get(base, base) if base not in bases and _SAID_IN_GENERAL.get(base) in bases else base, power)
        for base, power in meant.dimension
    ]
    return not said.is_scale and not meant.is_scale and sorted(named) == sorted(said.dimension)


def same_numbers(left: str, right: str, step: Conversion = SAME) -> bool:
    """Tell whether two decimal texts are the same number once the first is converted."""
    return to_fraction(left) * step.factor + step.offset == to_fraction(right)
