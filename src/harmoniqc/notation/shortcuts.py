"""The trees of the texts most cells hold, made without the parser: a comparison, a range, a tolerance, a plain number.

They are the trees the grammar gives for the same texts; a test compares them. Anything else takes the long way.
"""

from __future__ import annotations

from collections.abc import Sequence

from harmoniqc.notation.lexemes import TIMES, Lexeme, as_word
from harmoniqc.notation.nodes import Node
from harmoniqc.notation.numerals import COUNTED_WORDS, MULTIPLIERS

_LOOKED_AT = frozenset({*MULTIPLIERS, *COUNTED_WORDS, *TIMES, "in", "n"})
"""Words that may mean something else beside a number than words do."""
_JOINTS = {"DASH": "TO", "TO": "TO", "PM": "PM"}


def plain_tree(raw: Sequence[Lexeme]) -> Node | None:
    """Return the tree of a plain text; None if it is not plain."""
    if len(raw) < 2:
        return None
    if raw[0].type == "CMP" and raw[0].text.casefold() != "within":
        value, end = _quantity(raw, 1)
        return None if value is None or end < len(raw) else _tree(Node("bound", [raw[0], value]))
    low, place = _quantity(raw, 0)
    if low is None:
        return None
    if place == len(raw):
        return _tree(Node("bare", [low]))
    joint = _JOINTS.get(raw[place].type)
    high, end = _quantity(raw, place + 1)
    if joint is None or high is None or end < len(raw):
        return None
    sign = raw[place] if raw[place].type == joint else as_word(raw[place], joint)
    if joint == "PM":
        return _tree(Node("target", [low, sign, high]))
    return _tree(Node("range", [Node("end", [low]), sign, Node("end", [high])]))


def _quantity(raw: Sequence[Lexeme], place: int) -> tuple[Node | None, int]:
    """Return the number at a place with the words behind it, and the place behind them."""
    if place >= len(raw) or raw[place].type != "NUM" or raw[place].kind != "number":
        return None, place
    end = place + 1
    while end < len(raw) and raw[end].type == "WORD" and raw[end].text.casefold() not in _LOOKED_AT:
        end += 1
    tail = [Node("tail", list(raw[place + 1 : end]))] if end > place + 1 else []
    return Node("quantity", [raw[place], *tail]), end


def _tree(numeric: Node) -> Node:
    return Node("expression", [Node("item", [Node("body", [numeric])])])
