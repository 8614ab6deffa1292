"""The arguments of ``harmoniqc schema``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command

_EXAMPLES = """\
examples:
  harmoniqc schema --list
  harmoniqc schema specification > specification.schema.json

exit status:
  0  the schema, or the list, was printed
  2  there is no such schema; the finding says which are near
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "schema",
        Deferred("harmoniqc.cli.schema"),
        help="print the JSON Schema of a document",
        description="Print the JSON Schema of a kind of document, for validation from any language.",
        examples=_EXAMPLES,
    )
    asked = command.add_mutually_exclusive_group(required=True)
    asked.add_argument("name", nargs="?", metavar="NAME", help="kind of document, such as specification")
    asked.add_argument("--list", action="store_true", help="list the names instead")
