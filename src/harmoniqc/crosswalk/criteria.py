"""Requirements as criteria of the standard, and limits that a formula gives. Loads the models on use only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from harmoniqc.crosswalk.rows import Requirement
from harmoniqc.crosswalk.store import requirement_of
from harmoniqc.errors import CrosswalkError, Finding
from harmoniqc.units import parse_unit

if TYPE_CHECKING:
    from harmoniqc.standard import Criterion

ENDOTOXIN = "endotoxin-k-over-m"
"""The endotoxin limit is K, what a kilogram of body mass bears, over M, the largest dose per kilogram in one hour."""

_K = re.compile(r"K=(?P<value>\d+(?:\.\d+)?) (?:EU|IU)/kg\Z")


@dataclass(frozen=True, slots=True)
class FormulaLimit:
    """A limit that a formula gives.

    Attributes:
        formula: Identifier of the formula.
        value: The limit, exact.
        unit: Its unit.
        inclusive: Whether the limit itself is acceptable.
        inputs: What it was computed from.
    """

    formula: str
    value: Fraction
    unit: str
    inclusive: bool
    inputs: str

    def __str__(self) -> str:
        sign = "≤" if self.inclusive else "<"
        return f"{sign} {float(self.value):.4g} {self.unit} ({self.inputs})"


def criterion(requirement: Requirement | str) -> Criterion | None:
    """Return a requirement as a criterion of the standard; None: it leaves its limit to the dossier, or has none.

    A formula limit comes as what the formula means, endotoxin per kilogram and hour, and is judged with the facts of
    the batch; no figure per milliliter is typed anywhere.

    Args:
        requirement: A requirement, or its id.

    Raises:
        CrosswalkError: ``not-a-product-limit`` for a figure about a method, a donor, a process or a record; and for
            what informs and never decides: drafts, revoked texts, practice, rows from memory.
        CrosswalkError: ``unknown-reference`` if there is no requirement with this id.
    """
    row = requirement_of(requirement) if isinstance(requirement, str) else requirement
    informs = row.evidence == "memory" or row.document.status in ("draft", "revoked", "practice", "adopted")
    if row.kind != "product-limit" or informs:
        reason = f"it is a row of kind {row.kind}" if row.kind != "product-limit" else "it informs and never decides"
        message = f"{row.id} gives no limit for a product: {reason}"
        raise CrosswalkError(message, (Finding("not-a-product-limit", message, found=row.figure or row.kind),))
    return stated_criterion(row)


def stated_criterion(row: Requirement) -> Criterion | None:
    """Return what a requirement states as a criterion, whether or not it may decide; None: it states no figure.

    Args:
        row: A requirement. Its standing and evidence are not looked at, nor whether its figure is about a product.
    """
    from harmoniqc.standard import Absence, Bound, Limit, Source

    source = Source(
        document=row.reference,
        section=row.section or None,
        url=row.url or None,
        evidence=row.evidence,
        note=row.condition or None,
    )
    if row.formula == ENDOTOXIN:
        bound = Bound(value=_tolerated(row), inclusive=row.operator != "lt")
        return Limit(high=bound, unit="EU/(kg*h)", basis="formula", formula=row.formula, source=source)
    if row.operator == "absent":
        return Absence(source=source)
    if not (row.low or row.high):
        return None
    strict = row.operator == "lt"
    return Limit(
        low=Bound(value=row.low) if row.low else None,
        high=Bound(value=row.high, inclusive=not strict) if row.high else None,
        unit=row.unit or None,
        source=source,
    )


def formula_limit(requirement: Requirement | str, largest_dose_per_kg: str) -> FormulaLimit:
    """Return the limit that a formula gives for a product.

    Args:
        requirement: A requirement whose basis is ``formula``, or its id.
        largest_dose_per_kg: The largest dose given per kilogram of body mass in any one hour, such as ``"2 mL/kg"`` or
            ``"1E8 cell/kg"``; the number as decimal text, or as a quotient of two such as ``34/35``.

    Raises:
        UnitError: If the amount is in a unit that is not known.
        CrosswalkError: ``formula-input`` if the requirement has no formula, or the dose is not one per kilogram.
        CrosswalkError: ``unknown-reference`` if there is no requirement with this id.
    """
    row = requirement_of(requirement) if isinstance(requirement, str) else requirement
    number, _, unit = largest_dose_per_kg.strip().partition(" ")
    amount, _, mass = unit.strip().partition("/")
    dose = _number(number)
    if row.formula != ENDOTOXIN or mass not in ("kg", "kg-body") or not amount or dose <= 0:
        message = f"{row.id} gives no limit from {largest_dose_per_kg!r}"
        expected = "a formula, and an amount like 2 mL/kg"
        raise CrosswalkError(
            message, (Finding("formula-input", message, expected=expected, found=largest_dose_per_kg),)
        )
    unit = parse_unit(f"EU/{amount}").code
    tolerated = _tolerated(row)
    return FormulaLimit(
        formula=row.formula,
        value=Fraction(tolerated) / dose,
        unit=unit,
        inclusive=row.operator != "lt",
        inputs=f"K = {tolerated} EU/kg, M = {largest_dose_per_kg.strip()} in one hour, {row.id}, {row.evidence}",
    )


def _number(text: str) -> Fraction:
    """Return what a decimal text, or a quotient of two, is worth; 0: it is neither."""
    from harmoniqc.standard.decimal_text import to_fraction

    above, stroke, below = text.partition("/")
    try:
        return to_fraction(above) / (to_fraction(below) if stroke else 1)
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def _tolerated(row: Requirement) -> str:
    """Return K; one international unit of endotoxin is one endotoxin unit."""
    found = _K.match(row.parameters)
    if found is None:
        raise ValueError(f"{row.id}: no K in {row.parameters!r}")
    return found["value"]
