"""Tables out of files: encodings, delimiters, cells of workbooks and documents, and everything that can be wrong."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import random
import sys
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

import harmoniqc as hq
from harmoniqc.exchange.tables import archives, delimited
from harmoniqc.exchange.tables.delimited import read_delimited
from harmoniqc.exchange.tables.grid import Grid
from harmoniqc.exchange.tables.word_documents import read_word_document
from harmoniqc.exchange.tables.workbooks import read_workbook
from tests.exchange.tables.table_files import codes, refused, write_csv, write_docx, write_xlsx

ROWS = [["Attribute", "Criterion"], ["Viability", "≥ 70 %"], ["pH", "6,8–7,4"]]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def known(row: Any) -> int:
    return sum(cell in ("Attribute", "Criterion") for cell in row)


def read_text(path: Path) -> Grid:
    return read_delimited(path, known)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str, suffix: str) -> None:
    grid = read_text(write_csv(tmp_path / f"t{suffix}", ROWS, delimiter, encoding))
    assert grid.rows == ROWS
    usual = "\t" if suffix == ".tsv" else ","
    assert codes(grid) == ([] if delimiter == usual else ["assumed-delimiter"])


def test_utf_16_big_endian(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xfe\xff" + "Attribute,Criterion\nµ,≥ 1\n".encode("utf-16-be"))
    assert read_text(path).rows[1] == ["µ", "≥ 1"]


def test_windows_1252_is_an_assumption(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("Attribute,Criterion\nDNA,5 µg ± 1\n".encode("cp1252"))
    grid = read_text(path)
    assert grid.rows[1] == ["DNA", "5 µg ± 1"]
    assert codes(grid) == ["assumed-encoding"]
    assert "line 2" in grid.findings[0].message


def test_declared_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("sep=;\nAttribute;Criterion\na,b;c\n", encoding="utf-8")
    grid = read_text(path)
    assert grid.rows == [["Attribute", "Criterion"], ["a,b", "c"]]
    assert grid.numbers == [2, 3]


def test_decimal_commas_between_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Batch;x;y\nB1;71,5;0,3\nB2;72,5;0,4\n", encoding="utf-8")
    assert read_text(path).rows[1] == ["B1", "71,5", "0,3"]


def test_empty_rows_and_columns_go(tmp_path: Path) -> None:
    grid = read_text(write_csv(tmp_path / "t.csv", [["", " "], ["a", "", "b"], ["", "", ""], ["c", "", "d", ""]]))
    assert grid.rows == [["a", "b"], ["c", "d"]]
    assert grid.numbers == [2, 4]


def test_quoted_line_breaks(tmp_path: Path) -> None:
    grid = read_text(write_csv(tmp_path / "t.csv", [["a", "CD73 ≥ 80 %\r\n CD45 ≤ 2 %"], ["c", "d"]]))
    assert grid.rows[0][1] == "CD73 ≥ 80 %\nCD45 ≤ 2 %"
    assert grid.numbers == [1, 3]


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n\x81\x8d,c\n",
        b'a,b\n"c,d\n',
        b'a,b\n"c"d,e\n',
        b"a\0,\0b\0\n\0",
        b"\xff\xfea\x00,\x00b\x00\x00\xd8",
        b"\xff\xfe\x00\x00a\x00\x00\x00",
        b"\xef\xbb\xbfa,\xff\n",
        b"PK\x03\x04" + bytes(100),
        b"a,b\n" + b"x" * 200_000 + b",c\n",
    ],
)
def test_no_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    assert refused(read_text, path).findings.codes == {"unreadable-file"}


@pytest.mark.parametrize("name", ["MAX_BYTES", "MAX_ROWS", "MAX_CELLS", "MAX_COLUMNS"])
def test_text_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(delimited, name, 1)
    path = write_csv(tmp_path / "t.csv", ROWS)
    assert refused(read_text, path).findings.codes == {"table-too-large"}


def sheet_of(path: Path, fill: Any) -> Grid:
    book = openpyxl.Workbook()
    fill(book.active)
    book.save(path)
    (grid,) = read_workbook(path)
    return grid


def test_cells_of_a_workbook(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        values = [
            (0.1, "General"), (5, "0.0"), (0.7, "0%"), (0.123, "0.0"), (0.5, '[<1]"<1";0'), (True, "General"),
            (dt.datetime(2024, 8, 2), "d-mmm"), (dt.datetime(2024, 8, 2, 12, 30), "d.m.yy h:mm"),
            (dt.time(6, 53), "h:mm"),
            ("#N/A", "General"), ("text", "@"), ("=1+1", "General"),
        ]  # fmt: skip
        for row, (value, number_format) in enumerate(values, start=1):
            sheet.cell(row, 1, value).number_format = number_format

    grid = sheet_of(tmp_path / "t.xlsx", fill)
    assert [row[0] for row in grid.rows] == [
        "0.1", "5.0", "70%", "0.123", "0.5", "TRUE", "2024-08-02", "2024-08-02T12:30:00", "06:53:00", "#N/A", "text",
        "=1+1",
    ]  # fmt: skip
    noted = {row: (note.findings[0].code, note.refused) for (row, _), note in grid.notes.items()}
    assert noted == {
        2: ("formatted-cell", False),
        3: ("cell-not-as-shown", False),
        4: ("format-not-understood", True),
        6: ("date-in-cell", True),
        7: ("date-in-cell", True),
        8: ("date-in-cell", True),
        9: ("error-in-cell", True),
        11: ("formula-without-value", True),
    }
    assert all("A" in note.findings[0].message for note in grid.notes.values())


def test_formula_with_its_value(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "t.xlsx", [["a"], ["=1+1"]])
    _replace(path, "xl/worksheets/sheet1.xml", b"<v />", b"<v>2</v>", b"<v></v>", b"<v>2</v>")
    (grid,) = read_workbook(path)
    assert grid.rows[1] == ["2"]
    assert [item.code for item in grid.note(1, 0).findings] == ["formula-in-cell"]


def test_merged_cells(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        for row in (["Title", None, None], ["a", "b", "c"], ["x", "m", 1], [None, "n", 2]):
            sheet.append(row)
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("A3:A4")

    grid = sheet_of(tmp_path / "t.xlsx", fill)
    assert grid.rows == [["Title", "", ""], ["a", "b", "c"], ["x", "m", "1"], ["x", "n", "2"]]
    assert grid.note(0, 0).across
    assert not grid.note(2, 0).across


def test_raised_digits_and_symbol_fonts(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        power = TextBlock(InlineFont(vertAlign="superscript"), "6")
        sheet["A1"] = CellRichText("≥ 5 × 10", power, " cells")
        sheet["A2"] = CellRichText(TextBlock(InlineFont(rFont="Symbol"), "³"), " 70 %")
        sheet["A3"] = "\uf0b3 70 %"
        sheet["A4"] = "\uf0ff 70 %"
        sheet["A5"] = CellRichText("≥ ", TextBlock(InlineFont(strike=True), "70"), "80 %")
        sheet["A6"] = "≥ 70 %"
        sheet["A6"].font = Font(strike=True)

    grid = sheet_of(tmp_path / "t.xlsx", fill)
    assert [row[0] for row in grid.rows] == ["≥ 5 × 10⁶ cells", "≥ 70 %", "≥ 70 %", "\ufffd 70 %", "≥ 80 %", "≥ 70 %"]
    assert [grid.note(row, 0).refused for row in range(6)] == [False, False, False, True, False, True]
    assert [item.code for item in grid.note(4, 0).findings] == ["tracked-change"]


def test_a_stray_cell_costs_nothing(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"] = "a"
        sheet["XFD1048576"] = "z"

    assert sheet_of(tmp_path / "t.xlsx", fill).rows == [["a", ""], ["", "z"]]


def test_hidden_sheets_are_left_out(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.create_sheet("old").sheet_state = "hidden"
    book.save(tmp_path / "t.xlsx")
    assert [grid.name for grid in read_workbook(tmp_path / "t.xlsx")] == ["Sheet"]


def _replace(path: Path, part: str, *changes: bytes) -> None:
    """Change the bytes of one part of an archive."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


