"""Numbers as criteria: limits, targets with their tolerance, and the scale a label names."""

from __future__ import annotations

import re

from harmoniqc.notation.context import Context
from harmoniqc.notation.items import Item
from harmoniqc.notation.numbers import Number
from harmoniqc.notation.phrases import nominal_fact
from harmoniqc.notation.quantities import Quantity
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.tails import known_unit
from harmoniqc.standard import Bound, Criterion, Limit, Target, Tolerance


def limit_of(context: Context, number: Number) -> Limit:
    """Return the limit a bound or a range states."""
    first = number.low
    if number.kind == "range" and number.high is not None:
        low = Bound(value=first.number.text, inclusive=number.low_closed)
        high = Bound(value=number.high.number.text, inclusive=number.high_closed)
        return Limit(
            low=low,
            high=high,
            unit=number.unit,
            population=number.high.population or first.population,
            text=context.text,
        )
    bound = Bound(value=first.number.text, inclusive="=" in number.comparator)
    if number.comparator.startswith(">"):
        return Limit(low=bound, unit=number.unit, population=first.population, text=context.text)
    return Limit(high=bound, unit=number.unit, population=first.population, text=context.text)


def target_of(context: Context, item: Item, number: Number) -> Target:
    """Return the target a number, a tolerance or a nominal amount states.

    Raises:
        Refusal: If what the tolerance belongs to is not said.
    """
    if number.kind == "bare":
        context.notes.append(("no-tolerance-stated", number.low.number.text))
        return Target(value=number.low.number.text, unit=number.unit, population=number.low.population)
    if number.kind in ("nominal", "tolerance"):
        return _nominal(context, item, number)
    tolerance = number.high
    if tolerance is None:  # pragma: no cover - a target has one
        raise Refusal("no-tolerance", "a tolerance was expected", item.start)
    relative = tolerance.unit == "%" and number.unit != "%"
    distance = tolerance.number.text
    return Target(
        value=number.low.number.text,
        unit=number.unit,
        population=number.low.population,
        tolerance=Tolerance(minus=distance, plus=distance, relative=relative),
    )


def _nominal(context: Context, item: Item, number: Number) -> Target:
    tolerance = number.low
    fact = number.fact or _named_fact(context, tolerance)
    if fact is None:
        raise Refusal(
            "unrelated-numbers",
            "what the tolerance belongs to is not said",
            item.start,
            expected="± 20 % of the labeled amount",
        )
    if tolerance.number.negative:
        raise Refusal("unreadable-text", "a tolerance is not negative", item.start)
    if tolerance.unit != "%":
        raise Refusal(
            "unit-conflict",
            "a tolerance around a nominal amount is stated in percent",
            item.start,
            expected="± 20 %",
        )
    given = context.given
    named = given is not None and given.unit.code != "%"  # a column of percent says how the tolerance is stated
    return Target(
        nominal=fact,
        unit=given.unit.code if given is not None and named else None,
        population=given.population if given is not None and named else None,
        tolerance=Tolerance(minus=tolerance.number.text, plus=tolerance.number.text, relative=True),
    )


def _named_fact(context: Context, tolerance: Quantity) -> str | None:
    words = f"{tolerance.population or tolerance.words}".casefold()
    words = re.sub(r"\A(?:of )?(?:the )?", "", words)
    return nominal_fact(words)


def on_scale(criterion: Criterion, label: str | None) -> Criterion:
    """Take the scale from a label that names it: "pH 6.9–7.5"."""
    scale = None if label is None else known_unit(label)
    if scale is None or not scale.is_scale or not isinstance(criterion, (Limit, Target)) or criterion.unit is not None:
        return criterion
    return criterion.model_copy(update={"unit": scale.code})
