"""A criterion as written to a criterion as data, with everything that was assumed on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from harmoniqc.errors import CODES, Finding, Findings
from harmoniqc.notation.context import Context
from harmoniqc.notation.criteria import build
from harmoniqc.notation.grammar import parse
from harmoniqc.notation.items import Expression, read_expression
from harmoniqc.notation.quantities import GivenUnit, given_unit
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.signs import Signs, unify
from harmoniqc.notation.tails import Note
from harmoniqc.notation.wordings import slug_of
from harmoniqc.standard import Branch, Category, CodedOutcome, Conditional, Criterion, FactCondition, ReadPoint

T = TypeVar("T")
_QUOTED = re.compile(r'\s*"[^"]*\w[^"]*"(?:\s+or\s+"[^"]*\w[^"]*")+\s*')
"""Wordings in quotes, one of which is enough."""


@dataclass(frozen=True, slots=True)
class CriterionReading:
    """A criterion as read, with what the text says beside it.

    Attributes:
        text: The text as written.
        criterion: What it asks.
        applies_when: The condition the whole of it depends on ("only for allogeneic"), or None.
        read_point: When the test is read, if the text says so ("Day 10: negative to date").
        findings: Assumptions made in reading.
    """

    text: str
    criterion: Criterion
    applies_when: FactCondition | None = None
    read_point: ReadPoint | None = None
    findings: Findings = field(default_factory=Findings)


def parse_criterion(text: str, unit: str | None = None) -> Criterion:
    """Return the criterion a text states.

    Args:
        text: The criterion as a specification prints it: ``"NMT 5.0 EU/mL"``, ``"6.9–7.8"``, ``"No growth"``.
        unit: Unit of the column or heading, for texts that name none themselves, or only a part of it.

    Returns:
        The criterion. Its ``text`` is what was written; its ``findings`` are the assumptions made in reading:
        an inclusive range, a decimal comma, a power of ten that lost its superscript, words that were kept as text.

    Raises:
        NotationError: If the text cannot be read with certainty. The finding says where reading stopped and what
            would be accepted there.
        TypeError: If it is no text.
    """
    reading = read_criterion(text, unit)
    criterion = reading.criterion
    if reading.applies_when is not None:
        branch = Branch(when=reading.applies_when, criterion=criterion)
        criterion = Conditional(branches=(branch,), text=text.strip())
    return criterion.with_findings(reading.findings)


def read_criterion(text: str, unit: str | None = None) -> CriterionReading:
    """Return the criterion a text states, its condition and its read point apart.

    Args:
        text: As :func:`parse_criterion`.
        unit: As :func:`parse_criterion`.

    Raises:
        NotationError: If the text cannot be read with certainty.
        TypeError: If it is no text.
    """
    if not isinstance(text, str) or not (unit is None or isinstance(unit, str)):
        raise TypeError("read_criterion(text, unit): both are text")
    return _read(text, unit)


@lru_cache(maxsize=8192)
def _read(text: str, unit: str | None) -> CriterionReading:
    return guarded(text, lambda signs: _criterion(signs, unit))


def guarded(text: str, read: Callable[[Signs], T]) -> T:
    """Unify the signs of a text and read it; turn a refusal into the exception a caller sees.

    Raises:
        NotationError: If the text is refused.
    """
    signs: Signs | None = None
    try:
        signs = unify(text)
        return read(signs)
    except Refusal as refusal:
        place = None if refusal.at is None else refusal.at if signs is None else signs.place(refusal.at)
        raise refusal.error(text, place) from None


def _criterion(signs: Signs, unit: str | None) -> CriterionReading:
    quoted = _QUOTED.fullmatch(signs.text)
    if quoted is not None:
        texts = re.findall(r'"([^"]+)"', signs.text)
        accept = tuple(CodedOutcome(code=slug_of(text), synonyms=(text,)) for text in texts)
        return CriterionReading(signs.written, Category(accept=accept, text=signs.written.strip()))
    given = given_unit(unit)
    expression = read_expression(parse(signs), given)
    context = Context(signs, given if isinstance(given, GivenUnit) else None)
    criterion, condition = build(context, expression)
    notes = [*((code, "") for code in signs.notes), *context.notes]
    check_units(expression, given, notes)
    check_commas(notes)
    if criterion.text != (written := signs.written.strip()):
        criterion = criterion.model_copy(update={"text": written})
    point = None
    if context.day is not None and (context.interim or criterion.kind == "absence"):  # type: ignore[attr-defined]
        point = ReadPoint(final=not context.interim, day=context.day)
    elif context.interim:
        point = ReadPoint(final=False)
    return CriterionReading(signs.written, criterion, condition, point, findings_of(notes))


def check_units(expression: Expression, given: GivenUnit | Refusal | None, notes: list[Note]) -> None:
    """Refuse a text none of whose units fits its column.

    Raises:
        Refusal: ``unit-conflict``.
    """
    conflicts = [about for code, about in notes if code == "unit-conflict"]
    if not conflicts:
        return
    fits = [
        item
        for item in expression.items
        if item.number is not None and not any(code == "unit-conflict" for code, _ in item.number.all_notes)
    ]
    if not fits and isinstance(given, GivenUnit):
        own, _, _ = conflicts[0].partition(", ")
        message = f"the text says {own}, its column {given.text!r}, and they measure different things"
        at = expression.items[0].start
        raise Refusal("unit-conflict", message, at, expected=given.unit.code, found=own)
    notes[:] = [(code, about) for code, about in notes if code != "unit-conflict"]


def check_commas(notes: Iterable[Note]) -> None:
    """Refuse a text in which one comma is a decimal mark and another a thousands mark.

    Raises:
        Refusal: ``ambiguous-number``.
    """
    codes = {code for code, _ in notes}
    numbers = {about for code, about in notes if code in ("decimal-comma", "thousands-mark")}
    if {"decimal-comma", "thousands-mark"} <= codes and len(numbers) > 1:
        raise Refusal("ambiguous-number", "one comma is a decimal mark and another a thousands mark", 0)


def findings_of(notes: Iterable[Note]) -> Findings:
    """Return the findings for what was assumed."""
    return Findings(
        Finding(code, CODES[code].title + (f": {about}" if about else ""), found=about or None) for code, about in notes
    )
