"""Verdicts and their reasons. Every reason belongs to exactly one verdict; a verdict is never without one."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Verdict = Literal["does-not-conform", "indeterminate", "not-evaluated", "conforms", "reported"]

VERDICTS: tuple[Verdict, ...] = ("does-not-conform", "indeterminate", "not-evaluated", "conforms", "reported")
"""Worst first, so that the verdict of several results is the least code among them."""

DOES_NOT_CONFORM, INDETERMINATE, NOT_EVALUATED, CONFORMS, REPORTED = range(5)

_BY_VERDICT: dict[Verdict, tuple[str, ...]] = {
    "conforms": (
        "within-limit",
        "all-values-within-limit",
        "accepted-outcome",
        "absent",
        "identical",
        "trend-holds",
    ),
    "does-not-conform": (
        "outside-limit",
        "no-value-within-limit",
        "rejected-outcome",
        "present",
        "not-identical",
        "trend-broken",
        "too-few-parts",
    ),
    "indeterminate": ("censored", "inconclusive-outcome"),
    "reported": ("reported",),
    "not-evaluated": (
        "no-specification",
        "ambiguous-specification",
        "no-criterion",
        "ambiguous-test",
        "conflicting-cqa",
        "unsupported-kind",
        "unstructured-criterion",
        "no-stated-criterion",
        "no-tolerance",
        "unresolved-reference",
        "not-applicable",
        "needs-fact",
        "no-branch",
        "overlapping-branches",
        "no-declared-method",
        "method-declared-late",
        "invalid-assay",
        "unknown-status",
        "invalidated",
        "superseded",
        "not-final",
        "investigation-missing",
        "read-too-early",
        "read-day-not-stated",
        "replicate",
        "part-of-sum",
        "missing-replicates",
        "too-many-replicates",
        "missing-part",
        "trend-point",
        "too-few-points",
        "order-unknown",
        "aggregate",
        "population-mismatch",
        "missing-value",
        "not-a-number",
        "infinite-value",
        "text-for-number",
        "number-for-outcome",
        "unrecognized-outcome",
        "unknown-comparator",
        "unit-not-stated",
        "unknown-unit",
        "ambiguous-unit",
        "not-convertible",
        "declared-scale",
        "value-text-mismatch",
        "contradictory-interval",
        "outside-domain",
        "sensitivity-not-shown",
    ),
}

REASONS: tuple[str, ...] = tuple(reason for reasons in _BY_VERDICT.values() for reason in reasons)
"""Every reason; its index is the code of the reason."""

CODE: dict[str, int] = {reason: code for code, reason in enumerate(REASONS)}

VERDICT_OF_REASON: tuple[int, ...] = tuple(
    VERDICTS.index(verdict) for verdict, reasons in _BY_VERDICT.items() for _ in reasons
)
"""Verdict code of each reason code."""

_TRANSLATION = bytes(VERDICT_OF_REASON).ljust(256, b"\xff")


def verdict_codes(reasons: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the verdict code of each reason code.

    A byte table: indexing one numpy array with another would first widen every code to eight bytes.
    """
    return np.frombuffer(bytearray(np.ascontiguousarray(reasons)).translate(_TRANSLATION), np.uint8)


SET_ASIDE: frozenset[str] = frozenset({"invalidated", "superseded"})
"""Reasons of rows that stay listed and do not count for their batch."""

NEUTRAL: frozenset[str] = frozenset(
    {
        "not-final",
        "investigation-missing",
        "read-too-early",
        "replicate",
        "part-of-sum",
        "trend-point",
        "aggregate",
        "invalid-assay",
    }
)
"""Reasons of rows that are not the last word of their test: a test with nothing else is missing."""

TEST_VERDICTS: tuple[str, ...] = (*VERDICTS, "missing", "not-applicable")
"""Verdicts of a test in a batch."""

MISSING, NOT_APPLICABLE = len(VERDICTS), len(VERDICTS) + 1


def verdict_of(reason: str) -> Verdict:
    """Return the verdict a reason stands for."""
    return VERDICTS[VERDICT_OF_REASON[CODE[reason]]]
