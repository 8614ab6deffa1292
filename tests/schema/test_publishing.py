"""Stable schemas never change: whatever is done to a released file, its manifest or its pin is found."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import harmoniqc as hq
from harmoniqc.errors import DocumentError
from harmoniqc.schema import publishing
from harmoniqc.schema.files import PINS, json_bytes, manifest_bytes, read_manifest, schema_id
from harmoniqc.schema.publishing import publish, verify_tree

from .test_files import schemas_of

SCRIPTS = Path(__file__).parents[2] / "scripts"
STABLE = "stable/1.0/batch.json"
UNSTABLE = "unstable/0.1/batch.json"
MANIFEST = "manifests/1.0.json"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with an unstable version 0.1 and a stable version 1.0."""
    publish(tmp_path, "0.1", "unstable", schemas_of("0.1"))
    publish(tmp_path, "1.0", "stable", schemas_of("1.0", "stable"))
    assert not verify_tree(tmp_path)
    return tmp_path


def everything(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def edited(file: Path, change: Callable[[Any], object]) -> None:
    raw = json.loads(file.read_bytes())
    change(raw)
    file.write_bytes(json_bytes(raw))


# -- what publishing writes ------------------------------------------------------------------------------


def test_a_published_tree(tree: Path) -> None:
    assert sorted(everything(tree)) == [
        "manifests/0.1.json",
        "manifests/1.0.json",
        "stable/1.0/batch.json",
        "stable/1.0/product.json",
        "stable/PINNED.json",
        "unstable/0.1/batch.json",
        "unstable/0.1/product.json",
    ]
    data = (tree / STABLE).read_bytes()
    assert json.loads(data) == schemas_of("1.0", "stable")["batch"]
    assert b"St\xc3\xbcck" in data
    assert data.endswith(b"}\n")
    assert read_manifest("1.0", tree)["batch"].sha256 == hashlib.sha256(data).hexdigest()
    assert read_manifest("1.0", tree).status == "stable"
    pins = json.loads((tree / PINS).read_bytes())
    assert pins == {"1.0": hashlib.sha256((tree / MANIFEST).read_bytes()).hexdigest()}


def test_an_unstable_version_is_published_again(tree: Path) -> None:
    stable = {path: data for path, data in everything(tree).items() if not path.startswith("unstable")}
    manifest = publish(tree, "0.1", "unstable", schemas_of("0.1", names=("batch", "result")))
    assert [schema.name for schema in manifest.schemas] == ["batch", "result"]
    assert not (tree / "unstable/0.1/product.json").exists()
    assert not verify_tree(tree)
    after = everything(tree)
    assert {path: after[path] for path in stable if path != "manifests/0.1.json"} == {
        path: data for path, data in stable.items() if path != "manifests/0.1.json"
    }


def test_publishing_the_same_again_changes_no_byte(tree: Path) -> None:
    before = everything(tree)
    publish(tree, "0.1", "unstable", schemas_of("0.1"))
    assert everything(tree) == before


def test_what_a_merge_left_is_published_anew(tree: Path) -> None:
    file = tree / "manifests/0.1.json"
    file.write_text("<<<<<<< HEAD\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    publish(tree, "0.1", "unstable", schemas_of("0.1"))
    assert not verify_tree(tree)
    (tree / MANIFEST).write_text("<<<<<<< HEAD\n", encoding="utf-8")
    with pytest.raises(DocumentError):
        publish(tree, "1.0", "stable", schemas_of("1.0", "stable"))


def test_a_second_stable_version_leaves_the_first(tree: Path) -> None:
    before = everything(tree)
    publish(tree, "1.1", "stable", schemas_of("1.1", "stable"))
    publish(tree, "1.10", "stable", schemas_of("1.10", "stable"))
    after = everything(tree)
    assert {path: after[path] for path in before if path != PINS} == {
        path: data for path, data in before.items() if path != PINS
    }
    assert list(json.loads(after[PINS])) == ["1.0", "1.1", "1.10"]
    assert not verify_tree(tree)


def test_an_unstable_version_becomes_stable(tree: Path) -> None:
    publish(tree, "2.0", "unstable", schemas_of("2.0"))
    publish(tree, "2.0", "stable", schemas_of("2.0", "stable"))
    assert not (tree / "unstable/2.0").exists()
    assert not verify_tree(tree)


# -- what publishing refuses -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["stable", "unstable"])
@pytest.mark.parametrize("left", ["everything", "the pin", "the manifest", "the folder"])
def test_a_stable_version_is_never_published_again(tree: Path, status: Any, left: str) -> None:
    if left != "everything":
        for name, path in (("the pin", PINS), ("the manifest", MANIFEST), ("the folder", "stable/1.0")):
            if name != left and (tree / path).is_dir():
                for file in (tree / path).iterdir():
                    file.unlink()
                (tree / path).rmdir()
            elif name != left:
                (tree / path).unlink()
    before = everything(tree)
    with pytest.raises(DocumentError) as caught:
        publish(tree, "1.0", status, schemas_of("1.0", status))
    assert caught.value.findings.codes == {"schema-changed"}
    assert everything(tree) == before


def test_a_version_0_is_never_stable(tree: Path) -> None:
    with pytest.raises(ValueError, match="unstable by its number"):
        publish(tree, "0.9", "stable", schemas_of("0.9", "stable"))


@pytest.mark.parametrize("version", ["1", "1.0.0", "one", "../1.0", ""])
def test_what_is_no_version_is_refused(tree: Path, version: str) -> None:
    with pytest.raises(ValueError, match="no version"):
        publish(tree, version, "unstable", schemas_of(version))


@pytest.mark.parametrize(
    ("schemas", "code"),
    [
        ({}, "invalid-manifest"),
        ({"batch": {"title": "none"}}, "schema-misplaced"),
        ({"batch": {"$id": schema_id("batch", "0.3", "stable")}}, "schema-misplaced"),
        ({"batch": {"$id": schema_id("batch", "0.2")}}, "schema-misplaced"),
        ({"../batch": {"$id": schema_id("../batch", "0.3")}}, "invalid-manifest"),
    ],
)
def test_schemas_that_are_not_of_their_place_are_refused(tree: Path, schemas: Any, code: str) -> None:
    before = everything(tree)
    with pytest.raises(DocumentError) as caught:
        publish(tree, "0.3", "unstable", schemas)
    assert caught.value.findings.codes == {code}
    assert everything(tree) == before


def test_a_release_that_breaks_off_leaves_nothing_behind(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(tree)
    whole = publishing.write_atomically

    def breaks(file: Path, fill: Any) -> None:
        if file.name == "product.json":
            raise OSError("the disk is full")
        whole(file, fill)

    monkeypatch.setattr(publishing, "write_atomically", breaks)
    with pytest.raises(OSError, match="full"):
        publish(tree, "1.1", "stable", schemas_of("1.1", "stable"))
    assert everything(tree) == before
    monkeypatch.undo()
    publish(tree, "1.1", "stable", schemas_of("1.1", "stable"))
    assert not verify_tree(tree)


# -- what is found ---------------------------------------------------------------------------------------


def found(tree: Path) -> set[tuple[str, str]]:
    findings = verify_tree(tree)
    assert findings == findings.errors
    return {(item.code, item.message.split()[0].removesuffix(":")) for item in findings}


@pytest.mark.parametrize("byte", [0, 20, -2])
def test_one_byte_of_a_stable_schema(tree: Path, byte: int) -> None:
    data = bytearray((tree / STABLE).read_bytes())
    data[byte] ^= 1
    (tree / STABLE).write_bytes(data)
    assert ("schema-changed", STABLE) in found(tree)


def test_a_line_end_of_a_stable_schema(tree: Path) -> None:
    file = tree / STABLE
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert found(tree) == {("schema-changed", STABLE)}


def test_a_byte_of_an_unstable_schema(tree: Path) -> None:
    edited(tree / UNSTABLE, lambda schema: schema.update(title="another"))
    assert found(tree) == {("schema-outdated", UNSTABLE)}
    (finding,) = verify_tree(tree)
    assert "publish_schemas.py" in (finding.remedy or "")


@pytest.mark.parametrize("path", [STABLE, UNSTABLE])
def test_a_schema_that_is_gone(tree: Path, path: str) -> None:
    (tree / path).unlink()
    assert found(tree) == {("schema-missing", path)}


@pytest.mark.parametrize(
    "path",
    ["stable/1.0/result.json", "stable/1.0/README.md", "stable/0.9/batch.json", "unstable/0.1/result.json",
     "unstable/batch.json", "stable/PINNED.json.bak", "manifests/README.md", "manifests/1.json"],
)  # fmt: skip
def test_a_file_that_was_added(tree: Path, path: str) -> None:
    (tree / path).parent.mkdir(exist_ok=True)
    (tree / path).write_text("{}", encoding="utf-8")
    assert found(tree) == {("schema-not-listed", path)}


def test_a_schema_of_another_place(tree: Path) -> None:
    file = tree / UNSTABLE
    edited(file, lambda schema: schema.update({"$id": schema_id("batch", "0.2")}))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    edited(tree / "manifests/0.1.json", lambda manifest: manifest["schemas"][0].update(sha256=digest))
    (finding,) = verify_tree(tree)
    assert (finding.code, finding.expected, finding.found) == (
        "schema-misplaced",
        schema_id("batch", "0.1"),
        schema_id("batch", "0.2"),
    )


@pytest.mark.parametrize("text", ["", "[]", '"x"'])
def test_a_schema_that_is_none(tree: Path, text: str) -> None:
    (tree / UNSTABLE).write_text(text, encoding="utf-8")
    assert {code for code, _ in found(tree)} == {"schema-outdated", "schema-misplaced"}


def test_a_stable_schema_rewritten_together_with_its_manifest(tree: Path) -> None:
    file = tree / STABLE
    edited(file, lambda schema: schema.update(title="corrected in silence"))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    edited(tree / MANIFEST, lambda manifest: manifest["schemas"][0].update(sha256=digest))
    assert found(tree) == {("schema-changed", MANIFEST)}


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["schemas"].pop(),
        lambda manifest: manifest.update(status="unstable"),
        lambda manifest: manifest["schemas"].reverse(),
        lambda manifest: manifest.update(note="x"),
    ],
)
def test_a_changed_manifest_of_a_stable_version(tree: Path, change: Any) -> None:
    edited(tree / MANIFEST, change)
    assert ("schema-changed", MANIFEST) in found(tree)


def test_a_stable_manifest_that_is_gone(tree: Path) -> None:
    (tree / MANIFEST).unlink()
    assert ("schema-missing", MANIFEST) in found(tree)
    assert ("schema-not-listed", STABLE) in found(tree)


def test_a_pin_that_is_gone(tree: Path) -> None:
    edited(tree / PINS, lambda pins: pins.clear())
    assert found(tree) == {("schema-changed", MANIFEST)}
    (tree / PINS).unlink()
    assert found(tree) == {("schema-changed", MANIFEST)}


@pytest.mark.parametrize("pins", ["", "[]", '{"1.0": "x"}', '{"one": "0"}', '{"1.0": null}'])
def test_pins_that_cannot_be_understood(tree: Path, pins: str) -> None:
    (tree / PINS).write_text(pins, encoding="utf-8")
    assert ("invalid-manifest", PINS) in found(tree)


def test_a_manifest_that_cannot_be_understood(tree: Path) -> None:
    (tree / "manifests/0.1.json").write_text("{}", encoding="utf-8")
    assert ("invalid-manifest", "manifests/0.1.json") in found(tree)


def test_everything_is_found_at_once(tree: Path) -> None:
    (tree / STABLE).unlink()
    edited(tree / UNSTABLE, lambda schema: schema.update(title="another"))
    (tree / "stable/1.0/result.json").write_text("{}", encoding="utf-8")
    assert {code for code, _ in found(tree)} == {"schema-missing", "schema-outdated", "schema-not-listed"}


def test_an_empty_folder_has_no_fault(tmp_path: Path) -> None:
    assert not verify_tree(tmp_path)
    assert not verify_tree(tmp_path / "none")


# -- the scripts -----------------------------------------------------------------------------------------


def test_the_script_publishes_what_the_models_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publisher = script("publish_schemas")
    assert publisher.main([], tmp_path) == 0
    assert "10 schemas published as unstable" in capsys.readouterr().out
    assert not verify_tree(tmp_path)
    published = read_manifest(hq.STANDARD_VERSION, tmp_path)
    assert {schema.name for schema in published.schemas} == set(hq.standard.DOCUMENT_TYPES)


@pytest.mark.parametrize("version", ["1.0", hq.STANDARD_VERSION])
def test_the_script_freezes_neither_another_version_nor_a_0(
    tmp_path: Path, version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script("publish_schemas").main(["--stable", version], tmp_path) == 1
    assert "version" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_the_script_freezes_a_version_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher = script("publish_schemas")
    monkeypatch.setattr(publisher, "STANDARD_VERSION", "1.0")
    monkeypatch.setattr(publisher, "generated", lambda _, status="unstable": schemas_of("1.0", status))
    assert publisher.main([], tmp_path) == 0
    assert publisher.main(["--stable", "1.0"], tmp_path) == 0
    assert not verify_tree(tmp_path)
    before = everything(tmp_path)
    for arguments in ([], ["--stable", "1.0"]):
        assert publisher.main(arguments, tmp_path) == 1
        assert "schema-changed" in capsys.readouterr().err
    assert everything(tmp_path) == before


def committed(root: Path) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    for arguments in (["add", "--all"], ["commit", "--quiet", "--message", "x"]):
        subprocess.run(["git", *identity, *arguments], cwd=root, check=True)


@pytest.fixture
def history(tree: Path) -> Path:
    """The folder of schemas as the top of a working copy, with a release in its history."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    publish(tree, hq.STANDARD_VERSION, "unstable", schemas_of(hq.STANDARD_VERSION))
    subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
    committed(tree)
    return tree


def test_the_check_of_a_sound_history(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish(history, "1.1", "stable", schemas_of("1.1", "stable"))
    committed(history)
    assert script("check_schemas").main(history) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_a_release_rewritten_together_with_its_pin(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish(history, "1.1", "stable", schemas_of("1.1", "stable"))
    committed(history)
    edited(history / STABLE, lambda schema: schema.update(title="corrected in silence"))
    manifest = read_manifest("1.0", history)
    digest = hashlib.sha256((history / STABLE).read_bytes()).hexdigest()
    edited(history / MANIFEST, lambda raw: raw["schemas"][0].update(sha256=digest))
    pin = hashlib.sha256((history / MANIFEST).read_bytes()).hexdigest()
    edited(history / PINS, lambda pins: pins.update({"1.0": pin}))
    committed(history)
    assert not verify_tree(history)
    assert script("check_schemas").main(history) == 1
    out = capsys.readouterr().out
    assert f"version 1.0 was pinned as {hashlib.sha256(manifest_bytes(manifest)).hexdigest()}" in out
    assert out.count("\n") == 1


def test_a_release_taken_away_altogether(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (STABLE, "stable/1.0/product.json", MANIFEST, PINS):
        (history / path).unlink()
    committed(history)
    assert not verify_tree(history)
    assert script("check_schemas").main(history) == 1
    assert "version 1.0 was pinned" in capsys.readouterr().out


def test_the_check_says_when_there_is_no_history(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / STABLE).unlink()
    assert script("check_schemas").main(tree) == 1
    captured = capsys.readouterr()
    assert "schema-missing" in captured.out
    assert "history is not here" in captured.err


def test_the_check_misses_the_current_version(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (history / f"manifests/{hq.STANDARD_VERSION}.json").unlink()
    assert script("check_schemas").main(history) == 1
    assert "is not published" in capsys.readouterr().out
