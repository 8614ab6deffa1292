"""The arguments of ``harmoniqc pack``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command

_EXAMPLES = """\
examples:
  harmoniqc pack package.json to-barcelona --sender site-a --receiver site-b
  harmoniqc pack package.json to-barcelona --sign key.pem
  harmoniqc pack package.json answer --verdicts --previous from-tokyo

The folder is written beside its place and appears when it is complete; an exchange that is there is replaced. A key is
Ed25519 as PEM: openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out public.pem

Identifiers of batches, and everything else in the package, are written as they are: nothing is pseudonymized.

exit status:
  0  written
  2  the package, the folder or the key cannot be used; the findings say why
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "pack",
        Deferred("harmoniqc.cli.exchanging", "pack"),
        help="write a package as an exchange: a folder that its receiver can verify",
        description="Write a package as an exchange: a folder of Parquet files with a manifest of hashes.",
        examples=_EXAMPLES,
    )
    command.add_argument("package", metavar="PACKAGE", help="a package (.json), or the folder of an exchange")
    command.add_argument("folder", metavar="FOLDER", help="where the exchange goes")
    command.add_argument("--sender", metavar="NAME", help="who sends it")
    command.add_argument("--receiver", metavar="NAME", help="whom it is for")
    command.add_argument(
        "--previous", metavar="EXCHANGE", help="the exchange it follows (default: the one it replaces, if any)"
    )
    command.add_argument("--verdicts", action="store_true", help="evaluate the package, and send the verdicts with it")
    command.add_argument("--sign", metavar="KEY", help="private key to sign it with (.pem)")
