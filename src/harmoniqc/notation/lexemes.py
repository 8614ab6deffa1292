"""From words to the terminals of the grammar: what a word is depends on what stands around it.

"Minimum" before a number is a comparison, behind one it is too, and anywhere else it is a word nobody may skip.
Each rule here looks at neighbors only; what a whole text says is for the grammar.
"""

from __future__ import annotations

from collections.abc import Sequence

from typing import ClassVar

from harmoniqc.notation.numerals import COUNTED_WORDS, MULTIPLIERS, Numeral
from harmoniqc.notation.phrases import Phrase, phrase_at
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.words import Word, words_of


class Lexeme:
    """A terminal of the grammar with the text it came from.

    Attributes:
        type: Name of the terminal.
        text: As it stands.
        start: First character.
        end: Behind its last character.
        number: The numeral of a number; also of a day.
        phrase: The phrase, where it is one.
        kind: Kind of the word it came from.
        written: As it was written, before signs were unified.
    """

    __slots__ = ("end", "kind", "number", "phrase", "start", "text", "type", "written")

    line: ClassVar[None] = None
    column: ClassVar[None] = None
    end_line: ClassVar[None] = None
    end_column: ClassVar[None] = None

    def __init__(
        self,
        type: str,
        text: str,
        start: int,
        end: int,
        number: Numeral | None = None,
        phrase: Phrase | None = None,
        kind: str = "word",
    ) -> None:
        self.type = type
        self.text = text
        self.start = start
        self.end = end
        self.number = number
        self.phrase = phrase
        self.kind = kind
        self.written = text

    def __repr__(self) -> str:
        return f"{self.type}:{self.text}"

    @property
    def start_pos(self) -> int:
        """First character, as the parser library calls it."""
        return self.start

    @property
    def end_pos(self) -> int:
        """Behind the last character, as the parser library calls it."""
        return self.end


STRONG = frozenset(
    {
        "NUM",
        "FRACTION",
        "CMP",
        "ABSENT",
        "INTERIM",
        "REPORT",
        "COMPLY",
        "TREND",
        "AS_RELEASE",
        "NOMINAL",
        "UNSTATED",
        "SIGNED",
    }
)
"""Terminals that make an item more than a description."""
_OPENING = frozenset({"NO", "ABSENT_OF", "IDENTICAL", "EXPECTED", "COMPLY_WITH"})
"""Terminals that do so only at the start of an item."""
_BOUNDARIES = frozenset({"SEMI", "OR", "AND", "COMMA", "LPAR", "RPAR", "COLON", "ENUM", "JUX", "STOP"})
_BEFORE_NUMBER = frozenset({"CMP", "TO", "BETWEEN", "PM", "LPAR", "COLON", "SEMI", "OR", "AND", "COMMA", "ENUM", "PATIENTS", "DEVIATION", "WITHIN", "JUX", "COND", "DAY", "AFTER", "IN"})  # fmt: skip
_SPEAKING = frozenset(
    {"REPORT", "COMPLY", "UNSTATED", "NOT_YET", "AS_RELEASE", "TREND", "REMARK", "ABSENT", "INTERIM", "COND"}
)
"""Phrases that mean something only as a whole item, or at its end."""
_NUMBERED = frozenset(
    {"cd", "passage", "grade", "phase", "type", "class", "lot", "batch", "step", "version", "il", "tra", "ssea", "hla", "oct", "population doubling level", "vp", "serotype", "p", "no", "chapter", "usp", "hiv", "htlv", "hhv", "hsv", "hpv", "sv", "eur", "ep", "jp", "ct"}
)  # fmt: skip
_FOOTNOTES = frozenset("abcef")
"""Letters that are a footnote when glued to a number or a percent sign."""
_TIMES = frozenset({"after", "for", "by", "at", "through"})
_LOOKED_AT = frozenset({*MULTIPLIERS, *COUNTED_WORDS, *_TIMES, "in", "n"})
"""Words that may mean something else beside a number than words do."""
_MARKS = {
    ";": "SEMI", ",": "COMMA", ":": "COLON", "(": "LPAR", ")": "RPAR", "[": "LPAR", "]": "RPAR", "{": "LPAR",
    "}": "RPAR", "/": "SLASH", "-": "DASH", "–": "DASH", "+": "PLUS", "&": "AND", ".": "STOP",
}  # fmt: skip


