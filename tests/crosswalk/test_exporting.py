"""Files for others: TSV, JSON, and SSSOM that its own validator accepts."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from harmoniqc.crosswalk import export, sssom
from harmoniqc.crosswalk.store import documents_by_id, mappings, requirements_by_id


def rows_of(text: str) -> list[dict[str, str]]:
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    return list(csv.DictReader(io.StringIO("".join(lines)), delimiter="\t"))


def test_sssom_has_its_head_and_required_columns() -> None:
    text = sssom()
    head = [line for line in text.splitlines() if line.startswith("#")]
    assert text.startswith("#curie_map:")
    assert any(line.startswith("#mapping_set_id: https://") for line in head)
    assert any(line.startswith("#license: https://") for line in head)
    assert "\r" not in text
    rows = rows_of(text)
    for row in rows:
        for column in ("subject_id", "predicate_id", "object_id", "mapping_justification", "comment"):
            assert row[column], (column, row)
    assert rows == sorted(rows, key=lambda row: list(row.values()))


def test_sssom_holds_every_mapping_and_no_stranger() -> None:
    rows = rows_of(sssom())
    known = {f"hqreq:{id}" for id in requirements_by_id()} | {f"hqdoc:{id}" for id in documents_by_id()}
    assert {row["subject_id"] for row in rows} | {row["object_id"] for row in rows} <= known | {"sssom:NoTermFound"}
    pairs = {(row["subject_id"], row["object_id"]) for row in rows}
    for mapping in mappings():
        wanted = f"hqreq:{mapping.object}" if mapping.object else "sssom:NoTermFound"
        assert (f"hqreq:{mapping.subject}", wanted) in pairs


def test_nothing_found_says_where_one_looked() -> None:
    for row in rows_of(sssom()):
        if row["object_id"] == "sssom:NoTermFound":
            assert row["object_source"]
            assert row["predicate_id"] == "skos:relatedMatch"


def test_the_remaining_difference_and_the_evidence_go_along() -> None:
    assert all("Evidence: " in row["comment"] for row in rows_of(sssom()))


def test_json_holds_everything(tmp_path: Path) -> None:
    data = json.loads(export(tmp_path / "crosswalk.json").read_text(encoding="utf-8"))
    assert len(data["requirements"]) == len(requirements_by_id())
    assert len(data["documents"]) == len(documents_by_id())
    assert len(data["mappings"]) == len(mappings())
    assert len(data["pharmacopoeia"]) == 47
    ids = {document["id"] for document in data["documents"]}
    assert {row["document"] for row in data["requirements"]} <= ids


def test_tsv_holds_every_requirement_with_its_document(tmp_path: Path) -> None:
    rows = rows_of(export(tmp_path / "requirements.tsv").read_text(encoding="utf-8"))
    assert [row["id"] for row in rows] == list(requirements_by_id())
    assert all(row["reference"] and row["status"] and row["evidence"] for row in rows)


def test_a_folder_holds_all_three(tmp_path: Path) -> None:
    folder = export(tmp_path / "out")
    assert {path.name for path in folder.iterdir()} == {"crosswalk.sssom.tsv", "crosswalk.json", "requirements.tsv"}
    assert (folder / "crosswalk.sssom.tsv").read_text(encoding="utf-8") == sssom()


@pytest.mark.packaging
def test_the_validator_of_sssom_accepts_it(tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    scripts = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [str(scripts / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "sssom"]
    installed = subprocess.run(pip, cwd=tmp_path, capture_output=True, text=True, check=False)
    if installed.returncode != 0:
        pytest.skip(f"pip reaches no package index: {installed.stderr.strip().splitlines()[-1]}")
    path = export(tmp_path / "crosswalk.sssom.tsv")
    done = subprocess.run([str(scripts / "sssom"), "validate", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = done.stdout + done.stderr
    assert "ERROR" not in said.upper(), said
