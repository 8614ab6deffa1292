"""Writing an exchange: a folder beside the place where it goes, complete and on the disk before it has its name."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.evaluation import Evaluation
from harmoniqc.exchange.folders.criteria import criteria_table
from harmoniqc.exchange.folders.documents import documents_table, head_of
from harmoniqc.exchange.folders.layout import DOCUMENT_TABLES, MANIFEST, SIGNATURE, TABLES, place_of
from harmoniqc.exchange.folders.manifest import manifest_bytes, manifest_of, manifest_sha256, parse_manifest
from harmoniqc.exchange.folders.parts import parts_of, storable
from harmoniqc.exchange.folders.plain_files import entries_of, read_plain_file
from harmoniqc.exchange.folders.signing import private_key, signature_bytes
from harmoniqc.exchange.folders.swapping import put_in_place, sync_folders, write_synced
from harmoniqc.exchange.folders.verdicts import verdict_tables
from harmoniqc.standard import Package

if TYPE_CHECKING:
    from harmoniqc.exchange.folders.signing import PrivateKey


def write_folder(
    package: Package,
    folder: Path,
    *,
    verdicts: Evaluation | None = None,
    sender: str | None = None,
    receiver: str | None = None,
    previous: str | os.PathLike[str] | None = None,
    sign: PrivateKey | None = None,
    created: datetime | None = None,
) -> None:
    """Write a package as an exchange. See :func:`harmoniqc.write`.

    Raises:
        DocumentError: If the folder holds something else than an exchange, the exchange before cannot be read, or the
            key cannot be used.
        ResultsError: If the results cannot be written.
        ValueError: If the verdicts are those of other results.
        OSError: If the place cannot be written. Whatever is raised, what stood there stays as it was.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow a link that is to be replaced
    held = _exchange_in(folder)
    before = _previous(held if previous is None else Path(previous))
    key = None if sign is None else private_key(sign)
    tables = _tables(package, verdicts)
    part = folder.with_name(f".{folder.name[:40]}.{secrets.token_hex(8)}.part")
    part.mkdir()
    try:
        resources, contents = _write_tables(part, tables)
        manifest = manifest_of(
            resources, contents, head_of(package), sender=sender, receiver=receiver, previous=before, created=created
        )
        data = manifest_bytes(manifest)
        parse_manifest(data)  # what a receiver would refuse is not sent
        if key is not None:
            write_synced(part / SIGNATURE, signature_bytes(manifest, key))
        write_synced(part / MANIFEST, data)
        sync_folders(part)
        put_in_place(part, folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _tables(package: Package, verdicts: Evaluation | None) -> list[tuple[str, pa.Table]]:
    held: dict[str, pa.Table] = {
        "results": storable(package.table, "results"),
        "criteria": criteria_table(package.specifications),
    }
    held |= {name: documents_table(getattr(package, name)) for name in DOCUMENT_TABLES}
    if verdicts is not None:
        held |= verdict_tables(package, verdicts)
    needed = ("results", "specifications", "verdicts", "batch-verdicts")
    return [(name, held[name]) for name in TABLES if name in held and (held[name].num_rows or name in needed)]


def _write_tables(
    root: Path, tables: Iterable[tuple[str, pa.Table]]
) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    resources: list[dict[str, Any]] = []
    contents: dict[str, dict[str, Any]] = {}
    for name, table in tables:
        parts, contents[name] = parts_of(table, name)
        for part in parts:
            file = root / part.path
            file.parent.mkdir(parents=True, exist_ok=True)
            write_synced(file, part.data)
            resources.append(part.entry)
    return resources, contents


def _exchange_in(folder: Path) -> Path | None:
    """Return the folder if it holds an exchange, which may then be replaced; None if there is nothing.

    Raises:
        DocumentError: ``folder-in-use`` if there is anything that no exchange has.
    """
    if not folder.exists() and not folder.is_symlink():
        return None
    if folder.is_symlink() or not folder.is_dir():
        raise _in_use(folder, "is no folder")
    files, findings = entries_of(folder)
    if findings:
        raise _in_use(folder, findings[0].message)
    foreign = [name for name in files if name not in (MANIFEST, SIGNATURE) and place_of(name) is None]
    if foreign:
        raise _in_use(folder, f"holds {foreign[0]!r}")
    if files and MANIFEST not in files:
        raise _in_use(folder, "has no manifest")
    return folder if files else None


def _previous(folder: Path | None) -> str | None:
    """Return the hash of the manifest of an exchange."""
    return None if folder is None else manifest_sha256(parse_manifest(read_plain_file(folder, MANIFEST))[0])


def _in_use(folder: Path, reason: str) -> DocumentError:
    message = f"{folder}: {reason}"
    return DocumentError(message, (Finding("folder-in-use", message, found=str(folder)),))
