"""``harmoniqc cqa`` and ``harmoniqc crosswalk``."""

from __future__ import annotations

import json

import pytest

from harmoniqc.cli import main


def test_cqa(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cqa", "VCN"]) == 0
    said = capsys.readouterr().out
    assert "vector-copy-number" in said
    assert "copy/cell" in said


def test_cqa_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cqa", "bacterial endotoxins", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "endotoxin"


def test_an_unknown_attribute(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cqa", "endotoxn"]) == 2
    assert "did you mean endotoxin" in capsys.readouterr().err


def test_counterparts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["crosswalk", "21 CFR 610.12", "--to", "EMA", "--as-of", "2026-11-25"]) == 0
    said = capsys.readouterr().out
    assert "skos:relatedMatch" in said
    assert "Ph. Eur. 2.6.27" in said
    assert "as of 2026-11-25" in said


def test_requirements_on_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["crosswalk", "--cqa", "endotoxin", "--as-of", "2027-01-02", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"PHEUR-020", "PHEUR-022"} <= {row["id"] for row in rows}
    assert {row["as_of"] for row in rows} == {"2027-01-02"}


@pytest.mark.parametrize("arguments", [["--matrix", "aav-in-vivo"], ["--profile", "EMA"], ["--stage", "vector"]])
def test_other_questions(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["crosswalk", *arguments]) == 0
    assert "as of" in capsys.readouterr().out
    assert main(["crosswalk", *arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


def test_nothing_found_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["crosswalk", "--cqa", "zeta-potential"]) == 1
    assert capsys.readouterr().out.startswith("requirements, zeta-potential (0), as of ")


@pytest.mark.parametrize("reference", ["21 CFR 999", "USP <7l>"])
def test_an_unknown_text_is_two(reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["crosswalk", reference]) == 2
    assert "unknown-reference" in capsys.readouterr().err


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("cqa", "crosswalk"):
        with pytest.raises(SystemExit) as done:
            main([command, "--help"])
        assert done.value.code == 0
        said = capsys.readouterr().out
        assert "examples:" in said
        assert "exit status:" in said
