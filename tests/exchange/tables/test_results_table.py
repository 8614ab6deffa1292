"""Results as laboratories export them: three ways a table may lie, and the mapping that says what its columns mean."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

import harmoniqc as hq
from harmoniqc.exchange import propose_mapping, read_mapping
from harmoniqc.exchange.tables.proposing import Proposal
from harmoniqc.exchange.tables.resolving import Resolver
from tests.exchange.tables.table_files import (
    BEADS,
    HEADER,
    TREGS,
    package,
    printed_results,
    printed_specification,
    refused,
    write_csv,
    write_xlsx,
)

SPECIFICATION = hq.Specification(
    id="s",
    version="1",
    product="p",
    rounding="none",
    tests=(
        hq.Test(id="viability", cqa="cell-viability", name="Viability", criterion=hq.Limit.at_least("70", "%")),
        hq.Test(id="endotoxin", cqa="endotoxin", name="Endotoxin", criterion=hq.Limit.at_most("5.0", "EU/mL")),
        hq.Test(id="sterility", cqa="sterility", name="Sterility", criterion=hq.Absence()),
        hq.Test(
            id="identity",
            cqa="cell-identity",
            name="Phenotype",
            criterion=hq.AllOf(
                members=(
                    hq.Member(criterion=hq.Limit.at_least("80", "%"), component="CD73"),
                    hq.Member(criterion=hq.Limit.at_most("2", "%"), component="CD45"),
                )
            ),
        ),
    ),
)
LONG = [
    ["Lot No.", "Test", "Result", "Unit", "Analyst"],
    ["B1", "Viability", "91.3", "%", "JD"],
    ["B1", "Endotoxin (LAL)", "<0.5", "EU/mL", "JD"],
    ["B1", "Sterility", "No growth", "", "JD"],
    ["B2", "Viability", "68.9", "%", "JD"],
]
WIDE = [
    ["Lot No.", "Viability [%]", "Endotoxin (EU/mL)", "Sterility", "Comment"],
    ["B1", "91.3", "<0.5", "No growth", ""],
    ["B2", "68.9", "", "", "late"],
]
TRANSPOSED = [
    ["Parameter", "Unit", "B1", "B2"],
    ["Viability", "%", "91.3", "68.9"],
    ["Endotoxin", "EU/mL", "<0.5", ""],
    ["Sterility", "-", "No growth", ""],
]
EXPECTED = {
    ("B1", "viability"): ("91.3", None, "%", None),
    ("B1", "endotoxin"): ("0.5", "<", "EU/mL", None),
    ("B1", "sterility"): (None, None, None, "absent"),
    ("B2", "viability"): ("68.9", None, "%", None),
}


def results(table: pa.Table) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return value, comparator, unit and code of each result by batch and test."""
    names = ("value", "comparator", "unit", "code")
    return {(row["batch_id"], row["test_id"]): tuple(row.get(name) for name in names) for row in table.to_pylist()}


def proposed(path: Path, specification: hq.Specification | None = SPECIFICATION) -> Proposal:
    return propose_mapping(path, specification)[1]


def mapping_file(folder: Path, text: str) -> Path:
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("rows", [LONG, WIDE, TRANSPOSED], ids=["long", "wide", "transposed"])
@pytest.mark.parametrize(("make", "name"), [(write_csv, "r.csv"), (write_csv, "r.tsv"), (write_xlsx, "r.xlsx")])
@pytest.mark.parametrize("titles", [0, 2])
def test_three_ways(tmp_path: Path, rows: Any, make: Any, name: str, titles: int) -> None:
    path = make(tmp_path / name, [["Export of results"], ["made on 2024-01-01"]][:titles] + rows)
    table = hq.read_results_table(path, specification=SPECIFICATION)
    assert results(table) == EXPECTED
    proposal = proposed(path)
    assert proposal.certain
    again = hq.read_results_table(path, mapping_file(tmp_path, proposal.text()), specification=SPECIFICATION)
    assert again.equals(table)
    assert hq.read_results_table(path, proposal.mapping(), specification=SPECIFICATION).equals(table)
    assert read_mapping(tmp_path / "mapping.toml") == proposal.mapping()


