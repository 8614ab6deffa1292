"""The arguments of ``harmoniqc replay``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command

_EXAMPLES = """\
examples:
  harmoniqc evaluate spec.json results.csv --record record.json
  harmoniqc replay record.json

The input is looked for where the record says, relative to the record; keep them together.

exit status:
  0  the result is identical; versions that differ are named
  1  an input or the verdicts have changed; the findings say which
  2  the record cannot be used, or its input is not there to be evaluated
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "replay",
        Deferred("harmoniqc.cli.replay"),
        help="evaluate again what a record was made of, and compare",
        description="Evaluate again what a record was made of: the identical result, or what has changed.",
        examples=_EXAMPLES,
    )
    command.add_argument("record", metavar="RECORD", help="written by harmoniqc evaluate --record (.json)")
