"""The hash of a table: what the table says decides, and nothing else."""

from __future__ import annotations

import io
import math
import struct
import time
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmoniqc.evaluation import table_hash as module
from harmoniqc.evaluation.table_hash import table_hash

TEXTS = st.one_of(st.none(), st.text(alphabet="aé<5. ", max_size=4))
INTEGERS = st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1))
CELLS = {
    pa.string(): TEXTS,
    pa.float64(): st.one_of(st.none(), st.floats()),
    pa.int32(): INTEGERS,
    pa.bool_(): st.sampled_from((None, True, False)),
    pa.list_(pa.string()): st.one_of(st.none(), st.lists(TEXTS, max_size=3)),
    pa.struct([("a", pa.int32()), ("b", pa.string())]): st.one_of(
        st.none(), st.fixed_dictionaries({"a": INTEGERS, "b": TEXTS})
    ),
    pa.timestamp("us", "UTC"): st.one_of(st.none(), st.integers(0, 2**40)),
}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small tables have several blocks."""
    monkeypatch.setattr(module, "_BLOCK", 5)


@st.composite
def tables(draw: st.DrawFn, min_rows: int = 0) -> pa.Table:
    rows = draw(st.integers(min_rows, 13))
    kinds = draw(st.lists(st.sampled_from(list(CELLS)), min_size=1, max_size=4))
    columns = {
        f"column {place}": pa.array(draw(st.lists(CELLS[kind], min_size=rows, max_size=rows)), kind)
        for place, kind in enumerate(kinds)
    }
    return pa.table(columns)


@st.composite
def stored_otherwise(draw: st.DrawFn, table: pa.Table) -> pa.Table:
    """The same content: cut anew, embedded in a larger table, with other encodings and another order of columns."""
    columns = {}
    for name in draw(st.permutations(table.column_names)):
        array = pa.concat_arrays(table.column(name).chunks)
        before, after = draw(st.integers(0, 9)), draw(st.integers(0, 9))
        if len(array):
            rows = [0] * before + list(range(len(array))) + [0] * after
            array = array.take(pa.array(rows)).slice(before, len(array))
        kind = draw(st.sampled_from(others(array.type)))
        cuts = sorted(draw(st.lists(st.integers(0, len(array)), max_size=4)))
        ends = zip([0, *cuts], [*cuts, len(array)], strict=True)
        columns[name] = pa.chunked_array([_as(array.slice(start, end - start), kind) for start, end in ends], kind)
    return pa.table(columns).replace_schema_metadata({"pandas": "something"})


def others(kind: pa.DataType) -> tuple[pa.DataType, ...]:
    if pa.types.is_string(kind):
        return (kind, pa.large_string(), pa.string_view(), DICTIONARY)
    if pa.types.is_integer(kind):
        return (kind, pa.int64())
    if pa.types.is_list(kind):
        return (kind, pa.large_list(kind.value_type))
    return (kind,)


DICTIONARY = pa.dictionary(pa.int32(), pa.string())


def _as(array: pa.Array, kind: pa.DataType) -> pa.Array:
    if kind == DICTIONARY and array.type != kind:
        return array.dictionary_encode()
    return array if array.type == kind else array.cast(kind)


@given(data=st.data())
def test_storage_does_not_count(data: st.DataObject) -> None:
    table = data.draw(tables())
    assert table_hash(data.draw(stored_otherwise(table))) == table_hash(table)


@given(data=st.data())
def test_every_cell_counts(data: st.DataObject) -> None:
    table = data.draw(tables(min_rows=1))
    name = data.draw(st.sampled_from(table.column_names))
    row = data.draw(st.integers(0, table.num_rows - 1))
    column = table.column(name)
    cells = column.to_pylist()
    other = data.draw(CELLS[column.type])
    other = pa.array([other], column.type)[0].as_py()
    changed = table.set_column(
        table.column_names.index(name), name, pa.array([*cells[:row], other, *cells[row + 1 :]], column.type)
    )
    assert (table_hash(changed) == table_hash(table)) == same(other, cells[row])


def same(left: Any, right: Any) -> bool:
    """Tell whether two cells are the same, where NaN is NaN and minus zero is not zero."""
    if isinstance(left, float) and isinstance(right, float):
        return struct.pack("d", left) == struct.pack("d", right) or (math.isnan(left) and math.isnan(right))
    return bool(left == right)


@given(tables(min_rows=2), st.data())
def test_the_order_of_rows_counts(table: pa.Table, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(table.num_rows)))
    shuffled = table.take(pa.array(order))
    same_rows = all(
        same(left, right)
        for name in table.column_names
        for left, right in zip(table.column(name).to_pylist(), shuffled.column(name).to_pylist(), strict=True)
    )
    assert (table_hash(shuffled) == table_hash(table)) == same_rows


def test_the_hash_of_a_table_is_this_for_good() -> None:
    """Records hold hashes; a change of the form that is hashed makes all of them useless and needs another name."""
    table = pa.table({"batch_id": ["B1", "B1", None], "value": [5.0, None, 0.1], "n": pa.array([3, None, 4])})
    assert table_hash(table) == "9083ef3ec5d63941d31559939b21054476e0646c7f50e7d3f2a87b281a7eeabc"


def of(values: list[Any], kind: pa.DataType | None = None) -> str:
    return table_hash(pa.table({"value": pa.array(values, kind)}))


def test_a_number_is_not_its_text() -> None:
    hashes = {
        of(["5"]),
        of([5.0]),
        of([5], pa.int64()),
        of(["5.0"]),
        of([5.0], pa.float32()),
        of([np.float16(5)], pa.float16()),
        of([5], pa.decimal128(5, 0)),
        of([5], pa.decimal128(5, 1)),
        of([b"5"], pa.binary()),
        of([True]),
        of([5], pa.timestamp("us")),
        of([5], pa.timestamp("us", "UTC")),
        of([5], pa.date32()),
    }
    assert len(hashes) == 13


def test_widths_do_not_count() -> None:
    assert len({of([5, None], kind) for kind in (pa.int8(), pa.uint16(), pa.int64(), pa.uint64())}) == 1
    assert of([2**64 - 1], pa.uint64()) != of([-1], pa.int64())
    assert of([5, None], pa.decimal128(5, 1)) == of([5, None], pa.decimal256(60, 1))
    assert of([b"abc", None], pa.binary(3)) == of([b"abc", None], pa.large_binary())
    assert of([10_957], pa.date32()) == of([10_957 * 86_400_000], pa.date64())


def test_an_instant_is_the_same_in_every_zone_and_resolution() -> None:
    kinds = (("s", 1, "UTC"), ("ms", 1000, "Asia/Tokyo"), ("us", 10**6, "+02:00"), ("ns", 10**9, "UTC"))
    assert len({of([1_700_000_000 * scale], pa.timestamp(unit, zone)) for unit, scale, zone in kinds}) == 1
    assert of([1], pa.timestamp("ns", "UTC")) != of([0], pa.timestamp("ns", "UTC"))
    assert of([2**62], pa.timestamp("s", "UTC")) != of([2**62], pa.timestamp("us", "UTC"))  # out of reach in us


def test_every_nan_is_the_same_and_none_is_null() -> None:
    odd = struct.unpack("d", struct.pack("Q", 0xFFF8_0000_0000_0001))[0]
    assert of([1.0, odd]) == of([1.0, math.nan])
    assert of([1.0, math.nan]) != of([1.0, None])


def test_nulls_have_no_type_and_no_content() -> None:
    assert of([None, None], pa.null()) == of([None, None], pa.string()) == of([None, None], pa.float64())
    assert of([None]) != of([""])
    assert of([]) == of([], pa.string()) != of([None])
    hidden = pa.Array.from_buffers(
        pa.string(), 2, [pa.py_buffer(b"\x02"), pa.py_buffer(np.array([0, 3, 4], np.int32)), pa.py_buffer(b"abcd")]
    )
    assert table_hash(pa.table({"value": hidden})) == of([None, "d"])
    numbers = pa.Array.from_buffers(pa.float64(), 2, [pa.py_buffer(b"\x02"), pa.py_buffer(np.array([7.0, 1.0]))])
    assert table_hash(pa.table({"value": numbers})) == of([None, 1.0])
    null_in_dictionary = pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array([None, "d"]))
    assert table_hash(pa.table({"value": null_in_dictionary})) == of([None, "d"])


def test_texts_do_not_run_into_each_other() -> None:
    assert of(["ab", "c"]) != of(["a", "bc"])
    assert of(["a", "b" * 300]) != of(["a" * 300, "b"])
    assert table_hash(pa.table({"a": ["x"], "b": ["y"]})) != table_hash(pa.table({"a": ["y"], "b": ["x"]}))
    assert table_hash(pa.table({"a": ["x"]})) != table_hash(pa.table({"b": ["x"]}))


def test_rare_types_are_hashed_by_content() -> None:
    rare = pa.table(
        {
            "map": pa.array([[("a", 1)], None, [("b", None), ("c", 3)]], pa.map_(pa.string(), pa.int32())),
            "fixed": pa.array([[1, 2], None, [3, None]], pa.list_(pa.int32(), 2)),
            "view": pa.array([[1], None, [2, 3]], pa.list_view(pa.int32())),
            "interval": pa.array([(1, 2, 3), None, (4, 5, 6)], pa.month_day_nano_interval()),
            "union": pa.UnionArray.from_sparse(
                pa.array([0, 1, 0], pa.int8()), [pa.array([1, 2, 3]), pa.array(["a", "b", "c"])]
            ),
            "runs": pa.RunEndEncodedArray.from_arrays([2, 3], ["a", None]),
            "nested": pa.array([{"a": [{"b": "x"}]}, None, {"a": []}]),
        }
    )
    plain = table_hash(rare)
    pieces = pa.concat_tables([rare.slice(0, 1), rare.slice(1)])
    assert table_hash(pieces) == plain
    for place, name in enumerate(rare.column_names):
        swapped = rare.set_column(
            place, name, pa.chunked_array([rare.column(name).chunk(0).slice(n, 1) for n in (1, 0, 2)])
        )
        assert table_hash(swapped) != plain or name == "runs", name
    assert table_hash(rare.select(["runs"])) == table_hash(pa.table({"runs": ["a", "a", None]}))


def test_files_and_libraries_keep_the_hash() -> None:
    table = pa.table(
        {
            "batch_id": pa.array(["B1", "B2", None]).dictionary_encode(),
            "value": [5.0, None, 0.1],
            "reportable": [True, None, False],
            "measured_at": pa.array([0, None, 10**15], pa.timestamp("us", "UTC")),
        }
    )
    wanted = table_hash(table)
    for options in ({"compression": "zstd"}, {"compression": "none", "use_dictionary": False, "row_group_size": 1}):
        buffer = io.BytesIO()
        pq.write_table(table, buffer, **options)
        assert table_hash(pq.read_table(buffer)) == wanted
    assert table_hash(pa.table(pl.from_arrow(table))) == wanted
    frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    assert table_hash(pa.Table.from_pandas(frame)) == wanted


@pytest.mark.slow
def test_ten_million_rows_take_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    rows = 10_000_000
    codes = pa.array((np.arange(rows) % 60).astype(np.int32))
    words = pa.DictionaryArray.from_arrays(codes, [f"quality-attribute-{number}" for number in range(60)])
    table = pa.table({"cqa": words, "test_id": words, "value": np.arange(rows) / 7})
    start = time.perf_counter()
    table_hash(table)
    assert time.perf_counter() - start < 10  # half a second, when it was written; a Python object a row takes longer
