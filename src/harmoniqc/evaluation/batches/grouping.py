"""From results to tests: what the results of a batch say of each test, all of them together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.kernel import Mask, Reasons, least_per_cell
from harmoniqc.evaluation.meaning.parts import NOTHING, Joined, OnePart, Program, Series, join
from harmoniqc.evaluation.rows.ingest import Columns
from harmoniqc.evaluation.rows.judged import Judged, Judgments
from harmoniqc.evaluation.rows.row_facts import RowFacts
from harmoniqc.evaluation.rows.sparse import Sparse
from harmoniqc.evaluation.verdicts import CODE, NEUTRAL, REASONS, SET_ASIDE, VERDICT_OF_REASON
from harmoniqc.standard import Test
from harmoniqc.standard.columns import STATUSES

_ORDER = sorted(range(len(REASONS)), key=lambda code: (VERDICT_OF_REASON[code], code))
"""Reason codes, the worst verdict first."""

_RANKS = bytearray(b"\xff" * 256)
for _rank, _code in enumerate(_ORDER):
    _RANKS[_code] = _rank
_CODE_OF_RANK = np.array([*_ORDER, *[NOTHING] * (256 - len(_ORDER))], np.uint8)

_SET_ASIDE = bytes(name in SET_ASIDE for name in CODE).ljust(256, b"\0")
_NEUTRAL = bytes(name in NEUTRAL for name in CODE).ljust(256, b"\0")
_PRELIMINARY = STATUSES.index("preliminary")


def among(table: bytes, reasons: Reasons) -> Mask:
    """Return which reason codes are marked in a byte table, which is faster than indexing an array."""
    return np.frombuffer(bytearray(np.ascontiguousarray(reasons)).translate(table), np.bool_)


def ranks(reasons: Reasons) -> Reasons:
    """Return the rank of each reason code, the worst first; a rank belongs to one reason."""
    return np.frombuffer(bytearray(np.ascontiguousarray(reasons)).translate(bytes(_RANKS)), np.uint8)


@dataclass(frozen=True)
class Grouped:
    """The rows of a specification by batch and part.

    Attributes:
        judgments: The evaluation.
        item: The specification with its rows.
        batches: The batches that have rows, or are listed for the specification.
        place_of_batch: Place of each batch code among them, -1 where it is not; one more for rows without a batch.
    """

    judgments: Judgments
    item: Judged
    batches: tuple[str, ...]
    place_of_batch: npt.NDArray[np.intp]

    @cached_property
    def own(self) -> tuple[Columns, RowFacts]:
        """The columns and facts of its rows."""
        return self.item.own(self.judgments.columns, self.judgments.facts)

    @property
    def columns(self) -> Columns:
        """The columns of its rows."""
        return self.own[0]

    @cached_property
    def sparse(self) -> Sparse:
        """What judges its rows again."""
        return self.item.sparse(*self.own)

    @cached_property
    def places(self) -> npt.NDArray[np.int32]:
        """Place of each row."""
        return self.item.place_of_row

    @cached_property
    def batch_of_row(self) -> npt.NDArray[np.intp]:
        """Batch of each row, -1 where it has none."""
        words = self.columns.words.get("batch_id")
        if words is None:
            return np.full(self.columns.n, -1)
        return self.place_of_batch[words.codes]

    @cached_property
    def code_of_batch(self) -> npt.NDArray[np.intp]:
        """Place of each batch in :attr:`Judged.batches`."""
        out = np.zeros(len(self.batches), np.intp)
        known = np.flatnonzero(self.place_of_batch[:-1] >= 0)
        out[self.place_of_batch[known]] = known
        return out

    @cached_property
    def situations(self) -> npt.NDArray[np.int32]:
        """Situation of each batch."""
        if len(self.item.compiled.layout.situations) == 1:
            return np.zeros(len(self.batches), np.int32)
        return self.item.situation_of[self.code_of_batch]

    @cached_property
    def counted(self) -> Mask:
        """Rows that have a test and a batch and were not set aside."""
        return np.asarray((self.item.tests >= 0) & ~among(_SET_ASIDE, self.item.reasons) & (self.batch_of_row >= 0))

    @cached_property
    def seats(self) -> npt.NDArray[np.int32]:
        """Place at which the value formed of each row is judged; the place of the row, where none is."""
        formed = np.array([place.formed for place in self.item.compiled.layout.places], np.int32)[self.places]
        return np.where(formed >= 0, formed, self.places).astype(np.int32)

    @cached_property
    def at_seats(self) -> Reasons:
        """Reason code of each row as if it were the whole of the value that is formed of it."""
        rows = np.flatnonzero(self.seats != self.places)
        out = self.item.reasons.copy()
        if len(rows):
            out[rows] = self.sparse.settle(rows, self.seats[rows])
        return out

    @cached_property
    def entries(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Reasons]:
        """Rows that count for a part, the column of the part, and the reason there.

        A row that answers several parts is judged at each.
        """
        places = self.item.compiled.layout.places
        single = np.array([item.parts[0] if len(item.parts) == 1 else -1 for item in places])
        column = single[self.item.places][self.item.codes]
        rows = np.flatnonzero(self.counted & (column >= 0))
        everything = len(rows) == self.columns.n
        parts = [
            (rows, column if everything else column[rows], self.item.reasons if everything else self.item.reasons[rows])
        ]
        for number, place in enumerate(places):
            if place.hidden:
                mine = np.flatnonzero(self.counted & (self.places == number))
                for hidden in place.hidden:
                    at = np.full(len(mine), hidden, np.int32)
                    parts.append((mine, np.full(len(mine), places[hidden].parts[0]), self.sparse.settle(mine, at)))
        if len(parts) == 1:
            return parts[0]
        every_row, every_column, every_reason = zip(*parts, strict=True)
        return np.concatenate(every_row), np.concatenate(every_column), np.concatenate(every_reason)


def grouped(judgments: Judgments, item: Judged) -> Grouped:
    """Group the rows of a specification."""
    columns, _ = item.own(judgments.columns, judgments.facts)
    words = columns.words.get("batch_id")
    in_results = () if words is None else words.words
    batches = item.batches or in_results
    present = np.zeros(len(batches) + 1, np.bool_)
    present[len(in_results) : -1] = True
    if words is not None:
        counts = np.bincount(words.codes + 1, minlength=len(in_results) + 1)
        present[: len(in_results)] = counts[1:] > 0
    if item.listed:
        present[: len(in_results)] |= np.array([name in item.listed for name in in_results], np.bool_)
    place = np.full(len(present), -1, np.intp)
    place[present] = np.arange(int(present.sum()))
    names = batches if present[:-1].all() else tuple(itertools.compress(batches, present.tolist()))
    return Grouped(judgments, item, names, place)


@dataclass(frozen=True, slots=True)
class Formation:
    """A value formed of several results of a batch.

    Attributes:
        batch: The batch.
        test: The test.
        formula: How it was formed.
        value: The value as decimal text, or the interval it lies in.
        unit: Its unit.
        rows: The rows it was formed of, in the input.
        rounding_decided: Whether it would have had the other verdict without rounding.
    """

    batch: str
    test: str
    formula: str
    value: str
    unit: str | None
    rows: tuple[int, ...]
    rounding_decided: bool = False


@dataclass
class Cells:
    """Reason codes of the parts of each batch.

    Attributes:
        worst: uint8, shape (batches, columns): rank of the worst result that counts.
        neutral: The same of results that are not the last word.
        preliminary: Whether there is a preliminary result, and no final one that counts.
    """

    worst: Reasons
    neutral: Reasons
    preliminary: Mask

    def add(self, batch: int, columns: tuple[int, ...], reason: str, *, preliminary: bool = False) -> None:
        """Let a result formed elsewhere count.

        Args:
            batch: The batch.
            columns: The parts it answers.
            reason: Its reason.
            preliminary: Whether it was formed of a preliminary result.
        """
        rank, into = _RANKS[CODE[reason]], self.neutral if reason in NEUTRAL else self.worst
        for column in columns:
            if preliminary:
                self.preliminary[batch, column] |= self.worst[batch, column] == NOTHING
            elif reason not in NEUTRAL:
                self.preliminary[batch, column] = False
            into[batch, column] = min(int(into[batch, column]), rank)

    @property
    def codes(self) -> Reasons:
        """Reason code of each part, :data:`NOTHING` where no result counts."""
        return _CODE_OF_RANK[self.worst]

    @property
    def instead(self) -> Reasons:
        """Why results of each part do not count, where there are such results; uint8, shape (batches, columns)."""
        return _CODE_OF_RANK[self.neutral]


def cells_of(found: Grouped, left_out: Mask | None = None) -> Cells:
    """Return the worst result of each part of each batch.

    Args:
        found: The rows.
        left_out: Rows not to look at; None: none.
    """
    rows, columns, reasons = found.entries
    if left_out is not None:
        kept = ~left_out[rows]
        rows, columns, reasons = rows[kept], columns[kept], reasons[kept]
    shape = (len(found.batches), found.item.compiled.layout.columns)
    cell = found.batch_of_row[rows] * shape[1] + columns
    neutral = among(_NEUTRAL, reasons)
    rank = ranks(reasons)
    size = shape[0] * shape[1]

    def worst(mask: Mask) -> Reasons:
        if mask.all():
            return least_per_cell(cell, rank, size, NOTHING).reshape(shape)
        return least_per_cell(cell[mask], rank[mask], size, NOTHING).reshape(shape)

    preliminary = np.zeros(size, np.bool_)
    status = found.own[1].status
    if status is not None:
        preliminary[cell[status[rows] == _PRELIMINARY]] = True
        preliminary[cell[(status[rows] != _PRELIMINARY) & ~neutral]] = False
    none = np.full(shape, NOTHING, np.uint8)
    return Cells(worst(~neutral), worst(neutral) if neutral.any() else none, preliminary.reshape(shape))


def joined_tests(found: Grouped, cells: Cells, series: dict[tuple[int, Series], Reasons]) -> tuple[Reasons, Mask]:
    """Return the reason code of each test in each batch, and whether the test applies.

    Args:
        found: The rows.
        cells: The parts.
        series: Codes of the trends of each test, by batch.
    """
    layout = found.item.compiled.layout
    codes = cells.codes
    shape = (len(found.batches), len(layout.specification.tests))
    if layout.is_plain:
        return codes, np.ones(shape, np.bool_)
    situation = found.situations
    out, applies = np.full(shape, NOTHING, np.uint8), np.ones(shape, np.bool_)
    for test, variants in enumerate(layout.variants):
        variant_of = layout.variant_of[test][situation]
        first = int(layout.first_column[test])
        for number, variant in enumerate(variants):
            batches = np.flatnonzero(variant_of == number)
            applies[batches, test] = variant.applies is not False and not variant.summed
            if variant.applies is None:
                out[batches, test] = CODE["needs-fact"]
            elif variant.split.program is not None:
                part = codes[batches, first : first + max(1, len(variant.split.parts))]
                known = {key[1]: values[batches] for key, values in series.items() if key[0] == test}
                out[batches, test] = _run(variant.split.program, part, known)
    return out, applies


def _run(program: Program, parts: Reasons, series: dict[Series, Reasons]) -> Reasons:
    if isinstance(program, OnePart):
        return parts[:, program.place]
    if isinstance(program, Series):
        return series[program]
    members = np.stack([_run(member, parts, series) for member in program.members])
    nothing = (members == NOTHING).all(axis=0)
    if program.mode != "staged":
        members[members == NOTHING] = CODE["missing-part"]
    return np.where(nothing, np.uint8(NOTHING), join(program.mode, members))


def series_in(found: Grouped) -> Iterator[tuple[int, Test, Series]]:
    """Yield every trend the tests of a specification ask for."""
    layout = found.item.compiled.layout
    for number, variants in enumerate(layout.variants):
        seen: set[Series] = set()
        for variant in variants:
            for series in _series(variant.split.program):
                if series not in seen:
                    seen.add(series)
                    yield number, layout.specification.tests[number], series


def _series(program: Program | None) -> Iterator[Series]:
    if isinstance(program, Series):
        yield program
    elif isinstance(program, Joined):
        for member in program.members:
            yield from _series(member)
