"""The arguments of ``harmoniqc parse``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command

_EXAMPLES = """\
examples:
  harmoniqc parse "NMT 5.0 EU/mL"
  harmoniqc parse "6.9–7.8" --unit pH
  harmoniqc parse --result "0.08 ± 0.15 %"
  harmoniqc parse --json "First infusion: ≥ 5,000 IEQ/kg; subsequent: ≥ 4,000 IEQ/kg"

exit status:
  0  the text was read
  1  the text was refused; the finding says where reading stopped and what would be accepted
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "parse",
        Deferred("harmoniqc.cli.parse"),
        help="show how a criterion or a result is read",
        description="Show how a criterion or a result is read, what was assumed, and its canonical form.",
        examples=_EXAMPLES,
    )
    command.add_argument("text", help="the text, in quotes, as the specification or the certificate prints it")
    command.add_argument("--unit", metavar="UNIT", help="unit of the column, where the text names none")
    command.add_argument("--result", action="store_true", help="the text is a result, not a criterion")
    command.add_argument("--json", action="store_true", help="print the reading and its findings as JSON")
