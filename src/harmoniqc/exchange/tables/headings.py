"""Headings of columns: what a column holds, told by the words above it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from harmoniqc.errors import UnitError
from harmoniqc.notation.quantities import GivenUnit, given_unit
from harmoniqc.units import read_unit
from harmoniqc.vocabulary.terms import fold

_FOOTNOTE = re.compile(
    r"[\s*†‡§¶#]+\Z|(?<=[^\W\d_]{3})[¹²³⁰⁴-⁹ᵃ-ᶻ,]+\Z|\s*\[(?:\d{1,2}|[a-z])\]\Z|(?<=[^\W\d_]{3})\s*\([a-f]\)\Z"
)
_BRACKETS = re.compile(r"\s*(?:\(((?:[^()]|\([^()]*\))*)\)|\[([^\[\]]*)\])")
# A letter marks a footnote; "14 days" is an amount, and "day 7" a day.
_NO_UNIT = re.compile(r"[a-f]\Z|(?!10[\^⁰¹²³⁴-⁹])\d|[^\W\d]+\s+\d+\Z")

Roles = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""Role to headings that name it whole, and to words that name it inside a longer heading."""


def without_footnote(text: str) -> str:
    """Return a text without the marks of footnotes at its end."""
    while True:
        shorter = _FOOTNOTE.sub("", text).rstrip()
        if shorter == text or not shorter:
            return text
        text = shorter


def brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without what stands in brackets, and what stands in them."""
    inside = tuple((match[1] if match[1] is not None else match[2]).strip() for match in _BRACKETS.finditer(text))
    return " ".join(_BRACKETS.sub(" ", text).split()).strip(" ,;:"), inside


@lru_cache(maxsize=4096)
def unit_of(text: str) -> str | None:
    """Return the unit a text is, as written; None if it is none, a mark of a footnote, or an amount."""
    text = " ".join(text.split())
    if not text or len(text) > 60 or _NO_UNIT.match(text):
        return None
    try:
        read_unit(text)
    except UnitError:
        # "copies/ 100ng DNA": a unit with words that name what is counted; words without a sign are no unit.
        if not re.search(r"[/%]|10\^?\d", text) or not isinstance(given_unit(text), GivenUnit):
            return None
    return text


@lru_cache(maxsize=4096)
def split_unit(text: str) -> tuple[str, str | None]:
    """Return a heading without its unit, and the unit: "Viability (%)", "Endotoxin, EU/mL", "% viability"."""
    text = without_footnote(text)
    for match in reversed(list(_BRACKETS.finditer(text))):
        inside = (match[1] if match[1] is not None else match[2]).strip()
        unit = unit_of(inside) or unit_of(re.sub(r"\A(in|unit|units)\b[:\s]*", "", inside).strip())
        if unit is not None:
            rest = f"{text[: match.start()]} {text[match.end() :]}"
            return " ".join(without_footnote(rest).split()), unit
    name, comma, last = text.rpartition(",")
    if comma and name.strip() and (unit := unit_of(last)) is not None:
        return name.strip(), unit
    if text.endswith("%") and text[:-1].strip():
        return text[:-1].strip(" ,:-–"), "%"
    if text.startswith("%") and text[1:].strip():
        return text[1:].strip(), "%"
    return text, None


def role_of(heading: str, roles: Roles) -> tuple[str | None, int]:
    """Return what a heading names, and how surely: 3: the whole heading is one known; 1: a word of it; 0: nothing."""
    text = fold(brackets(without_footnote(heading.replace("\n", " ")))[0])
    if not text or len(text) > 80:
        return None, 0
    for role, (whole, _) in roles.items():
        if text in whole or text.removesuffix("s") in whole:
            return role, 3
    words = text.split()
    if len(words) <= 6:
        for role, (_, parts) in roles.items():
            if any(word in parts for word in words):
                return role, 1
    return None, 0


def header_score(row: Sequence[str], roles: Roles) -> int:
    """Return how much a row looks like a header."""
    seen: dict[str, int] = {}
    for cell in row:
        role, sure = role_of(cell, roles) if cell else (None, 0)
        if role is not None:
            seen[role] = max(seen.get(role, 0), sure)
    return sum(seen.values())
