"""Products and batches: what was made, where, for whom, from what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, StrictBool, model_validator

from harmoniqc.standard import shapes
from harmoniqc.standard.base import Date, Document, Identifier, Instant, Model, PartialDate, Slug, Source, Text
from harmoniqc.standard.condition import AnyCondition, Bound
from harmoniqc.standard.criterion import Limit, Quantity
from harmoniqc.standard.specification import RollUp


class Vector(Model):
    """The vector of a gene therapy or of gene-modified cells.

    Attributes:
        name: Name.
        kind: What kind of vector it is, such as ``aav`` or ``lentiviral``.
        serotype: Serotype or capsid.
        transgene: The gene it carries.
        role: Role of the vector, as a material of the vocabulary.
    """

    name: Text | None = None
    kind: Slug
    serotype: Text | None = None
    transgene: Text | None = None
    role: Slug | None = None


class LegalClass(Model):
    """How an authority classifies the product.

    Attributes:
        authority: The authority.
        name: Name of the class.
        source: Where the class is stated.
    """

    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"source"})

    authority: Text
    name: Text
    source: Source | None = None


class Approval(Model):
    """A marketing authorization or an other decision of an authority.

    Attributes:
        authority: Who decided.
        name: What was decided on, such as a presentation or an indication.
        date: When, as precise as it is known: a year, a month or a day.
        status: What was decided.
        source: Where that is said.
    """

    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"source"})

    authority: Text
    name: Text | None = None
    date: PartialDate | None = None
    status: Literal["approved", "conditional", "withdrawn", "refused"] = "approved"
    source: Source | None = None


class DoseRule(Model):
    """How much is given, and to whom.

    Attributes:
        when: For which patients or infusions; None: for all.
        cqa: What is dosed, as an attribute of the vocabulary.
        population: What is counted, where it matters ("CAR-positive viable T cells").
        low: Least dose.
        high: Largest dose.
        nominal: Dose as one number, without a range.
        maximum: Largest dose in all, beside a dose per body mass.
        unit: Unit of the bounds.
        authority: Whose label says so; None: not known, or all.
        text: The rule as printed.
        valid_from: When the rule begins, as precise as it is known.
        valid_to: When the rule ends, as precise as it is known.
        source: Where it is printed.
    """

    model_config = ConfigDict(
        json_schema_extra=shapes.rules(shapes.not_together(shapes.given("nominal"), shapes.any_given("low", "high")))
    )
    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"text", "source"})

    when: AnyCondition | None = None
    cqa: Slug | None = None
    population: Text | None = None
    low: Bound | None = None
    high: Bound | None = None
    nominal: Quantity | None = None
    maximum: Quantity | None = None
    unit: Identifier | None = None
    authority: Identifier | None = None
    text: Text | None = None
    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    source: Source | None = None

    @model_validator(mode="after")
    def _bounds_or_a_nominal_dose(self) -> DoseRule:
        if self.nominal is not None and (self.low is not None or self.high is not None):
            raise ValueError("a dose rule states bounds or a nominal dose, one of the two")
        return self


class Strength(Model):
    """What one container, or one amount, of the product holds.

    Attributes:
        cqa: What is stated, as an attribute of the vocabulary.
        presentation: Which presentation it is said of; None: of all.
        population: What is counted, where it matters.
        low: Least content.
        high: Largest content.
        nominal: Content as one number.
        unit: Unit of the bounds.
        text: The statement as printed.
        valid_from: When it begins to hold, as precise as it is known.
        valid_to: When it ceases to hold, as precise as it is known.
        source: Where it is printed.
    """

    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"text", "source"})

    cqa: Slug | None = None
    presentation: Text | None = None
    population: Text | None = None
    low: Bound | None = None
    high: Bound | None = None
    nominal: Quantity | None = None
    unit: Identifier | None = None
    text: Text | None = None
    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    source: Source | None = None


def _tagged(value: Any) -> Any:
    if isinstance(value, Mapping) and "kind" not in value:
        raise ValueError("a criterion says its kind")
    return value


class StorageCondition(Model):
    """How and for how long the product keeps.

    Attributes:
        temperature: Temperature limits.
        duration: For how long.
        presentation: Which presentation it is said of; None: of all.
        text: The condition as printed.
        valid_from: When it begins to hold, as precise as it is known.
        valid_to: When it ceases to hold, as precise as it is known.
        source: Where it is printed.
    """

    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"text", "source"})

    temperature: Annotated[Limit, BeforeValidator(_tagged)] | None = None
    duration: Quantity | None = None
    presentation: Text | None = None
    text: Text | None = None
    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    source: Source | None = None


class Product(Document):
    """A product as every jurisdiction would recognize it.

    Attributes:
        id: Identifier.
        name: Name.
        nonproprietary_name: International nonproprietary name.
        aliases: Other names, such as the name in another region or the code of development.
        modality: Modality of the vocabulary.
        donor_relation: Whose cells they are.
        vector: The vector, if there is one.
        legal_classes: Its class by authority.
        approvals: Decisions of authorities.
        dose_rules: Dose rules of the label.
        strengths: What a container or an amount of the product holds.
        storage: Storage conditions.
    """

    type: Literal["product"] = "product"
    id: Identifier
    name: Text | None = None
    nonproprietary_name: Text | None = None
    aliases: tuple[Text, ...] = ()
    modality: Slug | None = None
    donor_relation: Literal["autologous", "allogeneic", "not-applicable"] | None = None
    vector: Vector | None = None
    legal_classes: tuple[LegalClass, ...] = ()
    approvals: tuple[Approval, ...] = ()
    dose_rules: tuple[DoseRule, ...] = ()
    strengths: tuple[Strength, ...] = ()
    storage: tuple[StorageCondition, ...] = ()


class Fact(Model):
    """A typed fact of a batch that criteria may depend on.

    Attributes:
        name: Name of the fact ("body-weight", "volume-per-dose", "infusion-time").
        value: Decimal text of a numeric fact, or the words of a coded one. Terms of ``vocabulary.facts`` say which.
        unit: Unit of a numeric fact.
        basis: What the number is.
        source: Where it is recorded.
        as_of: When it was true.
    """

    name: Slug
    value: Text
    unit: Identifier | None = None
    basis: Literal["actual", "labeled-maximum", "labeled-minimum", "nominal"] = "actual"
    source: Text | None = None
    as_of: Instant | None = None


class SpecificationReference(Model):
    """A specification named by id and version.

    Attributes:
        id: Id of the specification.
        version: Its version.
    """

    id: Slug
    version: Identifier


class ExternalIdentifier(Model):
    """An identifier of a scheme, such as a chain-of-identity identifier. Never patient data.

    Attributes:
        scheme: The scheme.
        value: The identifier.
        issuer: Who issued it.
        assigned_at: When it was assigned.
    """

    scheme: Slug
    value: Identifier
    issuer: Text | None = None
    assigned_at: Instant | None = None


PART_RELATIONS: tuple[str, ...] = ("sub-lot", "component", "bag")
"""Relations of a part to the batch it is part of; the others name what a batch was made from."""


class Parent(Model):
    """What a batch came from, or what it is part of.

    Attributes:
        batch: The other batch.
        relation: ``sub-lot``, ``component`` and ``bag``: this batch is part of the other, and its results count
            there. ``starting-material``, ``intermediate``, ``vector`` and ``pool``: it was made from the other,
            whose verdict is its own.
    """

    batch: Identifier
    relation: Literal["sub-lot", "component", "bag", "starting-material", "intermediate", "vector", "pool"]


class DeclaredMethod(Model):
    """The method chosen beforehand for a test that allows several.

    Attributes:
        test: Id of the test.
        method: Name of the method.
        declared_at: When it was chosen.
    """

    test: Slug
    method: Text
    declared_at: Instant | None = None


class Batch(Document):
    """A batch: one lot, sub-lot, bag or material with its own results.

    Attributes:
        id: Identifier.
        product: Identifier of the product.
        specifications: Specifications that were agreed for this batch, by id and version.
        site: Site of manufacture.
        material: Material role.
        lot_forming: Whether it is a lot of its own (a bag or a sub-lot is not).
        facts: Typed facts.
        manufactured_on: Day of manufacture.
        tested_on: Day of testing.
        released_on: Day of release.
        parents: What it came from or is part of.
        roll_up: How its parts make up its verdict, where the test does not say; None: each part conforms.
        identifiers: Chain-of-identity and other external identifiers.
        declared_methods: Methods chosen beforehand.
    """

    type: Literal["batch"] = "batch"
    id: Identifier
    product: Identifier | None = None
    specifications: tuple[SpecificationReference, ...] = ()
    site: Identifier | None = None
    material: Slug | None = None
    lot_forming: StrictBool = True
    facts: tuple[Fact, ...] = ()
    manufactured_on: Date | None = None
    tested_on: Date | None = None
    released_on: Date | None = None
    parents: tuple[Parent, ...] = ()
    roll_up: RollUp | None = None
    identifiers: tuple[ExternalIdentifier, ...] = ()
    declared_methods: tuple[DeclaredMethod, ...] = ()
