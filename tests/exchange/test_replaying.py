"""Replaying a record: the identical result, or a finding for whatever is not as it was."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import harmoniqc as hq
from harmoniqc.exchange.inputs import gather, read_products
from tests.exchange.examples import PACKAGE, SECOND, SPECIFICATION

LOOSER = SPECIFICATION.model_copy(
    update={"tests": (hq.Test(id="viability", cqa="cell-viability", criterion=hq.Limit.at_least("60", "%")),)}
)
TABLE = pa.table(
    {"batch_id": ["B 1", "B 1"], "test_id": ["viability", "purity"], "value": ["97.90", "0.10"], "unit": ["%", "%"]}
)
CHANGED = TABLE.set_column(2, "value", pa.array(["97.90", "0.11"]))
BATCH = hq.Batch(id="B 1", product="x")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with input of every kind, and its record."""
    (tmp_path / "data").mkdir()
    hq.write(SPECIFICATION, tmp_path / "specification.json")
    hq.write(TABLE, tmp_path / "data" / "results.parquet")
    batches = [json.loads(hq.to_json(item)) for item in (BATCH, hq.Batch(id="B 2", product="x"))]
    (tmp_path / "batches.json").write_text(json.dumps(batches), encoding="utf-8")
    return recorded(tmp_path, "specification.json", "data/results.parquet", batches=str(tmp_path / "batches.json"))


def recorded(folder: Path, *files: str, batches: str | None = None) -> Path:
    inputs = gather([folder / name for name in files], batches)
    path = folder / "record.json"
    hq.write(inputs.record(inputs.evaluate(as_of=None), path), path)
    return folder


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "record.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    change(raw)
    path.write_text(json.dumps(raw), encoding="utf-8")


def entry(raw: dict[str, Any], role: str) -> dict[str, Any]:
    return next(item for item in raw["inputs"] if item["role"] == role)


def replayed(folder: Path, *codes: str, identical: bool = False) -> hq.Replay:
    outcome = hq.replay(folder / "record.json")
    assert sorted(outcome.findings.codes) == sorted(codes), outcome
    assert outcome.identical is identical
    return outcome


def test_nothing_changed(folder: Path) -> None:
    outcome = replayed(folder, identical=True)
    assert outcome.evaluation is not None
    assert outcome.evaluation.counts()["conforms"] == 2
    assert str(outcome) == "identical: 2 verdicts (2 conforms)"
    again = pickle.loads(pickle.dumps(outcome))
    assert (again.identical, again.findings) == (True, outcome.findings)
    assert again.evaluation.record(None).verdicts_sha256 == hq.read(folder / "record.json").verdicts_sha256


def test_the_folder_may_be_moved_and_the_file_rewritten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locations = [item.location for item in hq.read(folder / "record.json").inputs]
    assert locations == ["specification.json", "data/results.parquet", "batches.json", None]
    moved = folder.rename(folder.with_name("elsewhere"))
    encoded = TABLE.set_column(0, "batch_id", TABLE.column("batch_id").dictionary_encode())
    hq.write(encoded.select(["value", "unit", "test_id", "batch_id"]), moved / "data" / "results.parquet")
    replayed(moved, identical=True)
    monkeypatch.chdir(moved)
    assert hq.replay("record.json").identical
    assert hq.replay(hq.read("record.json")).identical
    monkeypatch.chdir(moved.parent)
    assert hq.replay(hq.read(moved / "record.json"), moved).identical
    assert not hq.replay(hq.read(moved / "record.json")).identical


def test_folders_behind_links_are_found(tmp_path: Path) -> None:
    real = tmp_path / "far" / "away"
    real.mkdir(parents=True)
    (tmp_path / "near").symlink_to(real, target_is_directory=True)
    hq.write(PACKAGE, tmp_path / "package.json")
    inputs = gather([tmp_path / "package.json"])
    hq.write(inputs.record(inputs.evaluate(as_of=None), tmp_path / "near" / "record.json"), real / "record.json")
    assert hq.replay(tmp_path / "near" / "record.json").identical
    assert hq.replay(real / "record.json").identical


