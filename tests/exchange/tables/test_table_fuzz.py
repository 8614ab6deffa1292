"""Whatever stands in a cell: a reading, or findings that say why not; never another exception, never a lost row."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc.exchange import propose_mapping, read_mapping
from harmoniqc.exchange.tables.attributes import read_attribute
from tests.exchange.tables.table_files import (
    HEADER,
    TREGS,
    printed_results,
    printed_specification,
    write_csv,
    write_docx,
    write_xlsx,
)

SPECIFICATION = [["Title", "", ""], HEADER, *printed_specification(TREGS)]
RESULTS = [("Batch", "Attribute", "Result"), *printed_results(TREGS)[:20]]

TEXTS = [
    "≥ 70 %", "70", "0.7", "<0.5", "NMT 5 EU/mL", "Attribute", "Method", "Result", "Batch", "Unit", "Criterion", "n/a",
    "-", "—", "(a)", "[%]", "()", "%", "10⁶", "5 × 10^6 cells/kg", "release", "CD73: 99 %; CD45: 1 %", "2–8", "TBD",
    "\u00a0", "\ufeff", "\u2028", "=1+1", "'", '"', ",", ";", "\t", "\n", "a\nb", "µ", "無菌試験", "½", "1e400", "",
]  # fmt: skip
WIDE = [
    ["Lot", "Viability (%)", "Endotoxin (EU/mL)"],
    ["Unit", "%", ""],
    ["B1", "91.3", "<0.5"],
    ["B2", "68.9", "0.7 EU/mL"],
]
TRANSPOSED = [list(column) for column in zip(*WIDE, strict=True)]
cells = st.text(max_size=12) | st.sampled_from([*TEXTS, "9" * 60])
edits = st.lists(st.tuples(st.integers(0, 18), st.integers(0, 2), cells), min_size=1, max_size=5)
quick = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def read_or_none(read: Any, *arguments: Any) -> Any:
    """Return what is read; None where it is refused with findings."""
    try:
        return read(*arguments)
    except hq.DocumentError as error:
        if not error.findings:
            raise
        return None


def edited(rows: Any, changes: Any) -> list[list[str]]:
    out = [list(row) for row in rows]
    for row, column, text in changes:
        out[row % len(out)][column % len(out[0])] = text
    return out


def printable(rows: list[list[str]]) -> list[list[str]]:
    """Return rows that XML can hold."""
    return [["".join(char for char in cell if char.isprintable() or char == "\n") for cell in row] for row in rows]


@quick
@given(edits, st.sampled_from(["csv", "xlsx", "docx"]))
def test_edited_specifications(changes: Any, kind: str) -> None:
    rows = edited(SPECIFICATION, changes)
    make = {"csv": write_csv, "xlsx": write_xlsx, "docx": write_docx}[kind]
    with tempfile.TemporaryDirectory() as folder:
        path = make(Path(folder) / f"s.{kind}", rows if kind == "csv" else printable(rows))
        specification = read_or_none(hq.read_specification_table, path)
        if specification is None:
            return
    asides = sum(item.count for item in specification.findings if item.code == "row-not-a-test")
    stages = sum(item.count for item in specification.findings if item.code == "heading-taken-as-stage")
    filled = sum(any(cell.strip() for cell in row) for row in rows)
    header_and_above = filled - len(specification.tests) - asides - stages
    assert 1 <= header_and_above <= 3 or kind != "csv"
    assert hq.Specification.model_validate_json(hq.to_json(specification)) == specification


@quick
@given(edits, st.sampled_from(["csv", "xlsx"]), st.sampled_from([RESULTS, WIDE, TRANSPOSED]))
@example([(0, 1, "Batch")], "csv", RESULTS)
def test_edited_results(changes: Any, kind: str, base: Any) -> None:
    rows = edited(base, changes)
    with tempfile.TemporaryDirectory() as folder:
        make = {"csv": write_csv, "xlsx": write_xlsx}[kind]
        path = make(Path(folder) / f"r.{kind}", rows if kind == "csv" else printable(rows))
        found = read_or_none(propose_mapping, path)
        if found is None:
            return
        proposal = found[1]
        file = Path(folder) / "m.toml"
        file.write_text(proposal.text(), encoding="utf-8")
        table = read_or_none(hq.read_results_table, path, file)
        if table is None:
            assert not proposal.certain
            return
        assert read_mapping(file).layout == proposal.layout
    assert hq.table_findings(table) is not None
    if table.num_rows:
        hq.evaluate(table, hq.Specification(id="s", version="1", product="p", rounding="none", tests=TESTS))


TESTS = (hq.Test(id="v", cqa="cell-viability", criterion=hq.Limit.at_least("70", "%")),)


@given(st.text(max_size=60), st.none() | st.text(max_size=30))
def test_any_attribute(text: str, label: str | None) -> None:
    reading = read_attribute(text, label)
    assert reading.known or reading.findings
    hq.Test(id="x", cqa=reading.cqa, criterion=hq.ReportOnly())


def test_a_hundred_thousand_rows(tmp_path: Path) -> None:
    rng = random.Random(1)
    names = ["Viability (%)", "Endotoxin (EU/mL)", "Sterility"]
    texts = {
        "Viability (%)": lambda: f"{rng.uniform(60, 100):.1f}",
        "Endotoxin (EU/mL)": lambda: f"<0.{rng.randrange(10)}",
        "Sterility": lambda: rng.choice(["No growth", "Growth"]),
    }
    rows = [[f"B{n // 3}", names[n % 3], texts[names[n % 3]](), "JD"] for n in range(100_000)]
    path = write_csv(tmp_path / "r.csv", [["Batch", "Test", "Result", "Analyst"], *rows])
    start = time.perf_counter()
    table = hq.read_results_table(path)
    seconds = time.perf_counter() - start
    assert table.num_rows == 100_000
    assert table.column("value").null_count == 33_333
    assert seconds < 15, f"{seconds:.1f} s"


@pytest.mark.slow
@pytest.mark.parametrize("columns", [2_000])
def test_a_wide_table(tmp_path: Path, columns: int) -> None:
    rows = [["Batch", *[f"Widget {n}" for n in range(columns)]], ["B1", *["1"] * columns]]
    start = time.perf_counter()
    with pytest.raises(hq.DocumentError):
        hq.read_results_table(write_csv(tmp_path / "r.csv", rows))
    assert time.perf_counter() - start < 20
