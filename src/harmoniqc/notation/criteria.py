"""What several statements in one cell say together: all of them, any of them, each in its case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from harmoniqc.notation.amounts import limit_of
from harmoniqc.notation.context import Context, Statement
from harmoniqc.notation.describing import names_part
from harmoniqc.notation.items import Expression
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.statements import statements_of
from harmoniqc.standard import (
    AllOf,
    AnyOf,
    Branch,
    Conditional,
    Criterion,
    FactCondition,
    Limit,
    Member,
    ReportOnly,
    Target,
)
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.units import Unit, parse_unit
from harmoniqc.vocabulary import Terms, authorities, stages
from harmoniqc.vocabulary.terms import fold


def build(context: Context, expression: Expression) -> tuple[Criterion, FactCondition | None]:
    """Return the criterion of an expression; a condition that governs all of it apart.

    Raises:
        Refusal: If the statements do not make one criterion.
    """
    if len(expression.items) == 1:
        context.text = context.signs.written.strip()
    parts = [part for item in expression.items for part in statements_of(context, item)]
    kinds = {sign.type for sign in expression.signs}
    if len(parts) == 1 and not parts[0].conditions[1:]:
        context.notes += parts[0].notes
        conditions = parts[0].conditions
        return parts[0].criterion, conditions[0] if conditions else None
    if any(statement.conditions for statement in parts):
        return _conditional(context, parts, kinds), None
    if "OR" in kinds and kinds != {"OR"}:
        at = expression.signs[0].start
        raise Refusal("unrelated-numbers", "and-parts and or-parts are mixed; brackets would say how", at)
    for statement in parts:
        context.notes += statement.notes
    if kinds == {"OR"}:
        return _any_of(context, parts), None
    return _all_of(context, parts), None


def _any_of(context: Context, parts: list[Statement]) -> Criterion:
    for statement in parts:
        _refuse_bare(context, statement)
    _refuse_unknown_parts(parts)
    _share_unit(context, parts)
    if all(statement.criterion == parts[0].criterion and not statement.component for statement in parts):
        return parts[0].criterion
    return AnyOf(members=tuple(_member(context, statement) for statement in parts))


def _share_unit(context: Context, parts: list[Statement]) -> None:
    """Give "< 10 or > 90 %" one unit: where only one alternative names it, it is that of each without a label."""
    numeric = [part for part in parts if isinstance(part.criterion, Limit)]
    units = {part.criterion.unit for part in numeric if isinstance(part.criterion, Limit)}
    if len(units) != 2 or None not in units or any(part.item.label for part in numeric):
        return
    unit = next(unit for unit in units if unit is not None)
    for part in numeric:
        if isinstance(part.criterion, Limit) and part.criterion.unit is None:
            part.criterion = part.criterion.model_copy(update={"unit": unit})
    context.notes.append(("unit-shared", unit))


def _all_of(context: Context, parts: list[Statement]) -> Criterion:
    parts = _window(context, parts)
    if len(parts) == 1:
        return parts[0].criterion
    if all(isinstance(statement.criterion, ReportOnly) for statement in parts):
        return parts[0].criterion
    reported = next((part for part in parts if isinstance(part.criterion, ReportOnly)), None)
    if reported is not None:
        message = "one part is only reported, the other a limit: whether the limit binds is not said"
        raise Refusal("unrelated-numbers", message, reported.item.start)
    _refuse_cases(parts)
    joined = _joined(context, parts)
    if joined is not None:
        return joined
    if isinstance(parts[0].criterion, Target) and all(item.item.kind == "description" for item in parts[1:]):
        # A target without a tolerance decides nothing, so words about it may stay words.
        context.notes += [("words-kept", context.words(item.item.words)) for item in parts[1:]]
        _refuse_logic(parts[1:])
        return parts[0].criterion
    for statement in parts:
        _refuse_bare(context, statement)
    _refuse_unknown_parts(parts)
    _refuse_sizes(parts)
    _refuse_twice(parts)
    _name_parts(context, parts)
    return AllOf(members=tuple(_member(context, statement) for statement in parts))


def _refuse_cases(parts: Sequence[Statement]) -> None:
    """Refuse labels that tell cases apart: what holds at release and what at shelf life are two tests."""
    for part in parts:
        label = fold(part.item.label_text)
        what = "a stage" if label in _names(stages) else "an authority" if label in _names(authorities) else None
        if what is not None:
            message = f"{part.item.label_text!r} is {what}: what holds for each is a test of its own"
            raise Refusal("unknown-condition", message, part.item.start, expected="one criterion a test")


def _refuse_unknown_parts(parts: Sequence[Statement]) -> None:
    """Refuse labels that may tell cases apart: only a part of the sample has a limit beside those of the others."""
    for part in parts:
        label = part.item.label_text.strip(" :,=-")
        if part.item.number is not None and label and part.item.enumerator is None and not names_part(label):
            message = f"{label!r} may be a part of the sample or a case, and which is not said"
            raise Refusal("unknown-condition", message, part.item.start, found=label, expected="one criterion a case")
        if part.item.kind == "description":
            _refuse_logic(parts=[part])


def _refuse_sizes(parts: Sequence[Statement]) -> None:
    """Refuse "≤ 6000 particles ≥ 10 μm": the size says which particles are counted, it is no limit of its own."""
    units = [None if (number := part.item.number) is None else number.unit for part in parts]
    for part, ahead, unit in zip(parts[1:], units, units[1:], strict=False):
        if ahead is None or unit is None or not ahead.startswith("particle") or part.item.label:
            continue
        if parse_unit(unit.partition("/")[0]).dimension == (("m", 1),):
            message = "a size behind a number of particles says which are counted"
            raise Refusal("unrelated-numbers", message, part.item.start, expected="the size in the name of the test")


def _refuse_twice(parts: Sequence[Statement]) -> None:
    """Refuse two limits of one side for the same part: which one counts is not said."""
    seen: set[tuple[str, str | None, str]] = set()
    for part in parts:
        limit = part.criterion
        if not isinstance(limit, Limit) or part.component is None:
            continue
        for side in ("low", "high"):
            key = (part.component, limit.unit, side)
            if getattr(limit, side) is not None:
                if key in seen:
                    message = f"two limits of the same side for {part.component}"
                    raise Refusal("unrelated-numbers", message, part.item.start)
                seen.add(key)


def _names(terms: Terms[Any]) -> frozenset[str]:
    return frozenset(fold(name) for term in terms.values() for name in (term.id, term.name, *term.aliases))


def _refuse_logic(parts: Sequence[Statement]) -> None:
    for statement in parts:
        for word in statement.item.words:
            if word.type in ("LOGIC", "HALF"):
                raise Refusal("unreadable-text", f"{word.text!r} changes what stands before it", word.start)


def _refuse_bare(context: Context, statement: Statement) -> None:
    if isinstance(statement.criterion, Target) and statement.criterion.tolerance is None:
        message = "a number without a comparison stands beside another criterion"
        raise Refusal("unrelated-numbers", message, statement.item.start, expected="≥ or ≤ before the number")


def _window(context: Context, parts: list[Statement]) -> list[Statement]:
    """Read "50-400 nm particles > 90%": a share of what lies in a window; the window names what is counted."""
    if len(parts) != 2:
        return parts
    first, second = parts
    ranged, bound = first.item.number, second.item.number
    if ranged is None or bound is None or ranged.kind != "range" or bound.kind != "bound":
        return parts
    is_share = (
        bound.unit == "%"
        and not bound.low.words
        and ranged.low.words
        + (ranged.high.words if ranged.high else "")
        + (ranged.high.population or "" if ranged.high else "")
    )
    if (
        is_share
        and ranged.unit is not None
        and parse_unit(ranged.unit).dimension == (("m", 1),)
        and not second.item.label
    ):
        context.notes.append(("words-kept", context.written(first.item.start, first.item.end)))
        return [second]
    return parts


def _joined(context: Context, parts: Sequence[Statement]) -> Limit | None:
    """Return one limit for a lower and an upper bound of the same thing.

    Raises:
        Refusal: If two bounds of the same thing contradict each other, or bind on the same side.
    """
    if len(parts) != 2:
        return None
    first, second = parts
    one, other = first.criterion, second.criterion
    if not isinstance(one, Limit) or not isinstance(other, Limit) or second.component:
        return None
    if second.item.label and first.item.label_text != second.item.label_text:
        return None
    asked = [part.item.number.low.words.casefold() if part.item.number else "" for part in parts]
    if all(asked) and asked[0] != asked[1]:
        return None  # "≥ 80 % NK cells, ≤ 1 % T cells" asks two parts
    if one.unit != other.unit:
        if one.unit is None and first.item.number is not None and not first.item.number.low.own_unit:
            one = one.model_copy(update={"unit": other.unit})
            context.notes.append(("unit-shared", str(other.unit)))
        else:
            return None
    if (one.population or other.population) != (other.population or one.population):
        return None
    low, high = one.low or other.low, one.high or other.high
    at = second.item.start
    if low is None or high is None or (one.low and other.low) or (one.high and other.high):
        raise Refusal("unrelated-numbers", "two bounds of the same side, and which one counts is not said", at)
    if to_fraction(low.value) > to_fraction(high.value):
        raise Refusal("range-reversed", f"nothing is at least {low.value} and at most {high.value}", at)
    return Limit(low=low, high=high, unit=one.unit, population=one.population or other.population)


def _name_parts(context: Context, parts: Sequence[Statement]) -> None:
    """Name unnamed parts by the words behind them, or the kind of quantity they ask, where these tell them apart."""
    if any(statement.component for statement in parts):
        return
    words = [part.item.number.low.words if part.item.number else "" for part in parts]
    if all(words) and len({word.casefold() for word in words}) == len(words):
        for part, name in zip(parts, words, strict=True):
            if not names_part(name):
                message = f"{name!r} may be a part of the sample or a case, and which is not said"
                raise Refusal("unknown-condition", message, part.item.start, found=name)
            part.component = name
        return
    units = [
        None if (number := statement.item.number) is None or number.unit is None else parse_unit(number.unit)
        for statement in parts
    ]
    kinds = [None if unit is None else _kind_of(unit) for unit in units]
    if None not in kinds and len(set(kinds)) == len(kinds):
        for statement, kind in zip(parts, kinds, strict=True):
            statement.component = kind


def _conditional(context: Context, parts: list[Statement], kinds: set[str]) -> Criterion:
    if "OR" in kinds and kinds != {"OR"}:
        raise Refusal("unrelated-numbers", "conditions joined by and as well as or", parts[0].item.start)
    branches = []
    bound = next((item for item in parts if isinstance(item.criterion, Limit)), None)
    unit = next(
        (item.criterion.unit for item in parts if isinstance(item.criterion, Limit) and item.criterion.unit),
        None,
    )
    for statement in parts:
        if not statement.conditions:
            message = "one part has a condition and another has none"
            raise Refusal("unknown-condition", message, statement.item.start, expected="a condition for each part")
        if len(statement.conditions) > 1:
            raise Refusal("unknown-condition", "a part has two conditions", statement.item.start)
        context.notes += statement.notes
        criterion = statement.criterion
        if isinstance(criterion, Target) and criterion.tolerance is None and bound is not None and bound is parts[0]:
            criterion = _like(context, statement, bound)
        if isinstance(criterion, Limit) and criterion.unit is None and unit is not None:
            criterion = criterion.model_copy(update={"unit": unit})
            context.notes.append(("unit-shared", unit))
        branches.append(Branch(when=statement.conditions[0], criterion=criterion))
    whens = [branch.when for branch in branches]
    if len(set(whens)) < len(whens):
        raise Refusal("unknown-condition", "the same condition is stated twice", parts[0].item.start)
    return Conditional(branches=tuple(branches))


def _like(context: Context, statement: Statement, bound: Statement) -> Criterion:
    """Read a number alone with the comparison of the first case: "minimum 5,000 for ..., 4,500 for ..."."""
    first, number = bound.item.number, statement.item.number
    if first is None or number is None or first.kind != "bound":
        return statement.criterion
    context.notes.append(("comparison-shared", f"{first.comparator} {number.low.number.text}"))
    return limit_of(context, replace(number, kind="bound", comparator=first.comparator))


def _member(context: Context, statement: Statement) -> Member:
    item = statement.item
    text = context.written(item.start, item.end)
    criterion = statement.criterion.model_copy(update={"text": text}) if text else statement.criterion
    return Member(criterion=criterion, component=statement.component)


def _kind_of(unit: Unit) -> str | None:
    if unit.is_temperature:
        return "temperature"
    return "duration" if unit.is_duration else unit.kind or None
