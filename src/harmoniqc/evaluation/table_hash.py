"""The hash of what a table says, whatever it is stored as. Works on Arrow buffers; no row becomes a Python object."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

_BLOCK = 1 << 18
"""Rows hashed as one piece. Part of the definition of the hash: another number gives other hashes."""

_FORM = b"harmoniqc table 1\n"
"""Names the form that is hashed; another form needs another name."""


def table_hash(table: pa.Table) -> str:
    """Return the SHA-256 of the content of a table, as 64 hexadecimal digits.

    It depends on the names of the columns, the order of the rows, and every value; on whether it is missing, and
    whether a number is text, an integer or a float. It does not depend on how the table is stored: chunks, encoding
    of dictionaries, width of strings and integers, compression, metadata, order of the columns. Where nothing but
    nulls stands the type does not count, and every NaN is the same NaN.
    """
    order = sorted(range(table.num_columns), key=lambda place: table.column_names[place])
    starts = range(0, table.num_rows, _BLOCK)
    columns = [_takeable(table.column(place)) for place in order]
    pieces = [(column, start) for column in columns for start in starts]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as threads:
        digests = iter(list(threads.map(_block, pieces)))
    whole = hashlib.sha256(_FORM)
    whole.update(json.dumps([table.num_rows, table.num_columns]).encode())
    for place in order:
        whole.update(json.dumps(table.column_names[place]).encode())
        for _ in starts:
            whole.update(next(digests))
    return whole.hexdigest()


def _takeable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column whose dictionary can be looked up; views cannot, and are written out once, not in each block."""
    if not (column.num_chunks and pt.is_dictionary(column.type) and _is_view(column.type.value_type)):
        return column
    return pa.chunked_array([_with_plain_dictionary(chunk) for chunk in column.chunks])


def _with_plain_dictionary(array: pa.DictionaryArray) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(array.indices, _plain(array.dictionary))


def _is_view(kind: pa.DataType) -> bool:
    return bool(pt.is_string_view(kind) or pt.is_binary_view(kind))


def _block(piece: tuple[pa.ChunkedArray, int]) -> bytes:
    """Return the hash of the rows of a column from a start on; where they stand, and not in which chunk, decides."""
    column, start = piece
    chunks = [_plain(chunk) for chunk in column.slice(start, _BLOCK).chunks if len(chunk)]
    digest = hashlib.sha256()
    for part in _parts(chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks)):
        digest.update(part)
    return digest.digest()


def _plain(array: pa.Array) -> pa.Array:
    """Return an array in the one form in which its values are hashed: decoded, and wide enough for any like it."""
    while True:
        if pt.is_dictionary(array.type):
            array = (_with_plain_dictionary(array) if _is_view(array.type.value_type) else array).dictionary_decode()
        elif pt.is_run_end_encoded(array.type):
            array = pc.run_end_decode(array)
        elif isinstance(array, pa.ExtensionArray):
            array = array.storage
        else:
            break
    kind = array.type
    if pt.is_string(kind) or pt.is_string_view(kind):
        return array.cast(pa.large_string())
    if pt.is_binary(kind) or pt.is_binary_view(kind) or pt.is_fixed_size_binary(kind):
        return array.cast(pa.large_binary())
    if pt.is_integer(kind) and not pt.is_uint64(kind):
        return array.cast(pa.int64())
    if pt.is_map(kind):
        return array.cast(pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)])))
    return array


