"""Points in time of a table, as numpy datetimes: in UTC, and on the calendar of the place they were written at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

Instants = npt.NDArray[np.datetime64]

_NEVER = np.datetime64("NaT", "us")
_UTC = ("UTC", "Etc/UTC", "Z", "+00:00")
_DAYS = (np.datetime64("0001-01-01", "D"), np.datetime64("9999-12-31", "D"))
"""The days a point in time can lie on; anything else is no date anybody wrote."""


@dataclass(frozen=True, slots=True)
class Times:
    """A column of points in time, NaT where there is none.

    Attributes:
        utc: In UTC, datetime64[us], shape (n,).
        local: The same on the clock of their own place, datetime64[us], shape (n,). Where it is not known, on the
            westernmost clock there is, so that a day counts as later only if it is so everywhere.
    """

    utc: Instants
    local: Instants

    def take(self, rows: npt.NDArray[np.intp] | None) -> Times:
        """Return the points in time of some rows; None: of all."""
        return self if rows is None else Times(self.utc[rows], self.local[rows])

    def later_than(self, days: Instants) -> npt.NDArray[np.bool_]:
        """Return which lie on a later day, by their own calendar and in UTC."""
        return np.asarray((self.utc.astype("datetime64[D]") > days) & (self.local.astype("datetime64[D]") > days))


def instants_of(table: pa.Table, name: str) -> Instants | None:
    """Return a column of points in time in UTC, datetime64[us], shape (n,); see :func:`times_of`."""
    times = times_of(table, name)
    return None if times is None else times.utc


def times_of(table: pa.Table, name: str) -> Times | None:
    """Return a column of points in time; NaT where there is none, or none that can be read.

    Text is read where it is RFC 3339 with an offset. A time without one is no point in time, whatever its type.

    Returns:
        None where the table has no such column.
    """
    if name not in table.column_names:
        return None
    column = table.column(name)
    kind = column.type.value_type if pt.is_dictionary(column.type) else column.type
    if pt.is_dictionary(column.type):
        column = column.cast(kind)
    if pt.is_timestamp(kind) and kind.tz is not None:
        utc = _microseconds(column)
        return Times(utc, _local(column, utc))
    if not _is_text(kind):
        nothing = np.full(table.num_rows, _NEVER, "datetime64[us]")
        return Times(nothing, nothing)
    encoded = column.cast(pa.large_string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.array([], pa.large_string()).dictionary_encode() if not encoded.num_chunks else encoded.chunk(0)
    moments = [*(_moment(text) for text in encoded.dictionary.to_pylist()), (_NEVER, _NEVER)]
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    utc, local = (np.array(found, "datetime64[us]") for found in zip(*moments, strict=True))
    return Times(np.asarray(utc[codes]), np.asarray(local[codes]))


def instant(moment: datetime) -> np.datetime64:
    """Return a moment with an offset in UTC; NaT where UTC has no such year."""
    try:
        return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")
    except OverflowError:
        return _NEVER


def _is_text(kind: pa.DataType) -> bool:
    is_view = getattr(pt, "is_string_view", None)
    return pt.is_string(kind) or pt.is_large_string(kind) or (is_view is not None and is_view(kind))


def _local(column: pa.ChunkedArray, utc: Instants) -> Instants:
    """Return the time on the clock of its place; on the westernmost clock there is where only UTC was kept."""
    if column.type.tz not in _UTC:
        try:
            return _microseconds(pc.local_timestamp(column))
        except (pa.ArrowException, ValueError):  # an unknown zone, or a year it does not reach
            pass
    return np.asarray(utc - np.timedelta64(12, "h"))


def _microseconds(column: pa.ChunkedArray) -> Instants:
    unit = column.type.unit
    ticks = column.cast(pa.int64()).fill_null(np.iinfo(np.int64).min)
    values = np.asarray(ticks.to_numpy(), np.int64).astype(f"datetime64[{unit}]")
    low, high = (day.astype(f"datetime64[{unit}]") for day in _bounds(unit))
    known = ~np.isnat(values)
    known[known] = (values[known] >= low) & (values[known] <= high)
    out = np.full(len(values), _NEVER, "datetime64[us]")
    out[known] = values[known].astype("datetime64[us]")
    return out


def _bounds(unit: str) -> tuple[np.datetime64, np.datetime64]:
    if unit == "ns":  # which reach no farther than these
        return np.datetime64("1678-01-01", "D"), np.datetime64("2262-01-01", "D")
    return _DAYS


def _moment(text: str) -> tuple[np.datetime64, np.datetime64]:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _NEVER, _NEVER
    if moment.tzinfo is None:
        return _NEVER, _NEVER
    utc = instant(moment)
    return utc, (_NEVER if np.isnat(utc) else np.datetime64(moment.replace(tzinfo=None), "us"))
