"""Reading published schemas: the manifest, the files it names, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import harmoniqc as hq
from harmoniqc._resources import data_path
from harmoniqc.errors import DocumentError, VocabularyError
from harmoniqc.schema import files, json_schema, read_manifest, schema_names, verify_tree
from harmoniqc.schema.files import Manifest, parse_manifest, schema_id
from harmoniqc.schema.publishing import publish

ROOT = Path(__file__).parents[2] / "schemas"


def schemas_of(version: str, status: str = "unstable", names: tuple[str, ...] = ("batch", "product")) -> dict[str, Any]:
    return {name: {"$id": schema_id(name, version, status), "title": f"Ein Stück {name}"} for name in names}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of schemas that stands for the one of the library."""
    monkeypatch.setattr(files, "data_path", lambda *parts: tmp_path.joinpath(*parts[1:]))
    publish(tmp_path, "0.1", "unstable", schemas_of("0.1"))
    return tmp_path


def test_the_committed_tree_is_what_was_published() -> None:
    assert not verify_tree(ROOT), str(verify_tree(ROOT))
    assert read_manifest(hq.STANDARD_VERSION, ROOT).status == "unstable"


def test_every_document_type_has_its_schema() -> None:
    assert set(schema_names()) == set(hq.standard.DOCUMENT_TYPES)
    for name in schema_names():
        schema = hq.json_schema(name)
        assert schema["$id"] == f"https://w3id.org/harmoniqc/schemas/unstable/{hq.STANDARD_VERSION}/{name}.json"
        assert schema["properties"]["type"]["const"] == name
        assert schema["properties"]["standard_version"]["const"] == hq.STANDARD_VERSION
        assert "original_standard_version" in schema["properties"]


def test_each_call_returns_a_copy_of_its_own() -> None:
    first = json_schema("batch")
    first["properties"].clear()
    assert json_schema("batch")["properties"]


@pytest.mark.parametrize(
    ("name", "near"),
    [("specificaton", "specification"), ("Batch", "batch"), ("evaluation_record", "evaluation-record")],
)
def test_an_unknown_name_is_told_the_near_ones(name: str, near: str) -> None:
    with pytest.raises(VocabularyError) as caught:
        json_schema(name)
    (finding,) = caught.value.findings
    assert finding.code == "unknown-term"
    assert near in (finding.remedy or "")
    assert "disposition" in (finding.expected or "")
    with pytest.raises(KeyError):
        json_schema("../manifests/0.1")


@pytest.mark.parametrize("version", ["0.2", "0.10", "../unstable/0.1", "", "0.1.json", None])
def test_an_unknown_version_is_refused(version: Any) -> None:
    with pytest.raises(DocumentError) as caught:
        json_schema("batch", version)
    (finding,) = caught.value.findings
    assert (finding.code, finding.expected) == ("unknown-standard-version", "0.1")


def test_a_manifest_names_its_schemas(tree: Path) -> None:
    manifest = read_manifest("0.1")
    assert manifest == read_manifest("0.1", tree)
    assert [schema.name for schema in manifest.schemas] == ["batch", "product"]
    assert manifest["product"].path == "unstable/0.1/product.json"
    assert len(manifest["product"].sha256) == 64
    with pytest.raises(KeyError):
        manifest["result"]
    assert hash(manifest)


def test_a_file_that_is_not_the_published_one_is_not_read(tree: Path) -> None:
    file = tree / "unstable/0.1/batch.json"
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(DocumentError) as caught:
        json_schema("batch")
    assert caught.value.findings.codes == {"schema-outdated"}
    file.unlink()
    with pytest.raises(DocumentError) as caught:
        json_schema("batch")
    assert caught.value.findings.codes == {"schema-missing"}
    assert json_schema("product")["title"] == "Ein Stück product"


def test_without_any_version_none_is_known(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read_manifest("0.1", tmp_path)
    assert caught.value.findings[0].expected is None


def test_versions_are_in_the_order_of_their_numbers(tree: Path) -> None:
    for version in ("0.10", "0.2", "1.0"):
        publish(tree, version, "unstable", schemas_of(version))
    (tree / "manifests" / "newest.json").write_text("{}", encoding="utf-8")
    assert files.versions(tree) == ("0.1", "0.2", "0.10", "1.0")


ENTRY = {"name": "a", "id": schema_id("a"), "path": "unstable/0.1/a.json", "sha256": "0" * 64}
GOOD: dict[str, Any] = {"standard_version": "0.1", "status": "unstable", "schemas": [ENTRY]}


def test_a_good_manifest() -> None:
    assert isinstance(parse_manifest(json.dumps(GOOD).encode(), "0.1"), Manifest)


@pytest.mark.parametrize(
    "raw",
    [
        [],
        GOOD | {"note": "x"},
        {"standard_version": "0.1", "status": "unstable"},
        GOOD | {"standard_version": "0.2"},
        GOOD | {"status": "final"},
        GOOD | {"status": ["stable"]},
        GOOD | {"schemas": []},
        GOOD | {"schemas": {}},
        GOOD | {"schemas": ["a"]},
        GOOD | {"schemas": [ENTRY, ENTRY]},
        GOOD | {"schemas": [ENTRY | {"name": "../a"}]},
        GOOD | {"schemas": [ENTRY | {"name": 1}]},
        GOOD | {"schemas": [ENTRY | {"path": "../../etc/a.json"}]},
        GOOD | {"schemas": [ENTRY | {"path": "stable/0.1/a.json"}]},
        GOOD | {"schemas": [ENTRY | {"id": "https://example.org/a.json"}]},
        GOOD | {"schemas": [ENTRY | {"sha256": "0" * 63}]},
        GOOD | {"schemas": [ENTRY | {"sha256": None}]},
        GOOD | {"schemas": [{"name": "a"}]},
    ],
)
def test_a_manifest_that_cannot_be_understood_is_refused(raw: Any) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_manifest(json.dumps(raw).encode(), "0.1")
    assert caught.value.findings.codes == {"invalid-manifest"}


@pytest.mark.parametrize("data", [b"", b"{", b"\xff"])
def test_a_manifest_that_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_manifest(data, "0.1")
    assert caught.value.findings.codes == {"invalid-manifest"}


def test_the_tree_comes_with_the_library() -> None:
    assert data_path("schemas") == ROOT
