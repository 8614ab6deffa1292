"""Statements to criteria: what each number or wording asks, with everything that stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harmoniqc.notation.amounts import limit_of, on_scale, target_of
from harmoniqc.notation.context import Context, Statement
from harmoniqc.notation.items import Expression, Item, is_target_label
from harmoniqc.notation.lexemes import Lexeme
from harmoniqc.notation.numbers import Number
from harmoniqc.notation.quantities import Quantity, is_marker_name
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.tails import Note
from harmoniqc.notation.wordings import WORDINGS
from harmoniqc.standard import Absence, Criterion, Limit
from harmoniqc.standard import Quantity as StatedQuantity
from harmoniqc.units import conversion, parse_unit

_DETECTION = ("lod", "limit of detection", "detection limit", "limit of detection of", "detection limit of")
_SENSITIVITY = frozenset(("sensitivity", "sensitivity of", *_DETECTION))
_INFORMATIVE = re.compile(
    r"\b(?:report(?:ed|ing)?|inform\w*|fio|optional|target|guidance|tentative|preliminary|proposed|not binding"
    r"|alert|action|expected)\b",
    re.IGNORECASE,
)


def statements_of(context: Context, item: Item) -> list[Statement]:
    """Return what an item asks: one criterion, or one for each marker or bracket.

    Raises:
        Refusal: If what stands around the statement is not understood.
    """
    if item.statistic is not None:
        message = f"a limit on a {item.statistic}: how the reportable value is formed is no part of its limit"
        remedy = "state the limit alone, and the statistic in the test's reportable value"
        raise Refusal("unrelated-numbers", message, item.start, remedy=remedy)
    if item.fraction is not None:
        raise Refusal("unrelated-numbers", "a share of several results is no criterion for one", item.start)
    if item.kind == "number":
        return _numeric(context, item)
    if item.kind == "bracketed":
        return _bracketed(context, item)
    criterion = WORDINGS[item.kind](context, item)
    notes: list[Note] = list(item.notes)
    notes += [("words-kept", remark) for remark in item.remarks]
    if item.count is not None or item.window is not None:
        raise Refusal("unreadable-text", "a count or window behind words is not understood", item.start)
    if item.brackets and not isinstance(criterion, Absence):
        raise Refusal("unreadable-text", "a bracket that states something stands behind words", item.start)
    if (item.timed or item.amounts or item.brackets) and isinstance(criterion, Absence):
        criterion = _qualified(context, criterion, item, notes)
    elif item.timed or item.amounts:
        raise Refusal("unreadable-text", "a number behind words is not understood", item.start)
    if item.day is not None:
        context.day = item.day
        if isinstance(criterion, Absence):
            criterion = criterion.model_copy(update={"read_day": item.day})
    label = item.enumerator or (item.label_text if item.label else None)
    if item.kind == "signed" and item.words:
        label = context.words(item.words)
    return [Statement(criterion, item, label, tuple(item.conditions), notes)]


def _qualified(context: Context, criterion: Absence, item: Item, notes: list[Note]) -> Absence:
    """Add to an absence the day it is read, the amount tested and the sensitivity."""
    for time in item.timed:
        days = _days(time)
        if days is None:
            notes.append(("words-kept", f"{time.number.text} {time.unit}"))
        elif criterion.read_day is not None or item.day is not None:
            raise Refusal("unreadable-text", "two days of reading", item.start)
        else:
            criterion = criterion.model_copy(update={"read_day": days})
    for amount in item.amounts:
        days = _days(amount)
        if days is not None and criterion.read_day is None:  # "no growth in 14 days"
            criterion = criterion.model_copy(update={"read_day": days})
            continue
        if amount.unit is None or criterion.amount is not None:
            raise Refusal("unknown-unit", "the amount tested has no unit, or there are two", item.start)
        criterion = criterion.model_copy(update={"amount": StatedQuantity(value=amount.number.text, unit=amount.unit)})
    for bracket, tail in zip(item.brackets, item.bracket_tails, strict=True):
        number = bracket.items[0].number
        if (
            len(bracket.items) == 1
            and bracket.items[0].label_text.casefold() in _SENSITIVITY
            and number is not None
            and number.kind == "bare"
            and number.unit is not None
            and criterion.sensitivity is None
            and not tail
        ):
            stated = StatedQuantity(value=number.low.number.text, unit=number.unit)
            notes += number.all_notes
            criterion = criterion.model_copy(update={"sensitivity": stated})
            continue
        bare = number is not None and number.kind == "bare" and not bracket.items[0].label and len(bracket.items) == 1
        days = _days(number.low) if bare and number is not None else None
        if days is not None and criterion.read_day is None and not tail:
            criterion = criterion.model_copy(update={"read_day": days})
            continue
        if len(bracket.items) == 1 and bracket.items[0].kind in ("absent", "absent_no", "absent_of") and not tail:
            inner = statements_of(context, bracket.items[0])[0]
            notes += inner.notes
            if (
                isinstance(inner.criterion, Absence)
                and inner.criterion.read_day is not None
                and criterion.read_day is None
            ):
                criterion = criterion.model_copy(update={"read_day": inner.criterion.read_day})
            continue
        if (
            len(bracket.items) != 1
            or tail
            or number is None
            or number.kind != "bound"
            or number.comparator not in ("<", "<=")
        ):
            raise Refusal(
                "unreadable-text",
                "a bracket behind an absence states its sensitivity: (< 10 CFU/mL)",
                bracket.items[0].start,
            )
        if criterion.sensitivity is not None or number.unit is None or bracket.items[0].label:
            raise Refusal(
                "unreadable-text",
                "the sensitivity has no unit, a label, or is stated twice",
                bracket.items[0].start,
            )
        if number.low.words:
            message = f"{number.low.words!r} in the bracket is not understood"
            raise Refusal("unreadable-text", message, bracket.items[0].start)
        notes += number.all_notes
        notes.append(("sensitivity-read", f"{number.low.number.text} {number.unit}"))
        criterion = criterion.model_copy(
            update={"sensitivity": StatedQuantity(value=number.low.number.text, unit=number.unit)}
        )
    return criterion


def _bracketed(context: Context, item: Item) -> list[Statement]:
    (bracket,) = item.brackets
    if len(bracket.items) != 1 or bracket.items[0].conditions or bracket.items[0].kind != "number" or item.enumerator:
        raise Refusal("unreadable-text", "the bracket does not state one limit", item.start)
    inner = bracket.items[0]
    if inner.number is None or inner.number.kind == "bare":
        raise Refusal("unrelated-numbers", "the number in the bracket has no comparison", inner.start)
    if inner.brackets or len(inner.number.low.components) > 1 or any(part.type == "LIST" for part in item.label):
        raise Refusal("unreadable-text", "a bracket with more than one limit, or behind a list", inner.start)
    (statement,) = _numeric(context, inner)
    statement.item = item
    item.number = inner.number
    statement.conditions = tuple(item.conditions)
    statement.component = None
    statement.notes += [
        ("words-kept", context.words(item.label)),
        *(("words-kept", remark) for remark in item.remarks),
    ]
    _refuse_leftovers(context, item)
    return [statement]


def _refuse_leftovers(context: Context, item: Item) -> None:
    if item.timed or item.amounts or item.count is not None or item.window is not None:
        raise Refusal("unrelated-numbers", "a second number stands behind, and its part is not said", item.start)


def _numeric(context: Context, item: Item) -> list[Statement]:
    number = item.number
    if number is None:  # pragma: no cover - asked for numbers only
        raise Refusal("unreadable-text", "a number was expected", item.start)
    weight = _reference_weight(context, item, number)
    if weight is not None:
        return [weight]
    notes = [*item.notes, *number.all_notes]
    criterion: Criterion
    if number.kind == "bound" or number.kind == "range":
        criterion = limit_of(context, number)
    else:
        criterion = target_of(context, item, number)
    words = " ".join(part for part in (number.low.words, number.high.words if number.high else "") if part)
    components = number.low.components or _label_markers(context, item)
    if words and not number.low.components:
        notes.append(("words-kept", words))
    _refuse_informative(context, item, number)
    notes += [("words-kept", remark) for remark in item.remarks]
    for time in item.timed:
        notes.append(("words-kept", f"{time.number.text} {time.unit}"))
    if item.window is not None:
        window = item.window.unit
        if number.unit != "%" or window is None or parse_unit(window).dimension != (("m", 1),):
            raise Refusal("unrelated-numbers", "two ranges, and how they belong together is not said", item.start)
        notes.append(
            (
                "words-kept",
                f"{item.window.low.number.text} to {item.window.high.number.text if item.window.high else ''} {window}",
            )
        )
    if item.amounts:
        if number.kind != "bare":
            raise Refusal("unrelated-numbers", "the amount behind belongs to the unit: write CFU/100 mL", item.start)
        notes += [("words-kept", f"{amount.number.text} {amount.unit}") for amount in item.amounts]
    if item.count is not None:
        notes.append(("words-kept", f"n = {item.count}"))
    if item.day is not None:
        context.day = item.day
        notes.append(("words-kept", f"day {item.day}"))
    label = _label(context, item, notes)
    criterion = on_scale(criterion, label)
    if item.label and (item.enumerator or components or label):
        notes.append(("words-kept", context.words(item.label)))
    conditions = tuple(item.conditions)
    if len(components) > 1 and not item.brackets:
        if item.label and number.low.components:
            raise Refusal("unreadable-text", "a label and a list of markers ask for the same", item.start)
        return [
            Statement(criterion, item, name, conditions, notes if place == 0 else [])
            for place, name in enumerate(components)
        ]
    own = label or (components[0] if components else None)
    out = [Statement(criterion, item, own, conditions, notes)]
    for bracket, tail in zip(item.brackets, item.bracket_tails, strict=True):
        out += _behind(context, item, number, bracket, tail, notes)
    if len(out) > 1 and conditions:
        raise Refusal("unknown-condition", "a condition and several limits in brackets", item.start)
    if len(out) > 1:
        for statement in out:
            statement.component = statement.component or _counted(context, statement)
    return out


def _refuse_informative(context: Context, item: Item, number: Number) -> None:
    remarks = [
        *item.remarks,
        *(part.text for part in (*number.low.tail, *(number.high.tail if number.high else ())) if part.type == "PAREN"),
    ]
    for remark in remarks:
        if _INFORMATIVE.search(remark):
            message = f"a limit, and the remark {remark!r} that it may not bind"
            raise Refusal("unrelated-numbers", message, item.start, expected="a limit, or report results")


def _counted(context: Context, statement: Statement) -> str | None:
    number = statement.item.number
    if number is None or not number.low.own_unit:
        return None
    words = [
        item
        for item in number.low.tail
        if item.kind == "word" and item.type == "WORD" and item.text.casefold() not in ("is", "are", "of")
    ]
    return context.words(words) if (words and statement.criterion.population) or (words and number.low.words) else None


def _label(context: Context, item: Item, notes: list[Note]) -> str | None:
    if item.enumerator:
        return item.enumerator
    if not item.label:
        return None
    if item.number is not None and item.number.kind == "bound" and "target" in item.label_text.casefold().split():
        raise Refusal("unrelated-numbers", "a target is no limit: which of both it is is not said", item.start)
    if item.number is not None and item.number.kind == "bare" and not is_target_label(item.label):
        message = f"{context.words(item.label)!r} stands before a number, and no comparison between them"
        raise Refusal("unrelated-numbers", message, item.start, expected="≥ or ≤ before the number")
    interval = next((part for part in item.label if part.phrase is not None and part.phrase.sign == "INTERVAL"), None)
    if interval is not None:
        raise Refusal("unrelated-numbers", "a limit on an end of a confidence interval", interval.start)
    if any(part.type == "LIST" for part in item.label):
        if _label_markers(context, item):
            return None
        raise Refusal("unreadable-text", f"a list stands before the number: {context.words(item.label)!r}", item.start)
    return item.label_text


def _label_markers(context: Context, item: Item) -> tuple[str, ...]:
    """Return the markers of a label such as "CD73, CD90 and CD105"."""
    if not any(part.type == "LIST" for part in item.label):
        return ()
    names: list[list[Lexeme]] = [[]]
    for part in item.label:
        if part.type == "LIST" and part.text.casefold() not in (",", "and", "&"):
            return ()
        if part.type == "LIST":
            names.append([])
        else:
            names[-1].append(part)
    found = tuple(context.words(name) for name in names if name)
    return found if all(is_marker_name(name) for name in found) else ()


def _behind(
    context: Context, item: Item, number: Number, bracket: Expression, tail: Sequence[Lexeme], notes: list[Note]
) -> list[Statement]:
    """Read a bracket behind a number: a restated amount, or a further limit."""
    inner = bracket.items[0]
    text = context.written(inner.start, bracket.items[-1].end)
    if tail:
        raise Refusal("unreadable-text", "words behind the bracket are not understood", tail[0].start)
    bare = all(_restates(part, number) for part in bracket.items)
    loose = (
        number.kind == "bare"
        and inner.number is not None
        and inner.number.notes[:1]
        and inner.number.notes[0][0] == "within-is-at-most"
    )
    if bare or loose:
        notes.append(("restated", text))
        return []
    if number.kind == "bare":
        message = "a number without a comparison, and a limit in brackets: which one counts is not said"
        raise Refusal("unrelated-numbers", message, item.start)
    out = [part for one in bracket.items for part in statements_of(context, one)]
    if any(sign.type == "OR" for sign in bracket.signs) or not all(isinstance(part.criterion, Limit) for part in out):
        raise Refusal("unreadable-text", "what the bracket states is not understood", inner.start, found=text)
    for part in out:
        same = isinstance(part.criterion, Limit) and part.criterion.unit == number.unit
        if same and not (
            part.criterion.population or part.component or (part.item.number and part.item.number.low.words)
        ):
            raise Refusal("unrelated-numbers", "two limits of the same thing, one in brackets", inner.start, found=text)
    return out


def _restates(part: Item, number: Number) -> bool:
    """Tell whether a bracket says the amount again, in another unit: "not less than 8 mL (16E13 vg)"."""
    inner = part.number
    if inner is None or inner.kind != "bare" or part.brackets or part.label or part.conditions or part.timed:
        return False
    return inner.unit is not None and inner.unit != number.unit and not inner.low.words


def _reference_weight(context: Context, item: Item, number: Number) -> Statement | None:
    """Read "35E6 cells for a 70-kg patient (> 0.5E6 cells/kg)": the limit per kg, with the example beside it."""
    weight = next((time for time in item.timed if time.unit in ("kg", "kg-body")), None)
    if weight is None:
        return None
    if number.kind != "bare" or len(item.brackets) != 1 or len(item.brackets[0].items) != 1:
        raise Refusal(
            "unrelated-numbers",
            "a limit that holds for one body weight only is no limit for others",
            item.start,
            expected="a limit per kg",
        )
    inner = item.brackets[0].items[0]
    limit = inner.number
    if limit is None or limit.kind != "bound" or limit.unit is None or "kg" not in limit.unit:
        raise Refusal("unrelated-numbers", "a limit per kg was expected in the bracket", inner.start)
    if limit.low.words:
        raise Refusal("unreadable-text", f"{limit.low.words!r} in the bracket is not understood", inner.start)
    if limit.low.number.value * weight.number.value != number.low.number.value:
        message = f"{limit.low.number.text} per kg times {weight.number.text} kg is not {number.low.number.text}"
        raise Refusal("unrelated-numbers", message, inner.start)
    notes = [*limit.all_notes, ("reference-weight", f"{weight.number.text} kg")]
    return Statement(limit_of(context, limit), item, None, tuple(item.conditions), notes)


def _days(time: Quantity) -> int | None:
    """Return a duration in whole days; None if it is none."""
    if time.unit is None:
        return None
    unit = parse_unit(time.unit)
    if not unit.is_duration or not unit.convertible_to(parse_unit("d")):
        return None
    days = time.number.value * conversion(unit, parse_unit("d")).factor
    return int(days) if days.denominator == 1 and days <= 10_000 else None
