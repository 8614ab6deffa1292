"""Batches made up of parts: what sub-lots, bags and components say of the whole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.batches.formed import Formed, total
from harmoniqc.evaluation.batches.grouping import Formation, Grouped
from harmoniqc.evaluation.batches.replicates import judged, readable
from harmoniqc.evaluation.kernel import Mask, Reasons
from harmoniqc.evaluation.meaning.parts import NOTHING, join
from harmoniqc.evaluation.verdicts import CODE, REASONS, verdict_of
from harmoniqc.standard import RollUp, Test


def add_parts(found: Grouped, reasons: Reasons, applies: Mask, left_out: Mask | None) -> list[Formation]:
    """Let the results of parts count for their whole; changes the reasons in place.

    Args:
        found: The rows.
        reasons: Reason code of each test in each batch, shape (batches, tests).
        applies: Whether the test applies.
        left_out: Rows not to look at; None: none.

    Returns:
        The sums that were formed.
    """
    book = found.judgments.book
    if not book.parts:
        return []
    place = {name: number for number, name in enumerate(found.batches)}
    out: list[Formation] = []
    for whole in book.from_parts_up():
        if whole not in place:
            continue
        here = place[whole]
        for number, test in enumerate(found.item.specification.tests):
            if not applies[here, number]:
                continue
            parts = [place[part] for part in book.parts_in(whole, test) if part in place]
            rule = book.roll_up(whole, test)
            if rule.kind == "each":  # a part nobody tested says nothing; one that was tested must say this too
                parts = [part for part in parts if (reasons[part] != NOTHING).any()]
            if not parts:
                continue
            own = int(reasons[here, number])
            if rule.kind == "sum":
                code, formation = _sum(found, number, test, whole, parts, left_out)
                out += [] if formation is None else [formation]
            else:
                code = _by_count(rule, [int(reasons[part, number]) for part in parts], own)
            reasons[here, number] = _worse(own, code)
    return out


def _worse(left: int, right: int) -> int:
    known = [code for code in (left, right) if code != NOTHING]
    return int(join("every", np.array(known, np.uint8)[:, None])[0]) if known else NOTHING


def _by_count(rule: RollUp, codes: list[int], own: int) -> int:
    given = [code for code in codes if code != NOTHING]
    if not given:
        return NOTHING
    if rule.kind == "each":
        if len(given) < len(codes) and own == NOTHING:
            given.append(CODE["missing-part"])
        return int(join("every", np.array(given, np.uint8)[:, None])[0])
    verdicts = [None if code == NOTHING else verdict_of(REASONS[code]) for code in codes]
    conforming = [code for code, verdict in zip(codes, verdicts, strict=True) if verdict in ("conforms", "reported")]
    unknown = [
        code
        for code, verdict in zip(codes, verdicts, strict=True)
        if verdict in (None, "indeterminate", "not-evaluated")
    ]
    wanted = rule.k or len(codes)
    if len(conforming) >= wanted:
        return conforming[0]
    if len(conforming) + len(unknown) >= wanted:
        return CODE["missing-part"] if unknown[0] == NOTHING else unknown[0]
    return CODE["too-few-parts"]


def _sum(
    found: Grouped, number: int, test: Test, whole: str, parts: list[int], left_out: Mask | None
) -> tuple[int, Formation | None]:
    """Return the code of the sum over the parts, and the sum."""
    layout = found.item.compiled.layout
    at = np.array([place.test == number and place.formed >= 0 and place.gate is None for place in layout.places])
    mask = found.counted & at[found.places] & np.isin(found.batch_of_row, parts)
    if found.own[1].invalid_assay is not None:
        mask &= ~found.own[1].invalid_assay
    if left_out is not None:
        mask &= ~left_out
    rows: npt.NDArray[np.intp] = np.flatnonzero(mask)
    if not len(rows):
        return NOTHING, None
    faulty = [int(code) for code in found.item.reasons[rows] if code != CODE["part-of-sum"]]
    if faulty:
        return faulty[0], None
    counts = np.bincount(found.batch_of_row[rows], minlength=len(found.batches))[parts]
    if (counts == 0).any():
        return CODE["missing-part"], None
    if (counts > 1).any():
        return CODE["too-many-replicates"], None
    unit = found.sparse.words.word("unit", int(rows[0]))
    values, fault = readable(found, rows, unit)
    if fault is not None:
        return CODE[fault], None
    formed = Formed(total(values))
    reason, decided = judged(found, formed, layout.places[int(found.places[rows[0]])].formed, int(rows[0]))
    of = tuple(found.item.row(int(row)) for row in rows)
    return CODE[reason], Formation(whole, test.id, "sum-of-parts", str(formed), unit, of, decided)
