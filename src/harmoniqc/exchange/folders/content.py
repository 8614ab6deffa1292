"""The hash of what a table says, whoever wrote it and in whatever order its rows stand.

Each row becomes one JSON object in the form of RFC 8785: the columns by name, nulls left out. The hash is the SHA-256
of the SHA-256 of all rows, sorted. Rows are hashed in bulk: each distinct value of a column is written once.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt
import rfc8785

from harmoniqc.exchange.folders.layout import ROW
from harmoniqc.standard import COLUMNS
from harmoniqc.standard.decimal_text import from_number

Digests = npt.NDArray[np.bytes_]
"""SHA-256 of rows, as bytes of length 32, shape (number of rows,)."""

_BLOCK_BYTES = 64 * 1024 * 1024
_BLOCK_ROWS = 1 << 16
_LARGEST = 2**53 - 1
_ESCAPED = r'["\\\x00-\x1f]'
_YEAR_9999 = 253_370_764_800_000_000
"""Microseconds from 1970 to the beginning of that year."""


def content_hash_of(table: pa.Table) -> str:
    """Return the content hash of a table, as 64 hexadecimal digits."""
    return combined([row_digests(table)])


def combined(digests: list[Digests]) -> str:
    """Return the content hash of a table whose rows were hashed part by part."""
    whole = np.sort(np.concatenate([np.empty(0, "S32"), *digests]))
    return hashlib.sha256(whole.astype("S32", copy=False).tobytes()).hexdigest()


class RowsTooLongError(ValueError):
    """All rows together are longer than whoever asked wants to hash."""


def row_digests(table: pa.Table, most: int | None = None) -> Digests:
    """Return the SHA-256 of each row.

    Args:
        table: The table.
        most: How many bytes the rows may have when they are written; None: any number. A text that is stored once and
            repeated counts each time: hashing it takes its time each time.

    Raises:
        RowsTooLongError: If they have more.

    Returns:
        Bytes of length 32, shape (number of rows,), in the order of the table.
    """
    names = sorted((name for name in table.column_names if name != ROW), key=lambda name: name.encode("utf-16-be"))
    columns = [_Written(name, table.column(name)) for name in names]
    if most is not None and (written := sum(column.length() for column in columns)) > most:
        raise RowsTooLongError(f"the rows have {written:,} bytes when written, and {most:,} are read at most")
    longest = max(1, sum(column.longest + 1 for column in columns))
    step = max(1, min(_BLOCK_ROWS, _BLOCK_BYTES // longest))
    digests = b"".join(
        digest for start in range(0, table.num_rows, step) for digest in _digests(columns, start, step, table.num_rows)
    )
    return np.frombuffer(digests, "S32")


def _digests(columns: list[_Written], start: int, step: int, rows: int) -> Iterator[bytes]:
    # The empty text in front keeps rows in which everything is null, and brings a comma too many.
    first = pa.array([b""], pa.large_binary()).take(pa.array(np.zeros(min(step, rows - start), np.int64)))
    texts = pc.binary_join_element_wise(
        first,
        *(column.texts(start, step) for column in columns),
        pa.scalar(b",", pa.large_binary()),
        null_handling="skip",
    )
    for text in texts.to_pylist():
        yield hashlib.sha256(b"{" + text[1:] + b"}").digest()


class _Written:
    """A column as the members of JSON objects: the distinct ones, and which of them each row has."""

    def __init__(self, name: str, column: pa.ChunkedArray) -> None:
        key = rfc8785.dumps(name) + b":"
        values, indices = _distinct(column)
        self._members = _members(key, values, COLUMNS[name].type if name in COLUMNS else None)
        self._indices = indices
        self.longest = pc.max(pc.binary_length(self._members)).as_py() or 0

    def length(self) -> int:
        """Return how many bytes the members of all rows have."""
        lengths = pc.binary_length(self._members).take(self._indices)
        return int(pc.sum(lengths).as_py() or 0)

    def texts(self, start: int, step: int) -> pa.Array:
        """Return the members of some rows; null where the column is."""
        return self._members.take(self._indices.slice(start, step))


def _members(key: bytes, values: pa.Array | list[Any], column_type: str | None) -> pa.Array:
    """Return the members of JSON objects that values of a column make: large_binary, one for each value."""
    texts = None
    if isinstance(values, pa.Array):
        texts = _plain_texts(values)
        values = [] if texts is not None else _listed(values)
    if texts is None:
        return pa.array([key + _json(plain_value(value, column_type)) for value in values], pa.large_binary())
    parts = [
        pa.scalar(key + b'"', pa.large_binary()),
        texts.cast(pa.large_binary()),
        pa.scalar(b'"', pa.large_binary()),
    ]
    return pc.binary_join_element_wise(*parts, pa.scalar(b"", pa.large_binary()))


def _plain_texts(values: pa.Array) -> pa.Array | None:
    """Return values as texts in which JSON escapes nothing; None where they are none, or may need it.

    The same as what :func:`plain_value` and RFC 8785 make of each, for all of them at once.
    """
    kind = values.type
    if pt.is_string(kind) or pt.is_large_string(kind):
        return None if pc.any(pc.match_substring_regex(values, _ESCAPED)).as_py() else values
    if not (pt.is_timestamp(kind) and kind.unit == "us" and kind.tz is not None) or not len(values):
        return None
    utc = values.cast(pa.timestamp("us", "UTC"))
    first, last = (getattr(pc, name)(utc.cast(pa.int64())).as_py() for name in ("min", "max"))
    if first is None or first < 0 or last > _YEAR_9999:
        return None
    texts = pc.replace_substring(utc.cast(pa.string()), " ", "T")
    return pc.replace_substring(texts, ".000000Z", "Z")


def _json(value: Any) -> bytes:
    # Nearly all values are text, which Python's own encoder escapes exactly as RFC 8785 asks, ten times as fast.
    return encode_basestring(value).encode() if isinstance(value, str) else rfc8785.dumps(value)


def _distinct(column: pa.ChunkedArray) -> tuple[pa.Array | list[Any], pa.Array]:
    """Return the distinct values of a column, and for each row its place among them."""
    kind = column.type
    if pt.is_float32(kind):  # means the decimal a float32 prints as
        column, kind = column.cast(pa.string()).cast(pa.float64()), pa.float64()
    if not pt.is_dictionary(kind):
        if pt.is_string_view(kind):
            column = column.cast(pa.string())
        try:
            column = column.dictionary_encode()
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # nested: every row is its own
            return _each(column)
    column = column.unify_dictionaries()
    chunks = [_without_nulls(chunk) for chunk in column.chunks]
    if not chunks:
        return [], pa.array([], pa.int64())
    return chunks[0].dictionary, pa.concat_arrays([chunk.indices.cast(pa.int64()) for chunk in chunks])


def _without_nulls(chunk: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return a dictionary array in which what is null is null in its indices and not in its dictionary."""
    if not chunk.dictionary.null_count:
        return chunk
    present = chunk.dictionary.is_valid().take(chunk.indices)
    return pa.DictionaryArray.from_arrays(pc.if_else(present, chunk.indices, None), chunk.dictionary)


