"""A file with tables in it: which table is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.files import unusable
from harmoniqc.exchange.tables.delimited import read_delimited
from harmoniqc.exchange.tables.grid import Grid

WORKBOOKS = (".xlsx", ".xlsm")
DELIMITED = (".csv", ".tsv", ".txt")
DOCUMENTS = (".docx",)


def open_table(
    path: Path,
    score: Callable[[Sequence[str]], int],
    *,
    least: int,
    sheet: str | None = None,
    table: int | None = None,
    documents: bool = True,
) -> Grid:
    """Return the one table of a file that is meant.

    Args:
        path: The file.
        score: Tells how much a row looks like the header that is looked for.
        least: The score from which on a table is one of those looked for.
        sheet: Name of a sheet of a workbook.
        table: Number of a table of a document, from one.
        documents: Whether documents of a word processor are read.

    Raises:
        DocumentError: If the file cannot be read, or holds no such table, or several.
    """
    grids = _read(path, score, documents=documents)
    if sheet is not None or table is not None:
        return _named(path, grids, sheet, table)
    if len(grids) == 1:
        return grids[0]
    found = [grid for grid in grids if max((score(row) for row in grid.rows[:200]), default=0) >= least]
    names = ", ".join(repr(grid.name) for grid in found or grids) or "none"
    if len(found) == 1:
        return found[0]
    code = "ambiguous-table" if found else "no-table"
    held = "holds several tables of this kind" if found else "holds no table with the headings that are needed"
    message = f"{path}: {held}"
    raise DocumentError(message, (Finding(code, message, found=names),))


def _read(path: Path, score: Callable[[Sequence[str]], int], *, documents: bool) -> list[Grid]:
    suffix = path.suffix.lower()
    if suffix in DELIMITED:
        return [read_delimited(path, score)]
    if suffix in WORKBOOKS:
        from harmoniqc.exchange.tables.workbooks import read_workbook

        return read_workbook(path)
    if suffix in DOCUMENTS and documents:
        from harmoniqc.exchange.tables.word_documents import read_word_document

        return read_word_document(path)
    known = (*DELIMITED, *WORKBOOKS, *(DOCUMENTS if documents else ()))
    remedy = f"give it one of the endings {', '.join(known)}"
    if suffix in (".xls", ".ods", ".doc", ".odt", ".pdf"):
        remedy = "save it as .xlsx, .docx or .csv" if documents else "save it as .xlsx or .csv"
    raise unusable(path, "tables are not read from a file of this kind", remedy)


def _named(path: Path, grids: list[Grid], sheet: str | None, table: int | None) -> Grid:
    suffix = path.suffix.lower()
    if sheet is not None and suffix not in WORKBOOKS:
        raise unusable(path, "only a workbook has sheets", "leave `sheet` out")
    if table is not None and suffix not in DOCUMENTS:
        raise unusable(path, "only a document has numbered tables", "leave `table` out")
    wanted = sheet if sheet is not None else f"table {table}"
    for grid in grids:
        if grid.name == wanted:
            return grid
    message = f"{path}: has no {wanted!r}"
    raise DocumentError(message, (Finding("no-table", message, found=", ".join(repr(grid.name) for grid in grids)),))
