"""The arguments of ``harmoniqc cqa``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command

_EXAMPLES = """\
examples:
  harmoniqc cqa VCN
  harmoniqc cqa "bacterial endotoxins" --json

exit status:
  0  the attribute was found
  2  no attribute has this name, or several have; the finding says which are near
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "cqa",
        Deferred("harmoniqc.cli.crosswalk", "run_cqa"),
        help="show what a quality attribute means",
        description="Show a critical quality attribute by its id or any of its names.",
        examples=_EXAMPLES,
    )
    command.add_argument("name", metavar="NAME", help="id, name or alias, whatever its case and punctuation")
    command.add_argument("--json", action="store_true", help="print it as JSON")
