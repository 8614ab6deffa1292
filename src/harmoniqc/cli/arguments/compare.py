"""The arguments of ``harmoniqc compare``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command, add_equivalent

_EXAMPLES = """\
examples:
  harmoniqc compare version-3.json version-4.json
  harmoniqc compare fda.json ema.json --equivalent "USP <85>" "Ph. Eur. 2.6.14"
  harmoniqc compare fda.json ema.json --html -o side-by-side.html

exit status:
  0  every batch that meets the first meets the second, and the reverse
  1  that is not so, or not decided; the reasons are listed
  2  a file cannot be used
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "compare",
        Deferred("harmoniqc.cli.harmonizing", "run_compare"),
        help="show what differs between two specifications",
        description="Compare two specifications test by test, on exact thresholds.",
        examples=_EXAMPLES,
    )
    command.add_argument("a", metavar="A", help="the first specification (.json)")
    command.add_argument("b", metavar="B", help="the second")
    add_equivalent(command)
    shown = command.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print the changes as JSON")
    shown.add_argument("--html", action="store_true", help="print the changes as an HTML table")
    command.add_argument("-o", "--output", metavar="FILE", help="write there instead of to the screen")
