"""``harmoniqc gaps`` and ``harmoniqc impact``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import harmoniqc as hq
from harmoniqc.cli import main

CONFORMS, DOES_NOT, UNUSABLE = 0, 1, 2
ARI = str(Path(__file__).parents[1] / "corpus" / "01_car_t_ari0001_cd19.json")
DAY = ("--as-of", "2026-06-01")


def test_gaps_of_a_package(capsys):
    assert main(["gaps", ARI, "--authority", "PMDA", *DAY]) == DOES_NOT
    shown = capsys.readouterr().out
    assert shown.startswith("expected by PMDA and JP beyond ari-0001-release version 1, car-t-autologous (18)")
    assert "non-target-cells" in shown
    assert "replication-competent-retrovirus" not in shown  # the package says that the vector is a lentivirus
    assert main(["gaps", ARI, "--authority", "PMDA", "--modality", "car-t", *DAY]) == DOES_NOT
    assert "replication-competent-retrovirus" in capsys.readouterr().out


def test_gaps_as_json_and_html(tmp_path, capsys):
    target = tmp_path / "gaps.json"
    assert main(["gaps", ARI, "--authority", "FDA", *DAY, "--json", "-o", str(target)]) == DOES_NOT
    found = json.loads(target.read_text(encoding="utf-8"))
    assert (found["authorities"], found["modality"], found["as_of"]) == (["FDA", "USP"], "car-t-autologous", DAY[1])
    assert len(found["gaps"]) == 16
    assert "FDA-036" in found["answered"]
    assert [item["code"] for item in found["findings"]] == ["stages-left-out"]
    assert main(["gaps", ARI, "--authority", "FDA", *DAY, "--html"]) == DOES_NOT
    assert capsys.readouterr().out.count("<tr>") == 17


def test_gaps_need_to_know_the_product(tmp_path, capsys):
    package = hq.read(ARI)
    specification, product = tmp_path / "spec.json", tmp_path / "product.json"
    hq.write(package.specifications[0], specification)
    hq.write(package.products[0], product)
    assert main(["gaps", str(specification), "--authority", "FDA"]) == UNUSABLE
    assert "nothing says what kind of product ari-0001 is" in capsys.readouterr().err
    given = ["gaps", str(specification), "--authority", "FDA", "--product", str(product), *DAY]
    assert main(given) == DOES_NOT
    hq.write(hq.products["kymriah"], product)
    assert main(given) == UNUSABLE
    assert main(["gaps", str(product), "--authority", "FDA"]) == UNUSABLE
    assert "holds no specification" in capsys.readouterr().err


def dose(version, high):
    test = hq.Test(id="dose", cqa="transduced-cell-dose", criterion=hq.Limit.between("300E6", high, "cell"))
    return hq.Specification(id="dose", version=version, product="abecma", rounding="none", tests=(test,))


@pytest.fixture
def files(tmp_path):
    changed = hq.SpecificationChange(id="dose", from_version="1", to_version="2")
    change = hq.ChangeRecord(
        id="CR-1", product="abecma", description="dose", reason="experience", specifications=(changed,)
    )
    rows = [
        hq.Result(batch_id=batch, cqa="transduced-cell-dose", value=value, unit="cell")
        for batch, value in (("B1", "400E6"), ("B2", "480E6"))
    ]
    documents = {
        "change": change,
        "one": dose("1", "460E6"),
        "two": dose("2", "510E6"),
        "package": hq.Package(id="p", specifications=(dose("1", "460E6"), dose("2", "510E6")), results=rows),
        "whole": hq.Package(id="c", changes=(change,), specifications=(dose("1", "460E6"), dose("2", "510E6"))),
    }
    paths = {name: tmp_path / f"{name}.json" for name in documents}
    for name, document in documents.items():
        hq.write(document, paths[name])
    results = tmp_path / "results.csv"
    results.write_text(
        "batch_id,cqa,value,unit\nB1,transduced-cell-dose,400E6,cell\nB2,transduced-cell-dose,480E6,cell\n"
    )
    return {name: str(path) for name, path in paths.items()} | {"results": str(results)}


def test_impact(files, capsys):
    assert main(["impact", files["change"], files["one"], files["two"], files["results"]]) == DOES_NOT
    shown = capsys.readouterr().out
    assert shown.startswith("CR-1 (dose version 1 → 2): 1 of 2 results and 1 of 2 batches are judged differently")
    assert main(["impact", files["change"], files["package"]]) == DOES_NOT
    assert capsys.readouterr().out == shown
    assert main(["impact", files["whole"], files["results"]]) == DOES_NOT
    assert capsys.readouterr().out == shown


def test_impact_as_json_and_html(files, capsys):
    given = ["impact", files["change"], files["one"], files["two"], files["results"]]
    assert main([*given, "--json"]) == DOES_NOT
    found = json.loads(capsys.readouterr().out)
    assert [item["batch"] for item in found["batches"]] == ["B2"]
    assert [(item["before"], item["after"]) for item in found["results"]] == [("does-not-conform", "conforms")]
    assert main([*given, "--html"]) == DOES_NOT
    assert "<td>B2</td>" in capsys.readouterr().out


def test_impact_of_nothing_and_of_what_is_missing(files, tmp_path, capsys):
    unchanged = tmp_path / "same.json"
    hq.write(dose("2", "460E6"), unchanged)
    assert main(["impact", files["change"], files["one"], str(unchanged), files["results"]]) == CONFORMS
    assert main(["impact", files["change"], files["one"], files["results"]]) == UNUSABLE
    assert "specification dose version 2 is not among those given" in capsys.readouterr().err
    assert main(["impact", files["one"], files["two"], files["results"]]) == UNUSABLE
    assert "holds no change record" in capsys.readouterr().err
