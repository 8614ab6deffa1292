"""Reasons as sentences."""

from __future__ import annotations

from collections.abc import Mapping

from harmoniqc.errors import CODES

_SENTENCES: Mapping[str, str] = {
    "within-limit": "within the limit",
    "all-values-within-limit": "every value the result may stand for is within the limit",
    "accepted-outcome": "an accepted outcome",
    "absent": "absent, as required",
    "identical": "that of the reference, as required",
    "trend-holds": "the series moves as required",
    "outside-limit": "outside the limit",
    "no-value-within-limit": "no value the result may stand for is within the limit",
    "rejected-outcome": "not an accepted outcome",
    "present": "present, and must be absent",
    "not-identical": "not that of the reference",
    "trend-broken": "the series does not move as required",
    "too-few-parts": "fewer parts conform than are needed",
    "censored": "the result may stand for values on both sides of the limit",
    "inconclusive-outcome": "the outcome is inconclusive",
    "reported": "reported, as required",
}


def sentence(reason: str) -> str:
    """Return the sentence for a reason: its own, or the title of its finding code."""
    return _SENTENCES.get(reason) or CODES[reason].title