@pytest.mark.parametrize("case", [BEADS, TREGS])
def test_published_results_agree_with_the_corpus(tmp_path: Path, case: str) -> None:
    specification = hq.read_specification_table(write_xlsx(tmp_path / "s.xlsx", [HEADER, *printed_specification(case)]))
    path = write_csv(tmp_path / "r.csv", [("Batch", "Attribute", "Result"), *printed_results(case)])
    table = hq.read_results_table(path, specification=specification)
    held = package(case)["results"]
    assert table.column("text").to_pylist() == [row["text"] for row in held]
    for mine, theirs in zip(table.to_pylist(), held, strict=True):
        plain = "(" not in theirs["text"] and "[" not in theirs["text"]
        if plain and theirs.get("value") is not None and mine["unit"] == theirs.get("unit"):
            assert mine["value"] == theirs["value"], theirs
    verdicts = hq.evaluate(table, specification).counts()
    assert verdicts["conforms"] > len(held) / 3


def test_without_a_specification(tmp_path: Path) -> None:
    table = hq.read_results_table(write_csv(tmp_path / "r.csv", LONG))
    assert table.column("cqa").to_pylist() == ["cell-viability", "endotoxin", "sterility", "cell-viability"]
    assert "test_id" not in table.column_names


def test_other_columns_stay(tmp_path: Path) -> None:
    table = hq.read_results_table(write_csv(tmp_path / "r.csv", LONG), specification=SPECIFICATION)
    assert table.column("Analyst").to_pylist() == ["JD"] * 4
    findings = hq.table_findings(table)
    assert [(item.code, item.found) for item in findings] == [("unknown-column", "Analyst")]
    assert hq.table_findings(pa.table({"a": [1]})) == hq.Findings()


def test_components(tmp_path: Path) -> None:
    rows = [["Batch", "CD73 (%)", "CD45 (%)"], ["B1", "99", "<0.5"]]
    table = hq.read_results_table(write_csv(tmp_path / "r.csv", rows), specification=SPECIFICATION)
    assert table.column("component").to_pylist() == ["CD73", "CD45"]
    assert set(table.column("test_id").to_pylist()) == {"identity"}


def test_compound_texts_have_a_row_each(tmp_path: Path) -> None:
    rows = [["Batch", "Test", "Result"], ["B1", "Phenotype", "CD73: 99 %; CD45: 0.3 %"]]
    table = hq.read_results_table(write_csv(tmp_path / "r.csv", rows), specification=SPECIFICATION)
    assert table.column("component").to_pylist() == ["CD73", "CD45"]
    assert table.column("value").to_pylist() == ["99", "0.3"]


def test_columns_of_the_registry_need_no_mapping(tmp_path: Path) -> None:
    rows = [["batch_id", "test_id", "value", "unit"], ["B1", "viability", "71.0", "%"]]
    path = write_csv(tmp_path / "r.csv", rows)
    assert hq.read_results_table(path).equals(hq.read_results(path))
    table = hq.read_results_table(write_xlsx(tmp_path / "r.xlsx", rows))
    assert table.to_pylist() == [
        {"batch_id": "B1", "cqa": None, "test_id": "viability", "value": "71.0", "unit": "%", "text": "71.0"}
    ]


def test_what_is_uncertain_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "r.csv", [["Batch", "Viability (%)", "Widgets"], ["B1", "91.3", "5"]])
    error = refused(hq.read_results_table, path, specification=SPECIFICATION)
    assert (error.findings[0].code, error.findings[0].found) == ("unmapped-column", "Widgets")
    assert "harmoniqc map" in str(error)
    path = write_csv(tmp_path / "r.csv", [*LONG, ["B2", "Widgets", "5", "", ""]])
    assert "unmapped-attribute" in refused(hq.read_results_table, path).findings.codes


