"""A text cut into words, numbers and signs. Nothing is understood yet, and no character is passed over."""

from __future__ import annotations

import re

from harmoniqc.notation.numerals import NUMBER, Numeral, numeral
from harmoniqc.notation.refusal import Refusal

_CJK = "\u3005-\u30ff\u3400-\u9fff"
_LETTER = rf"[^\W\d_{_CJK}]"
_WORD = (
    rf"{_LETTER}(?:[^\W_{_CJK}]|[+/:.'_&](?={_LETTER}|[\d+](?![\d.,]*\s*[x×]))|[-–](?=[^\W_{_CJK}])|\+|\^-?\d)*"
    rf"(?:[+-]+(?![\w.]))?"
)
_ATOM = "[A-Za-z0-9_^*]+"
_BELOW = r"\([\w^*/. ]+\)"
_CODE = (
    rf"(?:[A-Za-zμ%][A-Za-z0-9_%^*]*(?:/{_ATOM})*/{_BELOW}(?:/{_ATOM}|/{_BELOW})*"
    rf"|%\*[A-Za-z][A-Za-z0-9_/]*|10\^\d{{1,2}}\*[A-Za-z][A-Za-z0-9_/^*]*(?:/{_BELOW})?)"
)
"""Codes of units as the library writes them, such as bead/(3*10^6*cell)."""
_PATTERN = re.compile(
    r"\s*(?:"
    r"(?P<duration>\d{1,3}h\d{2}(?!\w))"
    rf"|(?P<code>{_CODE}(?![A-Za-z0-9]))"
    r"|(?P<karyotype>4[5-7]\s?,?\s?X[XY](?!\w))"
    r"|(?P<reference><\d{1,4}>|\d{1,2}(?:\.\d{1,2}){2,}(?![\d.]))"
    r"|(?P<scale>[x×]\s?10(?:\s?\^\s?\(?[-–+]?\s?\d{1,3}\)?|[-–]?\d{1,2})(?![\d.,]))"
    r"|(?P<ratio>\d+(?:\.\d+)?\s?:\s?\d+(?:\.\d+)?(?![\w.]))"
    rf"|(?P<number>{NUMBER})"
    r"|(?P<enum>\((?:[a-hA-H]|i{1,3}|iv|[1-9])\)(?=\s|\w)|(?<![\w(])[a-h]\)(?=\s))"
    r"|(?P<percent>%\s?\((?:[wv]/[wv])\)|%\s?[wv]/[wv](?!\w)|%|(?i:per\scent)(?!\w))"
    r"|(?P<sign>>\s?/\s?=|<\s?/\s?=|>\s?=|<\s?=|=\s?>|=\s?<|\+\s?/\s?-|\+-|[<>≤≥=±~≈∼≪≫≠≡≮≯])"
    rf"|(?P<word>°\s?[CF](?![A-Za-z])|{_WORD})"
    rf"|(?P<cjk>[{_CJK}]+)"
    r"|(?P<mark>[-–;,:()\[\]{}/+&.'\"*?!|^_@$\\×°#・…√∞∑])"
    r")"
)
MAX_WORDS = 200
"""Words, numbers and signs of one criterion or result."""
_TRAILING = re.compile(r"\s*\Z")
_ABBREVIATED = frozenset(
    {
        "min",
        "max",
        "approx",
        "ca",
        "vs",
        "no",
        "mio",
        "t.b.d",
        "t.b.c",
        "n.a",
        "n.d",
        "resp",
        "incl",
        "e.g",
        "i.e",
        "e.u",
        "i.u",
        "b.w",
        "ph",
        "eur",
        "jap",
        "pharm",
    }
)


class Word:
    """A piece of a text.

    Attributes:
        kind: ``word``, ``number``, ``percent``, ``sign``, ``mark``, ``enum``, ``ratio``, ``duration`` or ``karyotype``.
        text: As it stands.
        key: Folded, for looking up phrases.
        start: First character.
        end: Behind its last character.
        number: The numeral, of a number.
    """

    __slots__ = ("end", "key", "kind", "number", "start", "text")

    def __init__(self, kind: str, text: str, start: int, end: int, number: Numeral | None = None) -> None:
        self.kind = kind
        self.text = text
        self.key = text.casefold() if kind != "sign" else text.replace(" ", "")
        self.start = start
        self.end = end
        self.number = number

    def __repr__(self) -> str:
        return f"{self.kind}:{self.text}"


def words_of(text: str) -> list[Word]:
    """Cut a text into its pieces.

    Raises:
        Refusal: At a character that belongs to no notation, or a number with two readings.
    """
    out: list[Word] = []
    place = 0
    while place < len(text):
        if len(out) > MAX_WORDS:
            raise Refusal("text-too-long", f"more than {MAX_WORDS} words and signs are no criterion and no result", 0)
        match = _PATTERN.match(text, place)
        if match is None:
            if _TRAILING.match(text, place):
                break
            at = place + len(text[place:]) - len(text[place:].lstrip())
            raise Refusal("unreadable-text", f"{text[at]!r} belongs to no notation", at, found=text[at])
        kind = match.lastgroup or ""
        if match["number"] is not None:
            start, end = match.span("number")
            out.append(Word("number", match["number"], start, end, numeral(match, start)))
            place = end
            continue
        kind = next(
            name
            for name in (
                "code",
                "word",
                "mark",
                "sign",
                "percent",
                "cjk",
                "ratio",
                "enum",
                "duration",
                "karyotype",
                "reference",
                "scale",
            )
            if match[name] is not None
        )
        start, end = match.span(kind)
        if kind == "word" and text[end : end + 1] == "." and text[start:end].casefold() in _ABBREVIATED:
            end += 1
        if kind in ("cjk", "code"):
            kind = "word"
        out.append(Word(kind, text[start:end], start, end))
        place = end
    return out
