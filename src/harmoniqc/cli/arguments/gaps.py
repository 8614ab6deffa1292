"""The arguments of ``harmoniqc gaps``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command, day

_EXAMPLES = """\
examples:
  harmoniqc gaps package.json --authority PMDA           a package tells what kind of product it is
  harmoniqc gaps release.json --authority FDA --modality car-t-autologous --as-of 2026-06-01
  harmoniqc gaps release.json --authority EMA --product product.json --html -o gaps.html

FDA, EMA and PMDA include the pharmacopoeia of their region. Texts from memory, drafts and practice are shown as such
(level informs), and never decide.

exit status:
  0  nothing is expected beyond the specification by a text in force that was seen and names no condition
  1  something is
  2  the file holds no specification, or nothing says what kind of product it is for
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "gaps",
        Deferred("harmoniqc.cli.following", "run_gaps"),
        help="show what an authority expects beyond a specification",
        description="Show what an authority expects of a product beyond its specification.",
        examples=_EXAMPLES,
    )
    command.add_argument("file", metavar="SPECIFICATION", help="a specification, or a package with one (.json)")
    command.add_argument("--authority", required=True, metavar="NAME", help="FDA, EMA, PMDA, ICH, USP, Ph. Eur. or JP")
    kind = command.add_mutually_exclusive_group()
    kind.add_argument("--modality", metavar="NAME", help="the kind of product (default: that of the product)")
    kind.add_argument("--product", metavar="FILE", help="the product (.json; default: the package's, or a known one)")
    command.add_argument("--as-of", type=day, metavar="DATE", help="the day that counts (YYYY-MM-DD; default: today)")
    shown = command.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print the gaps as JSON")
    shown.add_argument("--html", action="store_true", help="print the gaps as an HTML table")
    command.add_argument("-o", "--output", metavar="FILE", help="write there instead of to the screen")
