"""The shape of a document, judged by the models part by part, so that a fault in one part hides none in another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from harmoniqc.errors import Finding
from harmoniqc.schema.contents import Contents, Placed, Rows
from harmoniqc.standard import (
    COLLECTIONS,
    COLUMNS,
    DOCUMENT_TYPES,
    Document,
    Result,
)
from harmoniqc.standard.reader import faulty, telling

D = TypeVar("D", bound=Document)

# Rules beyond shape, which the models know as well, are left to the checks: they go on where a model stops.
_CONTEXT = {"shape_only": True}
_ROWS = TypeAdapter(list[Result])
_ARROW = {"string": pa.string(), "decimal": pa.string(), "instant": pa.string()} | {
    "integer": pa.int64(),
    "boolean": pa.bool_(),
}


@dataclass(slots=True)
class Shape:
    """What the shape of a document allows to be checked further, and its faults.

    Attributes:
        contents: The parts of the right shape.
        findings: The faults of the others.
    """

    contents: Contents
    findings: list[Finding] = field(default_factory=list)


def shape_of(raw: Mapping[str, Any]) -> Shape:
    """Judge the shape of a document whose type and version are known.

    Args:
        raw: The decoded document.
    """
    kind = raw["type"]
    if kind == "package":
        return _package(raw)
    if kind == "result":
        return rows_of([raw], inside=False)
    shape = Shape(Contents(kind))
    document = _read(DOCUMENT_TYPES[kind], raw, "", shape)
    name = next(name for name, model in COLLECTIONS.items() if model is DOCUMENT_TYPES[kind])
    parts: dict[str, Any] = {} if document is None else {name: (Placed("", document),)}
    shape.contents = Contents(kind, **parts)
    return shape


def rows_of(rows: Sequence[Any], *, inside: bool, positions: Sequence[int] | None = None) -> Shape:
    """Judge the shape of results.

    Args:
        rows: The decoded results.
        inside: Whether they are a part of a package; else each is a document of its own.
        positions: Where each stood among all; None: they are all.
    """
    places = np.arange(len(rows), dtype=np.int64) if positions is None else np.array(positions, dtype=np.int64)
    shape = Shape(Contents("result"))
    good = np.ones(len(rows), dtype=bool)
    try:
        _ROWS.validate_python(rows, context=_CONTEXT)
    except ValidationError as error:
        items = telling(error.errors(include_url=False))
        good[[int(item["loc"][0]) for item in items]] = False
        shape.findings = list(_merged(items, rows, places, inside=inside))
    valid = rows if good.all() else [row for row, right in zip(rows, good, strict=True) if right]
    results = Rows(_table(valid), places[good], inside=inside)
    complete = frozenset({"results"}) if good.all() else frozenset[str]()
    shape.contents = Contents("result", results=results, complete=complete)
    return shape


def _package(raw: Mapping[str, Any]) -> Shape:
    shape = Shape(Contents("package"))
    parts: dict[str, Any] = {}
    complete = set()
    envelope = dict(raw)
    for name, model in COLLECTIONS.items():
        if isinstance(raw.get(name, ()), (list, tuple)):
            before = len(shape.findings)
            items = list(raw.get(name, ()))
            placed = [(f"/{name}/{index}", item) for index, item in enumerate(items)]
            read = [(pointer, _read(model, item, pointer, shape)) for pointer, item in placed]
            parts[name] = tuple(Placed(pointer, item) for pointer, item in read if item is not None)
            envelope.pop(name, None)
            if len(shape.findings) == before:
                complete.add(name)
    if isinstance(raw.get("results", ()), (list, tuple)):
        rows = rows_of(raw.get("results", ()), inside=True)
        shape.findings += rows.findings
        parts["results"] = rows.contents.results if raw.get("results") else None
        complete |= rows.contents.complete
        envelope.pop("results", None)
    _read(DOCUMENT_TYPES["package"], envelope, "", shape)
    shape.contents = Contents("package", **parts, complete=frozenset(complete))
    return shape


def _read(model: type[D], raw: Any, pointer: str, shape: Shape) -> D | None:
    try:
        return model.model_validate(raw, context=_CONTEXT)
    except ValidationError as error:
        for item in telling(error.errors(include_url=False)):
            found = faulty(item, raw)
            place = pointer + (found.pointer or "")
            message = f"{place or '/'}: {found.message.partition(': ')[2]}"
            shape.findings.append(replace(found, pointer=place, message=message))
        return None


def _merged(
    items: Sequence[ErrorDetails], rows: Sequence[Any], places: npt.NDArray[np.int64], *, inside: bool
) -> Iterator[Finding]:
    """Return the faults of rows, one finding for the same fault with the same value in many rows."""
    merged: dict[tuple[str, str, str | None], Finding] = {}
    for item in items:
        index = int(item["loc"][0])
        item["loc"] = item["loc"][1:]
        found = faulty(item, rows[index])
        key = (found.code, found.message, found.found)
        known = merged.get(key)
        if known is None:
            row = int(places[index])
            place = f"/results/{row}" if inside else ""
            merged[key] = replace(found, pointer=place + (found.pointer or ""), row=row)
        else:
            merged[key] = replace(known, count=known.count + 1)
    yield from merged.values()


def _table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    used = set().union(*rows) if rows else set()
    fields = [pa.field(name, _ARROW[column.type]) for name, column in COLUMNS.items() if name in used]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))
