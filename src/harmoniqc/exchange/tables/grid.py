"""A table as it is printed: rows of texts, and what has to be said of single cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from harmoniqc.errors import Finding, Findings

MAX_ROWS = 1_000_000
MAX_COLUMNS = 16_384
MAX_CELLS = 20_000_000
"""Largest table of text read as one piece."""


@dataclass(frozen=True, slots=True)
class CellNote:
    """What has to be said of one cell.

    Attributes:
        findings: What was noticed when the cell was read.
        refused: Whether its text is not what the cell means, so that nothing may be concluded from it.
        across: Whether the cell is merged with its neighbors in the same row.
    """

    findings: tuple[Finding, ...] = ()
    refused: bool = False
    across: bool = False


@dataclass(frozen=True)
class Grid:
    """One table.

    Attributes:
        name: What it is called in its file: sheet, "table 2", or the file's own name.
        rows: Texts, row by row; every row has the same length. A cell that is merged over several rows stands in
            each of them; one that is merged over several columns stands in the first.
        numbers: For each row, the number it has in the file, for messages.
        notes: What has to be said of single cells, by row and column.
        findings: What was noticed about the table as a whole.
    """

    name: str
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    notes: Mapping[tuple[int, int], CellNote] = field(default_factory=lambda: MappingProxyType({}))
    findings: Findings = field(default_factory=Findings)

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.rows[0]) if self.rows else 0

    def note(self, row: int, column: int) -> CellNote:
        """Return what has to be said of a cell."""
        return self.notes.get((row, column), _NOTHING)

    def place(self, row: int) -> str:
        """Return what a person calls a row."""
        return f"line {self.numbers[row]}"


_NOTHING = CellNote()


def build_grid(
    name: str,
    rows: Iterable[Sequence[str]],
    notes: Mapping[tuple[int, int], CellNote] | None = None,
    findings: Iterable[Finding] = (),
    numbers: Sequence[int] | None = None,
) -> Grid:
    """Return a grid without its empty rows and columns, every row filled up to the same length.

    Args:
        name: What the table is called.
        rows: Texts; rows may differ in length.
        notes: Of single cells, by row and column as given.
        findings: About the table as a whole.
        numbers: The number of each row in the file; None: they are counted from one.
    """
    listed = [[clean(cell) for cell in row] for row in rows]
    counted = list(range(1, len(listed) + 1)) if numbers is None else list(numbers)
    used = {column for row in listed for column, cell in enumerate(row) if cell}
    columns = sorted(used)
    kept = [index for index, row in enumerate(listed) if any(row)]
    new_row = {old: new for new, old in enumerate(kept)}
    new_column = {old: new for new, old in enumerate(columns)}
    out = [[listed[index][c] if c < len(listed[index]) else "" for c in columns] for index in kept]
    moved = {
        (new_row[row], new_column[column]): note
        for (row, column), note in (notes or {}).items()
        if row in new_row and column in new_column
    }
    return Grid(name, out, [counted[index] for index in kept], moved, Findings(findings))


def clean(text: str) -> str:
    """Return a cell's text without blanks at its ends and invisible characters; breaks of lines stay."""
    if text.isascii() and "\n" not in text and "\r" not in text:
        return text.strip()
    lines = text.translate(_INVISIBLE).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line for line in (" ".join(part.split()) for part in lines) if line)


# Byte order mark, zero-width signs, marks of direction, soft hyphen: nobody sees them, and no comparison survives them.
_INVISIBLE = {ord(char): None for char in "\ufeff\u200b\u200c\u200d\u2060\u200e\u200f\u202a\u202b\u202c\u00ad"}
