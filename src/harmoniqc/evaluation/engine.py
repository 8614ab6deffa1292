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
from harmoniqc.evaluation.evaluation import Evaluation
from harmoniqc.evaluation.kernel import (
    ASK,
    Codes,
    Floats,
    Mask,
    Reasons,
    Scratch,
    Slots,
    in_threads,
    plain_reasons,
    proven,
)
from harmoniqc.evaluation.meaning.book import Book, open_book
from harmoniqc.evaluation.meaning.compiled import Compiled
from harmoniqc.evaluation.meaning.facts import Facts
from harmoniqc.evaluation.meaning.layout import Layout
from harmoniqc.evaluation.meaning.projection import EMPTY
from harmoniqc.evaluation.meaning.situations import Situation, questions_of, situations_of
from harmoniqc.evaluation.meaning.unit_texts import ReadUnit, read_units
from harmoniqc.evaluation.rows.ingest import Columns, read_columns
from harmoniqc.evaluation.rows.instants import instant, instants_of
from harmoniqc.evaluation.rows.judged import Judged
from harmoniqc.evaluation.rows.matching import match
from harmoniqc.evaluation.rows.row_facts import RowFacts, replaced, row_facts
from harmoniqc.evaluation.rows.selection import select
from harmoniqc.evaluation.rows.sparse import Sparse
from harmoniqc.evaluation.verdicts import CODE
from harmoniqc.standard import Batch, Product, Specification, results_table

