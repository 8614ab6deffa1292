"""What a document holds, made without validating it: the input of an assessment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from harmoniqc.schema.contents import Contents, Placed, Rows
from harmoniqc.standard import COLUMNS, Document, Package, Result, load_document, results_table
from harmoniqc.standard.arrow import rows_of

COLLECTION_OF = {
    "specification": "specifications",
    "product": "products",
    "batch": "batches",
    "investigation": "investigations",
    "disposition": "dispositions",
    "evaluation-record": "evaluations",
    "change-record": "changes",
    "lifecycle-management": "lifecycles",
}
COLLECTIONS = frozenset({*COLLECTION_OF.values(), "results"})
TYPES = {
    "string": pa.string(),
    "decimal": pa.string(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "instant": pa.string(),
}


def rows(items: list[dict[str, Any]]) -> Rows:
    """Return results as they are held: decimals and instants as text."""
    names = [name for name in COLUMNS if any(name in item for item in items)]
    table = pa.table({name: pa.array([item.get(name) for item in items], TYPES[COLUMNS[name].type]) for name in names})
    return Rows(table, np.arange(len(items), dtype=np.int64))


def contents_of(document: Document | Mapping[str, Any]) -> Contents:
    """Return what a document of the right shape holds."""
    if not isinstance(document, Document):
        document = load_document(document)
    if isinstance(document, Package):
        held = {
            name: tuple(Placed(f"/{name}/{number}", item) for number, item in enumerate(getattr(document, name)))
            for name in COLLECTION_OF.values()
        }
        items = rows_of(document.table)
        return Contents("package", **held, results=rows(items) if items else None, complete=COLLECTIONS)
    kind: str = document.type  # type: ignore[attr-defined]
    if isinstance(document, Result):
        held = replace(rows(rows_of(results_table([document]))), inside=False)
        return Contents(kind, results=held, complete=frozenset({"results"}))
    return Contents(kind, **{COLLECTION_OF[kind]: (Placed("", document),)}, complete=COLLECTIONS)
