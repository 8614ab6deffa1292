"""The arguments of ``harmoniqc validate``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command

_EXAMPLES = """\
examples:
  harmoniqc validate package.json
  harmoniqc validate specifications/*.json --profile extended
  harmoniqc validate - < package.json                    reads standard input
  harmoniqc validate package.json --format sarif -o validation.sarif
  harmoniqc validate *.json --format junit -o validation.xml --hide-values

Profiles are steps: core, extended, advanced; each asks for more and includes those before it. Beside the profile that
was asked for, the one that a document reaches is shown, and what the next would ask for.

exit status:
  0  every document is valid, and reaches the profile that was asked for
  1  a document is not valid, or does not reach the profile
  2  a file cannot be read, or the profile is unknown
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "validate",
        Deferred("harmoniqc.cli.validating"),
        help="check documents: shape, meaning, conformance profile",
        description="Check documents of the standard: their shape, their meaning, and the conformance profile.",
        examples=_EXAMPLES,
    )
    command.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="documents (.json), or results one a line (.ndjson); - reads standard input",
    )
    command.add_argument("--profile", default="core", metavar="NAME", help="core, extended or advanced (default: core)")
    command.add_argument("--format", choices=("text", "json", "sarif", "junit"), default="text", help="default: text")
    command.add_argument("-o", "--output", metavar="FILE", help="write the report there; the screen shows a summary")
    command.add_argument("--hide-values", action="store_true", help="show no value that stands in a document")
    command.add_argument("--quiet", action="store_true", help="show only what keeps a document from passing")