MAX_DEPTH = 4
MAX_LEXEMES = 400


def lexemes_of(text: str) -> list[Lexeme]:
    """Return the terminals of a text.

    Raises:
        Refusal: At a character that belongs to no notation, or a number with two readings.
    """
    words = words_of(text)
    if len(words) > MAX_LEXEMES:
        raise Refusal("text-too-long", f"{len(words):,} words and signs are no criterion and no result", 0)
    depth = 0
    for word in words:
        if word.kind == "mark":
            depth += 1 if word.text in "([{" else -1 if word.text in ")]}" else 0
            if depth > MAX_DEPTH:
                raise Refusal("unreadable-text", f"brackets are nested more than {MAX_DEPTH} deep", word.start)
    raw = _phrased(words)
    while raw and raw[-1].type == "STOP":
        raw.pop()
    if is_plain(raw):
        return raw
    for step in (_numbers, _dashes, _fills, _comparisons, _speaking, _lists, _brackets, _joints):
        raw = step(raw)
    return raw


def is_plain(items: Sequence[Lexeme]) -> bool:
    """Tell whether it is a comparison, a number and plain words: the criterion most cells hold needs no second look."""
    if len(items) < 2 or items[0].type != "CMP" or items[1].type != "NUM" or items[1].kind != "number":
        return False
    return all(item.type == "WORD" and item.text.casefold() not in _LOOKED_AT for item in items[2:])


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


def _as_word(item: Lexeme, type: str = "WORD") -> Lexeme:
    return Lexeme(type, item.text, item.start, item.end, item.number, item.phrase, item.kind)


def _numbers(items: list[Lexeme]) -> list[Lexeme]:
    """Join numbers with their multiplier; tell names and denominators that hold a number from quantities."""
    out: list[Lexeme] = []
    for place, item in enumerate(items):
        ahead = out[-1] if out else None
        following = items[place + 1] if place + 1 < len(items) else None
        if item.type == "WORD" and item.text.casefold() in MULTIPLIERS and ahead is not None and ahead.type == "NUM":
            number = ahead.number
            if number is not None and number.exponent is None:
                ahead.number = number.with_exponent(MULTIPLIERS[item.text.casefold()], "power-in-words")
                ahead.text, ahead.end = f"{ahead.text} {item.text}", item.end
                continue
        if (
            item.type == "WORD"
            and item.text.casefold() in COUNTED_WORDS
            and ahead is not None
            and ahead.type in ("CMP", "TO", "WITHIN")
        ):
            if following is not None and following.type == "WORD":
                digits = COUNTED_WORDS[item.text.casefold()]
                out.append(
                    Lexeme(
                        "NUM",
                        item.text,
                        item.start,
                        item.end,
                        Numeral(digits, notes=("number-in-words",)),
                        kind="number",
                    )
                )
                continue
        if item.type == "NUM" and ahead is not None:
            whole = _fraction(out, item)
            if whole is not None:
                start = whole
                first = out[start]
                del out[start:]
                out.append(
                    Lexeme("FRACTION", f"{first.text}/{item.text}", first.start, item.end, item.number, kind="fraction")
                )
                continue
            if ahead.text == "=" and len(out) > 1 and out[-2].type == "WORD" and out[-2].text.casefold() not in ("n",):
                out.pop()  # LOD = 5
                out.append(item)
                continue
            if ahead.text == "=" and len(out) > 1 and out[-2].text in ("n", "N"):
                start = out[-2].start
                del out[-2:]
                out.append(Lexeme("COUNT", f"n = {item.text}", start, item.end, item.number))
                continue
            if ahead.type in ("SLASH", "PER"):
                out.append(_as_word(item))
                continue
            word = ahead.text.casefold()
            if ahead.type == "WORD" and ahead.kind == "word" and item.number is not None and item.text.isdigit():
                if word in ("day", "days", "d") and (len(out) < 2 or out[-2].type != "NUM"):
                    out[-1] = Lexeme("DAY", f"{ahead.text} {item.text}", ahead.start, item.end, item.number)
                    continue
                if word.rpartition("-")[2] in _NUMBERED:
                    out[-1] = Lexeme("WORD", f"{ahead.text} {item.text}", ahead.start, item.end)
                    continue
        out.append(item)
    return out


