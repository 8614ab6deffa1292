"""The published schemas in another language: the example in examples/node, which knows nothing but their files."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import harmoniqc as hq
from harmoniqc.schema.shape import shape_of

from .mutations import mutated

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "node"
EXAMPLES = sorted((ROOT / "schemas" / "examples").glob("*/*.json"))
PACKAGE = ROOT / "schemas" / "examples" / "package" / "gendicine-lot.json"

pytestmark = [pytest.mark.node, pytest.mark.slow]


@pytest.fixture(scope="module", autouse=True)
def node() -> None:
    """Skip, by name, where Node.js or the packages of the example are missing; nothing is fetched by a test."""
    if shutil.which("node") is None:
        pytest.skip("Node.js is not installed")
    if not (EXAMPLE / "node_modules" / "ajv").is_dir():
        pytest.skip("the packages of examples/node are not installed; run make node")


def run(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["node", EXAMPLE / script, *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def written(folder: Path, document: Any, name: str = "document") -> Path:
    file = folder / f"{name}.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def test_what_is_valid_is_said_to_be() -> None:
    done = run("validate.mjs", *EXAMPLES)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines == [f"{file}: valid {file.parent.name}" for file in EXAMPLES]


def test_every_fault_is_found_with_its_pointer(tmp_path: Path) -> None:
    package = read(PACKAGE)
    package["specifications"][0]["rounding"] = "up"
    package["specifications"][0]["tests"][0]["criterion"]["a/b~c"] = "x"
    del package["specifications"][0]["product"]
    package["results"][1]["value"] = 1.5
    package["extra"] = True
    file = written(tmp_path, package)
    done = run("validate.mjs", file)
    assert done.returncode == 1
    head, *lines = done.stdout.splitlines()
    assert head == f"{file}: not a valid package"
    assert {line.strip().partition(": ")[0] for line in lines} == {
        "/specifications/0/rounding",
        "/specifications/0/tests/0/criterion/a~1b~0c",
        "/specifications/0/product",
        "/results/1/value",
        "/extra",
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("\ufeff{}", "no JSON"),
        ("[]", "not one JSON object"),
        ("null", "not one JSON object"),
        ('{"type": "batch"}', "version undefined"),
        ('{"type": "batch", "standard_version": "0.10"}', 'version "0.10" of the standard is not published here'),
        ('{"type": "lot", "standard_version": "0.1"}', '"lot" is not a document type'),
        ('{"type": "__proto__", "standard_version": "0.1"}', "is not a document type"),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "document.json"
    file.write_text(text, encoding="utf-8")
    done = run("validate.mjs", file, EXAMPLES[0])
    assert done.returncode == 2
    assert f"{file}: cannot be used" in done.stdout
    assert why in done.stdout
    assert f"{EXAMPLES[0]}: valid" in done.stdout


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    assert run("validate.mjs").returncode == 2
    assert run("validate.mjs", "--wrong", PACKAGE).returncode == 2
    assert "ENOENT" in run("validate.mjs", tmp_path / "none.json").stdout
    done = run("validate.mjs", PACKAGE, "--schemas", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no manifests" in done.stderr


def test_a_schema_that_is_not_the_published_one_is_not_used(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    file = tmp_path / "schemas" / hq.schema.read_manifest(hq.STANDARD_VERSION)["batch"].path
    file.write_bytes(file.read_bytes() + b"\n")
    done = run("validate.mjs", PACKAGE, "--schemas", tmp_path / "schemas")
    assert done.returncode == 2
    assert "not the file that its manifest names" in done.stdout + done.stderr


def test_it_judges_every_shape_as_the_library_does(tmp_path: Path) -> None:
    chance = random.Random(20)
    documents = [read(file) for file in EXAMPLES]
    wanted: dict[str, tuple[bool, str]] = {}
    for number in range(400):
        changed, what = mutated(chance.choice(documents), chance)
        valid = not shape_of(changed).findings
        wanted[str(written(tmp_path, changed, str(number)))] = (valid, what)
    done = run("validate.mjs", "--json", *wanted)
    judged = {item["file"]: item["valid"] for item in json.loads(done.stdout)}
    assert {wanted[file] for file, valid in judged.items() if valid != wanted[file][0]} == set()
    assert len(judged) == 400
    assert 40 < sum(judged.values()) < 360  # both kinds were tried


def test_the_conformance_cases_have_the_published_shapes() -> None:
    done = run("conformance.mjs")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    folder = ROOT / "tests" / "conformance"
    files = [file for place in ("", "batches", "validation") for file in (folder / place).glob("*.json")]
    cases = sum(len(read(file)["cases"]) for file in files)
    assert done.stdout.startswith(f"{len(files)} files, {cases} cases, ")
    assert "all as they should be" in done.stdout


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"criterion": {"kind": "limit"}}, "/criterion"),
        ({"measurement": {"value": 5}}, "/measurement/value"),
        ({"facts": {"body-weight": {"value": "70", "basis": "guessed"}}}, "/facts/body-weight/basis"),
    ],
)
def test_a_case_of_another_shape_is_found(tmp_path: Path, change: dict[str, Any], place: str) -> None:
    case = {"id": "case-1", "criterion": {"kind": "report-only"}, "measurement": {"value": "5"}} | change
    done = run("conformance.mjs", "--cases", cases_of(tmp_path, case))
    assert done.returncode == 1
    assert f"cases case-1 {place}" in done.stdout


@pytest.mark.parametrize(
    ("value", "codes", "accepted"),
    [
        ("5", [], True),
        ("5", ["not-decimal-text"], False),
        ("5,0", ["not-decimal-text"], True),
        ("5,0", [], False),
    ],
)
def test_a_case_says_whether_its_document_has_the_right_shape(
    tmp_path: Path, value: str, codes: list[str], accepted: bool
) -> None:
    document = {"standard_version": "0.1", "type": "result", "batch_id": "B", "cqa": "ph", "value": value}
    case = {"id": "case-1", "document": document, "findings": [{"code": code, "pointer": "/value"} for code in codes]}
    done = run("conformance.mjs", "--cases", cases_of(tmp_path, case))
    assert (done.returncode == 0) == accepted, done.stdout


def test_cases_of_another_kind_are_named(tmp_path: Path) -> None:
    folder = cases_of(tmp_path, {"id": "case-1", "criterion": {"kind": "report-only"}, "measurement": {"value": "5"}})
    (folder / "weather").mkdir()
    done = run("conformance.mjs", "--cases", folder)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("weather: cases of another kind")


def cases_of(folder: Path, *cases: dict[str, Any]) -> Path:
    for name in ("batches", "validation"):
        (folder / name).mkdir()
    if cases:
        written(folder, {"title": "t", "standard_version": "0.1", "cases": cases}, "cases")
    return folder


def test_without_cases_nothing_is_proved(tmp_path: Path) -> None:
    assert run("conformance.mjs", "--cases", cases_of(tmp_path)).returncode == 1
    assert run("conformance.mjs", "--cases", tmp_path / "none").returncode == 2
