"""Nested criteria on the results of one batch, read from the pages of the standard and written for clarity.

The reading, where several are possible:

- A *part* of a composite is everything in it that reads the same result. A part is judged result by result, and the
  worst of its results counts; the parts are joined by the logic of Kleene.
- On one result limits and targets that stand side by side are one region. A limit the result cannot be compared with
  stays apart, and so does a member that is no region itself.
- The verdict of a result is that of the criterion with every member left out that reads another result. A result
  that only informative members read is judged by those.
- What a criterion is comes before what a result is: a missing fact is named before a missing number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from harmoniqc.errors import UnitError
from harmoniqc.standard import (
    Absence,
    AllConditions,
    AllOf,
    AnyConditions,
    AnyOf,
    Category,
    Conditional,
    Fact,
    FactCondition,
    Limit,
    Member,
    NotCondition,
    ReportOnly,
    Target,
)
from harmoniqc.standard.decimal_text import is_decimal_text
from harmoniqc.units import conversion, parse_unit

from .reference_leaves import (
    VERDICT,
    Bounds,
    bounds_of,
    comparable,
    ends_of,
    judge_absence,
    judge_category,
    judge_region,
    judge_report,
    region_of,
)

ALL_OF_ORDER = ("does-not-conform", "indeterminate", "not-evaluated", "conforms", "reported")
ANY_OF_ORDER = ("conforms", "reported", "indeterminate", "not-evaluated", "does-not-conform")


def verdict_of(reason: str) -> str:
    return VERDICT.get(reason, "not-evaluated")


@dataclass(frozen=True)
class Selector:
    """Which results a member reads."""

    component: str | None = None
    cqa: str | None = None
    method: str | None = None
    stage: str | None = None

    def within(self, member: Member) -> Selector:
        """Return what a member reads; what it does not say it takes from around it."""
        said = {name: getattr(member, name) for name in ("component", "cqa", "method", "stage")}
        return replace(self, **{name: value for name, value in said.items() if value is not None})

    def reads(self, result: Any) -> bool:
        """Tell whether a result is one of those. Without a component it is the test's own result."""
        if result.component != self.component:
            return False
        others = ("cqa", "method", "stage")
        return all(getattr(self, name) in (None, getattr(result, name, None)) for name in others)