def _fraction(items: Sequence[Lexeme], last: Lexeme) -> int | None:
    """Return where "8 of the 11" or "4/4" begins, if the number behind is its whole."""
    if not last.text.isdigit():
        return None
    place = len(items) - 1
    if items[place].type == "SLASH":
        place -= 1
        glued = (
            place >= 0
            and items[place].end == items[place + 1].start == items[place].end
            and items[place + 1].end == last.start
        )
        joined = glued
    else:
        while place >= 0 and items[place].type == "FILL" and items[place].text.casefold() in ("of", "the", "of the"):
            place -= 1
        joined = place < len(items) - 1 and items[place + 1].text.casefold().startswith("of")
    if place < 0 or not joined or items[place].type != "NUM" or not items[place].text.isdigit():
        return None
    return place


def _dashes(items: list[Lexeme]) -> list[Lexeme]:
    """Tell a minus from a range, from a hyphen, and from the sign of a marker."""
    if len(items) == 1 and items[0].type == "DASH":
        return [_as_word(items[0], "REPORT")]
    out: list[Lexeme] = []
    place = 0
    while place < len(items):
        item = items[place]
        following = items[place + 1] if place + 1 < len(items) else None
        ahead = out[-1] if out else None
        if item.type == "PLUS" and (ahead is None or ahead.type == "COLON") and following is None:
            out.append(_as_word(item, "SIGNED"))
        elif (
            item.type == "PLUS"
            and ahead is not None
            and ahead.type == "COLON"
            and following is not None
            and following.type in _BOUNDARIES
        ):
            out.append(_as_word(item, "SIGNED"))
        elif (
            item.type in ("DASH", "PLUS")
            and ahead is not None
            and ahead.type == "WORD"
            and ahead.kind == "word"
            and item.start > ahead.end
            and (following is None or following.type in _BOUNDARIES)
        ):
            out.append(_as_word(item, "SIGNED"))
        elif item.type != "DASH":
            out.append(item)
        elif following is not None and following.type in ("NUM", "DASH", "CMP") and _holds_number(out):
            out.append(_as_word(item, "TO"))
        elif following is not None and following.type == "NUM" and _is_minus(ahead, item, following):
            number = following.number
            if number is not None:
                spaced = following.start > item.end
                if ahead is not None and ahead.kind == "sign" and ahead.end == item.start and not spaced:
                    number = number.negated("glued-minus")
                out.append(
                    Lexeme(
                        "NUM",
                        item.text + following.text,
                        item.start,
                        following.end,
                        number if number.negative else number.negated("spaced-minus" if spaced else None),
                        kind="number",
                    )
                )
            place += 1
        elif following is not None and following.type in (STRONG | _OPENING | {"BETWEEN", "WITHIN", "NOT_YET"}) - {
            "NUM"
        }:
            pass  # a dash between a label and what is asked of it
        elif ahead is not None and ahead.type == "NUM" and following is not None and following.type in ("WORD", "CMP"):
            pass  # 10-mL, 14-day
        else:
            out.append(_as_word(item))
        place += 1
    return out


def _is_minus(ahead: Lexeme | None, dash: Lexeme, number: Lexeme) -> bool:
    """Tell whether a dash before a number is its sign."""
    if ahead is None or ahead.type in _BEFORE_NUMBER or ahead.type == "FILL":
        return True
    attached = dash.end == number.start and dash.start > ahead.end
    return ahead.type == "WORD" and ahead.kind == "word" and attached


def _holds_number(items: Sequence[Lexeme]) -> bool:
    for item in reversed(items):
        if item.type == "NUM":
            return True
        if item.type in _BOUNDARIES or item.type in ("TO", "CMP"):
            return False
    return False


def _fills(items: list[Lexeme]) -> list[Lexeme]:
    """Drop words that only carry a sentence, where a number or a statement follows or a comparison stands before."""
    out: list[Lexeme] = []
    for place, item in enumerate(items):
        if item.type != "FILL":
            out.append(item)
            continue
        if _holds_number(out):
            out.append(_as_word(item))  # behind a number it belongs to what is counted: "% of label claim"
            continue
        following = next((other for other in items[place + 1 :] if other.type != "FILL"), None)
        ahead = out[-1] if out else None
        if following is not None and (
            following.type in ("NUM", "CMP", "BETWEEN", "WITHIN", "PM")
            or (following.type in STRONG | _OPENING and ahead is not None and ahead.type != "NUM")
        ):
            if not (ahead is not None and ahead.type == "NUM" and item.text.casefold() == "of"):
                continue
        if ahead is None and following is not None and following.type in STRONG | _OPENING | {"NOMINAL"}:
            continue
        out.append(_as_word(item))
    return out


