"""Limits that no result can meet, and cases that exclude or cover each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from harmoniqc.errors import Finding, UnitError
from harmoniqc.evaluation.meaning.facts import Facts
from harmoniqc.evaluation.meaning.interval import Region
from harmoniqc.evaluation.meaning.outcome import judge_category
from harmoniqc.evaluation.meaning.plan import plan_for
from harmoniqc.evaluation.meaning.tree import Context, Leaf, resolve
from harmoniqc.schema.checks.conditions import UndecidedError, cases_of, exclude
from harmoniqc.schema.checks.places import Place, conditions_in, every_criterion, tests_of
from harmoniqc.schema.contents import Contents
from harmoniqc.standard import (
    Absence,
    AllOf,
    AnyOf,
    Bound,
    Category,
    Conditional,
    Criterion,
    Limit,
    Member,
    Product,
    RoundingPolicy,
    Target,
)
from harmoniqc.standard.condition import AnyCondition
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.units import Unit, conversion, parse_unit


def contradictory_limits(contents: Contents) -> Iterator[Finding]:
    """Yield criteria that no result could satisfy, and conditions that no batch could meet.

    A limit is taken as it is compared: rounded by its policy, and among the values its attribute can have. Limits that
    are joined are only looked at where each can be met on its own.
    """
    for place in every_criterion(contents):
        reason = _reason(place)
        if reason is not None:
            yield _finding(place.pointer, reason, place.criterion)
    for pointer, condition in conditions_in(contents):
        if _never_holds(condition):
            yield _finding(pointer, "the condition can never hold", condition)
    for placed in contents.specifications:
        for pointer, test in tests_of(placed):
            for number, item in enumerate(() if test.reportable is None else test.reportable.validity):
                if to_fraction(item.high.value) < 0 or (to_fraction(item.high.value) == 0 and not item.high.inclusive):
                    where = f"{pointer}/reportable/validity/{number}/high"
                    yield _finding(where, "no spread of replicates is less than nothing", item.high.value)
    for product in contents.products:
        yield from _of_product(product.pointer, product.document)


def overlapping_cases(contents: Contents) -> Iterator[Finding]:
    """Yield cases of a conditional criterion that can hold together, so that nobody could say which applies."""
    for place in every_criterion(contents):
        if not isinstance(place.criterion, Conditional):
            continue
        for (first, one), (second, other) in itertools.combinations(enumerate(place.criterion.branches), 2):
            if not _exclude(one.when, other.when):
                message = f"cases {first + 1} and {second + 1} can hold for one and the same batch"
                where = f"{place.pointer}/branches/{second}/when"
                yield Finding("overlapping-branches", message, pointer=where, found=f"{one.when}; {other.when}")


def _finding(pointer: str, reason: str, found: object) -> Finding:
    return Finding("contradictory-limits", reason, pointer=pointer, found=str(found))


def _exclude(left: AnyCondition, right: AnyCondition) -> bool:
    try:
        return exclude(left, right)
    except UndecidedError:
        return True


def _never_holds(condition: AnyCondition) -> bool:
    try:
        return not cases_of(condition)
    except UndecidedError:
        return False


# -- criteria ----------------------------------------------------------------------------------------------------


def _reason(place: Place) -> str | None:
    criterion = place.criterion
    if isinstance(criterion, (Limit, Target)):
        found = _numbers(criterion, place.policy, place.cqa)
        return None if found is None else found.reason
    if isinstance(criterion, Absence):
        reach = criterion.sensitivity
        if reach is not None and to_fraction(reach.value) <= 0:
            return "no limit of detection is as low as the sensitivity asked for"
    if isinstance(criterion, Category):
        accepted = [(item.code, word) for item in criterion.accept for word in (None, *item.synonyms)]
        if all(judge_category(criterion, *words) == "value-text-mismatch" for words in accepted):
            return "every outcome that is accepted is rejected as well"
    if isinstance(criterion, AllOf):
        return _joined(criterion, place)
    if isinstance(criterion, AnyOf):
        return _no_choice(criterion)
    return None


def _no_choice(criterion: AnyOf) -> str | None:
    decisive = [member for member in criterion.members if not member.informative]
    if not decisive:
        return "none of the alternatives decides anything"
    if criterion.mode == "declared-method" and not any(member.method for member in decisive):
        return "a declared method chooses among the alternatives, and none names its method"
    return None


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What satisfies a criterion on one result.

    Attributes:
        accept: Numbers that conform once rounded and can exist, in ``unit``.
        unit: Their unit.
        reason: Why there are none; None: there are some.
    """

    accept: Region
    unit: Unit
    reason: str | None


