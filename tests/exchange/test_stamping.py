"""Tables say what they are; those that lost it are read all the same, because meaning is in the columns."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import harmoniqc as hq
from harmoniqc.exchange.folders.content import content_hash_of
from harmoniqc.exchange.folders.stamping import KEY
from harmoniqc.standard.columns import COLUMNS

GOLDEN = Path(__file__).parent / "golden"
WRITERS = ("pyarrow", "pandas", "polars", "duckdb")


@pytest.fixture(scope="module")
def table() -> pa.Table:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parents[2] / "scripts")
        made: pa.Table = importlib.import_module("write_golden_exchange").table()
    return made


@pytest.mark.parametrize("writer", WRITERS)
def test_golden_files_of_every_writer(table: pa.Table, writer: str) -> None:
    file = GOLDEN / f"{writer}.parquet"
    read = hq.read_results(file)
    assert hq.table_findings(read).codes == (set() if writer == "pyarrow" else {"metadata-missing"})
    assert not hq.verify(file).errors
    stamped = hq.restamp(read)
    assert stamped.to_pylist() == table.to_pylist()
    types = [pa.string() if kind == pa.large_string() else kind for kind in stamped.schema.types]
    assert types == table.schema.types
    assert content_hash_of(read) == content_hash_of(table), "no writer changes what a table says"


@pytest.mark.parametrize("writer", WRITERS)
def test_tables_of_every_writer_go_into_an_exchange(table: pa.Table, tmp_path: Path, writer: str) -> None:
    hq.write(hq.Package(id="p", results=hq.read_results(GOLDEN / f"{writer}.parquet")), tmp_path / "x")
    exchange = hq.read_exchange(tmp_path / "x")
    assert exchange.package.table.to_pylist() == table.to_pylist()
    assert exchange.manifest.head.tables["results"].content_sha256 == content_hash_of(table)


def test_a_stamp_says_what_the_table_holds(table: pa.Table, tmp_path: Path) -> None:
    hq.write(hq.restamp(table), tmp_path / "x.parquet")
    schema = pq.read_schema(tmp_path / "x.parquet")
    assert [key for key in schema.metadata if key != b"ARROW:schema"] == [KEY]
    said = json.loads(schema.metadata[KEY])
    assert said["table"] == "results"
    assert said["rows"] == 3
    assert said["standard_version"] == hq.STANDARD_VERSION
    assert said["content_sha256"] == content_hash_of(table)
    assert said["columns"]["value"] == {"type": "decimal", "field_id": 9}
    for field in schema:
        expected = str(COLUMNS[field.name].field_id).encode() if field.name in COLUMNS else None
        assert (field.metadata or {}).get(b"PARQUET:field_id", None) == expected
    assert hq.verify(tmp_path / "x.parquet") == hq.Findings()


def test_field_ids_never_change() -> None:
    released = {"result_id": 1, "batch_id": 2, "value": 9, "unit": 13, "site_id": 32, "schema_version": 43}
    assert {name: COLUMNS[name].field_id for name in released} == released
    ids = [column.field_id for column in COLUMNS.values()]
    assert len(set(ids)) == len(ids)
    assert max(ids) < 10_001


def test_a_table_changed_after_it_was_stamped(table: pa.Table, tmp_path: Path) -> None:
    stamped = hq.restamp(table)
    pq.write_table(stamped.slice(1), tmp_path / "less.parquet")
    assert hq.table_findings(hq.read_results(tmp_path / "less.parquet")).codes == {"metadata-differs"}
    changed = stamped.set_column(2, stamped.schema.field(2), pa.array([97.8, 0.1, None]))
    pq.write_table(changed, tmp_path / "changed.parquet")
    assert hq.table_findings(hq.read_results(tmp_path / "changed.parquet")) == hq.Findings(), "no hash while reading"
    assert hq.verify(tmp_path / "changed.parquet").codes == {"metadata-differs"}
    hq.write(changed, tmp_path / "renewed.parquet")
    assert hq.verify(tmp_path / "renewed.parquet") == hq.Findings()
    pq.write_table(hq.restamp(stamped.slice(1)), tmp_path / "less.parquet")
    assert hq.verify(tmp_path / "less.parquet") == hq.Findings()


def test_a_table_of_a_later_form(table: pa.Table, tmp_path: Path) -> None:
    for said, code in (({"format_version": "2"}, "unknown-exchange-version"),):
        later = table.replace_schema_metadata({KEY: json.dumps(said)})
        pq.write_table(later, tmp_path / "x.parquet")
        with pytest.raises(hq.DocumentError) as refused:
            hq.read_results(tmp_path / "x.parquet")
        assert refused.value.findings.codes == {code}
        assert hq.verify(tmp_path / "x.parquet").codes == {code}
    for nonsense in (b"{", b"[]", b"\xff"):
        pq.write_table(table.replace_schema_metadata({KEY: nonsense}), tmp_path / "x.parquet")
        assert hq.table_findings(hq.read_results(tmp_path / "x.parquet")).codes == {"metadata-differs"}


def test_types_are_brought_back_where_nothing_is_lost() -> None:
    came = pa.table(
        {
            "batch_id": pa.array(["a", "b"]).dictionary_encode(),
            "n": [1.0, None],
            "replicate": [1.5, 2.0],
            "measured_at": pa.array([1_000, None], pa.timestamp("ms", "Asia/Tokyo")),
            "value": pa.array(["1", "2"], pa.large_string()),
            "x": pa.array(["a", "b"], pa.string_view()),
        }
    )
    back = hq.restamp(came)
    assert back.schema.field("n").type == pa.int32()
    assert back.schema.field("replicate").type == pa.float64(), "1.5 is no whole number, and stays as it is"
    assert back.schema.field("measured_at").type == pa.timestamp("us", "UTC")
    assert back.column("n").to_pylist() == [1, None]
    with pytest.raises(hq.ResultsError):
        hq.restamp(pa.table({"batch_id": [1]}))


def test_other_libraries_keep_their_tables(table: pa.Table) -> None:
    for other in (pl.from_arrow(table), table.to_pandas(types_mapper=pd.ArrowDtype)):
        assert hq.restamp(other).to_pylist() == table.to_pylist()
