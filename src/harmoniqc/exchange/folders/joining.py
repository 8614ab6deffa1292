"""The parts of a table put together: where rows stood, whether they are in their place, words in one order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from harmoniqc.errors import Finding
from harmoniqc.exchange.folders.layout import BY_SITE, ROW, major_of, place_of, site_partition


def rows_of(table: pa.Table) -> npt.NDArray[np.int64]:
    """Return where the rows of a part stood.

    Raises:
        ValueError: If that is not said.
    """
    if table.column_names.count(ROW) != 1:
        raise ValueError(f"has no column {ROW}")
    column = table.column(ROW)
    if not pa.types.is_integer(column.type) or column.null_count:
        raise ValueError(f"column {ROW} does not say where every row stood")
    return np.asarray(column.cast(pa.int64()).to_numpy(), np.int64)


def partition_findings(path: str, table: pa.Table) -> Iterator[Finding]:
    """Yield where rows are in a file of another site or version.

    Args:
        path: The path of the file.
        table: Its rows.
    """
    place = place_of(path)
    if place is None:
        raise RuntimeError("the path was checked with the manifest")
    checks: list[tuple[str, Any, Any]] = [("schema_version", major_of, place.major)]
    if place.table in BY_SITE:
        checks.append(("site_id", site_partition, place.site))
    for name, partition, expected in checks:
        values = _distinct(table, name) if table.num_rows else []
        for value in values:
            if partition(value) != expected:
                message = f"{path}: holds rows whose {name} is {value!r}"
                yield Finding("wrong-partition", message, expected=str(expected), found=str(partition(value)))


def _distinct(table: pa.Table, name: str) -> list[str | None]:
    if name not in table.column_names:
        return [None]
    column = table.column(name)
    return [None] if pa.types.is_null(column.type) else pc.unique(column.cast(pa.string())).to_pylist()


def alike(tables: list[pa.Table]) -> list[pa.Table]:
    """Return tables in which a column has one type: text in one part may be a dictionary in another."""
    if all(table.schema.equals(tables[0].schema) for table in tables):
        return tables
    return [pa.table({name: _written_out(table.column(name)) for name in table.column_names}) for table in tables]


def _written_out(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def by_appearance(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a dictionary column whose words are in the order in which they appear, as if it had never been sorted."""
    if not pa.types.is_dictionary(column.type):
        return column
    array = column.combine_chunks()
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    codes = np.asarray(array.indices.fill_null(-1), np.int64)
    used, first = np.unique(codes, return_index=True)
    used = used[np.argsort(first)]
    used = used[used >= 0]
    places = np.zeros(len(array.dictionary) + 1, np.int32)
    places[used] = np.arange(len(used), dtype=np.int32)
    indices = pa.array(places[codes], pa.int32(), mask=codes < 0)
    words = array.dictionary.take(pa.array(used))
    return pa.chunked_array([pa.DictionaryArray.from_arrays(indices, words)])
