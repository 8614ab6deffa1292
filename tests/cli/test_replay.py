"""``harmoniqc evaluate --record`` and ``harmoniqc replay``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import harmoniqc as hq
from harmoniqc.cli import main

CORPUS = Path(__file__).parents[1] / "corpus"
PACKAGES = ("01_car_t_ari0001_cd19.json", "06_treg_expanded_4_validation_runs.json")


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a package in the working folder, with its record."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(CORPUS / request.param, tmp_path / "package.json")
    arguments = ["evaluate", "package.json", "--record", "record.json", "--format", "json", "-o", "verdicts.json"]
    assert main(arguments) == 1
    return Path("package.json")


def test_identical(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert {item.location for item in hq.read("record.json").inputs} == {"package.json", None}
    assert main(["replay", "record.json"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("identical: ")
    assert printed.count("\n") == 1


def test_identical_from_another_folder(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = Path("record.json").resolve()
    monkeypatch.chdir(CORPUS)
    assert main(["replay", str(record)]) == 0


def test_changed(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = hq.read(package)
    hq.write(document.model_copy(update={"results": document.table.slice(1)}), package)
    assert main(["replay", "record.json"]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("changed: now ")
    assert "error[input-changed]: results" in printed
    assert "error[verdicts-changed]" in printed


def test_unusable(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "package.json"]) == 2
    assert "no evaluation record" in capsys.readouterr().err
    package.unlink()
    assert main(["replay", "record.json"]) == 2
    assert "error[unreadable-file]" in capsys.readouterr().out
    assert main(["replay", "none.json"]) == 2


@pytest.mark.parametrize("name", ["record.parquet", "package.json", "../{folder}/verdicts.json"])
def test_places_that_are_refused(package: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = package.read_bytes()
    name = name.format(folder=Path.cwd().name)
    assert main(["evaluate", "package.json", "-o", "verdicts.json", "--record", name]) == 2
    assert "record" in capsys.readouterr().err
    assert package.read_bytes() == before


def test_a_folder_that_is_not_there(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "package.json", "--record", "none/record.json"]) == 2
    assert "No such file" in capsys.readouterr().err


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["replay", "--help"])
    assert "harmoniqc replay record.json" in capsys.readouterr().out
