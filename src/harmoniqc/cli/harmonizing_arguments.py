"""The arguments of ``harmoniqc compare`` and ``harmoniqc harmonize``. Nothing heavy is imported before they run."""

from __future__ import annotations

import argparse

_COMPARE_EXAMPLES = """\
examples:
  harmoniqc compare version-3.json version-4.json
  harmoniqc compare fda.json ema.json --equivalent "USP <85>" "Ph. Eur. 2.6.14"
  harmoniqc compare fda.json ema.json --html -o side-by-side.html

exit status:
  0  every batch that meets the first meets the second, and the reverse
  1  that is not so, or not decided; the reasons are listed
  2  a file cannot be used
"""

_HARMONIZE_EXAMPLES = """\
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


def add_compare(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``harmoniqc compare``."""
    command = commands.add_parser(
        "compare",
        help="show what differs between two specifications",
        description="Compare two specifications test by test, on exact thresholds.",
        epilog=_COMPARE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("a", metavar="A", help="the first specification (.json)")
    command.add_argument("b", metavar="B", help="the second")
    _add_equivalent(command)
    shown = command.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print the changes as JSON")
    shown.add_argument("--html", action="store_true", help="print the changes as an HTML table")
    command.add_argument("-o", "--output", metavar="FILE", help="write there instead of to the screen")
    command.set_defaults(run=_run_compare)


def add_harmonize(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``harmoniqc harmonize``."""
    command = commands.add_parser(
        "harmonize",
        help="make one specification of several, met exactly when all are",
        description="Make one specification of several, which is met exactly when all of them are.",
        epilog=_HARMONIZE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("files", nargs="+", metavar="SPECIFICATION", help="the specifications (.json)")
    command.add_argument("-o", "--output", metavar="FILE", help="write the harmonized specification there (.json)")
    command.add_argument("--html", metavar="FILE", help="write the sources side by side there, as an HTML table")
    command.add_argument("--id", default="harmonized", metavar="ID", help="its id (default: harmonized)")
    command.add_argument("--product", metavar="ID", help="its product, where the specifications name different ones")
    command.add_argument(
        "--simplified", action="store_true", help="one limit in place of several: sufficient, and not necessary"
    )
    _add_equivalent(command)
    command.set_defaults(run=_run_harmonize)


def _add_equivalent(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--equivalent",
        nargs="+",
        action="append",
        default=[],
        metavar="METHOD",
        help="methods declared equivalent, as results and specifications write them; may be repeated",
    )


def _run_compare(options: argparse.Namespace) -> int:
    from harmoniqc.cli.harmonizing import run_compare

    return run_compare(options)


def _run_harmonize(options: argparse.Namespace) -> int:
    from harmoniqc.cli.harmonizing import run_harmonize

    return run_harmonize(options)