def test_changed_results(folder: Path) -> None:
    hq.write(CHANGED, folder / "data" / "results.parquet")
    outcome = replayed(folder, "input-changed", "verdicts-changed")
    assert outcome.evaluation is not None
    assert outcome.evaluation.counts()["does-not-conform"] == 1
    assert "results" in outcome.findings[0].message
    assert outcome.findings[0].expected != outcome.findings[0].found
    assert "1 does-not-conform" in str(outcome)


def test_changed_input_is_never_identical(folder: Path) -> None:
    hq.write(TABLE.append_column("site_id", pa.array(["S", "S"])), folder / "data" / "results.parquet")
    outcome = replayed(folder, "input-changed")
    assert str(outcome).startswith("changed input, and the verdicts recorded: 2 verdicts")


def test_changed_specification(folder: Path) -> None:
    hq.write(LOOSER, folder / "specification.json")
    outcome = replayed(folder, "input-changed", "verdicts-changed")
    assert "specification x-release version 3" in outcome.findings[0].message


def test_new_version_of_a_specification(folder: Path) -> None:
    hq.write(SPECIFICATION.model_copy(update={"version": "4"}), folder / "specification.json")
    outcome = replayed(folder, "input-changed", "verdicts-changed")
    assert outcome.findings[0].found == "x-release version 4"
    assert outcome.evaluation is not None


def test_changed_batches(folder: Path) -> None:
    hq.write(BATCH, folder / "batches.json")
    replayed(folder, "input-changed", "verdicts-changed")


@pytest.mark.parametrize(
    ("name", "evaluated", "codes"),
    [
        ("specification.json", False, ()),
        ("data/results.parquet", False, ()),
        ("batches.json", True, ("verdicts-changed",)),
    ],
)
def test_deleted_file(folder: Path, name: str, evaluated: bool, codes: tuple[str, ...]) -> None:
    (folder / name).unlink()
    outcome = replayed(folder, "unreadable-file", *codes)
    assert (outcome.evaluation is not None) is evaluated
    assert outcome.findings[0].found == name
    assert str(outcome).startswith("changed: " if evaluated else "not evaluated\n")


def test_file_of_another_kind(folder: Path) -> None:
    (folder / "specification.json").write_text("{", encoding="utf-8")
    replayed(folder, "unreadable-file", "not-a-document")
    hq.write(BATCH, folder / "specification.json")
    outcome = replayed(folder, "input-changed")
    assert outcome.findings[0].found == "no specification"


def test_results_that_cannot_be_judged(folder: Path) -> None:
    hq.write(TABLE.drop_columns(["batch_id"]), folder / "data" / "results.parquet")
    outcome = replayed(folder, "input-changed", "missing-column")
    assert outcome.evaluation is None


EDITS: dict[str, tuple[Callable[[dict[str, Any]], object], tuple[str, ...]]] = {
    "hash of an input": (lambda raw: entry(raw, "results").update(sha256="0" * 64), ("input-changed",)),
    "number of rows": (lambda raw: entry(raw, "results").update(rows=3), ("input-changed",)),
    "policy": (lambda raw: raw["policies"][0].update(rounding="limit-decimals"), ("input-changed",)),
    "hash of the verdicts": (lambda raw: raw.update(verdicts_sha256="0" * 64), ("verdicts-changed",)),
    "place": (lambda raw: entry(raw, "results").update(location="none.parquet"), ("unreadable-file",)),
    "no place": (lambda raw: entry(raw, "results").pop("location"), ("unreadable-file",)),
    "place that is no path": (lambda raw: entry(raw, "results").update(location="a\0.csv"), ("unreadable-file",)),
    "no results": (lambda raw: raw["inputs"].remove(entry(raw, "results")), ("unreadable-file",)),
    "facts apart": (lambda raw: raw["inputs"].append(entry(raw, "batches") | {"role": "facts"}), ("unreadable-file",)),
}