def _parts(array: pa.Array) -> Iterator[Any]:
    """Yield what is hashed of an array: what it holds, where it is null, and its values."""
    array = _narrowed(_plain(array))
    rows, nulls, kind = len(array), array.null_count, array.type
    if nulls == rows:
        yield f"null {rows}\n".encode()
        return
    yield f"{_name(kind)} {rows} {nulls}\n".encode()
    present = None
    if nulls:
        present = array.is_valid().to_numpy(zero_copy_only=False)
        yield np.packbits(present)
    if pt.is_large_string(kind) or pt.is_large_binary(kind):
        yield from _texts(array, present)
    elif pt.is_decimal(kind):
        yield from _parts(array.cast(pa.string()))  # all digits, and the width of the type does not matter
    elif pt.is_boolean(kind):
        yield from _fixed(array.cast(pa.uint8()), present, np.dtype("u1"))
    elif pt.is_floating(kind):
        yield from _fixed(array, present, np.dtype(f"<f{kind.bit_width // 8}"))
    elif pt.is_primitive(kind):
        yield from _fixed(array, present, np.dtype(f"V{kind.bit_width // 8}"))
    elif pt.is_struct(kind):
        for place, child in enumerate(array.flatten()):
            yield f"{json.dumps(kind.field(place).name)}\n".encode()
            yield from _parts(child)
    elif pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind):
        yield from _parts(pc.list_value_length(array).cast(pa.int64()))
        yield from _parts(array.flatten())
    else:
        yield _message(array)


def _narrowed(array: pa.Array) -> pa.Array:
    """Return days, times and large integers in their usual type, where all of them fit into it."""
    kind = array.type
    usual = None
    if pt.is_uint64(kind):
        usual = pa.int64()
    elif pt.is_date64(kind):
        usual = pa.date32()
    elif pt.is_timestamp(kind) and kind.unit != "us":
        usual = pa.timestamp("us", kind.tz)
    if usual is None:
        return array
    try:
        return array.cast(usual)
    except pa.ArrowInvalid:
        return array


def _name(kind: pa.DataType) -> str:
    """Return what a type is called in the hash; types that hold the same values share a name."""
    if pt.is_timestamp(kind):  # the zone says how an instant is shown, not which one it is
        return f"{'time' if kind.tz is None else 'instant'} {kind.unit}"
    if pt.is_large_string(kind):
        return "text"
    if pt.is_large_binary(kind):
        return "bytes"
    if pt.is_decimal(kind):
        return "decimal"
    if pt.is_struct(kind):
        return f"struct {kind.num_fields}"
    if pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind):
        return "list"
    return str(kind)


def _texts(array: pa.Array, present: npt.NDArray[np.bool_] | None) -> Iterator[Any]:
    """Yield the lengths of texts, as narrow as they can be, and then their bytes."""
    if present is not None:  # under a null there may be bytes that nobody wrote
        array = pc.fill_null(array, "" if pt.is_large_string(array.type) else b"")
    _, ends, content = array.buffers()
    offsets = np.frombuffer(ends, np.int64, len(array) + 1, array.offset * 8)
    lengths = np.diff(offsets)
    longest = int(lengths.max())
    yield f"{longest}\n".encode()
    yield lengths.astype("u1" if longest < 256 else "<u4" if longest < 1 << 32 else "<u8")
    if longest:
        yield memoryview(content)[int(offsets[0]) : int(offsets[-1])]


def _fixed(array: pa.Array, present: npt.NDArray[np.bool_] | None, kind: np.dtype[Any]) -> Iterator[Any]:
    """Yield the values of an array whose values all take the same number of bytes; zero where one is missing."""
    values = np.frombuffer(array.buffers()[1], kind, len(array), array.offset * kind.itemsize)
    if kind.kind == "f" and np.isnan(values).any():  # NaNs come with many bit patterns
        values = np.where(np.isnan(values), kind.type(np.nan), values)
    if present is not None:
        values = values.copy()
        values[~present] = np.zeros((), kind)
    yield np.ascontiguousarray(values).view(np.uint8)


def _message(array: pa.Array) -> pa.Buffer:
    """Return an array of a rare type as Arrow writes it; taking every row first leaves nothing else in its buffers."""
    fresh = array.take(pa.array(np.arange(len(array))))
    return pa.record_batch([fresh], ["rows"]).serialize()
