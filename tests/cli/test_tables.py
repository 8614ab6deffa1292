"""``harmoniqc specification`` and ``harmoniqc map``: from a spreadsheet to verdicts in three commands."""

from __future__ import annotations

from pathlib import Path

import pytest

import harmoniqc as hq
from harmoniqc.cli import main
from tests.exchange.tables.table_files import (
    BEADS,
    HEADER,
    printed_results,
    printed_specification,
    write_csv,
    write_xlsx,
)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_xlsx(Path("specification.xlsx"), [HEADER, *printed_specification(BEADS)])
    write_csv(Path("results.csv"), [("Batch", "Attribute", "Result"), *printed_results(BEADS)])


def test_three_commands(capsys: pytest.CaptureFixture[str]) -> None:
    # One attribute is not in the vocabulary: the document is written, and somebody should look.
    assert main(["specification", "specification.xlsx", "-o", "specification.json", "--product", "p"]) == 1
    assert main(["map", "results.csv", "--specification", "specification.json", "-o", "mapping.toml"]) == 0
    assert main(["evaluate", "specification.json", "results.csv", "--mapping", "mapping.toml"]) == 1
    printed = capsys.readouterr().out
    assert "11 tests: 10 read, 1 to look at; rounding none" in printed
    assert "everything is certain" in printed
    verdicts = printed[printed.index("everything is certain") :]
    assert "Batch 1  cell-viability" in verdicts
    assert "33 results:" in verdicts
    assert "22 conforms" in verdicts or " conforms" in verdicts


def test_without_a_mapping_if_all_is_certain(capsys: pytest.CaptureFixture[str]) -> None:
    main(["specification", "specification.xlsx", "-o", "specification.json"])
    write_xlsx(Path("results.xlsx"), [("Batch", "Attribute", "Result"), *printed_results(BEADS)])
    capsys.readouterr()
    for name in ("results.csv", "results.xlsx"):
        assert main(["evaluate", "specification.json", name, "--format", "json"]) == 1
        assert '"conforms": false' in capsys.readouterr().out


def test_specification_shows_each_test(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [HEADER, ("Viability", "", "≥ 70 %"), ("Endotoxin", "", "TBD")]
    assert main(["specification", str(write_csv(Path("s.csv"), rows)), "--rounding", "limit-decimals"]) == 1
    printed = capsys.readouterr().out
    assert [line.split()[:2] for line in printed.splitlines()[2:4]] == [
        ["Viability", "cell-viability"],
        ["Endotoxin", "endotoxin"],
    ]
    assert "not read" in printed
    assert "2 tests: 1 read, 1 to look at; rounding limit-decimals" in printed
    assert sorted(path.name for path in Path().iterdir()) == ["results.csv", "s.csv", "specification.xlsx"]
    rows[2] = ("Endotoxin", "", "≤ 5 EU/mL")
    assert main(["specification", str(write_csv(Path("s.csv"), rows))]) == 0


def test_a_specification_that_is_written_can_be_read() -> None:
    arguments = ["--id", "x", "--product", "y", "--version", "3", "--rounding", "limit-decimals"]
    main(["specification", "specification.xlsx", "-o", "s.json", *arguments])
    specification = hq.read("s.json")
    assert (specification.id, specification.product, specification.version) == ("x", "y", "3")
    assert specification.rounding == "limit-decimals"


def test_map_leaves_what_is_open_to_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("Batch", "Viability (%)", "Widgets"), ("B1", "91", "5")]
    write_csv(Path("r.csv"), rows)
    assert main(["map", "r.csv"]) == 1
    printed = capsys.readouterr().out
    assert "a column an attribute, headings in line 1" in printed
    assert "error[unmapped-column]" in printed
    assert "1 of 3 to be decided" in printed
    assert main(["map", "r.csv", "-o", "m.toml"]) == 1
    assert 'printed = "Widgets"' in Path("m.toml").read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["map", "r.csv", "-o", "m.toml"]) == 2
    assert "exists already" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["specification", "missing.xlsx"],
        ["specification", "results.csv"],
        ["specification", "specification.xlsx", "-o", "s.xlsx"],
        ["specification", "specification.xlsx", "--sheet", "none"],
        ["map", "missing.csv"],
        ["map", "results.csv", "-o", "m.json"],
        ["map", "results.csv", "--specification", "results.csv"],
        ["map", "specification.xlsx"],
        ["evaluate", "s.json", "results.csv", "--mapping", "missing.toml"],
        ["evaluate", "s.json", "results.csv", "--record", "record.json"],
    ],
)
def test_unusable(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["specification", "specification.xlsx", "-o", "s.json"])
    capsys.readouterr()
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "remedy:" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["specification", "map", "evaluate"])
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    assert "examples:" in printed
    assert "exit status:" in printed
