"""The arguments of ``harmoniqc convert``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command

_EXAMPLES = """\
examples:
  harmoniqc convert 5 EU/mL EU/L
  harmoniqc convert 36.6 Cel degF
  harmoniqc convert -- -80 Cel K
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "convert",
        Deferred("harmoniqc.cli.convert"),
        help="convert a number exactly between two units",
        description="Convert a number exactly between two units. Units are case-sensitive.",
        examples=_EXAMPLES,
    )
    command.add_argument("value", help="the number, as decimal text")
    command.add_argument("source", metavar="FROM", help="its unit")
    command.add_argument("target", metavar="TO", help="the unit wanted")
