"""Results as an Arrow table and as rows of decimal text. Loads pyarrow on use only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from harmoniqc.standard.columns import COLUMNS, Column
from harmoniqc.standard.decimal_text import from_number
from harmoniqc.standard.measurement import Result

if TYPE_CHECKING:
    import pyarrow as pa

FIELD_ID_KEY = b"PARQUET:field_id"
_NAN = object()


def arrow_schema(names: Iterable[str] | None = None) -> pa.Schema:
    """Return the Arrow schema of a table of results.

    Args:
        names: Columns wanted, in any order; None: the whole registry.
    """
    import pyarrow as pa

    wanted = COLUMNS if names is None else set(names)
    return pa.schema([_field(column) for column in COLUMNS.values() if column.name in wanted])


def _field(column: Column) -> pa.Field:
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "decimal": pa.float64(),
        "integer": pa.int32(),
        "boolean": pa.bool_(),
        "instant": pa.timestamp("us", tz="UTC"),
    }
    metadata = {FIELD_ID_KEY: str(column.field_id).encode(), b"description": column.description.encode()}
    return pa.field(column.name, types[column.type], metadata=metadata)


def results_table(results: object) -> pa.Table:
    """Return results as a pyarrow Table with at least the columns they fill.

    Args:
        results: A table of any library that speaks the Arrow C stream, a record batch, an iterable of
            :class:`Result`, or an iterable of mappings that are valid results.

    A column of numbers is float64 where every number is the decimal its float64 prints as, and text
    otherwise, so that no digit is lost.

    Raises:
        TypeError: If the results are none of these.
    """
    import pyarrow as pa

    if isinstance(results, pa.Table):
        return results
    if isinstance(results, pa.RecordBatch):
        return pa.Table.from_batches([results])
    if hasattr(results, "__arrow_c_stream__"):
        return pa.table(results)
    if isinstance(results, Iterable) and not isinstance(results, (str, bytes, Mapping)):
        rows = [item if isinstance(item, Result) else Result.model_validate(item) for item in results]
        return _from_rows(rows)
    raise TypeError("results are a table with the Arrow C stream interface, or an iterable of Result")


def _from_rows(rows: list[Result]) -> pa.Table:
    import pyarrow as pa

    arrays, fields = [], []
    for column in COLUMNS.values():
        values = [getattr(row, column.name) for row in rows]
        if column.name not in ("batch_id", "cqa", "value") and all(value is None for value in values):
            continue
        field = _field(column)
        if column.type == "decimal":
            array = _decimals(values)
            field = field.with_type(array.type)
        else:
            array = pa.array(values, field.type)
        arrays.append(array)
        fields.append(field)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _decimals(texts: list[str | None]) -> pa.Array:
    import pyarrow as pa

    numbers = [None if text is None else float(text) for text in texts]
    lossless = all(
        text is None or (number is not None and abs(number) < float("inf") and from_number(number) == text)
        for text, number in zip(texts, numbers, strict=True)
    )
    return pa.array(numbers, pa.float64()) if lossless else pa.array(texts, pa.string())


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Return a table of results as JSON-ready rows: numbers as decimal text, empty fields left out.

    Raises:
        ValueError: If a number is NaN or infinite, or a column is not in the registry; neither has a place in a
            document.
    """
    names = table.column_names
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise ValueError(f"columns {', '.join(unknown)} have no place in a document; drop them, or write Parquet")
    columns = [[_plain(value, COLUMNS[name]) for value in _listed(table.column(name))] for name in names]
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in zip(*columns, strict=True)
    ]


def _plain(value: Any, column: Column) -> Any:
    if value is None or isinstance(value, str):
        return value or None
    if column.type == "string":
        return str(value)
    if column.type == "decimal":
        return from_number(value)
    if column.type == "instant":
        return value.isoformat().replace("+00:00", "Z")
    return value


def same_table(left: pa.Table, right: pa.Table) -> bool:
    """Tell whether two tables of results hold the same rows in the same order, whatever their encoding."""
    import numpy as np

    if left.num_rows != right.num_rows or left.column_names != right.column_names:
        return False
    for name in left.column_names:
        ours, theirs = _listed(left.column(name)), _listed(right.column(name))
        kind = COLUMNS[name].type if name in COLUMNS else "string"
        if kind == "decimal":  # by the decimal each prints as: NaN equals NaN, 5 equals "5" and not "5.0"
            ours, theirs = ([_written(value) for value in column] for column in (ours, theirs))
        else:
            ours, theirs = ([_same_nan(value) for value in column] for column in (ours, theirs))
        if not np.array_equal(np.array(ours, dtype=object), np.array(theirs, dtype=object)):
            return False
    return True


def _listed(column: pa.ChunkedArray) -> list[Any]:
    import pyarrow as pa

    if pa.types.is_float32(column.type):  # means the decimal a float32 prints as
        column = column.cast(pa.string())
    return column.to_pylist()  # type: ignore[no-any-return]


def _same_nan(value: Any) -> Any:
    """Return a value, and for every NaN the same thing, so that a table equals itself."""
    return _NAN if isinstance(value, float) and value != value else value


def _written(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    try:
        return from_number(value)
    except ValueError:
        return str(value)
