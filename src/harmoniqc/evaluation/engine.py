"""Results against specifications, in bulk: choose, match, compile, compare, and keep why."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from harmoniqc.errors import Finding, Findings, SelectionError
from harmoniqc.evaluation.compiled import Compiled
from harmoniqc.evaluation.evaluation import Evaluation
from harmoniqc.evaluation.ingest import Columns, read_columns
from harmoniqc.evaluation.judged import Judged
from harmoniqc.evaluation.kernel import ASK, Scratch, Slots, in_threads, plain_reasons, proven
from harmoniqc.evaluation.matching import Classes, match
from harmoniqc.evaluation.rows import RowFacts, row_facts
from harmoniqc.evaluation.selection import select
from harmoniqc.evaluation.sparse import Sparse
from harmoniqc.evaluation.unit_texts import ReadUnit, read_units
from harmoniqc.evaluation.verdicts import CODE
from harmoniqc.standard import Batch, Limit, Product, Specification, results_table

T = TypeVar("T", bound=np.generic)

_SETTLE = 1 << 18
"""Rows settled at once by the sparse path: enough to spread the cost of its steps, few enough to stay in cache."""


def evaluate(
    results: object,
    specifications: Specification | Iterable[Specification],
    *,
    batches: Iterable[Batch] | None = None,
    products: Iterable[Product] | None = None,
    as_of: date | None = None,
    threads: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> Evaluation:
    """Judge every result against every specification that applies to it.

    Args:
        results: A table of any library that speaks the Arrow C stream (pyarrow, polars, pandas, duckdb) with
            columns of :data:`harmoniqc.COLUMNS`, or an iterable of :class:`harmoniqc.Result`. Never changed.
        specifications: One specification, or several: of several authorities, or versions of one.
        batches: What is known of the batches; they name their specification, product, dates and facts.
        products: What is known of the products.
        as_of: The day for which versions are chosen where a batch has no date of its own.
        threads: How many threads to use; None: one per core.
        progress: Called now and then with the number of rows judged so far; with several specifications it
            counts the rows of each in turn.

    Returns:
        The evaluation: verdicts, reasons, batches and findings.

    Raises:
        ResultsError: If the table lacks a column without which nothing could be judged.
        SelectionError: If no specification is given, or one is given twice.
        TypeError: If the results are no table and no iterable of results.
    """
    given = _specifications(specifications)
    columns = read_columns(results_table(results))
    known = None if batches is None else tuple(batches)
    selection = select(columns, given, known, as_of)
    units = read_units(columns.words["unit"].words if "unit" in columns.words else ())
    facts = row_facts(columns)
    workers = threads if threads is not None else os.cpu_count() or 1
    judged = []
    for specification, rows, listed in zip(given, selection.rows, selection.batches, strict=True):
        part, part_facts = (columns, facts) if rows is None else (columns.take(rows), facts.take(rows))
        compiled = Compiled(specification, units)
        classes = match(part, specification)
        reasons = _judge_rows(compiled, classes, part, part_facts, workers, progress)
        judged.append(Judged(specification, compiled, rows, classes, reasons, listed))
    return Evaluation(
        columns=columns,
        facts=facts,
        judged=tuple(judged),
        without=selection.without,
        noticed=Findings([*columns.findings, *_assumed(columns, units), *selection.findings]),
        as_of=as_of,
        batches_given=known or (),
        products_given=() if products is None else tuple(products),
    )


def _assumed(columns: Columns, units: Sequence[ReadUnit]) -> Iterator[Finding]:
    """Yield what was assumed in reading units, with the rows it concerns."""
    for code, unit in enumerate(units):
        for finding in unit.assumptions:
            rows = np.flatnonzero(columns.words["unit"].codes == code)
            if len(rows):
                yield replace(finding, row=int(rows[0]), count=len(rows))


def _judge_rows(
    compiled: Compiled,
    classes: Classes,
    columns: Columns,
    facts: RowFacts,
    threads: int,
    progress: Callable[[int], object] | None,
) -> npt.NDArray[np.uint8]:
    """Return the reason code of each row."""
    reasons = np.zeros(columns.n, np.uint8)  # within-limit is zero, so what the loop proves is written already
    sparse = Sparse(compiled, classes, columns, facts)
    numbers, special = columns.numbers.get("value"), facts.special()
    if numbers is None:
        return sparse.settle(np.arange(columns.n))
    units = columns.words.get("unit")
    slots = Slots(classes.codes, None if units is None else units.codes, len(compiled.units))
    low, high, domain_low, domain_high = (
        _by_slot(table, classes) for table in (compiled.low, compiled.high, compiled.domain_low, compiled.domain_high)
    )
    why = _why_by_slot(compiled, classes)
    outside = (CODE["outside-limit"], CODE["outside-domain"])
    lock, done = threading.Lock(), 0

    def work(parts: list[slice]) -> None:
        nonlocal done
        scratch, left = Scratch(), []
        for rows in parts:
            ok = proven(numbers.values, slots, low, high, rows, scratch)
            unclear = None if special is None else special[rows]
            if numbers.missing is not None:
                unclear = numbers.missing[rows] if unclear is None else unclear | numbers.missing[rows]
            if unclear is not None:
                ok &= ~unclear
            rest = np.flatnonzero(~ok)
            found = plain_reasons(
                numbers.values[rows][rest], scratch.index[rest], why, (domain_low, domain_high), outside
            )
            if unclear is not None:
                found[unclear[rest]] = ASK
            rest += rows.start
            reasons[rest] = found
            left.append(rest[found == ASK])
            if progress is not None:
                with lock:
                    done += rows.stop - rows.start
                    progress(done)
        asked = np.concatenate(left) if left else np.zeros(0, np.intp)
        for start in range(0, len(asked), _SETTLE):
            part = asked[start : start + _SETTLE]
            reasons[part] = sparse.settle(part)

    in_threads(columns.n, threads, work)
    return reasons


def _by_slot(table: npt.NDArray[T], classes: Classes) -> npt.NDArray[T]:
    """Spread a table over (test, unit) over (class, unit), with class -1 and unit -1 first, as slots count them."""
    places = np.concatenate([classes.tests[-1:], classes.tests])
    columns = np.concatenate([[-1], np.arange(table.shape[1] - 1)])
    return np.ascontiguousarray(table[places][:, columns]).ravel()


def _why_by_slot(compiled: Compiled, classes: Classes) -> npt.NDArray[np.uint8]:
    """Return for each slot why no number is compared in it: 0 where one is, ASK where words decide."""
    table = compiled.reason.copy()
    for place, test in enumerate(compiled.specification.tests):
        if compiled.static[place]:
            table[place] = compiled.static[place]
        elif not isinstance(test.criterion, Limit):
            table[place] = ASK
    why = _by_slot(table, classes).reshape(-1, table.shape[1])
    no_test = np.concatenate([classes.tests[-1:], classes.tests]) < 0
    reasons = np.concatenate([classes.reasons[-1:], classes.reasons])
    why[no_test] = reasons[no_test, np.newaxis]
    return why.ravel()


def _specifications(given: Specification | Iterable[Specification]) -> Sequence[Specification]:
    specifications = (given,) if isinstance(given, Specification) else tuple(given)
    for item in specifications:
        if not isinstance(item, Specification):
            raise TypeError(f"specifications are Specification documents, not {type(item).__name__}")
    if not specifications:
        message = "no specification was given"
        raise SelectionError(message, (Finding("no-specification", message),))
    return specifications
