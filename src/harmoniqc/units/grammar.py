"""The guard grammar of compound units: tokens and a small recursive descent, with hard limits on every side.

    unit   = term { ("/" | "per") factor }
    term   = factor { ("*" | " ") factor }
    factor = number | atom [ ["^"] exponent ] | "(" unit ")"

Nothing is evaluated but products of exact numbers and table atoms, so no text can do harm or take long. After a
slash a bare product is refused: ``a/b*c`` is read one way by mathematicians and the other by UCUM. So are ``10*6``,
which is a million in UCUM, and ``106``, which is what a copied ``10⁶`` looks like.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

MAX_LENGTH = 200
MAX_DEPTH = 3
MAX_POWER_OF_TEN = 30
MAX_EXPONENT = 3

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{1,15}(?:\.\d{1,15})?(?:[eE][-+]?\d{1,2})?(?:\^[-+]?\d{1,2})?)(?![\w.^])"
    r"|(?P<sign>[*/()])|(?P<atom>[^\s*/()\d][^\s*/()^]*?)(?P<power>\^?-\d|\^\d)?(?=[\s*/()]|\Z))"
)
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_REPLACED = {
    "µ": "u",
    "μ": "u",
    "×": "*",
    "·": "*",
    "⋅": "*",
    "∙": "*",
    "•": "*",
    "−": "-",
    "–": "-",
    "‐": "-",
    "‑": "-",
    "℃": "°C",
    "℉": "°F",
    "⁄": "/",
    "∕": "/",
    "Δ": "Δ",
    "∆": "Δ",
}
_FLATTENED = re.compile(r"10[1-9]\d?\Z")
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f\u2007\u200b]+")


class UnitSyntax(Exception):  # noqa: N818 - never leaves the room; read by the resolver
    """The text is not in the grammar; the message says where."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a compound: a number, or an atom to a power."""

    number: Fraction | None
    atom: str | None
    power: int


def normalize(text: str) -> str:
    """Return a text with one spelling for each sign: ``10⁶`` becomes ``10^6``, never ``106``."""
    text = _RAISED.sub(lambda run: "^" + run[0].translate(_SUPERSCRIPT), text)
    out = []
    for char in text:
        code = ord(char)
        if 0xFF01 <= code <= 0xFF5E:  # full-width forms of ASCII
            char = chr(code - 0xFEE0)
        out.append(_REPLACED.get(char, char))
    return _SPACES.sub(" ", "".join(out)).strip()


def parse(text: str, known: Callable[[str], bool]) -> tuple[Factor, ...]:
    """Read a normalized text into factors.

    Args:
        text: The text; see :func:`normalize`.
        known: Tells whether a text names an atom.

    Raises:
        UnitSyntax: If it is not in the grammar.
    """
    if not text or len(text) > MAX_LENGTH:
        raise UnitSyntax("a unit has 1 to 200 characters" if text else "the unit is empty")
    return tuple(_Parser(_tokens(re.sub(r"(?<=\S) per (?=\S)", "/", text)), known).unit(0))


def _tokens(text: str) -> list[tuple[str, str, int]]:
    out, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise UnitSyntax(f"nothing of a unit starts at {text[place : place + 12]!r}")
        place = match.end()
        if match["number"]:
            out.append(("number", match["number"], 1))
        elif match["sign"]:
            out.append((match["sign"], match["sign"], 1))
        else:
            power = int((match["power"] or "1").lstrip("^"))
            out.append(("atom", match["atom"], power))
    return out


class _Parser:
    def __init__(self, tokens: list[tuple[str, str, int]], known: Callable[[str], bool]) -> None:
        self.tokens = tokens
        self.known = known
        self.place = 0

    def unit(self, depth: int) -> list[Factor]:
        out = self.term(depth)
        while self.peek() == "/":
            self.place += 1
            below = self.factor(depth)
            if self.peek() not in ("/", ")", ""):
                raise UnitSyntax("after a slash a product needs brackets: write a/(b*c) or a*c/b")
            out += [_inverse(factor) for factor in below]
        if depth == 0 and self.peek():
            raise UnitSyntax("a bracket is closed that was never opened")
        return out

    def term(self, depth: int) -> list[Factor]:
        out = self.factor(depth)
        while self.peek() in ("*", "number", "atom", "("):
            if self.peek() == "*":
                self.place += 1
                if self.tokens[self.place - 2][1] == "10" and self.peek() == "number":
                    raise UnitSyntax("10*6 is sixty here and a million in UCUM: write 10^6")
            out += self.factor(depth)
        return out

    def factor(self, depth: int) -> list[Factor]:
        kind = self.peek()
        if kind == "(":
            if depth == MAX_DEPTH:
                raise UnitSyntax("brackets are nested too deeply")
            self.place += 1
            out = self.unit_inside(depth + 1)
            return out
        if kind not in ("number", "atom"):
            raise UnitSyntax("a unit or a number is missing")
        _, text, power = self.tokens[self.place]
        self.place += 1
        if kind == "number":
            return [Factor(_number(text), None, 1)]
        if abs(power) > MAX_EXPONENT or power == 0:
            raise UnitSyntax(f"an exponent is 1 to {MAX_EXPONENT}, or negative")
        # An atom of several words ("base pairs") is tried at its longest.
        words = [text]
        ahead = self.place
        best, best_end, best_power = (text if self.known(text) else None), self.place, power
        while ahead < len(self.tokens) and self.tokens[ahead][0] == "atom" and len(words) < 4:
            words.append(self.tokens[ahead][1])
            power = self.tokens[ahead][2]
            ahead += 1
            if self.known(" ".join(words)):
                best, best_end, best_power = " ".join(words), ahead, power
        if best is None:
            raise UnknownAtom(text)
        self.place = best_end
        return [Factor(None, best, best_power)]

    def unit_inside(self, depth: int) -> list[Factor]:
        out = self.unit(depth)
        if self.peek() != ")":
            raise UnitSyntax("a bracket is not closed")
        self.place += 1
        return out

    def peek(self) -> str:
        return self.tokens[self.place][0] if self.place < len(self.tokens) else ""


class UnknownAtom(UnitSyntax):
    """The text is in the grammar, and one of its words is no unit."""


def _inverse(factor: Factor) -> Factor:
    if factor.number is not None:
        if factor.number == 0:
            raise UnitSyntax("nothing divides by zero")
        return Factor(1 / factor.number, None, 1)
    return Factor(None, factor.atom, -factor.power)


def _number(text: str) -> Fraction:
    if _FLATTENED.match(text):
        raise UnitSyntax(f"{text} may be a 10^{text[2:]} that lost its superscript: write 10^{text[2:]} or {text}.0")
    base, _, power = text.partition("^")
    if power:
        if base != "10":
            raise UnitSyntax("only 10 is raised to a power")
        exponent = int(power)
        if abs(exponent) > MAX_POWER_OF_TEN:
            raise UnitSyntax(f"a power of ten is at most {MAX_POWER_OF_TEN}")
        return Fraction(10) ** exponent
    exponent = int(base.upper().partition("E")[2] or 0)
    if abs(exponent) > MAX_POWER_OF_TEN:
        raise UnitSyntax(f"a power of ten is at most {MAX_POWER_OF_TEN}")
    value = Fraction(base)
    if value == 0:
        raise UnitSyntax("a unit is not multiplied by zero")
    return value
