"""Whatever happened to an exchange on the way is found before anything of it is used."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

import harmoniqc as hq
from harmoniqc.exchange.folders import reading
from tests.exchange.folder_examples import (
    edit_manifest,
    only_code,
    package,
    parts,
    replace_file,
    replace_table,
    results,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    hq.write(package(), tmp_path / "x")
    return tmp_path / "x"


def refused(folder: Path) -> hq.Findings:
    """Return what was found, after a look at whether reading refuses what verifying finds."""
    findings = hq.verify(folder)
    with pytest.raises(hq.DocumentError) as error:
        hq.read(folder)
    assert error.value.findings.errors == findings.errors
    return findings


def test_a_changed_byte_anywhere(folder: Path) -> None:
    for file in sorted(folder.rglob("*.parquet")):
        original = file.read_bytes()
        for place in (0, len(original) // 2, len(original) - 1):
            changed = bytearray(original)
            changed[place] ^= 1
            file.write_bytes(changed)
            assert only_code(refused(folder)) == "file-changed"
        for changed_length in (original[:-1], original + b"\0", b""):
            file.write_bytes(changed_length)
            assert only_code(refused(folder)) == "file-changed"
        file.write_bytes(original)
    assert hq.verify(folder) == hq.Findings()


def test_a_changed_byte_of_the_manifest_changes_nothing_that_is_read_or_is_found(folder: Path) -> None:
    sent = hq.read(folder)
    file = folder / "manifest.json"
    original = file.read_bytes()
    for place in range(0, len(original), 211):
        changed = bytearray(original)
        changed[place] ^= 0x04
        file.write_bytes(changed)
        if not hq.verify(folder).errors:  # a description, a name, a blank
            received = hq.read(folder)
            assert isinstance(received, hq.Package)
            assert received.table.to_pylist() == results().to_pylist()
            assert isinstance(sent, hq.Package)
            assert received.specifications == sent.specifications


def test_a_missing_file(folder: Path) -> None:
    for file in sorted(folder.rglob("*.parquet")):
        original = file.read_bytes()
        file.unlink()
        assert only_code(refused(folder)) == "file-missing"
        file.write_bytes(original)
    (folder / "manifest.json").unlink()
    assert only_code(refused(folder)) == "not-an-exchange"


@pytest.mark.parametrize(
    "name", ["extra.txt", "results/schema_major=0/site=Kyoto/part-00009.parquet", ".hidden", "new/deep/file"]
)
def test_an_extra_file(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"x")
    assert only_code(refused(folder)) == "file-not-listed"


def test_files_of_two_sites_swapped(folder: Path) -> None:
    first, second, _ = parts(folder)
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    assert [item.code for item in refused(folder)] == ["file-swapped", "file-swapped"]


def test_a_partition_that_holds_rows_of_another_site(folder: Path) -> None:
    kyoto = next(file for file in parts(folder) if "Kyoto" in str(file))
    other = kyoto.parent.with_name("site=Osaka")
    kyoto.parent.rename(other)

    def change(manifest: dict) -> None:
        for item in manifest["resources"]:
            item["path"] = item["path"].replace("Kyoto", "Osaka")

    edit_manifest(folder, change)
    assert only_code(refused(folder)) == "wrong-partition"


def test_a_partition_of_another_version(folder: Path) -> None:
    old = folder / "results" / "schema_major=0"
    old.rename(old.with_name("schema_major=1"))

    def change(manifest: dict) -> None:
        for item in manifest["resources"]:
            item["path"] = item["path"].replace("results/schema_major=0", "results/schema_major=1")

    edit_manifest(folder, change)
    assert refused(folder).codes == {"wrong-partition"}


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_a_truncated_row_group_that_the_manifest_agrees_with(folder: Path, keep: float) -> None:
    file = parts(folder)[0]
    data = file.read_bytes()
    replace_file(folder, file, data[: int(len(data) * keep)])
    assert only_code(refused(folder)) == "broken-table"


def test_bytes_taken_out_of_a_row_group_that_the_manifest_agrees_with(folder: Path) -> None:
    file = parts(folder)[0]
    data = file.read_bytes()
    replace_file(folder, file, data[:40] + data[60:])
    assert only_code(refused(folder)) in {"broken-table", "exchange-too-large"}


CHANGES: dict[str, tuple[Callable[[pa.Table], pa.Table], str]] = {
    "a value": (lambda t: t.set_column(2, "value", pa.array(["0.11"] * len(t))), "content-differs"),
    "a row less": (lambda t: t.slice(1), "rows-differ"),
    "a column less": (lambda t: t.drop_columns(["text"]), "content-differs"),
    "no order": (lambda t: t.drop_columns(["exchange_row"]), "broken-table"),
    "a null in the order": (lambda t: t.set_column(8, "exchange_row", pa.nulls(len(t), pa.int64())), "broken-table"),
    "an order of words": (lambda t: t.set_column(8, "exchange_row", pa.array(["0"] * len(t))), "broken-table"),
    "another order": (lambda t: t.set_column(8, "exchange_row", pa.array([0] * len(t))), "rows-differ"),
    "a wrong type": (lambda t: t.set_column(0, "batch_id", pa.array([1.5] * len(t))), "wrong-column-type"),
    "a wrong nested type": (lambda t: t.set_column(2, "value", pa.array([[1]] * len(t))), "wrong-column-type"),
    "a name twice": (lambda t: t.append_column("value", t.column("value")), "broken-table"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_table_changed_in_a_way_that_the_hash_of_the_file_agrees_with(folder: Path, name: str) -> None:
    change, code = CHANGES[name]
    assert results().append_column("exchange_row", pa.array([0] * 4)).column_names[8] == "exchange_row"
    replace_table(folder, next(file for file in parts(folder) if "Kyoto" in str(file)), change)
    assert code in {item.code for item in refused(folder).errors}


def test_bytes_that_are_no_text(folder: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        wrong = pa.array([b"\xff\xfe"] * len(table), pa.binary()).view(pa.string())
        return table.set_column(4, "text", wrong)

    replace_table(folder, parts(folder)[0], change)
    assert only_code(refused(folder)) == "broken-table"


def test_criteria_that_say_something_else_than_the_specifications(folder: Path) -> None:
    other = package(specifications=(package().specifications[0].model_copy(update={"version": "4"}),))
    hq.write(other, folder.with_name("y"))
    file = parts(folder, "criteria")[0]
    theirs = parts(folder.with_name("y"), "criteria")[0]
    manifest = hq.read_exchange(folder.with_name("y")).manifest
    (content,) = (item.content for item in manifest.files if item.content.table == "criteria")
    replace_file(folder, file, theirs.read_bytes(), content_sha256=content.content_sha256)
    edit_manifest(folder, lambda m: m["harmoniqc"]["tables"]["criteria"].update(content_sha256=content.content_sha256))
    assert only_code(refused(folder)) == "criteria-differ"


def test_a_document_whose_columns_say_something_else(folder: Path, tmp_path: Path) -> None:
    from harmoniqc.exchange.folders.content import content_hash_of

    file = parts(folder, "batches")[0]
    hashes = {}

    def change(table: pa.Table) -> pa.Table:
        changed = table.set_column(0, "id", pa.array(["B 9"] * len(table)))
        hashes["content_sha256"] = content_hash_of(changed)
        return changed

    replace_table(folder, file, change)
    edit_manifest(folder, lambda m: m["harmoniqc"]["tables"]["batches"].update(hashes))
    edit_manifest(
        folder,
        lambda m: [i["harmoniqc"].update(hashes) for i in m["resources"] if i["harmoniqc"]["table"] == "batches"],
    )
    assert only_code(refused(folder)) == "content-differs"


def test_what_a_manifest_may_not_say(folder: Path) -> None:
    original = (folder / "manifest.json").read_bytes()
    changes: list[tuple[Callable[[dict], object], str]] = [
        (lambda m: m.pop("harmoniqc"), "invalid-exchange-manifest"),
        (lambda m: m.pop("resources"), "invalid-exchange-manifest"),
        (lambda m: m.update(resources=[]), "invalid-exchange-manifest"),
        (lambda m: m["harmoniqc"].update(format_version="2"), "unknown-exchange-version"),
        (lambda m: m["harmoniqc"].update(standard_version="1.0"), "unknown-standard-version"),
        (lambda m: m["resources"][0].update(bytes=-1), "invalid-exchange-manifest"),
        (lambda m: m["resources"][0].update(bytes=2**40), "invalid-exchange-manifest"),
        (lambda m: m["resources"][0].update(bytes="12"), "invalid-exchange-manifest"),
        (lambda m: m["resources"][0].update(hash="md5:0"), "invalid-exchange-manifest"),
        (lambda m: m["resources"].append(m["resources"][0]), "invalid-exchange-manifest"),
        (lambda m: m["harmoniqc"]["tables"].pop("results"), "invalid-exchange-manifest"),
        (lambda m: m["harmoniqc"]["tables"]["results"].update(rows=3), "invalid-exchange-manifest"),
        (
            lambda m: m["harmoniqc"]["tables"].update(other={"rows": 0, "content_sha256": "0" * 64}),
            "invalid-exchange-manifest",
        ),
        (lambda m: m["harmoniqc"]["package"].update(type="batch"), "unknown-field"),
        (lambda m: m["harmoniqc"]["package"].pop("id"), "missing-field"),
        (lambda m: m.update(x=2**70), "invalid-exchange-manifest"),
    ]
    for change, code in changes:
        edit_manifest(folder, change)
        assert code in refused(folder).errors.codes
        (folder / "manifest.json").write_bytes(original)
    for text in (b"", b"[]", b"{", b"\xff", b'{"harmoniqc": {}, "harmoniqc": {}}', b"[" * 100_000):
        (folder / "manifest.json").write_bytes(text)
        assert only_code(refused(folder)) == "invalid-exchange-manifest"


def test_a_manifest_may_say_more(folder: Path) -> None:
    edit_manifest(folder, lambda m: m.update(contributors=[{"title": "QC"}], x={"y": 1.5}))
    edit_manifest(folder, lambda m: m["resources"][0].update(title="Results"))
    edit_manifest(folder, lambda m: m["harmoniqc"].update(later={"a": 1}))
    assert hq.verify(folder) == hq.Findings()


@pytest.mark.parametrize("name", ["missing", "file.txt"])
def test_no_exchange_at_all(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").write_text("x", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / name, tmp_path / "empty"):
        assert only_code(hq.verify(path)) == "not-an-exchange"
    with pytest.raises(hq.DocumentError):
        hq.read(tmp_path / "empty")


def test_the_chain_of_exchanges(tmp_path: Path) -> None:
    hq.write(package(), tmp_path / "1")
    hq.write(package(), tmp_path / "2", previous=tmp_path / "1")
    sha256 = hq.read_exchange(tmp_path / "1").manifest_sha256
    assert hq.read_exchange(tmp_path / "2").manifest.head.previous_sha256 == sha256
    for previous in (tmp_path / "1", sha256):
        assert hq.verify(tmp_path / "2", previous=previous) == hq.Findings()
    for previous in (tmp_path / "2", "0" * 64):
        assert only_code(hq.verify(tmp_path / "2", previous=previous)) == "chain-broken"
    assert only_code(hq.verify(tmp_path / "1", previous=sha256)) == "chain-broken"
    assert only_code(hq.verify(tmp_path / "1", previous=tmp_path / "none")) == "not-an-exchange"
    shutil.copytree(tmp_path / "1", tmp_path / "3")
    hq.write(package(title="newer"), tmp_path / "3")
    assert hq.verify(tmp_path / "3", previous=tmp_path / "1") == hq.Findings(), "what it replaces, it follows"


def test_a_newer_exchange_that_takes_the_place_while_one_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = package(title="newer", results=results().slice(1))
    read_plain_file = reading.read_plain_file
    written = []

    def replacing(root: Path, path: str, most: int | None = None) -> bytes:
        if path.startswith("results") and not written:
            written.append(True)
            hq.write(newer, folder)
        return read_plain_file(root, path, most)

    monkeypatch.setattr(reading, "read_plain_file", replacing)
    assert hq.read(folder) == newer
    assert written
