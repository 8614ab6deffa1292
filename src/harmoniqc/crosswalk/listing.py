"""Answers of the crosswalk: immutable lists that print as tables, in a terminal and in a notebook."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, overload

from harmoniqc.errors import Finding, Findings

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")


class Listing(Sequence[T], Generic[T]):
    """Rows of an answer and the day it is about.

    Args:
        rows: The rows.
        as_of: The day, ISO 8601.
        title: What was asked, in words.
        findings: What a reader should know about the answer.

    Attributes:
        as_of: The day the answer is about.
        title: What was asked, in words.
        findings: :class:`~harmoniqc.Findings`, possibly empty.
    """

    __slots__ = ("_rows", "as_of", "findings", "title")

    header: ClassVar[tuple[str, ...]] = ()
    """Headings of the printed table; the last column is folded to what space is left."""

    def __init__(self, rows: Iterable[T], *, as_of: str, title: str = "", findings: Iterable[Finding] = ()) -> None:
        self._rows = tuple(rows)
        self.as_of = as_of
        self.title = title
        self.findings = Findings(findings)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> T | Self:
        if isinstance(index, slice):
            return type(self)(self._rows[index], as_of=self.as_of, title=self.title, findings=self.findings)
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[T]:
        return iter(self._rows)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and (self._rows, self.as_of) == (other._rows, other.as_of)

    def __hash__(self) -> int:
        return hash((self._rows, self.as_of))

    @abstractmethod
    def cells(self, row: T) -> tuple[str, ...]:
        """Return what the table shows of a row, under the headings."""

    @abstractmethod
    def record(self, row: T) -> dict[str, Any]:
        """Return everything a row says, as plain values."""

    def records(self) -> list[dict[str, Any]]:
        """Return every row as plain values, with the day the answer is about."""
        return [{**self.record(row), "as_of": self.as_of} for row in self]

    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table; lists become lists, the rest text and truth values."""
        import pyarrow as pa

        records = self.records()
        if not records:
            return pa.table({name: pa.array([], pa.string()) for name in (*self.header, "as_of")})
        return pa.Table.from_pylist(records)

    def caption(self) -> str:
        """Return one line that says what the answer is, and of which day."""
        return f"{self.title} ({len(self)}), as of {self.as_of}"

    def __str__(self) -> str:
        notes = [f"note: {item.message}" for item in self.findings]
        return "\n".join([self.caption(), *notes, *plain_table(self.header, [self.cells(row) for row in self])])

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.caption()}>"

    def _repr_html_(self) -> str:
        return html_table(self.caption(), self.header, [self.cells(row) for row in self])


def html_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as an HTML table for a notebook; every text is escaped, a line break stays one."""
    from html import escape

    def line(kind: str, cells: Sequence[str]) -> str:
        shown = (escape(cell).replace("\n", "<br>") for cell in cells)
        return "<tr>" + "".join(f"<{kind}>{cell}</{kind}>" for cell in shown) + "</tr>"

    body = "".join(line("td", row) for row in rows)
    head = line("th", header)
    return f"<table><caption>{escape(caption)}</caption><thead>{head}</thead><tbody>{body}</tbody></table>"


_LAST = 40
"""How much space the last column has at least."""

_COLUMN = 32
"""How wide a column may be, where the table would be too wide otherwise; what is longer is folded."""


def plain_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines of plain text under their headings.

    The last column takes what space is left, and is folded. Where the others leave it none, they are folded as well.
    """
    import shutil
    import sys
    import textwrap

    if not rows:
        return []
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header) - 1)]
    whole = shutil.get_terminal_size((140, 24)).columns if sys.stdout.isatty() else 140
    if sum(widths) + 2 * len(widths) + _LAST > whole:
        widths = [min(width, max(_COLUMN, len(name))) for width, name in zip(widths, header, strict=False)]
    rest = max(_LAST, whole - sum(widths) - 2 * len(widths))
    lines = []
    for row in (header, ["-" * width for width in widths] + ["-" * min(rest, _LAST)], *rows):
        folded = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, (*widths, rest), strict=True)]
        for parts in itertools.zip_longest(*folded, fillvalue=""):
            cells = [part.ljust(width) for part, width in zip(parts, widths, strict=False)]
            lines.append("  ".join([*cells, parts[-1]]).rstrip())
    return lines
