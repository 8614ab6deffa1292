"""Validation of documents: shape, meaning, conformance profile. Bad data never raise; everything found is reported."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.schema.checks import check
from harmoniqc.schema.decoding import decoded, unusable
from harmoniqc.schema.lines import Progress, validate_lines
from harmoniqc.schema.profiles import assess, profile_rules
from harmoniqc.schema.shape import shape_of
from harmoniqc.schema.validation import Validation
from harmoniqc.standard import DOCUMENT_TYPES, Document, plain
from harmoniqc.standard.reader import MAX_BYTES, model_of

Format = Literal["json", "ndjson"]

_FORMATS: Mapping[str, Format] = {".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson"}


def validate(
    document: object,
    profile: str = "core",
    *,
    format: Format | None = None,
    progress: Progress | None = None,
) -> Validation:
    """Validate a document of the standard: its shape, what it means, and whether it reaches a conformance profile.

    Nothing in the data raises: bytes that are no document, a file that is not there, a value of another type are
    findings like any other.

    Args:
        document: JSON text or bytes, the decoded object, a model of the standard; or the path of a file, which is
            anything with ``__fspath__`` (a ``str`` is the document itself).
        profile: The conformance profile that has to be reached: ``"core"``, ``"extended"`` or ``"advanced"``.
        format: ``"json"``: one document, at most 256 MB. ``"ndjson"``: one result a line, of any number, in bounded
            memory. None: as the name of the file ends, and ``"json"`` for all else.
        progress: Called with the bytes done and the bytes in all.

    Returns:
        Everything found, as :class:`~harmoniqc.schema.Validation`.

    Raises:
        VocabularyError: ``unknown-term`` if there is no such profile.
    """
    profile_rules(profile)
    if isinstance(document, os.PathLike):
        return _file(Path(os.fspath(document)), profile, format, progress)
    if isinstance(document, Document):
        return _object(plain(document), profile, [])
    if isinstance(document, (str, bytes, bytearray)):
        if format == "ndjson":
            data = document.encode("utf-8", "surrogatepass") if isinstance(document, str) else bytes(document)
            return validate_lines(io.BytesIO(data), len(data), profile, progress)
        text = document if isinstance(document, str) else bytes(document)
        value, findings = decoded(text)
        return _object(value, profile, findings)
    if isinstance(document, Mapping):
        problem = unusable(document)
        return _object(document if problem is None else None, profile, [] if problem is None else [problem])
    message = "a document is JSON text, bytes, an object, a model, or the path of a file"
    return _nothing(profile, Finding("not-a-document", message, found=type(document).__name__))


def _file(path: Path, profile: str, format: Format | None, progress: Progress | None) -> Validation:
    kind = format or _FORMATS.get(path.suffix.lower())
    if kind is None:
        message = f"{path.name}: the name does not say what the file holds"
        expected = ", ".join(_FORMATS)
        return _nothing(
            profile, Finding("unreadable-file", message, expected=expected, found=path.suffix or "no ending")
        )
    try:
        size = path.stat().st_size
        if kind == "ndjson":
            with path.open("rb") as stream:
                return validate_lines(stream, size, profile, progress)
        if size > MAX_BYTES:
            message = f"{path.name} is too large to be read as one piece"
            expected, remedy = f"at most {MAX_BYTES:,} bytes", "send results in bulk as NDJSON or Parquet"
            return _nothing(
                profile,
                Finding("not-a-document", message, expected=expected, found=f"{size:,} bytes", remedy=remedy),
            )
        data = path.read_bytes()
    except OSError as error:
        message = f"{path.name} could not be read: {error.strerror or error}"
        return _nothing(profile, Finding("unreadable-file", message, found=type(error).__name__))
    value, findings = decoded(data)
    if progress is not None:
        progress(len(data) // 4, len(data))
    validation = _object(value, profile, findings)
    if progress is not None:
        progress(len(data), len(data))
    return validation


def _object(value: Any, profile: str, findings: list[Finding]) -> Validation:
    if value is None and findings:
        return Validation(findings, profile=profile)
    try:
        model_of(value)
    except DocumentError as error:
        kind = value.get("type") if isinstance(value, Mapping) else None
        known = kind if isinstance(kind, str) and kind in DOCUMENT_TYPES else None
        return Validation([*findings, *error.findings], kind=known, profile=profile)
    shape = shape_of(value)
    reached, lacking, missing = assess(shape.contents, profile)
    found = [*findings, *shape.findings, *check(shape.contents), *lacking]
    wrong = any(item.level == "error" and item.code != "below-profile" for item in found)
    return Validation(found, kind=value["type"], profile=profile, reached=None if wrong else reached, missing=missing)


def _nothing(profile: str, finding: Finding) -> Validation:
    return Validation((finding,), profile=profile)
