"""Outcomes in words: whole wordings and what they mean; one that means two things means nothing."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from harmoniqc.vocabulary.terms import Term, Terms, read_toml

_OUTER = " \t\r\n.;,:*†‡§#\"'“”‘’„()[]"
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("’‘", "'"))


@lru_cache(maxsize=65536)
def normalize_wording(text: str) -> str:
    """Return a wording without case, double blanks, outer punctuation and typographic variants."""
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES).casefold()
    return " ".join(folded.split()).strip(_OUTER)


class Outcomes(Terms[Term]):
    """Coded outcomes by id; :meth:`read` takes the wording of a result."""

    def read(self, text: str) -> str | None:
        """Return the id of the outcome a text states as a whole; None if it states none, or more than one."""
        return _wordings().get(normalize_wording(text))

    def is_ambiguous(self, text: str) -> bool:
        """Tell whether a wording means different things to different laboratories, like "nd"."""
        return normalize_wording(text) in _ambiguous()


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
    return frozenset(normalize_wording(str(item["text"])) for item in read_toml("outcomes.toml")["ambiguous"])


def _load() -> tuple[Term, ...]:
    return tuple(
        Term(str(item["id"]), str(item["name"]), str(item["definition"]), tuple(item["synonyms"]))  # type: ignore[arg-type]
        for item in read_toml("outcomes.toml")["outcome"]
    )


outcomes = Outcomes("outcomes", _load)
