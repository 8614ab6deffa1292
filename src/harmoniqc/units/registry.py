"""A pint registry with the same units, for users who compute with quantities."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from harmoniqc.units.resolve import unit_of_row
from harmoniqc.units.table import Row, rows

if TYPE_CHECKING:
    import pint

_NAME = re.compile(r"[^\W\d]\w*\Z")


def registry() -> pint.UnitRegistry[Fraction]:
    """Return a new pint registry generated from the unit table.

    It starts empty: no default definitions, no prefixes, so that ``EU`` is never an exa-enzyme-unit. What is
    counted is a dimension of its own, factors are exact fractions. Units whose code is no Python name are called
    as :func:`pint_name` says; listed compounds are built from their atoms. Declared scales (pH, log10) are not in
    it, for they take no part in arithmetic.
    """
    import pint

    made: pint.UnitRegistry[Fraction] = pint.UnitRegistry(None, non_int_type=Fraction, cache_folder=None)
    for row in rows().values():
        if row.is_atom and row.definition != "scale" and row.code != "1":
            made.define(_definition(row))
    return made


def pint_name(code: str) -> str:
    """Return the name of an atom in the registry: its code where that is a Python name."""
    if code == "%":
        return "percent"
    return code if _NAME.match(code) else re.sub(r"[\W_]+", "_", code.replace("%", "percent_")).strip("_")


def _definition(row: Row) -> str:
    name, unit = pint_name(row.code), unit_of_row(row.code)
    if row.definition == "base":
        return f"{name} = [{name}]"
    terms = [f"{pint_name(base)} ** {power}" for base, power in unit.dimension]
    scale = f"{unit.scale.numerator} / {unit.scale.denominator}"
    definition = " * ".join([scale, *terms])
    if unit.offset:
        # pint adds the offset in the base unit, as the table does.
        return f"{name} = {definition}; offset: {unit.offset.numerator} / {unit.offset.denominator}"
    return f"{name} = {definition}"
