"""``harmoniqc map``: propose what the columns of a table of results mean, and write it into a file to be edited."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harmoniqc.cli.main import CONFORMS, DOES_NOT
from harmoniqc.cli.terminal import colors_wanted, printable, render_table
from harmoniqc.exchange import propose_mapping, read
from harmoniqc.exchange.files import unusable
from harmoniqc.exchange.tables.proposing import Proposed
from harmoniqc.standard import Specification


def run(options: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        HarmoniqcError: If the table or the specification cannot be used, or the mapping has no place.
    """
    output = None if options.output is None else Path(options.output)
    if output is not None and output.suffix.lower() != ".toml":
        raise unusable(output, "a mapping goes into a file named .toml")
    if output is not None and output.exists():  # somebody may have completed it by hand
        raise unusable(output, "exists already", "name another file, or remove it first")
    specification = None
    if options.specification is not None:
        document = read(options.specification)
        if not isinstance(document, Specification):
            raise unusable(Path(options.specification), "holds no specification")
        specification = document
    grid, proposal = propose_mapping(options.results, specification, sheet=options.sheet)
    if output is not None:
        output.write_text(proposal.text(), encoding="utf-8")
    encoding = sys.stdout.encoding or "utf-8"
    print(f"{proposal.description}, headings in {grid.place(proposal.header)}\n")
    header = ("column or attribute", "meaning", "certainty", "example", "because")
    rows = [_row(item) for item in proposal.entries]
    sys.stdout.write(render_table(header, rows, colored=colors_wanted(sys.stdout), encoding=encoding))
    print()
    findings = [*grid.findings, *proposal.findings()]
    for finding in findings:
        for line in str(finding).split("\n"):
            print(printable(line, encoding))
    undecided = sum(item.certainty != "certain" for item in proposal.entries)
    print(f"{undecided} of {len(proposal.entries)} to be decided" if undecided else "everything is certain")
    return DOES_NOT if undecided else CONFORMS


def _row(item: Proposed) -> tuple[str, ...]:
    because = f"{item.why}. {item.hint}" if item.hint else item.why
    cells = (item.printed, item.meaning, item.certainty, item.example, because)
    return tuple(" ".join(cell.split()) for cell in cells)
