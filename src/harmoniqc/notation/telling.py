"""What a number, a dash, a filler or a comparison is, told by what stands around it."""

from __future__ import annotations

from collections.abc import Sequence

from harmoniqc.notation.lexemes import BOUNDARIES, OPENING, STRONG, TIMES, Lexeme, as_word, holds_number
from harmoniqc.notation.numerals import COUNTED_WORDS, MULTIPLIERS, Numeral
from harmoniqc.notation.phrases import Phrase
from harmoniqc.standard import FactCondition

_BEFORE_NUMBER = frozenset(
    ("CMP", "TO", "BETWEEN", "PM", "LPAR", "COLON", "SEMI", "OR", "AND", "COMMA", "ENUM", "PATIENTS", "DEVIATION")
) | {"WITHIN", "JUX", "COND", "DAY", "AFTER", "IN"}
_NUMBERED = frozenset(
    ("cd", "passage", "grade", "phase", "type", "class", "lot", "batch", "step", "version", "il", "tra", "ssea", "hla")
) | frozenset(
    ("oct", "vp", "serotype", "p", "no", "chapter", "usp", "hiv", "htlv", "hhv", "hsv", "hpv", "sv", "eur", "ep", "jp")
)
"""Words whose number is a part of their name."""
_STRENGTHS = ("strength", "presentation")
_CONTAINERS = ("vial", "vials", "cap", "syringe", "pack", "bag")
_CASES = ("if", "for", "in ", "patients", "subjects")
_SIDES = frozenset(("minimum", "maximum", "min", "max", "min.", "max.", "minimal", "maximal"))


def strengths(items: list[Lexeme]) -> list[Lexeme]:
    """Make a condition of "strength 5 mg:" and "10 mL vial:", which name the presentation a criterion is for."""
    out: list[Lexeme] = []
    start = 0
    for place, item in enumerate(items):
        out.append(item)
        if item.type == "COLON":
            label = items[start:place]
            named = [part for part in label if part.text.casefold() not in ("for", "the", "of", "in", *_STRENGTHS)]
            plain = all(part.type in ("WORD", "FILL", "NUM", "PER", "SLASH") for part in label)
            if plain and named and any(part.text.casefold() in (*_STRENGTHS, *_CONTAINERS) for part in label):
                text = " ".join(part.text for part in named).replace(" / ", "/")
                condition = FactCondition(fact="presentation", equals=(text,))
                del out[len(out) - len(label) - 1 :]
                whole = " ".join(part.text for part in label)
                out.append(Lexeme("COND", whole, label[0].start, item.end, None, Phrase("COND", "", condition)))
        if item.type in ("COLON", "SEMI", "STOP", "LPAR"):
            start = place + 1
    return out


def numbers(items: list[Lexeme]) -> list[Lexeme]:
    """Join numbers with their multiplier; tell names and denominators that hold a number from quantities."""
    out: list[Lexeme] = []
    for place, item in enumerate(items):
        ahead = out[-1] if out else None
        following = items[place + 1] if place + 1 < len(items) else None
        multiplies = item.type == "WORD" and item.text.casefold() in MULTIPLIERS
        if multiplies and ahead is not None and ahead.kind == "number":
            number = ahead.number
            if number is not None and number.exponent is None:
                ahead.number = number.with_exponent(MULTIPLIERS[item.text.casefold()], "power-in-words")
                ahead.text, ahead.end = f"{ahead.text} {item.text}", item.end
                continue
        if (
            (
                item.type == "WORD"
                and item.text.casefold() in COUNTED_WORDS
                and ahead is not None
                and ahead.type in ("CMP", "TO", "WITHIN")
            )
            and following is not None
            and following.type == "WORD"
        ):
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
                out.append(as_word(item))
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


def dashes(items: list[Lexeme]) -> list[Lexeme]:
    """Tell a minus from a range, from a hyphen, and from the sign of a marker."""
    if len(items) == 1 and items[0].type == "DASH":
        return [as_word(items[0], "REPORT")]
    out: list[Lexeme] = []
    place = 0
    while place < len(items):
        item = items[place]
        following = items[place + 1] if place + 1 < len(items) else None
        ahead = out[-1] if out else None
        if (
            (item.type == "PLUS" and (ahead is None or ahead.type == "COLON") and following is None)
            or (
                item.type == "PLUS"
                and ahead is not None
                and ahead.type == "COLON"
                and following is not None
                and following.type in BOUNDARIES
            )
            or (
                item.type in ("DASH", "PLUS")
                and ahead is not None
                and ahead.type == "WORD"
                and ahead.kind == "word"
                and item.start > ahead.end
                and (following is None or following.type in BOUNDARIES)
            )
        ):
            out.append(as_word(item, "SIGNED"))
        elif item.type == "PLUS" and following is not None and following.type == "NUM" and item.end == following.start:
            if ahead is not None and ahead.type == "WORD":
                out.append(item)  # "CD3 +5": whose sign it is is not said
        elif item.text.casefold() == "minus" and following is not None and following.type == "NUM":
            number = following.number
            if number is not None:
                text = f"{item.text} {following.text}"
                negative = number.negated("number-in-words")
                out.append(Lexeme("NUM", text, item.start, following.end, negative, kind="number"))
            place += 1
        elif item.type != "DASH":
            out.append(item)
        elif following is not None and following.type in ("NUM", "DASH", "CMP") and holds_number(out):
            out.append(as_word(item, "TO"))
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
        elif following is not None and following.type in (STRONG | OPENING | {"BETWEEN", "WITHIN", "NOT_YET"}) - {
            "NUM"
        }:
            pass  # a dash between a label and what is asked of it
        elif ahead is not None and ahead.type == "NUM" and following is not None and following.type in ("WORD", "CMP"):
            pass  # 10-mL, 14-day
        else:
            out.append(as_word(item))
        place += 1
    return out


def _is_minus(ahead: Lexeme | None, dash: Lexeme, number: Lexeme) -> bool:
    """Tell whether a dash before a number is its sign."""
    if ahead is None or ahead.type in _BEFORE_NUMBER or ahead.type == "FILL":
        return True
    attached = dash.end == number.start and dash.start > ahead.end
    return ahead.type == "WORD" and ahead.kind == "word" and attached


def fills(items: list[Lexeme]) -> list[Lexeme]:
    """Drop words that only carry a sentence, where a number or a statement follows or a comparison stands before."""
    out: list[Lexeme] = []
    for place, item in enumerate(items):
        if item.type != "FILL":
            out.append(item)
            continue
        coming = next((other for other in items[place + 1 :] if other.type != "FILL"), None)
        timed = coming is not None and coming.type == "NUM" and out and out[-1].text.casefold() in TIMES
        if holds_number(out) and not timed:
            out.append(as_word(item))  # behind a number it belongs to what is counted: "% of label claim"
            continue
        following = next((other for other in items[place + 1 :] if other.type != "FILL"), None)
        ahead = out[-1] if out else None
        if (
            following is not None
            and (
                following.type in ("NUM", "CMP", "BETWEEN", "WITHIN", "PM")
                or (following.type in STRONG | OPENING and ahead is not None and ahead.type != "NUM")
            )
            and not (ahead is not None and ahead.type == "NUM" and item.text.casefold() == "of")
        ):
            continue
        if ahead is None and following is not None and following.type in STRONG | OPENING | {"NOMINAL"}:
            continue
        out.append(as_word(item))
    return out


def comparisons(items: list[Lexeme]) -> list[Lexeme]:
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
                out.append(as_word(item))  # minutes
            elif word in _SIDES and holds_number(out):
                out.append(as_word(item, "POSTCMP"))
            elif word in _SIDES and (moved := _label_then_number(items, place)):
                out += [label for label in items[place + 1 : moved] if label.type != "COLON"]
                out.append(item)
                place = moved
                continue
            elif word.startswith(("upper limit", "lower limit")):
                out.append(as_word(item))  # of something: "upper limit of the weight band"
            elif word in ("within", "up to", "over", "above", "under", "below"):
                out.append(
                    as_word(
                        item,
                        "LOGIC"
                        if word != "within"
                        else "WITHIN"
                        if following is not None and following.type in ("PM", "BETWEEN")
                        else "LOGIC",
                    )
                )
            else:
                out.append(as_word(item, "LOGIC"))
        elif item.type == "CMP" and not is_sign and item.text.casefold() == "within":
            out.append(as_word(item, "WITHIN"))
        elif item.type == "POSTCMP" and not holds_number(out):
            out.append(as_word(item, "LOGIC"))
        elif item.type in _FOLLOWED and not _is_followed(item, items[place + 1 : place + 4], out):
            case = item.type == "PATIENTS" and item.text.casefold().startswith(_CASES)
            out.append(as_word(item, "MARK" if item.type == "PM" else "LOGIC" if case else "WORD"))
        elif item.type == "PER":
            out.append(as_word(item))
        else:
            out.append(item)
        place += 1
    return _between(out)


_FOLLOWED = {
    "PM": ("NUM",),
    "BETWEEN": ("NUM", "CMP"),
    "TO": ("NUM", "CMP"),
    "PATIENTS": ("NUM", "CMP", "BETWEEN"),
    "NOMINAL": ("PM", "DEVIATION", "WITHIN"),
    "DEVIATION": ("NUM", "PM"),
}
"""What has to follow for a phrase to be more than words."""


def _is_followed(item: Lexeme, coming: Sequence[Lexeme], out: Sequence[Lexeme]) -> bool:
    if not coming or coming[0].type not in _FOLLOWED[item.type]:
        return False
    if coming[0].type == "CMP" and not any(other.type == "NUM" for other in coming[1:]):
        return False
    return item.type != "TO" or holds_number(out)


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
            items[place] = as_word(item, "TO")
            open_ = False
        elif item.type in ("TO", "SEMI", "OR"):
            open_ = False
    return items
