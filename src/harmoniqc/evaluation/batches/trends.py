"""Trends in bulk: the series of a batch, or of the batches of a product, in its order."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.batches.grouping import Grouped, series_in
from harmoniqc.evaluation.batches.replicates import readable
from harmoniqc.evaluation.batches.series import Order, Point, order_of_passage, order_of_timepoint, series_reason
from harmoniqc.evaluation.kernel import Mask, Reasons
from harmoniqc.evaluation.meaning.parts import NOTHING, Series
from harmoniqc.evaluation.rows.instants import instants_of
from harmoniqc.evaluation.verdicts import CODE


def trend_codes(found: Grouped, left_out: Mask | None = None) -> dict[tuple[int, Series], Reasons]:
    """Return the reason code of each trend in each batch, uint8, shape (batches,)."""
    out = {}
    for number, _, series in series_in(found):
        places = [
            at
            for at, place in enumerate(found.item.compiled.layout.places)
            if place.test == number and place.selector == series.selector
        ]
        mask = found.counted & np.isin(found.places, places)
        if found.own[1].invalid_assay is not None:
            mask &= ~found.own[1].invalid_assay
        if left_out is not None:
            mask &= ~left_out
        out[number, series] = _of_batches(found, series, np.flatnonzero(mask))
    return out


def _of_batches(found: Grouped, series: Series, rows: npt.NDArray[np.intp]) -> Reasons:
    codes = np.full(len(found.batches), NOTHING, np.uint8)
    if not len(rows):
        return codes
    batch = found.batch_of_row[rows]
    unit = found.sparse.words.word("unit", int(rows[0]))
    points = [
        _point(found, row, unit, order) for row, order in zip(rows.tolist(), _orders(found, series, rows), strict=True)
    ]
    if series.trend.over == "batch":
        made = [point.order for point in points]
        for place in np.unique(batch).tolist():
            last = [made[i] for i in np.flatnonzero(batch == place).tolist()]
            until = max((order for order in last if order is not None), default=None)
            chosen = [
                point
                for i, point in enumerate(points)
                if batch[i] == place or point.order is None or (until is not None and point.order <= until)
            ]
            codes[place] = CODE[series_reason(series.trend, chosen)]
        return codes
    for place in np.unique(batch).tolist():
        mine = [points[i] for i in np.flatnonzero(batch == place).tolist()]
        codes[place] = CODE[series_reason(series.trend, mine)]
    return codes


def _point(found: Grouped, row: int, unit: str | None, order: Order | None) -> Point:
    values, fault = readable(found, np.array([row]), unit)
    return Point(order, values[0] if values else None, fault)


def _orders(found: Grouped, series: Series, rows: npt.NDArray[np.intp]) -> list[Order | None]:
    words = found.sparse.words
    if series.trend.over == "passage":
        texts = [words.word("timepoint", row) or words.word("sampling_point", row) for row in rows.tolist()]
        return [None if text is None else order_of_passage(text) for text in texts]
    if series.trend.over == "batch":
        book = found.judgments.book.batches
        made = [book.get(found.batches[place]) for place in found.batch_of_row[rows].tolist()]
        days = [None if batch is None else batch.manufactured_on for batch in made]
        return [None if day is None else (5, Fraction(day.toordinal())) for day in days]
    instants = instants_of(found.judgments.columns.table, "measured_at")
    if instants is not None:
        moments = (instants if found.item.rows is None else instants[found.item.rows])[rows]
        if not np.isnat(moments).any():
            return [(6, Fraction(int(moment))) for moment in moments.astype(np.int64).tolist()]
    points = [words.word("timepoint", row) for row in rows.tolist()]
    if all(point is not None for point in points):
        return [None if point is None else order_of_timepoint(point) for point in points]
    days_read = [words.number("read_day", row) for row in rows.tolist()]
    return [None if day is None else (7, day) for day in days_read]
