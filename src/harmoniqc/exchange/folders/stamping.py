"""What a table says of itself: one key of its metadata, field ids, descriptions. They check and carry no meaning."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

import pyarrow as pa
import pyarrow.types as pt

from harmoniqc._version import __version__
from harmoniqc.errors import DocumentError, Finding, Findings, ResultsError
from harmoniqc.exchange.folders.content import content_hash_of
from harmoniqc.exchange.folders.layout import FORMAT_VERSION, ROW, ROW_FIELD_ID
from harmoniqc.standard import COLUMNS, STANDARD_VERSION, Column, results_table
from harmoniqc.standard.arrow import FIELD_ID_KEY

KEY: Final = b"harmoniqc"

_LONGEST: Final = 4 * 1024 * 1024


def restamp(results: object) -> pa.Table:
    """Return a table of results as the standard writes it, after other libraries have worked on it.

    Columns of the registry that came in another type - whole numbers that became floats because some are missing, texts
    as categories, times in another unit - are brought back where nothing is lost by it, and get their field ids and
    descriptions. The key ``harmoniqc`` of the metadata says anew what the table holds, with the hash of its content.

    Args:
        results: What :func:`harmoniqc.evaluate` takes as results.

    Raises:
        TypeError: If it is no table.
        ResultsError: If a column occurs twice, or its type cannot hold its meaning.
    """
    table, findings = restored(results_table(results))
    if findings.errors:
        raise ResultsError("the table of results cannot be stamped", findings)
    return stamped(table, "results", content_hash_of(table))


def restored(table: pa.Table) -> tuple[pa.Table, Findings]:
    """Return a table whose columns have the types of the registry again, where nothing is lost by it.

    Returns:
        The table, and findings: ``type-restored`` for each column that was brought back, ``wrong-column-type`` and
        ``duplicate-heading`` for columns that cannot be used.
    """
    findings: list[Finding] = [
        Finding("duplicate-heading", f"column {name!r} occurs twice", found=name)
        for name in dict.fromkeys(table.column_names)
        if table.column_names.count(name) > 1
    ]
    if findings:
        return table, Findings(findings)
    for place, name in enumerate(table.column_names):
        data = table.column(place)
        if name in COLUMNS:
            back = _restored(COLUMNS[name], data)
            if back is None:
                message = f"column {name!r} has type {data.type}"
                expected = COLUMNS[name].type
                findings.append(Finding("wrong-column-type", message, expected=expected, found=str(data.type)))
                continue
            if not _alike(back.type, data.type):
                message = f"column {name!r} came as {data.type} and was brought back to {back.type}"
                findings.append(Finding("type-restored", message, found=str(data.type)))
        else:
            back = without_views(data)
        if back is not data:
            table = table.set_column(place, pa.field(name, back.type), back)
    return table, Findings(findings)


def _restored(column: Column, data: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Return a column in a type that can hold its meaning; None if it has none."""
    data = without_views(data)
    kind = data.type.value_type if pt.is_dictionary(data.type) else data.type
    text = pt.is_string(kind) or pt.is_large_string(kind)
    if pt.is_null(kind) or (text and column.type != "boolean"):
        return data
    if pt.is_dictionary(data.type):
        data = data.cast(kind)
    if column.type == "boolean":
        return data if pt.is_boolean(kind) else None
    if column.type == "instant":
        return _instants(data) if pt.is_timestamp(kind) and kind.tz is not None else None
    if column.type not in ("decimal", "integer") or pt.is_float16(kind):
        return None
    if column.type == "integer" and pt.is_floating(kind):
        return _lossless(data, pa.int32())
    return data if pt.is_floating(kind) or pt.is_integer(kind) or pt.is_decimal(kind) else None


