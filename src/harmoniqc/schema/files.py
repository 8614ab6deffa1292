"""The published JSON Schemas as files: manifests that name them, and what holds them to what was released.

A version of the standard is a manifest and the schemas it names, each with its hash. The manifest of an unstable
version changes with its schemas. That of a stable version never changes again: its own hash is pinned beside the stable
schemas, so that no file of a release can be changed, added or removed without a second, plain line of change.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from harmoniqc._resources import data_path
from harmoniqc.errors import DocumentError, Finding, VocabularyError
from harmoniqc.standard import STANDARD_VERSION

Status = Literal["unstable", "stable"]

STATUSES: Final[tuple[Status, ...]] = ("unstable", "stable")
PINS: Final = "stable/PINNED.json"
"""The file that pins the manifests of stable versions: an object, SHA-256 of the manifest by version."""

_BASE = "https://w3id.org/harmoniqc/schemas"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class PublishedSchema:
    """One schema of a version of the standard.

    Attributes:
        name: Type of the document.
        id: Its ``$id``.
        path: Its file, below ``schemas/``.
        sha256: Hash of the bytes of the file.
    """

    name: str
    id: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which schemas make up a version of the standard.

    Attributes:
        standard_version: The version.
        status: ``unstable``: may change at any time; ``stable``: never changes again.
        schemas: The schemas, in order of their names.
    """

    standard_version: str
    status: Status
    schemas: tuple[PublishedSchema, ...]

    def __getitem__(self, name: str) -> PublishedSchema:
        for schema in self.schemas:
            if schema.name == name:
                return schema
        raise KeyError(name)


def schema_id(name: str, version: str = STANDARD_VERSION, status: str = "unstable") -> str:
    """Return the ``$id`` of the schema of a document type."""
    return f"{_BASE}/{schema_path(name, version, status)}"


def schema_path(name: str, version: str, status: str) -> str:
    """Return the file of a schema, below ``schemas/``."""
    return f"{status}/{version}/{name}.json"


def manifest_path(version: str) -> str:
    """Return the file of the manifest of a version, below ``schemas/``."""
    return f"manifests/{version}.json"


def json_schema(name: str, version: str = STANDARD_VERSION) -> dict[str, Any]:
    """Return the published JSON Schema of a document type.

    Args:
        name: Type of the document, such as ``"specification"``.
        version: Version of the standard.

    Returns:
        The schema, as a new object each time.

    Raises:
        VocabularyError: ``unknown-term`` if the version has no such schema.
        DocumentError: If the version is not published here, or the file is not the one that was published.
    """
    root = data_path("schemas")
    manifest = read_manifest(version, root)
    try:
        entry = manifest[name]
    except KeyError:
        raise _unknown(name, manifest) from None
    try:
        data = (root / entry.path).read_bytes()
    except OSError as error:
        raise _error("schema-missing", f"{entry.path}: {error.strerror or error}") from error
    if sha256_of(data) != entry.sha256:
        raise _error(changed_code(manifest.status), f"{entry.path} is not the file that its manifest names")
    schema: dict[str, Any] = json.loads(data)
    return schema


def schema_names(version: str = STANDARD_VERSION) -> tuple[str, ...]:
    """Return the document types that have a published JSON Schema.

    Raises:
        DocumentError: If the version is not published here.
    """
    return tuple(schema.name for schema in read_manifest(version).schemas)


def read_manifest(version: str, root: str | os.PathLike[str] | None = None) -> Manifest:
    """Return the manifest of a version of the standard.

    Args:
        version: The version.
        root: The folder of schemas; None: the one that comes with the library.

    Raises:
        DocumentError: ``unknown-standard-version`` if the version is not published there, ``invalid-manifest`` if its
            manifest cannot be understood.
    """
    folder = data_path("schemas") if root is None else Path(root)
    known = versions(folder)
    if version not in known:
        raise _error(
            "unknown-standard-version",
            f"no schemas are published for version {version!r} of the standard",
            expected=", ".join(known) or None,
            found=str(version),
            remedy="use a published version",
        )
    return parse_manifest((folder / manifest_path(version)).read_bytes(), version)


def versions(root: Path) -> tuple[str, ...]:
    """Return the versions that have a manifest, oldest first."""
    found = [path.stem for path in (root / "manifests").glob("*.json") if _VERSION.fullmatch(path.stem)]
    return tuple(sorted(found, key=lambda version: [int(part) for part in version.split(".")]))


