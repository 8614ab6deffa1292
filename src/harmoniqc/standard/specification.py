"""Specifications: tests, methods, when each test counts, and for whom."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, StrictBool, ValidationInfo, model_validator

from harmoniqc.standard import shapes
from harmoniqc.standard.base import Date, Document, Identifier, Model, Noted, Positive, Slug, Text, Whole, refuse
from harmoniqc.standard.columns import Statistic
from harmoniqc.standard.condition import AnyCondition, Bound
from harmoniqc.standard.criterion import AnyCriterion, Quantity, RoundingPolicy


class Method(Model):
    """An analytical procedure.

    Attributes:
        name: Name as the specification prints it.
        id: Identifier of the procedure.
        version: Its version.
        method_class: Method class of the vocabulary.
        origin: Where the procedure comes from.
        reference: Compendial or regulatory reference ("USP <71>", "Ph. Eur. 2.6.27").
        status: How far the procedure has been validated.
        lod: Limit of detection.
        loq: Limit of quantitation.
        equivalents: Other procedures, by name, id or reference, whose results answer the test as well, because
            somebody has declared them equivalent.
    """

    model_config = ConfigDict(json_schema_extra=shapes.rules(shapes.any_given("name", "id", "reference")))

    name: Text | None = None
    id: Identifier | None = None
    version: Identifier | None = None
    method_class: Slug | None = None
    origin: Literal["compendial", "proprietary", "regulation"] | None = None
    reference: Text | None = None
    status: Literal["validated", "qualified", "verified", "development"] | None = None
    lod: Quantity | None = None
    loq: Quantity | None = None
    equivalents: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _named(self) -> Method:
        if self.name is None and self.id is None and self.reference is None:
            raise ValueError("a method has a name, an id or a reference")
        return self

    @property
    def wordings(self) -> tuple[str, ...]:
        """Every wording by which a result may name this procedure, or one equivalent to it."""
        own = (self.name, self.id, self.reference)
        return (*(wording for wording in own if wording is not None), *self.equivalents)


class ReadPoint(Model):
    """When a growing test is read.

    Attributes:
        final: True: the reading that decides; False: an interim reading, negative to date.
        day: The first day of incubation or culture on which such a reading counts.
    """

    final: StrictBool = True
    day: Whole | None = None


class ReplicateValidity(Model):
    """How far replicates may spread before the assay is invalid.

    Attributes:
        statistic: Measure of the spread.
        high: The largest spread of a valid assay.
        unit: Unit of the limit; None: a pure number, or the unit of the results.
    """

    statistic: Literal["cv", "sd", "range", "ratio"]
    high: Bound
    unit: Identifier | None = None


class Reportable(Model):
    """How the reportable value is formed from replicates; declared by the method beforehand.

    Attributes:
        n: How many replicates.
        statistic: How they are summarized.
        scale: The scale on which they are summarized.
        validity: What the spread of the replicates must meet.
        replicate_criterion: A limit on each single replicate.
    """

    n: Positive = 1
    statistic: Statistic = "mean"
    scale: Literal["linear", "log10", "ln"] = "linear"
    validity: tuple[ReplicateValidity, ...] = ()
    replicate_criterion: AnyCriterion | None = None


class RollUp(Model):
    """How the parts of a batch - sub-lots, bags, components - make up its verdict.

    Attributes:
        kind: ``each``: every part conforms; ``sum``: the parts' values are added first; ``k-of-n``: at least
            ``k`` parts conform.
        k: For ``k-of-n``.
        cqas: The attributes it applies to, where a batch states it; empty: all.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"required": ["kind"], "properties": {"kind": {"const": "k-of-n"}}},
            "then": shapes.given("k"),
            "else": {"properties": {"k": {"type": "null"}}},
        }
    )

    kind: Literal["each", "sum", "k-of-n"] = "each"
    k: Positive | None = None
    cqas: tuple[Slug, ...] = ()

    @model_validator(mode="after")
    def _k_where_needed(self) -> RollUp:
        if (self.kind == "k-of-n") != (self.k is not None):
            raise ValueError("k belongs to k-of-n, and to nothing else")
        return self


