"""Points in time of a table, as numpy datetimes in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.types as pt

Instants = npt.NDArray[np.datetime64]


def instants_of(table: pa.Table, name: str) -> Instants | None:
    """Return a column of points in time, datetime64[us] in UTC, shape (n,); NaT where there is none.

    Text is read where it is RFC 3339 with an offset. A time without one is no point in time, whatever its type.

    Returns:
        None where the table has no such column.
    """
    if name not in table.column_names:
        return None
    column = table.column(name)
    if pt.is_timestamp(column.type) and column.type.tz is not None:
        whole = column.cast(pa.timestamp("us", tz="UTC"), safe=False).combine_chunks()
        return np.asarray(whole.to_numpy(zero_copy_only=False), dtype="datetime64[us]")
    if not (pt.is_string(column.type) or pt.is_large_string(column.type)):
        return np.full(table.num_rows, np.datetime64("NaT"), "datetime64[us]")
    encoded = column.dictionary_encode().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    moments = np.array(
        [*(_moment(text) for text in encoded.dictionary.to_pylist()), np.datetime64("NaT")], "datetime64[us]"
    )
    return np.asarray(moments[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)])


def _moment(text: str) -> np.datetime64:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return np.datetime64("NaT")
    if moment.tzinfo is None:
        return np.datetime64("NaT")
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")
