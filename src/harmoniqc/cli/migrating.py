"""``harmoniqc migrate``: bring a document to another version of the standard, and tell what became of it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, TextIO

from harmoniqc._files import write_atomically
from harmoniqc.cli.main import CONFORMS, DOES_NOT
from harmoniqc.cli.terminal import printable
from harmoniqc.errors import DocumentError, Finding
from harmoniqc.schema.migrating import migrate


def run(options: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        DocumentError: If the document cannot be migrated, or would be written over.
        OSError: If it cannot be written.
    """
    source = Path(options.file)
    output = None if options.output is None else Path(options.output)
    if output is not None:
        _refuse_to_overwrite(source, output)
    migration = migrate(source, options.to)
    if output is None:
        sys.stdout.write(_text(migration.document, sys.stdout.encoding or "utf-8"))
        _tell(str(migration), sys.stderr)
    else:
        data = _text(migration.document, "utf-8").encode()
        write_atomically(output, lambda stream: stream.write(data))
        _tell(str(migration), sys.stdout)
    return CONFORMS if migration.complete else DOES_NOT


def _refuse_to_overwrite(source: Path, output: Path) -> None:
    if source.exists() and output.exists() and source.samefile(output):
        message = f"{output}: the document that is migrated would be written over"
        remedy = "write to another file, and keep the document as it was"
        raise DocumentError(message, (Finding("unreadable-file", message, found=str(output), remedy=remedy),))


def _text(document: dict[str, Any], encoding: str) -> str:
    """Return a document as JSON text; what the encoding does not have is escaped, which JSON reads as the same."""
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return json.dumps(document, indent=2) + "\n"
    return text


def _tell(text: str, stream: TextIO) -> None:
    for line in text.split("\n"):
        print(printable(line, stream.encoding or "utf-8"), file=stream)
