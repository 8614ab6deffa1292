"""Trends in bulk: the series of a batch, or of the batches of a product, in its order."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from harmoniqc.evaluation.batches.grouping import Grouped, series_in
from harmoniqc.evaluation.batches.series import Order, Point, order_of_passage, order_of_timepoint, series_reason
from harmoniqc.evaluation.batches.usable import Rows, fault_in, held_back, readable, unit_code, usable
from harmoniqc.evaluation.kernel import Mask, Reasons
from harmoniqc.evaluation.meaning.parts import NOTHING, Series
from harmoniqc.evaluation.rows.instants import Times, times_of
from harmoniqc.evaluation.verdicts import CODE
from harmoniqc.standard.columns import STATUSES


def trend_codes(found: Grouped, left_out: Mask | None = None) -> dict[tuple[int, Series], Reasons]:
    """Return the reason code of each trend in each batch, uint8, shape (batches,)."""
    out: dict[tuple[int, Series], Reasons] = {}
    wanted = list(series_in(found))
    if not wanted:
        return out
    times = times_of(found.judgments.columns.table, "measured_at")
    times = None if times is None else times.take(found.item.rows)
    layout, counted = found.item.compiled.layout, usable(found, left_out)
    for number, _, series in wanted:
        rows = np.flatnonzero(counted & (found.item.tests == number))
        chosen = np.array([place.selector == series.selector for place in layout.places], np.bool_)
        out[number, series] = _of_batches(found, series, rows[chosen[found.seats[rows]]], times)
    return out


def preliminary_series(found: Grouped, left_out: Mask | None = None) -> Mask:
    """Return where a trend has a preliminary point, shape (batches, tests)."""
    out = np.zeros((len(found.batches), len(found.item.specification.tests)), np.bool_)
    status = found.own[1].status
    numbers = {number for number, _, _ in series_in(found)}
    if status is not None and numbers:
        mask = usable(found, left_out) & np.isin(found.item.tests, list(numbers))
        rows = np.flatnonzero(mask & (status == STATUSES.index("preliminary")))
        out[found.batch_of_row[rows], found.item.tests[rows]] = True
    return out


def _of_batches(found: Grouped, series: Series, rows: Rows, times: Times | None) -> Reasons:
    codes = np.full(len(found.batches), NOTHING, np.uint8)
    batch = found.batch_of_row[rows]
    made = _made(found, rows) if series.trend.over == "batch" else []
    for place in np.unique(batch).tolist():
        mine = batch == place
        if series.trend.over == "batch":
            until = max((order for order, own in zip(made, mine, strict=True) if own and order), default=None)
            before = [order is None or (until is not None and order <= until) for order in made]
            mine = mine | np.array(before, np.bool_)
        codes[place] = CODE[_of_series(found, series, rows[mine], times)]
    return codes


def _of_series(found: Grouped, series: Series, rows: Rows, times: Times | None) -> str:
    """Return the reason for one series; its unit and what orders it are its own, whatever other series have."""
    fault = fault_in(found, rows)
    if fault is not None:
        return held_back(found, rows, fault)
    unit = unit_code(found, int(rows[0]))
    orders = _orders(found, series, rows, times)
    points = [_point(found, row, unit, order) for row, order in zip(rows.tolist(), orders, strict=True)]
    return held_back(found, rows, series_reason(series.trend, points))


def _point(found: Grouped, row: int, unit: str | None, order: Order | None) -> Point:
    values, fault = readable(found, np.array([row]), unit)
    return Point(order, values[0] if values else None, fault)


def _made(found: Grouped, rows: Rows) -> list[Order | None]:
    """Return the day each row's batch was made on."""
    book = found.judgments.book.batches
    made = [book.get(found.batches[place]) for place in found.batch_of_row[rows].tolist()]
    days = [None if batch is None else batch.manufactured_on for batch in made]
    return [None if day is None else (5, Fraction(day.toordinal())) for day in days]


def _orders(found: Grouped, series: Series, rows: Rows, times: Times | None) -> list[Order | None]:
    words = found.sparse.words
    if series.trend.over == "passage":
        return [_passage(words.word("timepoint", row), words.word("sampling_point", row)) for row in rows.tolist()]
    if series.trend.over == "batch":
        return _made(found, rows)
    if times is not None:
        moments = times.utc[rows]
        if not np.isnat(moments).any():
            return [(6, Fraction(int(moment))) for moment in moments.astype(np.int64).tolist()]
    points = [words.word("timepoint", row) for row in rows.tolist()]
    if all(point is not None for point in points):
        return [None if point is None else order_of_timepoint(point) for point in points]
    days_read = [words.number("read_day", row) for row in rows.tolist()]
    return [None if day is None else (7, day) for day in days_read]


def _passage(*texts: str | None) -> Order | None:
    """Return the passage one of some texts names; None where none does, or two name different ones."""
    named = {order for order in (order_of_passage(text) for text in texts if text is not None) if order is not None}
    return named.pop() if len(named) == 1 else None
