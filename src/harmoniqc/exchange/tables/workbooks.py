"""Sheets of a workbook as tables of the texts their cells print."""

from __future__ import annotations

import datetime as dt
import warnings
from pathlib import Path
from typing import Any

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.files import unusable
from harmoniqc.exchange.tables.archives import inspect_archive
from harmoniqc.exchange.tables.grid import CellNote, Grid, build_grid
from harmoniqc.exchange.tables.number_formats import show_number
from harmoniqc.exchange.tables.symbols import from_symbol_font, raised, without_private_use

_HOW = {
    "formatted": ("formatted-cell", "was read as its number format prints it"),
    "rounded": ("cell-not-as-shown", "shows the number with fewer digits than it holds"),
    "not-understood": ("format-not-understood", "has a number format that is not understood"),
}


def read_workbook(path: Path) -> list[Grid]:
    """Read the visible sheets of a workbook.

    Args:
        path: ``.xlsx`` or ``.xlsm``. Macros and links are not followed; formulas give the value last computed.

    Raises:
        DocumentError: If openpyxl is not installed, or the file cannot be read or is too large.
    """
    openpyxl = _library(path)
    has_formulas = inspect_archive(path)
    try:
        with warnings.catch_warnings():
            # The library warns about what it leaves out when it writes; nothing is written here.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, rich_text=True, keep_links=False)
            values = openpyxl.load_workbook(path, data_only=True, keep_links=False) if has_formulas else None
        return [
            _read_sheet(sheet, None if values is None else values[sheet.title])
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
        ]
    except DocumentError:
        raise
    except Exception as error:  # the library raises whatever a damaged part leads to
        reason = (str(error).splitlines() or [""])[0][:200]
        raise unusable(path, f"not a readable workbook: {type(error).__name__} {reason}".rstrip()) from error


def _library(path: Path) -> Any:
    try:
        import openpyxl
    except ImportError:
        message = f"{path}: reading a workbook needs openpyxl"
        raise DocumentError(message, (Finding("missing-dependency", message, found=path.suffix),)) from None
    return openpyxl


def _read_sheet(sheet: Any, values: Any) -> Grid:
    texts: dict[tuple[int, int], str] = {}
    notes: dict[tuple[int, int], CellNote] = {}
    # The cells that exist, and not the rectangle they span: one stray cell in the last row would make that huge.
    for (row, column), cell in sheet._cells.items():
        if cell.value is None:
            continue
        text, findings, refused = _read_cell(cell, values)
        texts[row, column] = text
        if findings:
            notes[row, column] = CellNote(tuple(findings), refused)
    for merged in sheet.merged_cells.ranges:
        left, top, right, bottom = merged.bounds
        note = notes.get((top, left), CellNote())
        for row in range(top, bottom + 1):
            texts[row, left] = texts.get((top, left), "")
            notes[row, left] = CellNote(note.findings, note.refused, across=right > left)
    rows_used = sorted({row for row, column in texts})
    columns_used = {column: index for index, column in enumerate(sorted({column for _, column in texts}))}
    index_of = {row: index for index, row in enumerate(rows_used)}
    rows = [[""] * len(columns_used) for _ in rows_used]
    for (row, column), text in texts.items():
        rows[index_of[row]][columns_used[column]] = text
    placed = {(index_of[row], columns_used[column]): note for (row, column), note in notes.items()}
    return build_grid(sheet.title, rows, placed, numbers=rows_used)


def _read_cell(cell: Any, values: Any) -> tuple[str, list[Finding], bool]:
    """Return what a cell prints, what was noticed, and whether nothing may be concluded from it."""
    if cell.has_style and cell.font.strike:
        message = f"cell {cell.coordinate} is struck out"
        return str(cell.value), [Finding("tracked-change", message, found=str(cell.value))], True
    if cell.data_type != "f":
        return _read_value(cell, cell.coordinate)
    held = None if values is None else values[cell.coordinate]
    formula = str(getattr(cell.value, "text", cell.value))
    if held is None or held.value is None:
        message = f"cell {cell.coordinate} holds a formula without its value"
        return formula, [Finding("formula-without-value", message, found=formula)], True
    text, findings, refused = _read_value(held, cell.coordinate)
    message = f"cell {cell.coordinate} holds a formula; its last value was read"
    return text, [Finding("formula-in-cell", message, found=text), *findings], refused


def _read_value(cell: Any, name: str) -> tuple[str, list[Finding], bool]:
    value = cell.value
    if cell.data_type == "e":
        message = f"cell {name} holds an error of the spreadsheet"
        return str(value), [Finding("error-in-cell", message, found=str(value))], True
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), [], False
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        text = _moment(value)
        return text, [Finding("date-in-cell", f"cell {name} holds a date or time", found=text)], True
    if isinstance(value, (int, float)):
        try:
            shown = show_number(value, cell.number_format)
        except ValueError as error:
            return str(value), [Finding("error-in-cell", f"cell {name}: {error}", found=str(value))], True
        if shown.how == "as-held":
            return shown.text, [], False
        code, what = _HOW[shown.how]
        finding = Finding(code, f"cell {name} {what}", expected=cell.number_format, found=shown.text)
        return shown.text, [finding], shown.how == "not-understood"
    text, known, struck = _rich(value, cell)
    noticed = [Finding("tracked-change", f"cell {name} has words struck out", found=text)] if struck else []
    if known:
        return text, noticed, False
    message = f"cell {name} has a character of a symbol font that is not understood"
    return text, [*noticed, Finding("unreadable-character", message, found=text)], True


def _moment(value: dt.date | dt.time | dt.timedelta) -> str:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value) if isinstance(value, dt.timedelta) else value.isoformat()


def _rich(value: Any, cell: Any) -> tuple[str, bool, bool]:
    """Return a text with what its formatting says, whether all of it is understood, and whether words are struck out.

    Formatting raises digits, takes characters out of a symbol font, and strikes out what counts no more.
    """
    whole = getattr(cell.font, "name", None) if cell.has_style else None
    if isinstance(value, str) and not hasattr(value, "as_list"):
        return (*(from_symbol_font(value) if _is_symbol(whole) else without_private_use(value)), False)
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return (*without_private_use(str(value)), False)
    pieces, known, struck = [], True, False
    for run in value:  # plain texts, and blocks with a font
        font = getattr(run, "font", None)
        text = str(getattr(run, "text", run))
        if font is not None and font.strike:
            struck = True
            continue
        if _is_symbol(whole if font is None else font.rFont):
            text, fine = from_symbol_font(text)
        else:
            text, fine = without_private_use(text)
        known = known and fine
        pieces.append(raised(text) if font is not None and font.vertAlign == "superscript" else text)
    return "".join(pieces), known, struck


def _is_symbol(font: str | None) -> bool:
    return font is not None and font.strip().lower() == "symbol"
