"""``harmoniqc migrate``: bring a document to another version of the standard, and tell what became of it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, TextIO

from harmoniqc.cli.main import CONFORMS, DOES_NOT
from harmoniqc.cli.terminal import printable

_EXAMPLES = """\
examples:
  harmoniqc migrate package.json -o package-0.1.json
  harmoniqc migrate specification.json > migrated.json   the document; what became of it is on the screen
  harmoniqc migrate package.json --to 0.1 -o migrated.json

The file that was given stays as it is. The migrated document says for which version it was first written.

exit status:
  0  migrated, or of that version already
  1  migrated, and something could not be kept; the findings say what stood there
  2  it cannot be migrated; the findings say why
"""


def add_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    command = commands.add_parser(
        "migrate",
        help="bring a document to another version of the standard",
        description="Bring a document to another version of the standard, and tell what became of every value.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("file", metavar="FILE", help="the document (.json)")
    command.add_argument("--to", metavar="VERSION", help="version of the standard (default: that of this library)")
    command.add_argument("-o", "--output", metavar="OUT", help="write the document there instead of to the screen")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        DocumentError: If the document cannot be migrated, or would be written over.
        OSError: If it cannot be written.
    """
    from harmoniqc._files import write_atomically
    from harmoniqc.schema.migrating import migrate

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
    from harmoniqc.errors import DocumentError, Finding

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
