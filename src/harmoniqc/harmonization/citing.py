"""The texts that the methods of a specification follow, against those of an authority."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from harmoniqc.crosswalk.pairing import Counterpart, counterparts
from harmoniqc.crosswalk.references import documents_cited, resolve
from harmoniqc.crosswalk.rows import Document, Requirement
from harmoniqc.crosswalk.store import PHARMACOPOEIAS, requirements_by_id, topics
from harmoniqc.errors import CrosswalkError, Finding
from harmoniqc.harmonization.answering import Candidate
from harmoniqc.harmonization.facets import method_in_words
from harmoniqc.harmonization.gap_listing import Gap, GapLevel, strongest
from harmoniqc.standard import Method

_BETWEEN = re.compile(r"\s*(?:;|,|/|\band\b|\bor\b)\s*")
_CLOSE = frozenset({"skos:exactMatch", "skos:closeMatch"})
_BINDING = frozenset({"law", "mandatory", "when-referenced", "expected"})


def method_gaps(
    candidates: Sequence[Candidate], rows: Sequence[Requirement], wanted: tuple[str, ...], day: str
) -> Iterator[Gap | Finding]:
    """Yield what keeps the methods of tests from being those of an authority, and references that nobody knows.

    Args:
        candidates: The tests.
        rows: What the authority asks of the product.
        wanted: The authority, and the pharmacopoeia of its region.
        day: The day, ISO 8601.
    """
    uncited: dict[str, list[Candidate]] = {}
    for item in candidates:
        references = _references(item.test.method)
        known = [documents for text in references if (documents := _documents(text))]
        for text in references:
            if not _documents(text):
                place = f"/tests/{item.asked.specification.tests.index(item.test)}/method/reference"
                message = f"{item.test.id}: {text!r} is no document of the crosswalk, so the method was not compared"
                yield Finding("reference-not-compared", message, pointer=place, found=text)
        if not references:
            uncited.setdefault(item.test.cqa, []).append(item)
        elif known and not _is_there(known, wanted, day):
            found = _gap(item, references, wanted, day)
            if found is not None:
                yield found
    for cqa, items in uncited.items():
        chapters = _chapters(items[0].reads, rows)
        if chapters:
            yield _uncited(cqa, items, chapters, day)


def _references(method: Method | None) -> tuple[str, ...]:
    """Return the texts a method names, each by itself: its reference, and those of equivalent methods."""
    if method is None:
        return ()
    equivalents = tuple(text for text in (method.name, *method.equivalents) if text is not None and _documents(text))
    named = () if method.reference is None else (method.reference,)
    out: list[str] = []
    for text in (*named, *equivalents):
        parts = (text,) if _documents(text) else tuple(filter(None, _BETWEEN.split(text)))
        out += parts if any(map(_documents, parts)) else (text,)
    return tuple(dict.fromkeys(out))


def _documents(text: str) -> tuple[Document, ...]:
    try:
        return documents_cited(text)
    except CrosswalkError:
        return ()


def _is_there(known: Sequence[tuple[Document, ...]], wanted: tuple[str, ...], day: str) -> bool:
    """Tell whether one of the texts is the authority's own, and stands."""
    return any(row.authority in wanted and row.standing(day) == "in-force" for documents in known for row in documents)