@dataclass(frozen=True)
class Reference:
    """What a nested criterion is evaluated with.

    Attributes:
        facts: Facts of the batch by name.
        policy: Rounding where a criterion states none.
        cqa: Attribute of the test.
        declared: Method declared for the test, with the time; None: none.
    """

    facts: Mapping[str, Fact]
    policy: str = "none"
    cqa: str | None = None
    declared: tuple[str, datetime | None] | None = None

    def test(self, criterion: Any, results: Sequence[Any]) -> tuple[str, str]:
        """Return verdict and reason of the test; the results are those that count."""
        if not results:
            return "missing", "missing"
        reason = self._whole(criterion, Selector(), results)
        return verdict_of(reason), reason

    def result(self, criterion: Any, result: Any) -> tuple[str, str]:
        """Return verdict and reason of one result."""
        left = self._only(criterion, Selector(), result, shown=False)
        if left is None:
            left = self._only(criterion, Selector(), result, shown=True)
        reason = "no-criterion" if left is None else self._whole(left, Selector(), [result])
        return verdict_of(reason), reason

    # -- the whole ---------------------------------------------------------------------------------------------

    def _whole(self, criterion: Any, place: Selector, results: Sequence[Any]) -> str:
        """Return the reason of a criterion over results of several parts."""
        criterion = self._chosen(criterion)
        read = _selectors(criterion, place)
        if len(read) <= 1:
            (only,) = read or {place}
            return self._part(criterion, place, [result for result in results if only.reads(result)])
        if isinstance(criterion, AnyOf) and criterion.mode == "declared-method":
            return self._declared(criterion, place, results)
        if isinstance(criterion, AnyOf) and criterion.mode == "staged":
            return _staged(self._whole(item.criterion, place.within(item), results) for item in _decisive(criterion))
        order = ALL_OF_ORDER if isinstance(criterion, AllOf) else ANY_OF_ORDER
        return _first_of([self._whole(*part, results) for part in _parts(criterion, place)], order)

    def _part(self, criterion: Any, place: Selector, results: Sequence[Any]) -> str:
        """Return the reason of a criterion that reads one result, or several of the same kind."""
        if not results:
            return "missing-part"
        if isinstance(criterion, AnyOf) and criterion.mode == "declared-method":
            return self._declared(criterion, place, results)
        return _first_of([self._one(criterion, result) for result in results], ALL_OF_ORDER)

    def _declared(self, criterion: AnyOf, place: Selector, results: Sequence[Any]) -> str:
        methods = [] if self.declared is None else [self.declared[0]]
        chosen = [member for member in _decisive(criterion) if member.method in methods]
        if not chosen:
            return "no-declared-method"
        place, inner = place.within(chosen[0]), chosen[0].criterion
        read = [result for result in results if any(item.reads(result) for item in _selectors(inner, place))]
        declared_at = self.declared[1]
        times = [getattr(result, "measured_at", None) for result in read]
        if declared_at is not None and any(time is not None and time < declared_at for time in times):
            return "method-declared-late"
        return self._whole(inner, place, results)

    # -- one result --------------------------------------------------------------------------------------------

    def _one(self, criterion: Any, result: Any) -> str:
        criterion = self._chosen(criterion)
        if isinstance(criterion, str):
            return criterion
        if isinstance(criterion, (Limit, Target)):
            bounds = bounds_of(criterion, self.policy, self.facts)
            why = bounds if isinstance(bounds, str) else comparable(bounds, result)
            return why or judge_region(region_of(bounds, result), ends_of(bounds, result), result, self.cqa)
        if isinstance(criterion, Category):
            return judge_category(criterion, result)
        if isinstance(criterion, Absence):
            return judge_absence(criterion, result)
        if isinstance(criterion, ReportOnly):
            return judge_report(result)
        members = [member.criterion for member in _decisive(criterion)]
        if isinstance(criterion, AnyOf) and criterion.mode == "staged":
            return _staged(self._one(member, result) for member in members)
        order = ALL_OF_ORDER if isinstance(criterion, AllOf) else ANY_OF_ORDER
        reasons, joined = [], False
        regions = [member for member in members if self._is_region(member, result)]
        for member in members:
            if member not in regions:
                reasons.append(self._one(member, result))
            elif not joined:  # the regions stand together, where the first of them stands
                joined = True
                holds, ends = self._region(type(criterion), regions, result)
                reasons.append(judge_region(holds, ends, result, self.cqa))
        return _first_of(reasons, order)

    def _is_region(self, criterion: Any, result: Any) -> bool:
        criterion = self._chosen(criterion)
        if isinstance(criterion, (Limit, Target)):
            bounds = bounds_of(criterion, self.policy, self.facts)
            return isinstance(bounds, Bounds) and comparable(bounds, result) is None
        if isinstance(criterion, AllOf) or (isinstance(criterion, AnyOf) and criterion.mode == "either"):
            return all(self._is_region(member.criterion, result) for member in _decisive(criterion))
        return False

    def _region(self, kind: type, criteria: Sequence[Any], result: Any) -> Any:
        """Return the intersection or union of criteria, and every end that occurs in them."""
        regions, ends = [], []
        for criterion in map(self._chosen, criteria):
            if isinstance(criterion, (Limit, Target)):
                bounds = bounds_of(criterion, self.policy, self.facts)
                regions.append(region_of(bounds, result))
                ends += ends_of(bounds, result)
            else:
                inner = [member.criterion for member in _decisive(criterion)]
                holds, inner_ends = self._region(type(criterion), inner, result)
                regions.append(holds)
                ends += inner_ends
        join = all if kind is AllOf else any

        def holds_together(number: Fraction, rounded: bool) -> bool:
            return join(region(number, rounded) for region in regions)

        return holds_together, ends

    # -- what a criterion is -----------------------------------------------------------------------------------

    def _chosen(self, criterion: Any) -> Any:
        """Return the criterion that facts choose, or the reason why they choose none."""
        while isinstance(criterion, Conditional):
            held = [holds(branch.when, self.facts) for branch in criterion.branches]
            if held.count(True) > 1:
                return "overlapping-branches"
            if None in held:
                return "needs-fact"
            if True in held:
                criterion = criterion.branches[held.index(True)].criterion
            elif criterion.otherwise is None:
                return "no-branch"
            else:
                criterion = criterion.otherwise
        return criterion

    def _only(self, criterion: Any, place: Selector, result: Any, *, shown: bool) -> Any:
        """Return the criterion without the members that read another result; None if nothing is left.

        Members for information take part only where they are asked for.
        """
        if not isinstance(criterion, (AllOf, AnyOf)):
            return criterion if place.reads(result) else None
        left = []
        for member in criterion.members:
            if member.informative and not shown:
                continue
            inner = self._only(member.criterion, place.within(member), result, shown=shown)
            if inner is not None:
                left.append(member.model_copy(update={"criterion": inner}))
        left = [member.model_copy(update={"informative": False}) for member in left]
        if not left:
            return None
        chooses = isinstance(criterion, AnyOf) and criterion.mode == "declared-method" and self.declared is not None
        if chooses and all(member.method != self.declared[0] for member in left):
            return AnyOf(members=tuple(left))  # another method than the declared one: judged and shown
        return criterion.model_copy(update={"members": tuple(left)})


