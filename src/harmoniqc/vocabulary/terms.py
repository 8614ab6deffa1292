"""Terms of the vocabulary and the mappings they live in; loaded from data on first use, then immutable."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from harmoniqc._resources import data_path
from harmoniqc.errors import Finding, VocabularyError

_BLANKS = re.compile(r"[\s_\-‐‑‒–—―−/.,;:()\[\]]+")
_QUOTES = str.maketrans(dict.fromkeys("’‘ʼ′", "'"))


@dataclass(frozen=True, slots=True)
class Term:
    """A term: what a word means.

    Attributes:
        id: Identifier.
        name: Name.
        definition: What it means.
        aliases: Other names, as people and laboratory systems write them.
    """

    id: str
    name: str
    definition: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Authority(Term):
    """Who asks: a regulator, a pharmacopoeia, or a body that harmonizes.

    Attributes:
        kind: regulator, pharmacopoeia, harmonization or standards.
        jurisdiction: Where it has a say.
    """

    kind: str = "regulator"
    jurisdiction: str = ""


@dataclass(frozen=True, slots=True)
class Scope(Term):
    """To which products a requirement applies.

    Attributes:
        modalities: The modalities it covers; none: products outside cell and gene therapy.
    """

    modalities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactTerm(Term):
    """A fact of a batch that criteria and formulas may depend on.

    Attributes:
        unit: Its usual unit; empty: a word; "any": whatever the criterion is in.
    """

    unit: str = ""


@dataclass(frozen=True, slots=True)
class Domain:
    """The values a quantity can have at all, both ends included.

    Attributes:
        low: Least value as decimal text; None: no least value.
        high: Largest value as decimal text; None: no largest value.
        unit: Unit of both.
    """

    low: str | None
    high: str | None
    unit: str


@dataclass(frozen=True, slots=True)
class Code:
    """The same term in another vocabulary, as seen there."""

    system: str
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class CQA(Term):
    """A critical quality attribute.

    Attributes:
        category: identity, content, purity, process-impurity, product-impurity, safety, potency, general or
            stability-logistics.
        unit: Usual unit; empty for outcomes in words.
        quantities: Kinds of quantity its results may be.
        counted: What a count of it counts, as base units; empty: anything.
        domain: Values that can exist at all; None: any.
        direction: higher, lower, within, absent or none: where good results lie.
        safety_critical: Whether a failure endangers the patient.
        modalities: Modalities it is special to; empty: any.
        methods: Typical method classes.
        codes: Codes in other vocabularies.
        broader: The attribute it is a kind of.
    """

    category: str = ""
    unit: str = ""
    quantities: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    domain: Domain | None = None
    direction: str = "none"
    safety_critical: bool = False
    modalities: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    broader: str | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.id}): {self.definition}"


T = TypeVar("T", bound=Term)


class Terms(Mapping[str, T], Generic[T]):
    """Terms by id. ``find`` also takes names and aliases, whatever their case and punctuation.

    Args:
        what: What the terms are, for messages.
        load: Reads them; called once, on first use.
    """

    def __init__(self, what: str, load: Callable[[], tuple[T, ...]]) -> None:
        self._what = what
        self._load = load
        self._lock = Lock()
        self._terms: dict[str, T] | None = None
        self._names: dict[str, tuple[str, ...]] = {}

    def __reduce__(self) -> tuple[Callable[[str], Terms[Term]], tuple[str]]:
        return (_restore, (self._what,))

    def _loaded(self) -> dict[str, T]:
        if self._terms is None:
            with self._lock:
                if self._terms is None:
                    terms = {term.id: term for term in self._load()}
                    names: dict[str, list[str]] = {}
                    for term in terms.values():
                        for name in (term.id, term.name, *term.aliases):
                            ids = names.setdefault(fold(name), [])
                            if term.id not in ids:
                                ids.append(term.id)
                    self._names = {name: tuple(ids) for name, ids in names.items()}
                    self._terms = terms
        return self._terms

    def __getitem__(self, id: str) -> T:
        found = self._loaded().get(id)
        if found is None:
            raise self._unknown(id)
        return found

    def get(self, id: str, default: T | None = None) -> T | None:  # type: ignore[override]
        """Return the term with this id, or the default."""
        return self._loaded().get(id, default)

    def __contains__(self, id: object) -> bool:
        return id in self._loaded()

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded())

    def __len__(self) -> int:
        return len(self._loaded())

    def __repr__(self) -> str:
        return f"<{len(self)} {self._what}: {', '.join(list(self)[:5])} ...>"

    def find(self, name: str) -> T:
        """Return the one term of this name or alias.

        Raises:
            VocabularyError: ``unknown-term`` with near names, or ``ambiguous-term`` with the candidates.
        """
        terms = self._loaded()
        ids = self._names.get(fold(name), ())
        if len(ids) == 1:
            return terms[ids[0]]
        if not ids:
            raise self._unknown(name)
        raise ambiguous_term(self._what, name, ids)

    def search(self, text: str) -> tuple[T, ...]:
        """Return every term whose id, name, alias or definition contains the text."""
        wanted = fold(text)
        return tuple(
            term
            for term in self._loaded().values()
            if any(wanted in fold(name) for name in (term.id, term.name, *term.aliases, term.definition))
        )

    def _unknown(self, name: object) -> VocabularyError:
        return unknown_term(self._what, name, self._names)


def unknown_term(what: str, name: object, names: Mapping[str, tuple[str, ...]]) -> VocabularyError:
    """Return the error for a name that is not there, with the nearest that are.

    Args:
        what: What was looked for, in the plural.
        name: The name.
        names: Ids by folded names.
    """
    import difflib

    near = difflib.get_close_matches(fold(str(name)), names, n=3, cutoff=0.6)
    ids = list(dict.fromkeys(id for item in near for id in names[item]))[:3]
    remedy = f"did you mean {' or '.join(ids)}?" if ids else None
    message = f"{name!r} is not among the {what} of the vocabulary"
    return VocabularyError(message, (Finding("unknown-term", message, found=str(name), remedy=remedy),))


def ambiguous_term(what: str, name: str, ids: tuple[str, ...]) -> VocabularyError:
    """Return the error for a name that several terms have."""
    message = f"{name!r} names several {what}: {', '.join(ids)}"
    return VocabularyError(message, (Finding("ambiguous-term", message, expected=" or ".join(ids), found=name),))


def fold(name: str) -> str:
    """Return a name without case, variants of width and of quotes, and punctuation between words."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", name).translate(_QUOTES).casefold()).strip()


def read_toml(*parts: str) -> dict[str, list[dict[str, object]]]:
    """Read one file of the vocabulary."""
    return tomllib.loads(data_path("vocabulary", *parts).read_text(encoding="utf-8"))


def lists_to_tuples(item: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of a file with tuples for lists, for terms are immutable."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in item.items()}


def _restore(what: str) -> Terms[Term]:
    from harmoniqc import vocabulary

    return getattr(vocabulary, what.replace(" ", "_"))  # type: ignore[no-any-return]