def test_a_proposal_is_completed_by_hand(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "r.csv", [["Batch", "Viability (%)", "Widgets"], ["B1", "91.3", "5"]])
    text = proposed(path).text()
    assert refused(read_mapping, mapping_file(tmp_path, text)).findings.codes == {"invalid-mapping"}
    file = mapping_file(tmp_path, text.replace('# cqa = ""', 'cqa = "residual-beads"\nunit = "bead"'))
    table = hq.read_results_table(path, file, specification=SPECIFICATION)
    assert table.select(["cqa", "value", "unit"]).to_pylist()[1] == {
        "cqa": "residual-beads",
        "value": "5",
        "unit": "bead",
    }
    file = mapping_file(tmp_path, text.replace("# ignore", "ignore"))
    table = hq.read_results_table(path, file, specification=SPECIFICATION)
    assert table.num_rows == 1
    assert "result-left-out" in hq.table_findings(table).codes


def test_several_tests_of_one_name(tmp_path: Path) -> None:
    tests = [hq.Test(id=f"v{n}", cqa="cell-viability", name="Viability", criterion=hq.ReportOnly()) for n in range(2)]
    twins = hq.Specification(id="s", version="1", product="p", rounding="none", tests=tuple(tests))
    path = write_csv(tmp_path / "r.csv", LONG)
    finding = refused(hq.read_results_table, path, specification=twins).findings[0]
    assert (finding.code, finding.expected) == ("unmapped-attribute", "v0 or v1")


def test_units_where_nothing_states_one(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "r.csv", [["Batch", "Test", "Result"], ["B1", "Viability", "91"], ["B1", "Endotoxin", "0.3 EU/mL"]]
    )
    assert hq.read_results_table(path).column("unit").to_pylist() == [None, "EU/mL"]
    assert hq.read_results_table(path, unit="%").column("unit").to_pylist() == ["%", "EU/mL"]
    entries = {entry.printed: entry for entry in proposed(path).entries}
    assert 'add: unit = "%"' in entries["Viability"].hint
    assert not entries["Endotoxin"].hint


def test_a_unit_nobody_knows_is_kept(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "r.csv", [LONG[0], ["B1", "Viability", "91.3", "percents", ""]])
    table = hq.read_results_table(path, specification=SPECIFICATION)
    assert table.column("unit").to_pylist() == ["percents"]
    (row,) = hq.evaluate(table, SPECIFICATION).verdicts.to_pylist()
    assert (row["verdict"], row["reason"]) == ("not-evaluated", "unknown-unit")


def test_refused_results_are_kept_as_text(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "r.csv", [LONG[0], *[["B1", "Viability", "about 90 or so", "%", ""]] * 3])
    table = hq.read_results_table(path, specification=SPECIFICATION)
    assert table.column("text").to_pylist() == ["about 90 or so"] * 3
    assert table.column("value").null_count == 3
    finding = hq.table_findings(table).errors[0]
    assert (finding.row, finding.count) == (0, 3)
    assert hq.evaluate(table, SPECIFICATION).counts()["not-evaluated"] == 3


def test_decimal_commas(tmp_path: Path) -> None:
    rows = [["Lot", "Viability (%)", "Endotoxin (EU/mL)"], ["B1", "1.234", "1.234,5"], ["B2", "71,5", "<0,5"]]
    path = write_csv(tmp_path / "r.csv", rows, ";")
    text = proposed(path).text()
    file = mapping_file(tmp_path, text.replace('# decimal = "point"', 'decimal = "comma"'))
    table = hq.read_results_table(path, file, specification=SPECIFICATION)
    assert table.column("value").to_pylist() == ["1234", "1234.5", "71.5", "0.5"]
    reasons = hq.evaluate(table, SPECIFICATION).verdicts.column("reason").to_pylist()
    assert "value-text-mismatch" not in reasons
    file = mapping_file(tmp_path, text.replace('# decimal = "point"', 'decimal = "point"'))
    path = write_csv(tmp_path / "r.csv", [rows[0], ["B1", "1,234.5", "1.234"]], ";")
    table = hq.read_results_table(path, file, specification=SPECIFICATION)
    assert table.column("value").to_pylist() == ["1234.5", "1.234"]


