"""One file in, one file out. Writing is atomic: a reader sees the old file or the new one, never half of it."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv
from pydantic import ValidationError

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.evaluation import Evaluation
from harmoniqc.standard import COLUMNS, Document, Package, Result, load_document, results_table, to_json
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
    if file.suffix.lower() in RESULT_SUFFIXES:
        return read_results(file)
    return load_document(_bytes(file))


def read_results(path: str | os.PathLike[str]) -> pa.Table:
    """Read a table of results with columns of the column registry.

    Args:
        path: ``.parquet``; ``.csv`` and ``.tsv`` with a header row, whose numbers are taken digit for digit;
            ``.ndjson`` with one result a line; ``.json``: a package, a result, or a list of results.

    Raises:
        DocumentError: If the file cannot be read, or a result in it is not valid.
    """
    file = Path(path)
    suffix = file.suffix.lower()
    if suffix == ".parquet":
        with _readable(file):
            return pa.parquet.read_table(file, partitioning=None)
    if suffix in (".csv", ".tsv"):
        return _delimited(file, "," if suffix == ".csv" else "\t")
    if suffix in (".ndjson", ".jsonl"):
        lines = _bytes(file).splitlines()
        return _rows([decode(line) for line in lines if line.strip()], file)
    raw = decode(_bytes(file))
    if isinstance(raw, list):
        return _rows(raw, file)
    document = load_document(raw)
    if isinstance(document, Package):
        return document.table
    if isinstance(document, Result):
        return results_table([document])
    raise _unreadable(file, f"a {raw.get('type')} holds no results")


def write(obj: Document | Evaluation | pa.Table, path: str | os.PathLike[str]) -> None:
    """Write a document as JSON, or a table of results or the verdicts of an evaluation as Parquet.

    The file appears under its name only when it is complete.

    Raises:
        TypeError: If the object does not go into a file of that kind.
        OSError: If the place cannot be written.
    """
    file = Path(path)
    suffix = file.suffix.lower()
    if isinstance(obj, Document) and suffix == ".json":
        text = to_json(obj) + "\n"
        _atomically(file, lambda stream: stream.write(text.encode()))
        return
    table = obj.verdicts if isinstance(obj, Evaluation) else obj
    if isinstance(table, pa.Table) and suffix == ".parquet":
        _atomically(file, lambda stream: pa.parquet.write_table(table, stream, compression="zstd"))
        return
    raise TypeError(f"{type(obj).__name__} does not go into a {suffix or 'nameless'} file; use .json or .parquet")


def _delimited(file: Path, delimiter: str) -> pa.Table:
    # Text, not float64: what is judged is the number that was written, and 0.10 is not 0.1.
    types = {name: pa.bool_() if column.type == "boolean" else pa.string() for name, column in COLUMNS.items()}
    convert = pa.csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
    with _readable(file):
        table = pa.csv.read_csv(file, parse_options=pa.csv.ParseOptions(delimiter=delimiter), convert_options=convert)
    return table


def _rows(raw: list[Any], file: Path) -> pa.Table:
    findings, rows = [], []
    for number, item in enumerate(raw):
        try:
            rows.append(Result.model_validate(item))
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                pointer = "".join(f"/{step}" for step in (number, *fault["loc"]))
                message = f"{file.name}: result {number}: {fault['msg'].removeprefix('Value error, ')}"
                findings.append(Finding("invalid-document", message, pointer=pointer, row=number))
    if findings:
        raise DocumentError(f"{file.name}: {len(findings)} fault(s) in {len(raw):,} results", findings)
    return results_table(rows)


def _bytes(file: Path) -> bytes:
    with _readable(file):
        return file.read_bytes()


@contextlib.contextmanager
def _readable(file: Path) -> Iterator[None]:
    """Turn whatever a reader raises about a file into one exception that says which file."""
    try:
        yield
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
        raise _unreadable(file, reason) from error


def _unreadable(file: Path, reason: str) -> DocumentError:
    message = f"{file}: {reason}"
    return DocumentError(message, (Finding("unreadable-file", message, found=str(file)),))


def _atomically(file: Path, fill: Callable[[BinaryIO], object]) -> None:
    part = file.with_name(f".{file.name}.{secrets.token_hex(8)}.part")  # a name of its own for each writer
    try:
        with part.open("xb") as stream:
            fill(stream)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
