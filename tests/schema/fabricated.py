"""Versions of the standard that never were, and the steps between them: 0.0 to 0.1 to 0.2."""

from __future__ import annotations

from typing import Any

from harmoniqc.schema.steps import PRESENT, Changes, Step

OLD_SPECIFICATION: dict[str, Any] = {
    "standard_version": "0.0",
    "type": "specification",
    "id": "s",
    "version": "1",
    "product": "p",
    "heading": "Release specification",
    "approval": {"on": "2017-06-01", "by": "quality unit"},
    "typeface": {"name": "Garamond", "size": 11},
    "tests": [
        {"id": "v", "attribute": "cell-viability", "criterion": {"kind": "limit", "low": {"value": "70"}}},
        {"id": "e", "attribute": "endotoxin", "criterion": {"kind": "limit", "high": {"value": "5.0"}}},
    ],
}
OLD_LOT: dict[str, Any] = {
    "standard_version": "0.0",
    "type": "batch",
    "id": "B 1",
    "product": "p",
    "weight": "70 kg",
    "color": "pale yellow",
}
OLD_PACKAGE: dict[str, Any] = {
    "standard_version": "0.0",
    "type": "package",
    "id": "x",
    "specifications": [OLD_SPECIFICATION],
    "lots": [OLD_LOT, {key: value for key, value in OLD_LOT.items() if key != "standard_version"} | {"id": "B 2"}],
    "results": [
        {"batch_id": "B 1", "test_id": "v", "val": "91.0", "unit": "%"},
        {"batch_id": "B 2", "test_id": "v", "val": "92.0", "unit": "%", "ink": "blue"},
    ],
}


def first(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """From 0.0 to 0.1."""
    if document["type"] == "specification":
        return first_specification(document, changes)
    if document["type"] == "batch":
        return first_batch(document, changes)
    if document["type"] == "result":
        document["value"] = document.pop("val")
        changes.moved("/val", "/value")  # what else a row holds, nobody remembers to say
        document.pop("ink", None)
    elif "lots" in document:
        document["batches"] = document.pop("lots")
        changes.moved("/lots", "/batches")
    return document


def first_specification(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
    document["title"] = document.pop("heading")
    changes.moved("/heading", "/title")
    approval = document.pop("approval")
    document["valid_from"] = approval["on"]
    changes.moved("/approval/on", "/valid_from")
    changes.dropped("/approval/by", "a specification does not say who approved it")
    del document["typeface"]
    changes.dropped("/typeface", "how it was printed is not part of a specification")
    for number, test in enumerate(document["tests"]):
        test["cqa"] = test.pop("attribute")
        changes.moved(f"/tests/{number}/attribute", f"/tests/{number}/cqa")
    document["rounding"] = "none"
    return document


def first_batch(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
    value, unit = document.pop("weight").split(" ")
    document["facts"] = [{"name": "body-weight", "value": value, "unit": unit}]
    changes.rewritten("/weight", "/facts/0/value", "/facts/0/unit")
    return document


def second(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """From 0.1 to 0.2."""
    if document["type"] == "specification":
        document["texts"] = {"title": document.pop("title")}
        changes.moved("/title", "/texts/title")
        del document["valid_from"]
        changes.dropped("/valid_from", "dates are in a register of their own")
        del document["rounding"]
        changes.dropped("/rounding", "every limit has its own")
    elif document["type"] == "batch" and "facts" in document:
        document["properties"] = document.pop("facts")
        changes.moved("/facts", "/properties")
        del document["properties"][0]["unit"]
    return document


COLLECTIONS_OF_OLD = tuple(("lots" if name == "batches" else name, kind) for name, kind in PRESENT)
FIRST = Step("0.0", "0.1", first, "attributes of tests are cqa; weights are facts", COLLECTIONS_OF_OLD)
SECOND = Step("0.1", "0.2", second, "titles are texts")
ALL = (SECOND, FIRST)
