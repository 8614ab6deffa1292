"""Reportable values of replicates: which rows belong together, and what is formed of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.batches.formed import Formed, form, judge_formed, spread_reason
from harmoniqc.evaluation.batches.grouping import Cells, Formation, Grouped
from harmoniqc.evaluation.batches.series import Reported, values_of
from harmoniqc.evaluation.kernel import Mask
from harmoniqc.evaluation.meaning.compiled import Comparison, bridged_in, comparison
from harmoniqc.evaluation.meaning.interval import Interval
from harmoniqc.evaluation.meaning.outcome import outcome_of
from harmoniqc.evaluation.verdicts import CODE, DOES_NOT_CONFORM, REASONS, verdict_codes, verdict_of
from harmoniqc.standard.columns import STATUSES
from harmoniqc.standard.specification import Reportable

_TOGETHER = ("timepoint", "condition")
_REPLICATE = CODE["replicate"]


@dataclass(frozen=True, slots=True)
class Together:
    """Rows of one batch at one place that belong together.

    Attributes:
        place: Their place in the specification.
        batch: Their batch, as its place among the batches.
        rows: The rows.
    """

    place: int
    batch: int
    rows: npt.NDArray[np.intp]


def add_replicates(found: Grouped, cells: Cells, left_out: Mask | None = None) -> list[Formation]:
    """Let the values formed of replicates count, and return them."""
    out = []
    layout = found.item.compiled.layout
    for group in _groups(found, left_out):
        place = layout.places[group.place]
        columns = layout.places[place.formed].parts
        reasons = found.item.reasons[group.rows]
        failed = np.flatnonzero(verdict_codes(reasons) == DOES_NOT_CONFORM)
        if len(failed):  # by a limit on each replicate
            cells.add(group.batch, columns, REASONS[int(reasons[failed[0]])])
        test = layout.specification.tests[place.test]
        assert test.reportable is not None  # noqa: S101 - only such tests have places for replicates
        reason, formed, unit, decided = _judge(found, group, test.reportable, place.formed)
        if verdict_of(reason) in ("conforms", "reported", "indeterminate") and _is_preliminary(found, group.rows):
            reason = "not-final"
        cells.add(group.batch, columns, reason)
        if formed is not None:
            rows = tuple(found.item.row(int(row)) for row in group.rows)
            name = found.batches[group.batch]
            out.append(
                Formation(name, test.id, f"reportable-{test.reportable.statistic}", str(formed), unit, rows, decided)
            )
    return out


def _is_preliminary(found: Grouped, rows: npt.NDArray[np.intp]) -> bool:
    status = found.own[1].status
    return status is not None and bool((status[rows] == STATUSES.index("preliminary")).any())


def _groups(found: Grouped, left_out: Mask | None) -> Iterator[Together]:
    """Yield the replicates that belong together: of one batch, place, read day, time point and condition."""
    layout, columns = found.item.compiled.layout, found.columns
    replicate = np.array([place.gate == "replicate" for place in layout.places])
    mask = found.counted & replicate[found.places] & (found.item.reasons != CODE["aggregate"])
    if found.own[1].invalid_assay is not None:
        mask &= ~found.own[1].invalid_assay
    if left_out is not None:
        mask &= ~left_out
    rows = np.flatnonzero(mask)
    if not len(rows):
        return
    keys = [found.batch_of_row[rows], found.places[rows].astype(np.intp)]
    keys += [columns.words[name].codes[rows].astype(np.intp) for name in _TOGETHER if name in columns.words]
    days = columns.numbers.get("read_day")
    if days is not None:
        keys.append(np.where(days.has(rows), days.values[rows], -1).astype(np.intp))
    _, inverse = np.unique(np.stack(keys), axis=1, return_inverse=True)
    order = np.argsort(inverse.ravel(), kind="stable")
    for part in np.split(rows[order], np.flatnonzero(np.diff(inverse.ravel()[order])) + 1):
        yield Together(int(found.places[part[0]]), int(found.batch_of_row[part[0]]), part)


def _judge(
    found: Grouped, group: Together, reportable: Reportable, formed_at: int
) -> tuple[str, Formed | None, str | None, bool]:
    """Return the reason for the value of a group, the value, its unit, and whether rounding decided."""
    reasons = found.item.reasons[group.rows]
    unreadable = [int(code) for code in reasons if code != _REPLICATE and int(code) not in _JUDGED]
    if unreadable:
        return REASONS[unreadable[0]], None, None, False
    if len(group.rows) != reportable.n:
        return ("missing-replicates" if len(group.rows) < reportable.n else "too-many-replicates"), None, None, False
    unit = found.sparse.words.word("unit", int(group.rows[0]))
    values, fault = readable(found, group.rows, unit)
    if fault is not None:
        return fault, None, None, False
    invalid = spread_reason(reportable.validity, values, reportable.scale)
    if invalid is not None:
        return invalid, None, None, False
    formed = form(reportable, values)
    if formed is None:
        positive = reportable.scale != "linear" or reportable.statistic == "geometric-mean"
        return ("outside-domain" if positive else "unsupported-kind"), None, None, False
    reason, decided = judged(found, formed, formed_at, int(group.rows[0]))
    return reason, formed, unit, decided


_JUDGED = {code for code, verdict in enumerate(verdict_codes(np.arange(len(REASONS), dtype=np.uint8))) if verdict != 2}
"""Reasons that stand for a comparison: a replicate with one of these was readable."""


def readable(found: Grouped, rows: npt.NDArray[np.intp], unit: str | None) -> tuple[list[Interval], str | None]:
    """Return what rows may stand for in a unit, or why one of them cannot be read."""
    words = found.sparse.words
    values = []
    for row in rows.tolist():
        reported = Reported(
            words.number("value", row),
            words.comparator(row),
            words.number("value_low", row),
            words.number("value_high", row),
            words.number("lod", row),
        )
        outcome = outcome_of(words.word("code", row), words.word("text", row))
        value, fault = values_of(reported, words.word("unit", row), unit, outcome)
        if value is None:
            return [], fault or "missing-value"
        values.append(value)
    return values, None


def judged(found: Grouped, formed: Formed, place: int, row: int) -> tuple[str, bool]:
    """Return the reason for a value formed of rows like this one, and whether rounding decided."""
    compared, factor = compared_with(found, place, row)
    reason = judge_formed(compared, formed, factor)
    without = judge_formed(compared, formed, factor, unrounded=True)
    return reason, verdict_of(reason) != verdict_of(without)


def compared_with(found: Grouped, place: int, row: int) -> tuple[Comparison, Fraction | None]:
    """Return what a value formed of rows like this one is compared with, and the factor of facts it needs."""
    compiled = found.item.compiled
    at = compiled.layout.places[place]
    unit_column = found.columns.words.get("unit")
    unit = compiled.units[-1 if unit_column is None else int(unit_column.codes[row])]
    compared = comparison(at.node, unit, at.cqa)
    bridged = next(bridged_in(compared), None)
    return compared, None if bridged is None else found.sparse.carried.exactly(bridged, row)
