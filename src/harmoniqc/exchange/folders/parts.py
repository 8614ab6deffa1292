"""A table as Parquet files: split by version and site, sorted so that readers can skip, the order kept beside it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as pt

from harmoniqc.errors import DocumentError, Finding, Findings, ResultsError
from harmoniqc.exchange.folders.content import combined, row_digests
from harmoniqc.exchange.folders.layout import BY_SITE, ROW, Place, major_of, path_of, site_partition
from harmoniqc.exchange.folders.manifest import field_type, resource
from harmoniqc.exchange.folders.stamping import restored, stamped
from harmoniqc.standard import STANDARD_VERSION

PART_ROWS: Final = 2**20
GROUP_ROWS: Final = 2**17
"""Rows of a file and of a row group. No part of the format."""

_SORTED_BY: Final = ("batch_id", "cqa", "test_id", "batch", "specification_id", "id")
_PLAIN: Final = frozenset({"result_id", "supersedes", "text", "document", "sha256"})
"""Columns in which hardly anything repeats; a dictionary would only be in the way."""


class Part(NamedTuple):
    """A file that is to be written.

    Attributes:
        path: Where it goes.
        data: Its bytes.
        entry: How the manifest describes it.
    """

    path: str
    data: bytes
    entry: dict[str, Any]


def storable(table: pa.Table, kind: str) -> pa.Table:
    """Return a table as it goes into an exchange.

    Raises:
        ResultsError: If a column occurs twice, has a name that an exchange needs for itself, or a type that cannot hold
            its meaning.
    """
    if kind == "results":
        table, findings = restored(table)
        taken = [ROW] if ROW in table.column_names else []
        errors = [*findings.errors, *(Finding("reserved-column", f"column {name!r}", found=name) for name in taken)]
        major = int(STANDARD_VERSION.partition(".")[0])
        errors += [
            Finding(
                "unknown-standard-version",
                f"rows were written for version {version} of the standard",
                expected=STANDARD_VERSION,
                found=version,
            )
            for version in _distinct(table, "schema_version")
            if version is not None and major_of(version) > major
        ]
        if errors:
            raise ResultsError("the table of results cannot be written", Findings(errors))
    return table


def parts_of(table: pa.Table, kind: str) -> tuple[Iterator[Part], dict[str, Any]]:
    """Return the files of a table, and what the manifest says of all of them together.

    Args:
        table: The table, as :func:`storable` returns it.
        kind: Which table it is.

    Raises:
        ResultsError: If a value is beyond what can be written, such as a date in the year 12000.
    """
    try:
        digests = row_digests(table)
    except (pa.ArrowException, ValueError, OverflowError) as error:
        message = f"{kind}: a value cannot be written: {error}"
        raise ResultsError(message, (Finding("wrong-column-type", message),)) from error
    rows = pa.array(np.arange(table.num_rows, dtype=np.int64))
    numbered = table.append_column(pa.field(ROW, pa.int64(), nullable=False), rows)
    return _parts(numbered, kind, digests), {"rows": table.num_rows, "content_sha256": combined([digests])}


def _parts(table: pa.Table, kind: str, digests: npt.NDArray[np.bytes_]) -> Iterator[Part]:
    number = 0
    order = _order(table)
    for place, members in _places(table, kind):
        inside = order[members[order]]
        for start in range(0, max(len(inside), 1), PART_ROWS):
            chosen = inside[start : start + PART_ROWS]
            part = table.take(pa.array(chosen))
            sha256 = combined([digests[chosen]])
            content = {"table": kind, "rows": len(chosen), "content_sha256": sha256}
            path = path_of(place, number)
            data = _parquet(stamped(part, kind, sha256), path)
            columns = [(field.name, field_type(field.name, field.type)) for field in part.schema]
            yield Part(path, data, resource(path, data, content, columns))
            number += 1


def _order(table: pa.Table) -> npt.NDArray[np.intp]:
    """Return the places of rows in the order in which they are stored."""
    keys = {name: _plain_text(table.column(name)) for name in _SORTED_BY if name in table.column_names}
    keys[ROW] = table.column(ROW)
    return np.asarray(pc.sort_indices(pa.table(keys), [(name, "ascending") for name in keys]), np.intp)


def _plain_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.large_string())


def _places(table: pa.Table, kind: str) -> Iterator[tuple[Place, npt.NDArray[np.bool_]]]:
    """Yield each partition, and which rows are in it."""
    majors = _codes(table, "schema_version", major_of)
    sites = _codes(table, "site_id", site_partition) if kind in BY_SITE else {None: np.ones(table.num_rows, np.bool_)}
    for major, of_major in sorted(majors.items()):
        for site, of_site in sorted(sites.items(), key=lambda item: item[0] or ""):
            members = of_major & of_site
            if members.any() or not table.num_rows:
                yield Place(kind, major, site), members


def _codes(table: pa.Table, name: str, partition: Any) -> dict[Any, npt.NDArray[np.bool_]]:
    """Return the partitions that the values of a column fall into, each with which rows are in it."""
    n = table.num_rows
    if name not in table.column_names or not n:
        return {partition(None): np.ones(n, np.bool_)}
    values = _distinct(table, name)
    column = _plain_text(table.column(name))
    codes = pc.fill_null(pc.index_in(column, pa.array(values, pa.large_string())), -1)
    found = np.asarray(codes)
    out: dict[Any, npt.NDArray[np.bool_]] = {}
    for code, value in enumerate(values):
        rows = found == code if value is not None else np.asarray(column.is_null())
        key = partition(value)
        out[key] = out[key] | rows if key in out else rows
    return out


def _distinct(table: pa.Table, name: str) -> list[str | None]:
    if name not in table.column_names:
        return []
    column = table.column(name)
    if pt.is_null(column.type):
        return [None]
    return list(dict.fromkeys(_plain_text(column).unique().to_pylist()))


def _parquet(table: pa.Table, name: str) -> bytes:
    coded = [field.name for field in table.schema if _is_text(field.type) and field.name not in _PLAIN]
    sink = io.BytesIO()
    try:
        pq.write_table(table, sink, compression="zstd", use_dictionary=coded, row_group_size=GROUP_ROWS)
    except pa.ArrowException as error:
        message = f"{name}: Parquet cannot hold it: {error}"
        raise DocumentError(message, (Finding("wrong-column-type", message),)) from error
    return sink.getvalue()


def _is_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pt.is_dictionary(kind) else kind
    return bool(pt.is_string(inner) or pt.is_large_string(inner))
