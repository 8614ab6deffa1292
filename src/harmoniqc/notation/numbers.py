"""Numeric statements of the grammar - bounds, ranges, targets - before they become a criterion or a result."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from harmoniqc.notation.lexemes import Lexeme
from harmoniqc.notation.nodes import Node
from harmoniqc.notation.phrases import nominal_fact
from harmoniqc.notation.quantities import GivenUnit, Quantity, quantity
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.tails import Note

Given = GivenUnit | Refusal | None


@dataclass(slots=True)
class Number:
    """A numeric statement.

    Attributes:
        kind: ``bound`` (one comparator), ``range``, ``target`` (value and tolerance), ``nominal`` (a fact and its
            tolerance), ``tolerance`` (a tolerance of something else) or ``bare``.
        low: Lower end, or the value.
        high: Upper end, or the tolerance.
        comparator: Of a bound.
        low_closed: Whether the lower end of a range is inside.
        high_closed: Whether the upper end is.
        fact: The fact that gives the nominal value.
        notes: What was assumed.
        start: First character.
        end: Behind its last character.
    """

    kind: Literal["bound", "range", "target", "nominal", "tolerance", "bare"]
    low: Quantity
    high: Quantity | None = None
    comparator: str = ""
    low_closed: bool = True
    high_closed: bool = True
    fact: str = ""
    notes: tuple[Note, ...] = ()
    start: int = 0
    end: int = 0

    @property
    def unit(self) -> str | None:
        """Unit of the statement."""
        return self.low.unit

    @property
    def all_notes(self) -> tuple[Note, ...]:
        """What was assumed in the statement and its quantities."""
        return (*self.low.notes, *(() if self.high is None else self.high.notes), *self.notes)


def span_of(node: Node | Lexeme) -> tuple[int, int]:
    """Return the first character of a node and the place behind its last."""
    first = last = node
    while not isinstance(first, Lexeme):
        first = first.children[0]
    while not isinstance(last, Lexeme):
        last = last.children[-1]
    return first.start, last.end


def lexemes_in(node: Node | Lexeme) -> list[Lexeme]:
    """Return the lexemes of a node in their order."""
    if isinstance(node, Lexeme):
        return [node]
    return [item for child in node.children for item in lexemes_in(child)]


def read_number(node: Node, given: Given) -> Number:
    """Return what a numeric node says.

    Raises:
        Refusal: If it contradicts itself, or says something with two readings.
    """
    found = _READERS[node.data](node, given)
    found.start, found.end = span_of(node)
    return found


def read_quantity(node: Node, given: Given, more: Sequence[Lexeme] = ()) -> Quantity:
    """Return a number with the unit behind it."""
    head = node.children[0]
    tail = [*(lexemes_in(node.children[1]) if len(node.children) > 1 else ()), *more]
    if head.number is None:  # pragma: no cover - the lexer gives every number its numeral
        raise Refusal("unreadable-text", "a number was expected", head.start)
    try:
        return quantity(head.number, tail, given)
    except Refusal as refusal:
        if refusal.at is None:
            refusal.at = head.start
        raise


def _bound(node: Node, given: Given) -> Number:
    sign, value = node.children
    return Number("bound", read_quantity(value, given), comparator=_comparator(sign))


def _within(node: Node, given: Given) -> Number:
    value = read_quantity(node.children[1], given)
    if value.number.negative:
        raise Refusal("unreadable-text", "a lower end is missing before the negative number", node.children[0].start)
    if value.unit == "%":
        words = value.population or value.words
        fact = nominal_fact(words.removeprefix("of ").casefold()) if words else None
        if fact is None:
            message = "within so many percent of what is not said, or of something no fact of the batch gives"
            raise Refusal(
                "unrelated-numbers", message, node.children[0].start, expected="within 20 % of the labeled amount"
            )
        return Number("nominal", replace(value, population=None, words=""), fact=fact)
    return Number("bound", value, comparator="<=", notes=(("within-is-at-most", value.number.text),))


def _bound_behind(node: Node, given: Given) -> Number:
    value, sign, *tail = node.children
    more = lexemes_in(tail[0]) if tail else ()
    return Number("bound", read_quantity(value, given, more), comparator=_comparator(sign))


def _comparator(sign: Lexeme) -> str:
    if sign.phrase is None:  # pragma: no cover - comparisons come from phrases
        raise Refusal("unreadable-text", "a comparison was expected", sign.start)
    if sign.type == "POSTCMP" and not sign.phrase.value.startswith((">", "<")):  # pragma: no cover
        raise Refusal("unreadable-text", "a comparison was expected", sign.start)
    return sign.phrase.value


def _range(node: Node, given: Given) -> Number:
    ends = [child for child in node.children if isinstance(child, Node) and child.data == "end"]
    (low_sign, low_node), (high_sign, high_node) = (_end(end) for end in ends)
    at = span_of(node)[0]
    high = read_quantity(high_node, given)
    low = _with_unit_of(read_quantity(low_node, _other(given, high, low_node)), high, at)
    notes: list[Note] = []
    low, high, shared = share_power(low, high, at)
    notes += shared
    if low_sign is not None and _comparator(low_sign) not in (">=", ">"):
        raise Refusal("unreadable-text", "the lower end of a range is compared with < or ≤", low_sign.start)
    if high_sign is not None and _comparator(high_sign) not in ("<=", "<"):
        raise Refusal("unreadable-text", "the upper end of a range is compared with > or ≥", high_sign.start)
    if low_sign is not None and high_sign is None:
        message = "a comparison and a range are one too many: is it the lower end, or a range?"
        raise Refusal("unrelated-numbers", message, low_sign.start, expected="≥ 100 or 100 to 150")
    if low.number.value >= high.number.value:
        message = f"the range ends at {high.number.text} before it begins at {low.number.text}"
        raise Refusal("range-reversed", message, at, found=f"{low.number.text} to {high.number.text}")
    if low_sign is None and high_sign is None:
        notes.append(("inclusive-range", f"{low.number.text} to {high.number.text}"))
    return Number(
        "range",
        low,
        high,
        low_closed=low_sign is None or _comparator(low_sign) == ">=",
        high_closed=high_sign is None or _comparator(high_sign) == "<=",
        notes=tuple(notes),
    )


def _end(node: Node) -> tuple[Lexeme | None, Node]:
    if len(node.children) == 2:
        return node.children[0], node.children[1]
    return None, node.children[0]


def _other(given: Given, high: Quantity, low_node: Node) -> Given:
    """Return the unit a lower end takes when it names none itself: that of the upper end."""
    return None if len(low_node.children) == 1 and (high.unit is not None or isinstance(given, Refusal)) else given


def _with_unit_of(low: Quantity, high: Quantity, at: int) -> Quantity:
    if low.unit is None:
        return replace(low, unit=high.unit, population=high.population, components=high.components)
    if low.unit != high.unit:
        message = f"the ends of the range are in {low.unit} and {high.unit or 'no unit'}"
        raise Refusal("unit-conflict", message, at, expected=low.unit, found=high.unit or "no unit")
    return low


def share_power(low: Quantity, high: Quantity, at: int) -> tuple[Quantity, Quantity, list[Note]]:
    """Give both ends the power of ten that stands behind the second.

    Raises:
        Refusal: If that would turn the range around: then the power may belong to the second alone.
    """
    first, second = low.number, high.number
    if second.exponent is None or first.exponent is not None or low.own_unit:
        return low, high, []
    scaled = replace(first, exponent=second.exponent)
    plain = first.value < second.value
    if scaled.value >= second.value:
        if plain:
            message = f"does the power of ten in {second.text} belong to {first.text} too?"
            raise Refusal("ambiguous-number", message, at, remedy="write the power of ten at both ends")
        return low, high, []
    note: Note = ("exponent-shared", f"{scaled.text} to {second.text}")
    return replace(low, number=scaled), high, [note]


def _target(node: Node, given: Given) -> Number:
    value_node, sign, tolerance_node = node.children
    at = sign.start
    tolerance = read_quantity(tolerance_node, None)
    if (
        tolerance.unit == "%"
        and len(value_node.children) == 1
        and isinstance(given, GivenUnit)
        and given.unit.code != "%"
    ):
        value = read_quantity(value_node, given)
    elif tolerance.unit == "%" and len(value_node.children) == 1 and value_node.children[0].number.exponent is not None:
        # A number with a power of ten is no percentage: the percent is that of the tolerance alone.
        more = [item for item in lexemes_in(tolerance_node)[1:] if item.kind != "percent"]
        value = read_quantity(value_node, given, more)
        tolerance = replace(tolerance, words="", population=None)
    elif len(value_node.children) == 1 and tolerance.unit is not None:
        joined = read_quantity(tolerance_node, given)
        value = read_quantity(value_node, None)
        value = replace(
            value,
            unit=joined.unit,
            population=joined.population,
            words=joined.words,
            notes=(*value.notes, *(note for note in joined.notes if note not in tolerance.notes)),
            own_unit=False,
        )
        tolerance = replace(tolerance, unit=joined.unit)
    else:
        value = read_quantity(value_node, given)
    if tolerance.number.negative or tolerance.number.value < 0:
        raise Refusal("unreadable-text", "a tolerance is not negative", at)
    if tolerance.unit not in (None, "%", value.unit):
        message = f"the value is in {value.unit or 'no unit'} and its tolerance in {tolerance.unit}"
        raise Refusal("unit-conflict", message, at, expected=value.unit, found=tolerance.unit)
    value, tolerance, notes = _shared_tolerance(value, tolerance, at)
    return Number("target", value, tolerance, notes=tuple(notes))


def _shared_tolerance(value: Quantity, tolerance: Quantity, at: int) -> tuple[Quantity, Quantity, list[Note]]:
    first, second = value.number, tolerance.number
    if tolerance.unit == "%" and value.unit != "%":
        return value, tolerance, []
    if first.exponent is not None and second.exponent is None and second.value != 0:
        message = f"does the power of ten in {first.text} belong to {second.text} too?"
        raise Refusal("ambiguous-number", message, at, remedy="write the power of ten in both, or put both in brackets")
    if second.exponent is None or first.exponent is not None:
        return value, tolerance, []
    if value.own_unit or first.value >= second.value:
        if first.value >= second.value and not value.own_unit:
            raise Refusal("ambiguous-number", f"does the power of ten in {second.text} belong to {first.text} too?", at)
        return value, tolerance, []
    scaled = replace(first, exponent=second.exponent)
    return replace(value, number=scaled), tolerance, [("exponent-shared", f"{scaled.text} ± {second.text}")]


def _nominal(node: Node, given: Given) -> Number:
    fact = node.children[0].phrase.value
    tolerance = read_quantity(node.children[-1], None)
    return Number("nominal", tolerance, fact=fact)


def _tolerance(node: Node, given: Given) -> Number:
    return Number("tolerance", read_quantity(node.children[-1], None))


def _chain(node: Node, given: Given) -> Number:
    low_node, first, _, second, high_node = node.children
    at = span_of(node)[0]
    signs = [_comparator(first), _comparator(second)]
    if signs[0][0] != signs[1][0]:
        raise Refusal("unrelated-numbers", "the two comparisons point in different directions", at)
    if signs[0][0] == ">":
        low_node, high_node, signs = high_node, low_node, signs[::-1]
    high = read_quantity(high_node, given)
    low = _with_unit_of(read_quantity(low_node, _other(given, high, low_node)), high, at)
    if low.number.value >= high.number.value:
        raise Refusal("range-reversed", f"nothing lies between {low.number.text} and {high.number.text}", at)
    return Number("range", low, high, low_closed="=" in signs[0], high_closed="=" in signs[1])


def _scaled(node: Node, given: Given) -> Number:
    """Read "(4.5-6.0) × 10^7 cells": the power of ten belongs to everything in the brackets."""
    inner = next(child for child in node.children if isinstance(child, Node))
    power = next(child for child in node.children if isinstance(child, Lexeme) and child.type == "POWER")
    tail = node.children[-1]
    if inner.data not in ("range", "target", "bare"):
        raise Refusal(
            "unreadable-text", "a power of ten behind brackets belongs to a range or a tolerance", power.start
        )
    match = re.match(r"[x×]\s?10\s?(\^)?\s?\(?([-–+]?\s?\d{1,3})", power.text)
    if match is None:  # pragma: no cover - the pattern of the lexer
        raise Refusal("unreadable-text", "a power of ten was expected", power.start)
    exponent = int(match[2].replace("–", "-").replace(" ", ""))
    note = () if match[1] else (("exponent-expanded", power.text),)
    more = lexemes_in(tail) if isinstance(tail, Node) and tail.data == "tail" else []
    ends = _quantities(inner)
    if any(len(end.children) > 1 or end.children[0].number.exponent is not None for end in ends):
        raise Refusal("ambiguous-number", "the brackets hold a unit or a power of ten already", power.start)
    for end in ends:
        end.children[0].number = replace(end.children[0].number, exponent=exponent)
    last = max(ends, key=lambda end: end.children[0].start)
    if more:
        last.children.append(Node("tail", more))
    found = read_number(inner, given)
    return replace(found, notes=(*found.notes, *note))


def _quantities(node: Node) -> list[Node]:
    inner = [child for child in node.children if isinstance(child, Node)]
    return [found for child in inner for found in ([child] if child.data == "quantity" else _quantities(child))]


def _bare(node: Node, given: Given) -> Number:
    return Number("bare", read_quantity(node.children[0], given))


_READERS = {
    "bound": _bound,
    "within": _within,
    "bound_behind": _bound_behind,
    "range": _range,
    "chain": _chain,
    "scaled": _scaled,
    "target": _target,
    "tolerance": _tolerance,
    "nominal": _nominal,
    "bare": _bare,
}
NUMERIC = frozenset(_READERS)
"""Nodes that :func:`read_number` reads."""
