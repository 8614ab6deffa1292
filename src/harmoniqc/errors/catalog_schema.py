"""Finding codes of the validation of documents, beyond their shape."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from harmoniqc.errors.entry import CodeEntry

_E: Literal["error"] = "error"
_W: Literal["warning"] = "warning"
_I: Literal["info"] = "info"

SCHEMA_CODES: Mapping[str, CodeEntry] = MappingProxyType(
    {
        "broken-reference": CodeEntry(
            _E,
            "the document refers to something that it should hold, and does not",
            "add what is referred to, or correct the reference",
        ),
        "unlisted-term": CodeEntry(
            _W,
            "the document uses a term that the vocabulary does not list",
            "use a listed term where there is one; a term of your own means nothing to others",
        ),
        "unit-not-of-attribute": CodeEntry(
            _E,
            "the unit measures something else than the attribute",
            "use a unit of a kind that the attribute is measured in, or name the attribute that was measured",
        ),
        "dates-out-of-order": CodeEntry(
            _E, "two dates contradict each other: what comes later is dated earlier", "correct one of the two dates"
        ),
        "text-structure-mismatch": CodeEntry(
            _E,
            "the text of the criterion says something else than its structure",
            "correct the structure: it decides, and the text is what was approved",
        ),
        "contradictory-limits": CodeEntry(
            _E, "no result at all could satisfy the criterion", "correct the limits that exclude each other"
        ),
        "duplicate-result": CodeEntry(
            _E,
            "several results claim to be one and the same",
            "number replicates, or say by `supersedes` which result replaces which",
        ),
        "status-contradiction": CodeEntry(
            _E,
            "the status of a result and what else is said of it exclude each other",
            "correct the status, or what refers to it",
        ),
        "below-profile": CodeEntry(
            _E,
            "the document lacks what the conformance profile asks for",
            "add what is missing, or validate against a less demanding profile",
        ),
    }
)
