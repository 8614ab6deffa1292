"""The JSON Schemas of the standard; validation of documents: shape, meaning, conformance profile; migration."""

from harmoniqc.schema.files import Manifest, PublishedSchema, json_schema, read_manifest, schema_names
from harmoniqc.schema.migrating import STEPS, Changes, Migration, Step, migrate
from harmoniqc.schema.publishing import publish, verify_tree
from harmoniqc.schema.validation import Validation

__all__ = [
    "STEPS",
    "Changes",
    "Manifest",
    "Migration",
    "PublishedSchema",
    "Step",
    "Validation",
    "json_schema",
    "migrate",
    "publish",
    "read_manifest",
    "schema_names",
    "verify_tree",
]
