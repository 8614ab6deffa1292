"""The arguments of ``harmoniqc evaluate``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command, add_results, count

_EXAMPLES = """\
examples:
  harmoniqc evaluate specification.json results.parquet
  harmoniqc evaluate fda.json ema.json results.csv --batches batches.json --as-of 2026-01-31
  harmoniqc evaluate package.json                        specifications and results in one package
  harmoniqc evaluate from-tokyo                          an exchange, verified first
  harmoniqc evaluate spec.json results.csv --format parquet -o verdicts.parquet
  harmoniqc evaluate spec.json results.csv --record record.json
  harmoniqc evaluate spec.json results.xlsx --mapping mapping.toml

exit status:
  0  every batch conforms at every decision point
  1  something does not conform, is undecided, missing or was not compared
  2  the input cannot be used; the findings say why
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "evaluate",
        Deferred("harmoniqc.cli.evaluate"),
        help="judge results against one or more specifications",
        description="Judge every result, and every batch at every decision point.",
        examples=_EXAMPLES,
    )
    add_results(command, as_of="choose versions of specifications for this day")
    command.add_argument("--format", choices=("table", "json", "parquet"), default="table", help="default: table")
    command.add_argument("-o", "--output", metavar="FILE", help="write there instead of to the screen")
    command.add_argument(
        "--pending", action="store_true", help="show what is missing, interim or undecided, and what will decide it"
    )
    command.add_argument(
        "--rows", type=count, default=200, metavar="N", help="results shown in a table at most (default: 200)"
    )
    command.add_argument(
        "--record", metavar="FILE", help="also write there what a replay needs: hashes, versions, places (.json)"
    )
