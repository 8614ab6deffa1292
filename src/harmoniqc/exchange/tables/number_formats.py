"""What a spreadsheet's number format makes of a number: digits, percent signs, and words around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from harmoniqc.standard.decimal_text import from_number

Shown = Literal["as-held", "formatted", "rounded", "not-understood"]

_TOKEN = re.compile(
    r"""
      "(?P<quoted>[^"]*)"          # literal words
    | \\(?P<escaped>.)             # one literal character
    | _.                           # a blank as wide as a character
    | \*.                          # a character that fills the cell
    | \[\$(?P<currency>[^\]\-]*)(?:-[^\]]*)?\]
    | \[(?P<bracket>[^\]]*)\]      # a color, or a condition
    | (?P<digits>[0\#?][0\#?,]*(?:\.[0\#?]*)?|\.[0\#?]+)
    | (?P<exponent>[Ee][+\-][0\#?]+)
    | (?P<percent>%)
    | (?P<general>General)
    | (?P<text>@)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_COLORS = re.compile(r"(black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)\Z", re.IGNORECASE)
_PART = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|;|.', re.DOTALL)
_LITERAL = " $+-()!^&'~{}<>=:"


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A number as its cell prints it.

    Attributes:
        text: All digits the cell holds, at least those its format asks for, with the words around them.
        how: ``as-held``: nothing was added; ``formatted``: a percent sign or words were added; ``rounded``: the
            cell shows fewer digits than it holds; ``not-understood``: nobody knows what the cell shows.
    """

    text: str
    how: Shown


def show_number(value: int | float, number_format: str) -> ShownNumber:
    """Return a number as a cell with this number format prints it, and never with fewer digits than it holds.

    Args:
        value: The number the cell holds.
        number_format: The format code, such as ``0.00`` or ``0%``.

    Raises:
        ValueError: For NaN, infinity, and numbers outside the range of decimal text.
    """
    held = from_number(value)
    if number_format in ("General", "@", ""):
        return ShownNumber(held, "as-held")
    section, is_negative = _section(value, number_format)
    pieces = None if section is None else _pieces(section)
    if pieces is None:
        return ShownNumber(held, "not-understood")
    before, pattern, exponent, after = pieces
    if pattern == "General":
        text, rounded = held.lstrip("-") if is_negative else held, False
    else:
        number = Decimal(held).scaleb(2 * (before + after).count("%"))
        text, rounded = _digits(abs(number) if is_negative else number, pattern, exponent)
    if is_negative:
        # The section for negative numbers prints no minus of its own.
        if "-" in before or ("(" in before and ")" in after):
            before, after = re.sub("[-(]", "", before, count=1), after.replace(")", "", 1)
            text = f"-{text}"
        else:
            return ShownNumber(held, "not-understood")
    added = bool((before + after).strip())
    return ShownNumber(f"{before}{text}{after}".strip(), "rounded" if rounded else "formatted" if added else "as-held")


def _section(value: float, number_format: str) -> tuple[str | None, bool]:
    """Return the part of the format for this number, and whether it is the one for negative numbers."""
    sections = [""]
    for match in _PART.finditer(number_format):
        if match[0] == ";":
            sections.append("")
        else:
            sections[-1] += match[0]
    if len(sections) > 4:
        return None, False
    if value < 0 and len(sections) > 1:
        return sections[1], True
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], False


def _pieces(section: str) -> tuple[str, str, bool, str] | None:
    """Return the words before, the pattern of digits, whether it has an exponent, and the words after."""
    before, after, pattern, exponent = "", "", "", False
    for match in _TOKEN.finditer(section):
        literal = match["quoted"] or match["escaped"] or match["currency"] or match["percent"] or ""
        other = match["other"]
        if other is not None:
            if other not in _LITERAL:
                return None  # a fraction, a date, or something newer
            literal = other
        if match["bracket"] is not None and not _COLORS.match(match["bracket"]):
            return None  # a condition: what is shown depends on the number
        if match["text"]:
            return None
        if match["digits"] or match["general"]:
            if pattern:
                return None  # digits in several groups
            pattern = match["digits"] or "General"
        elif match["exponent"]:
            exponent = True
        elif pattern:
            after += literal
        else:
            before += literal
    if not pattern or pattern.partition(".")[0].endswith(",") or pattern.endswith(","):
        return None  # the number is hidden, or shown in thousands
    return before, pattern, exponent, after


def _digits(number: Decimal, pattern: str, exponent: bool) -> tuple[str, bool]:
    """Return the digits, filled up to the places the pattern prints, and whether it would print fewer."""
    places = pattern.partition(".")[2]
    most, least = len(places), len(places.rstrip("#"))
    written = f"{number:f}" if -20 < number.adjusted() < 20 else str(number)
    if exponent:
        figures = len(number.normalize().as_tuple().digits)
        return written, figures > most + 1
    whole, _, decimals = written.partition(".")
    decimals = decimals.rstrip("0")
    rounded = len(decimals) > most
    decimals = decimals.ljust(least, "0")
    sign, whole = whole[: -len(whole.lstrip("-"))], whole.lstrip("-")
    whole = sign + whole.zfill(pattern.partition(".")[0].count("0"))  # lot 7, printed as 007
    if "E" in written:
        return written, False
    return (f"{whole}.{decimals}" if decimals else whole), rounded
