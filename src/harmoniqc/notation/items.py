"""One statement of a text with everything that stands around it: label, condition, day, brackets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harmoniqc.notation.lexemes import Lexeme
from harmoniqc.notation.nodes import Node
from harmoniqc.notation.numbers import NUMERIC, Given, Number, lexemes_in, read_number, read_quantity, span_of
from harmoniqc.notation.phrases import texts_of
from harmoniqc.notation.quantities import Quantity
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.tails import Note
from harmoniqc.standard import Bound, FactCondition
from harmoniqc.units import parse_unit

_BESIDE_TIMES = frozenset(
    ("of", "in", "at", "after", "from", "post", "following", "patient", "adult", "person", "recipient")
) | {"incubation", "culture"}
"""Words that may follow a time or a weight beside a criterion: "14 days of incubation", "70 kg patient"."""


@dataclass(slots=True)
class Item:
    """One statement.

    Attributes:
        kind: ``number``, ``bracketed`` (only the bracket states something), or the name of a wording.
        number: The numeric statement, of kind ``number``.
        words: The lexemes a wording is about: what is absent, what the reference is, the description.
        sign: The lexeme that makes a wording what it is.
        label: Lexemes before the statement.
        enumerator: "(a)".
        conditions: What has to hold for it to apply.
        day: Day of the reading.
        brackets: Statements in brackets behind it.
        bracket_tails: What stands behind each bracket.
        remarks: Texts that only remark on it.
        timed: Times and durations behind it.
        amounts: Amounts behind it.
        window: A range behind it.
        count: n = 24.
        fraction: 8 of 11, as a pair.
        statistic: What the number summarizes, where the text says so.
        notes: What was assumed.
        start: First character.
        end: Behind its last character.
    """

    kind: str
    number: Number | None = None
    words: tuple[Lexeme, ...] = ()
    sign: Lexeme | None = None
    label: tuple[Lexeme, ...] = ()
    enumerator: str | None = None
    conditions: list[FactCondition] = field(default_factory=list)
    day: int | None = None
    brackets: list[Expression] = field(default_factory=list)
    bracket_tails: list[tuple[Lexeme, ...]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    timed: list[Quantity] = field(default_factory=list)
    amounts: list[Quantity] = field(default_factory=list)
    window: Number | None = None
    count: int | None = None
    fraction: tuple[int, int] | None = None
    statistic: str | None = None
    notes: list[Note] = field(default_factory=list)
    start: int = 0
    end: int = 0

    @property
    def label_text(self) -> str:
        """The label as words."""
        return " ".join(item.text for item in self.label)


@dataclass(slots=True)
class Expression:
    """Statements and the signs between them.

    Attributes:
        items: The statements.
        signs: The sign before each statement but the first.
    """

    items: list[Item]
    signs: list[Lexeme]


def read_expression(node: Node, given: Given) -> Expression:
    """Return the statements of an expression.

    Raises:
        Refusal: If one of them cannot be read.
    """
    items = [read_item(child, given) for child in node.children if isinstance(child, Node) and child.data == "item"]
    signs = [lexemes_in(child)[0] for child in node.children if not (isinstance(child, Node) and child.data == "item")]
    return Expression(items, signs)


def read_item(node: Node, given: Given) -> Item:
    """Return one statement."""
    children = list(node.children)
    place = next(at for at, child in enumerate(children) if child.data in _BODIES)
    item = _BODIES[children[place].data](children[place], given)
    for child in children[:place]:
        _LEADS[child.data](child, item)
    for child in children[place + 1 :]:
        _trail(child, item, given)
    item.start, item.end = span_of(node)
    return item


# -- bodies --------------------------------------------------------------------------------------------------


def _body(node: Node, given: Given) -> Item:
    (inner,) = node.children
    return _statement(inner, given)


def _statement(node: Node, given: Given) -> Item:
    if node.data in NUMERIC:
        return Item("number", number=read_number(node, given))
    sign, *rest = node.children
    return Item(node.data, sign=sign, words=tuple(item for child in rest for item in lexemes_in(child)))


def _labeled(node: Node, given: Given) -> Item:
    words, *rest = node.children
    stated = rest[-1]
    label = tuple(lexemes_in(words))
    if stated.data == "bracket":
        if stated.children[-1].data == "tail" if isinstance(stated.children[-1], Node) else False:
            at = span_of(stated.children[-1])[0]
            raise Refusal("unreadable-text", "words behind the bracket are not understood", at)
        item = Item("bracketed", label=label)
        item.brackets.append(read_expression(stated.children[1], given))
        return item
    item = _statement(stated, given)
    item.label = label
    return item


def _description(node: Node, given: Given) -> Item:
    return Item("description", words=tuple(lexemes_in(node)))


def _labeled_description(node: Node, given: Given) -> Item:
    label, *_, words = node.children
    return Item("description", label=tuple(lexemes_in(label)), words=tuple(lexemes_in(words)))


def _signed(node: Node, given: Given) -> Item:
    *words, sign = node.children
    return Item("signed", words=tuple(lexemes_in(words[0])) if words else (), sign=sign)


def _proportion(node: Node, given: Given) -> Item:
    head, *rest = node.children
    words = tuple(item for child in rest for item in lexemes_in(child))
    return Item("proportion", sign=head, words=words, fraction=_parts_of(head))


def _parts_of(item: Lexeme) -> tuple[int, int]:
    part, _, whole = item.text.partition("/")
    if len(part) > 9 or len(whole) > 9:
        raise Refusal("ambiguous-number", "a share of more than 999,999,999", item.start)
    return int(part), int(whole)


_BODIES = {
    "proportion": _proportion,
    "body": _body,
    "labeled": _labeled,
    "labeled_description": _labeled_description,
    "description": _description,
    "signed": _signed,
}


# -- what stands before --------------------------------------------------------------------------------------


def _enumerator(node: Node, item: Item) -> None:
    text = node.children[0].text
    item.enumerator = text if text.startswith("(") else f"({text}"


def _condition(node: Node, item: Item) -> None:
    phrase = node.children[0].phrase
    if phrase is None or phrase.condition is None:  # pragma: no cover - conditions come from phrases
        raise Refusal("unreadable-text", "a condition was expected", node.children[0].start)
    item.conditions.append(phrase.condition)


def _day(node: Node, item: Item) -> None:
    number = node.children[0].number
    if item.day is not None or number is None or number.value.denominator != 1 or number.value > 10_000:
        raise Refusal("unreadable-text", "a statement has one day", node.children[0].start)
    item.day = int(number.value)


def _band(node: Node, item: Item) -> None:
    numeric = next(child for child in node.children if isinstance(child, Node))
    item.conditions.append(_weight_band(read_number(numeric, None), numeric))


def _weight_band(number: Number, node: Node) -> FactCondition:
    at = span_of(node)[0]
    if number.unit not in ("kg", "kg-body"):
        message = f"a case is told by a body weight in kg, not by {number.unit or 'a pure number'}"
        raise Refusal("unknown-condition", message, at, expected="10 kg to <70 kg: …")
    if number.kind == "range" and number.high is not None:
        low = Bound(value=number.low.number.text, inclusive=number.low_closed)
        high = Bound(value=number.high.number.text, inclusive=number.high_closed)
        return FactCondition(fact="body-weight", low=low, high=high, unit="kg")
    bound = Bound(value=number.low.number.text, inclusive="=" in number.comparator)
    if number.kind != "bound":
        raise Refusal("unknown-condition", "a single body weight is no case", at, expected="≤ 50 kg: …")
    if number.comparator.startswith(">"):
        return FactCondition(fact="body-weight", low=bound, unit="kg")
    return FactCondition(fact="body-weight", high=bound, unit="kg")


def _statistic(node: Node, item: Item) -> None:
    if item.statistic is not None:
        raise Refusal("unreadable-text", "a number is a mean or a median, not both", node.children[0].start)
    item.statistic = node.children[0].phrase.value


_LEADS = {"statistic": _statistic, "enumerator": _enumerator, "condition": _condition, "day": _day, "band": _band}


# -- what stands behind --------------------------------------------------------------------------------------


def _trail(node: Node, item: Item, given: Given) -> None:
    name = node.data
    if name in ("condition", "day", "statistic"):
        _LEADS[name](node, item)
    elif name == "patients":
        item.conditions.append(_weight_band(read_number(node.children[1], None), node))
    elif name == "timed":
        item.timed.append(_time(node))
    elif name == "window":
        item.window = _window(node)
    elif name == "amount":
        item.amounts.append(read_quantity(node.children[1], None))
    elif name == "count":
        number = node.children[0].number
        if number.value.denominator != 1 or not 0 < number.value <= 999_999_999:
            raise Refusal("ambiguous-number", "a count that is no whole number", node.children[0].start)
        item.count = int(number.value)
    elif name == "share":
        item.fraction = _parts_of(node.children[0])
        item.remarks += [" ".join(word.text for word in lexemes_in(child)) for child in node.children[1:]]
    elif name == "remark":
        item.remarks.append(node.children[0].text)
    else:
        bracket = node.children[0]
        item.brackets.append(read_expression(bracket.children[1], given))
        tail = bracket.children[-1]
        item.bracket_tails.append(tuple(lexemes_in(tail)) if isinstance(tail, Node) else ())


def _time(node: Node) -> Quantity:
    found = read_quantity(node.children[1], None)
    unit = None if found.unit is None else parse_unit(found.unit)
    if unit is None or not (unit.is_duration or unit.code in ("kg", "kg-body")):
        at = span_of(node)[0]
        raise Refusal("unrelated-numbers", "two numbers, and how they belong together is not said", at)
    if found.words and found.words.split()[0].casefold() not in _BESIDE_TIMES:
        raise Refusal("unreadable-text", f"{found.words!r} beside a time is not understood", span_of(node)[0])
    return found


def _window(node: Node) -> Number:
    from harmoniqc.notation.numbers import read_number as read

    return read(Node("range", [child for child in node.children if isinstance(child, Node)]), None)


def is_target_label(words: Sequence[Lexeme]) -> bool:
    """Tell whether a label says that a bare number is a target: "assigned value", "dose"."""
    text = " ".join(item.text.casefold() for item in words if item.text.casefold() not in ("the", "a", "an"))
    return text in texts_of("TARGET") or any(
        text.endswith(f" {known}")
        for known in ("dose", "value")
        if text.split()[0] in ("target", "nominal", "recommended", "assigned", "labeled", "labelled", "single")
    )