def test_decimal_commas_of_other_columns(tmp_path: Path) -> None:
    rows = [["Lot", "Test", "Result", "Unit", "LOD"], ["B1", "Endotoxin", "0,71", "EU/mL", "0,05"]]
    path = write_csv(tmp_path / "r.csv", rows, ";")
    mapping = proposed(path).mapping().model_copy(update={"decimal": "comma"})
    table = hq.read_results_table(path, mapping, specification=SPECIFICATION)
    assert table.select(["value", "lod"]).to_pylist() == [{"value": "0.71", "lod": "0.05"}]


def test_columns_that_have_no_place_in_a_wide_table(tmp_path: Path) -> None:
    rows = [["Lot", "Test", "Result", "Viability [%]"], ["B1", "panel A", "done", "91"]]
    path = write_csv(tmp_path / "r.csv", [[*row[:1], *row[2:]] for row in rows])
    table = hq.read_results_table(path, specification=SPECIFICATION)
    assert table.column("Result").to_pylist() == ["done"]
    assert table.num_rows == 1


def test_words_for_no_result(tmp_path: Path) -> None:
    rows = [["Lot", "Viability (%)", "Sterility"], ["B1", "n/a", "Negative"], ["B2", "71", "-"]]
    path = write_csv(tmp_path / "r.csv", rows)
    text = proposed(path).text().replace("blank = []", 'blank = ["N/A", "-"]')
    table = hq.read_results_table(path, mapping_file(tmp_path, text), specification=SPECIFICATION)
    assert table.select(["batch_id", "test_id"]).to_pylist() == [
        {"batch_id": "B1", "test_id": "sterility"},
        {"batch_id": "B2", "test_id": "viability"},
    ]


def test_a_row_without_a_result_stays_a_row(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "r.csv", [*LONG, ["B2", "Endotoxin", "", "EU/mL", ""], ["", "Reported by JD", "", "", ""]]
    )
    path_ = proposed(write_csv(tmp_path / "p.csv", LONG)).mapping()
    table = hq.read_results_table(path, path_, specification=SPECIFICATION)
    assert table.num_rows == 5
    assert table.to_pylist()[4]["text"] is None
    assert "row-without-result" in hq.table_findings(table).codes
    assert hq.evaluate(table, SPECIFICATION).verdicts.column("reason").to_pylist()[4] == "missing-value"


def test_a_comparator_in_its_own_column(tmp_path: Path) -> None:
    rows = [["Batch", "Test", "Comparator", "Result", "Unit"], ["B1", "Endotoxin", "<", "0.5", "EU/mL"]]
    table = hq.read_results_table(write_csv(tmp_path / "r.csv", rows), specification=SPECIFICATION)
    assert results(table) == {("B1", "endotoxin"): ("0.5", "<", "EU/mL", None)}


def test_words_of_the_standard(tmp_path: Path) -> None:
    header = ["Lot", "Test", "Result", "Status", "Stage", "Assay valid", "Material"]
    rows = [
        header,
        ["B1", "Viability", "91 %", "Final", "Lot release", "Yes", "Drug product"],
        ["B2", "Viability", "91 %", "Final", "noon", "perhaps", ""],
    ]
    table = hq.read_results_table(write_csv(tmp_path / "r.csv", rows), specification=SPECIFICATION)
    assert table.column("status").to_pylist() == ["final", "final"]
    assert table.column("stage").to_pylist() == ["release", "noon"]
    assert table.column("assay_valid").to_pylist() == [True, None]
    assert table.column("material").to_pylist() == ["drug-product", None]
    assert {"unknown-stage", "wrong-column-type"} <= hq.table_findings(table).codes
    rows[1][3] = "Approved by QA"
    table = hq.read_results_table(write_csv(tmp_path / "r.csv", rows), specification=SPECIFICATION)
    assert "status" not in table.column_names
    assert table.column("Status").to_pylist() == ["Approved by QA", "Final"]


