"""The manifest of an exchange: a Data Package (Frictionless, version 2) that also says what the standard needs.

It is written last, names every file with its hash, and is itself hashed and signed in the form of RFC 8785.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from harmoniqc._version import __version__
from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.folders.layout import FORMAT_VERSION, ROW, TABLES, place_of
from harmoniqc.standard import COLUMNS, STANDARD_VERSION
from harmoniqc.standard.base import Identifier, Instant
from harmoniqc.standard.reader import decode, faulty, telling

PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
MAX_MANIFEST: Final = 32 * 1024 * 1024
MAX_FILES: Final = 20_000
MAX_BYTES: Final = 1024 * 1024 * 1024
"""Largest manifest, most files of an exchange, and largest file: beyond them nothing is read."""

Hash = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]


class _Part(BaseModel):
    """Members that are not known are left alone: a Data Package may say more, and so may a later harmoniqc."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, populate_by_name=True)


class FileContent(_Part):
    """What the manifest says of the content of a file.

    Attributes:
        table: The table it is a part of.
        rows: Number of rows.
        content_sha256: Hash of the content.
    """

    table: str
    rows: Count
    content_sha256: Sha256


class ManifestFile(_Part):
    """A file of an exchange; in a Data Package, a resource.

    Attributes:
        path: Where it lies, relative to the manifest.
        bytes: Its size.
        hash: The hash of its bytes, ``sha256:`` and 64 hexadecimal digits.
        content: What is in it.
    """

    path: str
    bytes: Annotated[int, Field(ge=0, le=MAX_BYTES)]
    hash: Hash
    content: FileContent = Field(alias="harmoniqc")


class TableContent(_Part):
    """What the manifest says of a table, all its files together.

    Attributes:
        rows: Number of rows.
        content_sha256: Hash of the content, independent of files, order and writer.
    """

    rows: Count
    content_sha256: Sha256


class ExchangeHead(_Part):
    """What the manifest says of the exchange.

    Attributes:
        format_version: Version of the form of the exchange.
        standard_version: Version of the standard.
        library_version: Version of the library that wrote it.
        sender: Who sends it.
        receiver: Whom it is for.
        previous_sha256: Hash of the manifest of the exchange before this one.
        identifiers: ``clear``: identifiers are as they were in the package.
        package: What the package says beside its members.
        tables: The tables by name.
    """

    format_version: str
    standard_version: str
    library_version: str
    sender: Identifier | None = None
    receiver: Identifier | None = None
    previous_sha256: Sha256 | None = None
    identifiers: str
    package: dict[str, Any]
    tables: dict[str, TableContent]


class Manifest(_Part):
    """The manifest of an exchange.

    Attributes:
        created: When it was written.
        head: What it says of the exchange.
        files: The files.
    """

    created: Instant = Field(strict=False)
    head: ExchangeHead = Field(alias="harmoniqc")
    files: tuple[ManifestFile, ...] = Field(alias="resources", max_length=MAX_FILES, strict=False)

    @property
    def by_path(self) -> dict[str, ManifestFile]:
        """The files by path."""
        return {file.path: file for file in self.files}

    def of_table(self, table: str) -> tuple[ManifestFile, ...]:
        """Return the files of a table, in their order."""
        return tuple(file for file in self.files if file.content.table == table)


