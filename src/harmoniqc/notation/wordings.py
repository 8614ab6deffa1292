"""Statements in words as criteria: absence, identity, reports, trends, and descriptions that stand for themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from harmoniqc.notation.context import Context
from harmoniqc.notation.items import Item
from harmoniqc.notation.lexemes import Lexeme
from harmoniqc.notation.quantities import is_marker, is_marker_name
from harmoniqc.notation.refusal import Refusal
from harmoniqc.standard import (
    Absence,
    AsForRelease,
    Category,
    CodedOutcome,
    Criterion,
    Identity,
    NotStated,
    ReportOnly,
    Trend,
)
from harmoniqc.vocabulary import outcomes

_PREPOSITIONS = frozenset(
    ("in", "on", "by", "at", "after", "within", "for", "during", "through", "until", "with", "from", "per", "under")
) | {"using", "via"}
_PRESENT = re.compile(
    r"(?:positive|present|presence|positivity|pos|negative|absent|conform\w*|compl\w*)\Z", re.IGNORECASE
)
_NO_THING = (
    frozenset(
        (
            "test",
            "tests",
            "testing",
            "data",
            "restriction",
            "restrictions",
            "requirement",
            "requirements",
            "required",
            "control",
        )
    )
    | frozenset(
        (
            "criterion",
            "criteria",
            "specification",
            "significant",
            "difference",
            "differences",
            "less",
            "more",
            "later",
            "upper",
        )
    )
    | {"fewer", "lower", "result", "results", "information", "value", "values"}
)
"""What "no" may stand before without anything being absent."""
_CONDITIONAL = frozenset(
    ("if", "unless", "except", "except for", "when", "whenever", "whichever", "otherwise", "provided", "depending")
) | {"according", "according to", "instead", "alternatively"}


def _absent(context: Context, item: Item) -> Criterion:
    if item.words:
        first = item.words[0].text.casefold()
        if all(word.type == "PAREN" for word in item.words):
            pass
        elif first not in _PREPOSITIONS or any(word.type in ("LOGIC", "HALF") for word in item.words):
            raise Refusal(
                "unreadable-text",
                f"{context.words(item.words)!r} behind an absence is not understood",
                item.words[0].start,
            )
        item.notes.append(("words-kept", context.words(item.words)))
    for word in item.label:
        if word.type == "LIST" or _PRESENT.search(word.text):
            raise Refusal(
                "unreadable-text", f"{context.words(item.label)!r} before the absence is not understood", word.start
            )
    of = context.words(item.label) if item.label else None
    return Absence(of=of)


def _interim(context: Context, item: Item) -> Criterion:
    context.interim = True
    item.notes.append(("negative-to-date", context.words(item.words) if item.words else ""))
    return _absent(context, item)


def _absent_of(context: Context, item: Item) -> Criterion:
    words = [*item.words]
    if words and words[-1].type == "DETECTED":
        last = words.pop()
        if last.text.casefold() == "present" and any(word.type == "LIST" for word in words):
            raise Refusal("unreadable-text", "what is absent and what is present are not told apart", last.start)
    if item.label:
        item.notes.append(("words-kept", context.words(item.label)))
    for word in words:
        if word.type == "LIST" and word.text == ";":
            raise Refusal("unreadable-text", "what is absent, and what follows, are not told apart", word.start)
        if word.type == "HALF" or (
            word.type == "LOGIC" and word.text.casefold() not in ("any", "other than", "only", "than")
        ):
            raise Refusal("unreadable-text", f"{word.text!r} changes what is absent", word.start)
    if not words:
        raise Refusal("unreadable-text", "what is absent is not said", item.start)
    again = next((word for word in words if word.phrase is not None and word.phrase.sign in ("NO", "ABSENT_OF")), None)
    if again is not None:
        raise Refusal("unreadable-text", f"{again.text!r} denies a second time", again.start)
    commas = [place for place, word in enumerate(words) if word.type == "LIST" and word.text == ","]
    if commas and not any(word.type == "LIST" and word.text != "," for word in words[commas[-1] + 1 :]):
        raise Refusal("unreadable-text", "a list of what is absent ends with and or or", words[commas[-1]].start)
    told = next((word for word in words if _PRESENT.search(word.text) or word.text.casefold() in _NO_THING), None)
    if told is not None:
        raise Refusal("unreadable-text", f"{told.text!r} is nothing that can be absent", told.start)
    return Absence(of=context.words(words))


def _identical(context: Context, item: Item) -> Criterion:
    for word in item.words:
        if word.type in ("LOGIC", "HALF"):
            raise Refusal("unreadable-text", f"{word.text!r} is not understood", word.start)
    if not item.words:
        raise Refusal("unreadable-text", "what the result has to match is not said", item.start)
    if item.words[0].text.casefold() in ("required", "optional", "recommended", "preferred"):
        raise Refusal("unreadable-text", "what the result has to match is not said", item.start)
    return Identity(reference=re.sub(r"\A(?:the|that of) ", "", context.words(item.words)))


def _expected(context: Context, item: Item) -> Criterion:
    text = context.written(
        item.sign.start if item.sign else item.start,
        item.words[-1].end if item.words else (item.sign.end if item.sign else item.end),
    )
    return Identity(reference=text[:1].lower() + text[1:])


def _report(context: Context, item: Item) -> Criterion:
    if item.words:
        item.notes.append(("words-kept", context.words(item.words)))
    return ReportOnly()


def _unstated(context: Context, item: Item) -> Criterion:
    return NotStated()


def _not_yet(context: Context, item: Item) -> Criterion:
    message = "it says that there is no criterion, or none yet"
    raise Refusal("no-criterion-yet", message, item.start)


def _comply(context: Context, item: Item) -> Criterion:
    if item.words and item.words[0].text.casefold() in ("reference", "expected", "published", "theoretical"):
        return Identity(reference=context.words(item.words))
    if item.words:
        item.notes.append(("words-kept", context.words(item.words)))
    return Category(accept=(CodedOutcome(code="conforms"),))


def _trend(context: Context, item: Item) -> Criterion:
    value = item.sign.phrase.value if item.sign is not None and item.sign.phrase is not None else ""
    direction, _, over = value.partition("/")
    return Trend(direction=direction, over=over or "time")


def _as_release(context: Context, item: Item) -> Criterion:
    return AsForRelease()


def _signed(context: Context, item: Item) -> Criterion:
    sign = item.sign.text if item.sign is not None else ""
    if sign == "+":
        return Category(accept=(CodedOutcome(code="present", synonyms=("+",)),))
    named = context.words(item.words)
    if not is_marker_name(named):
        raise Refusal("unreadable-text", f"{sign!r} behind {named!r} may be a dash or an outcome", item.start)
    return Absence(of=named)


def _description(context: Context, item: Item) -> Criterion:
    text = context.words(item.words)
    if outcomes.read(text) is None and any(word.kind == "ratio" for word in item.words):
        raise Refusal("unreadable-text", "a ratio among words is not understood", item.start)
    compared = next((word for word in item.words if word.type == "LOGIC" and _compares(word)), None)
    if compared is not None:
        raise Refusal("unreadable-text", f"{compared.text!r} compares, and no number is given", compared.start)
    reported = next((word for word in item.words if word.text.casefold().startswith(("report", "for info"))), None)
    if reported is not None:
        raise Refusal("unreadable-text", f"{reported.text!r} among words is not understood", reported.start)
    if any(word.type == "HALF" for word in item.words):
        word = next(word for word in item.words if word.type == "HALF")
        raise Refusal("unreadable-text", f"{word.text!r} stands among words that are not understood", word.start)
    if any(
        word.type == "LOGIC"
        and word.phrase is not None
        and word.kind == "word"
        and word.text.casefold() in _CONDITIONAL
        for word in item.words
    ):
        raise Refusal("unknown-condition", "a condition in words that is not understood", item.start)
    if item.remarks:
        text = context.written(item.words[0].start, item.end)
        item.remarks.clear()
    code = outcomes.read(text)
    if code in ("present", "conforms", "identical", "absent"):
        return Absence() if code == "absent" else Category(accept=(CodedOutcome(code=code),))
    if code is not None or outcomes.is_ambiguous(text):
        raise Refusal("no-criterion-yet", f"{text!r} is no criterion", item.start)
    slug = slug_of(text)
    if is_marker(text):
        raise Refusal(
            "unreadable-text", f"{text!r} is a marker, and no limit of it", item.start, expected="≥ 90 % CD73"
        )
    if not re.search(r"[^\W\d_]{2}", text) or not slug:
        raise Refusal("unreadable-text", f"{text!r} says nothing that could be compared", item.start)
    item.notes.append(("descriptive-text", text))
    return Category(accept=(CodedOutcome(code=slug, synonyms=(text,)),))


def _compares(word: Lexeme) -> bool:
    return word.phrase is not None and word.phrase.sign in ("CMP", "POSTCMP", "WITHIN")


WORDINGS: dict[str, Callable[[Context, Item], Criterion]] = {
    "absent": _absent,
    "interim": _interim,
    "absent_of": _absent_of,
    "absent_no": _absent_of,
    "identical": _identical,
    "expected": _expected,
    "report": _report,
    "unstated": _unstated,
    "not_yet": _not_yet,
    "comply": _comply,
    "comply_with": _comply,
    "trend": _trend,
    "as_release": _as_release,
    "signed": _signed,
    "description": _description,
}
"""How each wording of the grammar becomes a criterion."""


def slug_of(text: str) -> str:
    """Return the code of a wording: lower case, everything else than letters and digits as one hyphen."""
    folded = unicodedata.normalize("NFKD", re.sub(r"\W+", "-", text)).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:128].rstrip("-")
