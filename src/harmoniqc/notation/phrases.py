"""The phrases of ``vocabulary/phrases.toml``, found longest first over the words of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from harmoniqc.notation.signs import unify
from harmoniqc.notation.words import Word, words_of
from harmoniqc.standard import Bound, FactCondition
from harmoniqc.vocabulary import outcomes
from harmoniqc.vocabulary.terms import read_toml


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a phrase stands for.

    Attributes:
        sign: Terminal of the grammar.
        value: What it stands for there: a comparator, a fact, a direction; empty: itself.
        condition: The condition it states, where it states one.
    """

    sign: str
    value: str = ""
    condition: FactCondition | None = None


_NAMES_SOMETHING = re.compile(r"no (?!growth|organism)\S+ (?:detected|seen|observed)\Z|free of ")
"""Wordings that say what is absent; the grammar reads what it is."""

_Entry = tuple[tuple[str, ...], Phrase]


@cache
def _index() -> dict[str, tuple[_Entry, ...]]:
    """Return the phrases by their first word, longest first."""
    found: dict[str, dict[tuple[str, ...], Phrase]] = {}
    for key, phrase in _entries():
        found.setdefault(key[0], {}).setdefault(key, phrase)
    return {first: tuple(sorted(entries.items(), key=lambda entry: -len(entry[0]))) for first, entries in found.items()}


def _entries() -> Iterator[_Entry]:
    for item in read_toml("phrases.toml")["phrase"]:
        phrase = Phrase(str(item["sign"]), str(item.get("value", "")), _condition(item))
        for text in item["texts"]:  # type: ignore[attr-defined]
            yield _key(text), phrase
    for text in outcomes["absent"].aliases:
        if not _NAMES_SOMETHING.match(text):
            yield _key(text), Phrase("ABSENT")


def _key(text: str) -> tuple[str, ...]:
    return tuple(word.key for word in words_of(unify(text).text))


def _condition(item: dict[str, object]) -> FactCondition | None:
    if "fact" not in item:
        return None
    fact = str(item["fact"])
    if "equals" in item:
        return FactCondition(fact=fact, equals=tuple(item["equals"]))  # type: ignore[arg-type]
    if "at" in item:
        bound = Bound(value=str(item["at"]))
        return FactCondition(fact=fact, low=bound, high=bound)
    return FactCondition(fact=fact, low=Bound(value=str(item["from"])))


def phrase_at(words: Sequence[Word], place: int) -> tuple[int, Phrase] | None:
    """Return the longest phrase that starts at a word, with the place behind it."""
    entries = _index().get(words[place].key)
    if entries is None:
        return None
    for key, phrase in entries:
        end = place + len(key)
        if end <= len(words) and all(words[place + step].key == part for step, part in enumerate(key)):
            return end, phrase
    return None


@cache
def texts_of(sign: str) -> frozenset[str]:
    """Return the phrases of a sign, folded, for looking up whole texts."""
    return frozenset(
        " ".join(_key(text))
        for item in read_toml("phrases.toml")["phrase"]
        if item["sign"] == sign
        for text in item["texts"]  # type: ignore[attr-defined]
    )


@cache
def condition_texts() -> dict[FactCondition, str]:
    """Return for each condition the phrase it is printed with."""
    out: dict[FactCondition, str] = {}
    for item in read_toml("phrases.toml")["phrase"]:
        condition = _condition(item)
        if condition is not None:
            out.setdefault(condition, str(item.get("printed", item["texts"][0])))  # type: ignore[index]
    return out


def nominal_fact(words: str) -> str | None:
    """Return the fact that words such as "labeled amount" name."""
    found = words_of(words)
    named = phrase_at(found, 0) if found else None
    return named[1].value if named is not None and named[0] == len(found) and named[1].sign == "NOMINAL" else None
