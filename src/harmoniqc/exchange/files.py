"""Documents and results in and out, as files and folders. Writing is atomic: a reader sees the old or the new."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pyarrow.types as pt

from harmoniqc._files import write_atomically
from harmoniqc.errors import DocumentError, Finding, HarmoniqcError
from harmoniqc.evaluation import Evaluation
from harmoniqc.exchange.carrying import with_findings
from harmoniqc.exchange.folders.content import content_hash_of
from harmoniqc.exchange.folders.opening import ONE_FILE, open_parquet
from harmoniqc.exchange.folders.reading import read_exchange
from harmoniqc.exchange.folders.stamping import KEY, stamp_findings, stamp_of, stamped, without_views
from harmoniqc.exchange.folders.writing import write_folder
from harmoniqc.standard import (
    COLUMNS,
    STANDARD_VERSION,
    Document,
    Package,
    Result,
    load_as,
    load_document,
    results_table,
    to_json,
)
from harmoniqc.standard.reader import decode

if TYPE_CHECKING:
    from harmoniqc.exchange.folders.signing import PrivateKey

RESULT_SUFFIXES = (".parquet", ".csv", ".tsv", ".ndjson", ".jsonl")
_OF_FILES = (".json", *RESULT_SUFFIXES)


def read(path: str | os.PathLike[str]) -> Document | pa.Table:
    """Read a document of the standard, a table of results, or an exchange.

    Args:
        path: ``.json``: a document; ``.parquet``, ``.csv``, ``.tsv``, ``.ndjson``: a table of results; a folder: the
            package of an exchange, verified before it is read. What else came with it is returned by
            :func:`harmoniqc.read_exchange`.

    Raises:
        DocumentError: If the file cannot be read, or is no valid document; if the exchange is not what it says.
    """
    file = Path(path)
    if is_folder(file):
        return read_exchange(file).package
    if _suffix(file) in RESULT_SUFFIXES:
        return read_results(file)
    raw = read_json(file)
    with named(file):
        return document_of(raw)


def read_results(path: str | os.PathLike[str]) -> pa.Table:
    """Read a table of results with columns of the column registry.

    Args:
        path: ``.parquet``; ``.csv`` and ``.tsv`` with a header row, whose numbers are taken digit for digit;
            ``.ndjson`` with one result a line; ``.json``: a package, a result, or a list of results; a folder: an
            exchange.

    What a Parquet file says of itself is compared with what it holds, apart from the hash of its content, which
    :func:`harmoniqc.verify` looks at; differences are in :func:`harmoniqc.table_findings` of the table.

    Raises:
        DocumentError: If the file cannot be read, or a result in it is not valid.
    """
    file = Path(path)
    if is_folder(file):
        return read_exchange(file).package.table
    suffix = _suffix(file)
    if suffix == ".parquet":
        return _parquet(file)
    if suffix in (".csv", ".tsv"):
        return _delimited(file, "," if suffix == ".csv" else "\t")
    if suffix in (".ndjson", ".jsonl"):
        return _rows(_lines(file), file)
    raw = read_json(file)
    if isinstance(raw, list):
        return _rows(raw, file)
    with named(file):
        document = document_of(raw)
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


def write(
    obj: Document | Evaluation | pa.Table,
    path: str | os.PathLike[str],
    *,
    verdicts: Evaluation | None = None,
    sender: str | None = None,
    receiver: str | None = None,
    previous: str | os.PathLike[str] | None = None,
    sign: PrivateKey | None = None,
) -> None:
    """Write a document as JSON, a table of results or verdicts as Parquet, or a package as an exchange.

    A file or a folder appears under its name only when it is complete.

    Args:
        obj: What is written.
        path: ``.json``: a document; ``.parquet``: a table of results, or the verdicts of an evaluation; a name without
            such an ending: a folder, into which a package goes as an exchange. An exchange that is there is replaced.
        verdicts: For a folder: the evaluation of the package, whose verdicts go with it.
        sender: For a folder: who sends it.
        receiver: For a folder: whom it is for.
        previous: For a folder: the exchange it follows; None: the one that it replaces, if any.
        sign: For a folder: the private key (Ed25519) to sign it with, or its file as PEM. Needs
            ``harmoniqc[signature]``.

    Raises:
        TypeError: If the object does not go into a file of that kind.
        ValueError: If a package is written as JSON whose results have no decimal text (NaN, infinity); if the
            verdicts are those of other results.
        DocumentError: If the folder holds something else than an exchange, or the key cannot be used.
        ResultsError: If the results have columns that an exchange cannot hold.
        OSError: If the place cannot be written.
    """
    file = Path(path)
    suffix = file.suffix.lower()
    if isinstance(obj, Package) and suffix not in _OF_FILES:
        write_folder(obj, file, verdicts=verdicts, sender=sender, receiver=receiver, previous=previous, sign=sign)
        return
    if any(item is not None for item in (verdicts, sender, receiver, previous, sign)):
        raise TypeError(
            "only a package that goes into a folder has verdicts, sender, receiver, previous and a signature"
        )
    if isinstance(obj, Document) and suffix == ".json":
        data = f"{to_json(obj)}\n".encode()
        write_atomically(file, lambda stream: stream.write(data))
        return
    table = obj.verdicts if isinstance(obj, Evaluation) else obj
    if isinstance(table, pa.Table) and suffix == ".parquet":
        stored = _stored(table, "results" if isinstance(obj, pa.Table) else "verdicts")
        write_atomically(file, lambda stream: pq.write_table(stored, stream, compression="zstd"))
        return
    raise TypeError(f"{type(obj).__name__} does not go into a {suffix or 'nameless'} file; use .json or .parquet")


def is_folder(path: Path) -> bool:
    """Tell whether a path is that of an exchange: a folder, whose name does not say that it is a file."""
    return path.suffix.lower() not in _OF_FILES and path.is_dir()


def _stored(table: pa.Table, kind: str) -> pa.Table:
    """Return a table as it goes into a Parquet file of its own; the hash of its content is renewed if it had one."""
    columns = {name: table.column(place) for place, name in enumerate(table.column_names)}
    if len(columns) != table.num_columns:
        raise ValueError("two columns of the table have the same name")
    plain = pa.table(
        {name: without_views(data) if pt.is_string_view(data.type) else data for name, data in columns.items()}
    )
    metadata = table.schema.metadata or {}
    hashed = b'"content_sha256"' in metadata.get(KEY, b"")
    return stamped(plain, kind, content_hash_of(plain) if hashed else None)


def _parquet(file: Path) -> pa.Table:
    # Opened by Python first, which says better than Arrow why a file cannot be.
    with named(file), file.open("rb"), pa.OSFile(str(file)) as stream:
        parquet = open_parquet(stream, file.name, ONE_FILE)
        table = parquet.read()
        said = stamp_of(parquet.schema_arrow, file.name)
    kind = "verdicts" if said is not None and said.get("table") == "verdicts" else "results"
    findings = stamp_findings(said, file.name, kind, table.column_names, table.num_rows)
    # In memory the table may be changed; what it said of itself would then no longer be so.
    kept = {key: value for key, value in (table.schema.metadata or {}).items() if key != KEY}
    table = table.replace_schema_metadata(kept or None)
    return with_findings(table, findings) if findings else table


def _suffix(file: Path) -> str:
    suffix = file.suffix.lower()
    if suffix != ".json" and suffix not in RESULT_SUFFIXES:
        known = ", ".join((".json", *RESULT_SUFFIXES))
        raise unusable(file, "the name does not say what the file holds", f"give it one of the endings {known}")
    return suffix


def document_of(raw: Any) -> Document:
    """Return the document of decoded JSON.

    Raises:
        DocumentError: If it is no document.
    """
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
        return load_as(Package, package).table
    except DocumentError as error:
        findings = [_in_list(item) for item in error.findings]
        raise DocumentError(f"{file}: {len(findings)} fault(s) in {len(raw):,} results", findings) from None


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
