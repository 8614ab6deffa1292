"""Conformance profiles: what a document has to hold beyond its shape, in steps that are adopted one after the other.

The requirements are data, ``schemas/profiles.toml``; here they are read, and a document is held against them.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from harmoniqc._resources import data_path
from harmoniqc.errors import Finding, VocabularyError

if TYPE_CHECKING:
    from harmoniqc.schema.contents import Contents

Part = Literal[
    "package",
    "specification",
    "test",
    "criterion",
    "product",
    "batch",
    "result",
    "investigation",
    "disposition",
    "evaluation",
    "change",
    "lifecycle",
]
"""What a requirement may be about."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A conformance profile.

    Attributes:
        id: Identifier.
        name: Name.
        definition: What it is for.
    """

    id: str
    name: str
    definition: str

    def __str__(self) -> str:
        return f"{self.name} ({self.id}): {self.definition}"


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement about a part: at least one of its fields is given.

    Attributes:
        fields: Paths below the part, such as ``method.lod``; what belongs to it is named before a colon, such as
            ``test:method.lod`` of a result.
        among: Only these values count; empty: any does.
        not_among: These values do not count.
        vocabulary: Only terms of this mapping of :mod:`harmoniqc.vocabulary` count, such as ``process_parameters``.
        absent: True: the statement is the opposite, that none of the fields is given.
    """

    fields: tuple[str, ...]
    among: tuple[str | bool, ...] = ()
    not_among: tuple[str | bool, ...] = ()
    vocabulary: str | None = None
    absent: bool = False

    @property
    def allowed(self) -> Collection[str | bool] | None:
        """The values that count; None: all but those of :attr:`not_among`."""
        return _terms(self.vocabulary) if self.vocabulary is not None else self.among or None

    def counts(self, value: object) -> bool:
        """Tell whether a value is given and counts."""
        if value is None or value == "":
            return False
        return value not in self.not_among if self.allowed is None else value in self.allowed

    def __str__(self) -> str:
        text = _either(_spoken(field) for field in self.fields)
        if self.among:
            text += f" being {_either(map(_word, self.among))}"
        if self.not_among:
            text += f" other than {_either(map(_word, self.not_among))}"
        if self.vocabulary is not None:
            text += f" being a term of {self.vocabulary}"
        return f"no {text}" if self.absent else text


@dataclass(frozen=True, slots=True)
class ProfileRule:
    """One requirement of a profile.

    Attributes:
        id: Identifier; never reused for another requirement.
        profile: The first profile that asks for it.
        part: What it is about.
        message: What is wrong where it is not met.
        remedy: What to do then.
        needs: What the part has to hold; None: this version of the standard has no record for it.
        when: It is asked only of parts for which all of these hold.
        every: Whether every part has to meet it; False: one is enough.
        sources: Rows of the crosswalk that ask for the same, or for more; none: it is our own experience.
    """

    id: str
    profile: str
    part: Part
    message: str
    remedy: str
    needs: Clause | None
    when: tuple[Clause, ...] = ()
    every: bool = True
    sources: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether this version of the standard has a place for what is asked."""
        return self.needs is not None

    def __str__(self) -> str:
        if self.needs is None:
            return f"{self.id}: no {self.part} can meet it yet ({self.message})"
        where = f" with {' and '.join(map(str, self.when))}" if self.when else ""
        amount = "every" if self.every else "at least one"
        return f"{self.id}: {amount} {self.part}{where} needs {self.needs}"


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles; each includes those before it."""
    return tuple(profile.id for profile in profiles())


@cache
def profiles() -> tuple[Profile, ...]:
    """Return the profiles, the least demanding first."""
    return tuple(Profile(**item) for item in _data()["profile"])


def profile_rules(name: str) -> tuple[ProfileRule, ...]:
    """Return everything a profile asks for, what the profiles before it ask for included.

    Args:
        name: ``"core"``, ``"extended"`` or ``"advanced"``.

    Raises:
        VocabularyError: ``unknown-term``, with near names, for another name.
    """
    names = up_to(name)
    return tuple(rule for rule in _rules() if rule.profile in names)


def up_to(name: str) -> tuple[str, ...]:
    """Return the names of a profile and those it includes.

    Raises:
        VocabularyError: ``unknown-term``, with near names, for another name.
    """
    names = profile_names()
    if name not in names:
        near = difflib.get_close_matches(str(name).lower(), names, n=1)
        message = f"{name!r} is no conformance profile"
        remedy = f"did you mean {near[0]}?" if near else None
        finding = Finding("unknown-term", message, expected=_either(names), found=str(name), remedy=remedy)
        raise VocabularyError(message, (finding,))
    return names[: names.index(name) + 1]


def assess(contents: Contents, profile: str) -> tuple[str | None, list[Finding], list[Finding]]:
    """Hold a document against the profiles.

    A document of which something has not the right shape reaches no profile; what its other parts lack is told all
    the same. Of a document that stands alone only what concerns its kind is asked.

    Args:
        contents: What the document holds. ``complete`` names every collection without a faulty part, an absent one
            included.
        profile: The profile asked for.

    Returns:
        The most demanding profile that is reached (None: not even the first), what is lacking for the profile asked
        for, and what is missing for the profile after the one reached. Each finding is ``below-profile``, one for
        each requirement that is not met: place and row are those of the first part that does not meet it, ``count``
        is how many do not.

    Raises:
        VocabularyError: ``unknown-term``, with near names, for an unknown profile.
    """
    from harmoniqc.schema.assessing import Assessment  # numpy is not needed by those who list the rules

    asked, names = up_to(profile), profile_names()
    assessment = Assessment(contents)
    lacking: dict[str, list[Finding]] = {}
    for name in names:
        own = (rule for rule in _rules() if rule.profile == name)
        lacking[name] = [finding for rule in own for finding in assessment.lacking(rule)]
        if name not in asked and any(lacking.values()):
            break  # what a profile after this one asks for would not be told
    met = 0
    while assessment.whole and met < len(lacking) and not lacking[names[met]]:
        met += 1
    missing = lacking[names[met]] if met < len(names) else []
    return (names[met - 1] if met else None), [item for name in asked for item in lacking[name]], missing


@cache
def _rules() -> tuple[ProfileRule, ...]:
    return tuple(_rule(item) for item in _data()["requirement"])


def _rule(item: dict[str, Any]) -> ProfileRule:
    possible = item.get("possible", True)
    fields: dict[str, Any] = {
        **{key: value for key, value in item.items() if key != "possible"},
        "needs": _clause(item["needs"]) if possible else None,
        "when": tuple(_clause(clause) for clause in item.get("when", ())),
        "sources": tuple(item.get("sources", ())),
    }
    if not possible:
        fields["message"] = f"{item['message']}; this version of the standard has no record for it"
        fields["remedy"] = "no document can meet this requirement yet; ask for a less demanding profile"
    return ProfileRule(**fields)


def _clause(item: dict[str, Any]) -> Clause:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in item.items()}
    return Clause(**fields)


@cache
def _data() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(data_path("schemas", "profiles.toml").read_text(encoding="utf-8"))


@cache
def _terms(vocabulary: str) -> frozenset[str]:
    from harmoniqc import vocabulary as room

    return frozenset(getattr(room, vocabulary))


def _spoken(field: str) -> str:
    owner, colon, path = field.rpartition(":")
    if not colon:
        return path
    return f"{path} in its package" if owner == "package" else f"{path} of its {owner}"


def _either(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _word(value: str | bool) -> str:
    return value if isinstance(value, str) else str(value).lower()
