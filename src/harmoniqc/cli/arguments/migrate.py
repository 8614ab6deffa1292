"""The arguments of ``harmoniqc migrate``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command

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


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "migrate",
        Deferred("harmoniqc.cli.migrating"),
        help="bring a document to another version of the standard",
        description="Bring a document to another version of the standard, and tell what became of every value.",
        examples=_EXAMPLES,
    )
    command.add_argument("file", metavar="FILE", help="the document (.json)")
    command.add_argument("--to", metavar="VERSION", help="version of the standard (default: that of this library)")
    command.add_argument("-o", "--output", metavar="OUT", help="write the document there instead of to the screen")