def test_another_stage_is_another_test(tmp_path: Path) -> None:
    test = SPECIFICATION.test("viability").model_copy(update={"stage": "release"})
    specification = SPECIFICATION.model_copy(update={"tests": (test,)})
    rows = [
        ["Lot", "Stage", "Test", "Result"],
        ["B1", "In-process", "Viability", "60 %"],
        ["B1", "Release", "Viability", "91 %"],
        ["B1", "", "Viability", "92 %"],
    ]
    table = hq.read_results_table(write_csv(tmp_path / "r.csv", rows), specification=specification)
    assert table.column("test_id").to_pylist() == [None, "viability", "viability"]
    assert "other-stage" in hq.table_findings(table).codes
    verdicts = hq.evaluate(table, specification).verdicts.to_pylist()
    assert [row["reason"] for row in verdicts] == ["no-criterion", "within-limit", "within-limit"]


@pytest.mark.parametrize(
    ("printed", "certainty"),
    [
        ("Endotoxin (LAL)", "certain"),
        ("Endotoxin*", "certain"),
        ("Endotoxin [EU/mL]", "certain"),
        ("Viability (trypan blue)", "certain"),
        ("Viability (post-thaw)", "likely"),
        ("Viability (in-process)", "likely"),
        ("Sterility (day 7)", "likely"),
        ("Rapid sterility", "likely"),
        ("Widgets", "open"),
    ],
)
def test_how_sure_a_name_is(printed: str, certainty: str) -> None:
    assert Resolver(SPECIFICATION)(printed).certainty == certainty
    if "thaw" not in printed:  # which is an attribute of its own in the vocabulary
        assert Resolver()(printed).certainty == certainty


def test_rows_that_are_no_batches(tmp_path: Path) -> None:
    rows = [
        ["Lot No.", "Viability", "Endotoxin"],
        ["Unit", "%", "EU/mL"],
        ["Specification", "≥ 70", "NMT 5"],
        ["B1", "91", "<0.5"],
        ["Mean", "91", ""],
    ]
    table = hq.read_results_table(write_csv(tmp_path / "r.csv", rows), specification=SPECIFICATION)
    assert table.column("batch_id").to_pylist() == ["B1", "B1"]
    assert table.column("unit").to_pylist() == ["%", "EU/mL"]
    assert hq.table_findings(table).counts()["row-without-result"] == 2


def test_a_mapping_that_does_not_list_everything(tmp_path: Path) -> None:
    mapping = proposed(write_csv(tmp_path / "r.csv", LONG[:2])).mapping()
    path = write_csv(tmp_path / "r.csv", [*LONG, ["B2", "Widgets", "5", "", ""]])
    table = hq.read_results_table(path, mapping, specification=SPECIFICATION)
    assert table.column("test_id").to_pylist() == ["viability", "endotoxin", "sterility", "viability", None]
    assert table.column("cqa").to_pylist()[4] == "widgets"
    findings = hq.table_findings(table)
    assert [item.found for item in findings if item.code == "unmapped-attribute"] == ["Widgets"]
    assert {item.found for item in findings if item.code == "assumed-attribute"} == {"Endotoxin (LAL)", "Sterility"}


def test_a_new_batch_in_a_transposed_table(tmp_path: Path) -> None:
    mapping = proposed(write_csv(tmp_path / "r.csv", TRANSPOSED)).mapping()
    rows = [
        [*row, *more]
        for row, more in zip(TRANSPOSED, [["B3", "Remarks"], ["70", "x"], ["1", ""], ["", ""]], strict=True)
    ]
    table = hq.read_results_table(write_csv(tmp_path / "r.csv", rows), mapping, specification=SPECIFICATION)
    assert sorted(set(table.column("batch_id").to_pylist())) == ["B1", "B2", "B3"]
    assert "Remarks" in table.column_names


