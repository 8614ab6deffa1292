"""The grammar of ``criterion.lark`` on the lexemes of a text, and what is said when a text is not in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, UnexpectedInput
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer

from harmoniqc.notation.lexemes import Lexeme
from harmoniqc.notation.nodes import Node
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.scanning import phrased, told
from harmoniqc.notation.shortcuts import plain_tree
from harmoniqc.notation.signs import Signs

_SPOKEN = {
    "NUM": "a number",
    "CMP": "a comparison such as ≥ or NMT",
    "WORD": "words",
    "ABSENT": "negative, absent, not detected",
    "TO": "the other end of a range",
    "RPAR": "a closing bracket",
    "COLON": "a colon",
    "$END": "the end",
}


class _Ready(Lexer):
    """Hands over lexemes that are ready."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, data: Sequence[Lexeme]) -> Iterator[Any]:  # type: ignore[override]
        return iter(data)


@cache
def _parser() -> Lark:
    text = Path(__file__).with_name("criterion.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer=_Ready, maybe_placeholders=False, tree_class=Node)


def parse(signs: Signs) -> Node:
    """Return the tree of a text.

    Raises:
        Refusal: ``unreadable-text`` where reading stopped, with what would have been accepted there.
    """
    raw = phrased(signs.text)
    tree = plain_tree(raw)
    lexemes = raw if tree is not None else told(raw)
    if not lexemes:
        raise Refusal("unreadable-text", "it holds no word and no number", 0)
    if signs.text is not signs.written:
        for item in lexemes:
            if item.end > item.start:
                item.written = signs.written[signs.place(item.start) : signs.place(item.end - 1) + 1]
    return parsed(lexemes, signs.text) if tree is None else tree


def parsed(lexemes: Sequence[Lexeme], text: str) -> Node:
    """Return the tree the grammar gives.

    Raises:
        Refusal: ``unreadable-text``.
    """
    try:
        root: Node = _parser().parse(lexemes)  # type: ignore[assignment]
        expression: Node = root.children[0]
        return expression
    except UnexpectedToken as error:
        raise _stopped(error, lexemes, text) from None
    except UnexpectedInput as error:  # pragma: no cover - the lexemes are ready, so nothing else can stop it
        raise Refusal("unreadable-text", "it is not in the grammar of criteria", error.pos_in_stream) from None


def _stopped(error: UnexpectedToken, lexemes: Sequence[Lexeme], text: str) -> Refusal:
    token = error.token
    accepted = ", ".join(dict.fromkeys(_SPOKEN[name] for name in sorted(error.accepts or ()) if name in _SPOKEN))
    if isinstance(token, Token) and token.type == "$END":
        return Refusal("unreadable-text", "it breaks off", lexemes[-1].end, found="the end", expected=accepted or None)
    at = token.start_pos or 0
    found = text[at : at + 40]
    if token.type in ("LOGIC", "HALF"):
        message = f"{token.text!r} changes what stands beside it, in a way that is not understood"
        return Refusal("unreadable-text", message, at, found=found, expected=accepted or None)
    return Refusal("unreadable-text", "what follows is not understood", at, found=found, expected=accepted or None)
