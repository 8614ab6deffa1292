"""A printed table of a specification, read into a specification."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.tables.attributes import slug_of
from harmoniqc.exchange.tables.grid import Grid
from harmoniqc.exchange.tables.headings import Roles, header_score, role_of, split_unit
from harmoniqc.exchange.tables.opening import open_table
from harmoniqc.exchange.tables.specification_rows import Columns, SpecificationRows
from harmoniqc.standard import Source, Specification
from harmoniqc.standard.criterion import RoundingPolicy

ROLES: Roles = {
    "criterion": (
        (
            "acceptance criterion", "acceptance criteria", "criterion", "criteria", "specification", "limit",
            "acceptance limit", "requirement", "release criteria", "release criterion", "release specification",
            "specification limit", "acceptance range", "acceptance", "lot release criteria",
        ),
        ("criterion", "criteria", "specification", "specifications", "limit", "limits", "requirement", "requirements"),
    ),
    "method": (
        (
            "method", "procedure", "assay", "analytical procedure", "analytical method", "test method", "technique",
            "test procedure", "method of analysis", "detection method", "assay method", "testing method",
        ),
        ("method", "methods", "procedure", "procedures", "technique", "methodology"),
    ),
    "unit": (("unit", "units", "uom", "unit of measure", "units of measure", "measurement unit"), ()),
    "stage": (("stage", "testing stage", "process stage", "stage of testing", "manufacturing stage"), ("stage",)),
    "material": (("material", "sample", "sample type", "sample material", "matrix", "specimen"), ()),
    "attribute": (
        (
            "attribute", "quality attribute", "critical quality attribute", "cqa", "parameter", "test parameter",
            "characteristic", "quality characteristic", "property", "test", "test item", "test attribute", "analyte",
            "quality parameter", "product attribute", "test name",
        ),
        ("attribute", "attributes", "parameter", "parameters", "characteristic", "characteristics", "test", "tests"),
    ),
}  # fmt: skip
"""What the columns of a specification are called."""

_HEADER_ROWS = 200
"""A header is looked for in this many rows."""

_WEAK = ("test", "tests", "sample")
"""Headings that give way to a clearer one of the same kind."""


def read_specification_table(
    path: str | os.PathLike[str],
    *,
    product: str | None = None,
    id: str | None = None,
    version: str = "1",
    rounding: RoundingPolicy = "none",
    sheet: str | None = None,
    table: int | None = None,
) -> Specification:
    """Read a specification from a table as it is printed: a row a test, with attribute, method and criterion.

    Columns are recognized by their headings. Every row of the table is in the specification or in its findings:
    a criterion that is not understood is kept as :class:`~harmoniqc.Unstructured` text, an attribute that is not in
    the vocabulary under its printed name. ``specification.findings`` say what was assumed and what was not read,
    each with a pointer to its test.

    Args:
        path: ``.csv``, ``.tsv``, ``.txt``, ``.xlsx``, ``.xlsm`` or ``.docx``. Office files need ``harmoniqc[tables]``.
        product: Identifier of the product; None: the id of the specification.
        id: Identifier of the specification, a slug; None: the name of the file.
        version: Version of the specification.
        rounding: How reportable values are rounded before they are compared. A table does not say it.
        sheet: Which sheet of a workbook; None: the one with such a table.
        table: Which table of a document, from one; None: the one with such headings.

    Raises:
        DocumentError: If the file cannot be read, holds no such table or several, or if two columns may state the
            criterion.
    """
    file = Path(path)
    grid = open_table(file, _score, least=2, sheet=sheet, table=table)
    header = _header(grid, file)
    findings = list(grid.findings)
    columns = _columns(grid, header, file, findings)
    rows = SpecificationRows(grid, header, columns)
    for index in range(header + 1, len(grid.rows)):
        rows.read(index)
    if not rows.tests:
        message = f"{file}: {grid.name!r} has no row with a criterion under its header"
        raise DocumentError(message, (Finding("no-table", message, found=grid.name), *rows.findings))
    name = slug_of(file.stem)
    if id is None:
        findings.append(Finding("assumed-identifier", f"the specification is called {name}", found=name, pointer="/id"))
    if product is None:
        assumed = id or name
        message = f"the product is called {assumed}, like its specification"
        findings.append(Finding("assumed-identifier", message, found=assumed, pointer="/product"))
    fields = {
        "id": id or name,
        "version": version,
        "product": product or id or name,
        "rounding": rounding,
        "tests": tuple(rows.tests),
        "sources": (Source(document=file.name, section=grid.name, evidence="primary"),),
    }
    try:
        specification = Specification.model_validate(fields)
    except ValueError as error:  # an id, version or rounding that cannot be one
        message = f"{file}: {_first_line(error)}"
        raise DocumentError(message, (Finding("invalid-document", message),)) from None
    return specification.with_findings((*findings, *rows.findings))


def _score(row: Sequence[str]) -> int:
    # A header says where attribute and criterion stand; one word of a sentence does not.
    roles = {role_of(cell, ROLES)[0] for cell in row if cell}
    if not {"attribute", "criterion"} <= roles and not {"method", "criterion"} <= roles:
        return 0
    return header_score(row, ROLES)


def _header(grid: Grid, file: Path) -> int:
    scores = [_score(row) for row in grid.rows[:_HEADER_ROWS]]
    best = max(scores, default=0)
    if best == 0:
        message = f"{file}: no row of {grid.name!r} has the headings of a specification"
        expected = "a heading for the attribute (attribute, test, parameter), one for the criterion"
        first = " | ".join(cell for cell in grid.rows[0] if cell)[:200] if grid.rows else "no rows"
        raise DocumentError(message, (Finding("no-table", message, expected=expected, found=first),))
    return scores.index(best)


@dataclass(frozen=True)
class _Candidate:
    column: int
    heading: str
    sure: int


def _columns(grid: Grid, header: int, file: Path, findings: list[Finding]) -> Columns:
    """Return which column is what; a column that is nothing known is named in a finding."""
    by_role: dict[str, list[_Candidate]] = {}
    unused: list[str] = []
    for column, heading in enumerate(grid.rows[header]):
        role, sure = role_of(heading, ROLES)
        if role is None:
            unused.append(heading or f"column {column + 1}, without a heading")
        else:
            sure -= role_of(heading, ROLES)[1] > 1 and split_unit(heading)[0].strip().lower() in _WEAK
            by_role.setdefault(role, []).append(_Candidate(column, heading, sure))
    chosen: dict[str, _Candidate] = {}
    for role, candidates in by_role.items():
        best = max(item.sure for item in candidates)
        first, *others = (item for item in candidates if item.sure == best)
        if others and role in ("criterion", "attribute"):
            names = ", ".join(repr(item.heading) for item in (first, *others))
            code = "duplicate-heading" if others[0].heading == first.heading else "ambiguous-table"
            message = f"{file}: several columns may state the {role}: {names}"
            remedy = "leave one of them in the table, or rename the others"
            raise DocumentError(message, (Finding(code, message, found=names, remedy=remedy),))
        chosen[role] = first
        for item in candidates:
            if item is not first:
                # "Attribute | Test | Criterion": where an attribute is named beside it, a test is a method.
                if role == "attribute" and "method" not in by_role and "method" not in chosen:
                    chosen["method"] = item
                else:
                    unused.append(item.heading)
    if "attribute" not in chosen:  # "Assay | Specification"
        chosen["attribute"] = chosen.pop("method")
    for heading in unused:
        findings.append(Finding("column-not-used", f"the column {heading!r} was not read", found=heading))
    places = {role: item.column for role, item in chosen.items()}
    unit = split_unit(chosen["criterion"].heading)[1]
    return replace(Columns(places["attribute"], places["criterion"]), **_optional(places), heading_unit=unit)


def _optional(places: dict[str, int]) -> dict[str, int]:
    return {role: places[role] for role in ("method", "unit", "stage", "material") if role in places}


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[1:3]) if len(lines) > 1 else "".join(lines)