def resource(path: str, data: bytes, content: Mapping[str, Any], columns: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return how a manifest describes a file.

    Args:
        path: Where it lies.
        data: Its bytes.
        content: What is in it: the members of :class:`FileContent`.
        columns: Name and type of each column.
    """
    return {
        "name": path.removesuffix(".parquet").rpartition("/")[2].replace("part", str(content["table"])),
        "path": path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": {"fields": [_field(name, kind, str(content["table"])) for name, kind in columns]},
        "harmoniqc": dict(content),
    }


def _field(name: str, kind: str, table: str) -> dict[str, Any]:
    if table == "results" and name in COLUMNS:
        return {"name": name, "type": kind, "description": COLUMNS[name].description}
    return {"name": name, "type": kind}


def manifest_of(
    resources: Sequence[Mapping[str, Any]],
    tables: Mapping[str, Mapping[str, Any]],
    package: Mapping[str, Any],
    *,
    sender: str | None,
    receiver: str | None,
    previous: str | None,
    created: datetime | None = None,
) -> dict[str, Any]:
    """Return a manifest as JSON-ready data."""
    moment = datetime.now(UTC) if created is None else created.astimezone(UTC)
    return {
        "$schema": PROFILE,
        "name": "harmoniqc-exchange",
        "created": moment.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "harmoniqc": {
            "format_version": FORMAT_VERSION,
            "standard_version": STANDARD_VERSION,
            "library_version": __version__,
            "sender": sender,
            "receiver": receiver,
            "previous_sha256": previous,
            "identifiers": "clear",
            "package": dict(package),
            "tables": {name: dict(content) for name, content in tables.items()},
        },
        "resources": [dict(item) for item in resources],
    }


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Return the bytes of the file of a manifest, for people to read."""
    return (json.dumps(manifest, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def canonical_manifest(raw: Any) -> bytes:
    """Return a manifest in the form of RFC 8785, in which it is hashed and signed.

    Raises:
        DocumentError: If it has a number that this form cannot write.
    """
    try:
        return rfc8785.dumps(raw)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise invalid(f"has no canonical form: {error}") from None


def manifest_sha256(raw: Any) -> str:
    """Return the hash of a manifest, of its canonical form, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_manifest(raw)).hexdigest()


def parse_manifest(data: bytes) -> tuple[Any, Manifest]:
    """Return a manifest from the bytes of its file: as it stands, and understood.

    Raises:
        DocumentError: With everything that is wrong with it.
    """
    if len(data) > MAX_MANIFEST:
        raise invalid(f"is larger than {MAX_MANIFEST:,} bytes")
    try:
        raw = decode(data)
    except DocumentError as error:
        raise invalid(error.findings[0].message) from None
    head = raw.get("harmoniqc") if isinstance(raw, dict) else None
    if not isinstance(head, dict):
        raise invalid("is no manifest of an exchange")
    _known_versions(head)
    try:
        manifest = Manifest.model_validate(raw)
    except ValidationError as error:
        findings = [_fault(faulty(item, raw)) for item in telling(error.errors(include_url=False)[:100])]
        raise DocumentError(f"manifest.json: {len(findings)} fault(s)", findings) from None
    findings = [*_path_findings(manifest), *_table_findings(manifest)]
    if findings:
        raise DocumentError(f"manifest.json: {len(findings)} fault(s)", findings)
    return raw, manifest


def _known_versions(head: Mapping[str, Any]) -> None:
    for name, code, known in (
        ("format_version", "unknown-exchange-version", FORMAT_VERSION),
        ("standard_version", "unknown-standard-version", STANDARD_VERSION),
    ):
        if head.get(name) != known:
            message = f"manifest.json: {name} is not one this library reads"
            pointer = f"/harmoniqc/{name}"
            raise DocumentError(message, (Finding(code, message, pointer, None, known, repr(head.get(name))),))


def _path_findings(manifest: Manifest) -> list[Finding]:
    findings = []
    for number, file in enumerate(manifest.files):
        place = place_of(file.path)
        if place is None or place.table != file.content.table:
            pointer = f"/resources/{number}/path"
            shown = re.sub(r"[^\x20-\x7e]", "?", file.path)[:200]
            message = f"manifest.json: {shown!r} is no place of a part of {file.content.table!r}"
            findings.append(Finding("unsafe-path", message, pointer, found=shown))
    # Some file systems fold upper and lower case together.
    counts = Counter(file.path.casefold() for file in manifest.files)
    findings += [
        Finding("invalid-exchange-manifest", f"manifest.json: {path!r} is named {count} times", found=path)
        for path, count in counts.items()
        if count > 1
    ]
    return findings


def _table_findings(manifest: Manifest) -> list[Finding]:
    """Return where tables and files of a manifest contradict each other."""
    findings = []
    rows: Counter[str] = Counter()
    for file in manifest.files:
        rows[file.content.table] += file.content.rows
    for name in sorted({*rows, *manifest.head.tables, "results", "specifications"}):
        said = manifest.head.tables.get(name)
        if name not in TABLES:
            findings.append(_fault_in(f"/harmoniqc/tables/{name}", f"{name!r} is no table of an exchange"))
        elif said is None or name not in rows:
            findings.append(_fault_in("/harmoniqc/tables", f"the table {name!r} is not described, or has no file"))
        elif said.rows != rows[name]:
            pointer = f"/harmoniqc/tables/{name}/rows"
            findings.append(_fault_in(pointer, f"{name} has {said.rows:,} rows, and its files have {rows[name]:,}"))
    return findings


def _fault_in(pointer: str, message: str) -> Finding:
    return Finding("invalid-exchange-manifest", f"manifest.json: {message}", pointer)


def _fault(item: Finding) -> Finding:
    return Finding("invalid-exchange-manifest", f"manifest.json: {item.message}", item.pointer, None, None, item.found)


def invalid(reason: str) -> DocumentError:
    """Return the exception for a manifest that cannot be understood."""
    message = f"manifest.json {reason}"
    return DocumentError(message, (Finding("invalid-exchange-manifest", message),))


FieldType = Literal["string", "number", "integer", "boolean", "datetime", "date", "any"]


def field_type(name: str, kind: Any) -> FieldType:
    """Return what a Data Package calls the type of an Arrow column."""
    import pyarrow.types as pt

    kind = kind.value_type if pt.is_dictionary(kind) else kind
    if name == ROW or pt.is_integer(kind):
        return "integer"
    if pt.is_floating(kind) or pt.is_decimal(kind):
        return "number"
    if pt.is_boolean(kind):
        return "boolean"
    if pt.is_timestamp(kind):
        return "datetime"
    if pt.is_date(kind):
        return "date"
    return "string" if pt.is_string(kind) or pt.is_large_string(kind) else "any"
