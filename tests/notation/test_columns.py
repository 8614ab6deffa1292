"""A whole column at once."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from harmoniqc import parse_measurement, parse_measurements
from harmoniqc.errors import NotationError
from harmoniqc.notation import columns

TEXTS = ["<0.5 EU/mL", None, "97.9", "", "(a) 14.9; (b) 90.9", "1,23,4", "Negative", "<0.5 EU/mL"]


def test_each_text_has_its_rows() -> None:
    table = parse_measurements(TEXTS)
    assert table.column("row").to_pylist() == [0, 1, 2, 3, 4, 4, 5, 6, 7]
    assert table.column("reading").to_pylist() == [
        "read",
        "blank",
        "read",
        "blank",
        "read",
        "read",
        "refused",
        "read",
        "read",
    ]
    assert table.column("value").to_pylist() == ["0.5", None, "97.9", None, "14.9", "90.9", None, None, "0.5"]
    assert table.column("component").to_pylist()[4:6] == ["(a)", "(b)"]
    assert table.column("text").to_pylist()[6] == "1,23,4"
    assert table.column("findings").to_pylist()[6] == ["ambiguous-number"]


@pytest.mark.parametrize(
    "column",
    [
        TEXTS,
        tuple(TEXTS),
        pa.array(TEXTS),
        pa.chunked_array([TEXTS[:3], TEXTS[3:]]),
        pa.array(TEXTS).dictionary_encode(),
        pa.array(TEXTS, pa.large_string()),
        pl.Series(TEXTS),
        pd.Series(TEXTS, dtype="object"),
    ],
    ids=lambda column: type(column).__name__,
)
def test_any_column_of_text(column: Any) -> None:
    assert parse_measurements(column).equals(parse_measurements(TEXTS))


def test_units_may_differ_by_row() -> None:
    table = parse_measurements(["5", "5", None], ["%", "EU/mL", None])
    assert table.column("unit").to_pylist() == ["%", "EU/mL", None]
    with pytest.raises(ValueError, match="2 texts have 1 units"):
        parse_measurements(["5", "6"], ["%"])


def test_an_empty_column_has_the_same_columns() -> None:
    assert parse_measurements([]).schema.equals(parse_measurements(["5"]).schema)
    assert parse_measurements([]).num_rows == 0


@pytest.mark.parametrize("column", ["5", [5], pa.array([5]), [b"5"]])
def test_only_text_is_read(column: Any) -> None:
    with pytest.raises(TypeError):
        parse_measurements(column)


def test_each_distinct_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def counted(text: str, unit: str | None = None) -> Any:
        seen.append(text)
        return parse_measurement(text, unit)

    monkeypatch.setattr(columns, "parse_measurement", counted)
    table = parse_measurements(["5 %", "6 %", "x y 7"] * 10_000)
    assert table.num_rows == 30_000
    assert sorted(seen) == ["5 %", "6 %", "x y 7"]


def test_a_row_says_what_the_single_call_says() -> None:
    for text in ("<0.5 EU/mL", "0.08 ± 0.15%", "Negative", "06h53"):
        (row,) = parse_measurements([text]).to_pylist()
        single = parse_measurement(text)
        assert all(row[name] == getattr(single, name) for name in columns.FIELDS)
    with pytest.raises(NotationError):
        parse_measurement("1,23,4")