def _comparisons(items: list[Lexeme]) -> list[Lexeme]:
    """Keep comparisons that compare; turn the rest into words, some of which nobody may skip."""
    out: list[Lexeme] = []
    place = 0
    while place < len(items):
        item = items[place]
        following = items[place + 1] if place + 1 < len(items) else None
        ahead = out[-1] if out else None
        is_sign = item.kind == "sign"
        if item.type == "CMP" and not is_sign and (following is None or following.type != "NUM"):
            word = item.text.casefold()
            if ahead is not None and ahead.type == "NUM" and word in ("min", "min."):
                out.append(_as_word(item))  # minutes
            elif word in ("minimum", "maximum", "min", "max", "min.", "max.", "minimal", "maximal") and _holds_number(
                out
            ):
                out.append(_as_word(item, "POSTCMP"))
            elif word in ("minimum", "maximum", "min", "max", "min.", "max.", "minimal", "maximal") and (
                moved := _label_then_number(items, place)
            ):
                out += items[place + 1 : moved]
                out.append(item)
                place = moved
                continue
            elif (
                following is not None
                and following.type in ("LPAR", "COLON")
                and place + 2 < len(items)
                and items[place + 2].type == "NUM"
                and following.type == "COLON"
            ):
                out.append(item)
                place += 1  # "Minimum: 5"
            elif word in ("within", "up to", "over", "above", "under", "below"):
                out.append(
                    _as_word(
                        item,
                        "LOGIC"
                        if word != "within"
                        else "WITHIN"
                        if following is not None and following.type in ("PM", "BETWEEN")
                        else "LOGIC",
                    )
                )
            else:
                out.append(_as_word(item, "LOGIC"))
        elif item.type == "CMP" and not is_sign and item.text.casefold() == "within":
            out.append(_as_word(item, "WITHIN"))
        elif item.type == "POSTCMP" and not _holds_number(out):
            out.append(_as_word(item, "LOGIC"))
        elif item.type == "PM" and (following is None or following.type != "NUM"):
            out.append(_as_word(item, "MARK"))
        elif item.type == "BETWEEN" and (following is None or following.type not in ("NUM", "CMP")):
            out.append(_as_word(item))
        elif item.type == "TO" and (
            following is None or following.type not in ("NUM", "CMP") or not _holds_number(out)
        ):
            out.append(_as_word(item))
        elif item.type == "PATIENTS" and (following is None or following.type not in ("NUM", "CMP", "BETWEEN")):
            out.append(_as_word(item))
        elif item.type == "NOMINAL" and (following is None or following.type not in ("PM", "DEVIATION", "WITHIN")):
            out.append(_as_word(item))
        elif item.type == "DEVIATION" and (following is None or following.type not in ("NUM", "PM")):
            out.append(_as_word(item))
        elif item.type == "PER":
            out.append(_as_word(item))
        else:
            out.append(item)
        place += 1
    return _between(out)


def _label_then_number(items: Sequence[Lexeme], place: int) -> int | None:
    """Return where the number of "minimum dose is 5,000" stands, if only a short label is between."""
    for end in range(place + 1, min(place + 6, len(items))):
        if items[end].type == "NUM":
            return end
        if items[end].type not in ("WORD", "COLON"):
            return None
    return None


def _between(items: list[Lexeme]) -> list[Lexeme]:
    """Make the "and" of "between a and b" a sign of the range."""
    open_ = False
    for place, item in enumerate(items):
        if item.type == "BETWEEN":
            open_ = True
        elif open_ and item.type == "AND":
            items[place] = _as_word(item, "TO")
            open_ = False
        elif item.type in ("TO", "SEMI", "OR"):
            open_ = False
    return items


