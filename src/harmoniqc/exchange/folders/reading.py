"""Reading an exchange: everything is verified before anything is understood, and what was verified is what is read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from harmoniqc.errors import DocumentError, Finding, Findings, HarmoniqcError
from harmoniqc.exchange.folders.content import Digests, RowsTooLongError, combined, row_digests
from harmoniqc.exchange.folders.criteria import criteria_table
from harmoniqc.exchange.folders.documents import package_of, read_documents, same_rows
from harmoniqc.exchange.folders.joining import alike, by_appearance, partition_findings, rows_of
from harmoniqc.exchange.folders.layout import (
    DOCUMENT_TABLES,
    MANIFEST,
    ROW,
    SIGNATURE,
    TABLES,
)
from harmoniqc.exchange.folders.manifest import Manifest, ManifestFile, manifest_sha256, parse_manifest
from harmoniqc.exchange.folders.opening import OF_OTHERS, broken, open_parquet
from harmoniqc.exchange.folders.plain_files import entries_of, read_plain_file
from harmoniqc.exchange.folders.signing import signature_findings
from harmoniqc.exchange.folders.stamping import restored, stamp_findings, stamp_of
from harmoniqc.standard import Document, Package, Specification

if TYPE_CHECKING:
    from harmoniqc.exchange.folders.signing import PublicKey

MAX_MEMORY: Final = 8 * 1024**3
"""Bytes that all tables of an exchange may take in memory together."""

MAX_WRITTEN: Final = 16 * 1024**3
"""Bytes that the rows of a file may have when each is written out to be hashed."""

_TRIES: Final = 3


@dataclass(frozen=True)
class Exchange:
    """What one site received from another.

    Attributes:
        package: The package that was sent.
        verdicts: The sender's verdicts, a row for each result and specification; None: none were sent. ``row`` is the
            place of the result in ``package.table``.
        batch_verdicts: The sender's verdicts of batches; None: none were sent.
        manifest: The manifest.
        manifest_sha256: Its hash, by which the next exchange names this one.
        findings: What was noticed; no errors, for those are raised.
    """

    package: Package
    verdicts: pa.Table | None
    batch_verdicts: pa.Table | None
    manifest: Manifest
    manifest_sha256: str
    findings: Findings


def read_exchange(
    folder: str | os.PathLike[str],
    *,
    key: PublicKey | None = None,
    previous: str | os.PathLike[str] | None = None,
) -> Exchange:
    """Read an exchange with all that came with it.

    Args:
        folder: The folder.
        key: The public key of the sender (Ed25519), or its file as PEM; then the exchange must be signed with it.
        previous: The exchange before this one, or the hash of its manifest; then this one must follow it.

    Raises:
        DocumentError: With every finding, if the exchange is not what its manifest says, or not what was asked for.
    """
    root = Path(folder)
    for left in reversed(range(_TRIES)):
        reading = _Reading(root, keep=True)
        reading.examine(key, previous)
        if reading.errors and left and reading.was_replaced():
            continue  # a new exchange took its place while the old one was being read
        return reading.exchange()
    raise AssertionError("unreachable")


def verify_folder(
    folder: Path, *, key: PublicKey | None = None, previous: str | os.PathLike[str] | None = None
) -> Findings:
    """Return everything that is wrong with an exchange; nothing of it is kept in memory."""
    for left in reversed(range(_TRIES)):
        reading = _Reading(folder, keep=False)
        reading.examine(key, previous)
        if not (reading.errors and left and reading.was_replaced()):
            break
    return Findings(reading.findings)


class _Reading:
    """One look at an exchange: its findings, and what was read until there were any."""

    def __init__(self, root: Path, *, keep: bool) -> None:
        self.root = root
        self.keep = keep
        self.findings: list[Finding] = []
        self.manifest: Manifest | None = None
        self.sha256 = ""
        self.package: Package | None = None
        self.tables: dict[str, pa.Table] = {}
        self._data = b""
        self._memory = 0

    @property
    def errors(self) -> bool:
        """Whether anything was found that forbids to use the exchange."""
        return any(item.level == "error" for item in self.findings)

    def was_replaced(self) -> bool:
        """Tell whether another exchange has the name by now."""
        try:
            return bool(self._data) and read_plain_file(self.root, MANIFEST) != self._data
        except DocumentError:
            return False

    def exchange(self) -> Exchange:
        """Return what was read.

        Raises:
            DocumentError: If anything is wrong.
        """
        if self.errors or self.manifest is None or self.package is None:
            found = Findings(self.findings)
            raise DocumentError(f"{self.root}: {len(found.errors)} finding(s)", found)
        verdicts, batches = self.tables.get("verdicts"), self.tables.get("batch-verdicts")
        return Exchange(self.package, verdicts, batches, self.manifest, self.sha256, Findings(self.findings))

    def examine(self, key: PublicKey | None, previous: str | os.PathLike[str] | None) -> None:
        """Look at everything; each step only where those before have found nothing that is wrong."""
        try:
            before = None if previous is None else _hash_of(previous)
            raw = self._manifest()
            self._signature(raw, key)
            if before is not None and self._head().previous_sha256 != before:
                message = f"{MANIFEST}: does not follow the exchange that was named"
                found = self._head().previous_sha256 or "none"
                self.findings.append(Finding("chain-broken", message, expected=before, found=found))
            files = self._entries()
            if self.errors:
                return
            self._files(files)
            if not self.errors:
                self._meaning()
        except HarmoniqcError as error:
            self.findings += error.findings

    def _manifest(self) -> Any:
        self._data = read_plain_file(self.root, MANIFEST)
        raw, self.manifest = parse_manifest(self._data)
        self.sha256 = manifest_sha256(raw)
        return raw

    def _head(self) -> Any:
        return self._known().head

    def _known(self) -> Manifest:
        if self.manifest is None:
            raise RuntimeError("the manifest has not been read")
        return self.manifest

    def _signature(self, raw: Any, key: PublicKey | None) -> None:
        present = (self.root / SIGNATURE).is_symlink() or (self.root / SIGNATURE).exists()
        stored = read_plain_file(self.root, SIGNATURE) if present else None
        self.findings += signature_findings(raw, stored, key)

    def _entries(self) -> list[str]:
        """Return the files of the folder that the manifest names; note those that it does not, and those missing."""
        try:
            there, unsafe = entries_of(self.root)
        except OSError as error:
            message = f"{self.root}: {error.strerror or 'cannot be listed'}"
            raise DocumentError(message, (Finding("not-an-exchange", message),)) from error
        self.findings += unsafe
        named = self._known().by_path
        for name in sorted(set(there) - set(named) - {MANIFEST, SIGNATURE}):
            shown = name.encode("ascii", "backslashreplace").decode()[:200]
            self.findings.append(Finding("file-not-listed", f"{shown} is not in the manifest", found=shown))
        for name in sorted(set(named) - set(there)):
            self.findings.append(Finding("file-missing", f"{name} is not there", expected=name))
        return sorted(set(named) & set(there))

    def _files(self, paths: list[str]) -> None:
        """Read the tables, file by file; what is hashed is what is then understood."""
        named = self._known().by_path
        hashes = {file.hash: file.path for file in self._known().files}
        for table in TABLES:
            of_table = [named[path] for path in paths if named[path].content.table == table]
            parts = [part for file in of_table if (part := self._part(file, hashes)) is not None]
            if len(parts) == len(of_table) > 0 and not self.errors:
                self._whole(table, parts)

    def _part(self, file: ManifestFile, hashes: Mapping[str, str]) -> _PartRead | None:
        # As much as the largest file may have: of a file that was swapped it can then be said with which.
        data = read_plain_file(self.root, file.path, max(item.bytes for item in self._known().files))
        found = f"sha256:{hashlib.sha256(data).hexdigest()}"
        if len(data) != file.bytes or found != file.hash:
            other = hashes.get(found)
            code, what = ("file-changed", "is not the file that the manifest names")
            if other is not None and other != file.path:
                code, what = "file-swapped", f"has the content of {other}"
            self.findings.append(Finding(code, f"{file.path} {what}", expected=file.hash, found=found))
            return None
        try:
            return self._understood(file, data)
        except DocumentError as error:
            self.findings += error.findings
            return None

    def _understood(self, file: ManifestFile, data: bytes) -> _PartRead:
        """Return a file whose bytes are those that the manifest names.

        Raises:
            DocumentError: If it is not what the manifest says.
        """
        path, content = file.path, file.content
        parquet = open_parquet(pa.BufferReader(data), path, OF_OTHERS, dictionaries=True)
        metadata = parquet.metadata
        if metadata.num_rows != content.rows:
            message = f"{path}: has {metadata.num_rows:,} rows"
            found = f"{metadata.num_rows:,}"
            raise DocumentError(message, (Finding("rows-differ", message, None, None, f"{content.rows:,}", found),))
        groups = []
        try:
            if len(set(parquet.schema_arrow.names)) != len(parquet.schema_arrow.names):
                raise ValueError("two columns have the same name")
            for number in range(metadata.num_row_groups):
                group = parquet.read_row_group(number)
                group.validate(full=True)
                self._remember(path, group)
                groups.append(group)
            schema = parquet.schema_arrow
            table = pa.concat_tables(groups) if groups else schema.empty_table()
            if table.num_rows != content.rows:
                raise ValueError("rows are missing")
            rows = rows_of(table)
            table, findings = restored(table) if content.table == "results" else (table, Findings())
            digests = row_digests(table, MAX_WRITTEN)
            misplaced = list(partition_findings(path, table))
        except RowsTooLongError as error:
            message = f"{path}: {error}"
            raise DocumentError(message, (Finding("exchange-too-large", message, found=path),)) from error
        except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
            raise broken(path, error) from error
        if findings.errors:
            raise DocumentError(path, [_in_file(item, path) for item in findings.errors])
        self.findings += [_in_file(item, path) for item in findings]
        names = table.column_names
        sha256 = combined([digests])
        said = stamp_of(schema, path)
        self.findings += stamp_findings(said, path, content.table, names, content.rows, sha256)
        if sha256 != content.content_sha256:
            message = f"{path}: the content is not what the manifest says"
            raise DocumentError(
                message, (Finding("content-differs", message, expected=content.content_sha256, found=sha256),)
            )
        self.findings += misplaced
        return _PartRead(table.drop_columns([ROW]) if self._needed(content.table) else None, rows, digests)

    def _needed(self, table: str) -> bool:
        return self.keep or table in (*DOCUMENT_TABLES, "criteria")

    def _remember(self, path: str, table: pa.Table) -> None:
        """Count what is kept in memory.

        Raises:
            DocumentError: If it is too much.
        """
        self._memory += table.nbytes
        if self._memory > MAX_MEMORY and self.keep:
            message = f"{path}: the exchange takes more memory than it may"
            found = f"more than {self._memory:,} bytes"
            expected = f"at most {MAX_MEMORY:,} bytes"
            raise DocumentError(message, (Finding("exchange-too-large", message, None, None, expected, found),))

    def _whole(self, name: str, parts: list[_PartRead]) -> None:
        """Put the parts of a table together, in the order in which its rows stood."""
        said = self._head().tables[name]
        rows = np.concatenate([part.rows for part in parts])
        order = np.argsort(rows, kind="stable")
        if not np.array_equal(rows[order], np.arange(len(rows))):
            message = f"{name}: rows are missing, or are there twice"
            self.findings.append(Finding("rows-differ", message, found=name))
            return
        found = combined([part.digests for part in parts])
        if found != said.content_sha256:
            message = f"{name}: the content is not what the manifest says"
            self.findings.append(Finding("content-differs", message, expected=said.content_sha256, found=found))
            return
        tables = [part.table for part in parts if part.table is not None]
        if not tables:
            return
        try:
            whole = pa.concat_tables([table.replace_schema_metadata(None) for table in alike(tables)])
            taken = whole.unify_dictionaries().take(pa.array(order))
            self.tables[name] = pa.table({name: by_appearance(taken.column(name)) for name in taken.column_names})
        except pa.ArrowException as error:
            self.findings += broken(name, error).findings

    def _meaning(self) -> None:
        """Understand the documents, and hold what repeats them against them."""
        members: dict[str, tuple[Document, ...]] = dict.fromkeys(DOCUMENT_TABLES, ())
        for name in DOCUMENT_TABLES:
            if name in self.tables:
                members[name] = read_documents(self.tables[name], name)
        specifications = [item for item in members["specifications"] if isinstance(item, Specification)]
        criteria = self.tables.get("criteria")
        expected = criteria_table(specifications)
        if not (expected.num_rows == 0 if criteria is None else same_rows(criteria, expected)):
            message = "criteria: the table does not say what the specifications say"
            self.findings.append(Finding("criteria-differ", message, found="criteria"))
        results = self.tables.get("results", pa.table({}))
        self.package = package_of(self._head().package, members, results)


@dataclass(frozen=True, slots=True)
class _PartRead:
    """A file that was read: its rows, where they stood, and their hashes."""

    table: pa.Table | None
    rows: npt.NDArray[np.int64]
    digests: Digests


def _in_file(item: Finding, path: str) -> Finding:
    return Finding(item.code, f"{path}: {item.message}", None, None, item.expected, item.found)


def _hash_of(previous: str | os.PathLike[str]) -> str:
    """Return the hash of the manifest of an exchange, given as that or as its folder."""
    text = os.fspath(previous)
    if len(text) == 64 and not set(text) - set("0123456789abcdef"):
        return text
    return manifest_sha256(parse_manifest(read_plain_file(Path(text), MANIFEST))[0])
