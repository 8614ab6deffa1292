"""The words behind a number: the unit they begin or end with, what was counted, and what only describes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from harmoniqc.errors import UnitError
from harmoniqc.notation.lexemes import Lexeme
from harmoniqc.notation.numerals import LOST_SUPERSCRIPT, Numeral
from harmoniqc.units import Unit, parse_unit, rows
from harmoniqc.units.table import spellings

Note = tuple[str, str]
"""Code of a finding, and what it is about."""

MAX_WORDS = 40
"""Words behind one number in which a unit is looked for."""
EMPTY_WORDS = frozenset({"total", "of", "the", "all", "a", "an", "in", "per", "each", "number", "overall", "whole"})
_MULTIPLIERS = frozenset(
    (
        "mln",
        "bn",
        "mill",
        "mio",
        "millionen",
        "milliarden",
        "mrd",
        "tausend",
        "tsd",
        "lakh",
        "crore",
        "billions",
        "millions",
    )
) | {"thousands", "hundred", "hundreds", "dozen", "dozens", "percent", "log", "logs", "fold"}
_NAMING = re.compile(r"[^\W\d_]{3,}(?:[-/'][^\W\d_]+)*\Z")
_CLEARED = frozenset(("t", "b", "nk", "e", "ds", "dp"))
"""Short words that stand in the names of cells."""
_PER = frozenset({"per", "pro", "par"})
_AMONG = frozenset({"among", "amongst", "within", "gated"})
_ARTICLES = frozenset({"the", "all", "a", "an", "of"})
_GATES = re.compile(
    r"(?:.*\b(?:cells?|events?|lymphocytes?|leukocytes?|monocytes?|population|particles|singlets))\Z", re.IGNORECASE
)
_NEGATIVE = re.compile(r"-\d\Z")
_RAISED_LENGTH = re.compile(r"([cmdμ]?m)([23])\Z")


@dataclass(slots=True)
class Tail:
    """What a tail says: its unit, what was counted, words that describe it, and remarks in brackets."""

    unit: Unit | None
    population: str | None = None
    words: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Piece:
    text: str
    kind: str  # word, slash, number, percent
    shown: str = ""
    note: str | None = None


def _pieces(tail: Sequence[Lexeme]) -> tuple[list[_Piece], list[str]]:
    """Return words, slashes and numbers of a tail; words in brackets behind it apart."""
    out: list[_Piece] = []
    remarks: list[str] = []
    for item in tail:
        if item.type == "PAREN":
            remarks.append(item.written)
        elif item.type == "SLASH" or item.text.casefold() in _PER:
            out.append(_Piece("/", "slash", "/"))
        elif item.number is not None and item.kind == "number":
            out.append(_denominator(item))
        elif item.kind == "percent":
            out.append(_Piece(item.text if item.text.startswith("%") else "%", "percent", item.written))
        else:
            parts = (
                item.text.split("/")
                if item.kind == "word" and item.text not in spellings() and "(" not in item.text
                else [item.text]
            )
            shown = item.written.split("/") if len(parts) > 1 else [item.written]
            shown = shown if len(shown) == len(parts) else parts
            for place, part in enumerate(parts):
                if place:
                    out.append(_Piece("/", "slash", "/"))
                glued = _GLUED_BELOW.match(part) if out and out[-1].kind == "slash" else None
                if _POWER_BELOW.match(part):
                    out.append(_Piece(part, "number", shown[place]))
                elif glued:
                    out += [_Piece(glued[1], "number", glued[1]), _Piece(glued[2], "word", glued[2])]
                elif part.isdigit():
                    lost = LOST_SUPERSCRIPT.match(part)
                    out.append(
                        _Piece(
                            f"10^{part[2:]}" if lost else part,
                            "number",
                            shown[place],
                            "exponent-expanded" if lost else None,
                        )
                    )
                elif part:
                    raised = _RAISED_LENGTH.match(part)
                    out.append(_Piece(f"{raised[1]}^{raised[2]}" if raised else part, "word", shown[place]))
    return out, remarks


def _denominator(item: Lexeme) -> _Piece:
    number = item.number
    if number is None:  # pragma: no cover - asked for numbers only
        return _Piece(item.text, "word", item.written)
    if number.bare and LOST_SUPERSCRIPT.match(number.digits):
        return _Piece(f"10^{number.digits[2:]}", "number", item.written, "exponent-expanded")
    note = "exponent-expanded" if "exponent-expanded" in number.notes else None
    if number.exponent is None:
        return _Piece(number.digits, "number", item.written, note)
    power = f"10^{number.exponent}"
    return _Piece(power if number.digits in ("1",) else f"{number.digits}*{power}", "number", item.written, note)


_POWER_BELOW = re.compile(r"(?:\d+(?:\.\d+)?\*)?10\^\d+\Z")
_GLUED_BELOW = re.compile(r"(\d{1,4})(ng|μg|ug|mg|g|mL|ml|h|min)\Z")
"""An amount below the line without a blank: "copies/50ng"."""
_COUNTED_CELLS = {"TNC": ("total", "nucleated", "cells"), "TVC": ("total", "viable", "cells")}
"""Cells counted, as transplantation abbreviates them."""
_STAINED = re.compile(r"CD\d+[A-Za-z]?\+\Z")
_SUBSTANCES = frozenset(
    (
        "dna", "rna", "dsrna", "dsdna", "gdna", "hcd", "hcdna", "hcp", "hcps", "host", "cell", "protein", "proteins",
        "residual", "total", "bsa", "albumin", "endotoxin", "endotoxins", "benzonase", "nuclease", "trypsin", "insulin",
        "transferrin", "plasmid", "genomic", "e1a", "p24", "collagenase", "endonuclease", "cas9", "il-2", "antibody",
    )
)  # fmt: skip
"""What a mass or an activity may be of."""
_PRODUCT = frozenset(("product", "final", "finished", "drug"))
"""Words that say only that the container is the one of the product: "per product bag"."""


def is_naming(word: str) -> bool:
    """Tell whether a word can belong to the name of what is counted: an adjective or a marker, never a number."""
    folded = word.casefold()
    if folded in _MULTIPLIERS:
        return False
    if _NAMING.match(word) or folded in _CLEARED:
        return True
    return any(char.isupper() for char in word) and re.match(r"[eExX]\d", word) is None and len(word) > 1


@lru_cache(maxsize=16384)
def known_unit(text: str) -> Unit | None:
    """Return the unit a text names; None if it names none."""
    try:
        return parse_unit(text)
    except UnitError:
        return None


def _spelled_out(pieces: list[_Piece]) -> list[_Piece]:
    """Return the pieces with abbreviated cell counts in full: "TNC/kg", "CD34+/kg"."""
    out: list[_Piece] = []
    for place, piece in enumerate(pieces):
        following = pieces[place + 1] if place + 1 < len(pieces) else None
        words = _COUNTED_CELLS.get(piece.text)
        if words is not None and (following is None or following.kind == "slash"):
            out += [_Piece(word, "word", word) for word in words]
            continue
        out.append(piece)
        if _STAINED.match(piece.text) and following is not None and following.kind == "slash":
            out.append(_Piece("cells", "word", "cells"))
    return out


def read_tail(tail: Sequence[Lexeme]) -> Tail:
    """Return what the words behind a number say. The unit is None if none of the table begins or ends them."""
    key = tuple([(item.type, item.text, item.kind, item.number, item.written) for item in tail])
    return _read_pieces(key)


@lru_cache(maxsize=16384)
def _read_pieces(key: tuple[tuple[str, str, str, Numeral | None, str], ...]) -> Tail:
    tail = [Lexeme(type_, text, 0, 0, number, None, kind) for type_, text, kind, number, _ in key]
    for item, (*_, written) in zip(tail, key, strict=True):
        item.written = written
    pieces, remarks = _pieces(tail)
    pieces = _spelled_out(pieces)
    notes = tuple((piece.note, piece.text) for piece in pieces if piece.note is not None)
    if len(pieces) > 1 and pieces[0].text.casefold() == "among":
        return Tail(None, " ".join(piece.shown for piece in pieces[1:]), (), (), tuple(remarks))
    apart = len(pieces) > MAX_WORDS or any(piece.kind == "percent" for piece in pieces[1:])
    found = None if apart else _percent(pieces) or _whole(pieces) or _counted(pieces) or _of_substance(pieces)
    if found is None:
        words = tuple(piece.shown for piece in pieces)
        return Tail(None, None, words, (), tuple(remarks))
    return replace(found, notes=(*notes, *found.notes), remarks=tuple(remarks))


def _percent(pieces: Sequence[_Piece]) -> Tail | None:
    if not pieces or pieces[0].kind != "percent":
        return None
    if any(piece.kind in ("slash", "number") for piece in pieces):
        whole = _whole(pieces)
        if whole is not None and whole.unit is not None and whole.unit.code != "%":
            return whole
    unit = known_unit(pieces[0].text)
    words = [piece.shown for piece in pieces[1:]]
    if unit is None:
        return None
    named = _denominator_of(words)
    return Tail(unit, named, () if named and words[0].casefold() in (*_AMONG, "of") else tuple(words))


def _denominator_of(words: Sequence[str]) -> str | None:
    """Return the population a percentage refers to, from the words behind the percent sign."""
    folded = [word.casefold() for word in words]
    for place, word in enumerate(folded):
        if word in _AMONG:
            return _cleaned(words[place + 1 :])
    if folded[:1] == ["of"]:
        return _cleaned(words[1:])
    if "of" in folded:
        place = folded.index("of")
        before, after = words[:place], words[place + 1 :]
        if before and _GATES.match(before[-1]) and after and _GATES.match(" ".join(after)):
            return _cleaned(after)
    return None


def _cleaned(words: Sequence[str]) -> str | None:
    kept = list(words)
    while kept and kept[0].casefold() in _ARTICLES:
        kept.pop(0)
    return " ".join(kept) or None


def _text(pieces: Sequence[_Piece]) -> str:
    """Write pieces in the grammar of units: what stands behind a slash in brackets of its own."""
    segments: list[list[str]] = [[]]
    for piece in pieces:
        if piece.kind == "slash":
            segments.append([])
        else:
            segments[-1].append(piece.text)
    first, *rest = (" ".join(segment) for segment in segments)
    return first + "".join(f"/({part})" if re.search(r"[\s*]", part) else f"/{part}" for part in rest)


def _whole(pieces: Sequence[_Piece]) -> Tail | None:
    """Read the longest beginning that is a unit; nothing of a unit may follow it."""
    for end in range(min(len(pieces), 12), 0, -1):
        if pieces[end - 1].kind == "slash":
            continue
        rest = pieces[end:]
        if any(piece.kind in ("slash", "number", "percent") or _NEGATIVE.search(piece.text) for piece in rest):
            continue
        if pieces[end - 1].kind == "number":
            continue  # what is counted below the line has not been named yet
        unit = _compound(pieces[:end])
        if unit is not None and rest and known_unit(rest[0].text) is not None and not _may_name(unit):
            return None  # "2 M cells" are two units, and which one is meant is not said
        if unit is not None and unit.code not in rows() and "(" not in pieces[0].text:
            unit = _respelled(unit, pieces[:end])
        if unit is not None:
            words = tuple(piece.shown for piece in rest)
            named = _cleaned(words[1:]) if words[:1] and words[0].casefold() in _AMONG else None
            return Tail(unit, named, () if named else words)
    return None


def _may_name(unit: Unit) -> bool:
    """Tell whether another unit may follow as a name: "50-400 nm particles", "90 % cells"."""
    return unit.code == "%" or unit.dimension == (("m", 1),)


def _respelled(unit: Unit, pieces: Sequence[_Piece]) -> Unit:
    """Return a unit that is not listed, spelled with the codes of the table."""
    found = _counted(pieces)
    if found is None or found.unit is None or found.words:
        return unit
    same = (found.unit.dimension, found.unit.scale) == (unit.dimension, unit.scale)
    return found.unit if same else unit


def _compound(pieces: Sequence[_Piece]) -> Unit | None:
    if len(pieces) == 1 and pieces[0].text == "a":
        return None  # a year in the table, and a footnote or an article in print
    plain = " ".join(piece.text for piece in pieces).replace(" / ", "/")
    if (
        len(pieces) > 1
        and plain not in spellings()
        and not any(p.kind == "slash" or _NEGATIVE.search(p.text) for p in pieces)
    ):
        return None  # two units side by side are no product here: "400 nm particles"
    return known_unit(plain) or known_unit(_text(pieces))


def _counted(pieces: Sequence[_Piece]) -> Tail | None:
    """Read "viable CD34+ cells/kg" and "beads per 3*10^6 CD3+ cells": what is counted stands before its noun."""
    slash = next((place for place, piece in enumerate(pieces) if piece.kind == "slash"), len(pieces))
    above, below = pieces[:slash], pieces[slash:]
    for start in range(min(len(above), 12)):
        for end in range(min(len(above), start + 6), start, -1):
            if below and end != len(above):
                break
            noun = _compound(above[start:end])
            if noun is None or not all(is_naming(piece.text) for piece in above[:start]):
                continue
            unit, population, rest = noun, _population(above[:start], above[start:end], noun), above[end:]
            if rest and known_unit(rest[0].text) is not None:
                return None
            if any(_NEGATIVE.search(piece.text) for piece in rest):
                return None  # "ng DNA mL-1": the line below is behind the words
            if below:
                tail = _below(below)
                if tail is None:
                    return None
                joined, named, rest = tail
                whole = known_unit(f"{noun.code}{joined}")
                if whole is None:
                    return None
                unit, population = whole, population or named
            return Tail(
                unit,
                population,
                tuple(piece.shown for piece in (*(above[:start] if population is None else ()), *rest)),
            )
    return None


def _of_substance(pieces: Sequence[_Piece]) -> Tail | None:
    """Read "ng DNA/dose" and "EU endotoxin/kg": what a mass or an activity is of stands before the line."""
    slash = next((place for place, piece in enumerate(pieces) if piece.kind == "slash"), 0)
    named = pieces[1:slash]
    amount = known_unit(pieces[0].text) if named and pieces[0].kind == "word" else None
    if amount is None or not (amount.code in ("EU", "IU") or amount.dimension == (("g", 1),)):
        return None
    if not all(piece.kind == "word" and piece.text.casefold() in _SUBSTANCES for piece in named):
        return None
    found = _whole([pieces[0], *pieces[slash:]]) or _counted([pieces[0], *pieces[slash:]])
    return None if found is None else replace(found, words=(*(piece.shown for piece in named), *found.words))


def _below(pieces: Sequence[_Piece]) -> tuple[str, str | None, Sequence[_Piece]] | None:
    """Read what stands below the line, with the population it names and the words behind it."""
    out, named = "", None
    place = 0
    rest: Sequence[_Piece] = ()
    while place < len(pieces):
        end = next((at for at in range(place + 1, len(pieces)) if pieces[at].kind == "slash"), len(pieces))
        part = pieces[place + 1 : end]
        factor = part[0].text if part and part[0].kind == "number" else None
        words = part[1:] if factor is not None else part
        found = _noun(words)
        if found is None or "%" in found[2].code or not all(is_naming(piece.text) for piece in words[: found[0]]):
            return None
        start, stop, unit = found
        plain = all(piece.text.casefold() in _PRODUCT for piece in words[:start])
        if not plain and _population(words[:start], words[start:stop], unit) is None:
            return None  # "EU/mean mL": what the word does to the unit is not known
        rest = words[stop:]
        if rest and end != len(pieces):
            return None
        named = named or _population(words[:start], words[start:stop], unit)
        out += (
            f"/({factor}*{unit.code})"
            if factor is not None
            else f"/({unit.code})"
            if re.search(r"[*/ ]", unit.code)
            else f"/{unit.code}"
        )
        place = end
    return out, named, rest


def _noun(words: Sequence[_Piece]) -> tuple[int, int, Unit] | None:
    for start in range(min(len(words), 12)):
        for stop in range(min(len(words), start + 6), start, -1):
            unit = _compound(words[start:stop])
            if unit is not None:
                return start, stop, unit
    return None


def _population(before: Sequence[_Piece], noun: Sequence[_Piece], unit: Unit) -> str | None:
    """Return what was counted, named more closely than its unit does; only cells and particles have such names."""
    if not before or unit.code.partition("/")[0] not in ("cell", "particle", "transduced-cell"):
        return None
    kept = [piece.shown for piece in before if piece.text.casefold() not in EMPTY_WORDS]
    if not kept or not all(is_naming(word) for word in kept):
        return None
    return " ".join([*kept, noun[0].shown.partition("/")[0]])
