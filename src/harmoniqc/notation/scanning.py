"""From the words of a text to the terminals of the grammar: phrases first, then rule by rule what each of them is.

"Minimum" before a number is a comparison, behind one it is too, and anywhere else it is a word nobody may skip. Each
rule looks at neighbors only; what a whole text says is for the grammar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harmoniqc.notation.joining import brackets, joints, lists, speaking
from harmoniqc.notation.lexemes import Lexeme
from harmoniqc.notation.phrases import phrase_at
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.telling import comparisons, dashes, fills, numbers, strengths
from harmoniqc.notation.words import Word, words_of

_FOOTNOTES = frozenset("abcef")
"""Letters that are a footnote when glued to a number or a percent sign."""
_GLUED = frozenset("MKkB")
_MARKS = {
    ";": "SEMI",
    ",": "COMMA",
    ":": "COLON",
    **dict.fromkeys("([{", "LPAR"),
    **dict.fromkeys(")]}", "RPAR"),
    "/": "SLASH",
    **dict.fromkeys("-–", "DASH"),
    "+": "PLUS",
    "&": "AND",
    ".": "STOP",
}

MAX_DEPTH = 4


def lexemes_of(text: str) -> list[Lexeme]:
    """Return the terminals of a text.

    Raises:
        Refusal: At a character that belongs to no notation, or a number with two readings.
    """
    return told(phrased(text))


def phrased(text: str) -> list[Lexeme]:
    """Return the phrases, numbers, words and signs of a text, before it is told what each of them is there.

    Raises:
        Refusal: As :func:`lexemes_of`.
    """
    words = words_of(text)
    depth = 0
    for word in words:
        if word.kind == "mark":
            depth += 1 if word.text in "([{" else -1 if word.text in ")]}" else 0
            if depth > MAX_DEPTH:
                raise Refusal("unreadable-text", f"brackets are nested more than {MAX_DEPTH} deep", word.start)
    raw = _phrased(words)
    while raw and raw[-1].type == "STOP":
        raw.pop()
    return raw


def told(raw: list[Lexeme]) -> list[Lexeme]:
    """Return what each piece of a text is where it stands.

    Raises:
        Refusal: If a text begins or ends with a word that joins.
    """
    for step in (strengths, numbers, dashes, fills, comparisons, speaking, lists, brackets, joints):
        raw = step(raw)
    while raw and raw[-1].type in ("SEMI", "LIST") and raw[-1].kind == "mark":
        raw.pop()
    for item in (*raw[:1], *raw[-1:]):
        if item.type in ("OR", "AND", "SEMI", "LIST"):
            raise Refusal("unreadable-text", f"{item.text!r} joins something to nothing", item.start, found=item.text)
    return raw


def _phrased(words: Sequence[Word]) -> list[Lexeme]:
    out: list[Lexeme] = []
    place = 0
    while place < len(words):
        word = words[place]
        if (
            word.kind == "word"
            and out
            and out[-1].end == word.start
            and out[-1].kind in ("number", "percent")
            and word.text in _FOOTNOTES
        ):
            if out[-1].number is not None:
                out[-1].number = replace(out[-1].number, notes=(*out[-1].number.notes, "footnote-dropped"))
            place += 1
            continue
        if word.kind in ("word", "sign", "mark", "percent", "number"):
            found = phrase_at(words, place)
            if (
                found is not None
                and found[1].sign == "POSTCMP"
                and found[0] < len(words)
                and words[found[0]].key == "than"
            ):
                found = None  # "or less than 5" is an or
                if word.key in ("or", "and"):
                    out.append(Lexeme(word.key.upper(), word.text, word.start, word.end))
                    place += 1
                    continue
            if found is not None and not (word.kind == "number" and found[0] == place + 1):
                end, phrase = found
                sign = "WORD" if phrase.sign in ("TARGET", "INTERVAL") else phrase.sign
                last = words[end - 1]
                text = word.text if end == place + 1 else " ".join(item.text for item in words[place:end])
                out.append(Lexeme(sign, text, word.start, last.end, None, phrase, word.kind))
                place = end
                continue
        if word.text == "." and out and len(out[-1].text) <= 3 and place + 1 < len(words):
            place += 1  # an abbreviation, not the end of a sentence
            continue
        if (
            word.text == "×"
            and out
            and out[-1].kind == "word"
            and place + 1 < len(words)
            and words[place + 1].kind == "word"
        ):
            place += 1  # EU·mL⁻¹
            continue
        glued = out and out[-1].kind == "number" and out[-1].end == word.start
        if glued and word.text in _GLUED:  # "2M" is two million to one reader and two molar to the next
            out.append(Lexeme("LOGIC", word.text, word.start, word.end))
            place += 1
            continue
        if word.kind == "mark":
            if word.text not in ("'", '"'):
                out.append(Lexeme(_MARKS.get(word.text, "MARK"), word.text, word.start, word.end, kind="mark"))
        elif word.kind == "number":
            out.append(Lexeme("NUM", word.text, word.start, word.end, word.number, kind="number"))
        elif word.kind == "enum":
            out.append(Lexeme("ENUM", word.text, word.start, word.end, kind="enum"))
        elif word.kind == "scale":
            out.append(Lexeme("POWER", word.text, word.start, word.end, kind="power"))
        elif word.kind == "sign":
            out.append(Lexeme("MARK", word.text, word.start, word.end, kind="sign"))
        else:
            out.append(Lexeme("WORD", word.text, word.start, word.end, kind=word.kind))
        place += 1
    return out
