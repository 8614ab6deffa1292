"""How a product changes after it was approved: established conditions, protocols and records of changes (ICH Q12)."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, ValidationInfo, model_validator

from harmoniqc.standard import shapes
from harmoniqc.standard.base import Date, Document, Identifier, Model, PartialDate, Slug, Source, Text, refuse
from harmoniqc.standard.criterion import AnyCriterion
from harmoniqc.standard.product import SpecificationReference


class Reported(Model):
    """How a change is reported to an authority: what a plan and a report have in common.

    Attributes:
        authority: The authority.
        category: The category of ICH Q12: approval before the change, notification, or no report.
        procedure: What the region calls it, such as ``CBE-30`` or ``Type IB variation``.
        source: Where the category was agreed or is stated.
    """

    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"source"})

    authority: Text
    category: Literal["prior-approval", "notification", "not-reported"]
    procedure: Text | None = None
    source: Source | None = None


class Reporting(Reported):
    """How a change is to be reported to an authority."""


class Submission(Reported):
    """A report to an authority, and what came of it.

    Attributes:
        submitted_on: Day on which it was submitted.
        decision: What the authority decided.
        decided_on: Day of the decision.
        effective_from: First day on which the change counts in the region.
    """

    submitted_on: Date | None = None
    decision: Literal["accepted", "refused", "withdrawn"] | None = None
    decided_on: Date | None = None
    effective_from: Date | None = None


class RiskAssessment(Model):
    """What a change may do to the quality of the product.

    Attributes:
        level: How large the risk is.
        rationale: Why.
        cqas: The attributes that may be affected.
    """

    level: Literal["low", "moderate", "high"]
    rationale: Text | None = None
    cqas: tuple[Slug, ...] = ()


class ComparabilityStudy(Model):
    """What shows whether the product is comparable before and after a change (ICH Q5E).

    Attributes:
        id: Identifier of the study.
        design: How it was done.
        batches_before: Batches made before the change.
        batches_after: Batches made after it.
        conclusion: What it shows.
        reference: Where its report is.
    """

    id: Identifier | None = None
    design: Text | None = None
    batches_before: tuple[Identifier, ...] = ()
    batches_after: tuple[Identifier, ...] = ()
    conclusion: Literal["comparable", "not-comparable", "inconclusive"] | None = None
    reference: Text | None = None


class SpecificationChange(Model):
    """A specification that a change brings to another version.

    Attributes:
        id: Id of the specification, which its versions share.
        from_version: The version before; None: the change introduces the specification.
        to_version: The version after; None: the change withdraws it.
    """

    model_config = ConfigDict(json_schema_extra=shapes.rules(shapes.any_given("from_version", "to_version")))

    id: Slug
    from_version: Identifier | None = None
    to_version: Identifier | None = None

    @model_validator(mode="after")
    def _of_something(self) -> SpecificationChange:
        if self.from_version is None and self.to_version is None:
            raise ValueError("a change of a specification names the version before, the version after, or both")
        return self


class ChangeRecord(Document):
    """A change of a product, its manufacture or its control.

    Attributes:
        id: Identifier of the change.
        product: Identifier of the product.
        description: What is changed.
        reason: Why.
        title: Title.
        risk: What it may do to the quality of the product.
        comparability: What shows that the product is comparable.
        specifications: The specifications it changes, with their versions before and after.
        established_conditions: Identifiers of the established conditions it changes.
        protocol: Identifier of the post-approval change management protocol it is made under.
        reporting: How it is reported, region by region.
        status: How far it has come.
        implemented_on: Day on which it was put into effect.
    """

    type: Literal["change-record"] = "change-record"
    id: Identifier
    product: Identifier
    description: Text
    reason: Text
    title: Text | None = None
    risk: RiskAssessment | None = None
    comparability: tuple[ComparabilityStudy, ...] = ()
    specifications: tuple[SpecificationChange, ...] = ()
    established_conditions: tuple[Identifier, ...] = ()
    protocol: Identifier | None = None
    reporting: tuple[Submission, ...] = ()
    status: Literal["proposed", "approved", "implemented", "rejected", "withdrawn"] | None = None
    implemented_on: Date | None = None

    @model_validator(mode="after")
    def _each_once(self, info: ValidationInfo) -> ChangeRecord:
        for id, times in Counter((item.id, item.from_version) for item in self.specifications).items():
            if times > 1:
                refuse(info, "duplicate-id", f"specification {id[0]!r} is changed twice")
        return self


class EstablishedCondition(Model):
    """Something in the dossier that cannot be changed without telling the authority as agreed (ICH Q12, chapter 3).

    Attributes:
        id: Identifier.
        description: What it is, such as a parameter with its range, or a test with its criterion.
        reporting: How a change of it is reported, region by region.
        section: Section of the dossier (CTD).
        cqas: The attributes it assures.
        process_parameter: Process parameter of the vocabulary, where it is one.
        specification: The specification, where it is a test or a specification.
        test: Id of the test in it.
        criterion: The range or the outcome that is established.
        justification: Why it is, and why changes of it are reported so.
    """

    model_config = ConfigDict(
        json_schema_extra=shapes.rules(shapes.when(shapes.given("test"), shapes.given("specification")))
    )

    id: Identifier
    description: Text
    reporting: tuple[Reporting, ...] = ()
    section: Text | None = None
    cqas: tuple[Slug, ...] = ()
    process_parameter: Slug | None = None
    specification: SpecificationReference | None = None
    test: Slug | None = None
    criterion: AnyCriterion | None = None
    justification: Text | None = None

    @model_validator(mode="after")
    def _test_of_a_specification(self) -> EstablishedCondition:
        if self.test is not None and self.specification is None:
            raise ValueError("a test is one of a specification, which has to be named")
        return self


class AcceptanceCriterion(Model):
    """What a study of a protocol has to show.

    Attributes:
        cqa: The attribute.
        criterion: What is acceptable.
        method: The method, in words.
    """

    cqa: Slug
    criterion: AnyCriterion
    method: Text | None = None


class ChangeProtocol(Model):
    """A post-approval change management protocol (PACMP; ICH Q12, chapter 4): changes agreed before they are made.

    Attributes:
        id: Identifier; changes made under it name it.
        changes: The changes it foresees.
        version: Version.
        title: Title.
        risk: What they may do to the quality of the product.
        studies: What is to be studied before they are made.
        acceptance: What the studies have to show.
        specification: The specification that the product has to meet afterwards.
        reporting: How the protocol itself was submitted, region by region.
        implementation: How a change made under it is reported.
        status: How far it has come.
    """

    id: Identifier
    changes: tuple[Text, ...] = Field(min_length=1)
    version: Identifier | None = None
    title: Text | None = None
    risk: RiskAssessment | None = None
    studies: tuple[Text, ...] = ()
    acceptance: tuple[AcceptanceCriterion, ...] = ()
    specification: SpecificationReference | None = None
    reporting: tuple[Submission, ...] = ()
    implementation: tuple[Reporting, ...] = ()
    status: Literal["proposed", "approved", "withdrawn"] | None = None


class Commitment(Model):
    """Something promised to an authority for after the approval.

    Attributes:
        id: Identifier.
        description: What was promised.
        authority: To whom; None: to all.
        due: When it is due, as precise as it is known: a year, a month or a day.
        fulfilled_on: Day on which it was fulfilled.
    """

    id: Identifier
    description: Text
    authority: Text | None = None
    due: PartialDate | None = None
    fulfilled_on: Date | None = None


class LifecycleManagement(Document):
    """The product lifecycle management document (PLCM; ICH Q12, chapter 5): what binds a product after its approval.

    Attributes:
        id: Identifier; its versions share it.
        version: Version.
        product: Identifier of the product.
        title: Title.
        established_conditions: The established conditions, with how changes of them are reported.
        protocols: The post-approval change management protocols.
        commitments: What was promised for after the approval.
        valid_from: First day it counts.
        valid_to: Last day it counts.
    """

    type: Literal["lifecycle-management"] = "lifecycle-management"
    id: Slug
    version: Identifier
    product: Identifier
    title: Text | None = None
    established_conditions: tuple[EstablishedCondition, ...] = ()
    protocols: tuple[ChangeProtocol, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    valid_from: Date | None = None
    valid_to: Date | None = None

    @model_validator(mode="after")
    def _unique(self, info: ValidationInfo) -> LifecycleManagement:
        for name in ("established_conditions", "protocols", "commitments"):
            ids = [item.id for item in getattr(self, name)]
            if len(set(ids)) != len(ids):
                refuse(info, "duplicate-id", f"an id occurs twice among the {name.replace('_', ' ')}")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            refuse(info, "dates-out-of-order", "valid_to lies before valid_from")
        return self
