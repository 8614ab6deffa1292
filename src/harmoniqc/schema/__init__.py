"""The JSON Schemas of the standard; validation of documents: shape, meaning, conformance profile; migration.

    hq.validate(Path("package.json")).valid
    hq.json_schema("specification")
    hq.migrate(document).document

Names load on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmoniqc._lazy import lazy_names, module_of

if TYPE_CHECKING:
    from harmoniqc.schema.files import Manifest as Manifest
    from harmoniqc.schema.files import PublishedSchema as PublishedSchema
    from harmoniqc.schema.files import json_schema as json_schema
    from harmoniqc.schema.files import read_manifest as read_manifest
    from harmoniqc.schema.files import schema_names as schema_names
    from harmoniqc.schema.migrating import Migration as Migration
    from harmoniqc.schema.migrating import migrate as migrate
    from harmoniqc.schema.profiles import Profile as Profile
    from harmoniqc.schema.profiles import ProfileRule as ProfileRule
    from harmoniqc.schema.profiles import profile_names as profile_names
    from harmoniqc.schema.profiles import profile_rules as profile_rules
    from harmoniqc.schema.publishing import publish as publish
    from harmoniqc.schema.publishing import verify_tree as verify_tree
    from harmoniqc.schema.reference import schema_findings as schema_findings
    from harmoniqc.schema.steps import STEPS as STEPS
    from harmoniqc.schema.steps import Changes as Changes
    from harmoniqc.schema.steps import Step as Step
    from harmoniqc.schema.validating import validate as validate
    from harmoniqc.schema.validation import Validation as Validation

_HOME = {
    "files": "Manifest PublishedSchema json_schema read_manifest schema_names",
    "migrating": "Migration migrate",
    "profiles": "Profile ProfileRule profile_names profile_rules",
    "publishing": "publish verify_tree",
    "reference": "schema_findings",
    "steps": "STEPS Changes Step",
    "validating": "validate",
    "validation": "Validation",
}

_MODULE_OF = module_of(_HOME)

__all__ = [*_MODULE_OF]

if not TYPE_CHECKING:  # so that a type checker refuses a name that does not exist
    __getattr__, __dir__ = lazy_names(__name__, _MODULE_OF)
