"""``harmoniqc compare`` and ``harmoniqc harmonize``."""

from __future__ import annotations

import json

import pytest

import harmoniqc as hq
from harmoniqc.cli import main

CONFORMS, DOES_NOT, UNUSABLE = 0, 1, 2


def written(folder, name, criterion, **further):
    test = hq.Test(id="endotoxin", cqa="endotoxin", criterion=criterion, **further)
    specification = hq.Specification(
        id=name, version="1", product="p", rounding="none", jurisdiction=name.upper(), tests=(test,)
    )
    path = folder / f"{name}.json"
    hq.write(specification, path)
    return str(path)


@pytest.fixture
def fda(tmp_path):
    return written(tmp_path, "fda", hq.Limit.at_most("5", "EU/mL"), method=hq.Method(reference="USP <85>"))


@pytest.fixture
def ema(tmp_path):
    method = hq.Method(reference="Ph. Eur. 2.6.14")
    return written(tmp_path, "ema", hq.Limit.at_most("1000", "EU/L"), method=method)


def test_compare(fda, ema, capsys):
    assert main(["compare", fda, ema]) == DOES_NOT
    shown = capsys.readouterr().out
    assert "tighter" in shown
    assert "another method, not declared equivalent" in shown
    assert main(["compare", fda, fda]) == CONFORMS


def test_compare_with_an_equivalence(fda, ema, capsys):
    assert main(["compare", ema, fda, "--equivalent", "USP <85>", "Ph. Eur. 2.6.14"]) == DOES_NOT
    assert "every batch that meets a meets b: yes" in capsys.readouterr().out


def test_compare_as_json_and_html(fda, ema, capsys, tmp_path):
    main(["compare", fda, ema, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["implies_b"] is None
    assert found["changes"][0]["relation"] == "tighter"
    assert {item["name"] for item in found["changes"][0]["facets"]} == {"method", "unit", "text"}
    page = tmp_path / "page.html"
    main(["compare", fda, ema, "--html", "-o", str(page)])
    assert page.read_text(encoding="utf-8").startswith("<table>")
    assert capsys.readouterr().out == ""


def test_harmonize(fda, ema, capsys, tmp_path):
    output, page = tmp_path / "harmonized.json", tmp_path / "page.html"
    equivalent = ["--equivalent", "USP <85>", "Ph. Eur. 2.6.14"]
    assert main(["harmonize", fda, ema, "-o", str(output), "--html", str(page), "--id", "global", *equivalent]) == 0
    specification = hq.read(output)
    assert specification.id == "global"
    assert len(specification.tests) == 1
    assert "met exactly when every source is met" in capsys.readouterr().out
    assert "* ≤ 1000 EU/L" in page.read_text(encoding="utf-8")


def test_harmonize_simplified(fda, ema, capsys, tmp_path):
    output = tmp_path / "harmonized.json"
    equivalent = ["--equivalent", "USP <85>", "Ph. Eur. 2.6.14"]
    main(["harmonize", fda, ema, "-o", str(output), "--simplified", *equivalent])
    assert str(hq.read(output).tests[0].criterion) == "≤ 1 EU/mL"
    assert "sufficient only" in capsys.readouterr().out


def test_conflicts_are_an_exit_status(fda, tmp_path, capsys):
    other = written(tmp_path, "pmda", hq.Limit.at_least("6", "EU/mL"), method=hq.Method(reference="USP <85>"))
    output = tmp_path / "harmonized.json"
    assert main(["harmonize", fda, other, "-o", str(output)]) == DOES_NOT
    assert "error[conflicting-limits]" in capsys.readouterr().out
    assert output.exists()


def test_what_cannot_be_used(fda, tmp_path, capsys):
    package = tmp_path / "batch.json"
    hq.write(hq.Batch(id="B1"), package)
    for arguments in (
        ["compare", fda, str(package)],
        ["compare", fda, str(tmp_path / "missing.json")],
        ["harmonize", fda, fda],
        ["harmonize", fda, "-o", str(tmp_path / "out.parquet")],
    ):
        assert main(arguments) == UNUSABLE
        assert capsys.readouterr().err.startswith("harmoniqc: ")
