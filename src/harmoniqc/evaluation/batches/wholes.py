"""Batches made up of parts: what sub-lots, bags and components say of the whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harmoniqc.evaluation.batches.grouping import Grouped
from harmoniqc.evaluation.kernel import Mask, Reasons
from harmoniqc.evaluation.meaning.parts import NOTHING, join
from harmoniqc.evaluation.verdicts import (
    CODE,
    CONFORMS,
    DOES_NOT_CONFORM,
    INDETERMINATE,
    NOT_EVALUATED,
    REPORTED,
    VERDICT_OF_REASON,
)
from harmoniqc.standard import RollUp, Test


def add_parts(found: Grouped, reasons: Reasons, applies: Mask, early: Mask) -> None:
    """Let the results of parts count for their whole; changes the arrays in place.

    Sums have been judged before, as results of the whole.

    Args:
        found: The rows.
        reasons: Reason code of each test in each batch, shape (batches, tests).
        applies: Whether the test applies; it does where a part has failed it.
        early: Whether something stands in for a result to come.
    """
    book = found.judgments.book
    if not book.parts:
        return
    place = {name: number for number, name in enumerate(found.batches)}
    tested = np.zeros(len(found.batches), np.bool_)
    tested[found.batch_of_row[found.batch_of_row >= 0]] = True
    for whole in book.from_parts_up:
        if whole not in place:
            continue
        here = place[whole]
        known = {part: place[part] for part in book.parts[whole] if part in place}
        asked = [at for part, at in known.items() if tested[at] or part in book.parts]
        for number, test in enumerate(found.item.specification.tests):
            rule = book.roll_up(whole, test)
            if rule.kind == "sum":
                parts = [known[part] for part in book.parts_in(whole, test) if part in known]
                early[here, number] |= early[parts, number].any()
                # what is only added is not judged; a failure is one of the parts of such a part
                code = _worst([int(reasons[part, number]) for part in parts if _is_summed(found, part, number)])
                if _verdict(code) == DOES_NOT_CONFORM:
                    applies[here, number] = True
                    reasons[here, number] = _worse(int(reasons[here, number]), code)
                continue
            mine = [known[part] for part in book.parts_in(whole, test) if part in known]
            if rule.kind == "each":
                mine = [part for part in mine if part in asked]
            code = _of_parts(reasons, applies, here, mine, number, rule)
            code = _worse(code, _failed_elsewhere(found, reasons, test, whole, known, number))
            if applies[here, number] or code != NOTHING:
                early[here, number] |= early[mine, number].any()
            if code == NOTHING:
                continue
            applies[here, number] = True
            reasons[here, number] = _worse(int(reasons[here, number]), code)


def _of_parts(reasons: Reasons, applies: Mask, here: int, parts: Sequence[int], number: int, rule: RollUp) -> int:
    """Return what parts say of a test in their whole: nothing new, where it applies to none of them."""
    codes = [int(reasons[part, number]) for part in parts if applies[part, number]]
    if not applies[here, number]:  # what is not asked of the whole may still have been failed by a part
        failed = [code for code in codes if _verdict(code) in (DOES_NOT_CONFORM, INDETERMINATE)]
        return _worst(failed) if rule.kind == "each" else NOTHING
    return _by_count(rule, codes, int(reasons[here, number]))


def _failed_elsewhere(
    found: Grouped, reasons: Reasons, test: Test, whole: str, known: dict[str, int], number: int
) -> int:
    """Return the failure of a part of another material than the test's, which would be shown nowhere else."""
    book = found.judgments.book
    failed = [
        int(reasons[at, number])
        for part, at in known.items()
        if not (book.is_about(test, part) or book.forms_a_lot(part, known.keys() | {whole}))
    ]
    return _worst([code for code in failed if _verdict(code) == DOES_NOT_CONFORM])


def _is_summed(found: Grouped, batch: int, number: int) -> bool:
    layout = found.item.compiled.layout
    return layout.variants[number][int(layout.variant_of[number][int(found.situations[batch])])].summed


def _verdict(code: int) -> int | None:
    return None if code == NOTHING else VERDICT_OF_REASON[code]


def _worst(codes: Sequence[int]) -> int:
    """Return the worst of some codes, the same whatever their order."""
    known = sorted(code for code in codes if code != NOTHING)
    return int(join("every", np.array(known, np.uint8)[:, None])[0]) if known else NOTHING


def _worse(left: int, right: int) -> int:
    return _worst([left, right])


def _by_count(rule: RollUp, codes: list[int], own: int) -> int:
    given = [code for code in codes if code != NOTHING]
    if not given:
        return NOTHING
    missing = [CODE["missing-part"]] if len(given) < len(codes) else []
    if rule.kind == "each":
        return _worst([*given, *(missing if own == NOTHING else [])])
    conforming = [code for code in given if _verdict(code) in (CONFORMS, REPORTED)]
    unknown = [code for code in given if _verdict(code) in (INDETERMINATE, NOT_EVALUATED)]
    wanted = rule.k or len(codes)
    if len(conforming) >= wanted:
        return _worst(conforming)
    if len(conforming) + len(unknown) + codes.count(NOTHING) >= wanted:
        return _worst([*unknown, *missing])
    return CODE["too-few-parts"]
