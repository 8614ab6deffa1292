"""What the authorities ask: requirements and documents, by attribute, authority, product, stage and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from harmoniqc.crosswalk.dates import AsOf, day_of
from harmoniqc.crosswalk.listing import Listing
from harmoniqc.crosswalk.references import resolve
from harmoniqc.crosswalk.rows import Document, Requirement, Topic
from harmoniqc.crosswalk.store import (
    AUTHORITIES,
    documents_by_id,
    requirement_of,
    requirements_by_cqa,
    requirements_by_id,
)
from harmoniqc.errors import CrosswalkError, Finding, VocabularyError

REGIONS = {"FDA": ("FDA", "USP"), "EMA": ("EMA", "Ph. Eur."), "PMDA": ("PMDA", "JP")}
"""A regulator and the pharmacopoeia of its region."""

_REGION_NAMES = {"us": "FDA", "usa": "FDA", "eu": "EMA", "europe": "EMA", "japan": "PMDA"}


class Requirements(Listing[Requirement]):
    """Requirements, with the day for which they were looked up."""

    __slots__ = ()
    header: ClassVar[tuple[str, ...]] = (
        "id", "authority", "reference", "stage", "standing", "evidence", "figure", "text",
    )  # fmt: skip

    def cells(self, row: Requirement) -> tuple[str, ...]:
        """Return what the table shows of a requirement."""
        reference = row.reference if len(row.reference) <= 32 else f"{row.reference[:31]}…"
        standing = row.standing(self.as_of)
        return (row.id, row.authority, reference, row.stage, standing, row.evidence, row.figure, row.text)

    def record(self, row: Requirement) -> dict[str, Any]:
        """Return everything a requirement says."""
        document = row.document
        return {
            "id": row.id,
            "authority": row.authority,
            "document": document.id,
            "reference": row.reference,
            "title": document.title,
            "version": document.version,
            "status": document.status,
            "bindingness": document.bindingness,
            "section": row.section,
            "cqa": list(row.cqas),
            "scope": list(row.scopes),
            "stage": row.stage,
            "kind": row.kind,
            "text": row.text,
            "operator": row.operator,
            "low": row.low or None,
            "high": row.high or None,
            "unit": row.unit or None,
            "basis": row.basis or None,
            "formula": row.formula or None,
            "parameters": row.parameters or None,
            "condition": row.condition or None,
            "valid_from": row.valid_from or document.valid_from or None,
            "valid_to": row.valid_to or document.valid_to or None,
            "standing": row.standing(self.as_of),
            "decides": row.decides(self.as_of),
            "evidence": row.evidence,
            "url": row.url or document.url or None,
            "note": row.note or None,
        }

    def deciding(self) -> Requirements:
        """Return only those that may decide a check: in force, and not known from memory alone."""
        return Requirements((row for row in self if row.decides(self.as_of)), as_of=self.as_of, title=self.title)


class Documents(Mapping[str, Document]):
    """Every document by its id; :meth:`find` takes a citation as people write it."""

    def __getitem__(self, id: str) -> Document:
        return documents_by_id()[id]

    def __iter__(self) -> Iterator[str]:
        return iter(documents_by_id())

    def __len__(self) -> int:
        return len(documents_by_id())

    def find(self, reference: str, as_of: AsOf = None) -> DocumentList:
        """Return the documents a citation means on a day; a text that has ended leads to what took its place.

        Args:
            reference: A citation such as ``"21CFR610.12"``, ``"Ph. Eur. 2.6.1"``, ``"USP <71>"`` or ``"ICH Q6B"``.
            as_of: The day; None: today (UTC).

        Raises:
            CrosswalkError: ``unknown-reference`` with near citations.
        """
        day = day_of(as_of)
        found = resolve(reference, day)
        title = f"documents for {reference!r}"
        if found.replaced:
            title += f", which is not in force any more ({', '.join(row.citation for row in found.replaced)})"
        return DocumentList(found.documents, as_of=day, title=title)

    def __repr__(self) -> str:
        return f"<{len(self)} documents of {len(AUTHORITIES)} authorities>"


class DocumentList(Listing[Document]):
    """Documents, with the day for which they were looked up."""

    __slots__ = ()
    header: ClassVar[tuple[str, ...]] = (
        "id", "citation", "standing", "bindingness", "valid_from", "valid_to", "evidence", "title",
    )  # fmt: skip

    def cells(self, row: Document) -> tuple[str, ...]:
        """Return what the table shows of a document."""
        standing = row.standing(self.as_of)
        return (
            row.id, row.citation, standing, row.bindingness, row.valid_from, row.valid_to, row.evidence, row.title,
        )  # fmt: skip

    def record(self, row: Document) -> dict[str, Any]:
        """Return everything a document says."""
        lists = {"superseded_by": list(row.superseded_by), "aliases": list(row.aliases)}
        return {**asdict(row), **lists, "standing": row.standing(self.as_of)}


documents = Documents()


def requirements(
    cqa: str | None = None,
    authority: str | None = None,
    modality: str | None = None,
    stage: str | None = None,
    as_of: AsOf = None,
) -> Requirements:
    """Look up what is asked. Every argument narrows the answer; none of them: everything.

    Texts in force on the day are returned, and beside them drafts and practice, which inform and never decide
    (:meth:`Requirements.deciding`). What has ended by then, or does not apply yet, is left out.

    Args:
        cqa: An attribute by id or any of its names, or a rule such as ``"rule-rounding"``.
        authority: ``"FDA"``, ``"EMA"`` and ``"PMDA"`` stand for their regions and include the pharmacopoeia there;
            ``"ICH"``, ``"USP"``, ``"Ph. Eur."`` and ``"JP"`` for themselves. ``"EU"``, ``"US"``, ``"Japan"`` work, too.
        modality: A kind of product by id or any of its names.
        stage: Where in the life of a product, such as ``"release"`` or ``"method-validation"``.
        as_of: The day; None: today (UTC). The answer says which day it used.

    Raises:
        VocabularyError: For a name that is not in the vocabulary, with near names.
        CrosswalkError: For a day that is not certain, or an authority without rows.
    """
    day = day_of(as_of)
    asked = []
    rows: tuple[Requirement, ...] = tuple(requirements_by_id().values())
    if cqa is not None:
        term = topic_id(cqa)
        rows = requirements_by_cqa().get(term, ())
        asked.append(term)
    if authority is not None:
        wanted = region_of(authority)
        rows = tuple(row for row in rows if row.authority in wanted)
        asked.append(" and ".join(wanted))
    if modality is not None:
        from harmoniqc.vocabulary import modalities

        term = modalities.find(modality).id
        rows = tuple(row for row in rows if covers(row, term))
        asked.append(term)
    if stage is not None:
        from harmoniqc.vocabulary import requirement_stages

        term = requirement_stages.find(stage).id
        rows = tuple(row for row in rows if row.stage == term)
        asked.append(term)
    shown = (row for row in rows if row.standing(day) in ("in-force", "draft", "practice"))
    return Requirements(shown, as_of=day, title=", ".join(["requirements", *asked]))


def requirement(id: str) -> Requirement:
    """Return the requirement with this id, whether it is in force or not.

    Raises:
        CrosswalkError: ``unknown-reference`` with near ids.
    """
    return requirement_of(id)


def topic_id(name: str) -> str:
    """Return the id of an attribute or a rule.

    Raises:
        VocabularyError: If the name is neither, or names several attributes.
    """
    if name in requirements_by_cqa():
        return name  # without reading the vocabulary
    from harmoniqc.vocabulary import cqas, rules

    try:
        return cqas.find(name).id
    except VocabularyError as error:
        try:
            return rules.find(name).id
        except VocabularyError:
            raise error from None


def region_of(authority: str) -> tuple[str, ...]:
    """Return the authorities a name stands for: a regulator includes the pharmacopoeia of its region.

    Raises:
        VocabularyError: If the vocabulary has no such authority.
        CrosswalkError: ``unknown-reference`` if the crosswalk has no rows of it.
    """
    name = authority if authority in AUTHORITIES else _REGION_NAMES.get(authority.casefold())
    if name is None:
        from harmoniqc.vocabulary import authorities

        name = authorities.find(authority).id
    if name not in AUTHORITIES:
        message = f"the crosswalk has no rows of {name}"
        remedy = f"ask for one of {', '.join(AUTHORITIES)}"
        raise CrosswalkError(message, (Finding("unknown-reference", message, found=authority, remedy=remedy),))
    return REGIONS.get(name, (name,))


def covers(row: Requirement | Topic, modality: str) -> bool:
    """Tell whether a requirement or a comparison applies to a modality."""
    from harmoniqc.vocabulary import scopes

    return any(modality in scopes[scope].modalities for scope in row.scopes)
