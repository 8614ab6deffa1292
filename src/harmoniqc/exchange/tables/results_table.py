"""A table of results as a laboratory system exports it, read into columns of the registry."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.carrying import with_findings
from harmoniqc.exchange.files import read_results
from harmoniqc.exchange.tables.gathering import gather_rows
from harmoniqc.exchange.tables.grid import Grid
from harmoniqc.exchange.tables.mapping import ResultsMapping, read_mapping
from harmoniqc.exchange.tables.measuring import measured_table
from harmoniqc.exchange.tables.opening import DELIMITED, WORKBOOKS, open_table
from harmoniqc.exchange.tables.proposing import Proposal, headings_of, propose
from harmoniqc.exchange.tables.resolving import Resolver
from harmoniqc.exchange.tables.results_headings import known_headings
from harmoniqc.standard import Specification


def read_results_table(
    path: str | os.PathLike[str],
    mapping: ResultsMapping | str | os.PathLike[str] | None = None,
    *,
    specification: Specification | None = None,
    unit: str | None = None,
) -> pa.Table:
    """Read results as a laboratory exports them: a row a result, or a column an attribute, or a column a batch.

    Each result is read with :func:`harmoniqc.parse_measurements`; what was written stays in ``text``. What could not
    be read is kept as text, and is never judged as a number. Columns that are none of the registry stay under their
    own headings.

    Args:
        path: ``.csv``, ``.tsv``, ``.txt``, ``.xlsx`` or ``.xlsm``. Workbooks need ``harmoniqc[tables]``.
        mapping: What the columns mean, or the TOML file that says it; ``harmoniqc map`` writes one. None: they are
            recognized, and nothing is read unless all of them are recognized with certainty.
        specification: The specification the results are for: its tests are recognized by their printed names.
        unit: The unit of numbers for which neither the result nor the table nor the mapping states one.

    Returns:
        One row a result, with columns of :data:`harmoniqc.COLUMNS`. :func:`harmoniqc.exchange.table_findings` gives
        what was noticed.

    Raises:
        DocumentError: If the file or the mapping cannot be used, if the table lacks a column that the mapping
            names, or if there is no mapping and not everything is certain; findings name each column and attribute.
    """
    file = Path(path)
    resolver = Resolver(specification)
    if mapping is None:
        if has_registry_columns(file):
            return read_results(file)
        grid, proposal = propose_mapping(file, specification)
        findings = list(proposal.findings())
        if findings:
            message = f"{file}: not everything in the table is certain; {len(findings)} finding(s)"
            remedy = f"harmoniqc map {file} writes a mapping to complete"
            raise DocumentError(message, (*findings, Finding("invalid-mapping", message, remedy=remedy)))
        used, header = proposal.mapping(), proposal.header
    else:
        used = mapping if isinstance(mapping, ResultsMapping) else read_mapping(mapping)
        wanted = {column.heading for column in used.columns}
        grid = open_table(
            file, lambda row: len(wanted & set(row)), least=len(wanted), sheet=used.sheet, documents=False
        )
        header = _header(grid, used, file)
    gathered = gather_rows(grid, header, used, resolver, unit, file)
    table, findings = measured_table(gathered, used)
    return with_findings(table, [*grid.findings, *gathered.findings, *findings])


def propose_mapping(
    path: str | os.PathLike[str], specification: Specification | None = None, *, sheet: str | None = None
) -> tuple[Grid, Proposal]:
    """Return a table of results and the mapping proposed for it.

    Args:
        path: The file of the table.
        specification: The specification the results are for.
        sheet: The sheet of a workbook; None: the one with such headings.

    Raises:
        DocumentError: If the file cannot be read, or holds no table of results, or several.
    """
    file = Path(path)
    grid = open_table(file, known_headings, least=1, sheet=sheet, documents=False)
    return grid, propose(grid, Resolver(specification), file, sheet=sheet)


def needs_mapping(path: Path) -> bool:
    """Tell whether results of this file are read by a mapping, given or proposed, and not by the names of columns."""
    suffix = path.suffix.lower()
    return suffix in WORKBOOKS or (suffix in DELIMITED and not has_registry_columns(path))


def has_registry_columns(file: Path) -> bool:
    """Tell whether the first line of a file names columns of the registry: it needs no mapping."""
    suffix = file.suffix.lower()
    if suffix not in (".csv", ".tsv"):
        return False
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            names = set(next(csv.reader(stream, delimiter="," if suffix == ".csv" else "\t"), []))
    except (OSError, ValueError, csv.Error):
        return False  # reading it as a table says what is wrong
    return "batch_id" in names


def _header(grid: Grid, mapping: ResultsMapping, file: Path) -> int:
    wanted = {column.heading for column in mapping.columns}
    if mapping.layout == "wide":
        wanted |= {item.printed for item in mapping.attributes}
    if mapping.header is not None:
        rows: Sequence[int] = [index for index, number in enumerate(grid.numbers) if number == mapping.header]
    else:
        rows = range(min(len(grid.rows), 200))
    missing = wanted
    for index in rows:
        left = wanted - set(headings_of(grid, index))
        if not left:
            return index
        missing = min(missing, left, key=len)
    message = f"{file}: no row has all headings that the mapping names"
    findings = [
        Finding("mapping-mismatch", f"{file}: no column is called {name!r}", found=name) for name in sorted(missing)
    ]
    raise DocumentError(message, findings or (Finding("mapping-mismatch", message),))