def _gap(item: Candidate, references: Sequence[str], wanted: tuple[str, ...], day: str) -> Gap | None:
    """Return what the authority has in the place of the texts cited; None: a text cited asks for no method."""
    method = item.test.method
    found = "" if method is None else method_in_words(method)
    ended = [text for text in references if any(row.authority in wanted for row in _documents(text))]
    if ended:
        resolved = resolve(ended[0], day)
        instead = resolved.documents if resolved.replaced else ()
        said = ", ".join(dict.fromkeys(row.citation for row in instead)) or "a text in force"
        return Gap(
            "method", "expected" if instead else "informs", item.test.cqa, said, found,
            f"{ended[0]} is not in force on {day}", (item.test.id,), (), (),
            tuple(dict.fromkeys(row.citation for row in instead)) or (ended[0],),
            strongest([row.evidence for row in instead or resolved.documents]), "in-force" if instead else "ended",
        )  # fmt: skip
    against = [row for text in references for row in _counterparts(text, wanted[-1:], wanted, item.reads, day)]
    standing = [row for row in against if row.standing == "in-force"]
    if standing:
        return _against(item, found, standing)
    nothing = [row for row in against if not row.counterpart]
    if not nothing:
        return None
    return Gap(
        "method", "informs", item.test.cqa, f"nothing found at {' and '.join(wanted)}", found,
        nothing[0].difference, (item.test.id,), (), (), tuple(dict.fromkeys(row.reference for row in nothing)),
        strongest([row.evidence for row in nothing]), "in-force",
    )  # fmt: skip


def _counterparts(
    text: str, books: tuple[str, ...], wanted: tuple[str, ...], reads: frozenset[str], day: str
) -> Iterator[Counterpart]:
    """Yield what stands against a text about what a test reads, in the pharmacopoeia of the region before its law."""
    found = [row for row in counterparts(text, wanted[0], day) if _is_about(row, reads)]
    in_books = [row for row in found if row.authority in books and row.counterpart]
    yield from in_books or found


def _is_about(row: Counterpart, reads: frozenset[str]) -> bool:
    if row.requirement:
        return bool(reads.intersection(requirements_by_id()[row.requirement].cqas))
    return any(reads.intersection(topic.cqas) for topic in topics() if row.source.endswith(f" {topic.id}"))


def _against(item: Candidate, found: str, rows: Sequence[Counterpart]) -> Gap:
    close = [row for row in rows if row.predicate in _CLOSE]
    chosen = close or rows
    return Gap(
        "method",
        _level(chosen, close=bool(close)),
        item.test.cqa,
        ", ".join(dict.fromkeys(row.counterpart for row in chosen)),
        found,
        " ".join(dict.fromkeys(f"{row.predicate}: {row.difference}" for row in chosen)),
        (item.test.id,),
        tuple(requirements_by_id()[id] for id in dict.fromkeys(row.counterpart_requirement for row in chosen) if id),
        (),
        tuple(dict.fromkeys(row.counterpart for row in chosen)),
        strongest([row.evidence for row in chosen]),
        "in-force",
    )


def _level(rows: Sequence[Counterpart], *, close: bool) -> GapLevel:
    """Return how much stands behind a difference of methods.

    What is nearly the same differs on conditions (ICH Q4B); what only treats the same subject is another method.
    """
    binding = any(row.bindingness in _BINDING for item in rows for row in _documents(item.counterpart))
    if not binding or all(row.evidence == "memory" for row in rows):
        return "informs"
    return "conditional" if close else "expected"


def _chapters(reads: frozenset[str], rows: Sequence[Requirement]) -> list[Requirement]:
    """Return the rows of chapters that bind and say how to measure what a test reads."""
    return [
        row
        for row in rows
        if row.authority in PHARMACOPOEIAS
        and row.document.bindingness in ("mandatory", "when-referenced")
        and row.kind in ("product-limit", "method-sensitivity")
        and reads.intersection(row.cqas)
    ]


def _uncited(cqa: str, items: Sequence[Candidate], rows: Sequence[Requirement], day: str) -> Gap:
    named = [method_in_words(item.test.method) for item in items if item.test.method is not None]
    cited = tuple(dict.fromkeys(row.reference for row in rows))
    return Gap(
        "method",
        "informs",
        cqa,
        ", ".join(cited),
        ", ".join(dict.fromkeys(named)) or "no method",
        "no text is cited, so that nothing can be compared",
        tuple(item.test.id for item in items),
        tuple(rows),
        (),
        cited,
        strongest([row.evidence for row in rows]),
        "in-force" if any(row.standing(day) == "in-force" for row in rows) else rows[0].standing(day),
    )
