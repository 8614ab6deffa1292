"""The hot loop: two gathers and two comparisons per row, in numpy alone.

Everything that could go wrong has been turned into bounds before: an unknown unit, a missing test, a criterion
that is not numeric have bounds that no number satisfies. The loop only ever proves ``conforms``; what it does not
prove is looked at again, row by row in meaning but vectorized in fact, by :mod:`harmoniqc.evaluation.rows.sparse`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

CHUNK = 1 << 16
"""Rows per step: the scratch arrays of one step stay in the second-level cache."""

Codes = npt.NDArray[np.signedinteger]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Reasons = npt.NDArray[np.uint8]

ASK = 255
"""Stands for a reason where one still has to be found."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Slots:
    """Which pair of bounds a row is compared with: one slot for each class of rows in each unit.

    Attributes:
        classes: Class of each row, -1 where none; any signed integer type. Shape (n,).
        units: Code of each row's unit, -1 where none. Shape (n,), or None where no row has a unit.
        width: Number of unit codes plus one; slot = (class + 1) * width + unit + 1.
    """

    classes: Codes
    units: Codes | None
    width: int

    def of(self, rows: slice | npt.NDArray[np.intp], out: npt.NDArray[np.int32] | None = None) -> npt.NDArray[np.int32]:
        """Return the slot of some rows, as int32."""
        slots = np.multiply(self.classes[rows], np.int32(self.width), out=out, dtype=np.int32)
        if self.units is not None:
            np.add(slots, self.units[rows], out=slots, casting="unsafe")
            slots += np.int32(self.width + 1)
        else:
            slots += np.int32(self.width)
        return slots


class Scratch:
    """Work arrays of one thread."""

    __slots__ = ("bound", "index", "ok", "other", "slot")

    def __init__(self) -> None:
        self.slot = np.empty(CHUNK, np.int32)
        self.index = np.empty(CHUNK, np.intp)
        self.bound = np.empty(CHUNK, np.float64)
        self.ok = np.empty(CHUNK, np.bool_)
        self.other = np.empty(CHUNK, np.bool_)


def proven(values: Floats, slots: Slots, low: Floats, high: Floats, rows: slice, scratch: Scratch) -> Mask:
    """Return which rows conform for certain.

    Args:
        values: Values of all rows, float64, shape (n,); NaN never conforms.
        slots: Slot of each row.
        low: Lower bound of each slot, float64.
        high: Upper bound of each slot, float64; (inf, -inf) where nothing conforms.
        rows: The rows to look at, at most :data:`CHUNK`.
        scratch: Work arrays; the mask returned is one of them and valid until the next call.
    """
    part = values[rows]
    n = part.shape[0]
    slot, index, bound, ok, other = (
        scratch.slot[:n],
        scratch.index[:n],
        scratch.bound[:n],
        scratch.ok[:n],
        scratch.other[:n],
    )
    slots.of(rows, out=slot)
    np.copyto(index, slot)
    np.take(low, index, out=bound, mode="clip")  # "clip" spares a copy; every index is in range
    np.greater_equal(part, bound, out=ok)
    np.take(high, index, out=bound, mode="clip")
    np.less_equal(part, bound, out=other)
    np.logical_and(ok, other, out=ok)
    return ok


def plain_reasons(
    values: Floats, slots: npt.NDArray[np.intp], why: Reasons, domain: tuple[Floats, Floats], outside: tuple[int, int]
) -> Reasons:
    """Return the reasons of rows that did not conform and carry one number and nothing else.

    Args:
        values: Their values, float64, shape (m,).
        slots: Their slots, shape (m,).
        why: For each slot why nothing is compared in it, uint8; 0: something is, :data:`ASK`: not by its number.
        domain: For each slot the least and the largest value that can exist.
        outside: Reason codes of a value outside its limit, and outside its domain.

    Returns:
        uint8, shape (m,); :data:`ASK` where the number alone does not tell.
    """
    reasons = why[slots]
    exists = (values >= domain[0][slots]) & (values <= domain[1][slots])
    compared = np.where(exists, np.uint8(outside[0]), np.uint8(outside[1]))
    reasons = np.where(reasons == 0, compared, reasons)
    reasons[~np.isfinite(values)] = ASK
    return reasons


def chunks(n: int) -> Iterator[slice]:
    """Yield the slices of n rows."""
    for start in range(0, n, CHUNK):
        yield slice(start, min(start + CHUNK, n))


def in_threads(n: int, threads: int, work: Callable[[list[slice]], T]) -> list[T]:
    """Share the chunks of n rows among threads, in contiguous runs; numpy releases the interpreter lock.

    Args:
        n: Number of rows.
        threads: How many threads to use at most.
        work: Called once per thread with its chunks.
    """
    parts = list(chunks(n))
    threads = max(1, min(threads, len(parts)))
    if threads == 1:
        return [work(parts)]
    size = -(-len(parts) // threads)
    runs = [parts[start : start + size] for start in range(0, len(parts), size)]
    with ThreadPoolExecutor(len(runs)) as pool:
        return list(pool.map(work, runs))


def least_per_cell(
    cells: npt.NDArray[np.intp], codes: npt.NDArray[np.uint8], n_cells: int, empty: int
) -> npt.NDArray[np.uint8]:
    """Return the least code of each cell, ``empty`` where a cell has no row.

    Args:
        cells: Cell of each row, intp, shape (n,).
        codes: Code of each row, uint8, shape (n,); outcomes ordered so that the least is the worst.
        n_cells: Number of cells.
        empty: Code of a cell without rows; greater than every code.
    """
    least = np.full(n_cells, empty, np.uint8)
    np.minimum.at(least, cells, codes)
    return least
