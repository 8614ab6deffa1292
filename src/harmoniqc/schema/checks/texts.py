"""Does the printed text of a criterion say what its structure says? The text is read again, and both are compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from harmoniqc.errors import Finding, NotationError, UnitError
from harmoniqc.schema.checks.amounts import numbers_in
from harmoniqc.schema.checks.leaves import About
from harmoniqc.schema.checks.places import Place, inner_criteria, whole_criteria
from harmoniqc.schema.checks.sameness import Difference, differences
from harmoniqc.schema.contents import Contents
from harmoniqc.standard import AllOf, AnyOf, Branch, Conditional, Criterion, Limit, Target
from harmoniqc.standard.condition import AnyCondition
from harmoniqc.standard.decimal_text import to_fraction

if TYPE_CHECKING:  # a document without texts needs no reader of texts
    from harmoniqc.notation import CriterionReading

_NUMBER = re.compile(r"(?<![\d.])-?\d+(?:\.\d+)?")
_MINUS = str.maketrans("−–‐‑", "----")


def texts_and_structures(contents: Contents) -> Iterator[Finding]:
    """Yield a ``text-structure-mismatch`` for each criterion whose text says something else than its structure.

    A text that cannot be read with certainty says nothing. Where parts have texts of their own, those are told first,
    and the text of the whole only where no part differs. A number in which the structure corrects the print on purpose
    is no finding if the note of the criterion, or of its test, names it.
    """
    for place in whole_criteria(contents):
        yield from _compared(place, None if place.of_replicate else place.test.applies_when)
        if not place.of_replicate:
            yield from _days(place)


def _compared(place: Place, when: AnyCondition | None) -> list[Finding]:
    return [_finding(place_, item) for place_, item in _unlike(place, when) if not _is_explained(place_, item)]


def _unlike(place: Place, when: AnyCondition | None) -> list[tuple[Place, Difference]]:
    """Return where a criterion differs from its text: in its parts that have texts, or else as a whole."""
    criterion = place.criterion
    conditions: list[AnyCondition | None] = [when]
    if isinstance(criterion, Conditional):
        conditions = [*(branch.when for branch in criterion.branches), None]
    found: list[tuple[Place, Difference]] = []
    for number, inner in enumerate(inner_criteria(place)):
        found += _unlike(inner, conditions[min(number, len(conditions) - 1)])
    reading = None if found or criterion.text is None else _reading(criterion)
    if reading is None:
        return found
    said = reading.criterion
    if reading.applies_when is not None:
        said = Conditional(branches=(Branch(when=reading.applies_when, criterion=said),))
    notes = frozenset(finding.code for finding in reading.findings)
    try:
        unlike = differences(criterion, said, About(place.cqa, notes, when, place.test.name or ""))
    except UnitError:
        return []  # a unit of the structure that cannot be read is a finding of its own
    return [(place, item) for item in unlike]


def _reading(criterion: Criterion) -> CriterionReading | None:
    """Return what a text says on its own, or else in a column of the criterion's unit; None where it is not certain."""
    from harmoniqc.notation import read_criterion

    units = (None, criterion.unit) if isinstance(criterion, (Limit, Target)) and criterion.unit else (None,)
    for unit in units:
        try:
            return read_criterion(criterion.text or "", unit)
        except NotationError:
            continue
    return None


def _days(place: Place) -> Iterator[Finding]:
    """Compare the day of reading that the text names with that of the test."""
    reading = None if place.criterion.text is None else _reading(place.criterion)
    said = None if reading is None else reading.read_point
    meant = place.test.read_point
    if said is None or meant is None or None in (said.day, meant.day):
        return
    if said.final == meant.final and said.day != meant.day:
        pointer = place.pointer.removesuffix("/criterion") + "/read_point/day"
        yield _mismatch(pointer, f"day {said.day}", f"day {meant.day}")


def _finding(place: Place, item: Difference) -> Finding:
    return _mismatch(place.pointer + item.pointer, item.said, item.meant)


def _mismatch(pointer: str, said: str, meant: str) -> Finding:
    message = f"the text says {said!r}, the structure {meant!r}"
    return Finding("text-structure-mismatch", message, pointer=pointer, expected=said, found=meant)


def _is_explained(place: Place, item: Difference) -> bool:
    """Tell whether a note names every number that the structure has and the text has not, and nothing else differs."""
    notes = (item.structure.note, place.criterion.note, place.test.note)
    named = {Fraction(number) for note in notes if note for number in _NUMBER.findall(note.translate(_MINUS))}
    own, other = item.structure, item.text
    if isinstance(own, Limit) and isinstance(other, Limit):
        ends = [(own.low, other.low), (own.high, other.high)]
        if other.unit not in (None, own.unit) or any(
            (left and left.inclusive) != (right and right.inclusive) for left, right in ends
        ):
            return False
    stated = {to_fraction(number) for number in _numbers(own)}
    corrected = stated - {to_fraction(number) for number in _numbers(other)}
    return bool(corrected) and corrected <= named


def _numbers(criterion: Criterion) -> Iterator[str]:
    if isinstance(criterion, (AllOf, AnyOf)):
        for member in criterion.members:
            yield from _numbers(member.criterion)
    elif isinstance(criterion, Conditional):
        for branch in criterion.branches:
            yield from _numbers(branch.criterion)
    else:
        yield from numbers_in(criterion)
