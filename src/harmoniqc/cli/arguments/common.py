"""What the arguments of all commands have in common. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


@dataclass(frozen=True, slots=True)
class Deferred:
    """What a command runs, imported when it does.

    Attributes:
        module: Name of the module.
        function: Name of the function in it, which takes the parsed arguments and returns the exit status.
    """

    module: str
    function: str = "run"

    def __call__(self, options: argparse.Namespace) -> int:
        """Run it."""
        status: int = getattr(import_module(self.module), self.function)(options)
        return status


def add_command(
    commands: Commands, name: str, run: Deferred, *, help: str, description: str, examples: str
) -> argparse.ArgumentParser:
    """Add a command and return the parser of its arguments."""
    command = commands.add_parser(
        name,
        help=help,
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run)
    return command


def day(text: str) -> date:
    """Read a day.

    Raises:
        argparse.ArgumentTypeError: If it is none.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-01-31") from None


def count(text: str) -> int:
    """Read a whole number that is not negative.

    Raises:
        argparse.ArgumentTypeError: If it is none.
    """
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of rows")
    return int(text)


def add_equivalent(command: argparse.ArgumentParser) -> None:
    """Add ``--equivalent``, by which methods are declared equivalent."""
    command.add_argument(
        "--equivalent",
        nargs="+",
        action="append",
        default=[],
        metavar="METHOD",
        help="methods declared equivalent, as results and specifications write them; may be repeated",
    )


def add_results(command: argparse.ArgumentParser, *, as_of: str) -> None:
    """Add the files of specifications and results, and what is needed to read them.

    Args:
        command: The command.
        as_of: What ``--as-of`` does in it.
    """
    command.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="specifications (.json), and last the results (.parquet, .csv, .tsv, .ndjson, .json, .xlsx, an exchange)",
    )
    command.add_argument(
        "--mapping", metavar="FILE", help="what the columns of a table of results mean (.toml); see harmoniqc map"
    )
    command.add_argument("--batches", metavar="FILE", help="a package, a batch or a list of batches (.json)")
    command.add_argument("--as-of", type=day, metavar="DATE", help=f"{as_of} (YYYY-MM-DD)")
