"""``harmoniqc replay``: evaluate again what a record was made of, and say whether the result is identical."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harmoniqc.cli.main import CONFORMS, DOES_NOT, UNUSABLE
from harmoniqc.cli.terminal import printable, progress_for
from harmoniqc.exchange.replaying import read_record, replay


def run(options: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        DocumentError: If the record cannot be used.
    """
    path = Path(options.record)
    record = read_record(path)
    rows = sum(item.rows or 0 for item in record.inputs if item.role == "results")
    outcome = replay(record, path.parent, progress=progress_for("judged", rows))
    for line in str(outcome).split("\n"):
        print(printable(line, sys.stdout.encoding or "utf-8"))
    if outcome.evaluation is None:
        return UNUSABLE
    return CONFORMS if outcome.identical else DOES_NOT
