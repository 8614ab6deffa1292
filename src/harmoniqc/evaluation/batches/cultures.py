"""Cultures read on several days: growth is decisive at once, for every reading of the culture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.batches.grouping import Grouped
from harmoniqc.evaluation.batches.usable import usable
from harmoniqc.evaluation.kernel import Mask, Reasons
from harmoniqc.evaluation.meaning.parts import NOTHING
from harmoniqc.evaluation.meaning.selecting import cultures_in
from harmoniqc.evaluation.rows.instants import times_of
from harmoniqc.evaluation.verdicts import CODE, CONFORMS, DOES_NOT_CONFORM, verdict_codes
from harmoniqc.standard import Specification
from harmoniqc.standard.columns import STATUSES

RELEASE = "release"

_NOT_READ = [CODE[reason] for reason in ("not-final", "investigation-missing", "read-too-early", "read-day-not-stated")]


@dataclass(frozen=True, slots=True)
class Culture:
    """Tests that are readings of one culture.

    Attributes:
        tests: Their places in the specification.
        final: Those that are final readings.
    """

    tests: tuple[int, ...]
    final: tuple[int, ...]


def cultures_of(specification: Specification) -> tuple[Culture, ...]:
    """Return the cultures whose readings a specification asks for."""
    tests = specification.tests
    return tuple(
        Culture(tuple(group), tuple(place for place in group if _is_final(specification, place)))
        for group in cultures_in(tests)
    )


def spread_growth(specification: Specification, reasons: Reasons) -> None:
    """Let a reading that fails fail every test of its culture, and one that conforms satisfy earlier read points.

    Args:
        specification: The specification.
        reasons: Reason code of each test in each batch, shape (batches, tests); changed in place.
    """
    for culture in cultures_of(specification):
        tests = list(culture.tests)
        verdicts = np.where(
            reasons[:, tests] == NOTHING,
            np.uint8(NOTHING),
            verdict_codes(reasons[:, tests].ravel()).reshape(-1, len(tests)),
        )
        failed = verdicts == DOES_NOT_CONFORM
        which = failed.argmax(axis=1)
        grown = np.flatnonzero(failed.any(axis=1))
        code = reasons[grown, np.array(tests)[which[grown]]]
        for place, test in enumerate(tests):
            fresh = grown[~failed[grown, place]]
            reasons[fresh, test] = code[~failed[grown, place]]
        _satisfy_earlier(specification, culture, reasons)


def interim_only(found: Grouped, reasons: Reasons, left_out: Mask | None) -> Mask:
    """Return where an interim reading stands in for the final one to come.

    A batch was read finally if it was itself, or if each of its parts was that has results.

    Args:
        found: The rows.
        reasons: Reason code of each test in each batch, shape (batches, tests).
        left_out: Rows not to look at; None: none.

    Returns:
        Shape (batches, tests).
    """
    early = np.zeros(reasons.shape, np.bool_)
    for culture in cultures_of(found.item.specification):
        if culture.final:
            tests = list(culture.tests)
            open_ = ~_was_read_finally(found, culture, left_out)
            early[:, tests] = open_[:, np.newaxis] & (reasons[:, tests] != NOTHING)
    return early


def _satisfy_earlier(specification: Specification, culture: Culture, reasons: Reasons) -> None:
    """Let a reading that conforms satisfy earlier read points that have no reading of their own.

    An interim reading never satisfies a final one, whatever their days.
    """
    for test in culture.tests:
        for later in culture.tests:
            may = _is_final(specification, later) or not _is_final(specification, test)
            if may and _day(specification, later) > _day(specification, test):
                conforms = verdict_codes(reasons[:, later]) == CONFORMS
                taken = conforms & (reasons[:, later] != NOTHING) & (reasons[:, test] == NOTHING)
                reasons[taken, test] = reasons[taken, later]


def _is_final(specification: Specification, test: int) -> bool:
    point = specification.tests[test].read_point
    return point is not None and point.final


def _day(specification: Specification, test: int) -> float:
    point = specification.tests[test].read_point
    if point is None or point.day is None:
        return math.inf if point is None or point.final else 0
    return point.day


def _was_read_finally(found: Grouped, culture: Culture, left_out: Mask | None) -> npt.NDArray[np.bool_]:
    places = found.item.compiled.layout.places
    mask = usable(found, left_out) & np.isin(found.item.tests, culture.final)
    mask &= ~np.isin(found.item.reasons, _NOT_READ)
    status = found.own[1].status
    if status is not None:
        mask &= status != STATUSES.index("preliminary")
    rows = np.flatnonzero(mask)
    in_time = np.array([place.gate is None for place in places], np.bool_)
    rows = rows[in_time[found.seats[rows]]]
    out = np.zeros(len(found.batches), np.bool_)
    out[found.batch_of_row[rows]] = True
    book = found.judgments.book
    if book.parts:
        place = {name: number for number, name in enumerate(found.batches)}
        tested = np.zeros(len(found.batches), np.bool_)
        tested[found.batch_of_row[found.batch_of_row >= 0]] = True
        for whole in book.from_parts_up:
            if whole in place:
                parts = [place[part] for part in book.parts[whole] if part in place]
                parts = [part for part in parts if tested[part] or found.batches[part] in book.parts]
                out[place[whole]] |= bool(parts) and bool(out[parts].all())
    return out


def readings(found: Grouped) -> Mask:
    """Return which rows are readings of a culture."""
    tests = [test for culture in cultures_of(found.item.specification) for test in culture.tests]
    return np.asarray(np.isin(found.item.tests, tests) & found.counted)


def read_after_release(found: Grouped) -> Mapping[int, Mask]:
    """Return the rows to leave out for the verdict a batch was released with, for each batch that was overtaken.

    A batch is overtaken by a reading of its own or of one of its parts that fails, and was made on a day after its
    release. What is left out then is every reading of that culture, in the batch and its parts, made after that day.
    """
    cultures = cultures_of(found.item.specification)
    book = found.judgments.book
    out: dict[int, Mask] = {}
    if not cultures or not any(batch.released_on for batch in book.batches.values()):
        return out
    times = times_of(found.judgments.columns.table, "measured_at")
    if times is None:
        return out
    times = times.take(found.item.rows)
    failed = readings(found) & (verdict_codes(found.item.reasons) == DOES_NOT_CONFORM)
    place = {name: number for number, name in enumerate(found.batches)}
    for name in _with_their_wholes(found, np.unique(found.batch_of_row[failed]).tolist()):
        known = book.batches.get(name)
        if name not in place or known is None or known.released_on is None:
            continue
        own = np.isin(found.batch_of_row, [place[part] for part in _with_its_parts(found, name) if part in place])
        day = np.full(len(own), np.datetime64(known.released_on), "datetime64[D]")
        late = own & times.later_than(day)
        mask = np.zeros(len(own), np.bool_)
        for culture in cultures:
            of_culture = late & np.isin(found.item.tests, culture.tests)
            if (of_culture & failed).any():
                mask |= of_culture
        if mask.any():
            out[place[name]] = mask
    return out


def _with_their_wholes(found: Grouped, batches: list[int]) -> list[str]:
    book = found.judgments.book
    seen = dict.fromkeys(found.batches[batch] for batch in batches)
    ahead = list(seen)
    while ahead:
        new = [whole for whole in book.wholes.get(ahead.pop(), ()) if whole not in seen]
        seen.update(dict.fromkeys(new))
        ahead += new
    return list(seen)


def _with_its_parts(found: Grouped, batch: str) -> list[str]:
    book = found.judgments.book
    seen, ahead = {batch: None}, [batch]
    while ahead:
        new = [part for part in book.parts.get(ahead.pop(), ()) if part not in seen]
        seen.update(dict.fromkeys(new))
        ahead += new
    return list(seen)
