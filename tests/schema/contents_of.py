"""Contents of documents given as plain dicts, the way a reader of documents hands them to the checks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from harmoniqc.errors import Finding
from harmoniqc.schema.checks import check
from harmoniqc.schema.contents import Contents, Placed, Rows
from harmoniqc.standard import COLUMNS, DOCUMENT_TYPES

COLLECTIONS = {
    "specifications": "specification",
    "products": "product",
    "batches": "batch",
    "investigations": "investigation",
    "dispositions": "disposition",
    "evaluations": "evaluation-record",
    "changes": "change-record",
    "lifecycles": "lifecycle-management",
}
ARROW = {"integer": pa.int64(), "boolean": pa.bool_()}
ROOT = Path(__file__).parents[2]
CORPUS = sorted((ROOT / "tests" / "corpus").glob("[0-9][0-9]_*.json"))


def contents_of(raw: Mapping[str, Any], incomplete: frozenset[str] = frozenset()) -> Contents:
    """Return what a document holds, package or not; its shape has to be right.

    Args:
        raw: The document.
        incomplete: Collections of which a part is said to be missing.
    """
    kind = raw["type"]
    parts: dict[str, Any] = dict.fromkeys(COLLECTIONS, ())
    rows: Sequence[Mapping[str, Any]] = ()
    if kind == "package":
        for name, inner in COLLECTIONS.items():
            parts[name] = tuple(placed(inner, item, f"/{name}/{i}") for i, item in enumerate(raw.get(name, ())))
        rows = raw.get("results", ())
    elif kind == "result":
        rows = [raw]
    else:
        name = next(name for name, inner in COLLECTIONS.items() if inner == kind)
        parts[name] = (placed(kind, raw, ""),)
    complete = frozenset({*COLLECTIONS, "results"}) - incomplete
    return Contents(kind, **parts, results=rows_of(rows) if rows else None, complete=complete)


def placed(kind: str, raw: Mapping[str, Any], pointer: str) -> Placed[Any]:
    return Placed(pointer, DOCUMENT_TYPES[kind].model_validate(dict(raw), context={"shape_only": True}))


def rows_of(rows: Sequence[Mapping[str, Any]]) -> Rows:
    names = [name for name in COLUMNS if any(row.get(name) is not None for row in rows)]
    schema = pa.schema([(name, ARROW.get(COLUMNS[name].type, pa.string())) for name in names])
    table = pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows], schema=schema)
    return Rows(table, np.arange(len(rows), dtype=np.int64))


def found(raw: Mapping[str, Any], incomplete: frozenset[str] = frozenset()) -> list[Finding]:
    return list(check(contents_of(raw, incomplete)))


def told(raw: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """Return codes and pointers of everything found."""
    return [(item.code, item.pointer) for item in found(raw)]


def read(path: Path) -> dict[str, Any]:
    out: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return out