class Test(Noted):
    """One test of a specification.

    A row of results finds its test by ``test_id``; without it, by everything the test declares of cqa, stage,
    material, method, component and reading day.

    Attributes:
        id: Identifier within the specification.
        cqa: The critical quality attribute, as its id in the vocabulary.
        criterion: What is acceptable.
        name: The attribute as the specification prints it.
        required: Whether a batch is incomplete without it.
        applies_when: The test applies only where this holds; else it is not applicable.
        stage: Stage the test belongs to.
        material: Material role that is sampled.
        sampling_point: Where the sample is taken.
        component: Label of the part it judges, where one cqa has several.
        method: The analytical procedure.
        read_point: Interim or final reading.
        decision_points: The decisions it takes part in.
        safety_critical: Whether failing it endangers the patient.
        reportable: How the reportable value is formed; None: a single determination.
        roll_up: How the parts of a batch make up its verdict in this test; None: as the batch says.
        note: Anything a reader should know.
    """

    __test__: ClassVar[bool] = False  # not a test case of pytest, in spite of its name
    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"note"})

    id: Slug
    cqa: Slug
    criterion: AnyCriterion
    name: Text | None = None
    required: StrictBool = True
    applies_when: AnyCondition | None = None
    stage: Slug | None = None
    material: Slug | None = None
    sampling_point: Text | None = None
    component: Text | None = None
    method: Method | None = None
    read_point: ReadPoint | None = None
    decision_points: tuple[Slug, ...] = Field(default=("release",), min_length=1)
    safety_critical: StrictBool = False
    reportable: Reportable | None = None
    roll_up: RollUp | None = None
    note: Text | None = None


class JustifiedAbsence(Model):
    """An attribute that an authority expects and the specification leaves out, with the reason.

    Attributes:
        cqa: The attribute, as its id in the vocabulary.
        reason: Why it is left out.
        reference: Where that was agreed.
    """

    cqa: Slug
    reason: Text
    reference: Text | None = None


class Specification(Document, Noted):
    """A list of tests, references to procedures and acceptance criteria (ICH Q6B, glossary).

    Attributes:
        id: Identifier; its versions share it.
        version: Version of the specification.
        product: Identifier of the product.
        rounding: How reportable values are rounded before comparison; there is no hidden default.
        tests: The tests, in the order of the printed specification.
        title: Title as printed.
        jurisdiction: Authority or jurisdiction it was written for.
        material: Material role it applies to.
        purpose: What it decides.
        status: Its regulatory status.
        phase: Development phase.
        applies_to: Which event of a batch must lie in the validity of the specification.
        valid_from: First day it is in force.
        valid_to: Last day it is in force.
        supersedes: Version it replaces.
        justified_absences: Attributes left out on purpose.
    """

    type: Literal["specification"] = "specification"
    id: Slug
    version: Identifier
    product: Identifier
    rounding: RoundingPolicy
    tests: tuple[Test, ...] = Field(min_length=1)
    title: Text | None = None
    jurisdiction: Text | None = None
    material: Slug = "drug-product"
    purpose: Literal["release", "shelf-life", "in-process", "starting-material", "reference"] = "release"
    status: Literal["draft", "proposed", "approved", "withdrawn", "published"] | None = None
    phase: Literal["nonclinical", "phase-1", "phase-2", "phase-3", "commercial"] | None = None
    applies_to: Literal["manufactured", "tested", "released"] = "released"
    valid_from: Date | None = None
    valid_to: Date | None = None
    supersedes: Identifier | None = None
    justified_absences: tuple[JustifiedAbsence, ...] = ()

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Specification:
        seen: set[str] = set()
        for test in self.tests:
            if test.id in seen:
                refuse(info, "duplicate-id", f"test id {test.id!r} occurs twice")
            seen.add(test.id)
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            refuse(info, "dates-out-of-order", "valid_to lies before valid_from")
        return self

    def test(self, id: str) -> Test:
        """Return the test with this id.

        Raises:
            KeyError: If there is none.
        """
        for test in self.tests:
            if test.id == id:
                return test
        raise KeyError(id)
