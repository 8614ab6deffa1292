"""Whether what was received is what was sent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from harmoniqc.errors import DocumentError, Finding, Findings
from harmoniqc.exchange.files import named
from harmoniqc.exchange.folders.content import content_hash_of
from harmoniqc.exchange.folders.opening import ONE_FILE, broken, open_parquet
from harmoniqc.exchange.folders.reading import verify_folder
from harmoniqc.exchange.folders.stamping import stamp_findings, stamp_of

if TYPE_CHECKING:
    from harmoniqc.exchange.folders.signing import PublicKey


def verify(
    path: str | os.PathLike[str],
    *,
    key: PublicKey | None = None,
    previous: str | os.PathLike[str] | None = None,
) -> Findings:
    """Tell whether an exchange, or a table of results, is what it says it is.

    Args:
        path: The folder of an exchange, or a ``.parquet`` file.
        key: The public key of the sender (Ed25519), or its file as PEM; then the exchange must be signed with it.
            Without a key everything is held against the manifest, and nothing says who wrote the manifest. Needs
            ``harmoniqc[signature]``.
        previous: The exchange before this one, or the hash of its manifest; then this one must follow it.

    Returns:
        Findings. No errors among them: every byte is the one that the manifest names, there is nothing beside, and the
        tables hold together. Bad data never raise.

    Raises:
        TypeError: If a key or an exchange before is given for a single file, which has neither.
    """
    file = Path(path)
    if file.suffix.lower() != ".parquet" or file.is_dir():
        return verify_folder(file, key=key, previous=previous)
    if key is not None or previous is not None:
        raise TypeError("a single file has no signature and follows none")
    try:
        return _verify_file(file)
    except DocumentError as error:
        return error.findings


def _verify_file(file: Path) -> Findings:
    with named(file), file.open("rb"), pa.OSFile(str(file)) as stream:
        parquet = open_parquet(stream, file.name, ONE_FILE)
        said = stamp_of(parquet.schema_arrow, file.name)
        try:
            table = parquet.read()
            table.validate(full=True)
            if len(set(table.column_names)) != table.num_columns:
                raise ValueError("two columns have the same name")
            content = content_hash_of(table)
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            raise broken(file.name, error) from error
    kind = "verdicts" if said is not None and said.get("table") == "verdicts" else "results"
    findings = stamp_findings(said, file.name, kind, table.column_names, table.num_rows, content)
    if said is not None and "content_sha256" not in said:
        message = f"{file.name}: the table says no hash of its content"
        findings.append(Finding("metadata-missing", message, found=file.name))
    return Findings(findings)
