"""Printed specifications, read row by row; nothing is lost, and nothing is guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import harmoniqc as hq
from harmoniqc.exchange.tables.attributes import read_attribute, slug_of
from harmoniqc.vocabulary import cqas
from tests.exchange.tables.table_files import (
    BEADS,
    CORPUS,
    HEADER,
    TREGS,
    codes,
    package,
    printed_specification,
    refused,
    write_csv,
    write_docx,
    write_xlsx,
)


def table(tmp_path: Path, *rows: Any, header: Any = HEADER) -> hq.Specification:
    return hq.read_specification_table(write_csv(tmp_path / "t.csv", [header, *rows]), id="x", product="x")


def one(tmp_path: Path, *rows: Any, header: Any = HEADER) -> hq.Test:
    (test,) = table(tmp_path, *rows, header=header).tests
    return test


@pytest.mark.parametrize("case", [BEADS, TREGS])
@pytest.mark.parametrize(
    ("make", "name"), [(write_xlsx, "s.xlsx"), (write_docx, "s.docx"), (write_csv, "s.csv"), (write_csv, "s.tsv")]
)
def test_published_specifications(tmp_path: Path, case: str, make: Callable[..., Path], name: str) -> None:
    printed = printed_specification(case)
    rows = [["Release specification", "", ""], ["", "", ""], HEADER, *printed, ["* see the publication", "", ""]]
    specification = hq.read_specification_table(make(tmp_path / name, rows), id="s", product="p", version="2")
    assert (specification.id, specification.product, specification.version) == ("s", "p", "2")
    assert [test.name for test in specification.tests] == [name.rstrip("§#") for name, _, _ in printed]
    assert [test.criterion.text for test in specification.tests] == [text for _, _, text in printed]
    assert [test.method.name if test.method else "" for test in specification.tests] == [item for _, item, _ in printed]
    assert all(test.criterion.kind != "unstructured" for test in specification.tests)
    assert hq.read_specification_table(make(tmp_path / name, rows), id="s", product="p", version="2") == specification
    assert "row-not-a-test" in specification.findings.codes


@pytest.mark.parametrize("case", sorted(path.stem for path in CORPUS.glob("[0-9]*.json")))
def test_no_published_criterion_is_lost(tmp_path: Path, case: str) -> None:
    for specification in package(case)["specifications"]:
        tests = [test for test in specification["tests"] if test["criterion"].get("text")]
        rows = [(test["name"], test.get("method", {}).get("name", ""), test["criterion"]["text"]) for test in tests]
        if not rows:
            continue
        read = hq.read_specification_table(write_csv(tmp_path / "s.csv", [HEADER, *rows]))
        assert [test.criterion.text for test in read.tests] == [text.strip() for _, _, text in rows]
        assert "row-not-a-test" not in read.findings.codes
        unread = [test for test in read.tests if test.criterion.kind == "unstructured"]
        assert all(test.findings.errors for test in unread)


def test_attributes_are_those_of_the_vocabulary(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "s.csv", [HEADER, *printed_specification(BEADS)])
    assert {test.id: test.cqa for test in hq.read_specification_table(path).tests} == {
        "rcl-test": "replication-competent-lentivirus",
        "sterility": "sterility",
        "mycoplasma": "mycoplasma",
        "appearance": "appearance",
        "car-surface-expression": "transduction-efficiency",
        "car-copy-number": "vector-copy-number",
        "cell-viability": "cell-viability",
        "cd19-viable-cell-detection": "cd19-viable-cell-detection",
        "detection-of-magnetic-beads": "residual-beads",
        "cytokine-detection": "potency-cytokine-release",
        "cytotoxicity": "potency-cytotoxicity",
    }


def test_findings_travel_and_are_no_part_of_the_document(tmp_path: Path) -> None:
    specification = table(tmp_path, ["Nonsense attribute", "x", "≥ 70 %"])
    assert codes(specification) == ["unknown-attribute"]
    assert specification.findings[0].pointer == "/tests/0"
    assert codes(specification.tests[0]) == ["unknown-attribute"]
    assert specification == specification.with_findings(())
    assert "findings" not in hq.to_json(specification)
    path = tmp_path / "s.json"
    hq.write(specification, path)
    assert hq.read(path) == specification


def test_identifiers_that_were_not_given(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "ARI-0001 Release (v3).csv", [HEADER, ["Viability", "", "≥ 70 %"]])
    specification = hq.read_specification_table(path)
    assert (specification.id, specification.product) == ("ari-0001-release-v3", "ari-0001-release-v3")
    assert codes(specification) == ["assumed-identifier", "assumed-identifier"]


@pytest.mark.parametrize("given", [{"id": "Not A Slug"}, {"version": ""}, {"rounding": "up"}, {"product": " "}])
def test_identifiers_that_cannot_be(tmp_path: Path, given: dict[str, Any]) -> None:
    path = write_csv(tmp_path / "s.csv", [HEADER, ["Viability", "", "≥ 70 %"]])
    assert refused(hq.read_specification_table, path, **given).findings.codes == {"invalid-document"}


@pytest.mark.parametrize(
    "header",
    [
        ("Test", "Method", "Specification"),
        ("PARAMETER*", "Test method", "Limits"),
        ("Quality attribute", "Test", "Acceptance criteria"),
        ("Characteristic", "Analytical procedure", "Requirement"),
        ("Critical Quality\nAttribute (CQA)", "Assay†", "Acceptance  Criterion"),
        ("Product test parameter", "Method used", "Proposed release criteria"),
    ],
)
def test_headings(tmp_path: Path, header: Any) -> None:
    test = one(tmp_path, ["Viability", "Trypan blue", "≥ 70 %"], header=header)
    assert (test.cqa, test.method and test.method.name, str(test.criterion)) == (
        "cell-viability", "Trypan blue", "≥ 70 %",
    )  # fmt: skip


def test_only_method_and_criterion(tmp_path: Path) -> None:
    test = one(tmp_path, ["Endotoxin", "≤ 5 EU/mL"], header=("Assay", "Specification"))
    assert test.cqa == "endotoxin"
    assert test.method is None


def test_other_columns_are_told(tmp_path: Path) -> None:
    specification = table(
        tmp_path,
        ["Viability", "≥ 70 %", "JD", "71 %"],
        header=("Test", "Criterion", "Responsible", "Result"),
    )
    assert [item.found for item in specification.findings if item.code == "column-not-used"] == [
        "Responsible",
        "Result",
    ]


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (("Test", "Criterion", "Unit"), ("Viability", "≥ 70", "%"), "≥ 70 %"),
        (("Test", "Criterion [%]", "Unit"), ("Viability", "≥ 70", ""), "≥ 70 %"),
        (("Test", "Criterion", "Unit"), ("Viability (%)", "≥ 70", "-"), "≥ 70 %"),
        (("Test", "Criterion", "Unit"), ("Viability, %", "≥ 70", "n/a"), "≥ 70 %"),
        (("Test", "Criterion", "Unit"), ("Endotoxin (EU/kg)", "≤ 5 EU/mL", ""), None),
        (("Test", "Criterion", "Unit"), ("Dose (× 10⁶ cells/kg)", "≥ 2.0", ""), "≥ 2.0 10^6*cell/kg"),
    ],
)
def test_units(tmp_path: Path, header: Any, row: Any, expected: str | None) -> None:
    test = one(tmp_path, row, header=header)
    if expected is None:
        assert isinstance(test.criterion, hq.Unstructured)
    else:
        assert str(test.criterion) == expected


def test_units_that_disagree_or_are_none(tmp_path: Path) -> None:
    header = ("Test", "Criterion", "Unit")
    assert "conflicting-units" in codes(one(tmp_path, ("Endotoxin (EU/kg)", "≤ 5", "EU/mL"), header=header))
    test = one(tmp_path, ("Endotoxin", "≤ 5", "Ehrlich"), header=header)
    assert "unit-not-understood" in codes(test)
    assert isinstance(test.criterion, hq.Unstructured)


def test_refused_criteria_are_kept(tmp_path: Path) -> None:
    specification = table(
        tmp_path, ["Viability", "", "TBD"], ["Dose", "", "≥ 100–150 × 10^6"], ["Sterility", "", "none"]
    )
    for test in specification.tests[:2]:
        assert isinstance(test.criterion, hq.Unstructured)
        assert test.findings.errors
        assert test.findings.errors[0].remedy
    assert specification.findings.errors[0].pointer == "/tests/0/criterion"


def test_blank_criteria(tmp_path: Path) -> None:
    specification = table(
        tmp_path,
        ["SAFETY", "", ""],
        ["Sterility", "Ph. Eur. 2.6.27", ""],
        ["Endotoxin", "", ""],
        ["Mycoplasma", "", "negative"],
        ["", "", ""],
        ["Abbreviations: EU, endotoxin unit", "", ""],
    )
    assert [(test.cqa, test.criterion.kind) for test in specification.tests] == [
        ("sterility", "not-stated"),
        ("endotoxin", "not-stated"),
        ("mycoplasma", "absence"),
    ]
    assert codes(specification) == ["blank-criterion", "blank-criterion", "row-not-a-test", "row-not-a-test"]
    assert [item.message.split()[1] for item in specification.findings if item.code == "row-not-a-test"] == ["2", "7"]


def test_a_criterion_without_attribute(tmp_path: Path) -> None:
    test = one(tmp_path, ["", "Trypan blue", "≥ 70 %"])
    assert codes(test) == ["unknown-attribute"]
    assert test.name == "line 2 without a name"


def test_repeated_header(tmp_path: Path) -> None:
    specification = table(tmp_path, ["Viability", "", "≥ 70 %"], HEADER, ["Sterility", "", "No growth"])
    assert len(specification.tests) == 2
    assert codes(specification) == ["row-not-a-test"]


def test_same_attribute_twice(tmp_path: Path) -> None:
    specification = table(tmp_path, *[["Viability", f"method {n}", f"≥ 7{n} %"] for n in range(3)])
    assert [test.id for test in specification.tests] == ["viability", "viability-2", "viability-3"]


def test_stages_and_materials(tmp_path: Path) -> None:
    header = ("Stage", "Material", "Test", "Criterion")
    specification = table(
        tmp_path,
        ["In-process, day 5", "Drug product", "Viability", "≥ 70 %"],
        ["Release", "", "Viability", "≥ 80 %"],
        ["before lunch", "soup", "Viability", "≥ 90 %"],
        header=header,
    )
    places = [(test.stage, test.sampling_point, test.material, test.decision_points) for test in specification.tests]
    assert places == [
        ("in-process", "day 5", "drug-product", ("in-process",)),
        ("release", None, None, ("release",)),
        (None, "before lunch", None, ("release",)),
    ]
    assert codes(specification) == ["unknown-material", "unknown-stage"]


def test_headings_that_name_a_stage(tmp_path: Path) -> None:
    specification = table(
        tmp_path,
        ["In-process controls", "", ""],
        ["Viability", "", "≥ 70 %"],
        ["Release tests", "", ""],
        ["Viability", "", "≥ 80 %"],
    )
    assert [test.stage for test in specification.tests] == ["in-process", "release"]
    assert codes(specification) == ["heading-taken-as-stage", "heading-taken-as-stage"]


def test_merged_attribute(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [HEADER, ("Sterility", "Day 7", "No growth"), (None, "Day 14", "No growth"), ("Viability", "x", 0.7)]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    sheet["C4"].number_format = '"≥ "0%'
    book.save(tmp_path / "s.xlsx")
    specification = hq.read_specification_table(tmp_path / "s.xlsx")
    assert [test.id for test in specification.tests] == ["sterility", "sterility-2", "viability"]
    assert str(specification.tests[2].criterion) == "≥ 70 %"
    assert "formatted-cell" in codes(specification.tests[2])


def test_a_date_is_no_range(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "s.xlsx", [HEADER, ("Storage temperature", "", dt.date(2024, 8, 2))])
    (test,) = hq.read_specification_table(path).tests
    assert test.criterion == hq.Unstructured(text="2024-08-02")
    assert "date-in-cell" in codes(test)


def test_a_bare_percentage_is_not_a_fraction(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(("Viability", "", 0.7))
    book.active["C2"].number_format = "0%"
    book.save(tmp_path / "s.xlsx")
    (test,) = hq.read_specification_table(tmp_path / "s.xlsx").tests
    assert test.criterion.text == "70%"


def test_which_table(tmp_path: Path) -> None:
    rows = [HEADER, ("Viability", "", "≥ 70 %")]
    other = [("Version", "Date"), ("1", "2024")]
    path = write_docx(tmp_path / "s.docx", other, rows)
    assert len(hq.read_specification_table(path).tests) == 1
    assert refused(hq.read_specification_table, path, table=1).findings.codes == {"no-table"}
    assert refused(hq.read_specification_table, path, table=3).findings.codes == {"no-table"}
    assert refused(hq.read_specification_table, path, sheet="x").findings.codes == {"unreadable-file"}
    path = write_docx(tmp_path / "s.docx", rows, rows)
    assert refused(hq.read_specification_table, path).findings.codes == {"ambiguous-table"}
    assert len(hq.read_specification_table(path, table=2).tests) == 1
    path = write_xlsx(tmp_path / "s.xlsx", rows, title="DP")
    assert len(hq.read_specification_table(path, sheet="DP").tests) == 1
    assert refused(hq.read_specification_table, path, table=1).findings.codes == {"unreadable-file"}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (("Name", "Value"), "no-table"),
        (("Attribute", "Method"), "no-table"),
        (("Attribute", "Acceptance criterion", "Acceptance criterion"), "duplicate-heading"),
        (("Attribute", "Release limits", "Shelf-life limits"), "ambiguous-table"),
        (("Parameter", "Attribute", "Acceptance criterion"), "ambiguous-table"),
    ],
)
def test_headers_that_do_not_do(tmp_path: Path, header: Any, code: str) -> None:
    path = write_csv(tmp_path / "s.csv", [header, ("Viability", "≥ 70 %", "≥ 60 %")])
    assert refused(hq.read_specification_table, path).findings.codes == {code}


@pytest.mark.parametrize("rows", [[], [HEADER], [["", ""], ["", ""]], [HEADER, ["note", "", ""]]])
def test_no_rows(tmp_path: Path, rows: Any) -> None:
    for make, name in ((write_csv, "s.csv"), (write_xlsx, "s.xlsx")):
        assert "no-table" in refused(hq.read_specification_table, make(tmp_path / name, rows)).findings.codes


@pytest.mark.parametrize("name", ["s.pdf", "s.xls", "s.json", "s", "missing.csv", "missing.xlsx"])
def test_no_table_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if not name.startswith("missing"):
        path.write_bytes(b"x")
    assert refused(hq.read_specification_table, path).findings.codes == {"unreadable-file"}


def test_long_cells(tmp_path: Path) -> None:
    test = one(tmp_path, ["Viability " + "x" * 30_000, "y" * 30_000, "≥ 70 % " * 5_000])
    assert codes(test).count("cell-too-long") == 3
    assert isinstance(test.criterion, hq.Unstructured)


@pytest.mark.parametrize(
    ("printed", "cqa", "unit"),
    [
        ("Viability", "cell-viability", None),
        ("Endotoxin (LAL)", "endotoxin", None),
        ("ENDOTOXIN [EU/mL]*", "endotoxin", "EU/mL"),
        ("Vector copy number (VCN)", "vector-copy-number", None),
        ("Sterility, 14 days", "sterility", None),
        ("Sterility (14 days)", "sterility", None),
        ("Rapid Sterility", "sterility", None),
        ("Mycoplasma (PCR)", "mycoplasma", None),
        ("Spikevax storage temperature", "storage-temperature", None),
    ],
)
def test_attributes(printed: str, cqa: str, unit: str | None) -> None:
    reading = read_attribute(printed)
    assert (reading.cqa, reading.known, reading.unit) == (cqa, True, unit)


def test_brackets_that_say_more() -> None:
    assert read_attribute("Viability (post-thaw)").cqa == "post-thaw-viability"
    reading = read_attribute("Viability (day 7)")
    assert [item.code for item in reading.findings] == ["attribute-in-part"]
    assert not read_attribute("Viability (trypan blue)").findings


def test_unclear_attributes() -> None:
    several = read_attribute("Sterility Endotoxin")
    assert [item.code for item in several.findings] == ["ambiguous-attribute"]
    assert several.findings[0].expected == "endotoxin or sterility"
    near = read_attribute("Viabilty")
    assert near.cqa == "viabilty"
    assert "did you mean" in (near.findings[0].remedy or "")
    assert not read_attribute("CD19 + viable cells").known


@pytest.mark.parametrize("name", [name for term in cqas.values() for name in (term.name, *term.aliases)])
def test_every_name_of_the_vocabulary_is_read(name: str) -> None:
    reading = read_attribute(name)
    assert reading.known or [item.code for item in reading.findings] == ["ambiguous-attribute"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("CD3+ CD19− cells", "cd3-pos-cd19-neg-cells"),
        ("CD3- CD19+ cells", "cd3-neg-cd19-pos-cells"),
        ("TRA-1–60", "tra-1-60"),
        ("IFN-γ (pg/mL)", "ifn-gamma-pg-ml"),
        ("Größe", "grosse"),
        ("無菌試験", "attribute-" + slug_of("無菌試験")[-8:]),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    assert slug_of(text) == slug
