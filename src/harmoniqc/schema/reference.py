"""The shape of a document judged by the published JSON Schemas alone, as any other language would."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from harmoniqc.errors import DocumentError, Finding, Findings
from harmoniqc.schema.files import json_schema
from harmoniqc.standard.reader import model_of

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Engine = Literal["jsonschema", "jsonschema-rs"]


def schema_findings(document: Any, *, engine: Engine | None = None) -> Findings:
    """Judge the shape of a decoded document by its published JSON Schema. Never raises for bad data.

    It is the reference that :func:`~harmoniqc.schema.validate` agrees with on every shape, and much slower.

    Args:
        document: The decoded document.
        engine: What reads the schema; None: ``jsonschema-rs`` where it is installed, else ``jsonschema``.

    Raises:
        ModuleNotFoundError: If the engine asked for is not installed.
    """
    try:
        kind, _ = model_of(document)
    except DocumentError as error:
        return error.findings
    if engine is None:
        engine = "jsonschema-rs" if importlib.util.find_spec("jsonschema_rs") else "jsonschema"
    faults = _by_rust if engine == "jsonschema-rs" else _by_python
    return Findings(
        Finding("invalid-document", f"{pointer or '/'}: {message}", pointer=pointer)
        for pointer, message in dict.fromkeys(faults(kind, document))
    )


def _by_python(kind: str, document: Any) -> Iterator[tuple[str, str]]:
    for error in _python_validator(kind).iter_errors(document):
        for leaf in _leaves(error):
            yield _pointer(leaf.absolute_path), leaf.message


def _leaves(error: Any) -> Iterator[Any]:
    if not error.context:
        yield error
    for inner in error.context:
        yield from _leaves(inner)


def _by_rust(kind: str, document: Any) -> Iterator[tuple[str, str]]:
    for error in _rust_validator(kind).iter_errors(document):
        yield _pointer(error.instance_path), error.message


def _pointer(path: Any) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


@cache
def _python_validator(kind: str) -> Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_for_python(json_schema(kind)))


def _for_python(schema: Any) -> Any:
    """Return a schema whose patterns mean in Python what they mean in ECMA 262.

    There ``$`` is the end of the text; in Python it may stand before a last line break, too.
    """
    if isinstance(schema, dict):
        return {
            key: re.sub(r"\$(?=\)|$)", r"\\Z", item)
            if key == "pattern" and isinstance(item, str)
            else _for_python(item)
            for key, item in schema.items()
        }
    return [_for_python(item) for item in schema] if isinstance(schema, list) else schema


@cache
def _rust_validator(kind: str) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(json_schema(kind))
