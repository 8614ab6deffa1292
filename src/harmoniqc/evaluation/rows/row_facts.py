"""What rows say about themselves, whatever they are compared with: status, censoring, aggregation, their text."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.kernel import Mask
from harmoniqc.evaluation.meaning.projection import printed
from harmoniqc.evaluation.meaning.unit_texts import ReadUnit
from harmoniqc.evaluation.rows.contradiction import contradicted
from harmoniqc.evaluation.rows.ingest import Coded, Columns
from harmoniqc.evaluation.rows.verbatim import read_verbatim
from harmoniqc.standard.columns import COMPARATORS, STATUSES

NO_COMPARATOR, UNKNOWN_COMPARATOR = -1, len(COMPARATORS)
FINAL, UNKNOWN_STATUS = STATUSES.index("final"), len(STATUSES)

_SPELLINGS = {"≤": "<=", "≦": "<=", "⩽": "<=", "≥": ">=", "≧": ">=", "⩾": ">=", "＜": "<", "＞": ">", "=": ""}


@dataclass(frozen=True, slots=True)
class RowFacts:
    """Facts of rows; None where no row has anything of the kind.

    Attributes:
        comparator: Place in :data:`COMPARATORS`, -1 for none, 4 for one that is unknown. int8, shape (n,).
        status: Place in :data:`STATUSES`, 4 for one that is unknown. int8, shape (n,).
        investigated: Rows with an investigation reference.
        replaced: Rows that another result with an investigation reference supersedes.
        invalid_assay: Rows whose assay did not meet its validity criteria.
        aggregate: Rows that summarize others and are no reportable value.
        population: Population of each row as a code, with its words.
        contradicted: Rows whose words exclude each other, or their numbers.
        text_in_doubt: Rows whose text has to be read beside their number.
        interval: Rows with an interval.
    """

    comparator: npt.NDArray[np.int8] | None
    status: npt.NDArray[np.int8] | None
    investigated: Mask | None
    replaced: Mask | None
    invalid_assay: Mask | None
    aggregate: Mask | None
    population: Coded | None
    contradicted: Mask | None
    text_in_doubt: Mask | None
    interval: Mask | None

    def take(self, rows: npt.NDArray[np.intp]) -> RowFacts:
        """Return the facts of some rows."""
        taken: dict[str, Any] = {}
        for item in fields(self):
            column = getattr(self, item.name)
            if isinstance(column, Coded):
                taken[item.name] = Coded(column.codes[rows], column.words)
            else:
                taken[item.name] = None if column is None else column[rows]
        return RowFacts(**taken)

    def as_numbers(self) -> RowFacts:
        """Return the facts of rows whose numbers have been exchanged, so that their texts say nothing about them."""
        return replace(self, text_in_doubt=None, contradicted=None)

    def special(self) -> Mask | None:
        """Rows whose number alone does not settle them; None: there are none."""
        masks = [
            None if self.comparator is None else self.comparator != NO_COMPARATOR,
            None if self.status is None else self.status != FINAL,
            self.replaced,
            self.invalid_assay,
            self.aggregate,
            None if self.population is None else self.population.codes >= 0,
            self.contradicted,
            self.text_in_doubt,
            self.interval,
        ]
        given = [mask for mask in masks if mask is not None]
        return functools.reduce(np.logical_or, given) if given else None


def row_facts(columns: Columns, units: tuple[ReadUnit, ...]) -> RowFacts:
    """Collect the facts of all rows.

    Args:
        columns: The results.
        units: The unit texts, read.
    """
    words = columns.words
    comparator = None
    if "comparator" in words:
        comparator = _places(words["comparator"], [_comparator(word) for word in words["comparator"].words], -1)
    status = None
    if "status" in words:
        known = [STATUSES.index(word) if word in STATUSES else UNKNOWN_STATUS for word in words["status"].words]
        status = _places(words["status"], known, FINAL)
    reference = words.get("investigation_ref")
    return RowFacts(
        comparator=comparator,
        status=status,
        investigated=None if reference is None else reference.codes >= 0,
        replaced=None,  # known once the test of each row is
        invalid_assay=_where(words.get("assay_valid"), "false"),
        aggregate=_aggregates(words.get("statistic"), words.get("reportable")),
        population=words.get("population"),
        contradicted=contradicted(columns, units, comparator),
        text_in_doubt=_texts_in_doubt(columns, comparator),
        interval=_intervals(columns),
    )


def _comparator(word: str) -> int:
    sign = _SPELLINGS.get(word.strip(), word.strip())
    if sign == "":
        return NO_COMPARATOR
    return COMPARATORS.index(sign) if sign in COMPARATORS else UNKNOWN_COMPARATOR


def _places(column: Coded, places: list[int], nothing: int) -> npt.NDArray[np.int8]:
    return np.array([*places, nothing], np.int8)[column.codes]


def _where(column: Coded | None, word: str) -> Mask | None:
    if column is None or word not in column.words:
        return None
    return np.asarray(column.codes == column.words.index(word))


def replaced(columns: Columns, facts: RowFacts, tests: npt.NDArray[np.int32], *, with_reference: bool) -> Mask | None:
    """Return rows that another row of the same batch and test supersedes; None where no row does.

    A row that was invalidated supersedes nothing, nor do rows that supersede each other in a circle, nor one that
    names a result of which there are several. In a chain only the last one counts.

    Args:
        columns: The results.
        facts: What they say of themselves.
        tests: The test each row answers, -1 where none; shape (n,).
        with_reference: Whether the superseding row has an investigation reference; without one, the rows count.
    """
    names, ids = columns.words.get("supersedes"), columns.words.get("result_id")
    if names is None or ids is None:
        return None
    investigated = np.zeros(columns.n, np.bool_) if facts.investigated is None else facts.investigated
    targets = _superseded_by(columns, np.flatnonzero((names.codes >= 0) & (investigated == with_reference)), tests)
    invalid = np.zeros(columns.n, np.bool_)
    if facts.status is not None:
        invalid = investigated & (facts.status == STATUSES.index("invalidated"))
    out = np.zeros(columns.n, np.bool_)
    waits = Counter(targets.values())
    ready = [row for row in targets if not waits[row]]
    while ready:  # from the last of each chain down, which never comes to one in a circle
        row = ready.pop()
        target = targets[row]
        out[target] |= not invalid[row]
        waits[target] -= 1
        if not waits[target] and target in targets:
            ready.append(target)
    return out if out.any() else None


def _superseded_by(columns: Columns, superseding: npt.NDArray[np.intp], tests: npt.NDArray[np.int32]) -> dict[int, int]:
    """Return the one row of its batch and test that each superseding row names."""
    words = columns.words
    names, ids = words["supersedes"], words["result_id"]
    place = {word: code for code, word in enumerate(ids.words)}
    wanted = np.array([*(place.get(word, -2) for word in names.words), -2])[names.codes]
    rows_of: dict[int, list[int]] = {}
    for row in np.flatnonzero(np.isin(ids.codes, wanted[superseding])).tolist():
        rows_of.setdefault(int(ids.codes[row]), []).append(row)
    same = [words[name].codes for name in ("batch_id", "component") if name in words]
    cqas = words["cqa"].codes if "cqa" in words else np.full(columns.n, -1)
    out: dict[int, int] = {}
    for row in superseding.tolist():
        found = [
            other
            for other in rows_of.get(int(wanted[row]), ())
            if other != row
            and tests[row] == tests[other] >= 0
            and all(codes[row] == codes[other] for codes in same)
            and (cqas[row] == cqas[other] or cqas[row] < 0 or cqas[other] < 0)
        ]
        if len(found) == 1:
            out[row] = found[0]
    return out


def _aggregates(statistic: Coded | None, reportable: Coded | None) -> Mask | None:
    if statistic is None:
        return None
    reported = _where(reportable, "true")
    summary = statistic.codes >= 0
    return summary if reported is None else summary & ~reported


def _intervals(columns: Columns) -> Mask | None:
    present = [columns.numbers[name] for name in ("value_low", "value_high") if name in columns.numbers]
    if not present:
        return None
    rows = np.arange(columns.n)
    return functools.reduce(np.logical_or, [numbers.has(rows) for numbers in present])


def _texts_in_doubt(columns: Columns, comparator: npt.NDArray[np.int8] | None) -> Mask | None:
    """Return rows whose text is not plainly the row's own number in the row's own unit.

    Most texts are; those are told apart here by comparing numbers, and only the others are read in full.
    """
    text, value = columns.words.get("text"), columns.numbers.get("value")
    if text is None or value is None:
        return None
    number = np.full(len(text.words) + 1, np.nan)
    sign = np.full(len(text.words) + 1, NO_COMPARATOR, np.int8)
    plain = np.zeros(len(text.words) + 1, np.bool_)  # one number, perhaps with a unit, and nothing else
    silent = np.zeros(len(text.words) + 1, np.bool_)  # nothing that could contradict a number
    silent[-1] = True
    for code, word in enumerate(text.words):
        said = read_verbatim(word)
        if said.number is None:
            silent[code] = not said.has_sign
            continue
        nearest = float(said.number) if abs(said.number) < 10**300 else np.inf
        if np.isfinite(nearest) and printed(nearest) == said.number:
            number[code] = nearest
            sign[code] = NO_COMPARATOR if said.comparator is None else COMPARATORS.index(said.comparator)
            plain[code] = True
    here = comparator if comparator is not None else np.int8(NO_COMPARATOR)
    agree = plain[text.codes] & (number[text.codes] == value.values) & (sign[text.codes] == here)
    agree &= _unit_is_spelled_alike(columns, text)
    doubt = ~(agree | silent[text.codes])
    return doubt if doubt.any() else None


def _unit_is_spelled_alike(columns: Columns, text: Coded) -> Mask:
    """Tell for each row whether the unit its text ends with, if any, is spelled as in its unit column."""
    column = columns.words.get("unit")
    place = {} if column is None else {word: code for code, word in enumerate(column.words)}
    nothing_said, unheard = -2, -3
    said = [read_verbatim(word).unit for word in text.words]
    wanted = np.array([nothing_said if unit is None else place.get(unit, unheard) for unit in said] + [nothing_said])
    here = -1 if column is None else column.codes
    return np.asarray((wanted[text.codes] == nothing_said) | (wanted[text.codes] == here))
