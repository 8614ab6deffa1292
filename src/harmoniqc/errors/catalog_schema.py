"""Finding codes of validation beyond the shape of documents, of their migration, and of the published schemas."""

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
        # -- migration -----------------------------------------------------------------------------------
        "migrated": CodeEntry(
            _I, "the document now says this in the way of another version of the standard", "none needed"
        ),
        "not-kept": CodeEntry(
            _W,
            "the other version of the standard has no place for something that the document says",
            "keep the document as it was beside the migrated one, or say it there in another way",
        ),
        "no-migration": CodeEntry(
            _E,
            "no step leads from the document's version of the standard to the one asked for",
            "use a version of harmoniqc that has the steps",
        ),
        # -- published schemas ---------------------------------------------------------------------------
        "schema-changed": CodeEntry(
            _E,
            "a schema or a manifest of a stable version is not what was released",
            "restore it as it was released; a correction is a new version of the standard",
        ),
        "schema-outdated": CodeEntry(
            _E,
            "a schema of an unstable version is not the one that its manifest names",
            "run scripts/publish_schemas.py and commit what it writes",
        ),
        "schema-missing": CodeEntry(_E, "a published schema or manifest is not there", "restore the file"),
        "schema-not-listed": CodeEntry(
            _E, "a file among the published schemas is in no manifest", "publish it, or remove it"
        ),
        "schema-misplaced": CodeEntry(
            _E,
            "the `$id` of a schema is not that of the place where it is published",
            "give it the `$id` of its version and name",
        ),
        "invalid-manifest": CodeEntry(
            _E,
            "the manifest of a version of the standard cannot be understood",
            "restore it, or publish the version anew",
        ),
    }
)
