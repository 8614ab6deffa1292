"""One spelling for each sign: width, superscripts, dashes, blanks, footnote marks; what was changed is remembered.

A superscript becomes an exponent or disappears as a footnote mark; it never becomes a digit of the number beside
it, which is what Unicode's own compatibility folding would do to ``10⁶``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from harmoniqc.notation.refusal import Refusal

MAX_LENGTH = 2_000
"""Characters of one criterion or result; longer texts are refused before anything is read."""

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾", "0123456789-+()")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
_RAISED_RUN = re.compile(f"[{_RAISED}]+")
_FOOTNOTE_LETTERS = re.compile("[ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻªº]+")
_SPELLED = {
    "≦": "≤", "⩽": "≤", "≲": "≤", "﹤": "<", "＜": "<", "‹": "<", "≧": "≥", "⩾": "≥", "≳": "≥", "﹥": ">", "＞": ">",
    "›": ">", "−": "-", "﹣": "-", "‐": "-", "‑": "-", "⁃": "-", "–": "–", "—": "–", "‒": "–", "―": "–", "〜": "–",
    "～": "–", "ー": "ー", "⁓": "–", "µ": "μ", "℃": "°C", "℉": "°F", "˚": "°", "º": "°", "⁄": "/", "∕": "/", "÷": "/",
    "∗": "*", "·": "×", "⋅": "×", "∙": "×", "•": "×", "✕": "×", "✖": "×", "⨯": "×", "∆": "Δ", "’": "'", "‘": "'",
    "ʼ": "'", "′": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "、": ",", "，": ",", "；": ";",
    "。": ".", "：": ":", "∶": ":", "％": "%", "﹪": "%", "︰": ":",
}  # fmt: skip
_UNSEEN = dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f")
_ORDINAL_DEGREE = re.compile(r"º(?=\s?[CF]\b)")
"""The ordinal sign of Spanish keyboards, where a degree is meant."""
_MARKS = "*†‡§¶#"
_MARK_RUN = re.compile(rf"(?<=[\w%+)\]\"'.°])\s?[{re.escape(_MARKS)}]+(?=[\s;,.)\]]|\Z)")
_LEADING_MARKS = re.compile(rf"(?<=\s)[{re.escape(_MARKS)}]+(?=[A-Za-z])")
_QUOTED = re.compile(r"""\A\s*"([^"]*)"\s*\Z""")
_PLAIN = re.compile(r"[ -~]*\Z")
_TENS = re.compile(r"(?:\A|\D)10\Z")
_RAISABLE = re.compile(r"(?:\A|[^A-Za-zµμ])(?:c|m|μ|d|k)?(?:m|s|L|l|g|h|mL|ml|min|kg|mg|ng|pg|Pa|mol|M|cells?|dose)\Z")


@dataclass(frozen=True, slots=True)
class Signs:
    """A text with one spelling for each sign.

    Attributes:
        written: The text as written.
        text: The text to read.
        places: For each character of ``text``, its place in ``written``; None: the same.
        notes: Codes of the findings about what was changed.
    """

    written: str
    text: str
    places: tuple[int, ...] | None
    notes: tuple[str, ...] = ()

    def place(self, at: int) -> int:
        """Return where a character of the text stands in what was written."""
        if self.places is None:
            return at
        return self.places[at] if at < len(self.places) else len(self.written)


def unify(written: str) -> Signs:
    """Return a text with one spelling for each sign.

    Raises:
        Refusal: If it is blank, too long, or holds a character that is no text.
    """
    if len(written) > MAX_LENGTH:
        raise Refusal("text-too-long", f"{len(written):,} characters are no criterion and no result", 0)
    if not written.strip():
        raise Refusal("blank-text", "nothing is written", 0)
    notes: list[str] = []
    if _PLAIN.match(written):
        text, places = written, None
    else:
        text, places = _fold(_ORDINAL_DEGREE.sub("°", written))
        if _RAISED_RUN.search(written) and sum(len(run) for run in _RAISED_RUN.findall(written)) > _kept(
            text, places, written
        ):
            notes.append("footnote-dropped")
    quoted = _QUOTED.match(text)
    if quoted is not None:
        text, places = _cut(text, places, quoted.start(1), quoted.end(1))
    if any(mark in text for mark in _MARKS):
        text, places, dropped = _without_marks(text, places)
        if dropped:
            notes.append("footnote-dropped")
    elif not written.isascii() and _FOOTNOTE_LETTERS.search(_ORDINAL_DEGREE.sub("°", written)):
        notes.append("footnote-dropped")
    notes = list(dict.fromkeys(notes))
    return Signs(written, text, places, tuple(notes))


