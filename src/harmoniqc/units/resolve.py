"""Text to unit: an exact spelling, or a compound of known atoms; never a guess, never a prefix."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache

from harmoniqc.errors import ConversionError, Finding, UnitError
from harmoniqc.units.grammar import Factor, UnitSyntax, UnknownAtom, normalize, parse
from harmoniqc.units.table import Row, populations, rows, spellings
from harmoniqc.units.unit import Conversion, Dimension, Unit

_BRIDGES = {
    frozenset({"vg", "TU"}): "vector genomes and transducing units are related only by a measured ratio of the batch",
    frozenset({"vg", "capsid"}): "genomes and capsids are related only by a measured full-capsid fraction",
    frozenset({"EU", "IU"}): "endotoxin units and international units are kept apart; state both in one",
    frozenset({"kg-body", "m"}): "a result per volume becomes one per body mass only with dose volume and body weight",
    frozenset({"dose", "m"}): "a result per volume becomes one per dose only with the volume of the dose",
    frozenset({"kg-body", "g"}): "kg of body mass and mass of material are two things",
    frozenset({"month", "s"}): "a calendar month has no fixed number of days",
}


@dataclass(frozen=True, slots=True)
class UnitReading:
    """A unit as read from a text that may say more.

    Attributes:
        unit: The unit.
        population: The population the text names with it ("viable CD3+ cells"), or None.
        findings: Assumptions made in reading.
    """

    unit: Unit
    population: str | None = None
    findings: tuple[Finding, ...] = ()


@lru_cache(maxsize=8192)
def parse_unit(text: str) -> Unit:
    """Return the unit a text names.

    Args:
        text: A code or alias of the unit table, or a compound such as ``bead/(3*10^6 cell)``. Case-sensitive.
            In ``EU/kg``, ``vg/kg`` or ``mL/kg`` kg is body mass; ``mg/kg`` does not say which and is refused.

    Raises:
        UnitError: With one finding: ``unknown-unit``, ``ambiguous-unit``, ``unit-syntax`` or
            ``unit-names-population``.
    """
    if not isinstance(text, str):
        raise TypeError(f"a unit is text, not {type(text).__name__}")
    normal = normalize(text[:400])
    alias = populations().get(normal)
    if alias is not None and alias.population:
        raise _error(
            "unit-names-population",
            f"{text!r} names a population beside the unit",
            expected=f"unit {alias.unit!r}, population {alias.population!r}",
            found=text,
        )
    return _resolve(alias.unit if alias is not None else normal, text)


@lru_cache(maxsize=8192)
def read_unit(text: str) -> UnitReading:
    """Return the unit of a text, and the population it names with it.

    Raises:
        UnitError: As :func:`parse_unit`, but a listed text that names a population is read.
    """
    alias = populations().get(normalize(text[:400]))
    findings: tuple[Finding, ...] = ()
    if "[EU]" in text:
        findings = (Finding("unit-ehrlich", f"{text!r} was read as the endotoxin unit", found=text),)
    if alias is not None:
        return UnitReading(parse_unit(alias.unit), alias.population or None, findings)
    return UnitReading(parse_unit(text), None, findings)


@lru_cache(maxsize=65536)
def is_unit(text: str) -> bool:
    """Tell whether :func:`read_unit` reads a text, without looking for what else may have been meant."""
    normal = normalize(text[:400])
    alias = populations().get(normal)
    if alias is not None:
        return True
    if normal in spellings():
        return True
    try:
        _compound(parse(normal, _is_atom), normal)
    except (UnitSyntax, UnitError):
        return False
    return True


@lru_cache(maxsize=65536)
def conversion(source: Unit, target: Unit) -> Conversion:
    """Return the exact conversion of values from one unit into another.

    Raises:
        ConversionError: ``declared-scale`` for pH, log10 and scores, ``not-convertible`` for different things.
    """
    if source.convertible_to(target):
        factor = source.scale / target.scale
        return Conversion(factor, (source.offset - target.offset) / target.scale)
    if source.is_scale or target.is_scale:
        scale = source if source.is_scale else target
        code, message = "declared-scale", f"{scale.code} is a declared scale; its values do not convert"
    else:
        code = "not-convertible"
        message = f"{source.code} ({source.kind or 'compound'}) and {target.code} ({target.kind or 'compound'})"
        message += " measure different things"
    finding = Finding(code, message, expected=target.code, found=source.code, remedy=_bridge(source, target))
    raise ConversionError(message, (finding,))


@lru_cache(maxsize=4096)
def unit_of_row(code: str) -> Unit:
    """Return the unit of a row of the table."""
    row = rows()[code]
    ucum = row.ucum or None
    if row.definition == "scale":
        return Unit(code, ((code, 1),), Fraction(1), kind=row.kind, ucum=ucum, is_scale=True)
    if row.definition == "base":
        dimension = () if code == "1" else ((code, 1),)
        return Unit(code, dimension, Fraction(1), kind=row.kind, ucum=ucum)
    affine = row.affine()
    if affine is not None:
        scale, base, offset = affine
        return Unit(code, unit_of_row(base).dimension, scale, offset, row.kind, ucum)
    derived = row.derived()
    factor, expression = derived if derived is not None else (Fraction(1), code)
    unit = _compound(parse(normalize(expression), _is_atom), expression)
    return Unit(code, unit.dimension, factor * unit.scale, kind=row.kind, ucum=ucum)


def _resolve(text: str, written: str) -> Unit:
    row = spellings().get(text)
    if row is not None:
        return unit_of_row(row.code)
    try:
        unit = _compound(parse(text, _is_atom), text)
        listed = _listed().get((unit.dimension, unit.scale))
        return unit if listed is None or unit.offset else unit_of_row(listed)
    except UnknownAtom as error:
        message = f"{written[:80]!r} is not a unit" + ("" if str(error) == text else f": {error} is unknown")
        raise _error("unknown-unit", message, found=written[:80], remedy=_suggest(text, str(error))) from None
    except UnitSyntax as error:
        message = f"{written[:80]!r} is not written as a unit: {error}"
        raise _error("unit-syntax", message, found=written[:80]) from None


@cache
def _listed() -> dict[tuple[Dimension, Fraction], str]:
    """Return the codes of the table by what they mean, so that ``EU/ml`` is the same value as ``EU/mL``."""
    out: dict[tuple[Dimension, Fraction], str] = {}
    for code in rows():
        unit = unit_of_row(code)
        if not unit.is_scale and not unit.offset:
            out.setdefault((unit.dimension, unit.scale), code)
    return out


def _is_atom(text: str) -> bool:
    row = spellings().get(text)
    return row is not None and row.is_atom


def _compound(factors: tuple[Factor, ...], text: str) -> Unit:
    """Multiply factors exactly."""
    atoms = [(spellings()[factor.atom], factor.power) for factor in factors if factor.atom is not None]
    atoms = _with_body_mass(atoms, text)
    scale = Fraction(1)
    for factor in factors:
        if factor.number is not None:
            scale *= factor.number
    dimension: Counter[str] = Counter()
    for row, power in atoms:
        unit = unit_of_row(row.code)
        if (unit.is_scale or unit.offset) and len(factors) > 1:
            raise _in_compound(row, text)
        if unit.offset and power == 1 and len(factors) == 1:
            return unit
        scale *= unit.scale**power
        for base, exponent in unit.dimension:
            dimension[base] += exponent * power
    return Unit(text, tuple(sorted((base, power) for base, power in dimension.items() if power)), scale)


def _with_body_mass(atoms: list[tuple[Row, int]], text: str) -> list[tuple[Row, int]]:
    """Decide which kilogram is meant: of the body for what is counted or a volume, of material for what is not."""
    if not any(row.code == "kg" and power < 0 for row, power in atoms):
        return atoms
    above = [row for row, power in atoms if power > 0]
    if any(row.counts_per_body for row in above):
        body = rows()["kg-body"]
        return [(body if row.code == "kg" and power < 0 else row, power) for row, power in atoms]
    if not above or all(row.kind == "mass" for row in above):
        options = [text.replace("kg", "kg-body"), text.replace("kg", "kg-material")]
        message = f"{text!r} does not say whether kg is body mass or mass of material"
        raise _error("ambiguous-unit", message, expected=" or ".join(options), found=text)
    return atoms


def _in_compound(row: Row, text: str) -> UnitError:
    remedy = "write K/min for a rate; differences of temperature are in K" if row.kind == "temperature" else None
    message = f"{row.code} has no place in the compound {text!r}"
    return _error("unit-syntax", message, found=text, remedy=remedy)


def _suggest(text: str, atom: str) -> str | None:
    """Name up to three spellings that are near, ignoring case."""
    known: dict[str, str] = {}
    for spelling in spellings():
        known.setdefault(spelling.casefold(), spelling)
    near: list[str] = []
    for wanted in (text, atom):
        near += [known[item] for item in difflib.get_close_matches(wanted.casefold(), known, n=3, cutoff=0.75)]
    near = list(dict.fromkeys(near))[:3]
    return f"did you mean {' or '.join(near)}? Symbols are case-sensitive" if near else None


def _bridge(source: Unit, target: Unit) -> str | None:
    left, right = {base for base, _ in source.dimension}, {base for base, _ in target.dimension}
    for pair, remedy in _BRIDGES.items():
        one, other = sorted(pair)
        if (one in left - right and other in right - left) or (other in left - right and one in right - left):
            return remedy
    return None


def _error(code: str, message: str, **places: str | None) -> UnitError:
    return UnitError(message, (Finding(code, message, **places),))  # type: ignore[arg-type]