def _speaking(items: list[Lexeme]) -> list[Lexeme]:
    """Keep a speaking phrase where it is a whole item or its end; elsewhere its words are words."""
    out: list[Lexeme] = []
    for place, item in enumerate(items):
        ahead = out[-1] if out else None
        following = items[place + 1] if place + 1 < len(items) else None
        starts = ahead is None or ahead.type in _BOUNDARIES or ahead.type in ("COND", "DAY", "LOGIC", "DASH")
        if starts and ahead is not None and ahead.type in ("COMMA", "AND", "SEMI", "OR", "STOP"):
            starts = _has_core(out)  # behind mere words the description goes on: "Sphere shaped, no foreign body"
        ends = following is None or following.type in _BOUNDARIES or following.type in ("COND", "DAY", "NUM", "CMP")
        if (
            item.phrase is not None
            and any(other.type == "FRACTION" for other in out[-3:])
            and item.type in _SPEAKING | _OPENING
        ):
            out.append(_as_word(item))
        elif item.type in ("ABSENT", "INTERIM"):
            timed = following is not None and (
                following.text.casefold() in _TIMES | {"in", "on", "within", "at", "by"}
                or following.type in ("DETECTED", "REMARK", "WITHIN")
            )
            out.append(item if ends or timed else _as_word(item, "HALF"))
        elif item.type == "REPORT" and starts and not _is_numeric(items[place + 1 :]):
            out.append(item)
        elif (
            item.type == "IDENTICAL"
            and not starts
            and item.text.casefold().endswith((" to", " with", " as"))
            and not _has_core(out)
        ):
            out.append(item)
        elif item.type in ("REPORT", "COMPLY", "UNSTATED", "NOT_YET", "AS_RELEASE", "TREND"):
            out.append(item if starts and ends else _as_word(item))
        elif item.type == "COND":
            # A condition stands before what it governs, behind it, or in brackets of its own.
            out.append(item if starts or ends or (ahead is not None and ahead.type == "COND") else _as_word(item))
        elif item.type in _OPENING:
            out.append(item if starts else _as_word(item))
        elif item.type == "DETECTED":
            out.append(item if _opened(out) else _as_word(item))
        elif item.type == "REMARK":
            out.append(item)
        elif (
            item.type == "WORD"
            and following is not None
            and following.type == "NUM"
            and item.text.casefold() in _TIMES
            and _has_core(out)
        ):
            out.append(_as_word(item, "AFTER"))
        elif item.type == "WORD" and following is not None and following.type == "NUM" and item.text.casefold() == "in":
            out.append(_as_word(item, "IN"))
        else:
            out.append(item)
    return out


def _is_numeric(items: Sequence[Lexeme]) -> bool:
    """Tell whether numbers or comparisons follow in the same item."""
    for item in items:
        if item.type in ("SEMI", "OR", "RPAR"):
            return False
        if item.type in ("NUM", "CMP", "WITHIN", "BETWEEN", "PM", "LOGIC", "COND"):
            return True
    return False


def _has_core(items: Sequence[Lexeme]) -> bool:
    return any(item.type in STRONG | _OPENING for item in items)


def _opened(items: Sequence[Lexeme]) -> bool:
    """Tell whether the item began with "no" or "absence of"."""
    for item in reversed(items):
        if item.type in ("NO", "ABSENT_OF"):
            return True
        if item.type in ("SEMI", "OR", "JUX"):
            return False
    return False


def _is_core(items: Sequence[Lexeme]) -> bool:
    """Tell whether an item states something: a number, a comparison, a phrase that speaks for itself."""
    if any(item.type in STRONG for item in items):
        return True
    first = next((item for item in items if item.type not in ("ENUM", "COND", "DAY", "COLON", "FILL")), None)
    return first is not None and first.type in _OPENING


