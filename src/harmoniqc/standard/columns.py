"""The one registry of result columns, used by JSON, Arrow and Parquet alike.

Field ids are never reused, so that a table format may adopt the files unchanged. Meaning lives in columns:
a table that lost its metadata on the way can still be judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

ColumnType = Literal["string", "decimal", "integer", "boolean", "instant"]
"""What a column holds. A ``decimal`` is decimal text in JSON and float64 in Arrow; a float64 means the
decimal it prints as, and text or decimal128 is judged digit for digit."""


class Column(NamedTuple):
    """One column of a table of results.

    Attributes:
        name: Column name.
        type: What it holds.
        field_id: Stable number of the field.
        description: What it means.
        since: Version of the standard that introduced it.
    """

    name: str
    type: ColumnType
    field_id: int
    description: str
    since: str = "0.1"


_COLUMNS = (
    Column("result_id", "string", 1, "Identifier of the result."),
    Column("batch_id", "string", 2, "Identifier of the batch."),
    Column("product_id", "string", 3, "Identifier of the product."),
    Column("specification_id", "string", 4, "Specification the result was made for, if the source names one."),
    Column("specification_version", "string", 5, "Version of that specification."),
    Column("test_id", "string", 6, "Test of the specification that the result answers."),
    Column("cqa", "string", 7, "Critical quality attribute, as its id in the vocabulary."),
    Column("component", "string", 8, "Label of a part of a compound result, such as (a) or CD73."),
    Column("value", "decimal", 9, "The number reported."),
    Column("comparator", "string", 10, "Empty, or <, <=, >, >= where only a bound is known."),
    Column("value_low", "decimal", 11, "Lower end, where an interval is known instead of a number."),
    Column("value_high", "decimal", 12, "Upper end, where an interval is known instead of a number."),
    Column("unit", "string", 13, "Unit of value, value_low, value_high, sd, lod and loq."),
    Column("text", "string", 14, "The result as written at the source."),
    Column("code", "string", 15, "Coded outcome, where the result is words."),
    Column("value_state", "string", 16, "raw: full precision; as-reported: already rounded at the source."),
    Column("statistic", "string", 17, "What the value summarizes (mean, median ...); empty: a single result."),
    Column("n", "integer", 18, "How many values the statistic summarizes."),
    Column("sd", "decimal", 19, "Standard deviation of those values."),
    Column("replicate", "integer", 20, "Number of the replicate."),
    Column("reportable", "boolean", 21, "Whether this row is the reportable value of its test."),
    Column("status", "string", 22, "preliminary, final, invalidated or superseded; empty means final."),
    Column("supersedes", "string", 23, "result_id of the result this one replaces."),
    Column("investigation_ref", "string", 24, "Investigation that invalidated or superseded the result."),
    Column("assay_valid", "boolean", 25, "Whether the assay met its own validity criteria; empty: not stated."),
    Column("material", "string", 26, "Material role that was sampled."),
    Column("stage", "string", 27, "Stage at which the result applies."),
    Column("sampling_point", "string", 28, "Where in the process the sample was taken."),
    Column("method", "string", 29, "Name or id of the analytical procedure."),
    Column("method_version", "string", 30, "Version of the procedure."),
    Column("reference_standard", "string", 31, "Reference standard used."),
    Column("site_id", "string", 32, "Site that made the measurement."),
    Column("measured_at", "instant", 33, "When it was measured, with offset."),
    Column("read_day", "integer", 34, "Day of incubation or culture at which it was read."),
    Column("timepoint", "string", 35, "Time point of a stability or in-process series."),
    Column("condition", "string", 36, "Storage or test condition of the time point."),
    Column("lod", "decimal", 37, "Limit of detection, in the row's unit."),
    Column("loq", "decimal", 38, "Limit of quantitation, in the row's unit."),
    Column("amount_tested", "decimal", 39, "How much was tested."),
    Column("amount_tested_unit", "string", 40, "Unit of the amount tested."),
    Column("population", "string", 41, "Population the value is a property of."),
    Column("recorded_verdict", "string", 42, "Verdict recorded at the source, kept beside the computed one."),
    Column("schema_version", "string", 43, "Version of the standard the row was written for."),
)

COLUMNS: Mapping[str, Column] = MappingProxyType({column.name: column for column in _COLUMNS})
"""The columns by name, in their order."""

Comparator = Literal["<", "<=", ">", ">="]
COMPARATORS: tuple[str, ...] = ("<", "<=", ">", ">=")

Statistic = Literal[
    "mean", "geometric-mean", "median", "minimum", "maximum", "range", "proportion", "consensus", "other"
]
STATISTICS: tuple[str, ...] = (
    "mean",
    "geometric-mean",
    "median",
    "minimum",
    "maximum",
    "range",
    "proportion",
    "consensus",
    "other",
)

Status = Literal["preliminary", "final", "invalidated", "superseded"]
STATUSES: tuple[str, ...] = ("preliminary", "final", "invalidated", "superseded")
