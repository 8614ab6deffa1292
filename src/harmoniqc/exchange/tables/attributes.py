"""The printed name of an attribute and the attribute of the vocabulary it means."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from harmoniqc.errors import Finding, VocabularyError
from harmoniqc.exchange.tables.headings import brackets, split_unit, unit_of, without_footnote
from harmoniqc.vocabulary import cqas, methods

_GENERIC = re.compile(
    r"\b(tests?|testing|assay|analysis|determination|detection|content|levels?|concentration|release|final product|"
    r"drug product|measurement|of|by|for|the)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*[,;:/\n|]\s*|\s+[-–—]\s*|\s*[–—]\s+|\s+(?:by|via|using|in|of|for|after|at)\s+", re.IGNORECASE
)
_MARKER = re.compile(r"\bCD\s?\d|[A-Za-z0-9][+⁺]")
_BROAD = (
    "identity",
    "purity",
    "potency",
    "dose",
    "phenotype",
    "concentration",
    "titer",
    "titre",
    "content",
    "cell count",
)
"""Words that name an attribute alone, and beside others only the kind of one."""
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa", "λ": "lambda", "µ": "u",
    "μ": "u", "%": " percent ", "≥": " ge ", "≤": " le ", ">": " gt ", "<": " lt ",
}  # fmt: skip
# CD3+ CD19− and CD3− CD19+ are two things, so the signs stay in the slug.
_POSITIVE = re.compile(r"(?<=\w)[+⁺＋]+")
_NEGATIVE = re.compile(r"(?<=\w)[⁻−]|(?<=\w)[-–](?=[\s,;/)(]|\Z)")


@dataclass(frozen=True, slots=True)
class AttributeReading:
    """What the printed name of an attribute means.

    Attributes:
        cqa: Id of the attribute; where the vocabulary has none, the printed name as a slug.
        known: Whether it is one of the vocabulary.
        unit: The unit that stands with the name, as written.
        findings: What was assumed, or not understood.
    """

    cqa: str
    known: bool
    unit: str | None = None
    findings: tuple[Finding, ...] = ()


@lru_cache(maxsize=8192)
def read_attribute(text: str, label: str | None = None) -> AttributeReading:
    """Return the attribute a printed name means.

    Args:
        text: The name as printed, perhaps with a unit, an abbreviation or a method in brackets.
        label: A name that stands before the number in the criterion, which may say it more clearly.
    """
    printed = " ".join(text.split())
    without_unit, unit = split_unit(printed)
    candidates: tuple[str, ...] = ()
    for name, is_whole in _wholes(printed, without_unit):
        found, several = _find(name)
        if found is not None:
            return AttributeReading(found, True, unit, () if is_whole else (_in_part(printed, found),))
        candidates = candidates or several
    parts = {found for name in _parts(without_unit) if (found := _find(name)[0]) is not None}
    if candidates:
        parts &= set(candidates)
    if not parts and label:
        parts = {found for name, _ in _wholes(label, split_unit(label)[0]) if (found := _find(name)[0]) is not None}
    narrow = {cqa for cqa in parts if not any(cqa in _broader(other) for other in parts)}
    if len(narrow) == 1:
        cqa = narrow.pop()
        return AttributeReading(cqa, True, unit, (_in_part(printed, cqa),))
    candidates = candidates or tuple(sorted(narrow))
    slug = slug_of(without_unit)
    if candidates:
        message = f"{printed!r} may mean {' or '.join(candidates)}"
        finding = Finding("ambiguous-attribute", message, expected=" or ".join(candidates), found=printed)
        return AttributeReading(slug, False, unit, (finding,))
    return AttributeReading(slug, False, unit, (_unknown(printed, without_unit),))


def slug_of(text: str, limit: int = 80) -> str:
    """Return a name as a slug; a name without any Latin letter or digit becomes a number of its own."""
    words = _NEGATIVE.sub("-neg ", _POSITIVE.sub("-pos ", text))
    for sign, word in _GREEK.items():
        words = words.replace(sign, word)
    words = "".join(char if char.isalnum() or unicodedata.combining(char) else " " for char in words.casefold())
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:limit].strip("-")
    if slug:
        return slug
    return f"attribute-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"


def says_no_more(inside: Iterable[str]) -> bool:
    """Tell whether what stands in brackets only repeats the name or tells the method: "Endotoxin (LAL)".

    "Viability (post-thaw)" is another attribute than viability.
    """
    return all(_find(text)[0] is not None or _is_method(text) for text in inside)


def _wholes(printed: str, without_unit: str) -> Iterator[tuple[str, bool]]:
    """Yield the name whole, and without what decorates it; and whether nothing was left out that may matter."""
    outer, inside = brackets(without_unit)
    names = dict.fromkeys((printed, without_footnote(printed), without_unit), True)
    for name in (without_footnote(outer), _plain(outer)):
        names.setdefault(name, says_no_more(inside))
    yield from ((name, is_whole) for name, is_whole in names.items() if name)


def _is_method(text: str) -> bool:
    try:
        methods.find(text)
    except VocabularyError:
        return False
    return True


def _in_part(printed: str, cqa: str) -> Finding:
    message = f"{printed!r} was read as the attribute {cqa}"
    return Finding("attribute-in-part", message, expected=cqa, found=printed)


def _plain(name: str) -> str:
    return " ".join(_GENERIC.sub(" ", name).split())


def _parts(without_unit: str) -> Iterator[str]:
    """Yield pieces that may name the attribute: in brackets, between punctuation, and runs of words.

    Beside a cell marker a run of words says too little: "CD19+ viable cells" are not the viable cells.
    """
    outer, inside = brackets(without_unit)
    pieces = [piece for piece in inside if unit_of(piece) is None]
    pieces += _BETWEEN.split(outer)
    names = [name for piece in pieces for name in (piece.strip(), _plain(piece)) if len(name) > 1]
    words = outer.split()
    if len(words) <= 12 and not _MARKER.search(outer):
        runs = (words[start:end] for start in range(len(words)) for end in range(start + 1, len(words) + 1))
        names += [name for run in runs if len(name := " ".join(run)) > 4]
    yield from dict.fromkeys(name for name in names if name.casefold() not in _BROAD)


@lru_cache(maxsize=8192)
def _find(name: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the id of the attribute of that name, or those it may be."""
    try:
        return cqas.find(name).id, ()
    except VocabularyError as error:
        for finding in error.findings:
            if finding.code == "ambiguous-term" and finding.expected:
                return None, tuple(finding.expected.split(" or "))
    return None, ()


def _broader(cqa: str) -> set[str]:
    out: set[str] = set()
    term = cqas.get(cqa)
    while term is not None and term.broader is not None and term.broader not in out:
        out.add(term.broader)
        term = cqas.get(term.broader)
    return out


def _unknown(printed: str, name: str) -> Finding:
    remedy = None
    try:
        cqas.find(_plain(brackets(name)[0]) or name)
    except VocabularyError as error:
        said = error.findings[0].remedy or ""
        remedy = said if said.startswith("did you mean") else None
    return Finding("unknown-attribute", f"{printed!r} is no attribute of the vocabulary", found=printed, remedy=remedy)
