"""What stands behind a number: its unit, what was counted, and words that only describe it.

Behind a number people write a unit ("EU/mL"), a unit with what was counted ("viable CD34+ cells/kg"), a percent sign
with its denominator ("% of viable CD45+ cells") or with the attribute ("% viable"). A unit that is not in the table is
refused; words that follow a known unit are kept and named in a finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from harmoniqc.errors import UnitError
from harmoniqc.notation.lexemes import Lexeme
from harmoniqc.notation.numerals import Numeral
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.scanning import lexemes_of
from harmoniqc.notation.signs import unify
from harmoniqc.notation.tails import EMPTY_WORDS, Note, Tail, known_unit, read_tail
from harmoniqc.units import Unit, parse_unit, read_unit, rows

_MARKER = re.compile(
    r"(?:[A-Z]{1,6}[a-z]?[-.]?\d+[A-Za-z]*(?:[-/.][A-Z\d]+)*|HLA[- ]?[A-Z]{1,4}|[A-Z]{2,6}[a-z]?\d*"
    r"|[A-Z][a-z]{1,4}[A-Z]?\d+)[+-]*\Z"
)
_MAYBE_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}\Z")
_LARGE = frozenset(("cell", "vg", "vp", "TU", "IFU", "particle", "bead", "IEQ", "EIN", "event"))
"""What is counted by thousands."""
_PACKED = frozenset(("dose", "vial", "bag", "container", "infusion", "unit", "syringe"))
_SUBSTANCES = frozenset(("protein", "dna", "rna", "gdna", "genomic", "total", "of", "p24", "product", "sample"))
"""Words a column of units may add that change nothing of them."""
_NO_MARKER = frozenset(
    ("LOD", "LOQ", "LLOQ", "SD", "SEM", "CI", "CV", "RSD", "LIMIT", "TARGET", "VOID", "FAIL", "PASS", "OOS", "OOT")
) | frozenset(
    (
        "NA",
        "ND",
        "TBD",
        "MIN",
        "MAX",
        "MEAN",
        "AVG",
        "QC",
        "NON",
        "NOT",
        "SPEC",
        "NULL",
        "TEST",
        "DAY",
        "LOT",
        "PH",
        "GM",
        "ARM",
        "EU",
        "US",
    )
)
"""Capitals that are no marker."""
_WINDOW = re.compile(r"\d+\s*[-–]\s*\d+")


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


def given_unit(text: str | None) -> GivenUnit | Refusal | None:
    """Return the unit of a column or heading; a refusal if there is text and it names none."""
    if text is None or not text.strip():
        return None
    return _given(text.strip())


@lru_cache(maxsize=4096)
def _given(text: str) -> GivenUnit | Refusal:
    try:
        reading = read_unit(text)
        if reading.unit.code not in rows() and not reading.unit.is_scale:
            spelled = read_tail(lexemes_of(unify(text).text)).unit
            if spelled is not None and spelled.dimension == reading.unit.dimension:
                return GivenUnit(text, spelled, reading.population)
        population = reading.population
        if reading.unit.code == "%" and not re.match(r"%\s*(?:of|among)\s", text):
            population = None  # what stands directly behind % is the attribute, not its denominator
        return GivenUnit(text, reading.unit, None if population and _WINDOW.search(population) else population)
    except UnitError as error:
        first = error.findings[0]
    try:
        lexemes = lexemes_of(unify(re.sub(r"\A\s*[x×]\s*(?=10)", "", text)).text)
        tail = read_tail(lexemes)
        described = tail.unit is not None and (
            tail.unit.code == "%" or set(map(str.casefold, tail.words)) <= _SUBSTANCES
        )
        plain = all(item.type in ("WORD", "SLASH", "NUM") for item in lexemes)
        if tail.unit is not None and described and plain and not tail.remarks:
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
    read = read_tail(first) if first else Tail(None)
    notes = [(code, number.text) for code in number.notes if code != "glued-minus"] + list(read.notes)
    _refuse_apart(read, tail)
    kept = list(read.words)
    components: tuple[str, ...] = ()
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
    if unit is not None:
        _refuse_doubtful(number, unit)
    code = None if unit is None or unit.code == "1" else unit.code
    return Quantity(
        number, code, population, components, " ".join([*kept, *read.remarks]), tuple(notes), own, tuple(tail)
    )


def _refuse_doubtful(number: Numeral, unit: Unit) -> None:
    """Refuse a number that its unit makes doubtful: a lost superscript, a thousands mark, a dash for a minus."""
    if number.bare and _is_count(unit):
        message = f"{number.digits} may be a 10^{number.digits[2:]} that lost its superscript"
        remedy = f"write 10^{number.digits[2:]} or {number.digits}.0"
        raise Refusal("ambiguous-number", message, found=number.digits, remedy=remedy)
    if unit.code in _PACKED and number.exponent is not None:
        message = f"{number.text} {unit.code}: of what is not said"
        raise Refusal("unknown-unit", message, found=unit.code, remedy="name what is counted, such as cells per dose")
    large = unit.code.partition("/")[0] in _LARGE and number.exponent is None
    if large and _MAYBE_THOUSANDS.match(number.digits):
        message = f"{number.digits} may be {number.digits.replace('.', '')} with a thousands mark"
        raise Refusal("ambiguous-number", message, found=number.digits, remedy="write it without a mark")
    if "glued-minus" in number.notes and not (unit.is_temperature or unit.is_scale or unit.code == "1"):
        message = f"a negative amount, or a dash: -{number.digits} {unit.code}"
        raise Refusal("ambiguous-number", message, found=number.text)


def _refuse_apart(read: Tail, tail: Sequence[Lexeme]) -> None:
    """Refuse a unit in brackets of its own, and single letters that may be anything."""
    for remark in read.remarks:
        inside = remark.strip("()[] ")
        if known_unit(inside) is not None or not any(char.isalnum() for char in inside):
            message = f"{remark!r} stands apart from its number"
            raise Refusal("unknown-unit", message, found=remark, remedy="write the unit behind the number")
    for item in tail:
        if item.phrase is not None and item.phrase.sign == "INTERVAL":
            raise Refusal("unrelated-numbers", "an end of a confidence interval", item.start)
    for place, word in enumerate(read.words):
        article = word == "a" and 0 < place < len(read.words) - 1
        if len(word) == 1 and word.islower() and word != "p" and not article:
            raise Refusal("unreadable-text", f"{word!r} behind the number is not understood", found=word)


def _groups(tail: Sequence[Lexeme]) -> list[tuple[Lexeme, ...]]:
    """Cut a tail at the signs of a list; remarks in brackets stay with what stands before them."""
    groups: list[list[Lexeme]] = [[]]
    for item in tail:
        if item.type == "LIST" and item.text.casefold() in ("or", "oder", "ou", "または", "又は", "/"):
            message = "things joined by or stand behind one number, and whether one or each is asked is not said"
            raise Refusal("unrelated-numbers", message, item.start)
        if item.type == "LIST":
            groups.append([])
        else:
            groups[-1].append(item)
    return [tuple(group) for group in groups if group]


def is_marker_name(text: str) -> bool:
    """Tell whether a text may be the name of a marker: CD73, HLA-DR, FoxP3."""
    return _MARKER.match(text) is not None and text.rstrip("+-").upper() not in _NO_MARKER


def is_marker(text: str) -> bool:
    """Tell whether a text is the name of a marker with a number in it, such as CD73."""
    return _MARKER.match(text) is not None and (any(char.isdigit() for char in text) or len(text) <= 4)


def _components(read: Tail, groups: Sequence[Sequence[Lexeme]]) -> tuple[str, ...]:
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
    read: Tail, given: GivenUnit, number: Numeral, tail: Sequence[Lexeme]
) -> tuple[Unit, str | None, list[Note]]:
    own, column = read.unit, given.unit
    population = read.population or given.population
    if own is None:
        if read.words and not set(_words(" ".join(read.words))) <= set(_words(given.text)) | EMPTY_WORDS:
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


def _is_count(unit: Unit) -> bool:
    return any(
        base in ("cell", "vg", "vp", "copy", "TU", "IFU", "PFU", "CFU", "capsid", "particle", "TCID50", "IEQ", "EIN")
        and power > 0
        for base, power in unit.dimension
    )