def holds(condition: Any, facts: Mapping[str, Fact]) -> bool | None:
    """Tell whether a condition holds; None: nobody knows."""
    if isinstance(condition, NotCondition):
        inner = holds(condition.of, facts)
        return None if inner is None else not inner
    if isinstance(condition, (AllConditions, AnyConditions)):
        inner = [holds(part, facts) for part in condition.of]
        decisive = isinstance(condition, AnyConditions)
        return decisive if decisive in inner else None if None in inner else not decisive
    assert isinstance(condition, FactCondition)
    fact = facts.get(condition.fact)
    if fact is None:
        return None
    if condition.equals:
        return fact.value in condition.equals
    if not is_decimal_text(fact.value):
        return None
    units = [fact.unit or "1", condition.unit or "1"]
    if condition.fact == "body-weight":  # the name of the fact says that it is body mass
        units = ["kg" if unit == "kg-body" else unit for unit in units]
    try:
        step = conversion(*map(parse_unit, units))
    except UnitError:
        return None
    number = Fraction(fact.value) * step.factor + step.offset
    for bound, sign in ((condition.low, 1), (condition.high, -1)):
        if bound is not None:
            distance = sign * (number - Fraction(bound.value))
            if distance < 0 or (distance == 0 and not bound.inclusive):
                return False
    return True


def _decisive(criterion: AllOf | AnyOf) -> list[Member]:
    return [member for member in criterion.members if not member.informative]


def _selectors(criterion: Any, place: Selector) -> set[Selector]:
    """Return every kind of result that a criterion reads and that decides."""
    if not isinstance(criterion, (AllOf, AnyOf)):
        return {place}
    return set().union(*(_selectors(member.criterion, place.within(member)) for member in _decisive(criterion)))


def _parts(criterion: AllOf | AnyOf, place: Selector) -> list[tuple[Any, Selector]]:
    """Return the members, with those that read the same result put together where the first of them stands."""
    together: dict[Any, list[Member]] = {}
    for number, member in enumerate(_decisive(criterion)):
        read = _selectors(member.criterion, place.within(member))
        together.setdefault(read.copy().pop() if len(read) == 1 else number, []).append(member)
    out = []
    for key, members in together.items():
        if isinstance(key, Selector):
            bare = tuple(Member(criterion=member.criterion) for member in members)
            # Members within may still name the component: it is the one of the part.
            out.append((criterion.model_copy(update={"members": bare}) if len(bare) > 1 else bare[0].criterion, key))
        else:
            out.append((members[0].criterion, place.within(members[0])))
    return out


def _staged(reasons: Any) -> str:
    """Return the reason of the first stage that is satisfied or was not evaluated, or else of the last."""
    reason = ""
    for reason in reasons:
        if verdict_of(reason) in ("conforms", "reported", "not-evaluated"):
            break
    return reason


def _first_of(reasons: Sequence[str], order: Sequence[str]) -> str:
    """Return the first reason of the verdict that comes first in an order."""
    return min(reasons, key=lambda reason: order.index(verdict_of(reason)))
