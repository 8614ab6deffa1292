"""Reportable values of replicates: which rows belong together, and what is formed of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.batches.formed import Formed, form, judge_formed, spread_reason
from harmoniqc.evaluation.batches.grouping import Cells, Formation, Grouped
from harmoniqc.evaluation.batches.usable import (
    Rows,
    fault_in,
    held_back,
    is_preliminary,
    populations_of,
    readable,
    unit_code,
    usable,
)
from harmoniqc.evaluation.kernel import Mask
from harmoniqc.evaluation.meaning.compiled import comparison
from harmoniqc.evaluation.meaning.interval import Interval
from harmoniqc.evaluation.meaning.parts import join
from harmoniqc.evaluation.verdicts import CONFORMS, REASONS, REPORTED, verdict_codes, verdict_of
from harmoniqc.standard.columns import STATUSES
from harmoniqc.standard.specification import Reportable

_TOGETHER = ("timepoint", "condition", "component")
_PRELIMINARY = STATUSES.index("preliminary")


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
    rows: Rows


def add_replicates(found: Grouped, cells: Cells, left_out: Mask | None = None) -> list[Formation]:
    """Let the values formed of replicates count, and return them."""
    out = []
    layout = found.item.compiled.layout
    for group in _groups(found, left_out):
        place = layout.places[group.place]
        columns = layout.places[place.formed].parts
        test = layout.specification.tests[place.test]
        assert test.reportable is not None  # noqa: S101 - only such tests have places for replicates
        early = is_preliminary(found, group.rows)
        each = worst_alone(found, group.rows, place.alone)
        if each is not None:
            cells.add(group.batch, columns, held_back(found, group.rows, each), preliminary=early)
        reason, formed, unit, decided = _judge(found, group, test.reportable, place.formed)
        cells.add(group.batch, columns, held_back(found, group.rows, reason), preliminary=early)
        if formed is not None:
            rows = tuple(found.item.row(int(row)) for row in group.rows)
            name = found.batches[group.batch]
            out.append(
                Formation(name, test.id, f"reportable-{test.reportable.statistic}", str(formed), unit, rows, decided)
            )
    return out


def worst_alone(found: Grouped, rows: Rows, place: int) -> str | None:
    """Return the worst reason of replicates by the limit on each of them; None where all meet it, or none is set."""
    if place < 0:
        return None
    codes = found.sparse.settle(rows, np.full(len(rows), place, np.int32))
    open_ = codes[~np.isin(verdict_codes(codes), (CONFORMS, REPORTED))]
    return REASONS[int(join("every", np.sort(open_)[:, np.newaxis])[0])] if len(open_) else None


def _groups(found: Grouped, left_out: Mask | None) -> Iterator[Together]:
    """Yield the replicates that belong together: of one batch, place, read day, time point, condition, component."""
    layout, columns = found.item.compiled.layout, found.columns
    replicate = np.array([place.formed >= 0 and not place.summed for place in layout.places])
    rows = np.flatnonzero(usable(found, left_out) & replicate[found.places])
    if not len(rows):
        return
    keys = [found.batch_of_row[rows], found.places[rows].astype(np.intp)]
    keys += [columns.words[name].codes[rows].astype(np.intp) for name in _TOGETHER if name in columns.words]
    days = columns.numbers.get("read_day")
    if days is not None:
        given, where = np.unique(np.where(days.has(rows), days.values[rows], -1), return_inverse=True)
        keys.append(where.ravel().astype(np.intp) if len(given) else np.zeros(len(rows), np.intp))
    _, inverse = np.unique(np.stack(keys), axis=1, return_inverse=True)
    order = np.argsort(inverse.ravel(), kind="stable")
    for part in np.split(rows[order], np.flatnonzero(np.diff(inverse.ravel()[order])) + 1):
        for together in _final_apart(found, part):
            yield Together(int(found.places[part[0]]), int(found.batch_of_row[part[0]]), together)


def _final_apart(found: Grouped, rows: Rows) -> list[Rows]:
    """Return final rows apart from preliminary ones where there are enough of them without those."""
    status = found.own[1].status
    if status is None:
        return [rows]
    preliminary = status[rows] == _PRELIMINARY
    layout = found.item.compiled.layout
    reportable = layout.specification.tests[layout.places[int(found.places[rows[0]])].test].reportable
    wanted = 1 if reportable is None else reportable.n
    if not preliminary.any() or int((~preliminary).sum()) < wanted:
        return [rows]
    return [rows[~preliminary], rows[preliminary]]


def _judge(
    found: Grouped, group: Together, reportable: Reportable, formed_at: int
) -> tuple[str, Formed | None, str | None, bool]:
    """Return the reason for the value of a group, the value, its unit, and whether rounding decided."""
    first = int(group.rows[0])
    formed, fault = form_of(found, group.rows, reportable, unit_code(found, first))
    if formed is None:
        return fault or "missing-value", None, None, False
    reason, decided = judged(found, formed, formed_at, group.rows)
    return reason, formed, found.sparse.words.word("unit", first), decided


def form_of(found: Grouped, rows: Rows, reportable: Reportable, unit: str | None) -> tuple[Formed | None, str | None]:
    """Return the reportable value of replicates in a unit, or why there is none."""
    fault = fault_in(found, rows)
    if fault is not None:
        return None, fault
    if len(rows) != reportable.n:
        return None, "missing-replicates" if len(rows) < reportable.n else "too-many-replicates"
    values, fault = readable(found, rows, unit)
    if fault is None:
        fault = _spread(found, rows, reportable, values)
    if fault is not None:
        return None, fault
    formed = form(reportable, values)
    if formed is None:
        positive = reportable.scale != "linear" or reportable.statistic == "geometric-mean"
        return None, "outside-domain" if positive else "unsupported-kind"
    return formed, None


def _spread(found: Grouped, rows: Rows, reportable: Reportable, values: list[Interval]) -> str | None:
    """Return why replicates are spread too far; a spread that has a unit is measured in it."""
    for rule in reportable.validity:
        compared = values
        if rule.statistic in ("sd", "range") and reportable.scale == "linear":
            if rule.unit is not None:
                compared, fault = readable(found, rows, rule.unit)
                if fault is not None:
                    return fault
            elif len({unit_code(found, row) for row in rows.tolist()}) > 1:
                return "unit-not-stated"
        invalid = spread_reason(rule, compared, reportable.scale)
        if invalid is not None:
            return invalid
    return None


def judged(found: Grouped, formed: Formed, place: int, rows: npt.NDArray[np.intp]) -> tuple[str, bool]:
    """Return the reason for a value formed of rows, in the unit of the first, and whether rounding decided."""
    compiled, first = found.item.compiled, int(rows[0])
    at = compiled.layout.places[place]
    unit_column = found.columns.words.get("unit")
    unit = compiled.units[-1 if unit_column is None else int(unit_column.codes[first])]
    compared = comparison(at.node, unit, at.cqa)
    population = next(iter(populations_of(found, rows)), None)
    reasons = [
        judge_formed(
            compared, formed, lambda item: found.sparse.carried.exactly(item, first), population, unrounded=unrounded
        )
        for unrounded in (False, True)
    ]
    return reasons[0], verdict_of(reasons[0]) != verdict_of(reasons[1])
