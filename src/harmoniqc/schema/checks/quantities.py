"""Does a unit measure what the attribute is? The vocabulary says which kinds of quantity an attribute may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache

from harmoniqc.errors import Finding, UnitError
from harmoniqc.units import Unit, is_unit, parse_unit, rows, unit_of_row
from harmoniqc.vocabulary import CQA, cqas

_PLAIN = frozenset({"outcome", "assay ratio", "score"})
"""Quantities that people give as a number without a unit."""
_FRACTIONS = ("fraction", "assay ratio", "score", "count")
"""Quantities that a pure number may stand for: 0.95 for 95 %, a count of what the attribute names."""
_NO_AMOUNT = frozenset({"s", "month", "K"})
"""Base units of which nothing can be taken as a sample."""


def unit_findings(unit: str | None, pointer: str, cqa: str | None = None) -> Iterator[Finding]:
    """Yield why a unit cannot be read, or does not fit its attribute.

    Args:
        unit: The unit; None: nothing is found.
        pointer: JSON Pointer of it.
        cqa: The attribute; None: the unit only has to be one.
    """
    if unit is None:
        return
    yield from (replace(finding, pointer=pointer) for finding in _unreadable(unit))
    reason = None if cqa is None else misfit(cqa, unit)
    if cqa is not None and reason is not None:
        yield Finding("unit-not-of-attribute", reason, pointer=pointer, expected=expected_of(cqa), found=unit)


def amount_findings(unit: str | None, pointer: str) -> Iterator[Finding]:
    """Yield why a unit cannot be that of an amount tested: a volume, a mass, or what is counted."""
    if unit is None:
        return
    yield from (replace(finding, pointer=pointer) for finding in _unreadable(unit))
    if is_no_amount(unit):
        message = f"{unit!r} is no unit of an amount that could be tested"
        expected = "a volume, a mass, or what is counted"
        yield Finding("unit-not-of-attribute", message, pointer=pointer, expected=expected, found=unit)


@lru_cache(maxsize=65536)
def reads_as_unit(text: str) -> bool:
    """Tell whether a text is a unit and names nothing beside it, without looking for what else may be meant."""
    if not is_unit(text):
        return False
    try:
        parse_unit(text)
    except UnitError:
        return False  # it names the population as well
    return True


def lacks_unit(cqa: str | None) -> bool:
    """Tell whether numbers of an attribute need a unit: none of its quantities is given without one."""
    term = None if cqa is None else cqas.get(cqa)
    return term is not None and not _PLAIN & set(term.quantities)


@lru_cache(maxsize=4096)
def misfit(cqa: str, unit: str) -> str | None:
    """Return why a unit does not measure an attribute; None where it does, or nothing is known of either."""
    term = cqas.get(cqa)
    if term is None:
        return None
    try:
        found = parse_unit(unit)
    except UnitError:
        return None
    if _fits(term, found):
        return None
    what = f"{found.kind} " if found.kind else ""
    return f"{unit!r} ({what.strip() or 'a compound unit'}) does not measure {term.name.lower()}"


def expected_of(cqa: str) -> str:
    """Return in words what an attribute is measured in."""
    term = cqas[cqa]
    kinds = [kind for kind in term.quantities if kind != "outcome"]
    counted = f" of {', '.join(term.counted)}" if term.counted else ""
    return ", ".join(f"count{counted}" if kind == "count" else kind for kind in kinds) or "an outcome in words"


@lru_cache(maxsize=4096)
def is_no_amount(unit: str) -> bool:
    """Tell whether a unit that can be read is no unit of an amount."""
    try:
        found = parse_unit(unit)
    except UnitError:
        return False
    bases = {base for base, power in found.dimension if power > 0}
    return found.is_scale or not bases or bool(bases & _NO_AMOUNT) or any(power < 0 for _, power in found.dimension)


@lru_cache(maxsize=4096)
def _unreadable(unit: str) -> tuple[Finding, ...]:
    try:
        parse_unit(unit)
    except UnitError as error:
        return tuple(error.findings)
    return ()


def _fits(term: CQA, unit: Unit) -> bool:
    if unit.kind == "number":
        return any(kind in term.quantities for kind in (*_FRACTIONS, "outcome"))
    if unit.kind == "count" and "count" in term.quantities and term.counted:
        return unit.dimension[0][0] in term.counted
    if unit.kind:
        return unit.kind in term.quantities
    # A compound that the table does not list has no kind; it is refused only if it counts or weighs another thing.
    own = _above(unit)
    known = frozenset().union(*(_above_in(kind, term.counted) for kind in term.quantities))
    return not own or not known or bool(own & known)


def _above(unit: Unit) -> frozenset[str]:
    """Return the base units above the fraction bar."""
    return frozenset(base for base, power in unit.dimension if power > 0)


@cache
def _above_in(kind: str, counted: tuple[str, ...]) -> frozenset[str]:
    if kind == "count" and counted:
        return frozenset(counted)
    units = (unit_of_row(row.code) for row in rows().values() if row.kind == kind)
    return frozenset(base for unit in units for base in _above(unit))
