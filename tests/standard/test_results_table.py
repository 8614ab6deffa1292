from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standard_examples import RESULT, decimals, unhurried

from harmoniqc.standard import (
    COLUMNS,
    Document,
    Package,
    Result,
    arrow_schema,
    load_document,
    plain,
    results_table,
    rows_of,
    to_json,
)
from harmoniqc.standard.arrow import FIELD_ID_KEY, same_table
from harmoniqc.standard.columns import COMPARATORS, STATISTICS, STATUSES

ROW: dict[str, Any] = {"batch_id": "B 1", "cqa": "ph", "value": "7.20"}


def test_field_ids_are_unique_and_contiguous() -> None:
    assert [column.field_id for column in COLUMNS.values()] == list(range(1, len(COLUMNS) + 1))
    assert all(name == column.name for name, column in COLUMNS.items())
    assert all(column.description.endswith(".") for column in COLUMNS.values())


def test_columns_are_the_fields_of_a_result() -> None:
    assert set(COLUMNS) == set(Result.model_fields) - {"type", *Document.model_fields}


def test_closed_words_are_those_of_the_model() -> None:
    for name, words in (("comparator", COMPARATORS), ("statistic", STATISTICS), ("status", STATUSES)):
        for word in words:
            assert getattr(Result(**ROW, **{name: word}), name) == word


def test_arrow_schema_carries_field_ids_and_descriptions() -> None:
    schema = arrow_schema()
    assert schema.names == list(COLUMNS)
    for field, column in zip(schema, COLUMNS.values(), strict=True):
        assert field.metadata[FIELD_ID_KEY] == str(column.field_id).encode()
        assert field.metadata[b"description"] == column.description.encode()
    assert schema.field("value").type == pa.float64()
    assert schema.field("n").type == pa.int32()
    assert schema.field("reportable").type == pa.bool_()
    assert schema.field("measured_at").type == pa.timestamp("us", tz="UTC")


def test_arrow_schema_of_some_columns_keeps_their_order() -> None:
    assert arrow_schema(["value", "batch_id", "nothing"]).names == ["batch_id", "value"]


def test_a_table_has_the_columns_that_are_filled() -> None:
    assert results_table([{**ROW, "unit": "pH"}]).column_names == ["batch_id", "cqa", "value", "unit"]
    assert results_table([]).column_names == ["batch_id", "cqa", "value"]


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        (["7.2", "0.1"], pa.float64()),
        (["7.20", "0.1"], pa.string()),
        (["1E400"], pa.string()),
        (["0.1000000000000000055511151231257827"], pa.string()),
        (["-0"], pa.string()),
        (["1E6"], pa.string()),
        (["1E+22"], pa.float64()),
    ],
)
def test_numbers_are_floats_only_where_no_digit_is_lost(values: list[str], type_: pa.DataType) -> None:
    table = results_table([{**ROW, "value": value} for value in values])
    assert table.schema.field("value").type == type_
    assert [row["value"] for row in rows_of(table)] == values


@unhurried
@given(st.lists(decimals, min_size=1, max_size=5))
def test_tables_keep_every_digit(values: list[str]) -> None:
    rows = [{**ROW, "value": value, "sd": value} for value in values]
    package = Package(id="p", results=rows)
    assert rows_of(package.table) == rows
    again = load_document(to_json(package))
    assert isinstance(again, Package)
    assert again == package
    assert rows_of(again.table) == rows


def test_rows_of_a_result_are_its_plain_form() -> None:
    fields = {name: value for name, value in plain(RESULT).items() if name in COLUMNS}
    assert rows_of(results_table([RESULT])) == [fields]


@pytest.mark.parametrize("make", [list, tuple, iter, lambda rows: (row for row in rows)])
def test_any_iterable_of_results_is_a_table(make: Any) -> None:
    rows = make([RESULT, plain(RESULT)])
    assert results_table(rows).num_rows == 2


def test_tables_of_arrow_are_taken_as_they_are() -> None:
    table = results_table([ROW])
    assert results_table(table) is table
    (batch,) = table.to_batches()
    assert results_table(batch).equals(table)

    class Stream:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return table.__arrow_c_stream__(requested_schema)

    assert results_table(Stream()).equals(table)


@pytest.mark.parametrize("value", ["rows", b"rows", {"batch_id": ["B"]}, 5, None])
def test_what_is_no_table_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        results_table(value)


def test_rows_of_other_encodings() -> None:
    table = pa.table(
        {
            "batch_id": pa.array(["B 1", "B 1"]).dictionary_encode(),
            "cqa": pa.array(["ph", "ph"], pa.large_string()),
            "value": pa.array([Decimal("7.20"), None], pa.decimal128(10, 2)),
            "n": pa.array([None, 3], pa.int64()),
            "text": ["7.20", "n = 3"],
        }
    )
    assert rows_of(table) == [
        {"batch_id": "B 1", "cqa": "ph", "value": "7.20", "text": "7.20"},
        {"batch_id": "B 1", "cqa": "ph", "n": 3, "text": "n = 3"},
    ]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_nan_has_no_place_in_a_document(number: float) -> None:
    table = pa.table({"batch_id": ["B"], "cqa": ["ph"], "value": [number]})
    with pytest.raises(ValueError, match="no decimal text"):
        rows_of(table)


def test_packages_compare_their_results_by_value() -> None:
    as_text = pa.table({"batch_id": ["B"], "cqa": ["ph"], "value": ["7.2"]})
    as_float = pa.table({"batch_id": ["B"], "cqa": ["ph"], "value": [7.2]})
    other = pa.table({"batch_id": ["B"], "cqa": ["ph"], "value": ["7.20"]})
    assert same_table(as_text, as_float)
    assert Package(id="p", results=as_text) == Package(id="p", results=as_float)
    assert hash(Package(id="p", results=as_text)) == hash(Package(id="p", results=as_float))
    assert Package(id="p", results=as_text) != Package(id="p", results=other)
    assert Package(id="p", results=as_text) != Package(id="p")
    assert Package(id="p") == Package(id="p", results=[])
    assert Package(id="p") != 5


def test_the_order_of_results_is_part_of_a_package() -> None:
    rows = [ROW, {**ROW, "value": "7.3"}]
    assert Package(id="p", results=rows) != Package(id="p", results=rows[::-1])


# -- faults once found -----------------------------------------------------------------------------------------


def test_a_float32_means_what_it_prints_as() -> None:
    table = pa.table({"batch_id": ["B"], "cqa": ["ph"], "value": pa.array([0.1], pa.float32())})
    assert rows_of(table)[0]["value"] == "0.1"


def test_packages_with_nan_can_be_compared() -> None:
    tables = [pa.table({"batch_id": ["B"], "cqa": ["ph"], "value": [number]}) for number in (float("nan"), 1.0)]
    assert Package(id="p", results=tables[0]) != Package(id="p", results=tables[1])


def test_identifiers_of_a_table_are_written_as_text() -> None:
    table = pa.table({"batch_id": [17], "cqa": ["ph"], "value": [7.2]})
    assert load_document(to_json(Package(id="p", results=table)))


def test_nan_in_a_column_of_others_equals_itself() -> None:
    table = pa.table({"batch_id": ["B", "B"], "x_ratio": [float("nan"), None]})
    assert same_table(table, table.slice(0))
    assert not same_table(table, table.set_column(1, "x_ratio", pa.array([None, None], pa.float64())))
