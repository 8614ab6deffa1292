"""Citations as people write them, and the documents they mean on a day."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from harmoniqc.crosswalk.rows import Document
from harmoniqc.crosswalk.store import documents_by_id, requirements_by_id
from harmoniqc.errors import CrosswalkError, Finding

_BOOKS = (
    (re.compile(r"^(?:ph\W*eur\W*|ep\s|ep(?=\d)|european pharmacop(?:o)?eia)"), "pheur "),
    (re.compile(r"^(?:usp(?:\W?nf)?|united states pharmacop(?:o)?eia)(?=\W|\d)"), "usp "),
    (re.compile(r"^(?:jp(?:1[4-9](?=\W))?|japanese pharmacop(?:o)?eia)(?=\W|\d)"), "jp "),
    (re.compile(r"^(?:title\s*)?21\s*c\W*f\W*r\W*(?:part|section|sec)?"), "cfr21 "),
    (re.compile(r"^(?:ich\W*)?(?=[qms]\d)"), "ich "),
    (re.compile(r"^<(?=\d+>)"), "usp "),
)
_CLAUSE = re.compile(r"(?:\s*\([^()]*\))+$")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a citation means on a day.

    Attributes:
        asked: The citation as it was given.
        documents: The documents meant: those cited, or what took their place.
        replaced: The cited documents that are not in force any more, where others took their place.
    """

    asked: str
    documents: tuple[Document, ...]
    replaced: tuple[Document, ...] = ()


def fold_reference(text: str) -> str:
    """Return a citation without what people write differently: case, blanks, signs, names of the books."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    for pattern, name in _BOOKS:
        found = pattern.match(folded)
        if found:
            folded = name + folded[found.end() :]
            break
    return re.sub(r"[^0-9a-z./]+", "", folded).strip(".")


@cache
def _cited() -> dict[str, tuple[Document, ...]]:
    found: dict[str, list[Document]] = {}
    for document in documents_by_id().values():
        for text in (document.id, document.citation, *document.aliases):
            rows = found.setdefault(fold_reference(text), [])
            if document not in rows:
                rows.append(document)
    return {text: tuple(rows) for text, rows in found.items()}


@lru_cache(maxsize=4096)
def documents_cited(reference: str) -> tuple[Document, ...]:
    """Return every version of the text a citation names; a clause in brackets behind it does not matter.

    Raises:
        CrosswalkError: ``unknown-reference`` with near citations.
    """
    requirement = requirements_by_id().get(reference)
    if requirement is not None:
        return (requirement.document,)
    cited = _cited()
    for text in (reference, _CLAUSE.sub("", reference)):
        found = cited.get(fold_reference(text))
        if found:
            return found
    import difflib

    near = difflib.get_close_matches(fold_reference(reference), cited, n=3, cutoff=0.7)
    names = list(dict.fromkeys(cited[text][0].citation for text in near))
    message = f"{reference!r} is no document of the crosswalk"
    remedy = f"did you mean {' or '.join(names)}?" if names else None
    raise CrosswalkError(message, (Finding("unknown-reference", message, found=reference, remedy=remedy),))


def resolve(reference: str, day: str) -> Resolved:
    """Return the documents that a citation means on a day; one that has ended leads to what took its place.

    Raises:
        CrosswalkError: ``unknown-reference``.
    """
    versions = documents_cited(reference)
    standing = [document for document in versions if document.standing(day) in ("in-force", "draft", "practice")]
    if standing:
        return Resolved(reference, tuple(standing))
    ended = tuple(document for document in versions if document.standing(day) == "ended")
    successors = _successors(ended, day)
    if successors:
        return Resolved(reference, successors, ended)
    return Resolved(reference, versions)


def _successors(ended: tuple[Document, ...], day: str) -> tuple[Document, ...]:
    """Return what took the place of documents, in the version that stands on the day; followed as far as it goes."""
    found: dict[str, Document] = {}
    seen: set[str] = set()
    waiting = [id for document in ended for id in document.superseded_by]
    while waiting:
        successor = documents_by_id()[waiting.pop(0)]
        if successor.id in seen:
            continue
        seen.add(successor.id)
        versions = [row for row in _cited()[fold_reference(successor.citation)] if row.citation == successor.citation]
        standing = [row for row in versions if row.standing(day) == "in-force"]
        if standing:
            found.update((row.id, row) for row in standing)
        elif successor.standing(day) == "ended":
            waiting += successor.superseded_by
        else:
            found[successor.id] = successor
    return tuple(found.values())
