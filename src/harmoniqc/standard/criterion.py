"""Acceptance criteria as data: a tagged union, never a callable.

A criterion says what would satisfy it, in the words of the specification (``text``) and as structure. The
structure decides; the text is kept beside it, outside equality.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, StrictBool, model_validator

from harmoniqc.standard import shapes
from harmoniqc.standard.base import Identifier, Model, Noted, Several, Slug, Source, Text, Whole
from harmoniqc.standard.condition import AnyCondition, Bound
from harmoniqc.standard.decimal_text import DecimalText, NotNegative, PositiveText, to_fraction

RoundingPolicy = Literal["none", "limit-decimals", "limit-significant-figures", "limit-decimals-half-even"]
"""How a reportable value is rounded before it is compared.

``none``: not at all (the absolute method of ASTM E29). ``limit-decimals``: to the last place written in the
limit, ties away from zero (USP General Notices 7.20; the Japanese rule as read). ``limit-significant-figures``:
to the significant figures of the limit, ties away from zero (one reading of Ph. Eur. General Notices).
``limit-decimals-half-even``: to the last place of the limit, ties to even (rounding method of ASTM E29,
GB/T 8170).
"""

LimitRole = Literal["registered-acceptance", "internal-release", "alert", "action", "out-of-trend"]
"""What a limit is for. Only ``registered-acceptance`` decides conformance."""

LimitBasis = Literal["stated", "formula", "dossier-defined"]


class Quantity(Model):
    """A decimal number with its unit.

    Attributes:
        value: The number.
        unit: Its unit.
    """

    value: DecimalText
    unit: Identifier

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"


class Criterion(Noted):
    """What every kind of criterion has in common.

    Attributes:
        text: The criterion as the specification prints it.
        role: What the limit is for.
        basis: Whether the number is stated, computed by a formula, or left to the dossier.
        population: What the value is a property of, where it matters ("viable CD3+ cells").
        source: Where the criterion comes from.
        note: Anything a reader should know.
    """

    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"text", "source", "note"})

    text: Text | None = None
    role: LimitRole = "registered-acceptance"
    basis: LimitBasis = "stated"
    population: Text | None = None
    source: Source | None = None
    note: Text | None = None


class Limit(Criterion):
    """A lower bound, an upper bound, or both; each says whether it is itself acceptable.

    Attributes:
        low: Lower bound.
        high: Upper bound.
        unit: Unit of both bounds; None for a pure number.
        rounding: The criterion's own policy; None: the specification's.
        quantum: Rounds to multiples of this step instead of the limit's last place.
        formula: Identifier of the formula, where ``basis`` is ``formula``.
    """

    model_config = ConfigDict(json_schema_extra=shapes.rules(shapes.any_given("low", "high")))

    kind: Literal["limit"] = "limit"
    low: Bound | None = None
    high: Bound | None = None
    unit: Identifier | None = None
    rounding: RoundingPolicy | None = None
    quantum: PositiveText | None = None
    formula: Slug | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> Limit:
        if self.low is None and self.high is None:
            raise ValueError("a limit needs a low or a high bound")
        return self

    @classmethod
    def at_least(cls, value: str, unit: str | None = None, *, rounding: RoundingPolicy | None = None) -> Limit:
        """Not less than ``value``: NLT, ≥."""
        return cls(low=Bound(value=value), unit=unit, rounding=rounding)

    @classmethod
    def more_than(cls, value: str, unit: str | None = None, *, rounding: RoundingPolicy | None = None) -> Limit:
        """More than ``value``: >."""
        return cls(low=Bound(value=value, inclusive=False), unit=unit, rounding=rounding)

    @classmethod
    def at_most(cls, value: str, unit: str | None = None, *, rounding: RoundingPolicy | None = None) -> Limit:
        """Not more than ``value``: NMT, ≤."""
        return cls(high=Bound(value=value), unit=unit, rounding=rounding)

    @classmethod
    def less_than(cls, value: str, unit: str | None = None, *, rounding: RoundingPolicy | None = None) -> Limit:
        """Less than ``value``: <."""
        return cls(high=Bound(value=value, inclusive=False), unit=unit, rounding=rounding)

    @classmethod
    def between(cls, low: str, high: str, unit: str | None = None, *, rounding: RoundingPolicy | None = None) -> Limit:
        """From ``low`` to ``high``, both acceptable (USP General Notices 7.10)."""
        return cls(low=Bound(value=low), high=Bound(value=high), unit=unit, rounding=rounding)

    def __str__(self) -> str:
        unit = "" if self.unit is None else f" {self.unit}"
        behind = "" if self.population is None else f" among {self.population}"
        low, high = self.low, self.high
        if low is not None and high is not None and _is_plain_range(low, high):
            return f"{_printed(low)} to {_printed(high)}{unit}{behind}"
        parts = []
        if low is not None:
            parts.append(f"{'≥' if low.inclusive else '>'} {_printed(low)}{unit}")
        if high is not None:
            parts.append(f"{'≤' if high.inclusive else '<'} {_printed(high)}{unit}")
        return " and ".join(parts) + behind


def _printed(bound: Bound) -> str:
    """Return a bound as it is shown: 10E6 is misread for a million, so its power is spelled out."""
    mantissa, mark, exponent = bound.value.partition("E")
    return f"{mantissa} × 10^{exponent}" if mark and mantissa.lstrip("-") == "10" else bound.value


def _is_plain_range(low: Bound, high: Bound) -> bool:
    """Tell whether "a to b" says it: both ends inside, in order, and no power of ten that might belong to both."""
    same_power = ("E" in low.value) == ("E" in high.value)
    return low.inclusive and high.inclusive and same_power and to_fraction(low.value) < to_fraction(high.value)


class CodedOutcome(Model):
    """An outcome in words: its code, and every wording that means exactly it.

    Attributes:
        code: The code.
        synonyms: Wordings that mean it; case and outer punctuation do not count.
    """

    code: Slug
    synonyms: tuple[Text, ...] = ()


class Category(Criterion):
    """Acceptable outcomes in words, matched whole, never in part.

    Attributes:
        accept: Outcomes that satisfy the criterion.
        reject: Outcomes that are known not to.
        otherwise: What any other wording means: not judged, or not accepted.
    """

    kind: Literal["category"] = "category"
    accept: tuple[CodedOutcome, ...] = Field(min_length=1)
    reject: tuple[CodedOutcome, ...] = ()
    otherwise: Literal["not-evaluated", "does-not-conform"] = "not-evaluated"

    def __str__(self) -> str:
        return " or ".join(o.synonyms[0] if o.synonyms else o.code for o in self.accept)


class Absence(Criterion):
    """Something must not be found, by a test of stated reach.

    Attributes:
        of: What must be absent.
        amount: The least amount to be tested.
        sensitivity: The largest limit of detection that still shows absence.
        read_day: The first day on which a negative reading counts.
    """

    kind: Literal["absence"] = "absence"
    of: Text | None = None
    amount: Quantity | None = None
    sensitivity: Quantity | None = None
    read_day: Whole | None = None

    def __str__(self) -> str:
        text = "absent" if self.of is None else f"absence of {self.of}"
        if self.amount is not None:
            text += f" in {self.amount}"
        if self.read_day is not None:
            text += f" after {self.read_day} days"
        return text if self.sensitivity is None else f"{text} (sensitivity {self.sensitivity})"


class Identity(Criterion):
    """The result must equal that of a reference ("matches donor", "expected band size").

    Attributes:
        reference: What it is compared with, in words.
        reference_fact: Fact of the batch that holds the reference's own result, such as an HLA type; the result
            then has to be that wording. None: the result itself says whether it matches.
    """

    kind: Literal["identity"] = "identity"
    reference: Text
    reference_fact: Slug | None = None

    def __str__(self) -> str:
        return f"identical to {self.reference}"


class Tolerance(Model):
    """How far a value may lie from its target.

    Attributes:
        minus: Allowed distance below.
        plus: Allowed distance above.
        relative: True: both are percent of the target; False: both are in the target's unit.
        inclusive: Whether the ends are acceptable.
    """

    minus: NotNegative
    plus: NotNegative
    relative: StrictBool = False
    inclusive: StrictBool = True


class Target(Criterion):
    """A nominal value with its tolerance. Without a tolerance it is no criterion at all.

    Attributes:
        value: The nominal value; None where a fact of the batch gives it.
        nominal: Name of that fact ("labeled-amount").
        unit: Unit of the value.
        tolerance: The allowed distance.
        rounding: The criterion's own policy; None: the specification's.
    """

    model_config = ConfigDict(json_schema_extra=shapes.rules(shapes.one_given("value", "nominal")))

    kind: Literal["target"] = "target"
    value: DecimalText | None = None
    nominal: Slug | None = None
    unit: Identifier | None = None
    tolerance: Tolerance | None = None
    rounding: RoundingPolicy | None = None

    @model_validator(mode="after")
    def _one_nominal(self) -> Target:
        if (self.value is None) == (self.nominal is None):
            raise ValueError("a target states either its value or the fact that gives it")
        return self

    def __str__(self) -> str:
        unit = "" if self.unit is None else f" {self.unit}"
        text = f"target {self.value or self.nominal}{unit}"
        if self.tolerance is None:
            return text
        own = " %" if self.tolerance.relative else unit
        if self.tolerance.minus == self.tolerance.plus:
            return f"{text} ± {self.tolerance.plus}{own}"
        return f"{text} (+{self.tolerance.plus}/-{self.tolerance.minus}{own})"


class ReportOnly(Criterion):
    """The result has to be reported; no limit is set."""

    kind: Literal["report-only"] = "report-only"

    def __str__(self) -> str:
        return "report"


class Trend(Criterion):
    """A series of results must move in one direction.

    Attributes:
        direction: The direction.
        over: What orders the series.
        minimum_points: How many results it takes at least.
    """

    kind: Literal["trend"] = "trend"
    direction: Literal["decreasing", "not-increasing", "increasing", "not-decreasing"]
    over: Literal["time", "passage", "batch"] = "time"
    minimum_points: Several = 2

    def __str__(self) -> str:
        return f"{self.direction} over {self.over}"


class AsForRelease(Criterion):
    """The criterion of the release test applies.

    Attributes:
        test: Id of the release test; None: the release test of the same attribute.
    """

    kind: Literal["as-for-release"] = "as-for-release"
    test: Slug | None = None

    def __str__(self) -> str:
        return "as for release"


class Unstructured(Criterion):
    """A criterion kept as text because nobody has given it a structure yet. It never judges anything.

    Attributes:
        text: The criterion as the specification prints it.
    """

    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"source", "note"})  # here the text is all there is

    kind: Literal["unstructured"] = "unstructured"
    text: Text

    def __str__(self) -> str:
        return self.text


class NotStated(Criterion):
    """Results are listed and no criterion is published: none is known, not even its direction."""

    kind: Literal["not-stated"] = "not-stated"

    def __str__(self) -> str:
        return "no criterion stated"


class Member(Model):
    """One part of a composite criterion.

    Attributes:
        criterion: What this part asks.
        component: Label of the result it reads ("(a)", "CD73"); None: the same result as the others.
        cqa: The attribute it reads, if another than the test's.
        method: The method it applies to, where the method decides which part counts.
        stage: The stage of a staged test, in order.
        informative: True: judged and shown, and never decisive.
    """

    criterion: AnyCriterion
    component: Text | None = None
    cqa: Slug | None = None
    method: Text | None = None
    stage: Text | None = None
    informative: StrictBool = False


class AllOf(Criterion):
    """Every part must be satisfied.

    Attributes:
        members: The parts.
    """

    kind: Literal["all-of"] = "all-of"
    members: tuple[Member, ...] = Field(min_length=1)

    def __str__(self) -> str:
        return " and ".join(_labeled(member) for member in self.members)


class AnyOf(Criterion):
    """One part is enough.

    Attributes:
        mode: ``either``: either result satisfies; ``declared-method``: the part of the method declared
            beforehand; ``staged``: the next stage is entered only if the one before did not satisfy.
        members: The parts.
    """

    kind: Literal["any-of"] = "any-of"
    mode: Literal["either", "declared-method", "staged"] = "either"
    members: tuple[Member, ...] = Field(min_length=1)

    def __str__(self) -> str:
        return " or ".join(_labeled(member) for member in self.members)


class Branch(Model):
    """One case of a conditional criterion.

    Attributes:
        when: For which batches.
        criterion: What then applies.
    """

    when: AnyCondition
    criterion: AnyCriterion


class Conditional(Criterion):
    """Which criterion applies depends on facts of the batch.

    Attributes:
        branches: The cases; their conditions may not overlap.
        otherwise: What applies where no case does; None: nothing was foreseen, and nothing is judged.
    """

    kind: Literal["conditional"] = "conditional"
    branches: tuple[Branch, ...] = Field(min_length=1)
    otherwise: AnyCriterion | None = None

    def __str__(self) -> str:
        parts = [f"{branch.criterion} if {branch.when}" for branch in self.branches]
        return "; ".join([*parts, *([] if self.otherwise is None else [f"otherwise {self.otherwise}"])])


AnyCriterion = Annotated[
    Limit
    | Category
    | Absence
    | Identity
    | Target
    | ReportOnly
    | AllOf
    | AnyOf
    | Conditional
    | Trend
    | AsForRelease
    | NotStated
    | Unstructured,
    Field(discriminator="kind"),
]


def _labeled(member: Member) -> str:
    return f"{member.component}: {member.criterion}" if member.component else str(member.criterion)


for _model in (Member, Branch, AllOf, AnyOf, Conditional):
    _model.model_rebuild()
