"""The hash of a table's content is the one that the documentation defines, however the table is stored."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from harmoniqc.exchange.folders.content import RowsTooLongError, combined, content_hash_of, row_digests
from harmoniqc.standard.decimal_text import from_number

ROW = st.fixed_dictionaries(
    {
        "batch_id": st.one_of(st.none(), st.text(max_size=5)),
        "value": st.one_of(st.none(), st.floats()),
        "n": st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1)),
        "measured_at": st.one_of(
            st.none(), st.integers(-(2**45), 2**53), st.integers(0, 2**30).map(lambda second: second * 1_000_000)
        ),
        "reportable": st.one_of(st.none(), st.booleans()),
        "😀": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
        "\uffff": st.one_of(st.none(), st.floats(allow_nan=False)),
    }
)
TYPES = {
    "batch_id": pa.string(),
    "value": pa.float64(),
    "n": pa.int32(),
    "measured_at": pa.timestamp("us", "UTC"),
    "reportable": pa.bool_(),
    "😀": pa.int64(),
    "\uffff": pa.float64(),
}


def by_definition(rows: list[dict[str, Any]]) -> str:
    """Return the hash as it is defined: one row at a time, with nothing clever."""
    digests = []
    for row in rows:
        said = {}
        for name, value in row.items():
            if value is None:
                continue
            if name == "measured_at":
                moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
                value = moment.isoformat().replace("+00:00", "Z")
            elif isinstance(value, float) and not np.isfinite(value):
                value = "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"
            elif name == "value":
                value = from_number(value)
            elif isinstance(value, int) and abs(value) > 2**53 - 1:
                value = str(value)
            said[name] = value
        digests.append(hashlib.sha256(rfc8785.dumps(said)).digest())
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()


def stored(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in TYPES.items()})


@given(st.lists(ROW, max_size=8), st.randoms())
def test_the_hash_is_the_one_that_is_defined(rows: list[dict[str, Any]], random: Any) -> None:
    table = stored(rows)
    expected = by_definition(rows)
    assert content_hash_of(table) == expected
    shuffled = rows[:]
    random.shuffle(shuffled)
    assert content_hash_of(stored(shuffled)) == expected
    assert content_hash_of(table.select(list(reversed(table.column_names)))) == expected
    halves = [table.slice(0, len(rows) // 2), table.slice(len(rows) // 2)]
    assert content_hash_of(pa.concat_tables(halves)) == expected
    assert combined([row_digests(half) for half in halves]) == expected


def test_storage_does_not_count() -> None:
    plain = pa.table(
        {"batch_id": ["a", "b", "a", None], "value": [1.0, 0.1, 5.0, None], "n": pa.array([1, 2, None, 4], pa.int32())}
    )
    expected = content_hash_of(plain)
    for column in (
        plain.column("batch_id").dictionary_encode(),
        plain.column("batch_id").cast(pa.large_string()),
        plain.column("batch_id").cast(pa.string_view()),
        pa.chunked_array([pa.DictionaryArray.from_arrays(pa.array([0, 1, 0, 2]), pa.array(["a", "b", None]))]),
        pa.chunked_array([pa.array(["a", "b"]).dictionary_encode(), pa.array(["a", None]).dictionary_encode()]),
    ):
        assert content_hash_of(plain.set_column(0, "batch_id", column)) == expected
    for values in (["1", "0.1", "5", None], [Decimal("1"), Decimal("0.1"), Decimal("5"), None]):
        written = pa.array(values) if isinstance(values[0], str) else pa.array(values, pa.decimal128(5, 1))
        same = content_hash_of(plain.set_column(1, "value", written)) == expected
        assert same is isinstance(values[0], str), "decimal128(5, 1) says 1.0, which is not 1"
    assert content_hash_of(plain.set_column(1, "value", pa.array([1, 0.1, 5, None], pa.float32()))) == expected
    assert content_hash_of(plain.set_column(2, "n", pa.array([1.0, 2.0, None, 4.0]))) == expected


def test_what_counts() -> None:
    table = pa.table({"batch_id": ["a", "b"], "value": ["0.1", None]})
    others = [
        table.slice(1),
        table.rename_columns(["batch_id", "sd"]),
        table.set_column(1, "value", pa.array(["0.10", None])),
        table.set_column(1, "value", pa.array(["0.1", ""])),
        table.set_column(1, "value", pa.array([None, "0.1"])),
        pa.concat_tables([table, table.slice(1)]),
        table.append_column("x", pa.array([1, None])),
    ]
    hashes = {content_hash_of(item) for item in (table, *others)}
    assert len(hashes) == len(others) + 1
    assert content_hash_of(table.append_column("x", pa.nulls(2))) == content_hash_of(table), "nothing is said by nulls"
    assert content_hash_of(table.append_column("exchange_row", pa.array([1, 0]))) == content_hash_of(table)


def test_nested_and_rare_values() -> None:
    columns = {
        "list": pa.array([[1, None], [], None]),
        "struct": pa.array([{"b": 1, "a": "x"}, {"b": None, "a": None}, None]),
        "bytes": pa.array([b"\x00\xff", b"", None]),
        "date": pa.array([1, None, 2], pa.date32()),
        "time": pa.array([1, None, 2], pa.time64("ns")),
        "nanoseconds": pa.array([1, None, 1_000], pa.timestamp("ns", "Asia/Tokyo")),
        "duration": pa.array([1, None, 2], pa.duration("ms")),
    }
    hashes = [content_hash_of(pa.table({"x": column})) for column in columns.values()]
    assert len(set(hashes)) == len(hashes)
    table = pa.table(columns)
    assert content_hash_of(table) == content_hash_of(table.take(pa.array([2, 0, 1])))


def test_rows_that_would_take_too_long() -> None:
    table = pa.table({"batch_id": pa.array(["x" * 1000] * 100).dictionary_encode()})
    assert len(row_digests(table, 200_000)) == 100
    with pytest.raises(RowsTooLongError):
        row_digests(table, 100_000)
