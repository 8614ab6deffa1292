"""A column of results as written to columns of numbers, units and codes: each distinct text is read once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from harmoniqc.errors import NotationError
from harmoniqc.notation.measurements import parse_measurement
from harmoniqc.standard import COLUMNS, Measurement

READ, REFUSED, BLANK = "read", "refused", "blank"

_TYPES = {"integer": pa.int32(), "boolean": pa.bool_()}
FIELDS: tuple[str, ...] = tuple(name for name in COLUMNS if name in Measurement.model_fields)
"""Columns a measurement fills, as the registry names them. Numbers stay decimal text, so that no digit is lost."""

_SCHEMA = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("reading", pa.string(), nullable=False),
        *(pa.field(name, _TYPES.get(COLUMNS[name].type, pa.string())) for name in FIELDS),
        pa.field("findings", pa.list_(pa.string()), nullable=False),
    ]
)


def parse_measurements(column: Any, unit: str | Sequence[str | None] | None = None) -> pa.Table:
    """Return what a column of results says, one row a result.

    Args:
        column: The texts: a sequence, a pyarrow array, or a column of pandas or polars; missing ones are None.
        unit: Unit of the column, or one for each row, for texts that name none themselves.

    Returns:
        A table with the columns ``row`` (int64, place in the column), ``reading`` (``read``, ``refused`` or
        ``blank``), those of the column registry that a measurement fills (numbers as decimal text, ``text`` as
        written), and ``findings`` (codes of what was assumed, or of why the text was refused). A text with several
        labeled results has a row for each, with its ``component``. A refused text stands alone in its row, with
        neither a number nor a code.

    Raises:
        TypeError: If the column holds something else than text.
        ValueError: If there are not as many units as texts.
    """
    texts = _texts(column)
    units = _units(unit, len(texts))
    keys, codes = _keys(texts, units)
    rows: list[dict[str, Any]] = []
    places: list[list[int]] = []
    for text, said in keys:
        found = _read(text, said)
        places.append(list(range(len(rows), len(rows) + len(found))))
        rows += found
    distinct = pa.Table.from_pylist(rows, schema=_SCHEMA.remove(0))
    if all(len(place) == 1 for place in places):
        table = _taken(distinct, codes)
        at = pa.array(range(len(texts)), pa.int64())
    else:
        order = [(row, place) for row, code in enumerate(codes.to_pylist()) for place in places[code]]
        table = _taken(distinct, pa.array([place for _, place in order], pa.int64()))
        at = pa.array([row for row, _ in order], pa.int64())
    return table.add_column(0, _SCHEMA.field(0), at)


def _taken(distinct: pa.Table, rows: pa.Array) -> pa.Table:
    """Return the readings of each row; a column nothing was read into is made, not gathered."""
    columns = [
        pa.nulls(len(rows), field.type) if column.null_count == len(column) else column.take(rows)
        for field, column in zip(distinct.schema, distinct.columns, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=distinct.schema)


def _texts(column: Any) -> pa.Array:
    if isinstance(column, str):
        raise TypeError("parse_measurements(column): a single text is read by parse_measurement")
    if isinstance(column, (pa.Array, pa.ChunkedArray)):
        array = column
    elif hasattr(column, "__arrow_c_stream__") or hasattr(column, "__arrow_c_array__"):
        array = pa.chunked_array(column) if hasattr(column, "__arrow_c_stream__") else pa.array(column)
    else:
        values = list(column)
        wrong = next((value for value in values if not (value is None or isinstance(value, str))), None)
        if wrong is not None:
            raise TypeError(f"a result as written is text, not {type(wrong).__name__}: {wrong!r}")
        array = pa.array(values, pa.string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_null(array.type):
        return array.cast(pa.string())
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type) or "string_view" in str(array.type)):
        raise TypeError(f"a column of results as written is text, not {array.type}")
    return array.cast(pa.string())


def _units(unit: str | Sequence[str | None] | None, length: int) -> pa.Array:
    if unit is None or isinstance(unit, str):
        return pa.array([unit], pa.string())
    array = unit.combine_chunks() if isinstance(unit, pa.ChunkedArray) else unit
    array = array if isinstance(array, pa.Array) else pa.array(list(array), pa.string())
    if len(array) != length:
        raise ValueError(f"{length:,} texts have {len(array):,} units")
    return array.cast(pa.string())


def _keys(texts: pa.Array, units: pa.Array) -> tuple[list[tuple[str | None, str | None]], pa.Array]:
    """Return the distinct pairs of text and unit, and for each row which it is."""
    words = pc.dictionary_encode(texts, null_encoding="encode")
    if len(units) == 1:
        said = units[0].as_py()
        return [(text, said) for text in words.dictionary.to_pylist()], words.indices
    named = pc.dictionary_encode(units, null_encoding="encode")
    width = max(1, len(named.dictionary))
    joint = pc.add(pc.multiply(words.indices.cast(pa.int64()), width), named.indices.cast(pa.int64()))
    pairs = pc.dictionary_encode(joint)
    left, right = words.dictionary.to_pylist(), named.dictionary.to_pylist()
    keys = [(left[pair // width], right[pair % width]) for pair in pairs.dictionary.to_pylist()]
    return keys, pairs.indices


def _read(text: str | None, unit: str | None) -> list[dict[str, Any]]:
    if text is None or not text.strip():
        return [{"reading": BLANK, "text": None, "findings": []}]
    try:
        measured = parse_measurement(text, unit)
    except NotationError as error:
        return [{"reading": REFUSED, "text": text, "findings": [item.code for item in error.findings]}]
    codes = sorted({item.code for item in measured.findings})
    return [
        {"reading": READ, "findings": codes} | {name: getattr(part, name) for name in FIELDS}
        for part in measured.parts or (measured,)
    ]
