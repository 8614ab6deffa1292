"""The models of the standard as JSON Schema 2020-12. The committed files are what counts; a test compares them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from harmoniqc.schema.files import schema_id
from harmoniqc.standard import COLUMNS, DOCUMENT_TYPES, Document, Model, Package, Result
from harmoniqc.standard.base import Date, Identifier, Instant, PartialDate, Slug, Text
from harmoniqc.standard.decimal_text import DecimalText, NotNegative, PositiveText

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_UNIONS = {"AnyCriterion": "An acceptance criterion; its kind says which.", "AnyCondition": "A condition on facts."}
_PRIMITIVES: dict[str, dict[str, Any]] = {
    name: {"description": description} | TypeAdapter(kind).json_schema()
    for name, kind, description in (
        ("Slug", Slug, ""),
        ("Identifier", Identifier, "An identifier given by others, kept as it is; no blanks at its ends."),
        ("Text", Text, "Words."),
        ("Decimal", DecimalText, ""),
        ("DecimalNotNegative", NotNegative, ""),
        ("DecimalPositive", PositiveText, ""),
        ("Date", Date, ""),
        ("PartialDate", PartialDate, ""),
        ("Instant", Instant, ""),
    )
}
_ATTRIBUTE = re.compile(r" {4}(?P<name>\w+): (?P<text>.+)")


def generate(name: str, status: str = "unstable") -> dict[str, Any]:
    """Return the JSON Schema of a document type as its model states it, without examples.

    Args:
        name: Type of the document, such as ``"specification"``.
        status: ``"unstable"`` or ``"stable"``; a part of the ``$id``.

    Raises:
        KeyError: If there is no such type.
    """
    model = DOCUMENT_TYPES[name]
    wanted: list[tuple[type[BaseModel], Literal["validation"]]] = [(model, "validation")]
    if model is Package:
        wanted.append((Result, "validation"))
    _, whole = models_json_schema(wanted)
    definitions: dict[str, Any] = whole["$defs"]
    if model is Package:  # in Python its results are a table
        definitions["Package"]["properties"]["results"] = {"type": "array", "items": {"$ref": "#/$defs/Result"}}
    for key, definition in definitions.items():
        _tell(definition, _models()[key])
    shared: dict[str, Any] = {}
    definitions = {key: _plain(definition, shared) for key, definition in definitions.items()}
    root = definitions.pop(model.__name__)
    root["required"] = list(dict.fromkeys(("standard_version", "type", *root.get("required", ()))))
    head = {"$schema": DIALECT, "$id": schema_id(name, status=status), "title": name.replace("-", " ").capitalize()}
    return {**head, **{key: item for key, item in root.items() if key != "title"}, "$defs": definitions | shared}


def _tell(definition: dict[str, Any], model: type[Model]) -> None:
    """Give a definition and its properties their descriptions, from where the model tells them."""
    told = _attributes(model)
    definition["description"] = _first_paragraphs(model)
    for name, schema in definition.get("properties", {}).items():
        if name in told:
            schema["description"] = _in_json(told[name])
    kind = definition.get("properties", {}).get("kind", {})
    if "const" in kind:
        kind["description"] = "Says which kind it is."
        definition["required"] = ["kind", *definition.get("required", ())]


def _plain(schema: Any, shared: dict[str, Any]) -> Any:
    """Return a schema without what pydantic adds for itself: titles of fields, empty defaults, OpenAPI's words."""
    if isinstance(schema, list):
        return [_plain(item, shared) for item in schema]
    if not isinstance(schema, dict):
        return schema
    primitive = _primitive(schema)
    if primitive is not None:
        shared.setdefault(primitive, _PRIMITIVES[primitive])
        rest = {key: item for key, item in schema.items() if key in ("description", "default")}
        if rest.get("description") == _PRIMITIVES[primitive].get("description"):
            del rest["description"]
        return {"$ref": f"#/$defs/{primitive}"} | rest
    if "discriminator" in schema:
        name = "AnyCriterion" if "limit" in schema["discriminator"]["mapping"] else "AnyCondition"
        shared.setdefault(name, _by_kind(name, schema["discriminator"]["mapping"]))
        rest = {key: item for key, item in schema.items() if key not in ("discriminator", "oneOf", "title")}
        return {"$ref": f"#/$defs/{name}", **rest}
    plain = {}
    for key, item in schema.items():
        if key == "properties":
            plain[key] = {name: _untitled(_plain(field, shared)) for name, field in item.items()}
        elif not (key == "default" and item is None):
            plain[key] = _plain(item, shared)
    return plain


def _primitive(schema: dict[str, Any]) -> str | None:
    """Return the name of a type of text that stands in many fields, and in the schema once."""
    bare = {key: item for key, item in schema.items() if key not in ("title", "description", "default")}
    for name, primitive in _PRIMITIVES.items():
        if bare == {key: item for key, item in primitive.items() if key != "description"}:
            return name
    return None


def _untitled(field: Any) -> Any:
    return {key: item for key, item in field.items() if key != "title"} if isinstance(field, dict) else field


def _by_kind(name: str, mapping: Mapping[str, str]) -> dict[str, Any]:
    """Return a tagged union that looks at the tag first.

    ``oneOf`` would try every kind on every part of a composite, and then report the faults of all of them.
    """
    return {
        "description": _UNIONS[name],
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(mapping)}},
        "allOf": [
            {"if": {"required": ["kind"], "properties": {"kind": {"const": kind}}}, "then": {"$ref": reference}}
            for kind, reference in mapping.items()
        ],
    }


@cache
def _models() -> dict[str, type[Model]]:
    def below(model: type[Model]) -> Iterator[type[Model]]:
        for child in model.__subclasses__():
            yield child
            yield from below(child)

    return {model.__name__: model for model in below(Model) if model.__module__.startswith("harmoniqc.standard")}


def _first_paragraphs(model: type[Model]) -> str:
    text = _docstring(model).partition("Attributes:")[0]
    return _in_json(re.sub(r"\s*\n\s*", " ", text.strip()))


def _in_json(text: str) -> str:
    """Return the words of a docstring for readers who see JSON."""
    for python, json in (("None", "null"), ("True", "true"), ("False", "false")):
        text = re.sub(rf"\b{python}\b", json, text)
    return re.sub(r":\w+:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", text.replace("``", "`"))


def _attributes(model: type[Model]) -> dict[str, str]:
    told: dict[str, str] = {}
    if issubclass(model, Result):
        told = {name: column.description for name, column in COLUMNS.items()}
    for parent in reversed(model.__mro__):
        if issubclass(parent, Model):
            told |= dict(_described(_docstring(parent)))
    if issubclass(model, Document):
        told |= {"type": "Says that this is a document of this type."}
    return told


def _docstring(model: type[Model]) -> str:
    """Return the docstring of a model without the indentation that Python keeps up to 3.12."""
    return inspect.cleandoc(model.__doc__ or "")


def _described(docstring: str) -> Iterator[tuple[str, str]]:
    _, _, section = docstring.partition("Attributes:\n")
    name = ""
    words: list[str] = []
    for line in section.split("\n"):
        found = _ATTRIBUTE.match(line)
        if found:
            if name:
                yield name, " ".join(words)
            name, words = found["name"], [found["text"]]
        elif line.strip() and name:
            words.append(line.strip())
        elif not line.strip() and name:
            break
    if name:
        yield name, " ".join(words)
