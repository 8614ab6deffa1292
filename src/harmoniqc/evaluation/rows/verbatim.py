"""Does the verbatim text of a row agree with its number? A comparator lost on export is the usual fault."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from harmoniqc.evaluation.meaning.interval import Edge, Interval, censored_set
from harmoniqc.standard.decimal_text import is_decimal_text, to_fraction
from harmoniqc.units import Unit, conversion, is_unit, read_unit

_SIGNS = {"<": "<", "≤": "<=", "≦": "<=", "⩽": "<=", "<=": "<=", "=<": "<=", ">": ">", "≥": ">=", "≧": ">=", "⩾": ">="}
_SIGNS |= {">=": ">=", "=>": ">="}
_SIGN = r"(?:<=|=<|>=|=>|[<>≤≥≦≧⩽⩾])"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_POWER = re.compile("10([⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_WHOLE = re.compile(
    rf"\s*(?P<sign>{_SIGN})?\s*(?P<number>[-+−]?(?:\d+(?:\.\d*)?|\.\d+))"
    r"(?:\s*[×xX*]\s*10\^(?P<power>[-−]?\d{1,3})|[eE](?P<exponent>[-+−]?\d{1,3}))?\s*(?P<unit>[^\d\s].*?)?\s*\Z"
)
_ANYWHERE = re.compile(rf"{_SIGN}\s*(?:[-+−]?\.?\d|LL?O[DQ]\b|UL?O[DQ]\b)")
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
"""Characters without width, which may stand between a sign and its number and show nothing."""


@dataclass(frozen=True, slots=True)
class Verbatim:
    """What a text says for certain.

    Attributes:
        comparator: The comparator at its beginning; None if there is none.
        number: The number; None where the text is more than one number with a unit.
        unit: Text behind the number, if any.
        has_sign: Whether a comparison sign stands before a number anywhere in the text.
    """

    comparator: str | None
    number: Fraction | None
    unit: str | None
    has_sign: bool


@lru_cache(maxsize=65536)
def read_verbatim(text: str) -> Verbatim:
    """Read a text as far as it is certain; whatever it does not understand, it does not judge."""
    text = _POWER.sub(lambda match: "10^" + match[1].translate(_SUPERSCRIPTS), text)
    text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").translate(_UNSEEN)
    has_sign = _ANYWHERE.search(text) is not None
    match = _WHOLE.match(text)
    if match is None or (match["unit"] is not None and _unit(match["unit"]) is None):
        return Verbatim(None, None, None, has_sign)  # "06h53", "1,495 × 106": more than a number and a unit
    exponent = (match["power"] or match["exponent"] or "0").lstrip("+")
    sign_of, digits = ("-" if match["number"].startswith("-") else ""), match["number"].lstrip("+-")
    whole, _, fraction = digits.partition(".")
    written = f"{sign_of}{whole.lstrip('0') or '0'}{f'.{fraction}' if fraction else ''}E{exponent}"
    number = to_fraction(written) if is_decimal_text(written) else None
    sign = match["sign"]
    return Verbatim(None if sign is None else _SIGNS[sign], number, match["unit"], has_sign)


def disagrees(text: str, value: Fraction, comparator: str | None, unit: str | None) -> bool:
    """Tell whether a verbatim text contradicts value, comparator or unit of its row."""
    said = read_verbatim(text)
    if said.has_sign and comparator is None:
        return True
    if said.number is None:
        return False
    if said.comparator != comparator:
        return True
    if said.number == value:
        return said.unit is not None and _other_unit(said.unit, unit)
    return not _same_in_other_unit(said, value, unit)


def outside_text(text: str, low: Fraction | None, high: Fraction | None) -> bool:
    """Tell whether a verbatim text names a number or bound that an interval leaves out."""
    said = read_verbatim(text)
    if said.number is None or (low is None and high is None):
        return False
    ends = Interval(None if low is None else Edge(low, closed=True), None if high is None else Edge(high, closed=True))
    if said.comparator is None:
        return said.number not in ends
    return ends.intersect(censored_set(said.comparator, said.number)).is_empty


def _other_unit(said: str, unit: str | None) -> bool:
    """Tell whether the text names a unit that is not the row's.

    "100 copies" in a column of copies per 100 ng names the part the column's heading completes.
    """
    mine, theirs = _unit(unit or "1"), _unit(said)
    if mine is None or theirs is None:
        return False
    if theirs == _unit(mine.code.partition("/")[0]):
        return False
    return not theirs.convertible_to(mine) or conversion(theirs, mine) != conversion(mine, mine)


def _same_in_other_unit(said: Verbatim, value: Fraction, unit: str | None) -> bool:
    mine, theirs = _unit(unit or "1"), _unit(said.unit or "")
    if mine is None or theirs is None or said.number is None or not theirs.convertible_to(mine):
        return False
    step = conversion(theirs, mine)
    return said.number * step.factor + step.offset == value


@lru_cache(maxsize=4096)
def _unit(text: str) -> Unit | None:
    return read_unit(text).unit if is_unit(text) else None
