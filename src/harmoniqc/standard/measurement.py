"""What was measured: a number, a bound, an interval, or words; and the result that carries it."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, StrictBool, model_validator

from harmoniqc.standard import shapes
from harmoniqc.standard.base import Document, Identifier, Instant, Model, Noted, Slug, Text, Whole
from harmoniqc.standard.columns import Comparator, Statistic, Status
from harmoniqc.standard.decimal_text import DecimalText, from_number

_SAYS_SOMETHING = (
    shapes.any_given("value", "value_low", "value_high", "text", "code"),
    shapes.when(shapes.given("comparator"), shapes.given("value")),
)


class _Measured(Model):
    """The fields a measurement and a result share; see the column registry for their meaning."""

    model_config = ConfigDict(json_schema_extra=shapes.rules(*_SAYS_SOMETHING))

    value: DecimalText | None = None
    comparator: Comparator | None = None
    value_low: DecimalText | None = None
    value_high: DecimalText | None = None
    unit: Identifier | None = None
    text: Text | None = None
    code: Slug | None = None
    value_state: Literal["raw", "as-reported"] | None = None
    statistic: Statistic | None = None
    n: Whole | None = None
    sd: DecimalText | None = None
    component: Text | None = None
    reportable: StrictBool | None = None
    read_day: Whole | None = None
    lod: DecimalText | None = None
    loq: DecimalText | None = None
    amount_tested: DecimalText | None = None
    amount_tested_unit: Identifier | None = None
    population: Text | None = None

    def _meaning(self) -> tuple[object, ...]:
        # Words alone are the result itself; beside a number or a code they are what was written of it.
        words_alone = self.value is self.value_low is self.value_high is self.code is None
        return (*super()._meaning(), self.text if words_alone else None)

    @model_validator(mode="after")
    def _says_something(self) -> _Measured:
        given = (self.value, self.value_low, self.value_high, self.text, self.code)
        if all(field is None for field in given):
            raise ValueError("a result needs a value, an interval, a code or a text")
        if self.comparator is not None and self.value is None:
            raise ValueError("a comparator needs a value")
        return self


class Measurement(_Measured, Noted):
    """One thing measured, before it belongs to a batch or a test.

    Numbers are decimal text; :meth:`of` builds one from a number. ``text`` keeps what was written and is
    outside equality.

    Attributes:
        value: The number, or the bound where ``comparator`` is given.
        comparator: ``<``, ``<=``, ``>``, ``>=``: only a bound is known.
        value_low: Lower end of a known interval.
        value_high: Upper end of a known interval.
        unit: Unit of the numbers; None for a pure number.
        text: What was written.
        code: Coded outcome.
        value_state: Whether the value was already rounded at the source.
        statistic: What the value summarizes.
        n: How many values it summarizes.
        sd: Their standard deviation.
        component: Label of a part of a compound result.
        reportable: Whether the value is the reportable value.
        read_day: Day of reading.
        lod: Limit of detection.
        loq: Limit of quantitation.
        amount_tested: How much was tested.
        amount_tested_unit: Unit of that amount.
        population: What the value is a property of.
    """

    verbatim_fields: ClassVar[frozenset[str]] = frozenset({"text"})

    @property
    def parts(self) -> tuple[Measurement, ...]:
        """The results of a text that states several; empty: it is one result itself."""
        return ()

    @classmethod
    def of(cls, value: float | int, unit: str | None = None, comparator: Comparator | None = None) -> Measurement:
        """Build a measurement from a number; a float means the decimal it prints as.

        Raises:
            ValueError: For NaN and infinity.
        """
        return cls(value=from_number(value), unit=unit, comparator=comparator)

    def __str__(self) -> str:
        unit = "" if self.unit is None else f" {self.unit}"
        if self.value is not None:
            return f"{self.comparator or ''}{self.value}{unit}"
        if self.value_low is not None or self.value_high is not None:
            return f"[{self.value_low or '…'}, {self.value_high or '…'}]{unit}"
        return self.code or self.text or ""


class CompoundMeasurement(Measurement):
    """Several results in one text, such as ``(a) 14.9; (b) 90.9``; the text is all they share.

    Attributes:
        results: The results, each with its component.
    """

    results: tuple[Measurement, ...] = Field(min_length=1)

    def _meaning(self) -> tuple[object, ...]:
        return (self.results,)

    @property
    def parts(self) -> tuple[Measurement, ...]:
        """The results."""
        return self.results

    @model_validator(mode="after")
    def _nothing_beside(self) -> CompoundMeasurement:
        if any(getattr(self, name) is not None for name in Measurement.model_fields if name != "text"):
            raise ValueError("a measurement with parts has no value of its own")
        return self

    def __str__(self) -> str:
        return "; ".join(f"{part.component} {part}" if part.component else str(part) for part in self.results)


class Result(_Measured, Document):
    """One row of results in interchange form; in bulk results are Arrow columns.

    The fields are those of :data:`harmoniqc.standard.columns.COLUMNS`.
    """

    model_config = ConfigDict(json_schema_extra=shapes.rules(*_SAYS_SOMETHING, shapes.any_given("test_id", "cqa")))
    verbatim_fields: ClassVar[frozenset[str]] = Document.verbatim_fields | {"text"}

    type: Literal["result"] = "result"
    batch_id: Identifier
    result_id: Identifier | None = None
    product_id: Identifier | None = None
    specification_id: Slug | None = None
    specification_version: Identifier | None = None
    test_id: Slug | None = None
    cqa: Slug | None = None
    replicate: Whole | None = None
    status: Status | None = None
    supersedes: Identifier | None = None
    investigation_ref: Identifier | None = None
    assay_valid: StrictBool | None = None
    material: Slug | None = None
    stage: Slug | None = None
    sampling_point: Text | None = None
    method: Text | None = None
    method_version: Identifier | None = None
    reference_standard: Identifier | None = None
    site_id: Identifier | None = None
    measured_at: Instant | None = None
    timepoint: Text | None = None
    condition: Text | None = None
    recorded_verdict: Text | None = None
    schema_version: Text | None = None

    @model_validator(mode="after")
    def _belongs_to_a_test(self) -> Result:
        if self.test_id is None and self.cqa is None:
            raise ValueError("a result names its test or its cqa")
        return self

    def measurement(self) -> Measurement:
        """Return the part of the result that is compared with a criterion."""
        fields = {name: getattr(self, name) for name in Measurement.model_fields}
        return Measurement(**fields)
