"""``harmoniqc convert``: one number, exactly, from a unit to another."""

from __future__ import annotations

import argparse
import sys

from harmoniqc.cli.main import CONFORMS
from harmoniqc.cli.terminal import printable
from harmoniqc.units import convert


def run(options: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        UnitError: If a unit is unknown, or the two do not convert.
    """
    converted = convert(options.value, options.source, options.target)
    print(printable(f"{converted} {options.target}", sys.stdout.encoding or "utf-8"))
    return CONFORMS