def _cut(text: str, places: tuple[int, ...] | None, start: int, end: int) -> tuple[str, tuple[int, ...]]:
    whole = places if places is not None else tuple(range(len(text)))
    return text[start:end], whole[start:end]


def _without_marks(text: str, places: tuple[int, ...] | None) -> tuple[str, tuple[int, ...], bool]:
    whole = places if places is not None else tuple(range(len(text)))
    out: list[str] = []
    kept: list[int] = []
    last = 0
    found = sorted([*_MARK_RUN.finditer(text), *_LEADING_MARKS.finditer(text)], key=lambda match: match.start())
    for match in found:
        if match.start() < last:
            continue
        out.append(text[last : match.start()])
        kept += whole[last : match.start()]
        last = match.end()
    out.append(text[last:])
    kept += whole[last:]
    return "".join(out), tuple(kept), last > 0


def _fold(written: str) -> tuple[str, tuple[int, ...] | None]:
    """Return the text with one spelling for each sign, and its places where a sign became none or several."""
    out: list[str] = []
    place = 0
    for run in _RAISED_RUN.finditer(written):
        out += _folded(written, place, run.start())
        raised = _raised(run[0].translate(_SUPERSCRIPTS), "".join(out))
        if not raised and (not out or written[run.end() : run.end() + 1].isalnum()):
            message = f"{run[0]!r} before {written[run.end() : run.end() + 8]!r} may be a broken ≥ or an exponent"
            raise Refusal("unreadable-text", message, run.start(), found=run[0])
        out += [raised, *[""] * (run.end() - run.start() - 1)]
        place = run.end()
    out += _folded(written, place, len(written))
    text = "".join(out)
    if len(text) == len(written) and all(len(piece) == 1 for piece in out):
        return text, None
    return text, tuple(place for place, piece in enumerate(out) for _ in piece)


def _folded(written: str, start: int, end: int) -> list[str]:
    out = [_spelled(char) for char in written[start:end]]
    if None in out:
        place = start + out.index(None)
        char = written[place]
        raise Refusal("unreadable-text", f"the character U+{ord(char):04X} is no text", place, found=repr(char))
    return [piece for piece in out if piece is not None]


@lru_cache(maxsize=8192)
def _spelled(char: str) -> str | None:
    """Return how a character is spelled here; nothing for one that is not seen, None for one that is no text."""
    if char in _UNSEEN or _FOOTNOTE_LETTERS.match(char):
        return ""
    known = _SPELLED.get(char)
    if known is not None:
        return known
    category = unicodedata.category(char)
    if category[0] == "Z" or char in "\t\n\r\v\f":
        return " "
    if category in ("Cc", "Cs", "Co", "Cn"):
        return None
    folded = unicodedata.normalize("NFKC", char)
    if "\u2044" in folded:  # a fraction in one sign is no share of several
        return None
    return "".join(_SPELLED.get(part, part) for part in folded) if folded != char else char


def _kept(text: str, places: tuple[int, ...] | None, written: str) -> int:
    """Return how many raised characters are still there, as an exponent or a sign."""
    spots = range(len(text)) if places is None else places
    return sum(1 for char, place in zip(text, spots, strict=True) if written[place] in _RAISED and char != "^")


def _raised(digits: str, before: str) -> str:
    """Say what a raised run means: an exponent of ten or of a unit, the sign of a marker, or a footnote mark."""
    ahead = before.rstrip()
    if _TENS.search(ahead):
        return f"^{digits}"
    if digits.startswith("-") and len(digits) > 1:
        return digits  # mL⁻¹ is spelled mL-1
    if set(digits) <= set("+-"):
        return digits  # CD4⁺
    if digits in ("2", "3") and re.search(r"(?:\A|[^A-Za-z])(?:c|m|μ)?m\Z", ahead):
        return digits  # cm²
    return ""  # a footnote mark
