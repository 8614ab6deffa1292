"""Conditions on facts of a batch, as data; and the bound they share with limits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, model_validator

from harmoniqc.standard import shapes
from harmoniqc.standard.base import Identifier, Model, Slug, Text
from harmoniqc.standard.decimal_text import DecimalText


class Bound(Model):
    """One end of an interval.

    Attributes:
        value: The number as written; its digits state its precision.
        inclusive: Whether the value itself is inside.
    """

    value: DecimalText
    inclusive: StrictBool = True


class FactCondition(Model):
    """A fact lies in an interval, or equals one of some words.

    Attributes:
        fact: Name of the fact ("body-weight", "donor-relation").
        low: Lower bound of a numeric fact.
        high: Upper bound of a numeric fact.
        unit: Unit of both bounds.
        equals: Accepted words of a coded fact.
    """

    model_config = ConfigDict(
        json_schema_extra=shapes.rules(
            {
                "oneOf": [
                    shapes.any_given("low", "high"),
                    {"required": ["equals"], "properties": {"equals": {"type": "array", "minItems": 1}}},
                ]
            }
        )
    )

    kind: Literal["fact"] = "fact"
    fact: Slug
    low: Bound | None = None
    high: Bound | None = None
    unit: Identifier | None = None
    equals: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _asks_something(self) -> FactCondition:
        numeric = self.low is not None or self.high is not None
        if numeric == bool(self.equals):
            raise ValueError("a condition states bounds or accepted words, one of the two")
        return self

    def __str__(self) -> str:
        if self.equals:
            return f"{self.fact} is {' or '.join(self.equals)}"
        unit = "" if self.unit is None else f" {self.unit}"
        low = "" if self.low is None else f"{self.low.value}{unit} {'≤' if self.low.inclusive else '<'} "
        high = "" if self.high is None else f" {'≤' if self.high.inclusive else '<'} {self.high.value}{unit}"
        return f"{low}{self.fact}{high}"


class AllConditions(Model):
    """Every condition holds.

    Attributes:
        of: The conditions.
    """

    kind: Literal["all"] = "all"
    of: tuple[AnyCondition, ...] = Field(min_length=1)

    def __str__(self) -> str:
        return " and ".join(f"({part})" for part in self.of)


class AnyConditions(Model):
    """At least one condition holds.

    Attributes:
        of: The conditions.
    """

    kind: Literal["any"] = "any"
    of: tuple[AnyCondition, ...] = Field(min_length=1)

    def __str__(self) -> str:
        return " or ".join(f"({part})" for part in self.of)


class NotCondition(Model):
    """The condition does not hold.

    Attributes:
        of: The condition.
    """

    kind: Literal["not"] = "not"
    of: AnyCondition

    def __str__(self) -> str:
        return f"not ({self.of})"


AnyCondition = Annotated[FactCondition | AllConditions | AnyConditions | NotCondition, Field(discriminator="kind")]

for _model in (AllConditions, AnyConditions, NotCondition):
    _model.model_rebuild()
