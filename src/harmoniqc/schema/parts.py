"""The parts of a document that requirements are about, each with what belongs to it; results in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from harmoniqc.schema.contents import Rows
from harmoniqc.schema.profiles import Clause

Mask = npt.NDArray[np.bool_]


def given(start: object, path: str, clause: Clause) -> bool:
    """Tell whether any value at the end of a path counts; a path goes through every item of a list."""
    return any(clause.counts(value) for value in values(start, path))


def values(start: object, path: str) -> Iterator[object]:
    """Yield what stands at the end of a path, None where nothing does."""
    if isinstance(start, (tuple, list)):
        for item in start:
            yield from values(item, path)
    elif not path:
        yield start
    else:
        name, _, rest = path.partition(".")
        yield from values(start.get(name) if isinstance(start, Mapping) else getattr(start, name, None), rest)


@dataclass(frozen=True, slots=True)
class Related:
    """What a part refers to, or is part of.

    Attributes:
        items: All that its identifier names; none: nothing has it.
        sure: Whether there is nothing else. What has not the right shape cannot be looked at.
    """

    items: Sequence[object]
    sure: bool = True

    def given(self, path: str, clause: Clause, *, doubt: bool) -> bool:
        """Tell whether the end of a path counts in every item; what cannot be looked at counts as ``doubt``."""
        return all(given(item, path, clause) for item in self.items) if self.items else doubt and not self.sure


@dataclass(frozen=True, slots=True)
class SinglePart:
    """One part of a document.

    Attributes:
        pointer: JSON Pointer of it.
        value: The part itself: a model, or a mapping.
        related: What belongs to it, by the name that stands before the colon of a path.
    """

    pointer: str
    value: object
    related: Mapping[str, Related]

    def holds(self, clause: Clause, *, doubt: bool) -> bool:
        """Tell whether a clause holds; what cannot be told counts as ``doubt``."""
        doubt = doubt is not clause.absent
        return any(self._given(path, clause, doubt) for path in clause.fields) is not clause.absent

    def stands(self, clause: Clause) -> str | None:
        """Return what stands where a clause looks, although it does not count; None: nothing does."""
        found = (value for path in clause.fields if ":" not in path for value in values(self.value, path))
        return ", ".join(str(value) for value in found if value not in (None, "")) or None

    def _given(self, path: str, clause: Clause, doubt: bool) -> bool:
        owner, colon, path = path.rpartition(":")
        if not colon:
            return given(self.value, path, clause)
        related = self.related.get(owner)
        return related is not None and related.given(path, clause, doubt=doubt)


@dataclass(frozen=True, slots=True)
class Joined:
    """What rows of results refer to by an identifier.

    Attributes:
        column: The column that holds the identifier.
        items: What each identifier names.
        sure: Whether an identifier that is not among them names nothing.
    """

    column: str
    items: Mapping[str, Sequence[object]]
    sure: bool


class ResultParts:
    """The results of a document, all at once.

    Args:
        rows: The results.
        joined: What they refer to, by the name that stands before the colon of a path.
        whole: What is the same for every row, by such a name.
    """

    def __init__(self, rows: Rows, joined: Mapping[str, Joined], whole: Mapping[str, Related]) -> None:
        self.rows = rows
        self._joined = joined
        self._whole = whole
        self._columns = set(rows.table.column_names)

    def __len__(self) -> int:
        return int(self.rows.table.num_rows)

    def holds(self, clause: Clause, *, doubt: bool) -> Mask:
        """Tell for each row whether a clause holds; what cannot be told counts as ``doubt``.

        Returns:
            bool, one a row.
        """
        doubt = doubt is not clause.absent
        mask = np.zeros(len(self), dtype=np.bool_)
        for path in clause.fields:
            owner, colon, path = path.rpartition(":")
            mask |= self._related(owner, path, clause, doubt) if colon else self._own(path, clause)
        return mask ^ clause.absent

    def _related(self, owner: str, path: str, clause: Clause, doubt: bool) -> Mask | bool:
        if owner in self._whole:
            return self._whole[owner].given(path, clause, doubt=doubt)
        joined = self._joined[owner]
        if joined.column not in self._columns:
            return False
        named = [id for id, items in joined.items.items() if all(given(item, path, clause) for item in items)]
        mask = self._among(joined.column, named)
        if doubt and not joined.sure:
            mask |= self._own(joined.column, Clause((joined.column,))) & ~self._among(joined.column, joined.items)
        return mask

    def _own(self, name: str, clause: Clause) -> Mask | bool:
        if name not in self._columns:
            return False
        if clause.allowed is not None:
            return self._among(name, clause.allowed)
        column = self._column(name)
        text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        mask = _mask(pc.not_equal(column, "") if text else pc.is_valid(column))
        return mask & ~self._among(name, clause.not_among) if clause.not_among else mask

    def _among(self, name: str, wanted: Iterable[object]) -> Mask:
        column = self._column(name)
        return _mask(pc.is_in(column, pa.array([*wanted], column.type), skip_nulls=True))

    def _column(self, name: str) -> pa.ChunkedArray:
        column = self.rows.table.column(name)
        return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _mask(flags: pa.ChunkedArray) -> Mask:
    mask: Mask = pc.fill_null(flags, False).to_numpy()
    return mask
