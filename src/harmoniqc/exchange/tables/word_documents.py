"""Tables of a word-processing document as tables of the texts their cells print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.files import unusable
from harmoniqc.exchange.tables.archives import MAX_CELLS, inspect_archive
from harmoniqc.exchange.tables.grid import CellNote, Grid, build_grid
from harmoniqc.exchange.tables.symbols import from_symbol_font, raised, without_private_use

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MAX_SPAN = 1_000


def read_word_document(path: Path) -> list[Grid]:
    """Read the tables of a document, in their order; a table inside a table is one of its own as well.

    Args:
        path: ``.docx``. Tracked changes are read as if they were accepted, with a finding.

    Raises:
        DocumentError: If python-docx is not installed, or the file cannot be read or is too large.
    """
    docx = _library(path)
    inspect_archive(path)
    try:
        body = docx.Document(str(path)).element.body
        budget = _Budget(path)
        tables = enumerate(body.iter(f"{_W}tbl"), start=1)
        return [_read_table(table, f"table {number}", budget) for number, table in tables]
    except DocumentError:
        raise
    except Exception as error:  # the library raises whatever a damaged part leads to
        reason = (str(error).splitlines() or [""])[0][:200]
        raise unusable(path, f"not a readable document: {type(error).__name__} {reason}".rstrip()) from error


def _library(path: Path) -> Any:
    try:
        import docx
    except ImportError:
        message = f"{path}: reading a document needs python-docx"
        raise DocumentError(message, (Finding("missing-dependency", message, found=path.suffix),)) from None
    return docx


@dataclass
class _Budget:
    """How many cells may still be read; merged ones count by their width."""

    path: Path
    left: int = MAX_CELLS

    def take(self, cells: int) -> None:
        self.left -= cells
        if self.left < 0:
            message = f"{self.path}: too large to be read as one table"
            expected, found = f"at most {MAX_CELLS:,} cells", "more"
            raise DocumentError(message, (Finding("table-too-large", message, expected=expected, found=found),))


@dataclass
class _Text:
    """A text as it is put together, and what is noticed on the way."""

    pieces: list[str] = field(default_factory=list)
    changed: bool = False
    known: bool = True


def _read_table(table: Any, name: str, budget: _Budget) -> Grid:
    rows: list[list[str]] = []
    notes: dict[tuple[int, int], CellNote] = {}
    findings: list[Finding] = []
    above: dict[int, tuple[str, CellNote]] = {}  # what a cell that continues downwards says, by its first column
    for number, row in enumerate(_children(table, "tr"), start=1):
        if row.find(f"{_W}trPr/{_W}del") is not None:
            message = f"{name}: row {number} is deleted by a tracked change and was left out"
            findings.append(Finding("tracked-change", message))
            continue
        texts: list[str] = [""] * _whole(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
        for cell in _children(row, "tc"):
            span = _whole(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1)
            budget.take(span)
            column = len(texts)
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merge is not None and merge.get(f"{_W}val", "continue") == "continue" and column in above:
                text, note = above[column]
            else:
                text, note = _read_cell(cell, f"{name}, row {number}, cell {column + 1}", across=span > 1)
                above.pop(column, None)
                if merge is not None:
                    above[column] = (text, note)
            if note.findings or note.across:
                notes[len(rows), column] = note
            texts += [text, *[""] * (span - 1)]
        rows.append(texts)
    return build_grid(name, rows, notes, findings)


def _children(parent: Any, tag: str) -> Iterator[Any]:
    """Yield rows or cells, also those inside content controls and other wrappers."""
    for child in parent:
        if child.tag == f"{_W}{tag}":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins", f"{_W}moveTo"):
            yield from _children(child, tag)


def _whole(element: Any, default: int) -> int:
    text = "" if element is None else element.get(f"{_W}val", "")
    return min(max(int(text), default), _MAX_SPAN) if text.isascii() and text.isdecimal() else default


def _read_cell(cell: Any, place: str, *, across: bool) -> tuple[str, CellNote]:
    out = _Text()
    for paragraph in cell.iter(f"{_W}p"):
        _collect(paragraph, out)
        out.pieces.append("\n")
    text = "".join(out.pieces).strip()
    findings = []
    if out.changed:
        findings.append(Finding("tracked-change", f"{place} has tracked changes or words struck out", found=text))
    if not out.known:
        message = f"{place} has a character of a symbol font that is not understood"
        findings.append(Finding("unreadable-character", message, found=text))
    return text, CellNote(tuple(findings), refused=not out.known, across=across)


def _collect(element: Any, out: _Text) -> None:
    for child in element:
        tag = child.tag
        if tag in (f"{_W}p", _FALLBACK):
            continue  # paragraphs are gone through one by one; a fallback repeats what stands beside it
        if tag in (f"{_W}del", f"{_W}moveFrom"):
            out.changed = True
        elif tag == f"{_W}r":
            _collect_run(child, out)
        elif tag == f"{_M}sSup":
            _collect(child.find(f"{_M}e"), out)
            power = _Text()
            _collect(child.find(f"{_M}sup"), power)
            out.pieces.append(raised("".join(power.pieces)))
        elif tag == f"{_M}t":
            out.pieces.append(child.text or "")
        else:
            out.changed = out.changed or tag in (f"{_W}ins", f"{_W}moveTo")
            _collect(child, out)


def _collect_run(run: Any, out: _Text) -> None:
    fonts = run.find(f"{_W}rPr/{_W}rFonts")
    in_symbols = fonts is not None and (fonts.get(f"{_W}ascii") or "").strip().lower() == "symbol"
    align = run.find(f"{_W}rPr/{_W}vertAlign")
    if any(_is_on(run.find(f"{_W}rPr/{_W}{name}")) for name in ("strike", "dstrike")):
        out.changed = True
        return
    is_raised = align is not None and align.get(f"{_W}val") == "superscript"
    for child in run:
        text, known = "", True
        if child.tag == f"{_W}t":
            text, known = (from_symbol_font if in_symbols else without_private_use)(child.text or "")
        elif child.tag == f"{_W}sym":
            text, known = _symbol(child)
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            text = " " if child.tag == f"{_W}tab" else "\n"
        elif child.tag == f"{_W}noBreakHyphen":
            text = "-"
        elif child.tag not in (f"{_W}rPr", _FALLBACK):
            _collect(child, out)
        out.pieces.append(raised(text) if is_raised else text)
        out.known = out.known and known


def _is_on(element: Any) -> bool:
    return element is not None and element.get(f"{_W}val", "1") not in ("0", "false", "off")


def _symbol(element: Any) -> tuple[str, bool]:
    code, font = element.get(f"{_W}char") or "", (element.get(f"{_W}font") or "").strip().lower()
    if font != "symbol" or not code.isascii() or not code.isalnum():
        return "\ufffd", False
    return from_symbol_font(chr(int(code, 16)))
