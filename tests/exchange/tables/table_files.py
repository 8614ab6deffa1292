"""Files with tables in them, made by the tests."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

import harmoniqc as hq

CORPUS = Path(__file__).parents[2] / "corpus"
BEADS = "03_car_t_humanized_cd19_beads"
TREGS = "06_treg_expanded_4_validation_runs"
HEADER = ("Attribute", "Method", "Acceptance criterion")

Rows = Iterable[Sequence[Any]]


def package(name: str) -> dict[str, Any]:
    """Return a published table of the corpus."""
    return json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))


def printed_specification(name: str) -> list[tuple[str, str, str]]:
    """Return attribute, method and criterion of each test as the publication prints them."""
    return [
        (test["name"], test.get("method", {}).get("name", ""), test["criterion"]["text"])
        for test in package(name)["specifications"][0]["tests"]
    ]


def printed_results(name: str) -> list[tuple[str, str, str]]:
    """Return batch, attribute and result of each result as the publication prints them."""
    held = package(name)
    names = {test["id"]: test["name"] for test in held["specifications"][0]["tests"]}
    return [(row["batch_id"], names[row["test_id"]], row["text"]) for row in held["results"]]


def write_csv(path: Path, rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, rows: Rows, title: str = "Sheet1") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def write_docx(path: Path, *tables: Rows) -> Path:
    document = docx.Document()
    for rows in tables:
        listed = [list(row) for row in rows]
        table = document.add_table(rows=0, cols=len(listed[0]))
        for row in listed:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = str(text)
    document.save(str(path))
    return path


def refused(read: Any, *arguments: Any, **named: Any) -> hq.DocumentError:
    """Return the exception with which a file is refused."""
    with pytest.raises(hq.DocumentError) as caught:
        read(*arguments, **named)
    assert caught.value.findings
    assert "Traceback" not in str(caught.value)
    return caught.value


def codes(carrier: Any) -> list[str]:
    """Return the codes of the findings that something carries, each as often as it occurs."""
    return sorted(item.code for item in carrier.findings)
