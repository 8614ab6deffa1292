"""Reading documents: JSON in, a frozen model or findings with pointers out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from harmoniqc.errors import CODES, DocumentError, Finding
from harmoniqc.standard.base import STANDARD_VERSION, Document
from harmoniqc.standard.lifecycle import ChangeRecord, LifecycleManagement
from harmoniqc.standard.measurement import Result
from harmoniqc.standard.package import Package
from harmoniqc.standard.product import Batch, Product
from harmoniqc.standard.records import Disposition, EvaluationRecord, Investigation
from harmoniqc.standard.specification import Specification

D = TypeVar("D", bound=Document)

DOCUMENT_TYPES: Mapping[str, type[Document]] = {
    "specification": Specification,
    "product": Product,
    "batch": Batch,
    "result": Result,
    "investigation": Investigation,
    "disposition": Disposition,
    "evaluation-record": EvaluationRecord,
    "change-record": ChangeRecord,
    "lifecycle-management": LifecycleManagement,
    "package": Package,
}

MAX_BYTES = 256 * 1024 * 1024
"""Largest document read as one piece of JSON; results in bulk travel as Parquet."""

_RESULTS = TypeAdapter(list[Result])

_DECIMAL_FIELDS = frozenset(
    {"value", "value_low", "value_high", "sd", "lod", "loq", "amount_tested", "quantum", "minus", "plus"}
)

_CODE_BY_ERROR = {
    "missing": "missing-field",
    "extra_forbidden": "unknown-field",
}


def load_document(data: bytes | str | Mapping[str, Any]) -> Document:
    """Read one document of the standard.

    Args:
        data: UTF-8 bytes, JSON text, or the decoded object.

    Raises:
        DocumentError: With one finding per fault, each with its JSON Pointer.
    """
    if not isinstance(data, (bytes, str, Mapping)):
        raise _error("not-a-document", "a document is bytes, text or a mapping", found=_name(data))
    raw = data if isinstance(data, Mapping) else decode(data)
    kind, model = model_of(raw)
    items: list[ErrorDetails] = []
    rows = raw.get("results") if model is Package else None
    if isinstance(rows, list):  # all rows at once, so that each fault has its row
        try:
            raw = {**raw, "results": _RESULTS.validate_python(rows)}
        except ValidationError as error:
            items = error.errors(include_url=False)
            for item in items:
                item["loc"] = ("results", *item["loc"])
            raw = {**raw, "results": ()}
    try:
        document = model.model_validate(raw)
    except ValidationError as error:
        items += error.errors(include_url=False)
    if not items:
        return document
    if rows is not None:
        raw = {**raw, "results": rows}
    findings = [faulty(item, raw) for item in telling(items)]
    name = raw.get("id")
    raise DocumentError(f"{kind} {name!r} is not valid: {len(findings)} finding(s)", findings)


def load_as(model: type[D], data: bytes | str | Mapping[str, Any]) -> D:
    """Read one document of a type that is known beforehand.

    Raises:
        DocumentError: As :func:`load_document`; and ``unknown-document-type`` if it is of another type.
    """
    document = load_document(data)
    if not isinstance(document, model):
        wanted, found = (name_of(kind) for kind in (model, type(document)))
        raise _error(
            "unknown-document-type",
            f"a {wanted} is wanted, not a {found}",
            pointer="/type",
            expected=wanted,
            found=found,
        )
    return document


def name_of(model: type[Document]) -> str:
    """Return the type of document that a model stands for."""
    return next(name for name, kind in DOCUMENT_TYPES.items() if kind is model)


def model_of(raw: Any) -> tuple[str, type[Document]]:
    """Return the type of a decoded document, and its model.

    Raises:
        DocumentError: If it is no object, or its type or version are not known.
    """
    if not isinstance(raw, Mapping):
        raise _error("not-a-document", "the JSON is not one object", expected="an object", found=_name(raw))
    kind = raw.get("type")
    if not isinstance(kind, str) or kind not in DOCUMENT_TYPES:
        raise _error(
            "unknown-document-type",
            f"{kind!r} is not a document type" if "type" in raw else "the document has no type",
            pointer="/type",
            expected=", ".join(DOCUMENT_TYPES),
            found=repr(kind),
        )
    version = raw.get("standard_version")
    if version != STANDARD_VERSION:
        raise _error(
            "unknown-standard-version",
            "the document's standard version is not one this library reads",
            pointer="/standard_version",
            expected=STANDARD_VERSION,
            found=repr(version),
        )
    return kind, DOCUMENT_TYPES[kind]


def decode(data: bytes | str, twice: Callable[[str], None] | None = None) -> Any:
    """Decode JSON strictly: UTF-8, no key twice, no NaN.

    Args:
        data: The JSON.
        twice: Called with a key that occurs twice in one object, whose last value then counts; None: that raises.

    Raises:
        DocumentError: If it is none of that.
    """
    if len(data) > MAX_BYTES:
        raise _error(
            "not-a-document",
            "the document is too large to be read as one piece",
            expected=f"at most {MAX_BYTES:,} bytes",
            found=f"{len(data):,} bytes",
        )
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        return json.loads(text, object_pairs_hook=_unique_keys(twice or _refuse_key), parse_constant=_refuse_constant)
    except DocumentError:
        raise
    except UnicodeDecodeError as error:
        raise _error("not-a-document", f"the bytes are not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise _error("not-a-document", message) from None
    except RecursionError:
        raise _error("not-a-document", "the JSON is nested too deeply") from None
    except ValueError as error:  # an integer with too many digits for Python to read
        raise _error("not-a-document", f"not JSON: {error}") from None


def _unique_keys(twice: Callable[[str], None]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        out = dict(pairs)
        if len(out) != len(pairs):
            counts = Counter(key for key, _ in pairs)
            for key in (key for key, count in counts.items() if count > 1):
                twice(key)
        return out

    return unique


def _refuse_key(key: str) -> None:
    raise _error("duplicate-key", f"the key {key!r} occurs twice in one object", found=key)


def _refuse_constant(name: str) -> Any:
    raise _error("not-a-document", f"{name} is not JSON", expected="a number as decimal text", found=name)


def telling(items: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Return the faults that pydantic lists without those that only repeat others.

    A sequence is also called too short when its items are invalid; the items' own faults say it better.
    """
    inner = {item["loc"][:depth] for item in items for depth in range(len(item["loc"]))}
    return [item for item in items if not (item["type"] == "too_short" and item["loc"] in inner)]


