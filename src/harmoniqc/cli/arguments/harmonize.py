"""The arguments of ``harmoniqc harmonize``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command, add_equivalent

_EXAMPLES = """\
examples:
  harmoniqc harmonize fda.json ema.json pmda.json        shows them side by side, and writes nothing
  harmoniqc harmonize fda.json ema.json pmda.json -o harmonized.json
  harmoniqc harmonize fda.json ema.json --equivalent "USP <71>" "Ph. Eur. 2.6.1" -o harmonized.json

What the sources ask is kept, each with its unit, rounding and source. What contradicts itself is listed, and such a
test never conforms.

exit status:
  0  the sources do not exclude each other
  1  they do; the document is written nevertheless
  2  a file cannot be used, or the specifications are not about the same thing
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "harmonize",
        Deferred("harmoniqc.cli.harmonizing", "run_harmonize"),
        help="make one specification of several, met exactly when all are",
        description="Make one specification of several, which is met exactly when all of them are.",
        examples=_EXAMPLES,
    )
    command.add_argument("files", nargs="+", metavar="SPECIFICATION", help="the specifications (.json)")
    command.add_argument("-o", "--output", metavar="FILE", help="write the harmonized specification there (.json)")
    command.add_argument("--html", metavar="FILE", help="write the sources side by side there, as an HTML table")
    command.add_argument("--id", default="harmonized", metavar="ID", help="its id (default: harmonized)")
    command.add_argument("--product", metavar="ID", help="its product, where the specifications name different ones")
    command.add_argument(
        "--simplified", action="store_true", help="one limit in place of several: sufficient, and not necessary"
    )
    add_equivalent(command)