def test_one_batch_on_a_certificate(tmp_path: Path) -> None:
    rows = [
        ["Test", "Specification", "Result"],
        ["Viability", "≥ 70 %", "91 %"],
        ["Sterility", "No growth", "No growth"],
    ]
    path = write_csv(tmp_path / "coa.csv", rows)
    assert "unmapped-column" in refused(hq.read_results_table, path).findings.codes
    text = proposed(path).text().replace("# batch_id = ", 'batch_id = "B7"')
    table = hq.read_results_table(path, mapping_file(tmp_path, text), specification=SPECIFICATION)
    assert set(table.column("batch_id").to_pylist()) == {"B7"}
    assert table.column("code").to_pylist() == [None, "absent"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("layout = ", "lay = "), "invalid-mapping"),
        (('layout = "wide"', 'layout = "deep"'), "invalid-mapping"),
        (('layout = "wide"', 'layout = "long"'), "invalid-mapping"),
        (('meaning = "batch_id"', 'meaning = "bath_id"'), "invalid-mapping"),
        (('meaning = "batch_id"', 'meaning = "keep"'), "invalid-mapping"),
        (("blank = []", 'blank = []\n[[column]]\nheading = "Sterility"\nmeaning = "result"\n'), "invalid-mapping"),
        (('heading = "Lot No."', 'heading = "Charge"'), "mapping-mismatch"),
        (('printed = "Sterility"', 'printed = "Sterile"'), "mapping-mismatch"),
        (('printed = "Sterility"', 'printed = "Viability [%]"'), "invalid-mapping"),
        (("layout = ", "header = 9\nlayout = "), "mapping-mismatch"),
        (("layout = ", 'sheet = "x"\nlayout = '), "unreadable-file"),
        (("layout = ", "layout = = "), "unreadable-file"),
    ],
)
def test_faults_of_a_mapping(tmp_path: Path, change: tuple[str, str], code: str) -> None:
    path = write_csv(tmp_path / "r.csv", WIDE)
    text = proposed(path).text()
    assert change[0] in text
    file = mapping_file(tmp_path, text.replace(*change))
    error = refused(hq.read_results_table, path, file, specification=SPECIFICATION)
    assert error.findings.codes == {code}


def test_headings_that_occur_twice(tmp_path: Path) -> None:
    mapping = proposed(write_csv(tmp_path / "r.csv", WIDE)).mapping()
    rows = [[*row, row[1]] for row in WIDE]
    path = write_csv(tmp_path / "r.csv", rows)
    assert refused(hq.read_results_table, path).findings.codes == {"duplicate-heading"}
    assert refused(hq.read_results_table, path, mapping).findings.codes == {"duplicate-heading"}


@pytest.mark.parametrize("rows", [[], [["a", "b"], ["c", "d"]], [["Batch", "x", "y"], ["1", "2", "3"]]])
def test_no_results(tmp_path: Path, rows: Any) -> None:
    assert "no-table" in refused(hq.read_results_table, write_csv(tmp_path / "r.csv", rows)).findings.codes
    assert "no-table" in refused(hq.read_results_table, write_xlsx(tmp_path / "r.xlsx", rows)).findings.codes


def test_a_header_and_no_rows(tmp_path: Path) -> None:
    table = hq.read_results_table(write_csv(tmp_path / "r.csv", WIDE[:1]), specification=SPECIFICATION)
    assert table.num_rows == 0
    assert {"batch_id", "cqa", "value", "unit", "text"} <= set(table.column_names)


def test_documents_hold_no_results(tmp_path: Path) -> None:
    (tmp_path / "r.docx").write_bytes(b"x")
    assert "not read" in refused(hq.read_results_table, tmp_path / "r.docx").message


def test_which_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("June", "July"):
        sheet = book.create_sheet(name)
        for row in WIDE:
            sheet.append(row)
    book.save(tmp_path / "r.xlsx")
    assert refused(hq.read_results_table, tmp_path / "r.xlsx").findings.codes == {"ambiguous-table"}
    proposal = propose_mapping(tmp_path / "r.xlsx", SPECIFICATION, sheet="July")[1]
    table = hq.read_results_table(tmp_path / "r.xlsx", proposal.mapping(), specification=SPECIFICATION)
    assert results(table) == EXPECTED


