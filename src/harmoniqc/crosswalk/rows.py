"""The rows of the crosswalk: documents, requirements, mappings between them, topics of the pharmacopoeias."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

Evidence = Literal["primary", "secondary", "memory"]
"""How a text was seen: the text itself, quoted by another, or known and not seen."""

Status = Literal["law", "final", "compendial", "draft", "adopted", "practice", "revoked"]
"""What kind of text it is today; ``adopted``: not yet applied, and the day is not known."""

Bindingness = Literal["law", "mandatory", "when-referenced", "expected", "informational", "none"]
"""The force of a text while it is in force; ``when-referenced``: binds where a binding text refers to it."""

Kind = Literal["product-limit", "method-sensitivity", "process-rule", "donor-rule", "record-rule"]
Basis = Literal["", "stated", "formula", "dossier-defined"]
Standing = Literal["in-force", "draft", "practice", "not-yet", "ended"]
"""How a text stands on one day."""

STRENGTH: dict[str, int] = {"primary": 0, "secondary": 1, "memory": 2}


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a text that asks for something.

    Attributes:
        id: Identifier of this version.
        authority: Who issued it.
        citation: How people cite it; versions of one text share it.
        title: Title.
        version: Version and dates, as the source states them.
        status: What kind of text it is today.
        bindingness: Its force while it is in force.
        valid_from: First day it is in force, ISO 8601, as precise as it is known; empty: not known.
        valid_to: Last day it was or is in force; empty: none known.
        superseded_by: Ids of the documents that took its place.
        aliases: Other ways to cite it.
        url: Where it was seen.
        evidence: How it was seen, at best.
        note: What else should be known.
    """

    id: str
    authority: str
    citation: str
    title: str
    version: str
    status: Status
    bindingness: Bindingness
    valid_from: str
    valid_to: str
    superseded_by: tuple[str, ...]
    aliases: tuple[str, ...]
    url: str
    evidence: Evidence
    note: str

    def standing(self, day: str) -> Standing:
        """Return how the text stands on a day, given as ISO 8601."""
        return _standing(self.status, self.valid_from, self.valid_to, day)

    def __str__(self) -> str:
        return f"{self.citation}, {self.title} ({self.status}, {self.evidence})"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that one document asks for, in our words.

    Attributes:
        id: Identifier.
        document: The document.
        section: Section, as far as it is known.
        cqas: Attributes it is about, or the rule (``rule-...``) where it is about none.
        scopes: To which products it applies.
        stage: Where in the life of a product it applies.
        kind: product-limit, method-sensitivity, process-rule, donor-rule or record-rule.
        text: What is asked, in our words.
        operator: none, absent, report, exempt (it need not be done), le, lt, ge or between.
        low: Lower figure as decimal text; empty: none.
        high: Upper figure as decimal text; empty: none.
        unit: Unit of both.
        basis: Where a limit comes from: stated, formula, dossier-defined; empty: no limit is asked for.
        formula: Identifier of the formula, where the basis is ``formula``.
        parameters: What the text states of the formula, such as ``K=5 EU/kg``.
        condition: When it applies, or what its figure is about.
        valid_from: First day, where it is not that of the document.
        valid_to: Last day, where it is not that of the document.
        evidence: How its text was seen. Rows from memory inform and never decide.
        url: Where it was seen.
        note: What else should be known.
    """

    id: str
    document: Document
    section: str
    cqas: tuple[str, ...]
    scopes: tuple[str, ...]
    stage: str
    kind: Kind
    text: str
    operator: str
    low: str
    high: str
    unit: str
    basis: Basis
    formula: str
    parameters: str
    condition: str
    valid_from: str
    valid_to: str
    evidence: Evidence
    url: str
    note: str

    @property
    def authority(self) -> str:
        """Who asks."""
        return self.document.authority

    @property
    def reference(self) -> str:
        """The citation of its document."""
        return self.document.citation

    def standing(self, day: str) -> Standing:
        """Return how the requirement stands on a day, given as ISO 8601."""
        document = self.document
        return _standing(
            document.status, self.valid_from or document.valid_from, self.valid_to or document.valid_to, day
        )

    def decides(self, day: str) -> bool:
        """Tell whether it may decide a check on a day: in force then, and not known from memory alone."""
        return self.evidence != "memory" and self.standing(day) == "in-force"

    @property
    def figure(self) -> str:
        """What it states as a figure or an outcome, in a few words; empty: nothing."""
        signs = {"le": "≤", "lt": "<", "ge": "≥", "gt": ">"}
        if self.formula:
            return f"{self.formula}: {self.parameters}"
        if self.operator == "between" and self.low and self.high:
            return f"{self.low} to {self.high} {self.unit}".strip()
        if self.operator in signs and (self.low or self.high):
            return f"{signs[self.operator]} {self.low or self.high} {self.unit}".strip()
        if self.operator in ("absent", "exempt"):
            return {"absent": "absent", "exempt": "not required"}[self.operator]
        return "set in the dossier" if self.basis == "dossier-defined" else ""

    def __str__(self) -> str:
        figure = f" [{self.figure}]" if self.figure else ""
        return f"{self.id} {self.reference} ({self.evidence}): {self.text}{figure}"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one requirement stands to another, or that an authority has nothing like it.

    Attributes:
        subject: Id of a requirement.
        predicate: skos:closeMatch, skos:relatedMatch, skos:broadMatch, skos:narrowMatch, or sssom:NoTermFound.
        object: Id of the other requirement; empty: nothing was found.
        authority: Whose the other is.
        justification: Why the mapping is believed, as a term of semapv.
        difference: What remains different; never empty.
        evidence: How well both sides were seen.
        note: What else should be known.
    """

    subject: str
    predicate: str
    object: str
    authority: str
    justification: str
    difference: str
    evidence: Evidence
    note: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject as the three pharmacopoeias treat it, side by side.

    Attributes:
        id: Identifier.
        topic: What it is about.
        cqas: Attributes it is about.
        usp: Citations in USP.
        usp_evidence: How well that cell was seen.
        ph_eur: Citations in Ph. Eur.
        ph_eur_evidence: How well that cell was seen.
        jp: Citations in JP, or of the Japanese text in its place.
        jp_evidence: How well that cell was seen.
        usp_ph_eur: Predicate between USP and Ph. Eur.
        usp_jp: Predicate between USP and JP.
        ph_eur_jp: Predicate between Ph. Eur. and JP.
        justification: Why the mappings are believed, as a term of semapv.
        harmonization: pdg+q4b, pdg, pdg-dropped, ich-only, not-harmonised or local.
        pdg_code: Code of the Pharmacopoeial Discussion Group.
        q4b_annex: Annex of ICH Q4B.
        scopes: To which products the comparison applies; none: to no cell or gene therapy.
        difference: What remains different.
        url: Where it was seen.
        evidence: How the comparison as a whole was seen.
        note: What else should be known.
    """

    id: str
    topic: str
    cqas: tuple[str, ...]
    usp: tuple[str, ...]
    usp_evidence: Evidence
    ph_eur: tuple[str, ...]
    ph_eur_evidence: Evidence
    jp: tuple[str, ...]
    jp_evidence: Evidence
    usp_ph_eur: str
    usp_jp: str
    ph_eur_jp: str
    justification: str
    harmonization: str
    pdg_code: str
    q4b_annex: str
    scopes: tuple[str, ...]
    difference: str
    url: str
    evidence: Evidence
    note: str

    def of(self, authority: str) -> tuple[tuple[str, ...], Evidence]:
        """Return the citations of one pharmacopoeia, and how well they were seen.

        Raises:
            KeyError: If the authority is none of the three.
        """
        return {
            "USP": (self.usp, self.usp_evidence),
            "Ph. Eur.": (self.ph_eur, self.ph_eur_evidence),
            "JP": (self.jp, self.jp_evidence),
        }[authority]

    def predicate(self, first: str, second: str) -> str:
        """Return the predicate between two of the three pharmacopoeias, in either order."""
        return {
            frozenset(("USP", "Ph. Eur.")): self.usp_ph_eur,
            frozenset(("USP", "JP")): self.usp_jp,
            frozenset(("Ph. Eur.", "JP")): self.ph_eur_jp,
        }[frozenset((first, second))]


def columns(row: type) -> tuple[str, ...]:
    """Return the names of the fields of a class of rows."""
    return tuple(field.name for field in fields(row))


def _standing(status: Status, valid_from: str, valid_to: str, day: str) -> Standing:
    if status == "adopted" or (valid_from and day[: len(valid_from)] < valid_from):
        return "not-yet"
    if valid_to:
        if day[: len(valid_to)] > valid_to:
            return "ended"
    elif status == "revoked":
        return "ended"
    if status == "draft" or status == "practice":
        return status
    return "in-force"
