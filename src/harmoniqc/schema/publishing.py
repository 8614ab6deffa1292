"""Publishing schemas into a tree of files, and verifying that the tree is what was published."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harmoniqc._files import write_atomically
from harmoniqc.errors import DocumentError, Finding, Findings
from harmoniqc.schema.files import (
    PINS,
    STATUSES,
    Manifest,
    PublishedSchema,
    Status,
    changed_code,
    json_bytes,
    manifest_bytes,
    manifest_path,
    parse_manifest,
    read_pins,
    schema_id,
    schema_path,
    sha256_of,
    versions,
)
from harmoniqc.schema.steps import order


def publish(
    root: str | os.PathLike[str], version: str, status: Status, schemas: Mapping[str, Mapping[str, Any]]
) -> Manifest:
    """Write the schemas of a version of the standard and its manifest; each file appears whole or not at all.

    An unstable version may be published again and again; what it no longer has is removed. A stable version is
    published once: its schemas appear together, its manifest is pinned, and the unstable ones of the same version go.

    Args:
        root: The folder of schemas.
        version: Version of the standard, such as ``"0.1"``.
        status: ``"unstable"`` or ``"stable"``.
        schemas: The schemas by name, each with the ``$id`` of its place.

    Raises:
        DocumentError: ``schema-changed`` if the version was ever published as stable; ``schema-misplaced`` if a
            schema has another ``$id``; ``invalid-manifest`` if a name is none, or there is nothing to publish.
        ValueError: If the version is not written like ``0.1``, or a version 0.x is to be stable.
    """
    folder = Path(root)
    if order(version)[0] == 0 and status == "stable":
        raise ValueError(f"version {version} is unstable by its number; the first stable version is 1.0")
    if _is_stable(folder, version):
        message = f"version {version} is stable and never changes again"
        raise DocumentError(message, (Finding("schema-changed", message),))
    misplaced = [
        Finding("schema-misplaced", f"the $id of {name} is that of another place", expected=wanted, found=str(found))
        for name, schema in schemas.items()
        if (found := schema.get("$id")) != (wanted := schema_id(name, version, status))
    ]
    if misplaced:
        raise DocumentError(misplaced[0].message, misplaced)
    files = {name: json_bytes(schemas[name]) for name in sorted(schemas)}
    entries = (
        PublishedSchema(name, schema_id(name, version, status), schema_path(name, version, status), sha256_of(data))
        for name, data in files.items()
    )
    manifest = Manifest(version, status, tuple(entries))
    parse_manifest(manifest_bytes(manifest), version)
    target = folder / status / version
    if status == "stable":
        _write_together(target, files)
        _write(folder / manifest_path(version), manifest_bytes(manifest))
        pins = read_pins(folder) | {version: sha256_of(manifest_bytes(manifest))}
        _write(folder / PINS, json_bytes({name: pins[name] for name in sorted(pins, key=order)}))
        shutil.rmtree(folder / "unstable" / version, ignore_errors=True)
        return manifest
    for name, data in files.items():
        _write(target / f"{name}.json", data)
    _write(folder / manifest_path(version), manifest_bytes(manifest))
    for file in target.iterdir():
        if file.name not in {f"{name}.json" for name in files}:
            file.unlink()
    return manifest


def _is_stable(root: Path, version: str) -> bool:
    """Tell whether anything says that a version is stable: its pin, its folder, or its manifest."""
    if version in read_pins(root) or (root / "stable" / version).exists():
        return True
    file = root / manifest_path(version)
    try:
        return file.exists() and parse_manifest(file.read_bytes(), version).status == "stable"
    except DocumentError:  # left by a merge with conflicts; a stable version has its pin and its folder as well
        return False


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, lambda stream: stream.write(data))


def _write_together(target: Path, files: Mapping[str, bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        for name, data in files.items():
            _write(part / f"{name}.json", data)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def verify_tree(root: str | os.PathLike[str]) -> Findings:
    """Verify that a folder of schemas is what was published: every file, every hash, every ``$id``, and nothing else.

    That a stable version was not rewritten together with its pin cannot be seen in one state of the folder;
    ``scripts/check_schemas.py`` compares the pins with those of the history, too.

    Args:
        root: The folder of schemas.

    Returns:
        One finding for each fault: ``schema-changed``, ``schema-outdated``, ``schema-missing``, ``schema-not-listed``,
        ``schema-misplaced``, ``invalid-manifest``; all of them errors.
    """
    folder = Path(root)
    return Findings(_faults(folder))


def _faults(root: Path) -> Iterator[Finding]:
    listed = {PINS}
    pins: Mapping[str, str] = {}
    try:
        pins = read_pins(root)
    except DocumentError as error:
        yield from error.findings
    for version in versions(root):
        path = manifest_path(version)
        listed.add(path)
        data = (root / path).read_bytes()
        pin = pins.get(version)
        if pin is not None and sha256_of(data) != pin:
            yield Finding(
                "schema-changed", f"{path} is not the manifest that was released", expected=pin, found=sha256_of(data)
            )
        try:
            manifest = parse_manifest(data, version)
        except DocumentError as error:
            yield from error.findings
            continue
        if pin is None and manifest.status == "stable":
            yield Finding("schema-changed", f"{path} says that it is stable, and {PINS} has no pin of it")
        for schema in manifest.schemas:
            listed.add(schema.path)
            yield from _file_faults(root, manifest.status, schema)
    for version in pins:
        if not (root / manifest_path(version)).exists():
            yield Finding("schema-missing", f"{manifest_path(version)} is pinned in {PINS} and is not there")
    for tree in ("manifests", *STATUSES):
        for file in sorted((root / tree).rglob("*")):
            place = file.relative_to(root).as_posix()
            if not file.is_dir() and place not in listed:
                yield Finding("schema-not-listed", f"{place} is in no manifest")


def _file_faults(root: Path, status: Status, schema: PublishedSchema) -> Iterator[Finding]:
    try:
        data = (root / schema.path).read_bytes()
    except OSError as error:
        yield Finding("schema-missing", f"{schema.path}: {error.strerror or error}")
        return
    found = sha256_of(data)
    if found != schema.sha256:
        message = f"{schema.path} is not the file that its manifest names"
        yield Finding(changed_code(status), message, expected=schema.sha256, found=found)
    try:
        raw = json.loads(data)
    except ValueError as error:
        yield Finding("schema-misplaced", f"{schema.path} has no $id: {error}", expected=schema.id)
        return
    written = raw.get("$id") if isinstance(raw, dict) else None
    if written != schema.id:
        message = f"the $id in {schema.path} is that of another place"
        yield Finding("schema-misplaced", message, expected=schema.id, found=str(written))
