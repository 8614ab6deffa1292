"""Terminals of the grammar, and the sets of them that the rules of reading look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from harmoniqc.notation.numerals import Numeral
from harmoniqc.notation.phrases import Phrase


class Lexeme:
    """A terminal of the grammar with the text it came from.

    Attributes:
        type: Name of the terminal.
        text: As it stands.
        start: First character.
        end: Behind its last character.
        number: The numeral of a number; also of a day.
        phrase: The phrase, where it is one.
        kind: Kind of the word it came from.
        written: As it was written, before signs were unified.
    """

    __slots__ = ("end", "kind", "number", "phrase", "start", "text", "type", "written")

    line: ClassVar[None] = None
    column: ClassVar[None] = None
    end_line: ClassVar[None] = None
    end_column: ClassVar[None] = None

    def __init__(
        self,
        type: str,
        text: str,
        start: int,
        end: int,
        number: Numeral | None = None,
        phrase: Phrase | None = None,
        kind: str = "word",
    ) -> None:
        self.type = type
        self.text = text
        self.start = start
        self.end = end
        self.number = number
        self.phrase = phrase
        self.kind = kind
        self.written = text

    def __repr__(self) -> str:
        return f"{self.type}:{self.text}"

    @property
    def start_pos(self) -> int:
        """First character, as the parser library calls it."""
        return self.start

    @property
    def end_pos(self) -> int:
        """Behind the last character, as the parser library calls it."""
        return self.end


STRONG = frozenset(
    ("NUM", "FRACTION", "CMP", "ABSENT", "INTERIM", "REPORT", "COMPLY", "TREND", "AS_RELEASE", "NOMINAL", "UNSTATED")
) | {"SIGNED"}
"""Terminals that make an item more than a description."""
OPENING = frozenset(("NO", "ABSENT_OF", "IDENTICAL", "EXPECTED", "COMPLY_WITH"))
"""Terminals that do so only at the start of an item."""
BOUNDARIES = frozenset(("SEMI", "OR", "AND", "COMMA", "LPAR", "RPAR", "COLON", "ENUM", "JUX", "STOP"))
"""Terminals that end what stands before them."""
TIMES = frozenset(("after", "for", "by", "at", "through"))
"""Words that may open a time behind a statement."""


def as_word(item: Lexeme, type: str = "WORD") -> Lexeme:
    """Return a lexeme as another terminal."""
    return Lexeme(type, item.text, item.start, item.end, item.number, item.phrase, item.kind)


def holds_number(items: Sequence[Lexeme]) -> bool:
    """Tell whether a number stands in the item that ends here."""
    for item in reversed(items):
        if item.type == "NUM":
            return True
        if item.type in BOUNDARIES or item.type in ("TO", "CMP"):
            return False
    return False


def has_core(items: Sequence[Lexeme]) -> bool:
    """Tell whether anything before says more than words do."""
    return any(item.type in STRONG | OPENING for item in items)
