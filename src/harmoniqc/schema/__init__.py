"""The JSON Schemas of the standard, and the validation of documents: shape, meaning, conformance profile."""

from harmoniqc.schema.validation import Validation

__all__ = ["Validation"]
