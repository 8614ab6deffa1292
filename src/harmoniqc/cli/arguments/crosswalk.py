"""The arguments of ``harmoniqc crosswalk``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command, day

_EXAMPLES = """\
examples:
  harmoniqc crosswalk "21 CFR 610.12" --to EMA           what stands against a text, and what remains different
  harmoniqc crosswalk --cqa endotoxin --as-of 2027-01-02
  harmoniqc crosswalk --cqa sterility --modality car-t-autologous --stage release --to PMDA
  harmoniqc crosswalk --matrix aav-in-vivo               every attribute, every authority
  harmoniqc crosswalk --profile EMA

FDA, EMA and PMDA include the pharmacopoeia of their region. Texts from memory, drafts and practice are shown as such.

exit status:
  0  something was found
  1  nothing was found
  2  the question names something unknown; the finding says what is near
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "crosswalk",
        Deferred("harmoniqc.cli.crosswalk", "run_crosswalk"),
        help="show what authorities ask, and how their texts stand to one another",
        description="Show what authorities ask of an attribute or a product, and what stands against a text.",
        examples=_EXAMPLES,
    )
    asked = command.add_mutually_exclusive_group()
    asked.add_argument("reference", nargs="?", metavar="REFERENCE", help='a text, such as "USP <71>" or "ICH Q6B"')
    asked.add_argument("--matrix", metavar="MODALITY", help="every attribute and authority for a kind of product")
    asked.add_argument("--profile", metavar="AUTHORITY", help="how an authority frames these products")
    command.add_argument("--to", metavar="AUTHORITY", help="FDA, EMA, PMDA, ICH, USP, Ph. Eur. or JP (default: all)")
    command.add_argument("--cqa", metavar="NAME", help="only about this attribute")
    command.add_argument("--modality", metavar="NAME", help="only for this kind of product")
    command.add_argument("--stage", metavar="NAME", help="only there in the life of a product, such as release")
    command.add_argument("--as-of", type=day, metavar="DATE", help="the day that counts (YYYY-MM-DD; default: today)")
    command.add_argument("--json", action="store_true", help="print the answer as JSON")