def parse_manifest(data: bytes, version: str) -> Manifest:
    """Return a manifest from its bytes.

    Raises:
        DocumentError: ``invalid-manifest`` with everything that is wrong with it.
    """
    path = manifest_path(version)
    try:
        raw = json.loads(data)
    except ValueError as error:  # neither JSON nor text
        raise _error("invalid-manifest", f"{path}: {error}") from None
    faults = list(_manifest_faults(raw, version))
    if faults:
        findings = [Finding("invalid-manifest", f"{path}: {fault}") for fault in faults]
        raise DocumentError(findings[0].message, findings)
    return Manifest(version, raw["status"], tuple(PublishedSchema(**entry) for entry in raw["schemas"]))


def _manifest_faults(raw: Any, version: str) -> Iterator[str]:
    if not isinstance(raw, dict) or set(raw) != {"standard_version", "status", "schemas"}:
        yield "a manifest has standard_version, status and schemas, and nothing else"
        return
    if raw["standard_version"] != version:
        yield f"is of version {raw['standard_version']!r}"
    if raw["status"] not in STATUSES:
        yield f"the status is {' or '.join(STATUSES)}, not {raw['status']!r}"
    entries = raw["schemas"]
    if not isinstance(entries, list) or not entries:
        yield "schemas is a list of at least one"
        return
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict) or set(entry) != {"name", "id", "path", "sha256"}:
            yield f"schema {number} has name, id, path and sha256, and nothing else"
            continue
        name, status = entry["name"], raw["status"]
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            yield f"{name!r} is no name of a schema"
            continue
        if name in seen:
            yield f"{name} is there twice"
        seen.add(name)
        # The place follows from the name, so that a manifest cannot lead out of its version.
        for key, wanted in (
            ("path", schema_path(name, version, status)),
            ("id", schema_id(name, version, status)),
        ):
            if entry[key] != wanted:
                yield f"the {key} of {name} is {wanted}, not {entry[key]!r}"
        if not isinstance(entry["sha256"], str) or not _SHA256.fullmatch(entry["sha256"]):
            yield f"the sha256 of {name} is 64 hexadecimal digits"


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest's file."""
    entries = [
        {"name": schema.name, "id": schema.id, "path": schema.path, "sha256": schema.sha256}
        for schema in manifest.schemas
    ]
    return json_bytes({"standard_version": manifest.standard_version, "status": manifest.status, "schemas": entries})


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """Return the bytes in which schemas and manifests are written: UTF-8, an indent of two, a line break at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of some bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def read_pins(root: Path) -> dict[str, str]:
    """Return the pinned hash of the manifest of each stable version; none are pinned where there is no such file.

    Raises:
        DocumentError: ``invalid-manifest`` if the file cannot be understood.
    """
    file = root / PINS
    if not file.exists():
        return {}
    try:
        pins = json.loads(file.read_bytes())
    except ValueError as error:
        raise _error("invalid-manifest", f"{PINS}: {error}") from None
    if not isinstance(pins, dict) or not all(
        _VERSION.fullmatch(version) and isinstance(pin, str) and _SHA256.fullmatch(pin) for version, pin in pins.items()
    ):
        raise _error("invalid-manifest", f"{PINS}: is the SHA-256 of a manifest by version")
    return pins


def changed_code(status: Status) -> Literal["schema-changed", "schema-outdated"]:
    """Return what it is called when a file is not the one its manifest names."""
    return "schema-changed" if status == "stable" else "schema-outdated"


def _unknown(name: object, manifest: Manifest) -> VocabularyError:
    import difflib

    names = [schema.name for schema in manifest.schemas]
    near = difflib.get_close_matches(str(name).casefold(), names, n=3, cutoff=0.5)
    message = f"{name!r} is no document type of version {manifest.standard_version} of the standard"
    remedy = f"did you mean {' or '.join(near)}?" if near else None
    finding = Finding("unknown-term", message, expected=", ".join(names), found=str(name), remedy=remedy)
    return VocabularyError(message, (finding,))


def _error(
    code: str, message: str, *, expected: str | None = None, found: str | None = None, remedy: str | None = None
) -> DocumentError:
    return DocumentError(message, (Finding(code, message, expected=expected, found=found, remedy=remedy),))
