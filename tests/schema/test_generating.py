"""The schemas of the models, and the files that are published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from harmoniqc.schema.files import json_schema, schema_id
from harmoniqc.schema.generating import generate
from harmoniqc.schema.reference import schema_findings
from harmoniqc.standard import DOCUMENT_TYPES

ROOT = Path(__file__).parents[2]


def normal(schema: Any) -> Any:
    """Return a schema without what says the same in another order, and without examples."""
    if isinstance(schema, dict):
        return {
            key: sorted(value) if key == "required" else normal(value)
            for key, value in schema.items()
            if key != "examples" or not isinstance(value, list)
        }
    return [normal(item) for item in schema] if isinstance(schema, list) else schema


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema of an object within a schema."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("additionalProperties") is False:
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from objects(item)


@pytest.mark.parametrize("name", DOCUMENT_TYPES)
def test_the_published_file_says_what_the_model_says(name: str) -> None:
    assert normal(json_schema(name)) == normal(generate(name)), "run scripts/publish_schemas.py"


@pytest.mark.parametrize("name", DOCUMENT_TYPES)
def test_a_published_schema_is_one(name: str) -> None:
    schema = json_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == schema_id(name)
    assert schema["title"]
    assert schema["description"]
    assert {"standard_version", "type"} <= set(schema["required"])


@pytest.mark.parametrize("name", DOCUMENT_TYPES)
def test_every_field_is_explained(name: str) -> None:
    for schema in objects(generate(name)):
        assert schema["description"].endswith((".", ")"))
        for field, definition in schema["properties"].items():
            assert definition["description"], f"{schema.get('title')}.{field}"
            assert "``" not in definition["description"]


@pytest.mark.parametrize("name", DOCUMENT_TYPES)
def test_at_least_two_examples_and_each_is_valid(name: str) -> None:
    examples = json_schema(name)["examples"]
    assert len(examples) >= 2
    for example in examples:
        for engine in ("jsonschema", "jsonschema-rs"):
            assert not schema_findings(example, engine=engine)
    files = sorted((ROOT / "schemas" / "examples" / name).glob("*.json"))
    assert examples == [json.loads(file.read_text(encoding="utf-8")) for file in files]


def test_what_a_reader_of_json_sees_says_null_and_not_none() -> None:
    for name in DOCUMENT_TYPES:
        assert " None" not in json.dumps(generate(name))
