"""Rows that may be formed into one value, and what keeps them from it: the same for replicates, sums and trends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.batches.grouping import Grouped
from harmoniqc.evaluation.batches.series import Reported, values_of
from harmoniqc.evaluation.kernel import Mask
from harmoniqc.evaluation.meaning.exact import measured_interval
from harmoniqc.evaluation.meaning.interval import Interval
from harmoniqc.evaluation.meaning.outcome import outcome_of
from harmoniqc.evaluation.verdicts import (
    CODE,
    DOES_NOT_CONFORM,
    NOT_EVALUATED,
    REASONS,
    VERDICT_OF_REASON,
    verdict_codes,
)
from harmoniqc.standard.columns import STATUSES

Rows = npt.NDArray[np.intp]

_PRELIMINARY = STATUSES.index("preliminary")
_WITHDRAWN = [STATUSES.index("invalidated"), STATUSES.index("superseded")]
_EXPECTED = [
    CODE[reason]
    for reason in (
        "replicate",
        "part-of-sum",
        "trend-point",
        "not-final",
        "investigation-missing",
        "read-too-early",
        "read-day-not-stated",
        # an outcome that says nothing was found below a limit of detection is a censored number here
        "sensitivity-not-shown",
    )
]
_COUNTS = ("missing-replicates", "too-many-replicates", "too-few-points")
"""Reasons that more rows would change, so that it matters first whether the rows there are count at all."""


def usable(found: Grouped, left_out: Mask | None) -> Mask:
    """Return rows a value may be formed of: those that count, of a valid assay, and that summarize no others."""
    facts = found.own[1]
    mask = found.counted.copy()
    for unusable in (facts.invalid_assay, facts.aggregate, left_out):
        if unusable is not None:
            mask &= ~unusable
    return mask


def fault_in(found: Grouped, rows: Rows) -> str | None:
    """Return why a value formed of rows cannot be compared: why one of them alone could not be; None: it can."""
    codes = found.at_seats[rows]
    faults = codes[(verdict_codes(codes) == NOT_EVALUATED) & ~np.isin(codes, _EXPECTED)]
    if len(faults):
        return REASONS[int(faults.min())]
    return "population-mismatch" if len(populations_of(found, rows)) > 1 else None


def populations_of(found: Grouped, rows: Rows) -> frozenset[str]:
    """Return the populations that rows name, in their column or with their unit."""
    words, units = found.sparse.words, found.columns.words.get("unit")
    named = {words.word("population", row) for row in rows.tolist()}
    if units is not None:
        named |= {found.item.compiled.units[int(code)].population for code in units.codes[rows]}
    return frozenset(name for name in named if name is not None)


def held_back(found: Grouped, rows: Rows, reason: str) -> str:
    """Return the reason of a value formed of rows that may not be the last word of their test.

    As of a single row: a failure counts at once; anything else only from the day of the test on, and of final rows.
    """
    verdict = VERDICT_OF_REASON[CODE[reason]]
    if verdict == DOES_NOT_CONFORM or (verdict == NOT_EVALUATED and reason not in _COUNTS):
        return reason
    if _has_status(found, rows, _WITHDRAWN):
        return "investigation-missing"
    seats = [found.item.compiled.layout.places[seat] for seat in np.unique(found.seats[rows]).tolist()]
    if is_preliminary(found, rows) and any(seat.final for seat in seats):
        return "not-final"
    return next((seat.gate for seat in seats if seat.gate is not None), reason)


def is_preliminary(found: Grouped, rows: Rows) -> bool:
    """Tell whether one of some rows is preliminary."""
    return _has_status(found, rows, [_PRELIMINARY])


def _has_status(found: Grouped, rows: Rows, wanted: list[int]) -> bool:
    status = found.own[1].status
    return status is not None and bool(np.isin(status[rows], wanted).any())


def unit_code(found: Grouped, row: int) -> str | None:
    """Return the unit of a row as a canonical code; None where it has none."""
    units = found.columns.words.get("unit")
    return None if units is None else found.item.compiled.units[int(units.codes[row])].code


def readable(found: Grouped, rows: Rows, unit: str | None) -> tuple[list[Interval], str | None]:
    """Return what rows may stand for in a unit, or why one of them cannot be read.

    Args:
        found: The rows.
        rows: Which of them.
        unit: Code of the unit; None: the rows have none.
    """
    values: list[Interval] = []
    for row in rows.tolist():
        reported = _reported(found, row)
        own = unit_code(found, row)
        if (own is None) != (unit is None) and "1" not in (own, unit):
            return [], "unit-not-stated"
        if own is None and unit == "1" and found.sparse.words.word("unit", row) is not None:
            return [], "unknown-unit"
        if reported.comparator == "":
            return [], "unknown-comparator"
        interval = measured_interval(reported.low, reported.high)
        if interval is not None and (
            interval.is_empty or (reported.value is not None and reported.value not in interval)
        ):
            return [], "contradictory-interval"
        words = found.sparse.words
        outcome = outcome_of(words.word("code", row), words.word("text", row))
        value, fault = values_of(reported, own, unit, outcome)
        if value is None:
            return [], fault or "missing-value"
        values.append(value)
    return values, None


def _reported(found: Grouped, row: int) -> Reported:
    words = found.sparse.words
    numbers: Sequence[str] = ("value_low", "value_high", "lod")
    low, high, lod = (words.number(name, row) for name in numbers)
    return Reported(words.number("value", row), words.comparator(row), low, high, lod)
