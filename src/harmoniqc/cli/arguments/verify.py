"""The arguments of ``harmoniqc verify``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command

_EXAMPLES = """\
examples:
  harmoniqc verify from-tokyo
  harmoniqc verify from-tokyo --key tokyo.pem --previous earlier/from-tokyo
  harmoniqc verify results.parquet

Without a key everything is held against the manifest, and nothing says who wrote the manifest.

exit status:
  0  every byte is the one that the manifest names, and the tables hold together
  1  something is not as it should be; the findings say what
  2  there is no exchange, or the key cannot be used
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "verify",
        Deferred("harmoniqc.cli.exchanging", "verify"),
        help="tell whether an exchange is what its sender wrote",
        description="Tell whether an exchange, or a table of results, is what it says it is.",
        examples=_EXAMPLES,
    )
    command.add_argument("folder", metavar="FOLDER", help="the exchange, or a table of results (.parquet)")
    command.add_argument("--key", metavar="PUBLIC", help="public key of the sender (.pem); it must be signed with it")
    command.add_argument("--previous", metavar="EXCHANGE", help="the exchange that it must follow")
