"""Cultures read on several days: growth is decisive at once, for every reading of the culture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.batches.grouping import Grouped
from harmoniqc.evaluation.kernel import Mask, Reasons
from harmoniqc.evaluation.meaning.parts import NOTHING
from harmoniqc.evaluation.meaning.selecting import same_culture
from harmoniqc.evaluation.rows.instants import instants_of
from harmoniqc.evaluation.verdicts import CONFORMS, DOES_NOT_CONFORM, verdict_codes
from harmoniqc.standard import Specification
from harmoniqc.standard.columns import STATUSES

RELEASE = "release"


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
    groups: list[list[int]] = []
    for place, test in enumerate(specification.tests):
        if test.read_point is None:
            continue
        for group in groups:
            if same_culture(specification.tests[group[0]], test):
                group.append(place)
                break
        else:
            groups.append([place])
    out = []
    for group in groups:
        points = [(place, specification.tests[place].read_point) for place in group]
        out.append(Culture(tuple(group), tuple(place for place, point in points if point is not None and point.final)))
    return tuple(out)


def spread_growth(found: Grouped, reasons: Reasons, left_out: Mask | None) -> Mask:
    """Let a reading that fails fail every test of its culture; return what stands in for a reading to come.

    Args:
        found: The rows.
        reasons: Reason code of each test in each batch; changed in place.
        left_out: Rows not to look at; None: none.

    Returns:
        Shape (batches, tests).
    """
    early = np.zeros(reasons.shape, np.bool_)
    for culture in cultures_of(found.item.specification):
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
        _satisfy_earlier(found.item.specification, culture, reasons)
        if culture.final:
            open_ = ~_was_read_finally(found, culture, left_out)
            early[:, tests] = open_[:, np.newaxis] & (reasons[:, tests] != NOTHING)
    return early


def _satisfy_earlier(specification: Specification, culture: Culture, reasons: Reasons) -> None:
    """Let a reading that conforms satisfy earlier read points that have no reading of their own."""
    for test in culture.tests:
        for later in culture.tests:
            if later != test and _day(specification, later) >= _day(specification, test):
                conforms = verdict_codes(reasons[:, later]) == CONFORMS
                taken = conforms & (reasons[:, later] != NOTHING) & (reasons[:, test] == NOTHING)
                reasons[taken, test] = reasons[taken, later]


def _day(specification: Specification, test: int) -> float:
    point = specification.tests[test].read_point
    if point is None or point.day is None:
        return math.inf if point is None or point.final else 0
    return point.day


def _was_read_finally(found: Grouped, culture: Culture, left_out: Mask | None) -> npt.NDArray[np.bool_]:
    places = np.array(
        [
            place.test in culture.final and place.gate in (None, "replicate")
            for place in found.item.compiled.layout.places
        ]
    )
    mask = found.counted & places[found.places]
    status = found.own[1].status
    if status is not None:
        mask &= status != STATUSES.index("preliminary")
    if left_out is not None:
        mask &= ~left_out
    out = np.zeros(len(found.batches), np.bool_)
    out[found.batch_of_row[mask]] = True
    return out


def readings(found: Grouped) -> Mask:
    """Return which rows are readings of a culture."""
    tests = [test for culture in cultures_of(found.item.specification) for test in culture.tests]
    return np.asarray(np.isin(found.item.tests, tests) & found.counted)


def read_after_release(found: Grouped) -> Mask | None:
    """Return readings that fail and were made after the batch had been released; None: there are none."""
    if not cultures_of(found.item.specification):
        return None
    book = found.judgments.book.batches
    released = [book[name].released_on if name in book else None for name in found.batches]
    if not any(released):
        return None
    instants = instants_of(found.judgments.columns.table, "measured_at")
    if instants is None:
        return None
    moments = instants if found.item.rows is None else instants[found.item.rows]
    days = np.array([np.datetime64("NaT") if day is None else np.datetime64(day) for day in released], "datetime64[D]")
    mask = readings(found) & (verdict_codes(found.item.reasons) == DOES_NOT_CONFORM)
    mask[mask] = moments[mask].astype("datetime64[D]") > days[found.batch_of_row[mask]]
    return mask if mask.any() else None
