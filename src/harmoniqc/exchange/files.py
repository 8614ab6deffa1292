"""One file in, one file out. Writing is atomic: a reader sees the old file or the new one, never half of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from harmoniqc._files import write_atomically
from harmoniqc.errors import DocumentError, Finding, HarmoniqcError
from harmoniqc.evaluation import Evaluation
from harmoniqc.standard import (
    COLUMNS,
    STANDARD_VERSION,
    Document,
    Package,
    Result,
    load_document,
    results_table,
    to_json,
)
from harmoniqc.standard.reader import decode

RESULT_SUFFIXES = (".parquet", ".csv", ".tsv", ".ndjson", ".jsonl")


def read(path: str | os.PathLike[str]) -> Document | pa.Table:
    """Read a document of the standard, or a table of results.

    Args:
        path: ``.json``: a document; ``.parquet``, ``.csv``, ``.tsv``, ``.ndjson``: a table of results.

    Raises:
        DocumentError: If the file cannot be read, or is no valid document.
    """
    file = Path(path)
    if _suffix(file) in RESULT_SUFFIXES:
        return read_results(file)
    raw = read_json(file)
    with named(file):
        return _document(raw)


def read_results(path: str | os.PathLike[str]) -> pa.Table:
    """Read a table of results with columns of the column registry.

    Args:
        path: ``.parquet``; ``.csv`` and ``.tsv`` with a header row, whose numbers are taken digit for digit;
            ``.ndjson`` with one result a line; ``.json``: a package, a result, or a list of results.

    Raises:
        DocumentError: If the file cannot be read, or a result in it is not valid.
    """
    file = Path(path)
    suffix = _suffix(file)
    if suffix == ".parquet":
        with named(file), file.open("rb"):  # opened first: Python says better than pyarrow why a file cannot be
            return pq.ParquetFile(file).read()
    if suffix in (".csv", ".tsv"):
        return _delimited(file, "," if suffix == ".csv" else "\t")
    if suffix in (".ndjson", ".jsonl"):
        return _rows(_lines(file), file)
    raw = read_json(file)
    if isinstance(raw, list):
        return _rows(raw, file)
    with named(file):
        document = _document(raw)
    if isinstance(document, Package):
        return document.table
    if isinstance(document, Result):
        return results_table([document])
    raise unusable(file, f"a {raw['type']} holds no results")


def read_json(path: str | os.PathLike[str]) -> Any:
    """Read a file as JSON, strictly: UTF-8, no key twice, no NaN.

    Raises:
        DocumentError: If the file cannot be read, or is none of that.
    """
    with named(Path(path)):
        return decode(Path(path).read_bytes())


def write(obj: Document | Evaluation | pa.Table, path: str | os.PathLike[str]) -> None:
    """Write a document as JSON, or a table of results or the verdicts of an evaluation as Parquet.

    The file appears under its name only when it is complete.

    Raises:
        TypeError: If the object does not go into a file of that kind.
        ValueError: If a package holds results that have no decimal text: NaN, infinity.
        OSError: If the place cannot be written.
    """
    file = Path(path)
    suffix = file.suffix.lower()
    if isinstance(obj, Document) and suffix == ".json":
        data = f"{to_json(obj)}\n".encode()
        write_atomically(file, lambda stream: stream.write(data))
        return
    table = obj.verdicts if isinstance(obj, Evaluation) else obj
    if isinstance(table, pa.Table) and suffix == ".parquet":
        stored = _without_views(table)
        write_atomically(file, lambda stream: pq.write_table(stored, stream, compression="zstd"))
        return
    raise TypeError(f"{type(obj).__name__} does not go into a {suffix or 'nameless'} file; use .json or .parquet")


def _without_views(table: pa.Table) -> pa.Table:
    """Return a table that every supported pyarrow stores: polars exports strings as views, which Parquet has not."""
    plain = [field.with_type(pa.string()) if pa.types.is_string_view(field.type) else field for field in table.schema]
    return table.cast(pa.schema(plain, table.schema.metadata))


def _suffix(file: Path) -> str:
    suffix = file.suffix.lower()
    if suffix != ".json" and suffix not in RESULT_SUFFIXES:
        known = ", ".join((".json", *RESULT_SUFFIXES))
        raise unusable(file, "the name does not say what the file holds", f"give it one of the endings {known}")
    return suffix


def _document(raw: Any) -> Document:
    if isinstance(raw, dict):
        return load_document(raw)
    message = "the JSON is not one object"
    remedy = "a list of results is read with read_results" if isinstance(raw, list) else None
    raise DocumentError(message, (Finding("not-a-document", message, found=type(raw).__name__, remedy=remedy),))


def _delimited(file: Path, delimiter: str) -> pa.Table:
    # Text, not float64: what is judged is the number that was written, and 0.10 is not 0.1. So are columns of others,
    # whose type would otherwise be guessed from their first lines.
    parse = pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    with named(file), file.open("rb") as stream:
        with pa.csv.open_csv(stream, parse_options=parse) as reader:
            names = reader.schema.names
        flags = {name for name, column in COLUMNS.items() if column.type == "boolean"}
        types = {name: pa.bool_() if name in flags else pa.string() for name in names}
        convert = pa.csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
        return pa.csv.read_csv(file, parse_options=parse, convert_options=convert)


def _lines(file: Path) -> list[Any]:
    with named(file):
        lines = file.read_bytes().split(b"\n")
    out: list[Any] = []
    findings: list[Finding] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            out.append(decode(line))
        except DocumentError as error:
            findings += [
                replace(item, message=f"line {number}: {item.message}", row=len(out) + len(findings))
                for item in error.findings
            ]
    if findings:
        raise DocumentError(f"{file}: {len(findings)} line(s) are no JSON", findings)
    return out


def _rows(raw: list[Any], file: Path) -> pa.Table:
    package = {"standard_version": STANDARD_VERSION, "type": "package", "id": "results", "results": raw}
    try:
        document = load_document(package)
    except DocumentError as error:
        findings = [_in_list(item) for item in error.findings]
        raise DocumentError(f"{file}: {len(findings)} fault(s) in {len(raw):,} results", findings) from None
    return results_table(document.results)  # type: ignore[attr-defined]


def _in_list(finding: Finding) -> Finding:
    pointer = (finding.pointer or "").removeprefix("/results")
    _, _, message = finding.message.partition(": ")
    row = pointer.split("/")[1] if pointer else ""
    return replace(
        finding, message=f"{pointer or '/'}: {message}", pointer=pointer, row=int(row) if row.isdecimal() else None
    )


@contextlib.contextmanager
def named(file: Path) -> Iterator[None]:
    """Turn whatever reading a file raises into one exception that says which file.

    Raises:
        DocumentError: For every way in which a file can be missing, unreadable or malformed.
    """
    try:
        yield
    except HarmoniqcError as error:
        raise DocumentError(f"{file}: {error.message}", error.findings) from error
    except (OSError, pa.ArrowException, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise unusable(file, (reason.splitlines() or [type(error).__name__])[0]) from error


def unusable(file: Path, reason: str, remedy: str | None = None) -> DocumentError:
    """Return the exception for a file that cannot be used."""
    message = f"{file}: {reason}"
    return DocumentError(message, (Finding("unreadable-file", message, found=str(file), remedy=remedy),))
