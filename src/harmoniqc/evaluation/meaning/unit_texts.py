"""The unit texts of results, each read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harmoniqc.errors import Finding, UnitError
from harmoniqc.units import read_unit

_UNIT_REASONS = frozenset({"unknown-unit", "ambiguous-unit", "not-convertible", "declared-scale"})


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A unit text of the results, read once.

    Attributes:
        code: Canonical code; None where the row has no unit or the text is no unit.
        population: Population named with the unit.
        findings: Why it could not be read.
        assumptions: What was assumed in reading it.
    """

    code: str | None
    population: str | None = None
    findings: tuple[Finding, ...] = ()
    assumptions: tuple[Finding, ...] = ()


def read_units(words: tuple[str, ...]) -> tuple[ReadUnit, ...]:
    """Read the unit texts of a column; the last entry stands for rows without a unit."""
    out = []
    for word in words:
        try:
            reading = read_unit(word)
        except UnitError as error:
            out.append(ReadUnit(None, findings=tuple(error.findings)))
        else:
            out.append(ReadUnit(reading.unit.code, reading.population, assumptions=reading.findings))
    return (*out, ReadUnit(None))


def unit_reason(findings: Sequence[Finding]) -> str:
    """Return the reason for a unit that cannot be used: the finding's code where it is a reason of its own."""
    code = findings[0].code if findings else ""
    return code if code in _UNIT_REASONS else "unknown-unit"
