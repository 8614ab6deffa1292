"""What one authority has for a text of another: predicate and remaining difference, never one without the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from harmoniqc.crosswalk.dates import AsOf, day_of
from harmoniqc.crosswalk.listing import Listing
from harmoniqc.crosswalk.looking import region_of
from harmoniqc.crosswalk.references import documents_cited, resolve
from harmoniqc.crosswalk.rows import STRENGTH, Document, Evidence, Topic
from harmoniqc.crosswalk.store import PHARMACOPOEIAS, mappings, requirements_by_document, requirements_by_id, topics
from harmoniqc.errors import Finding

_INVERSE = {"skos:broadMatch": "skos:narrowMatch", "skos:narrowMatch": "skos:broadMatch"}


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What stands against a text, at another authority.

    Attributes:
        reference: Citation of the text that was asked about.
        requirement: Its requirement; empty where whole chapters are compared.
        predicate: How the two stand to each other; sssom:NoTermFound: looked for, and nothing found.
        counterpart: Citation of the other text; empty: none.
        counterpart_requirement: Its requirement; empty where whole chapters are compared.
        authority: Whose the other text is.
        difference: What remains different.
        evidence: How well both sides were seen.
        standing: How the other text stands on the day; empty: there is none.
        text: What the other requirement asks, or the topic of the chapters.
        source: The row it comes from: a pair of requirements, or a topic of the pharmacopoeias.
    """

    reference: str
    requirement: str
    predicate: str
    counterpart: str
    counterpart_requirement: str
    authority: str
    difference: str
    evidence: Evidence
    standing: str
    text: str
    source: str

    def __str__(self) -> str:
        other = self.counterpart or f"nothing found at {self.authority}"
        return f"{self.reference} {self.predicate} {other} ({self.evidence}): {self.difference}"


class Counterparts(Listing[Counterpart]):
    """Counterparts, with the day for which they were looked up.

    A finding ``reference-replaced`` says where the text asked about has ended, and what took its place was used.
    """

    __slots__ = ()
    header: ClassVar[tuple[str, ...]] = ("reference", "predicate", "counterpart", "standing", "evidence", "difference")

    def cells(self, row: Counterpart) -> tuple[str, ...]:
        """Return what the table shows of a counterpart."""
        other = row.counterpart or f"none at {row.authority}"
        shown = f"{other} ({row.counterpart_requirement})" if row.counterpart_requirement else other
        asked = f"{row.reference} ({row.requirement})" if row.requirement else row.reference
        return (asked, row.predicate, shown, row.standing, row.evidence, row.difference)

    def record(self, row: Counterpart) -> dict[str, Any]:
        """Return everything a counterpart says."""
        return asdict(row)


def counterparts(reference: str, authority: str | None = None, as_of: AsOf = None) -> Counterparts:
    """Look up what stands against a text at other authorities.

    Args:
        reference: A citation such as ``"21 CFR 610.12"`` or ``"USP <71>"``, or the id of a requirement.
        authority: Whose counterparts; a regulator includes the pharmacopoeia of its region. None: everybody's.
        as_of: The day; None: today (UTC). A text that has ended by then is replaced by what took its place, and the
            answer says so; counterparts that have ended are left out, those to come are shown as ``not-yet``.

    Raises:
        CrosswalkError: ``unknown-reference`` with near citations; or a day that is not certain.
        VocabularyError: If the authority is unknown.
    """
    day = day_of(as_of)
    wanted = None if authority is None else region_of(authority)
    resolved = resolve(reference, day)
    rows = list(_between_requirements(resolved.documents, day))
    own = requirements_by_id().get(reference)
    if own is None:
        rows += _between_chapters(resolved.documents, day)
    else:
        rows = [row for row in rows if row.requirement == reference] or rows
    if resolved.replaced:
        rows = _on_the_subject(rows, resolved.replaced)
    named = {document.citation for document in resolved.documents}
    shown = [
        row
        for row in rows
        if (wanted is None or row.authority in wanted) and row.counterpart not in named and row.standing != "ended"
    ]
    who = "" if wanted is None else f" at {' and '.join(wanted)}"
    return Counterparts(
        dict.fromkeys(shown),
        as_of=day,
        title=f"counterparts of {reference}{who}",
        findings=[_replaced(document, resolved.documents, day) for document in resolved.replaced],
    )


def _on_the_subject(rows: list[Counterpart], replaced: tuple[Document, ...]) -> list[Counterpart]:
    """Return the rows about what a replaced text was about; what took its place may be about much more."""
    subject = {
        cqa for document in replaced for row in requirements_by_document().get(document.id, ()) for cqa in row.cqas
    }
    named = {topic.id: topic.cqas for topic in topics()}

    def about(row: Counterpart) -> tuple[str, ...]:
        if row.requirement:
            return requirements_by_id()[row.requirement].cqas
        return named[row.source.rpartition(" ")[2]]

    return [row for row in rows if subject.intersection(about(row))] if subject else rows


def _replaced(document: Document, successors: tuple[Document, ...], day: str) -> Finding:
    names = ", ".join(dict.fromkeys(row.citation for row in successors))
    message = f"{document.citation} ({document.version}) is not in force on {day}; {names} was looked up instead"
    return Finding("reference-replaced", message, expected=names, found=document.citation)


def _between_requirements(documents: tuple[Document, ...], day: str) -> Iterator[Counterpart]:
    ids = {document.id for document in documents}
    rows = requirements_by_id()
    for number, mapping in enumerate(mappings()):
        subject = rows[mapping.subject]
        other = rows[mapping.object] if mapping.object else None
        ends = [(subject, other, mapping.predicate)]
        if other is not None:
            ends.append((other, subject, _INVERSE.get(mapping.predicate, mapping.predicate)))
        for own, against, predicate in ends:
            if own is None or own.document.id not in ids:
                continue
            yield Counterpart(
                reference=own.reference,
                requirement=own.id,
                predicate=predicate,
                counterpart="" if against is None else against.reference,
                counterpart_requirement="" if against is None else against.id,
                authority=mapping.authority if against is None else against.authority,
                difference=mapping.difference,
                evidence=mapping.evidence,
                standing="" if against is None else against.standing(day),
                text="" if against is None else against.text,
                source=f"mappings.tsv row {number + 2}",
            )


def _between_chapters(documents: tuple[Document, ...], day: str) -> Iterator[Counterpart]:
    for document in documents:
        if document.authority not in PHARMACOPOEIAS:
            continue
        own = {document.citation, *document.aliases}
        for topic in topics():
            if own.isdisjoint(topic.of(document.authority)[0]):
                continue
            for book in PHARMACOPOEIAS:
                if book != document.authority:
                    yield from _chapters(document, topic, book, day)


def _chapters(document: Document, topic: Topic, book: str, day: str) -> Iterator[Counterpart]:
    citations, evidence = topic.of(book)
    predicate = topic.predicate(document.authority, book)
    weaker = max(evidence, topic.of(document.authority)[1], key=STRENGTH.__getitem__)
    for citation in citations or ("",):
        versions = documents_cited(citation) if citation else ()
        standings = [row.standing(day) for row in versions]
        standing = next((name for name in ("in-force", "draft", "not-yet", "ended") if name in standings), "")
        yield Counterpart(
            reference=document.citation,
            requirement="",
            predicate=predicate,
            counterpart=citation,
            counterpart_requirement="",
            authority=versions[0].authority if versions else book,
            difference=topic.difference,
            evidence=weaker,
            standing=standing,
            text=topic.topic,
            source=f"pharmacopoeia.tsv {topic.id}",
        )
