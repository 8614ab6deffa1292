"""The arguments of ``harmoniqc impact``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command, add_results

_EXAMPLES = """\
examples:
  harmoniqc impact change.json version-1.json version-2.json results.csv
  harmoniqc impact change.json package.json              versions and results in one package
  harmoniqc impact change.json version-1.json version-2.json results.parquet --batches batches.json --json

Every result is judged by the version before and the version after, whichever was agreed for its batch.

exit status:
  0  every result and every batch is judged alike
  1  something is judged differently
  2  the input cannot be used, or a version that the change names is missing
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "impact",
        Deferred("harmoniqc.cli.following", "run_impact"),
        help="show which past batches a change would have judged differently",
        description="Show which past results and batches a change of a specification would have judged differently.",
        examples=_EXAMPLES,
    )
    command.add_argument("change", metavar="CHANGE", help="the change record, or a package with one (.json)")
    add_results(command, as_of="leave out facts of batches that became known later")
    shown = command.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print what is judged differently as JSON")
    shown.add_argument("--html", action="store_true", help="print it as HTML tables")
    command.add_argument("-o", "--output", metavar="FILE", help="write there instead of to the screen")
