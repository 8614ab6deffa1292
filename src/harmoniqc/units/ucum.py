"""UCUM codes: written from the table, read back through it. UCUM is a code for exchange, not for meaning."""

from __future__ import annotations

import re
from functools import cache

from harmoniqc.errors import Finding, UnitError
from harmoniqc.units.grammar import MAX_LENGTH
from harmoniqc.units.resolve import UnitReading, parse_unit, read_unit, unit_of_row
from harmoniqc.units.table import populations, rows
from harmoniqc.units.unit import Unit

_TOKEN = re.compile(r"10[*^](-?\d+)|(\[[^\]]+\]|\{[^}]+\}|%(?:\{[^}]+\})?|[A-Za-z]+)|([./()])|(\d+)")


def to_ucum(unit: Unit) -> str:
    """Return the UCUM code of a unit.

    Raises:
        UnitError: If UCUM has none that means the same.
    """
    if unit.ucum is None:
        message = f"{unit.code} has no UCUM code"
        raise UnitError(message, (Finding("unknown-unit", message, found=unit.code),))
    return unit.ucum


def from_ucum(code: str) -> UnitReading:
    """Return the unit of a UCUM code.

    ``[iU]`` is read as the international unit: UCUM cannot tell it from the endotoxin unit. ``[EU]``, the
    Ehrlich unit of UCUM, is read as the endotoxin unit with a finding.

    Raises:
        UnitError: If the code is not in the table and not made of codes that are.
    """
    findings: tuple[Finding, ...] = ()
    if "[EU]" in code:
        findings = (Finding("unit-ehrlich", f"{code!r} was read as the endotoxin unit", found=code),)
    listed = _by_code().get(code.replace("[IU]", "[iU]"))
    if listed is not None:
        return UnitReading(unit_of_row(listed), None, findings)
    if code in populations():
        return read_unit(code)
    return UnitReading(parse_unit(_translate(code)), None, findings)


@cache
def _by_code() -> dict[str, str]:
    out: dict[str, str] = {}
    for row in rows().values():
        if row.ucum and not (row.kind.startswith("endotoxin") and "[iU]" in row.ucum):
            out.setdefault(row.ucum, row.code)
    return out


def _translate(code: str) -> str:
    """Write a UCUM expression in our grammar; UCUM reads ``a/b.c`` as ``(a/b)*c``, so that is refused there."""
    atoms = _by_code() | {"[EU]": "EU"}
    out, place = [], 0
    while place < len(code):
        match = _TOKEN.match(code, place) if len(code) <= MAX_LENGTH else None
        if match is None:
            message = f"{code[:80]!r} is not a UCUM code of the table"
            raise UnitError(message, (Finding("unknown-unit", message, found=code[:80]),))
        place = match.end()
        power, atom, sign, number = match.groups()
        if power is not None:
            out.append(f"10^{power}")
        elif atom is not None:
            out.append(atoms.get(atom.replace("[IU]", "[iU]"), atom))
        else:
            out.append({".": "*"}.get(sign, sign) if sign else number)
    return "".join(out)
