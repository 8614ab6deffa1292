"""One example of every public model of the standard, and strategies that make specifications."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from harmoniqc import standard
from harmoniqc.standard import (
    Absence,
    AcceptanceCriterion,
    AllConditions,
    AllOf,
    AnyConditions,
    AnyOf,
    AppliedPolicy,
    Approval,
    AsForRelease,
    Batch,
    Bound,
    Branch,
    Category,
    ChangeProtocol,
    ChangeRecord,
    CodedOutcome,
    Commitment,
    ComparabilityStudy,
    CompoundMeasurement,
    Conditional,
    DeclaredMethod,
    Disposition,
    Document,
    DoseRule,
    EstablishedCondition,
    EvaluationRecord,
    ExternalIdentifier,
    Fact,
    FactCondition,
    HashedInput,
    Identity,
    Investigation,
    JustifiedAbsence,
    LegalClass,
    LifecycleManagement,
    Limit,
    Measurement,
    Member,
    Method,
    Model,
    NotCondition,
    NotStated,
    Package,
    Parent,
    Product,
    Quantity,
    ReadPoint,
    ReplicateValidity,
    Reportable,
    Reporting,
    ReportOnly,
    Result,
    RiskAssessment,
    RollUp,
    Source,
    Specification,
    SpecificationChange,
    SpecificationReference,
    StorageCondition,
    Strength,
    Submission,
    Target,
    Test,
    Tolerance,
    Trend,
    Unstructured,
    Vector,
)

HASH = "0123456789abcdef" * 4

LIMIT = Limit(low=Bound(value="70"), unit="%", text="≥70%")
FACT = FactCondition(fact="donor-relation", equals=("allogeneic",))
WEIGHT = FactCondition(fact="body-weight", low=Bound(value="10"), high=Bound(value="70", inclusive=False), unit="kg")
QUANTITY = Quantity(value="10", unit="CFU/mL")
SOURCE = Source(document="A table", section="Table 2", url="https://example.org/t2", evidence="primary")
METHOD = Method(name="trypan blue", reference="USP <71>", lod=QUANTITY)
TEST = Test(
    id="viability",
    cqa="cell-viability",
    criterion=LIMIT,
    applies_when=FACT,
    method=METHOD,
    read_point=ReadPoint(final=False, day=10),
    reportable=Reportable(
        n=3, validity=(ReplicateValidity(statistic="cv", high=Bound(value="20")),), replicate_criterion=LIMIT
    ),
)
SPECIFICATION = Specification(
    id="x-release",
    version="3",
    product="x",
    rounding="limit-decimals",
    tests=(TEST,),
    jurisdiction="EMA",
    valid_from="2017-06-01",
    valid_to="2018-06-01",
    sources=(SOURCE,),
    justified_absences=(JustifiedAbsence(cqa="pyrogens", reason="endotoxin is tested"),),
)
PRODUCT = Product(
    id="x",
    name="X",
    modality="car-t-autologous",
    vector=Vector(kind="lentiviral-vector", transgene="CD19 CAR"),
    legal_classes=(LegalClass(authority="EMA", name="gene therapy medicinal product"),),
    approvals=(Approval(authority="FDA", date="2017-08-30"),),
    nonproprietary_name="xcel",
    aliases=("X-1",),
    dose_rules=(DoseRule(when=WEIGHT, low=Bound(value="0.2E6"), unit="cell/kg", valid_from="2024-04"),),
    strengths=(Strength(cqa="transduced-cell-dose", nominal=Quantity(value="1E8", unit="cell/bag")),),
    storage=(StorageCondition(temperature=Limit.at_most("-130", "Cel"), duration=Quantity(value="9", unit="month")),),
)
BATCH = Batch(
    id="B 1",
    product="x",
    specifications=(SpecificationReference(id="x-release", version="3"),),
    facts=(Fact(name="body-weight", value="70", unit="kg"),),
    parents=(Parent(batch="B 0", relation="pool"),),
    roll_up=RollUp(kind="k-of-n", k=2),
    identifiers=(ExternalIdentifier(scheme="coi", value="A-1"),),
    declared_methods=(DeclaredMethod(test="viability", method="trypan blue"),),
)
RESULT = Result(
    batch_id="B 1",
    test_id="viability",
    value="97.90",
    unit="%",
    text="97.90 %",
    n=3,
    sd="0.10",
    measured_at="2024-02-29T12:30:00+00:00",
    reportable=True,
)
RECORD = EvaluationRecord(
    inputs=(HashedInput(role="results", id="r", sha256=HASH, rows=2),),
    policies=(AppliedPolicy(specification="x-release", version="3", rounding="none"),),
    evaluated_at="2024-02-29T12:30:00+02:00",
    library_version="0.1.0",
    verdicts_sha256=HASH,
)
MEMBERS = (Member(component="(a)", criterion=LIMIT), Member(criterion=ReportOnly(), informative=True))

SUBMISSION = Submission(authority="FDA", category="prior-approval", submitted_on="2026-03-02", decision="accepted")
RISK = RiskAssessment(level="moderate", cqas=("cell-viability",))
CONDITION = EstablishedCondition(
    id="EC-1",
    description="viability at release",
    specification=SpecificationReference(id="s", version="1"),
    test="viability",
    criterion=LIMIT,
    reporting=(Reporting(authority="FDA", category="prior-approval"),),
)
PROTOCOL = ChangeProtocol(
    id="PACMP-1", changes=("a second site",), acceptance=(AcceptanceCriterion(cqa="cell-viability", criterion=LIMIT),)
)

EXAMPLES: tuple[Model, ...] = (
    LIMIT,
    FACT,
    WEIGHT,
    QUANTITY,
    SOURCE,
    METHOD,
    TEST,
    SPECIFICATION,
    PRODUCT,
    BATCH,
    RESULT,
    RECORD,
    *MEMBERS,
    TEST.read_point,
    TEST.reportable,
    *TEST.reportable.validity,
    *SPECIFICATION.justified_absences,
    PRODUCT.vector,
    *PRODUCT.legal_classes,
    *PRODUCT.approvals,
    *PRODUCT.dose_rules,
    *PRODUCT.strengths,
    *PRODUCT.storage,
    *BATCH.specifications,
    *BATCH.facts,
    *BATCH.parents,
    BATCH.roll_up,
    *BATCH.identifiers,
    *BATCH.declared_methods,
    *RECORD.inputs,
    *RECORD.policies,
    LIMIT.low,
    AllConditions(of=(FACT, WEIGHT)),
    AnyConditions(of=(FACT, WEIGHT)),
    NotCondition(of=FACT),
    CodedOutcome(code="absent", synonyms=("negative",)),
    Category(accept=(CodedOutcome(code="absent"),), otherwise="does-not-conform"),
    Absence(of="mycoplasma", sensitivity=QUANTITY, read_day=14),
    Identity(reference="donor"),
    Tolerance(minus="5", plus="10", relative=True),
    Target(nominal="labeled-amount", tolerance=Tolerance(minus="20", plus="20", relative=True)),
    ReportOnly(text="report"),
    Trend(direction="decreasing", over="passage", minimum_points=3),
    AsForRelease(test="viability"),
    Unstructured(text="Auto"),
    NotStated(),
    AllOf(members=MEMBERS),
    AnyOf(mode="staged", members=MEMBERS),
    Branch(when=WEIGHT, criterion=LIMIT),
    Conditional(branches=(Branch(when=WEIGHT, criterion=LIMIT),), otherwise=ReportOnly()),
    Measurement(value="0.3", comparator="<", unit="EU/mL"),
    CompoundMeasurement(results=(Measurement(value="14.9", component="(a)"),), text="(a) 14.9"),
    Investigation(id="OOS-1", batch="B 1", opened_on="2024-02-29", phase="laboratory"),
    Disposition(batch="B 1", decision="exceptional-release", decided_at="2024-02-29T12:30:00+00:00"),
    SUBMISSION,
    Reporting(authority="EMA", category="notification", procedure="Type IB variation"),
    RISK,
    ComparabilityStudy(id="CS-1", batches_before=("A",), batches_after=("B",), conclusion="comparable"),
    SpecificationChange(id="s", from_version="1", to_version="2"),
    ChangeRecord(
        id="CR-1",
        product="p",
        description="a new limit",
        reason="experience",
        risk=RISK,
        specifications=(SpecificationChange(id="s", from_version="1", to_version="2"),),
        reporting=(SUBMISSION,),
        status="proposed",
    ),
    CONDITION,
    AcceptanceCriterion(cqa="cell-viability", criterion=LIMIT),
    PROTOCOL,
    Commitment(id="C-1", description="more batches", due="2027-06"),
    LifecycleManagement(
        id="plcm", version="1", product="p", established_conditions=(CONDITION,), protocols=(PROTOCOL,)
    ),
    Package(id="p", specifications=(SPECIFICATION,), products=(PRODUCT,), batches=(BATCH,), results=[RESULT, RESULT]),
)

BASES = {"Model", "Document", "Criterion"}
MODELS: dict[str, type[Model]] = {
    name: value
    for name in standard.__all__
    if isinstance(value := getattr(standard, name), type) and issubclass(value, Model) and name not in BASES
}
DOCUMENTS: tuple[Document, ...] = tuple(example for example in EXAMPLES if isinstance(example, Document))


def name_of(example: Any) -> str:
    return type(example).__name__


unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For tests of whole documents: how long they take says nothing about them."""