def _each(column: pa.ChunkedArray) -> tuple[list[Any], pa.Array]:
    listed = column.to_pylist()
    values = [value for value in listed if value is not None]
    places = iter(range(len(values)))
    return values, pa.array([None if value is None else next(places) for value in listed], pa.int64())


def _listed(array: pa.Array) -> list[Any]:
    """Return values as Python has them; times finer than a microsecond as text, because Python has none."""
    kind = array.type
    if pt.is_timestamp(kind) and kind.tz is not None:  # the zone says how an instant is shown, not which one it is
        kind = pa.timestamp(kind.unit, "UTC")
        array = array.cast(kind)
    if pt.is_timestamp(kind) and kind.unit == "ns":
        try:
            array = array.cast(pa.timestamp("us", kind.tz))
        except pa.ArrowInvalid:
            return [None if item is None else f"{item} ns" for item in array.cast(pa.int64()).to_pylist()]
    elif pt.is_duration(kind) or pt.is_time64(kind):
        return [None if item is None else f"{item} {kind.unit}" for item in array.cast(pa.int64()).to_pylist()]
    listed: list[Any] = array.to_pylist()
    return listed


def plain_value(value: Any, column_type: str | None = None) -> Any:
    """Return a value of a table as what RFC 8785 writes.

    Args:
        value: The value, as Python has it.
        column_type: What the column registry says of its column; None: the column is not in the registry.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if column_type == "decimal":
        return _decimal(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return value if -_LARGEST <= value <= _LARGEST else str(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo is None else value.astimezone(UTC)).isoformat().replace("+00:00", "Z")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value // timedelta(microseconds=1)} us"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {str(name): plain_value(item) for name, item in value.items()}
    return str(value)


def _decimal(value: int | float | Decimal) -> str:
    if isinstance(value, float):
        text = repr(value)
        if (
            "e" not in text and "n" not in text and value
        ):  # what from_number gives for most floats, in a tenth of the time
            return text.removesuffix(".0")
    try:
        return from_number(value)
    except ValueError:  # no decimal text: NaN, infinity, beyond its range
        return str(_number(value)) if isinstance(value, float) else str(value)


def _number(value: float) -> float | str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
