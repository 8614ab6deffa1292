"""Numbers as people print them: thousands marks, decimal commas, powers of ten in every spelling.

A numeral keeps the printed digits. What had to be assumed in reading it is named by the code of a finding; what
has two readings is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from harmoniqc.notation.refusal import Refusal
from harmoniqc.standard.decimal_text import is_decimal_text, to_fraction

MULTIPLIERS = {
    "thousand": 3, "million": 6, "millions": 6, "mio": 6, "mio.": 6, "billion": 9, "trillion": 12,
}  # fmt: skip
COUNTED_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "twelve": "12", "fourteen": "14",
}  # fmt: skip

_MANTISSA = r"(?:\d{1,3}(?:[ ]\d{3})+(?![\d.,])|\d+(?:[.,']\d+)*|\.\d+)"
NUMBER = (
    rf"(?P<mantissa>{_MANTISSA})"
    r"(?:\s?(?P<times>[x×X*])\s?10\s?(?:\^|\*\*)\s?(?:\((?P<inner>[-–+]?\s?\d{1,3})\)|(?P<power>[-–+]?\s?\d{1,3}))"
    r"|\s?(?P<times2>[x×X*])\s?10(?P<gap>\s?)(?P<lost>[-–]\d{1,2}|\d{1,2})(?![\d.,]\d|\d)"
    r"|(?P<e>[eE])(?P<exponent>[-–+]?\d{1,3})(?![\w.])"
    r"|\^(?P<raised>[-–+]?\d{1,3})(?!\d))?"
)
"""Pattern of a number without its sign, with the power of ten that belongs to it."""

_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")
_CONTINENTAL = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+\Z")
_POINTS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}\Z")
_QUOTES = re.compile(r"\d{1,3}(?:'\d{3})+(?:\.\d+)?\Z")
_BLANKS = re.compile(r"\d{1,3}(?: \d{3})+\Z")
_COMMA = re.compile(r"\d+,\d+\Z")
_PLAIN = re.compile(r"\d+(?:\.\d+)?\Z")
LOST_SUPERSCRIPT = re.compile(r"10(?:[3-9]|1\d)\Z")
"""What ``10⁶`` looks like when the superscript was lost: 106; powers below 10³ are hardly ever written so."""


@dataclass(slots=True, unsafe_hash=True)
class Numeral:
    """A number as read.

    Attributes:
        digits: Printed digits as decimal text, without exponent and sign.
        exponent: Power of ten printed with it; None: none.
        notes: Codes of the findings about what was assumed.
        negative: Whether a minus stands before it.
        bare: Whether the digits may be a power of ten that lost its superscript.
        printed: The exponent of an E as printed, where that is not how the number would be written.
    """

    digits: str
    exponent: int | None = None
    notes: tuple[str, ...] = ()
    negative: bool = False
    bare: bool = False
    printed: str | None = None

    @property
    def text(self) -> str:
        """The number as decimal text."""
        power = "" if self.exponent is None else f"E{self.printed or self.exponent}"
        return f"{'-' if self.negative else ''}{self.digits}{power}"

    @property
    def value(self) -> Fraction:
        """The exact value."""
        return to_fraction(self.text)

    def with_exponent(self, exponent: int, note: str) -> Numeral:
        """Return the number with a power of ten that stands elsewhere."""
        return replace(self, exponent=exponent, notes=(*self.notes, note))

    def negated(self, note: str | None = None) -> Numeral:
        """Return the number with a minus before it."""
        return replace(self, negative=True, notes=self.notes if note is None else (*self.notes, note))


def numeral(match: re.Match[str], at: int) -> Numeral:
    """Return the number a match of :data:`NUMBER` stands for.

    Raises:
        Refusal: ``ambiguous-number`` if it has two readings.
    """
    raw = match["mantissa"]
    digits, notes = _mantissa(raw, at)
    power = match["power"] or match["inner"] or match["raised"] or match["exponent"]
    if match["raised"] is not None:
        if raw != "10":
            raise Refusal("ambiguous-number", "only 10 is raised to a power", at, found=match[0])
        digits = "1"
    elif match["e"] is not None and raw == "10":
        message = f"{match[0]} is 10 times the power strictly, and the power itself as many write it"
        raise Refusal("ambiguous-number", message, at, found=match[0], remedy="write 1E6 for a million")
    elif match["lost"] is not None:
        power = match["lost"]
        if power.startswith("0"):
            raise Refusal("ambiguous-number", f"{match[0]} is a product or a power of ten", at, found=match[0])
        notes = (*notes, "exponent-expanded")
    exponent = None if power is None else int(power.replace("–", "-").replace(" ", ""))
    printed = (
        match["exponent"] if match["e"] is not None and "–" not in (power or "") and power != str(exponent) else None
    )
    found = Numeral(
        digits, exponent, notes, bare=power is None and LOST_SUPERSCRIPT.match(raw) is not None, printed=printed
    )
    if not is_decimal_text(found.text):
        raise Refusal("ambiguous-number", "the number has more than 40 digits or an exponent beyond 400", at)
    return found


@lru_cache(maxsize=8192)
def _mantissa_of(raw: str) -> tuple[str, tuple[str, ...]] | None:
    notes: tuple[str, ...] = ()
    if raw.startswith("."):
        raw, notes = f"0{raw}", ("leading-zero",)
    if _PLAIN.match(raw):
        text = raw
    elif (_ENGLISH.match(raw) and not raw.startswith("0")) or _QUOTES.match(raw) or _BLANKS.match(raw):
        text, notes = re.sub("[, ']", "", raw), (*notes, "thousands-mark")
    elif _POINTS.match(raw):
        text, notes = raw.replace(".", ""), (*notes, "thousands-mark")
    elif _CONTINENTAL.match(raw):
        text, notes = raw.replace(".", "").replace(",", "."), (*notes, "thousands-mark", "decimal-comma")
    elif _COMMA.match(raw) and (
        len(raw.partition(",")[2]) != 3 or raw.startswith("0,") or len(raw.partition(",")[0]) > 3
    ):
        text, notes = raw.replace(",", "."), (*notes, "decimal-comma")
    else:
        return None
    whole, point, fraction = text.partition(".")
    stripped = whole.lstrip("0") or "0"
    return f"{stripped}{point}{fraction}", notes


def _mantissa(raw: str, at: int) -> tuple[str, tuple[str, ...]]:
    found = _mantissa_of(raw)
    if found is None:
        message = f"{raw} may be a list, a thousands mark or a decimal comma"
        raise Refusal("ambiguous-number", message, at, found=raw, remedy="write it with a decimal point, without marks")
    return found