def test_cells_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Lot", "Viability (%)"])
    cells = [
        (0.913, "0.0%"), (91.3, "General"), (0.1, "0.00"), (dt.date(2024, 8, 2), "d-mmm"), ("#DIV/0!", "General"),
        (0.5, '[<1]"<1";0'), (1, '"<"0'),
    ]  # fmt: skip
    for number, (value, number_format) in enumerate(cells, start=1):
        sheet.append([number, value])
        sheet.cell(number + 1, 2).number_format = number_format
    book.save(tmp_path / "r.xlsx")
    table = hq.read_results_table(tmp_path / "r.xlsx", specification=SPECIFICATION)
    assert table.column("batch_id").to_pylist() == ["1", "2", "3", "4", "5", "6", "7"]
    assert table.column("value").to_pylist() == ["91.3", "91.3", "0.10", None, None, None, "1"]
    assert table.column("comparator").to_pylist()[-1] == "<"
    assert table.column("text").to_pylist()[3] == "2024-08-02"
    findings = hq.table_findings(table)
    assert {(item.code, item.row) for item in findings} >= {
        ("date-in-cell", 3), ("error-in-cell", 4), ("format-not-understood", 5), ("formatted-cell", 0),
    }  # fmt: skip
    verdicts = hq.evaluate(table, SPECIFICATION).verdicts.column("verdict").to_pylist()
    assert verdicts[3:6] == ["not-evaluated"] * 3


@pytest.mark.parametrize("name", ['a "quoted" name', "back\\slash", "Größe µ ≥", "tab\tand\x7f", "#", "a = b", "[x]"])
def test_any_name_survives_in_the_file(tmp_path: Path, name: str) -> None:
    mapping = hq.ResultsMapping(
        layout="wide",
        sheet=name,
        blank=(name,),
        decimal="comma",
        unit="%",
        header=3,
        columns=(hq.MappedColumn(heading=name, meaning="batch_id"), hq.MappedColumn(heading="x", meaning="keep")),
        attributes=(hq.MappedAttribute(printed=name, cqa="endotoxin"), hq.MappedAttribute(printed="x", ignore=True)),
    )
    from harmoniqc.exchange.tables.mapping import mapping_text

    text = mapping_text(mapping, {name: name, "x": "remark"})
    assert read_mapping(mapping_file(tmp_path, text)) == mapping


@pytest.mark.parametrize(
    "name",
    ["Avg", "SD", "n", "N", "% CV", "95% CI", "Historical mean", "Mean of 3 lots", "Spec.", "Acceptance", "USL",
     "Alert limit", "LOD", "Target", "Control", "Positive control", "Blank", "Total", "Geomean", "± SD"],
)  # fmt: skip
def test_a_row_that_sums_up_is_no_batch(tmp_path: Path, name: str) -> None:
    wide = write_csv(tmp_path / "wide.csv", [WIDE[0], WIDE[1], [name, "97", "0.1", "", ""]])
    table = hq.read_results_table(wide, specification=SPECIFICATION)
    assert set(table.column("batch_id").to_pylist()) == {"B1"}
    assert "row-of-no-batch" in hq.table_findings(table).codes or "row-without-result" in hq.table_findings(table).codes
    long = write_csv(tmp_path / "long.csv", [*LONG, [name, "Viability", "97", "%", ""]])
    table = hq.read_results_table(long, specification=SPECIFICATION)
    assert set(table.column("batch_id").to_pylist()) == {"B1", "B2"}
    assert "row-of-no-batch" in hq.table_findings(table).codes


@pytest.mark.parametrize("name", ["SD-0012", "CV101", "N-3", "MAX-001", "SPEC24", "Run 7", "Lot A", "STD 12"])
def test_a_batch_that_is_named_like_a_statistic_stays_one(tmp_path: Path, name: str) -> None:
    path = write_csv(tmp_path / "wide.csv", [WIDE[0], [name, "97", "0.1", "No growth", ""]])
    table = hq.read_results_table(path, specification=SPECIFICATION)
    assert set(table.column("batch_id").to_pylist()) == {name}


def test_an_interim_reading_is_preliminary_unless_its_row_says_else(tmp_path: Path) -> None:
    rows = [["Lot", "Sterility"], ["B1", "Negative to date"], ["B2", "No growth"]]
    table = hq.read_results_table(write_csv(tmp_path / "r.csv", rows), specification=SPECIFICATION)
    assert table.column("status").to_pylist() == ["preliminary", None]
    rows = [["Lot", "Sterility", "Status"], ["B1", "Negative to date", "final"]]
    table = hq.read_results_table(write_csv(tmp_path / "s.csv", rows), specification=SPECIFICATION)
    assert table.column("status").to_pylist() == ["final"]
