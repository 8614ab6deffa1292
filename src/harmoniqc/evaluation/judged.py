"""What judging rows leaves behind: the reason of each, and what it was reached from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from harmoniqc.errors import Findings
from harmoniqc.evaluation.compiled import Compiled
from harmoniqc.evaluation.ingest import Columns
from harmoniqc.evaluation.matching import Classes
from harmoniqc.evaluation.rows import RowFacts
from harmoniqc.evaluation.verdicts import REASONS, VERDICT_OF_REASON, VERDICTS
from harmoniqc.standard import Batch, Product, Specification


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows of one specification with their reasons.

    Attributes:
        specification: The specification.
        compiled: Its limits in the units of the results.
        rows: The rows it applies to; None: all.
        classes: The test of each of those rows.
        reasons: Reason code of each, uint8.
        listed: Batches of the batch list it applies to, with or without results.
    """

    specification: Specification
    compiled: Compiled
    rows: npt.NDArray[np.intp] | None
    classes: Classes
    reasons: npt.NDArray[np.uint8]
    listed: tuple[str, ...]

    @property
    def tests(self) -> npt.NDArray[np.int32]:
        """Test of each row as its place in the specification, -1 where none."""
        return self.classes.tests[self.classes.codes]


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
        batches_given: The batches, as they were given.
        products_given: The products, as they were given.
    """

    columns: Columns
    facts: RowFacts
    judged: tuple[Judged, ...]
    without: tuple[tuple[str, npt.NDArray[np.intp]], ...]
    noticed: Findings
    as_of: date | None = None
    batches_given: tuple[Batch, ...] = ()
    products_given: tuple[Product, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return how many verdicts of each kind there are, over all specifications."""
        total = np.zeros(len(VERDICTS), np.int64)
        for item in self.judged:
            by_reason = np.bincount(item.reasons, minlength=len(REASONS))
            np.add.at(total, np.array(VERDICT_OF_REASON), by_reason)
        total[VERDICTS.index("not-evaluated")] += sum(len(rows) for _, rows in self.without)
        return dict(zip(VERDICTS, total.tolist(), strict=True))

    @property
    def rows_without_batch(self) -> int:
        """How many results name no batch; they are judged and belong to no batch verdict."""
        column = self.columns.words.get("batch_id")
        return self.columns.n if column is None else int((column.codes < 0).sum())
