"""Records kept beside results: investigations, dispositions, and what an evaluation was made of."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from harmoniqc.standard.base import Date, Document, Identifier, Instant, Model, Slug, Text, Whole
from harmoniqc.standard.criterion import RoundingPolicy

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Investigation(Document):
    """An investigation of a result; the reference that allows a result to be set aside.

    Attributes:
        id: Identifier; results name it in ``investigation_ref``.
        batch: Identifier of the batch.
        results: Identifiers of the results that are investigated.
        opened_on: Day on which it was opened.
        closed_on: Day on which it was closed.
        phase: How far it has come: the laboratory's own phase, the full-scale one, or closed.
        cause: The cause that was found.
        conclusion: Whether the result stands.
    """

    type: Literal["investigation"] = "investigation"
    id: Identifier
    batch: Identifier
    results: tuple[Identifier, ...] = ()
    opened_on: Date | None = None
    closed_on: Date | None = None
    phase: Literal["laboratory", "full-scale", "closed"] | None = None
    cause: Text | None = None
    conclusion: Literal["result-valid", "result-invalid", "inconclusive"] | None = None


class Disposition(Document):
    """What people decided about a batch in a region. It is not conformance, and neither implies the other.

    Attributes:
        batch: Identifier of the batch.
        decision: What was decided.
        region: Region or country it was decided for; None: everywhere.
        decision_point: The decision point it answers.
        decided_at: When.
        decided_by: By whom, as an identifier of the organization.
        reason: Why.
        investigations: Identifiers of the investigations that it rests on.
    """

    type: Literal["disposition"] = "disposition"
    batch: Identifier
    decision: Literal["released", "rejected", "quarantined", "exceptional-release", "recalled"]
    region: Text | None = None
    decision_point: Slug | None = None
    decided_at: Instant | None = None
    decided_by: Identifier | None = None
    reason: Text | None = None
    investigations: tuple[Identifier, ...] = ()


class HashedInput(Model):
    """An input of an evaluation and the hash of its content.

    Attributes:
        role: What it was used as. Facts of batches are part of ``batches``.
        id: Identifier of the document, or a name.
        version: Its version, where it has one.
        sha256: Hash of the content, whatever file or encoding it came in.
        rows: Number of rows of a table.
        location: Where a replay finds it: a path, relative to the record. No part of the meaning.
    """

    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"location"})

    role: Literal["specification", "results", "batches", "facts", "products", "vocabulary"]
    id: Identifier
    version: Identifier | None = None
    sha256: Sha256
    rows: Whole | None = None
    location: Text | None = None


class AppliedPolicy(Model):
    """The rounding policy a specification was evaluated with.

    Attributes:
        specification: Id of the specification.
        version: Its version.
        rounding: The policy.
    """

    specification: Slug
    version: Identifier
    rounding: RoundingPolicy


class EvaluationRecord(Document):
    """What is needed to repeat an evaluation and get the identical result.

    Attributes:
        inputs: Every input with its hash.
        policies: The rounding policies applied.
        as_of: The day for which specifications were chosen.
        evaluated_at: When it was done.
        library_version: Version of the library.
        software: Versions of what it ran on.
        verdicts_sha256: Hash of the verdict table.
    """

    type: Literal["evaluation-record"] = "evaluation-record"
    inputs: tuple[HashedInput, ...]
    policies: tuple[AppliedPolicy, ...] = ()
    as_of: Date | None = None
    evaluated_at: Instant
    library_version: Text
    software: tuple[Text, ...] = ()
    verdicts_sha256: Sha256