T = TypeVar("T", bound=np.generic)
Table = npt.NDArray[np.int32]

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
        batches: What is known of the batches; they name their specification, product, dates, facts and parts.
        products: What is known of the products; whose cells they are is a fact of each of their batches.
        as_of: The day for which versions are chosen where a batch has no date of its own. Facts of batches that
            became known later are not used.
        threads: How many threads to use; None: one per core.
        progress: Called now and then with the number of rows judged so far; with several specifications it
            counts the rows of each in turn.

    Returns:
        The evaluation: verdicts, reasons, tests, batches and findings.

    Raises:
        ResultsError: If the table lacks a column without which nothing could be judged.
        SelectionError: If no specification is given, something is given twice, or batches are parts of each other.
        TypeError: If the results are no table and no iterable of results.
    """
    given = _specifications(specifications)
    columns = read_columns(results_table(results))
    known, made = tuple(batches or ()), tuple(products or ())
    book = open_book(known, made, as_of)
    selection = select(columns, given, None if batches is None else book, as_of)
    units = read_units(columns.words["unit"].words if "unit" in columns.words else ())
    facts = row_facts(columns, units)
    workers = threads if threads is not None else os.cpu_count() or 1
    judged = []
    for specification, rows, listed in zip(given, selection.rows, selection.batches, strict=True):
        part, part_facts = (columns, facts) if rows is None else (columns.take(rows), facts.take(rows))
        judged.append(_judge(specification, given, units, book, part, part_facts, rows, listed, workers, progress))
    return Evaluation(
        columns=columns,
        facts=facts,
        judged=tuple(judged),
        without=selection.without,
        unspecified=selection.unspecified,
        noticed=Findings([*columns.findings, *_assumed(columns, units), *selection.findings]),
        as_of=as_of,
        book=book,
        batches_given=known,
        products_given=made,
    )


def _judge(
    specification: Specification,
    given: Sequence[Specification],
    units: tuple[ReadUnit, ...],
    book: Book,
    columns: Columns,
    row_facts: RowFacts,
    rows: npt.NDArray[np.intp] | None,
    listed: tuple[str, ...],
    threads: int,
    progress: Callable[[int], object] | None,
) -> Judged:
    """Judge the rows of one specification."""
    others = tuple(given)
    situations: tuple[Situation, ...] = (Situation(book.facts(None, specification)),)
    names: tuple[str, ...] = ()
    facts: tuple[Facts, ...] = ()
    of_batch = np.zeros(1, np.int32)
    if book.batches or book.products:  # else nothing is known of any batch, and their names need not be read
        words = columns.words["batch_id"].words if "batch_id" in columns.words else ()
        in_results = set(words)
        names = (*words, *(name for name in listed if name not in in_results))
        codes_here = columns.words["batch_id"].codes if words else np.zeros(0, np.int32)
        judged = {words[code] for code in np.unique(codes_here[codes_here >= 0]).tolist()} | set(listed)
        facts = tuple(book.facts(name, specification) for name in names)
        questions = questions_of(specification, others)
        of_batch = np.zeros(len(names) + 1, np.int32)
        if book.parts or not questions.none:
            known = [
                (book.batches.get(name), fact, book.summed(name, specification, judged))
                for name, fact in zip(names, facts, strict=True)
            ]
            situations, found = situations_of(questions, [*known, (None, situations[0].facts, frozenset())])
            of_batch = np.array(found, np.int32)
    layout = Layout(specification, situations, others)
    classes = match(columns, specification, others)
    table = layout.assign(classes.tests.tolist(), classes.reasons.tolist(), classes.words)
    codes: Codes = classes.codes
    places = np.ascontiguousarray(table[:, 0])
    if len(situations) > 1:
        batch = columns.words["batch_id"].codes if "batch_id" in columns.words else np.full(columns.n, -1)
        codes, places = table[classes.codes, of_batch[batch]], np.arange(len(layout.places), dtype=np.int32)
    compiled = Compiled(layout, units)
    tests_of_row = classes.tests[classes.codes]
    late = _declared_late(specification, layout, book, columns, rows, tests_of_row)
    superseded = replaced(columns, row_facts, tests_of_row, with_reference=True)
    row_facts = replace(row_facts, replaced=superseded)
    sparse = Sparse(compiled, columns, row_facts, facts, late)
    reasons = _judge_rows(compiled, codes, places, columns, row_facts, sparse, threads, progress)
    return Judged(compiled, rows, codes, places, reasons, names, frozenset(listed), facts, of_batch, late, superseded)


def _declared_late(
    specification: Specification,
    layout: Layout,
    book: Book,
    columns: Columns,
    rows: npt.NDArray[np.intp] | None,
    tests_of_row: npt.NDArray[np.int32],
) -> Mask | None:
    """Return rows that were measured before the method of their test was declared."""
    if not any(place.late for place in layout.places):
        return None
    measured = instants_of(columns.table, "measured_at")
    if measured is None or "batch_id" not in columns.words:
        return None
    times = measured if rows is None else measured[rows]
    batch = columns.words["batch_id"]
    number_of = {test.id: number for number, test in enumerate(specification.tests)}
    first = np.full((len(batch.words) + 1, len(specification.tests) + 1), np.datetime64("NaT", "us"))
    for code, name in enumerate(batch.words):
        known = book.batches.get(name)
        for item in () if known is None else known.declared_methods:
            number = number_of.get(item.test)
            if item.declared_at is not None and number is not None:  # declared again, it was declared the first time
                first[code, number] = np.fmin(first[code, number], instant(item.declared_at))
    out = times < first[batch.codes, tests_of_row]  # no batch, no test and no declaration are never: not late
    return np.asarray(out) if out.any() else None


def _assumed(columns: Columns, units: Sequence[ReadUnit]) -> Iterator[Finding]:
    """Yield what was assumed in reading units, with the rows it concerns."""
    for code, unit in enumerate(units):
        for finding in unit.assumptions:
            rows = np.flatnonzero(columns.words["unit"].codes == code)
            if len(rows):
                yield replace(finding, row=int(rows[0]), count=len(rows))


def _judge_rows(
    compiled: Compiled,
    codes: Codes,
    places: Table,
    columns: Columns,
    facts: RowFacts,
    sparse: Sparse,
    threads: int,
    progress: Callable[[int], object] | None,
) -> npt.NDArray[np.uint8]:
    """Return the reason code of each row."""
    reasons = np.zeros(columns.n, np.uint8)  # within-limit is zero, so what the loop proves is written already
    numbers, special = columns.numbers.get("value"), facts.special()
    if numbers is None:
        return sparse.settle(np.arange(columns.n), places[codes])
    units = columns.words.get("unit")
    slots = Slots(codes, None if units is None else units.codes, len(compiled.units))
    low, high, domain_low, domain_high, why = _by_slot(compiled, places)
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
            reasons[part] = sparse.settle(part, places[codes[part]])

    in_threads(columns.n, threads, work)
    return reasons


def _by_slot(compiled: Compiled, places: Table) -> tuple[Floats, Floats, Floats, Floats, Reasons]:
    """Return what the hot loop gathers from: bounds, domain and reasons for each code in each unit.

    A reason of 0 says that the number alone decides, ASK that more has to be looked at. Codes and units count from
    -1, which stands for none and comes first.
    """
    slot = compiled.slot
    alone = (slot >= 0) & ~compiled.gated[:, np.newaxis]
    inside = compiled.inside
    low = np.where(alone, inside.low[slot], EMPTY[0])
    high = np.where(alone, inside.high[slot], EMPTY[1])
    several = np.isin(slot, list(inside.more))
    why = np.where(alone & ~several, 0, ASK).astype(np.uint8)
    refused = (compiled.reason > 0) & ~compiled.gated[:, np.newaxis]
    why[refused] = compiled.reason[refused]
    static = compiled.static > 0
    why[static] = compiled.static[static, np.newaxis]
    return (
        _spread(low, places),
        _spread(high, places),
        _spread(compiled.domain_low[slot], places),
        _spread(compiled.domain_high[slot], places),
        _spread(why, places),
    )


def _spread(table: npt.NDArray[T], places: Table) -> npt.NDArray[T]:
    """Spread a table over (place, unit) over (code, unit), with code -1 and unit -1 first."""
    rows = np.concatenate([places[-1:], places])
    columns = np.concatenate([[-1], np.arange(table.shape[1] - 1)])
    return np.ascontiguousarray(table[rows][:, columns]).ravel()


def _specifications(given: Specification | Iterable[Specification]) -> Sequence[Specification]:
    specifications = (given,) if isinstance(given, Specification) else tuple(given)
    for item in specifications:
        if not isinstance(item, Specification):
            raise TypeError(f"specifications are Specification documents, not {type(item).__name__}")
    if not specifications:
        message = "no specification was given"
        raise SelectionError(message, (Finding("no-specification", message),))
    return specifications
