"""What judging rows leaves behind: the reason of each, and what it was reached from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from harmoniqc.errors import Findings
from harmoniqc.evaluation.kernel import Codes, Mask
from harmoniqc.evaluation.meaning.book import Book
from harmoniqc.evaluation.meaning.compiled import Compiled
from harmoniqc.evaluation.meaning.facts import Facts
from harmoniqc.evaluation.rows.ingest import Columns
from harmoniqc.evaluation.rows.row_facts import RowFacts
from harmoniqc.evaluation.rows.sparse import Sparse
from harmoniqc.evaluation.verdicts import REASONS, VERDICT_OF_REASON, VERDICTS
from harmoniqc.standard import Batch, Product, Specification


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows of one specification with their reasons.

    Attributes:
        compiled: Its limits in the units of the results.
        rows: The rows it applies to; None: all.
        codes: A code for each of those rows, and
        places: the place in the specification of each code; code -1 points at the last.
        reasons: Reason code of each row, uint8.
        batches: The words of ``batch_id``, and behind them other batches of the batch list it applies to; none where
            nothing is known of any batch.
        listed: The batches of the batch list it applies to, with or without results.
        facts: Facts of each of those batches; none where nothing is known of any.
        situation_of: Situation of each of those batches; one more for rows without a batch.
        late: Rows measured before the method of their test was declared; None: none.
        replaced: Rows set aside because another one supersedes them; None: none.
    """

    compiled: Compiled
    rows: npt.NDArray[np.intp] | None
    codes: Codes
    places: npt.NDArray[np.int32]
    reasons: npt.NDArray[np.uint8]
    batches: tuple[str, ...]
    listed: frozenset[str] = frozenset()
    facts: tuple[Facts, ...] = ()
    situation_of: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(1, np.int32))
    late: Mask | None = None
    replaced: Mask | None = None

    @property
    def specification(self) -> Specification:
        """The specification."""
        return self.compiled.specification

    @property
    def place_of_row(self) -> npt.NDArray[np.int32]:
        """Place of each row."""
        return self.places[self.codes]

    @property
    def tests(self) -> npt.NDArray[np.int32]:
        """Test of each row as its place in the specification, -1 where none."""
        return self.compiled.test_of_place[self.places][self.codes]

    def row(self, place: int) -> int:
        """Return the row in the input of one of the rows judged."""
        return place if self.rows is None else int(self.rows[place])

    def own(self, columns: Columns, facts: RowFacts) -> tuple[Columns, RowFacts]:
        """Return the columns and facts of the rows judged."""
        own = facts if self.rows is None else facts.take(self.rows)
        return (columns if self.rows is None else columns.take(self.rows)), replace(own, replaced=self.replaced)

    def sparse(self, columns: Columns, facts: RowFacts, *, unrounded: bool = False) -> Sparse:
        """Return what judges rows again, given their own columns and facts."""
        return Sparse(self.compiled, columns, facts, self.facts, self.late, unrounded=unrounded)


@dataclass(frozen=True)
class Judgments:
    """The reasons of all rows under all specifications.

    Attributes:
        columns: The results as they were read.
        facts: What the rows say about themselves.
        judged: The reasons, by specification.
        without: Rows no specification applies to, by reason.
        noticed: Findings about the table as a whole.
        as_of: The day for which versions were chosen.
        book: The batches and which are parts of others.
        batches_given: The batches as given.
        products_given: The products as given.
        unspecified: Batches of the batch list to which no specification applies.
    """

    columns: Columns
    facts: RowFacts
    judged: tuple[Judged, ...]
    without: tuple[tuple[str, npt.NDArray[np.intp]], ...]
    noticed: Findings
    as_of: date | None = None
    book: Book = field(default_factory=Book)
    batches_given: tuple[Batch, ...] = ()
    products_given: tuple[Product, ...] = ()
    unspecified: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return how many verdicts of each kind there are, over all specifications."""
        total = np.zeros(len(VERDICTS), np.int64)
        for item in self.judged:
            by_reason = np.bincount(item.reasons, minlength=len(REASONS))
            np.add.at(total, np.array(VERDICT_OF_REASON), by_reason)
        total[VERDICTS.index("not-evaluated")] += sum(len(rows) for _, rows in self.without)
        return dict(zip(VERDICTS, total.tolist(), strict=True))

    @property
    def has_unplaced_rows(self) -> bool:
        """Whether a result answers no test of any specification that applies to it."""
        placed = np.zeros(self.columns.n, np.bool_)
        for item in self.judged:
            mine = item.tests >= 0
            placed[np.flatnonzero(mine) if item.rows is None else item.rows[mine]] = True
        return not bool(placed.all())

    @property
    def rows_without_batch(self) -> int:
        """How many results name no batch; they are judged and belong to no batch verdict."""
        column = self.columns.words.get("batch_id")
        return self.columns.n if column is None else int((column.codes < 0).sum())
