"""Documents as rows: what they are found by in columns, and beside it the whole document in its canonical form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from harmoniqc.errors import DocumentError, Finding, HarmoniqcError
from harmoniqc.exchange.folders.layout import DOCUMENT_TABLES
from harmoniqc.standard import (
    COLLECTIONS,
    Batch,
    ChangeRecord,
    Disposition,
    Document,
    EvaluationRecord,
    Investigation,
    LifecycleManagement,
    Package,
    Product,
    Specification,
    canonical_bytes,
    load_as,
    load_document,
    plain,
)

DOCUMENT_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("version", pa.string()),
        ("product_id", pa.string()),
        ("batch_id", pa.string()),
        ("site_id", pa.string()),
        ("date", pa.date32()),
        ("sha256", pa.string()),
        ("document", pa.string()),
    ]
)
"""Columns of every table of documents. ``document`` decides; the others repeat it for readers that search."""


def documents_table(documents: Sequence[Document]) -> pa.Table:
    """Return documents as rows, in their order."""
    return pa.Table.from_pylist([_row(item) for item in documents], schema=DOCUMENT_SCHEMA)


def _row(document: Document) -> dict[str, Any]:
    text = canonical_bytes(document)
    return {**_found_by(document), "sha256": hashlib.sha256(text).hexdigest(), "document": text.decode()}


def _found_by(document: Document) -> dict[str, Any]:
    match document:
        case Specification():
            return {
                "id": document.id,
                "version": document.version,
                "product_id": document.product,
                "date": document.valid_from,
            }
        case Product():
            return {"id": document.id, "product_id": document.id}
        case Batch():
            return {
                "id": document.id,
                "batch_id": document.id,
                "product_id": document.product,
                "site_id": document.site,
                "date": document.manufactured_on,
            }
        case Investigation():
            return {"id": document.id, "batch_id": document.batch, "date": document.opened_on}
        case Disposition():
            moment = document.decided_at
            return {"batch_id": document.batch, "date": None if moment is None else moment.date()}
        case EvaluationRecord():
            return {"date": document.evaluated_at.date()}
        case ChangeRecord():
            return {"id": document.id, "product_id": document.product, "date": document.implemented_on}
        case LifecycleManagement():
            return {
                "id": document.id,
                "version": document.version,
                "product_id": document.product,
                "date": document.valid_from,
            }
    raise TypeError(f"a {type(document).__name__} is no part of a package")


def read_documents(table: pa.Table, name: str) -> tuple[Document, ...]:
    """Return the documents of a table.

    Raises:
        DocumentError: If one is not valid, is of another type, or a column says something else than the documents.
    """
    out: list[Document] = []
    findings: list[Finding] = []
    texts = table.column("document").to_pylist() if "document" in table.column_names else []
    for row, text in enumerate(texts):
        try:
            out.append(load_as(COLLECTIONS[name], text or ""))
        except HarmoniqcError as error:
            findings += [
                Finding(item.code, f"{name} row {row}: {item.message}", item.pointer, row, item.expected, item.found)
                for item in error.findings
            ]
    if not findings and not same_rows(table, documents_table(out)):
        message = f"{name}: the columns do not say what the documents say"
        findings.append(Finding("content-differs", message, found=name))
    if findings:
        raise DocumentError(f"{name}: {len(findings)} finding(s)", findings)
    return tuple(out)


def same_rows(table: pa.Table, expected: pa.Table) -> bool:
    """Tell whether a table has the columns and rows that are expected; others may be added to its columns."""
    if table.num_rows != expected.num_rows or not set(expected.column_names) <= set(table.column_names):
        return False
    return all(table.column(name).to_pylist() == expected.column(name).to_pylist() for name in expected.column_names)


def head_of(package: Package) -> dict[str, Any]:
    """Return what a package says beside its members, as JSON-ready data."""
    emptied: dict[str, Any] = dict.fromkeys(DOCUMENT_TABLES, ())
    head: dict[str, Any] = plain(package.model_copy(update={**emptied, "results": _NO_RESULTS}))
    return head


def package_of(head: Mapping[str, Any], members: Mapping[str, tuple[Document, ...]], results: pa.Table) -> Package:
    """Return a package from its head, its documents and its results.

    Raises:
        DocumentError: If they make up no valid package.
    """
    document = load_document(json.dumps(head))
    if not isinstance(document, Package):
        message = "the manifest describes no package"
        raise DocumentError(message, (Finding("invalid-exchange-manifest", message),))
    # What every member says was validated when it was read; what they say together is validated here.
    together = {name: getattr(document, name) for name in type(document).model_fields} | dict(members)
    try:
        return Package.model_validate({**together, "results": results})
    except ValueError as error:
        message = f"the parts of the exchange make up no valid package: {error}"
        raise DocumentError(message, (Finding("invalid-document", message.splitlines()[0]),)) from error


_NO_RESULTS = pa.table({})
