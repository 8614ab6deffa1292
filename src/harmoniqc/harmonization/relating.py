"""How two criteria stand to each other: unchanged, tighter, looser, shifted, or not to be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harmoniqc.evaluation.meaning.compiled import Compared
from harmoniqc.evaluation.meaning.exact import shown_value
from harmoniqc.evaluation.meaning.interval import Interval, Region
from harmoniqc.evaluation.meaning.tree import Leaf, Node
from harmoniqc.harmonization.answers import HOLDS, Answer, all_hold, doubt, refuted
from harmoniqc.harmonization.asked import Asked, Cell
from harmoniqc.harmonization.cells import TooManyCellsError, cells_of, facts_in_conditions
from harmoniqc.harmonization.demands import unknown_in
from harmoniqc.harmonization.implication import Comparer
from harmoniqc.harmonization.wordings import asks_more
from harmoniqc.standard import Absence, Limit, Target

Relation = Literal["unchanged", "tighter", "looser", "shifted", "incomparable"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The unrounded numbers that two limits let through, exact, in the unit of the first.

    Attributes:
        before: Those of the first.
        after: Those of the second.
        unit: The unit.
    """

    before: Region
    after: Region
    unit: str

    def __str__(self) -> str:
        said = "" if self.unit == "1" else f" {self.unit}"
        return f"unrounded {region_in_words(self.before)}{said} → {region_in_words(self.after)}{said}"


@dataclass(frozen=True, slots=True)
class Related:
    """How what satisfies a second criterion stands to what satisfies a first.

    Attributes:
        relation: The second, seen from the first.
        forward: Whether whatever satisfies the first satisfies the second.
        back: Whether whatever satisfies the second satisfies the first.
        cells: The relation in each case that conditions distinguish; empty: they distinguish none.
        thresholds: What both let through, where they are limits.
    """

    relation: Relation
    forward: Answer
    back: Answer
    cells: tuple[tuple[str, Relation], ...] = ()
    thresholds: Thresholds | None = None


def relate(left: Asked, right: Asked, comparer: Comparer) -> Related:
    """Compare two tests in every case that their conditions distinguish."""
    try:
        cells = cells_of((left, right))
    except TooManyCellsError:
        open_ = doubt("the conditions leave more cases than are looked at")
        return Related("incomparable", open_, open_)
    scales = _scales(left, right)
    found = [_in_cell(left, right, cell, comparer, scales=scales) for cell in cells]
    if len(found) == 1:
        return found[0]
    relation = _joined([item.relation for item in found])
    labeled = tuple((cell.label, item.relation) for cell, item in zip(cells, found, strict=True))
    return Related(
        relation,
        all_hold(item.forward for item in found),
        all_hold(item.back for item in found),
        labeled,
        next((item.thresholds for item in found if item.relation == relation), None),
    )


def _joined(relations: Sequence[Relation]) -> Relation:
    kinds = set(relations) - {"unchanged"}
    if not kinds:
        return "unchanged"
    if "incomparable" in kinds:
        return "incomparable"
    return kinds.pop() if len(kinds) == 1 else "shifted"


def _in_cell(left: Asked, right: Asked, cell: Cell, comparer: Comparer, *, scales: bool) -> Related:
    one, other = left.node(cell), right.node(cell)
    if one is None or other is None:
        return _where_one_applies(one, other)
    unknown = unknown_in(one) or unknown_in(other)
    if unknown is not None and left.test.criterion != right.test.criterion:
        open_ = doubt(f"{unknown.reason}: {unknown.detail}" if unknown.detail else unknown.reason)
        return Related("incomparable", open_, open_)
    if not scales and left.test.criterion != right.test.criterion:
        open_ = doubt("limits computed from a fact of the batch stand against limits that are not")
        return Related("incomparable", open_, open_)
    forward = comparer.implies(one, other, left.test.cqa)
    back = comparer.implies(other, one, left.test.cqa)
    relation = _relation(forward, back)
    thresholds = None
    if isinstance(one, Leaf) and isinstance(other, Leaf):
        if isinstance(one.criterion, Absence) and isinstance(other.criterion, Absence):
            relation = _of_absences(one.criterion, other.criterion, relation)
        thresholds = _thresholds(one, other, left.test.cqa, comparer)
    return Related(relation, forward, back, (), thresholds)


def _where_one_applies(one: Node | None, other: Node | None) -> Related:
    if one is None and other is None:
        return Related("unchanged", HOLDS, HOLDS)
    if one is None:
        return Related("tighter", refuted("{other} asks for it where {met} does not"), HOLDS)
    return Related("looser", HOLDS, refuted("{other} asks for it where {met} does not"))


def _relation(forward: Answer, back: Answer) -> Relation:
    if forward.truth is None or back.truth is None:
        return "incomparable"
    if forward.truth and back.truth:
        return "unchanged"
    if back.truth:
        return "tighter"
    return "looser" if forward.truth else "shifted"


def _of_absences(one: Absence, other: Absence, otherwise: Relation) -> Relation:
    """Return which absence has to be shown better, where results of either kind leave it open what satisfies both."""
    if otherwise != "incomparable":
        return otherwise
    more, less = asks_more(one, other), asks_more(other, one)
    if more is None or less is None:
        return otherwise
    if more and less:
        return "unchanged"
    return "tighter" if more else "looser" if less else "shifted"


def _scales(left: Asked, right: Asked) -> bool:
    """Tell whether one nominal value stands for all: every limit is in percent of the same fact, or none is.

    Limits in percent of a nominal value keep their order whatever the value is.
    """
    criteria = [*left.criteria, *right.criteria]
    by_fact = [item for item in criteria if isinstance(item, Target) and item.nominal is not None]
    if not by_fact:
        return True
    relative = all(item.tolerance is None or item.tolerance.relative for item in by_fact)
    alike = len({(item.nominal, item.unit) for item in by_fact}) == 1
    others = any(isinstance(item, Limit) or (isinstance(item, Target) and item.nominal is None) for item in criteria)
    return relative and alike and not others and by_fact[0].nominal not in facts_in_conditions((left, right))


def _thresholds(one: Leaf, other: Leaf, cqa: str, comparer: Comparer) -> Thresholds | None:
    unit = comparer.unit((one,), (other,))
    if isinstance(unit, str) or not isinstance(one.criterion, Limit) or not isinstance(other.criterion, Limit):
        return None
    left, right = comparer.meaning((one,), unit, cqa), comparer.meaning((other,), unit, cqa)
    if not isinstance(left, Compared) or not isinstance(right, Compared):
        return None
    return Thresholds(left.plan.accept, right.plan.accept, unit.code or "1")


def region_in_words(region: Region) -> str:
    """Return a region of numbers in words."""
    return " or ".join(_interval_in_words(piece) for piece in region.intervals) or "nothing"


def _interval_in_words(piece: Interval) -> str:
    low, high = piece.low, piece.high
    parts = []
    if low is not None:
        parts.append(f"{'≥' if low.closed else '>'} {shown_value(low.value)}")
    if high is not None:
        parts.append(f"{'≤' if high.closed else '<'} {shown_value(high.value)}")
    return " and ".join(parts) or "any number"