@pytest.mark.parametrize("limit", ["MAX_UNPACKED", "MAX_PARTS", "MAX_CELLS"])
def test_archive_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    path = write_xlsx(tmp_path / "t.xlsx", ROWS)
    monkeypatch.setattr(archives, limit, 3)
    assert refused(read_workbook, path).findings.codes == {"table-too-large"}


def test_zip_bomb(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "t.xlsx", ROWS)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/x.xml", "w") as part:
        for _ in range(300):
            part.write(bytes(1024 * 1024))
    assert path.stat().st_size < 1024 * 1024
    assert refused(read_workbook, path).findings.codes == {"table-too-large"}


def test_huge_merged_area(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "t.xlsx", ROWS)
    merged = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
    _replace(path, "xl/worksheets/sheet1.xml", b"</worksheet>", merged)
    assert refused(read_workbook, path).findings.codes == {"table-too-large"}


def test_document_type_declaration(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "t.xlsx", ROWS)
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><worksheet '
    _replace(path, "xl/worksheets/sheet1.xml", b"<worksheet ", bomb)
    assert "document type" in refused(read_workbook, path).message


def test_password(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "password" in refused(read_workbook, path).message


def read_or_refuse(read: Any, path: Path) -> None:
    with contextlib.suppress(hq.DocumentError):
        read(path)


@pytest.mark.parametrize("make", [write_xlsx, write_docx])
def test_damaged_archives(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path / f"t.{make.__name__[-4:]}", ROWS)
    read = read_workbook if path.suffix == ".xlsx" else read_word_document
    whole = path.read_bytes()
    rng = random.Random(4)
    for size in (0, 4, 100, len(whole) // 2, len(whole) - 10):
        path.write_bytes(whole[:size])
        assert refused(read, path).findings.codes == {"unreadable-file"}
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(8):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(data)
        read_or_refuse(read, path)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for left_out in parts:
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                if name != left_out:
                    archive.writestr(name, data)
        read_or_refuse(read, path)


def test_missing_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    monkeypatch.setitem(sys.modules, "docx", None)
    for read, path in (
        (read_workbook, write_csv(tmp_path / "t.xlsx", ROWS)),
        (read_word_document, write_csv(tmp_path / "t.docx", ROWS)),
    ):
        error = refused(read, path)
        assert error.findings.codes == {"missing-dependency"}
        assert "pip install harmoniqc[tables]" in str(error)


def document_with(path: Path, cell: str) -> Grid:
    """Return the table of a document whose second cell holds the XML of a paragraph's content."""
    document = docx.Document()
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text = "a"
    paragraph = table.rows[0].cells[1].paragraphs[0]._p
    for child in parse_xml(
        f"<w:p {W} xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'>{cell}</w:p>"
    ):
        paragraph.append(child)
    document.save(str(path))
    (grid,) = read_word_document(path)
    return grid


@pytest.mark.parametrize(
    ("cell", "text", "found"),
    [
        ("<w:r><w:t>≥ 70 %</w:t></w:r>", "≥ 70 %", []),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t xml:space="preserve"> 70</w:t></w:r>', "≥ 70", []),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0B3"/><w:t> 70</w:t></w:r>', "\ufffd 70", ["unreadable-character"]),
        (
            '<w:r><w:t>5×10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>6</w:t></w:r>',
            "5×10⁶",
            [],
        ),
        (
            '<w:r><w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>£</w:t></w:r><w:r><w:t>5</w:t></w:r>',
            "≤5",
            [],
        ),
        (
            '<w:r><w:t>≥ </w:t></w:r><w:del w:id="1"><w:r><w:delText>70</w:delText></w:r></w:del>'
            '<w:ins w:id="2"><w:r><w:t>80</w:t></w:r></w:ins>',
            "≥ 80",
            ["tracked-change"],
        ),
        (
            "<w:r><w:rPr><w:strike/></w:rPr><w:t>70</w:t></w:r>"
            '<w:r><w:rPr><w:strike w:val="0"/></w:rPr><w:t>80</w:t></w:r>',
            "80",
            ["tracked-change"],
        ),
        ("<w:hyperlink><w:r><w:t>USP 71</w:t></w:r></w:hyperlink>", "USP 71", []),
        ("<w:sdt><w:sdtContent><w:r><w:t>in a control</w:t></w:r></w:sdtContent></w:sdt>", "in a control", []),
        (
            "<m:oMath><m:r><m:t>5×</m:t></m:r><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e>"
            "<m:sup><m:r><m:t>6</m:t></m:r></m:sup></m:sSup></m:oMath>",
            "5×10⁶",
            [],
        ),
        ("<w:r><w:t>2</w:t><w:noBreakHyphen/><w:t>8</w:t><w:br/><w:t>x</w:t></w:r>", "2-8\nx", []),
    ],
)
def test_cells_of_a_document(tmp_path: Path, cell: str, text: str, found: list[str]) -> None:
    grid = document_with(tmp_path / "t.docx", cell)
    assert grid.rows[0] == ["a", text]
    assert [item.code for item in grid.note(0, 1).findings] == found


def test_merged_cells_of_a_document(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=4, cols=3)
    for row, texts in enumerate((["Title", "", ""], ["a", "b", "c"], ["x", "m", "1"], ["", "n", "2"])):
        for cell, text in zip(table.rows[row].cells, texts, strict=True):
            cell.text = text
    table.cell(0, 0).merge(table.cell(0, 2))
    table.cell(2, 0).merge(table.cell(3, 0))
    document.save(str(tmp_path / "t.docx"))
    (grid,) = read_word_document(tmp_path / "t.docx")
    assert grid.rows == [["Title", "", ""], ["a", "b", "c"], ["x", "m", "1"], ["x", "n", "2"]]
    assert grid.note(0, 0).across


def test_a_huge_span_is_bounded(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "t.docx", [["a", "b"]])
    _replace(path, "word/document.xml", b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="999999999"/>')
    assert len(read_word_document(path)[0].rows) == 1


def test_deleted_rows_are_told(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "t.docx", [["a", "b"], ["c", "d"]])
    _replace(path, "word/document.xml", b"<w:tr>", b'<w:tr><w:trPr><w:del w:id="9"/></w:trPr>')
    (grid,) = read_word_document(path)
    assert grid.rows == []
    assert codes(grid) == ["tracked-change", "tracked-change"]
