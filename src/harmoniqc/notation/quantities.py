"""What stands behind a number: its unit, what was counted, and words that only describe it.

Behind a number people write a unit ("EU/mL"), a unit with what was counted ("viable CD34+ cells/kg"), a percent sign
with its denominator ("% of viable CD45+ cells") or with the attribute ("% viable"). A unit that is not in the table is
refused; words that follow a known unit are kept and named in a finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from harmoniqc.errors import UnitError
from harmoniqc.notation.lexemes import Lexeme, lexemes_of
from harmoniqc.notation.numerals import LOST_SUPERSCRIPT, Numeral
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.signs import unify
from harmoniqc.units import Unit, parse_unit, read_unit, rows
from harmoniqc.units.table import spellings

Note = tuple[str, str]
"""Code of a finding, and what it is about."""

_EMPTY_WORDS = frozenset({"total", "of", "the", "all", "a", "an", "in", "per", "each", "number", "overall", "whole"})
_PER = frozenset({"per", "pro", "par"})
_AMONG = frozenset({"among", "amongst", "within", "gated"})
_GATES = re.compile(
    r"(?:.*\b(?:cells?|events?|lymphocytes?|leukocytes?|monocytes?|population|particles|singlets))\Z", re.IGNORECASE
)
_MARKER = re.compile(
    r"(?:[A-Z]{1,6}[a-z]?[-.]?\d+[A-Za-z]*(?:[-/.][A-Z\d]+)*|HLA[- ]?[A-Z]{1,4}|[A-Z]{2,6}[a-z]?\d*|[A-Z][a-z]{1,4}[A-Z]?\d+)[+-]*\Z"
)
_WINDOW = re.compile(r"\d+\s*[-–]\s*\d+")
_NEGATIVE = re.compile(r"-\d\Z")
_RAISED_LENGTH = re.compile(r"([cmdμ]?m)([23])\Z")


@dataclass(frozen=True, slots=True)
class GivenUnit:
    """The unit a column or a heading gives.

    Attributes:
        text: As written there.
        unit: The unit.
        population: The population it names with it.
    """

    text: str
    unit: Unit
    population: str | None = None


@dataclass(slots=True)
class Quantity:
    """A number with what stands behind it.

    Attributes:
        number: The numeral.
        unit: Code of the unit; None: a pure number, or none is stated.
        population: What was counted, or the denominator of a percentage.
        components: Markers that the number is asked of, where it is asked of several or one.
        words: Words that were kept as text.
        notes: What was assumed.
        own_unit: Whether the text itself names the unit.
    """

    number: Numeral
    unit: str | None = None
    population: str | None = None
    components: tuple[str, ...] = ()
    words: str = ""
    notes: tuple[Note, ...] = ()
    own_unit: bool = False
    tail: tuple[Lexeme, ...] = field(default=(), repr=False)


@dataclass(slots=True)
class _Tail:
    unit: Unit | None
    population: str | None = None
    words: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    remarks: tuple[str, ...] = ()


def given_unit(text: str | None) -> GivenUnit | Refusal | None:
    """Return the unit of a column or heading; a refusal if there is text and it names none."""
    if text is None or not text.strip():
        return None
    return _given(text.strip())


@lru_cache(maxsize=4096)
def _given(text: str) -> GivenUnit | Refusal:
    try:
        reading = read_unit(text)
        population = reading.population
        if reading.unit.code == "%" and not re.match(r"%\s*(?:of|among)\s", text):
            population = None  # what stands directly behind % is the attribute, not its denominator
        return GivenUnit(text, reading.unit, None if population and _WINDOW.search(population) else population)
    except UnitError as error:
        first = error.findings[0]
    try:
        lexemes = lexemes_of(unify(re.sub(r"\A\s*[x×]\s*(?=10)", "", text)).text)
        tail = _read_tail(lexemes)
        if tail.unit is not None and all(item.type in ("WORD", "SLASH", "PAREN", "NUM") for item in lexemes):
            return GivenUnit(text, tail.unit, tail.population)
    except (Refusal, UnitError):
        pass
    return Refusal(first.code, f"the unit {text!r} is not known", found=text, remedy=first.remedy)


def quantity(number: Numeral, tail: Sequence[Lexeme], given: GivenUnit | Refusal | None) -> Quantity:
    """Return a number with its unit.

    Args:
        number: The numeral.
        tail: The lexemes behind it.
        given: The unit of the column.

    Raises:
        Refusal: ``unknown-unit`` or ``unit-conflict``, or a number with two readings.
    """
    groups = _groups(tail)
    first = groups[0] if groups else ()
    read = _read_tail(first) if first else _Tail(None)
    notes = [(code, number.text) for code in number.notes if code != "glued-minus"] + list(read.notes)
    kept, components = list(read.words), ()
    if len(groups) > 1:
        components = _components(read, groups)
        kept = []
    elif (
        read.unit is not None
        and read.unit.code == "%"
        and len(read.words) in (1, 2)
        and _MARKER.match(" ".join(read.words))
    ):
        components = (" ".join(read.words),)
    unit, population, own = read.unit, read.population, read.unit is not None
    if isinstance(given, GivenUnit):
        unit, population, more = _combined(read, given, number, first)
        notes += more
        if more and more[-1][0] == "unit-from-column" and read.unit is None and set(kept) <= set(_words(given.text)):
            kept = []
    elif read.unit is None and read.words:
        at = first[0].start
        raise Refusal(
            "unknown-unit",
            f"{' '.join(read.words)!r} is not a unit",
            at,
            found=" ".join(read.words),
            remedy=_suggested(read.words),
        )
    elif isinstance(given, Refusal) and unit is None:
        raise given
    if number.bare and unit is not None and _is_count(parse_unit(unit.code)):
        message = f"{number.digits} may be a 10^{number.digits[2:]} that lost its superscript"
        raise Refusal(
            "ambiguous-number",
            message,
            found=number.digits,
            remedy=f"write 10^{number.digits[2:]} or {number.digits}.0",
        )
    if (
        "glued-minus" in number.notes
        and unit is not None
        and not (unit.is_temperature or unit.is_scale or unit.code == "1")
    ):
        raise Refusal(
            "ambiguous-number", f"a negative amount, or a dash: -{number.digits} {unit.code}", found=number.text
        )
    code = None if unit is None or unit.code == "1" else unit.code
    return Quantity(
        number, code, population, components, " ".join([*kept, *read.remarks]), tuple(notes), own, tuple(tail)
    )


def _groups(tail: Sequence[Lexeme]) -> list[tuple[Lexeme, ...]]:
    """Cut a tail at the signs of a list; remarks in brackets stay with what stands before them."""
    groups: list[list[Lexeme]] = [[]]
    for item in tail:
        if item.type == "LIST":
            groups.append([])
        else:
            groups[-1].append(item)
    return [tuple(group) for group in groups if group]


def is_marker_name(text: str) -> bool:
    """Tell whether a text may be the name of a marker: CD73, HLA-DR, FoxP3."""
    return _MARKER.match(text) is not None


def is_marker(text: str) -> bool:
    """Tell whether a text is the name of a marker with a number in it, such as CD73."""
    return _MARKER.match(text) is not None and (any(char.isdigit() for char in text) or len(text) <= 4)


def _components(read: _Tail, groups: Sequence[Sequence[Lexeme]]) -> tuple[str, ...]:
    """Return the markers of a list such as "% CD105, CD73 and CD90".

    Raises:
        Refusal: If something else than markers is listed.
    """
    names = [" ".join(read.words), *(" ".join(item.text for item in group) for group in groups[1:])]
    names = [re.sub(r"\s(?:cells?|expression|positive)\Z", "", name) for name in names]
    for name, group in zip(names, groups, strict=True):
        if not _MARKER.match(name):
            at = group[0].start
            raise Refusal(
                "unreadable-text",
                f"a list of markers was expected, not {name!r}",
                at,
                found=name,
                expected="names such as CD105, CD73",
            )
    return tuple(names)


def _combined(
    read: _Tail, given: GivenUnit, number: Numeral, tail: Sequence[Lexeme]
) -> tuple[Unit, str | None, list[Note]]:
    own, column = read.unit, given.unit
    population = read.population or given.population
    if own is None:
        if read.words and not set(_words(" ".join(read.words))) <= set(_words(given.text)) | _EMPTY_WORDS:
            at = tail[0].start
            found = " ".join(read.words)
            raise Refusal(
                "unknown-unit",
                f"{found!r} is not a unit, and the column says {given.text!r}",
                at,
                found=found,
                remedy=_suggested(read.words),
            )
        if number.exponent is not None and column.code.startswith("10^"):
            message = f"the number has a power of ten, and so has the unit {given.text!r}"
            raise Refusal("ambiguous-number", message, found=number.text, remedy="give the power of ten once")
        return column, population, [("unit-from-column", column.code)]
    if own.convertible_to(column):
        note = (
            []
            if (own.scale, own.offset) == (column.scale, column.offset)
            else [("unit-differs", f"{own.code}, {column.code}")]
        )
        return own, population, note
    if column.code.startswith((f"{own.code}/", f"{own.code}*")):
        return column, population, [("unit-from-column", column.code)]
    if own.code == "%" and column.code == "1":
        return own, population, []
    if (
        own.kind == "count"
        and read.words
        and set(_words(" ".join(item.text for item in tail))) <= set(_words(given.text))
    ):
        return column, population, [("unit-from-column", column.code)]
    return own, population, [("unit-conflict", f"{own.code}, {given.text}")]


def _words(text: str) -> list[str]:
    return [word.casefold() for word in re.findall(r"[^\W\d_]+", text)]


def _suggested(words: Sequence[str]) -> str | None:
    try:
        parse_unit(" ".join(words))
    except UnitError as error:
        return error.findings[0].remedy
    return None


# -- the tail itself -----------------------------------------------------------------------------------------


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
            out.append(_Piece(item.text, "percent", item.written))
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
                if part.isdigit():
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


@lru_cache(maxsize=16384)
def _known(text: str) -> Unit | None:
    try:
        return parse_unit(text)
    except UnitError:
        return None


def _read_tail(tail: Sequence[Lexeme]) -> _Tail:
    key = tuple([(item.type, item.text, item.kind, item.number, item.written) for item in tail])
    return _read_pieces(key)


@lru_cache(maxsize=16384)
def _read_pieces(key: tuple[tuple[str, str, str, Numeral | None, str], ...]) -> _Tail:
    tail = [Lexeme(type_, text, 0, 0, number, None, kind) for type_, text, kind, number, _ in key]
    for item, (*_, written) in zip(tail, key, strict=True):
        item.written = written
    pieces, remarks = _pieces(tail)
    notes = tuple((piece.note, piece.text) for piece in pieces if piece.note is not None)
    found = _percent(pieces) or _whole(pieces) or _counted(pieces)
    if found is None:
        words = tuple(piece.shown for piece in pieces)
        return _Tail(None, None, words, (), tuple(remarks))
    return replace(found, notes=(*notes, *found.notes), remarks=tuple(remarks))


def _percent(pieces: Sequence[_Piece]) -> _Tail | None:
    if not pieces or pieces[0].kind != "percent":
        return None
    if any(piece.kind in ("slash", "number") for piece in pieces):
        whole = _whole(pieces)
        if whole is not None and whole.unit is not None and whole.unit.code != "%":
            return whole
    unit = _known(pieces[0].text)
    words = [piece.shown for piece in pieces[1:]]
    if unit is None:
        return None
    named = _denominator_of(words)
    return _Tail(unit, named, () if named and words[0].casefold() in (*_AMONG, "of") else tuple(words))


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
    while kept and kept[0].casefold() in ("the", "all", "a", "an", "of"):
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


def _whole(pieces: Sequence[_Piece]) -> _Tail | None:
    """Read the longest beginning that is a unit; nothing of a unit may follow it."""
    for end in range(min(len(pieces), 12), 0, -1):
        if pieces[end - 1].kind == "slash":
            continue
        rest = pieces[end:]
        if any(piece.kind in ("slash", "number", "percent") for piece in rest):
            if end == len(pieces) or rest:
                continue
        unit = _compound(pieces[:end])
        if (
            unit is not None and unit.code not in rows() and "(" not in pieces[0].text
        ):  # spelled with codes of the table
            spelled = _counted(pieces[:end])
            unit = (
                spelled.unit
                if spelled is not None and not spelled.words and spelled.unit == replace(unit, code=spelled.unit.code)
                else unit
            )  # type: ignore[union-attr]
        if unit is not None:
            words = tuple(piece.shown for piece in rest)
            named = _cleaned(words[1:]) if words[:1] and words[0].casefold() in _AMONG else None
            return _Tail(unit, named, () if named else words)
    return None


def _compound(pieces: Sequence[_Piece]) -> Unit | None:
    plain = " ".join(piece.text for piece in pieces).replace(" / ", "/")
    if (
        len(pieces) > 1
        and plain not in spellings()
        and not any(p.kind == "slash" or _NEGATIVE.search(p.text) for p in pieces)
    ):
        return None  # two units side by side are no product here: "400 nm particles"
    return _known(plain) or _known(_text(pieces))


def _counted(pieces: Sequence[_Piece]) -> _Tail | None:
    """Read "viable CD34+ cells/kg" and "beads per 3*10^6 CD3+ cells": what is counted stands before its noun."""
    slash = next((place for place, piece in enumerate(pieces) if piece.kind == "slash"), len(pieces))
    above, below = pieces[:slash], pieces[slash:]
    for start in range(len(above)):
        for end in range(len(above), start, -1):
            if below and end != len(above):
                break
            noun = _compound(above[start:end])
            if noun is None:
                continue
            unit, population, rest = noun, _population(above[:start], above[start:end], noun), above[end:]
            if below:
                tail = _below(below)
                if tail is None:
                    return None
                joined, named, rest = tail
                whole = _known(f"{noun.code}{joined}")
                if whole is None:
                    return None
                unit, population = whole, population or named
            return _Tail(
                unit,
                population,
                tuple(piece.shown for piece in (*(above[:start] if population is None else ()), *rest)),
            )
    return None


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
        if found is None:
            return None
        start, stop, unit = found
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
    for start in range(len(words)):
        for stop in range(len(words), start, -1):
            unit = _compound(words[start:stop])
            if unit is not None:
                return start, stop, unit
    return None


def _population(before: Sequence[_Piece], noun: Sequence[_Piece], unit: Unit) -> str | None:
    """Return what was counted, named more closely than its unit does; only cells and particles have such names."""
    if not before or unit.code.partition("/")[0] not in ("cell", "particle", "transduced-cell"):
        return None
    kept = [piece.shown for piece in before if piece.text.casefold() not in _EMPTY_WORDS]
    if not kept:
        return None
    return " ".join([*kept, noun[0].shown.partition("/")[0]])


def _is_count(unit: Unit) -> bool:
    return any(
        base in ("cell", "vg", "vp", "copy", "TU", "IFU", "PFU", "CFU", "capsid", "particle", "TCID50", "IEQ", "EIN")
        and power > 0
        for base, power in unit.dimension
    )
