"""The arguments of ``harmoniqc unpack``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command

_EXAMPLES = """\
examples:
  harmoniqc unpack from-tokyo package.json
  harmoniqc unpack from-tokyo package.json --key tokyo.pem

The exchange is verified before anything is written. To evaluate it there is no need to unpack it:
harmoniqc evaluate from-tokyo

exit status:
  0  written
  2  the exchange is not what it says, or has no place in a document; the findings say why
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "unpack",
        Deferred("harmoniqc.cli.exchanging", "unpack"),
        help="verify an exchange, and write its package as one document",
        description="Verify an exchange, and write the package in it as one JSON document.",
        examples=_EXAMPLES,
    )
    command.add_argument("folder", metavar="FOLDER", help="the exchange")
    command.add_argument("package", metavar="PACKAGE", help="where the package goes (.json)")
    command.add_argument("--key", metavar="PUBLIC", help="public key of the sender (.pem); it must be signed with it")
