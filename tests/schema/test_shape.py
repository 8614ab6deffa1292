"""Three judges of shape: the models, jsonschema and jsonschema-rs. They have to agree on every document."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from harmoniqc.schema.reference import schema_findings
from harmoniqc.schema.shape import shape_of

from .mutations import mutated

ROOT = Path(__file__).parents[2]
CORPUS = sorted((ROOT / "tests" / "corpus").glob("[0-9]*.json"))
EXAMPLES = sorted((ROOT / "schemas" / "examples").glob("*/*.json"))
PRODUCTS = sorted((ROOT / "vocabulary" / "products").glob("*.json"))
FILES = [*CORPUS, *EXAMPLES, *PRODUCTS]


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def verdicts(document: dict[str, Any]) -> dict[str, bool]:
    """Return which of the three find no fault."""
    return {
        "models": not shape_of(document).findings,
        "jsonschema": not schema_findings(document, engine="jsonschema"),
        "jsonschema-rs": not schema_findings(document, engine="jsonschema-rs"),
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_document_has_the_right_shape(path: Path) -> None:
    assert set(verdicts(read(path)).values()) == {True}


@pytest.mark.parametrize("seed", range(12))
def test_changed_documents_are_judged_alike(seed: int) -> None:
    chance = random.Random(seed)
    right = 0
    for _ in range(60):
        document = read(chance.choice(FILES))
        if len(document.get("results", ())) > 5:
            document["results"] = document["results"][:5]
        changed, what = mutated(document, chance)
        found = verdicts(changed)
        assert len(set(found.values())) == 1, (document.get("id"), what, found)
        right += found["models"]
    assert 0 < right < 60  # both kinds were tried


def test_a_fault_in_one_part_hides_none_in_another() -> None:
    document = read(CORPUS[0])
    document["specifications"][0]["rounding"] = "up"
    document["batches"][1]["lot_forming"] = "yes"
    document["results"][3]["value"] = "1,5"
    document["results"][7]["value"] = "1,5"
    document["extra"] = 1
    shape = shape_of(document)
    assert {(item.code, item.pointer, item.row, item.count) for item in shape.findings} == {
        ("invalid-document", "/specifications/0/rounding", None, 1),
        ("invalid-document", "/batches/1/lot_forming", None, 1),
        ("not-decimal-text", "/results/3/value", 3, 2),
        ("unknown-field", "/extra", None, 1),
    }
    assert len(shape.contents.batches) == len(document["batches"]) - 1
    assert shape.contents.results is not None
    assert shape.contents.results.table.num_rows == len(document["results"]) - 2
    assert "results" not in shape.contents.complete
    assert "products" in shape.contents.complete


def test_a_list_that_is_none_is_a_fault() -> None:
    for name in ("specifications", "batches", "results"):
        document = {**read(CORPUS[0]), name: {"id": "x"}}
        assert [item.pointer for item in shape_of(document).findings] == [f"/{name}"]
