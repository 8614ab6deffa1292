"""``harmoniqc migrate``, with a step between versions that never were."""

from __future__ import annotations

import importlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from harmoniqc.cli import main
from harmoniqc.schema import migrate

from ..schema.fabricated import ALL, OLD_LOT, OLD_SPECIFICATION

CURRENT: dict[str, Any] = {"standard_version": "0.1", "type": "batch", "id": "B µ 1", "note": "±"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, and steps to take in it."""
    monkeypatch.chdir(tmp_path)
    command = importlib.import_module("harmoniqc.cli.migrating")
    monkeypatch.setattr(command, "migrate", lambda document, to: migrate(document, to, steps=ALL))
    return tmp_path


def given(document: dict[str, Any]) -> str:
    Path("old.json").write_text(json.dumps(document), encoding="utf-8")
    return "old.json"


def test_everything_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", given(OLD_LOT), "-o", "new.json"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("batch 'B 1': from version 0.0 to 0.1, everything kept\n")
    assert captured.err == ""
    document = json.loads(Path("new.json").read_text(encoding="utf-8"))
    assert (document["standard_version"], document["original_standard_version"]) == ("0.1", "0.0")
    assert json.loads(Path("old.json").read_text(encoding="utf-8")) == OLD_LOT
    assert [path.name for path in sorted(Path().iterdir())] == ["new.json", "old.json"]


def test_something_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", given(OLD_SPECIFICATION), "-o", "new.json"]) == 1
    printed = capsys.readouterr().out
    assert "2 values not kept" in printed
    assert "warning[not-kept] at /typeface" in printed
    assert "Garamond" in printed
    assert Path("new.json").exists()


def test_to_the_screen_goes_the_document_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", given(OLD_LOT), "--to", "0.2"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["standard_version"] == "0.2"
    assert captured.err.startswith("batch 'B 1': from version 0.0 to 0.2, 1 value not kept\n")


def test_already_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", given(CURRENT), "-o", "new.json"]) == 0
    assert capsys.readouterr().out == "batch 'B µ 1': of version 0.1 already, nothing to do\n"
    assert json.loads(Path("new.json").read_text(encoding="utf-8")) == CURRENT


def test_a_terminal_that_has_few_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", shown)
    assert main(["migrate", given(CURRENT)]) == 0
    assert json.loads(shown.buffer.getvalue()) == CURRENT  # type: ignore[attr-defined]


@pytest.mark.parametrize("output", ["old.json", "./old.json", "link.json"])
def test_the_document_given_is_never_written_over(output: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path(given(OLD_LOT)).read_bytes()
    Path("link.json").symlink_to("old.json")
    assert main(["migrate", "old.json", "-o", output]) == 2
    assert "would be written over" in capsys.readouterr().err
    assert Path("old.json").read_bytes() == before
    assert Path("link.json").is_symlink()


@pytest.mark.parametrize(
    ("document", "arguments", "code"),
    [
        (CURRENT | {"standard_version": "9.0"}, [], "unknown-standard-version"),
        (CURRENT, ["--to", "0.0"], "no-migration"),
        (CURRENT, ["--to", "newest"], "no-migration"),
        ({"a": 1}, [], "unknown-document-type"),
    ],
)
def test_what_cannot_be_migrated(
    document: dict[str, Any], arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", given(document), "-o", "new.json", *arguments]) == 2
    captured = capsys.readouterr()
    assert f"error[{code}]" in captured.err
    assert captured.out == ""
    assert not Path("new.json").exists()


def test_files_that_cannot_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "none.json"]) == 2
    assert "error[unreadable-file]" in capsys.readouterr().err
    assert main(["migrate", given(OLD_LOT), "-o", "none/new.json"]) == 2
    assert "No such file" in capsys.readouterr().err


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["migrate", "--help"])
    assert "harmoniqc migrate package.json -o" in capsys.readouterr().out
