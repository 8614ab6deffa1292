"""What the statements of one text share while it is read: the text itself, its column's unit, and what was assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harmoniqc.notation.items import Item
from harmoniqc.notation.lexemes import Lexeme
from harmoniqc.notation.quantities import GivenUnit
from harmoniqc.notation.signs import Signs
from harmoniqc.notation.tails import Note
from harmoniqc.standard import Criterion, FactCondition


@dataclass(slots=True)
class Context:
    """What is known while a text is read.

    Attributes:
        signs: The text.
        given: The unit of its column.
        notes: What was assumed so far.
        text: The whole text, if it is one statement.
        day: Day of an interim or final reading the text names.
        interim: Whether it is an interim reading.
    """

    signs: Signs
    given: GivenUnit | None = None
    notes: list[Note] = field(default_factory=list)
    text: str | None = None
    day: int | None = None
    interim: bool = False

    def written(self, start: int, end: int) -> str:
        """Return a piece of the text as it was written."""
        first = self.signs.place(start)
        last = self.signs.place(end - 1) + 1 if end else first
        return self.signs.written[first:last].strip()

    def words(self, lexemes: Sequence[Lexeme]) -> str:
        """Return lexemes as they were written."""
        return self.written(lexemes[0].start, lexemes[-1].end) if lexemes else ""


@dataclass(slots=True)
class Statement:
    """One statement as a criterion.

    Attributes:
        criterion: The criterion.
        item: Where it came from.
        component: Label of the part it is asked of.
        conditions: What has to hold for it to apply.
        notes: What was assumed.
    """

    criterion: Criterion
    item: Item
    component: str | None = None
    conditions: tuple[FactCondition, ...] = ()
    notes: list[Note] = field(default_factory=list)
