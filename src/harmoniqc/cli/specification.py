"""``harmoniqc specification``: read a printed table, show how it was understood, write the document."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harmoniqc.cli.main import CONFORMS, DOES_NOT
from harmoniqc.cli.terminal import colors_wanted, printable, render_table
from harmoniqc.exchange import read_specification_table, write
from harmoniqc.exchange.files import unusable
from harmoniqc.standard import Specification, Test


def run(options: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        HarmoniqcError: If the table cannot be used, or the document has no place.
    """
    output = None if options.output is None else Path(options.output)
    if output is not None and output.suffix.lower() != ".json":
        raise unusable(output, "a specification goes into a file named .json")
    specification = read_specification_table(
        options.table_file,
        product=options.product,
        id=options.id,
        version=options.of_version,
        rounding=options.rounding,
        sheet=options.sheet,
        table=options.table,
    )
    if output is not None:
        write(specification, output)
    _show(specification)
    return DOES_NOT if specification.findings.errors else CONFORMS


def _show(specification: Specification) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    header = ("attribute", "cqa", "criterion", "read as", "findings")
    rows = [_row(test) for test in specification.tests]
    sys.stdout.write(render_table(header, rows, colored=colors_wanted(sys.stdout), encoding=encoding))
    unread = sum(bool(test.findings.errors) for test in specification.tests)
    count = len(specification.tests)
    print(f"\n{count} tests: {count - unread} read, {unread} to look at; rounding {specification.rounding}")
    for finding in specification.findings:
        for line in str(finding).split("\n"):
            print(printable(line, encoding))


def _row(test: Test) -> tuple[str, ...]:
    criterion = test.criterion
    understood = "not read" if criterion.kind in ("unstructured", "not-stated") else str(criterion)
    if test.applies_when is not None:
        understood += f" if {test.applies_when}"
    if test.read_point is not None and test.read_point.day is not None:
        understood += f" on day {test.read_point.day}"
    codes = ", ".join(dict.fromkeys(item.code for item in test.findings))
    return (test.name or test.id, test.cqa, (criterion.text or "").replace("\n", " / "), understood, codes)
