"""Outcomes in words: whole wordings and what they mean; one that means two things means nothing."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from harmoniqc.vocabulary.terms import Term, Terms, read_toml

_OUTER = " .;,:*†‡§¶#\"'“”„‟«»‹›()[]"
_VARIANTS = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("’‘‚‛ʼ′", "'"))
# A superscript behind a word is a footnote; behind a digit or a short name it may be a power, or say CD4⁺ from CD4⁻.
_FOOTNOTE = re.compile(r"(?<=[^\W\d_]{4})\s*[¹²³⁰⁴-⁹ᵃ-ᶻ]+\s*\Z")


@lru_cache(maxsize=65536)
def normalize_wording(text: str, *, without_footnote: bool = False) -> str:
    """Return a wording without case, double blanks, outer punctuation and typographic variants.

    Args:
        text: The wording.
        without_footnote: Whether to drop a superscript behind a word, which may be a footnote mark.
    """
    folded = (
        unicodedata.normalize("NFKC", _FOOTNOTE.sub("", text) if without_footnote else text)
        .translate(_VARIANTS)
        .casefold()
    )
    return " ".join(folded.split()).strip(_OUTER)


class Outcomes(Terms[Term]):
    """Coded outcomes by id; :meth:`read` takes the wording of a result."""

    def read(self, text: str) -> str | None:
        """Return the id of the outcome a text states as a whole; None if it states none, or more than one."""
        return _wordings().get(normalize_wording(text, without_footnote=True))

    def is_ambiguous(self, text: str) -> bool:
        """Tell whether a wording means different things to different laboratories, like "nd"."""
        return normalize_wording(text, without_footnote=True) in _ambiguous()


@cache
def _file() -> dict[str, list[dict[str, object]]]:
    return read_toml("outcomes.toml")


@cache
def _wordings() -> dict[str, str]:
    out: dict[str, str] = {}
    for outcome in outcomes.values():
        for text in (outcome.id, *outcome.aliases):
            wording = normalize_wording(text)
            if out.setdefault(wording, outcome.id) != outcome.id:
                raise ValueError(f"outcomes: {text!r} belongs to {out[wording]} and {outcome.id}")
    return out


@cache
def _ambiguous() -> frozenset[str]:
    return frozenset(normalize_wording(str(item["text"])) for item in _file()["ambiguous"])


def _load() -> tuple[Term, ...]:
    return tuple(
        Term(str(item["id"]), str(item["name"]), str(item["definition"]), tuple(item["synonyms"]))  # type: ignore[arg-type]
        for item in _file()["outcome"]
    )


outcomes = Outcomes("outcomes", _load)