def _instants(data: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return instants in microseconds and UTC; finer ones as they are."""
    return _lossless(data, pa.timestamp("us", tz="UTC"))


def _lossless(data: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if data.type == kind:
        return data
    try:
        return data.cast(kind)
    except pa.ArrowInvalid:
        return data


def _alike(left: pa.DataType, right: pa.DataType) -> bool:
    """Tell whether two types differ at most in how texts are stored."""
    return bool(left == right or (_is_text(left) and _is_text(right)))


def _is_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pt.is_dictionary(kind) else kind
    return bool(pt.is_string(inner) or pt.is_large_string(inner) or pt.is_string_view(inner))


def without_views(data: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column that Parquet stores: views, and dictionaries of anything but text, have no place there."""
    kind = data.type
    if pt.is_string_view(kind):
        return data.cast(pa.string())
    if pt.is_binary_view(kind):
        return data.cast(pa.binary())
    if pt.is_dictionary(kind):
        inner = kind.value_type
        if pt.is_string_view(inner):
            return pa.chunked_array(
                [
                    pa.DictionaryArray.from_arrays(part.indices, part.dictionary.cast(pa.string()))
                    for part in data.chunks
                ],
                pa.dictionary(kind.index_type, pa.string()),
            )
        if not (pt.is_string(inner) or pt.is_large_string(inner)):
            return data.cast(inner)
    return data


def stamped(table: pa.Table, kind: str, content_sha256: str | None = None) -> pa.Table:
    """Return a table with field ids, descriptions, and the key that says what it holds.

    Args:
        table: The table. Metadata of other libraries are dropped: they describe another table by now.
        kind: Which table it is.
        content_sha256: Hash of its content; None: it says none.
    """
    fields = [_field(field, kind) for field in table.schema]
    said: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "table": kind,
        "standard_version": STANDARD_VERSION,
        "library_version": __version__,
        "rows": table.num_rows,
        "columns": {field.name: _described(field.name, kind) for field in fields},
    }
    if content_sha256 is not None:
        said["content_sha256"] = content_sha256
    metadata = {KEY: json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()}
    return table.cast(pa.schema(fields, metadata))


def _field(field: pa.Field, kind: str) -> pa.Field:
    metadata: dict[bytes, bytes] = {}
    if field.name == ROW:
        metadata = {FIELD_ID_KEY: str(ROW_FIELD_ID).encode(), b"description": b"Place of the row before it was sorted."}
    elif kind == "results" and field.name in COLUMNS:
        column = COLUMNS[field.name]
        metadata = {FIELD_ID_KEY: str(column.field_id).encode(), b"description": column.description.encode()}
    return field.with_metadata(metadata)


def _described(name: str, kind: str) -> dict[str, Any]:
    if kind != "results" or name not in COLUMNS:
        return {}
    column = COLUMNS[name]
    return {"type": column.type, "field_id": column.field_id}


def stamp_of(schema: pa.Schema, name: str) -> dict[str, Any] | None:
    """Return what a table says of itself; None if it says nothing.

    Raises:
        DocumentError: ``unknown-exchange-version`` if it was written in a form that is not known.
    """
    stored = (schema.metadata or {}).get(KEY)
    if stored is None:
        return None
    try:
        said = json.loads(stored) if len(stored) <= _LONGEST else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return {}
    version = said.get("format_version")
    if version != FORMAT_VERSION:
        message = f"{name}: the table says that it is written in version {version!r} of the format"
        finding = Finding("unknown-exchange-version", message, expected=FORMAT_VERSION, found=str(version))
        raise DocumentError(message, (finding,))
    return said


def stamp_findings(
    said: dict[str, Any] | None, name: str, kind: str, columns: Iterable[str], rows: int, content: str | None = None
) -> list[Finding]:
    """Return where a table is not what it says of itself.

    Args:
        said: What :func:`stamp_of` returned.
        name: What the table is called in findings.
        kind: Which table it should be.
        columns: Its columns.
        rows: Its number of rows.
        content: Hash of its content; None: that is not compared.
    """
    if said is None:
        return [Finding("metadata-missing", f"{name}: the table does not say how it was written", found=name)]
    described = said.get("columns")
    found: dict[str, Any] = {
        "table": kind,
        "standard_version": STANDARD_VERSION,
        "rows": rows,
        "columns": sorted(columns),
        "content_sha256": content,
    }
    stated = {**said, "columns": sorted(described) if isinstance(described, dict) else None}
    if content is None or "content_sha256" not in said:
        del found["content_sha256"]
    return [
        Finding(
            "metadata-differs",
            f"{name}: what the table says of its {part.replace('_', ' ')} is not so",
            expected=_short(stated.get(part)),
            found=_short(is_),
        )
        for part, is_ in found.items()
        if stated.get(part) != is_
    ]


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."