def _lists(items: list[Lexeme]) -> list[Lexeme]:
    """Tell what joins two statements from what joins two words."""
    out: list[Lexeme] = []
    start = 0  # of the current item, in out
    for place, item in enumerate(items):
        if item.type in ("LPAR", "RPAR"):
            out.append(item)
            start = len(out)
            continue
        if item.type not in ("COMMA", "AND", "OR", "SEMI", "STOP"):
            out.append(item)
            continue
        reach = ("COMMA", "AND", "OR", "SEMI", "STOP", "LPAR", "RPAR")
        end = next((at for at in range(place + 1, len(items)) if items[at].type in reach), len(items))
        right = items[place + 1 : end]
        far = next(
            (at for at in range(place + 1, len(items)) if items[at].type in ("OR", "SEMI", "STOP", "RPAR")), len(items)
        )
        left_core, right_core = _is_core(out[start:]) or _closed_core(out), _is_core(right) or _is_opened(items, end)
        far_core = _is_core(items[place + 1 : far])
        if item.type in ("SEMI", "STOP"):
            type_ = "SEMI" if left_core or far_core else "LIST"
        elif item.type == "OR":
            type_ = "OR" if left_core and far_core else "LIST"
        elif left_core and right_core and not _same_condition(right):
            type_ = "AND"
        else:
            type_ = "LIST"
        if type_ == "LIST" and right and all(other.type == "COND" for other in right):
            continue  # a comma before a condition
        if type_ == "LIST" and out and out[-1].type in ("COND", "DAY", "ENUM"):
            continue  # or behind one
        out.append(_as_word(item, type_))
        if type_ != "LIST":
            start = len(out)
    return out


def _closed_core(items: Sequence[Lexeme]) -> bool:
    return bool(items) and items[-1].type == "RPAR"


def _is_opened(items: Sequence[Lexeme], place: int) -> bool:
    """Tell whether a bracket that states something opens here."""
    if place >= len(items) or items[place].type != "LPAR":
        return False
    end = next((at for at in range(place, len(items)) if items[at].type == "RPAR"), len(items))
    return _is_core(items[place + 1 : end])


def _same_condition(items: Sequence[Lexeme]) -> bool:
    return all(item.type in ("COND", "REMARK") for item in items)


def _brackets(items: list[Lexeme]) -> list[Lexeme]:
    """Make a bracket that states nothing one piece; keep one that does."""
    out: list[Lexeme] = []
    place = 0
    while place < len(items):
        item = items[place]
        if item.type == "LPAR":
            end = _closing(items, place)
            inside = items[place + 1 : end]
            if end < len(items) and len(inside) == 1 and inside[0].type in ("COUNT", "DAY"):
                out += inside
                place = end + 1
                continue
            if (
                end < len(items)
                and inside
                and not _is_core(inside)
                and not any(other.type == "COND" for other in inside)
            ):
                last = items[end]
                text = " ".join(other.text for other in items[place : end + 1])
                out.append(Lexeme("PAREN", text, item.start, last.end, kind="bracket"))
                place = end + 1
                continue
            if end < len(items) and inside and all(other.type == "COND" for other in inside):
                out += inside
                place = end + 1
                continue
            if end + 1 < len(items) and items[end + 1].type == "POWER":
                item = _as_word(item, "GROUP")
        out.append(item)
        place += 1
    return out


def _closing(items: Sequence[Lexeme], place: int) -> int:
    depth = 0
    for at in range(place, len(items)):
        depth += {"LPAR": 1, "RPAR": -1}.get(items[at].type, 0)
        if depth == 0:
            return at
    return len(items)


def _is_chained(items: Sequence[Lexeme]) -> bool:
    """Tell whether a comparison with a name behind it stands before: "20 % ≤ x"."""
    return len(items) > 1 and items[-1].type == "WORD" and items[-2].type == "CMP"


def _joints(items: list[Lexeme]) -> list[Lexeme]:
    """Mark where one statement follows another without any sign between them."""
    out: list[Lexeme] = []
    has_number = False
    for place, item in enumerate(items):
        ahead = out[-1] if out else None
        if item.type in ("SEMI", "AND", "OR", "LPAR", "RPAR", "COLON", "JUX", "TO", "BETWEEN"):
            has_number = has_number and item.type in ("TO",) and False
        elif has_number and ahead is not None and ahead.type not in ("PATIENTS",):
            numbered = place + 1 < len(items) and items[place + 1].type == "NUM"
            opens = (
                item.type == "CMP"
                and numbered
                and ahead.type not in ("TO", "AFTER", "BETWEEN")
                and not _is_chained(out)
            )
            leads = item.type in ("COND", "ENUM") and any(
                other.type in ("COLON", "CMP", "NUM") for other in items[place + 1 : place + 2]
            )
            if opens or leads:
                out.append(Lexeme("JUX", "", item.start, item.start))
                has_number = False
        if item.type == "NUM":
            has_number = True
        out.append(item)
    return out
