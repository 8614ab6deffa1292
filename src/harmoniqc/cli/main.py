"""The entry point of the command line: parse the arguments, run the command, turn refusals into an exit status."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from harmoniqc._version import __version__
from harmoniqc.cli.arguments import COMMANDS
from harmoniqc.errors import HarmoniqcError

CONFORMS, DOES_NOT, UNUSABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: The arguments; None: those of the process.

    Returns:
        The exit status: 0, 1 or 2.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return UNUSABLE
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except HarmoniqcError as error:
        return _refused(str(error))
    except BrokenPipeError:
        # Whoever read the output has seen enough; leave quietly, and keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNUSABLE
    except OSError as error:
        return _refused(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
    return status


def _refused(reason: str) -> int:
    from harmoniqc.cli.terminal import printable

    for line in f"harmoniqc: {reason}".split("\n"):
        print(printable(line, sys.stderr.encoding or "utf-8"), file=sys.stderr)
    return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harmoniqc",
        description="Check results of cell and gene therapies against their specifications.",
        epilog="harmoniqc COMMAND --help explains a command, with examples.",
    )
    parser.add_argument("--version", action="version", version=f"harmoniqc {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser
