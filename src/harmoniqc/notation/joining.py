"""What joins two statements and what joins two words; which phrases and brackets state anything by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from harmoniqc.notation.lexemes import BOUNDARIES, OPENING, STRONG, TIMES, Lexeme, as_word, has_core, holds_number

_TELLING = frozenset(("COND", "LOGIC", "HALF", "STAT", "PATIENTS", "NOT_YET", "OR", "POWER"))
"""Terminals that a bracket may not hide."""
_CITED = frozenset(("usp", "ph", "ph.", "ep", "jp", "ich", "chapter", "monograph", "test", "pharmacopoeia", "pharm"))
"""What a text may comply with that is no criterion of its own."""
_MEAN_OF = frozenset(("particle", "diameter", "fluorescence", "hydrodynamic", "size", "corpuscular", "residence"))
"""What has "mean" in its name."""
_DENYING = frozenset(("not", "none", "never", "cannot", "non", "to"))
_SPEAKING = frozenset(
    ("REPORT", "COMPLY", "UNSTATED", "NOT_YET", "AS_RELEASE", "TREND", "REMARK", "ABSENT", "INTERIM", "COND")
)
"""Phrases that mean something only as a whole item, or at its end."""


def speaking(items: list[Lexeme]) -> list[Lexeme]:
    """Keep a speaking phrase where it is a whole item or its end; elsewhere its words are words."""
    out: list[Lexeme] = []
    for place, item in enumerate(items):
        ahead = out[-1] if out else None
        following = items[place + 1] if place + 1 < len(items) else None
        starts = ahead is None or ahead.type in BOUNDARIES or ahead.type in ("COND", "DAY", "LOGIC", "DASH")
        if starts and ahead is not None and ahead.type in ("COMMA", "AND", "SEMI", "OR", "STOP"):
            starts = has_core(out)  # behind mere words the description goes on: "Sphere shaped, no foreign body"
        ends = following is None or following.type in BOUNDARIES or following.type in ("COND", "DAY", "NUM", "CMP")
        if (
            item.phrase is not None
            and any(other.type == "FRACTION" for other in out[-3:])
            and item.type in _SPEAKING | OPENING
        ):
            out.append(_downgraded(item))
        elif item.type == "STAT":
            before = following is not None and following.type in ("NUM", "CMP", "COLON", "BETWEEN", "PM")
            bracketed = (
                ahead is not None and ahead.type == "LPAR" and following is not None and following.type == "RPAR"
            )
            behind = bracketed or (holds_number(out) and (following is None or following.type in BOUNDARIES))
            named = following is not None and following.text.casefold() in _MEAN_OF
            out.append(
                item if before or behind else as_word(item, "WORD" if named or not _is_numeric(items) else "LOGIC")
            )
        elif item.type in ("ABSENT", "INTERIM"):
            timed = following is not None and (
                following.text.casefold() in TIMES | {"in", "on", "within", "at", "by"}
                or following.type in ("DETECTED", "REMARK", "WITHIN")
            )
            out.append(item if ends or timed else as_word(item, "HALF"))
        elif (item.type == "REPORT" and starts and not _is_numeric(items[place + 1 :])) or (
            item.type == "IDENTICAL"
            and not starts
            and item.text.casefold().endswith((" to", " with", " as"))
            and not has_core(out)
        ):
            out.append(item)
        elif item.type in ("REPORT", "COMPLY", "UNSTATED", "NOT_YET", "AS_RELEASE", "TREND"):
            binding = item.type in ("REPORT", "UNSTATED", "NOT_YET") and holds_number(out)
            cited = item.type == "COMPLY" and following is not None and following.text.casefold() in _CITED
            placed = starts and (ends or cited)
            out.append(item if placed else as_word(item, "LOGIC") if binding else _downgraded(item))
        elif item.type == "COND":
            # A condition stands before what it governs, behind it, or in brackets of its own.
            placed = starts or ends or (ahead is not None and ahead.type == "COND")
            out.append(item if placed else as_word(item, "LOGIC"))
        elif item.type in OPENING:
            late = item.type == "EXPECTED" and holds_number(out)
            out.append(item if starts else as_word(item, "LOGIC") if late else _downgraded(item))
        elif item.type == "DETECTED":
            out.append(item if _opened(out) else as_word(item))
        elif item.type == "REMARK":
            out.append(item)
        elif (
            item.type == "WORD"
            and following is not None
            and following.type == "NUM"
            and item.text.casefold() in TIMES
            and has_core(out)
        ):
            out.append(as_word(item, "AFTER"))
        elif item.type == "WORD" and following is not None and following.type == "NUM" and item.text.casefold() == "in":
            out.append(as_word(item, "IN"))
        else:
            out.append(item)
    return out


def _downgraded(item: Lexeme) -> Lexeme:
    """Return a phrase that is out of its place as words; one that denies or postpones may not be skipped."""
    denies = item.text.casefold().split()[0] in _DENYING or (item.type == "NOT_YET" and len(item.text) > 1)
    return as_word(item, "LOGIC" if denies else "WORD")


def _is_numeric(items: Sequence[Lexeme]) -> bool:
    """Tell whether numbers or comparisons follow in the same item."""
    for item in items:
        if item.type in ("SEMI", "OR", "RPAR"):
            return False
        if item.type in ("NUM", "CMP", "WITHIN", "BETWEEN", "PM", "LOGIC", "COND"):
            return True
    return False


def _opened(items: Sequence[Lexeme]) -> bool:
    """Tell whether the item began with "no" or "absence of"."""
    for item in reversed(items):
        if item.type in ("NO", "ABSENT_OF"):
            return True
        if item.type in ("SEMI", "OR", "JUX"):
            return False
    return False


def lists(items: list[Lexeme]) -> list[Lexeme]:
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
        if place + 1 < len(items) and items[place + 1].type in ("OR", "AND") and item.type in ("SEMI", "COMMA"):
            continue  # "; or" and ", and" are one sign
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
        out.append(as_word(item, type_))
        if type_ != "LIST":
            start = len(out)
    return out


def _is_core(items: Sequence[Lexeme]) -> bool:
    """Tell whether an item states something: a number, a comparison, a phrase that speaks for itself."""
    if any(item.type in STRONG for item in items):
        return True
    first = next((item for item in items if item.type not in ("ENUM", "COND", "DAY", "COLON", "FILL")), None)
    return first is not None and first.type in OPENING


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


def brackets(items: list[Lexeme]) -> list[Lexeme]:
    """Make a bracket that states nothing one piece; keep one that does."""
    out: list[Lexeme] = []
    place = 0
    states = has_core(items)  # in a mere description a bracket hides nothing
    while place < len(items):
        item = items[place]
        if item.type == "LPAR":
            end = _closing(items, place)
            inside = items[place + 1 : end]
            if end < len(items) and len(inside) == 1 and inside[0].type in ("COUNT", "DAY", "STAT"):
                out += inside
                place = end + 1
                continue
            if (
                end < len(items)
                and inside
                and not _is_core(inside)
                and not (states and any(other.type in _TELLING for other in inside))
                and inside[0].text.casefold() not in ("per", "/", "x", "×")
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
                item = as_word(item, "GROUP")
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


def joints(items: list[Lexeme]) -> list[Lexeme]:
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
        if item.type == "NUM" and ahead is not None and ahead.type == "POSTCMP":
            out.append(Lexeme("JUX", "", item.start, item.start))
        if item.type == "NUM":
            has_number = True
        out.append(item)
    return out


def _is_chained(items: Sequence[Lexeme]) -> bool:
    """Tell whether a comparison with a name behind it stands before: "20 % ≤ x"."""
    return len(items) > 1 and items[-1].type == "WORD" and items[-2].type == "CMP"
