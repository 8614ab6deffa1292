"""For tests of tools built on harmoniqc: hypothesis strategies and assertions. Needs hypothesis."""

from harmoniqc.testing.assertions import assert_reason, assert_verdict
from harmoniqc.testing.nested import batches, facts, nested_criteria
from harmoniqc.testing.strategies import (
    bounds,
    criteria,
    decimal_texts,
    limits,
    measurements,
    printed_floats,
    results,
    rounding_policies,
    specifications,
)

__all__ = [
    "assert_reason",
    "assert_verdict",
    "batches",
    "bounds",
    "criteria",
    "decimal_texts",
    "facts",
    "limits",
    "measurements",
    "nested_criteria",
    "printed_floats",
    "results",
    "rounding_policies",
    "specifications",
]
