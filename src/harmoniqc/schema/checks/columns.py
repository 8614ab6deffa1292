"""Results as columns of codes and numbers, so that each distinct value is looked at once, and rows never one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from harmoniqc.errors import Finding
from harmoniqc.evaluation.rows.ingest import Coded, coded
from harmoniqc.standard.columns import COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

    from harmoniqc.schema.contents import Contents, Rows

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.intp]

_MOST_VALUES = 20
"""So many distinct values get a finding each; the others share one."""


class ResultColumns:
    """The results of a document, column by column, read when first asked for.

    Args:
        contents: The document; it has results.
        rows: Its results.
    """

    def __init__(self, contents: Contents, rows: Rows) -> None:
        self.contents = contents
        self.rows = rows
        self.n: int = rows.table.num_rows
        self._coded: dict[str, Coded] = {}
        self._numbers: dict[str, npt.NDArray[np.float64]] = {}

    def has(self, name: str) -> bool:
        """Tell whether any row fills a column."""
        return name in self.rows.table.column_names

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column as it is."""
        return self.rows.table.column(name)

    def words(self, name: str) -> Coded:
        """Return a column of any type as codes and words; a column that is not there is empty."""
        import pyarrow as pa

        if name not in self._coded:
            if self.has(name):
                column = self.column(name)
                text = column if COLUMNS[name].type in ("string", "decimal", "instant") else column.cast(pa.string())
                self._coded[name] = coded(text)
            else:
                self._coded[name] = Coded(np.full(self.n, -1, np.int32), ())
        return self._coded[name]

    def filled(self, name: str) -> Mask:
        """Return which rows fill a column, shape (n,)."""
        if not self.has(name):
            return np.zeros(self.n, np.bool_)
        return np.asarray(self.column(name).is_valid().to_numpy())

    def numbers(self, name: str) -> npt.NDArray[np.float64]:
        """Return a column of decimals as the nearest float64, NaN where it is empty, shape (n,)."""
        import pyarrow as pa

        if name not in self._numbers:
            if self.has(name):
                column = self.column(name).cast(pa.float64())
                self._numbers[name] = np.asarray(column.to_numpy(), np.float64)
            else:
                self._numbers[name] = np.full(self.n, np.nan)
        return self._numbers[name]

    def where(self, name: str, word: str) -> Mask:
        """Return which rows have a word in a column, shape (n,)."""
        words = self.words(name)
        return words.codes == words.words.index(word) if word in words.words else np.zeros(self.n, np.bool_)

    def text(self, name: str, row: int) -> str | None:
        """Return what a row says in a column, as text."""
        return self.words(name).word(row) if self.has(name) else None

    @cached_property
    def is_final(self) -> Mask:
        """Which rows are final: those that say nothing are."""
        status = self.words("status")
        return (status.codes < 0) | self.where("status", "final")

    @cached_property
    def is_summary(self) -> Mask:
        """Which rows summarize others and are no reportable value."""
        return self.filled("statistic") & ~self.where("reportable", "true")

    # -- findings ------------------------------------------------------------------------------------------------

    def finding(
        self,
        code: str,
        message: str,
        rows: npt.NDArray[np.intp] | Sequence[int],
        name: str = "",
        *,
        expected: str | None = None,
        found: str | None = None,
        remedy: str | None = None,
    ) -> Finding:
        """Return one finding for rows with the same fault, at the first of them.

        Args:
            code: Code of the finding.
            message: What is wrong.
            rows: The rows, ascending.
            name: The column at fault; empty: the whole row.
            expected: What would have been accepted.
            found: What stood there.
            remedy: What to do; None: as the catalog says.
        """
        first = int(rows[0])
        return Finding(
            code,
            message,
            pointer=self.rows.pointer(first, name),
            row=int(self.rows.positions[first]),
            expected=expected,
            found=found,
            remedy=remedy,
            count=len(rows),
        )


def grouped(codes: npt.NDArray[np.signedinteger], chosen: Mask | None = None) -> Iterator[tuple[int, Codes]]:
    """Yield each distinct code among rows with the rows that have it, both ascending by first row.

    Args:
        codes: A code for each row, shape (n,).
        chosen: Only these rows; None: all.
    """
    rows = np.arange(len(codes)) if chosen is None else np.flatnonzero(chosen)
    if not len(rows):
        return
    order = np.argsort(codes[rows], kind="stable")
    ordered = codes[rows][order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    groups = [
        (int(ordered[start]), rows[part]) for start, part in zip(starts, np.split(order, starts[1:]), strict=True)
    ]
    yield from sorted(groups, key=lambda group: int(group[1][0]))


def few(groups: Iterator[tuple[int, Codes]]) -> Iterator[tuple[int | None, Codes]]:
    """Yield the first groups one by one, and all others as one group without a code."""
    rest: list[Codes] = []
    for number, (code, rows) in enumerate(groups):
        if number < _MOST_VALUES:
            yield code, rows
        else:
            rest.append(rows)
    if rest:
        yield None, np.sort(np.concatenate(rest))


def combined(parts: Sequence[npt.NDArray[np.signedinteger]]) -> npt.NDArray[np.int64]:
    """Return one code for each combination of codes, shape (n,); equal rows have equal codes."""
    out = np.zeros(len(parts[0]), np.int64)
    size = 1
    for part in parts:
        span = int(part.max(initial=-1)) + 2
        if size * span > 1 << 62:
            out = np.unique(out, return_inverse=True)[1].astype(np.int64)
            size = int(out.max(initial=0)) + 1
        out, size = out * span + part + 1, size * span
    return out