def faulty(item: ErrorDetails, raw: Any) -> Finding:
    """Return the finding for a fault that pydantic lists.

    Args:
        item: The fault.
        raw: What was validated; the finding's pointer is relative to it.
    """
    pointer, value = _locate(item["loc"], raw, missing=item["type"] == "missing")
    code = _CODE_BY_ERROR.get(item["type"], item["type"] if item["type"] in CODES else "invalid-document")
    written = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    if code == "invalid-document" and written and _last_name(item["loc"]) in _DECIMAL_FIELDS:
        code = "not-decimal-text"
    message = item["msg"].removeprefix("Value error, ")
    found = None if item["type"] == "missing" else _short(value)
    return Finding(code, f"{pointer or '/'}: {message}", pointer=pointer, found=found)


def _locate(location: tuple[int | str, ...], raw: Any, *, missing: bool) -> tuple[str, Any]:
    """Turn a pydantic location into a JSON Pointer; tags of unions are in the former and not in the latter."""
    pointer, here, tag_is_next = "", raw, True
    for index, step in enumerate(location):
        last = index == len(location) - 1
        if isinstance(here, Mapping):
            if tag_is_next and not last and step == here.get("kind"):
                tag_is_next = False
                continue
            tag_is_next = True
            if step in here:
                here = here[step]
            elif not (last and missing):
                continue  # the tag of a union
        elif isinstance(here, (list, tuple)) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            continue
        pointer += "/" + str(step).replace("~", "~0").replace("/", "~1")
    return pointer, here


def _last_name(location: tuple[int | str, ...]) -> str:
    return next((step for step in reversed(location) if isinstance(step, str)), "")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _name(value: Any) -> str:
    return type(value).__name__


def _error(code: str, message: str, **places: str | None) -> DocumentError:
    return DocumentError(message, (Finding(code, message, **places),))  # type: ignore[arg-type]