def _numbers(criterion: Criterion, policy: RoundingPolicy, cqa: str) -> _Numbers | None:
    """Return what satisfies a limit or target; None where it depends on a fact, or its unit cannot be read."""
    leaf = resolve(criterion, Context(Facts(), policy))
    if not isinstance(leaf, Leaf) or not isinstance(leaf.criterion, Limit):
        return None
    limit = leaf.criterion
    try:
        plan = plan_for(limit, leaf.policy, limit.unit, cqa)
        unit = parse_unit(limit.unit or "1")
    except UnitError:
        return None
    reason = None
    if plan.written.is_empty:
        reason = "the lower limit is not below the upper limit"
    elif plan.accept.is_empty:
        reason = "no value rounds to one within the limits"
    elif plan.accept.within(plan.domain).is_empty:
        reason = f"no value of {cqa} lies within the limits"
    return _Numbers(plan.accept.within(plan.domain), unit, reason)


def _joined(criterion: AllOf, place: Place) -> str | None:
    """Return why limits that have to hold together exclude each other."""
    groups: dict[object, list[Member]] = {}
    for member in criterion.members:
        if not member.informative and member.criterion.role == "registered-acceptance":
            selector = (member.component, member.cqa, member.method, member.stage, member.criterion.population)
            groups.setdefault(selector, []).append(member)
    for members in groups.values():
        cqa = members[0].cqa or place.cqa
        together: _Numbers | None = None
        for member in members:
            found = _any_numbers(member.criterion, replace(place, cqa=cqa))
            if found is None or found.accept.is_empty:
                continue
            if together is None or not found.unit.convertible_to(together.unit):
                together = together or found
                continue
            step = conversion(found.unit, together.unit)
            both = together.accept.intersect(found.accept.mapped(step.factor, step.offset))
            if both.is_empty:
                return "the limits that have to hold together exclude each other"
            together = replace(together, accept=both)
    return None


def _any_numbers(criterion: Criterion, place: Place) -> _Numbers | None:
    """Return the numbers that satisfy a limit, or one of several; None where other things may satisfy it as well."""
    if not isinstance(criterion, AnyOf):
        return _numbers(criterion, place.policy, place.cqa) if isinstance(criterion, (Limit, Target)) else None
    out: _Numbers | None = None
    for member in criterion.members:
        own = (member.component, member.cqa, member.method, member.stage)
        found = None if any(own) else _any_numbers(member.criterion, place)
        if found is None or (out is not None and not found.unit.convertible_to(out.unit)):
            return None
        if out is None:
            out = found
            continue
        step = conversion(found.unit, out.unit)
        out = replace(out, accept=out.accept.union(found.accept.mapped(step.factor, step.offset)))
    return out


# -- products ----------------------------------------------------------------------------------------------------


def _of_product(pointer: str, product: Product) -> Iterator[Finding]:
    for number, rule in enumerate(product.dose_rules):
        where = f"{pointer}/dose_rules/{number}"
        yield from _ends(rule.low, rule.high, rule.unit, rule.cqa, where)
        for name in ("nominal", "maximum"):
            dose = getattr(rule, name)
            if dose is not None:
                yield from _ends(
                    Bound(value=dose.value), Bound(value=dose.value), dose.unit, rule.cqa, f"{where}/{name}"
                )
    for number, strength in enumerate(product.strengths):
        where = f"{pointer}/strengths/{number}"
        yield from _ends(strength.low, strength.high, strength.unit, strength.cqa, where)
    for number, storage in enumerate(product.storage):
        if storage.temperature is not None:
            found = _numbers(storage.temperature, "none", "storage-temperature")
            if found is not None and found.reason is not None:
                yield _finding(f"{pointer}/storage/{number}/temperature", found.reason, storage.temperature)


def _ends(low: Bound | None, high: Bound | None, unit: str | None, cqa: str | None, pointer: str) -> Iterator[Finding]:
    if low is None and high is None:
        return
    limit = Limit(low=low, high=high, unit=unit)
    found = _numbers(limit, "none", cqa or "")
    if found is not None and found.reason is not None:
        yield _finding(pointer, found.reason.replace("limits", "ends"), limit)