@pytest.mark.parametrize(("change", "codes"), EDITS.values(), ids=EDITS)
def test_edited_record(folder: Path, change: Callable[[dict[str, Any]], object], codes: tuple[str, ...]) -> None:
    edit(folder, change)
    replayed(folder, *codes)


def test_other_versions_are_named_and_take_nothing_away(folder: Path) -> None:
    edit(folder, lambda raw: raw.update(library_version="0.0.1", software=["python 2.7.18", "ruby 3.4"]))
    outcome = replayed(folder, "software-changed", identical=True)
    assert [item.expected for item in outcome.findings] == ["harmoniqc 0.0.1", "python 2.7.18", "ruby 3.4"]
    assert outcome.findings[0].found == f"harmoniqc {hq.__version__}"
    assert outcome.findings[2].found is None


def test_another_vocabulary_is_a_warning(folder: Path) -> None:
    edit(folder, lambda raw: entry(raw, "vocabulary").update(sha256="0" * 64))
    outcome = replayed(folder, "vocabulary-changed", identical=True)
    assert outcome.findings[0].level == "warning"


def test_specifications_are_found_in_packages(tmp_path: Path) -> None:
    second = SPECIFICATION.model_copy(update={"id": "y-release"})
    products = (hq.Product(id="x", name="X"),)
    both = PACKAGE.model_copy(update={"specifications": (SPECIFICATION, second), "products": products})
    hq.write(both, tmp_path / "both.json")
    hq.write(hq.Package(id="more", batches=[hq.Batch(id="B 2")], results=[SECOND]), tmp_path / "results.json")
    recorded(tmp_path, "both.json", "results.json")
    roles = [item.role for item in hq.read(tmp_path / "record.json").inputs]
    assert roles == ["specification", "specification", "results", "batches", "batches", "products", "vocabulary"]
    replayed(tmp_path, identical=True)
    hq.write(both.model_copy(update={"specifications": (SPECIFICATION,)}), tmp_path / "both.json")
    outcome = replayed(tmp_path, "input-changed", "verdicts-changed")
    assert outcome.findings[0].expected == "specification y-release version 3"
    assert outcome.evaluation is not None
    assert outcome.evaluation.specifications == (SPECIFICATION,)


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    hq.write(SPECIFICATION, tmp_path / "record.json")
    with pytest.raises(hq.DocumentError, match="holds a specification and no evaluation record"):
        hq.replay(tmp_path / "record.json")
    hq.write(TABLE, tmp_path / "record.parquet")
    with pytest.raises(hq.DocumentError, match="holds a table and no evaluation record"):
        hq.replay(tmp_path / "record.parquet")
    with pytest.raises(hq.DocumentError, match="No such file"):
        hq.replay(tmp_path / "nothing.json")


def test_an_edited_record_with_unknown_fields_is_refused(folder: Path) -> None:
    edit(folder, lambda raw: raw.update(signature="me"))
    with pytest.raises(hq.DocumentError) as caught:
        hq.replay(folder / "record.json")
    assert caught.value.findings.codes == {"unknown-field"}


def test_progress_is_passed_on(folder: Path) -> None:
    seen: list[int] = []
    hq.replay(folder / "record.json", progress=seen.append)
    assert seen[-1] == 2


def test_products_are_read_from_files_of_their_own(tmp_path: Path) -> None:
    product = hq.Product(id="x", name="X")
    hq.write(product, tmp_path / "product.json")
    assert read_products(tmp_path / "product.json") == (product,)
    hq.write(BATCH, tmp_path / "batch.json")
    with pytest.raises(hq.DocumentError, match="no product"):
        read_products(tmp_path / "batch.json")