# -- strategies ------------------------------------------------------------------------------------------

slugs = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,15}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)
identifiers = st.from_regex(r"[A-Za-z0-9#/]([A-Za-z0-9 ]{0,10}[A-Za-z0-9])?", fullmatch=True)
decimals = st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,9})?(E[+-]?[1-3]?[0-9]{1,2})?", fullmatch=True)
bounds = st.builds(Bound, value=decimals, inclusive=st.booleans())
units = st.none() | st.sampled_from(["%", "EU/mL", "cell/kg"])
printed = st.none() | texts

limits = st.builds(Limit, low=bounds, high=st.none() | bounds, unit=units, text=printed)
fact_conditions = st.builds(FactCondition, fact=slugs, equals=st.lists(texts, min_size=1, max_size=2).map(tuple)) | (
    st.builds(FactCondition, fact=slugs, low=bounds, unit=units)
)
conditions = st.recursive(
    fact_conditions,
    lambda inner: (
        st.builds(NotCondition, of=inner)
        | st.builds(AllConditions, of=st.lists(inner, min_size=1, max_size=2).map(tuple))
        | st.builds(AnyConditions, of=st.lists(inner, min_size=1, max_size=2).map(tuple))
    ),
    max_leaves=3,
)
outcomes = st.builds(CodedOutcome, code=slugs, synonyms=st.lists(texts, max_size=2).map(tuple))
simple_criteria = (
    limits
    | st.builds(Category, accept=st.lists(outcomes, min_size=1, max_size=2).map(tuple), text=printed)
    | st.builds(Absence, of=printed, read_day=st.none() | st.integers(0, 28), text=printed)
    | st.builds(Identity, reference=texts, text=printed)
    | st.builds(Target, value=decimals, unit=units, text=printed)
    | st.builds(ReportOnly, text=printed)
    | st.builds(Trend, direction=st.sampled_from(["decreasing", "increasing"]), text=printed)
    | st.builds(AsForRelease, test=st.none() | slugs)
    | st.builds(NotStated)
    | st.builds(Unstructured, text=texts)
)


def _composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    members = st.lists(st.builds(Member, criterion=inner, component=printed), min_size=1, max_size=2).map(tuple)
    branches = st.lists(st.builds(Branch, when=conditions, criterion=inner), min_size=1, max_size=2).map(tuple)
    return (
        st.builds(AllOf, members=members)
        | st.builds(AnyOf, mode=st.sampled_from(["either", "staged"]), members=members)
        | st.builds(Conditional, branches=branches, otherwise=st.none() | inner)
    )


criteria = st.recursive(simple_criteria, _composed, max_leaves=4)
tests_of_specifications = st.builds(
    Test,
    id=slugs,
    cqa=slugs,
    criterion=criteria,
    name=printed,
    applies_when=st.none() | conditions,
    required=st.booleans(),
    note=printed,
)
specifications = st.builds(
    Specification,
    id=slugs,
    version=identifiers,
    product=identifiers,
    rounding=st.sampled_from(["none", "limit-decimals", "limit-significant-figures", "limit-decimals-half-even"]),
    tests=st.lists(tests_of_specifications, min_size=1, max_size=3, unique_by=lambda test: test.id).map(tuple),
    title=printed,
    valid_from=st.none() | st.dates(date(1900, 1, 1), date(2200, 12, 31)),
)
