"""What an evaluation found: verdicts, reasons, batches, findings; computed once, read in many ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from harmoniqc.errors import Findings
from harmoniqc.evaluation.batches.derived import DERIVED_SCHEMA, derived_of
from harmoniqc.evaluation.batches.pending import PENDING_SCHEMA, pending_of
from harmoniqc.evaluation.batches.rollup import BATCH_SCHEMA, HISTORY_SCHEMA, TEST_SCHEMA, BatchVerdicts, table_of
from harmoniqc.evaluation.noticed import findings_of
from harmoniqc.evaluation.record import record_of
from harmoniqc.evaluation.report import explain_row, lines_of, summary_of
from harmoniqc.evaluation.rows.judged import Judgments
from harmoniqc.evaluation.verdicts import CODE, REASONS, VERDICTS, verdict_codes
from harmoniqc.standard import EvaluationRecord, Specification


@dataclass(frozen=True)
class Evaluation(Judgments):
    """The outcome of :func:`harmoniqc.evaluate`. Frozen; what it shows is computed when first asked for."""

    @property
    def specifications(self) -> tuple[Specification, ...]:
        """The specifications, in the order given."""
        return tuple(item.specification for item in self.judged)

    @cached_property
    def verdicts(self) -> pa.Table:
        """One row for each result and specification that applies to it.

        Columns: ``row`` (int64, place of the result in the input), ``specification``, ``test`` (null where no
        test matches), ``verdict``, ``reason``, ``specification_version``; all but ``row`` dictionary-coded. A
        result no specification applies to has one row with a null specification.
        """
        parts = [self._part(place) for place in range(len(self.judged))]
        parts += [self._nowhere(reason, rows) for reason, rows in self.without]
        return pa.concat_tables(parts).unify_dictionaries()

    def codes(self, specification: Specification | str | None = None) -> npt.NDArray[np.uint8]:
        """Return the verdicts of a specification as codes, places in :data:`harmoniqc.VERDICTS`.

        Args:
            specification: The specification, or its id; may be left out if there was only one.

        Returns:
            uint8, shape (number of rows the specification applies to,), in the order of the input.

        Raises:
            KeyError: If the specification was not part of the evaluation, or several fit.
        """
        return verdict_codes(self.judged[self._place(specification)].reasons)

    def results(self, specification: Specification | str | None = None) -> pa.Table:
        """Return the input rows of a specification, with ``test``, ``verdict`` and ``reason`` behind them.

        Args:
            specification: The specification, or its id; may be left out if there was only one.

        A column of the input that already has one of these names keeps it; ours is then called
        ``test_computed``, and so on.

        Raises:
            KeyError: If the specification was not part of the evaluation, or several fit.
        """
        place = self._place(specification)
        item = self.judged[place]
        table = self.columns.table
        if item.rows is not None:
            table = table.take(pa.array(item.rows))
        part = self._part(place)
        for name in ("test", "verdict", "reason"):
            taken = name in table.column_names
            table = table.append_column(f"{name}_computed" if taken else name, part.column(name))
        return table

    @cached_property
    def tests(self) -> pa.Table:
        """One row for each test in each batch.

        Columns: ``batch``, ``specification``, ``specification_version``, ``test``, ``verdict`` (as of a result, and
        ``missing``, ``not-applicable``), ``reason`` (null where no result counts), ``provisional``, and ``results``,
        the number of results that count.
        """
        return table_of([part.tests() for part in self._batch_verdicts], TEST_SCHEMA)

    @cached_property
    def batches(self) -> pa.Table:
        """One row for each batch, specification and decision point.

        Columns: ``batch``, ``specification``, ``specification_version``, ``decision_point``, ``verdict``
        (conforms, does-not-conform, indeterminate, incomplete), ``provisional``, ``overtaken`` (a reading made
        after the release failed; the verdict is that of the release), and the ids of tests that ``failed``, are
        ``undecided``, ``missing``, ``not_evaluated`` or ``not_applicable``.
        """
        return table_of([table for part in self._batch_verdicts for table in part.batches()], BATCH_SCHEMA)

    @cached_property
    def history(self) -> pa.Table:
        """What the verdicts were after each day on which a culture was read, for the batches read that day.

        Columns: ``batch``, ``specification``, ``specification_version``, ``decision_point``, ``read_day``,
        ``verdict``, ``provisional``.
        """
        return table_of([table for part in self._batch_verdicts for table in part.history()], HISTORY_SCHEMA)

    @cached_property
    def derived(self) -> pa.Table:
        """Values that facts carried over into the unit of a limit, and values formed of several results.

        Columns: ``row`` (place of the result in the input, null where several), ``batch``, ``specification``,
        ``specification_version``, ``test``, ``formula``, ``value`` (decimal text, or the interval it lies in),
        ``comparator``, ``unit``, and ``inputs``, the facts or rows it was computed from.
        """
        return table_of([derived_of(part) for part in self._batch_verdicts], DERIVED_SCHEMA)

    def pending(self) -> pa.Table:
        """Return what keeps batches from a decision, and which read-out will decide it.

        Columns: ``batch``, ``specification``, ``specification_version``, ``decision_point``, ``test``, ``state``
        (``missing``, ``interim``, ``undecided``, ``not-evaluated``), ``reason`` and ``decided_by``.
        """
        return table_of([table for part in self._batch_verdicts for table in pending_of(part)], PENDING_SCHEMA)

    @cached_property
    def findings(self) -> Findings:
        """Everything a person should know, worst first; identical findings are counted."""
        return findings_of(self, self._batch_verdicts)

    @cached_property
    def _batch_verdicts(self) -> tuple[BatchVerdicts, ...]:
        return tuple(BatchVerdicts(self, item) for item in self.judged)

    def __getstate__(self) -> dict[str, object]:
        """Leave out what is computed when asked for."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)

    @property
    def conforms(self) -> bool:
        """Whether every batch conforms at every decision point, and still does, and every row was placed."""
        verdicts = self.batches.column("verdict").unique().to_pylist()
        overtaken = True in self.batches.column("overtaken").unique().to_pylist()
        placed = not (self.has_unplaced_rows or self.unspecified or self.rows_without_batch)
        return placed and not overtaken and verdicts == ["conforms"]

    def explain(self, row: int, specification: Specification | str | None = None) -> str:
        """Return one sentence: what the result of a row was compared with, and what came of it."""
        return explain_row(self, self.judged[self._place(specification)], row)

    def lines(self, *, limit: int | None = None) -> Iterator[tuple[str, str, str, str, str, str]]:
        """Yield batch, test, result, criterion, verdict and reason of each verdict, as a person would write them.

        Args:
            limit: How many at most; those that did not conform come first. None: all, in the order of the input.
        """
        return lines_of(self, limit)

    def summary(self, *, limit: int = 20) -> str:
        """Return a text a person can read: counts, batches, and what did not conform.

        Args:
            limit: How many results to explain at most; the rest is counted.
        """
        return summary_of(self, self.batches, self.findings, limit)

    def record(self, evaluated_at: datetime | None = None) -> EvaluationRecord:
        """Return what is needed to repeat the evaluation: hashes of all that went in and of what came out.

        Args:
            evaluated_at: When it was done, with its offset from UTC; None: now.

        The record does not say where the input lies; ``harmoniqc evaluate --record`` writes one that does, for
        :func:`harmoniqc.replay`.

        Raises:
            ValueError: If the time has no offset.
        """
        return record_of(self, evaluated_at)

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        counts = ", ".join(f"{count:,} {verdict}" for verdict, count in self.counts().items() if count)
        return f"<Evaluation of {self.columns.n:,} results against {len(self.judged)} specification(s): {counts}>"

    def _place(self, specification: Specification | str | None) -> int:
        if specification is None:
            found = list(range(len(self.judged)))
        elif isinstance(specification, str):
            found = [place for place, item in enumerate(self.judged) if item.specification.id == specification]
        else:
            found = [place for place, item in enumerate(self.judged) if item.specification == specification]
        if len(found) != 1:
            names = ", ".join(f"{item.specification.id} version {item.specification.version}" for item in self.judged)
            raise KeyError(f"name one of the specifications evaluated: {names}")
        return found[0]

    def _part(self, place: int) -> pa.Table:
        item = self.judged[place]
        rows = np.arange(self.columns.n) if item.rows is None else item.rows
        ids = [test.id for test in item.specification.tests]
        tests = item.tests
        return _verdict_table(
            rows,
            item.specification.id,
            pa.DictionaryArray.from_arrays(pa.array(tests, mask=tests < 0), pa.array(ids)),
            item.reasons,
            item.specification.version,
        )

    def _nowhere(self, reason: str, rows: npt.NDArray[np.intp]) -> pa.Table:
        nothing = pa.DictionaryArray.from_arrays(pa.nulls(len(rows), pa.int32()), pa.array([], pa.string()))
        return _verdict_table(rows, None, nothing, np.full(len(rows), CODE[reason], np.uint8), None)


def _verdict_table(
    rows: npt.NDArray[np.intp],
    specification: str | None,
    tests: pa.DictionaryArray,
    reasons: npt.NDArray[np.uint8],
    version: str | None,
) -> pa.Table:
    def constant(word: str | None) -> pa.DictionaryArray:
        codes = pa.nulls(len(rows), pa.int32()) if word is None else pa.array(np.zeros(len(rows), np.int32))
        return pa.DictionaryArray.from_arrays(codes, pa.array([] if word is None else [word], pa.string()))

    return pa.table(
        {
            "row": pa.array(rows.astype(np.int64, copy=False)),
            "specification": constant(specification),
            "test": tests,
            "verdict": pa.DictionaryArray.from_arrays(
                pa.array(verdict_codes(reasons).view(np.int8)), pa.array(VERDICTS)
            ),
            "reason": pa.DictionaryArray.from_arrays(pa.array(reasons.astype(np.int16)), pa.array(REASONS)),
            "specification_version": constant(version),
        }
    )
