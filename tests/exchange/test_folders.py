"""A package, written as an exchange and read again, is the same package, and others can read the tables."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc import testing
from harmoniqc.exchange.folders import parts as parts_module
from harmoniqc.exchange.folders.layout import DOCUMENT_TABLES, NO_SITE, place_of, site_partition
from harmoniqc.standard.columns import COLUMNS
from tests.exchange.folder_examples import package, parts, results

CORPUS = sorted((Path(__file__).parents[1] / "corpus").glob("[0-9]*.json"))
SITES = st.one_of(st.none(), st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1))


@st.composite
def packages(draw: st.DrawFn) -> hq.Package:
    specification = draw(testing.specifications())
    batches = [draw(testing.batches(specification, id=name)) for name in draw(st.sets(st.sampled_from("ABC")))]
    rows = [
        row.model_copy(update={"site_id": draw(SITES), "n": draw(st.one_of(st.none(), st.integers(0, 9)))})
        for row in draw(testing.results(specification))
    ]
    return hq.Package(
        id=draw(st.sampled_from(("p", "Paket 1", "…"))),
        title=draw(st.one_of(st.none(), st.text(min_size=1, max_size=20))),
        specifications=(specification,),
        batches=batches,
        results=rows,
    )


@given(packages())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_package_comes_back_as_it_was(sent: hq.Package) -> None:
    with TemporaryDirectory() as folder:
        hq.write(sent, Path(folder) / "x")
        received = hq.read(Path(folder) / "x")
        assert received == sent
        assert hq.to_json(received) == hq.to_json(sent)
        assert hq.verify(Path(folder) / "x") == hq.errors.Findings()


COLUMN_VALUES = {
    "string": st.one_of(st.none(), st.sampled_from(("", "a", " é ", "\x00", "x" * 300))),
    "decimal": st.one_of(st.none(), st.floats()),
    "integer": st.one_of(st.none(), st.integers(-5, 5)),
    "boolean": st.one_of(st.none(), st.booleans()),
}


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Any table of results that Arrow can hold: NaN, infinity, empty texts, columns in any order, columns of others."""
    names = draw(st.lists(st.sampled_from(sorted(COLUMNS)), unique=True, max_size=8))
    rows = draw(st.integers(0, 8))
    types = {"string": pa.string(), "decimal": pa.float64(), "integer": pa.int32(), "boolean": pa.bool_()}
    columns: dict[str, pa.Array] = {}
    for name in draw(st.permutations([*names, "x_other", "ä"])):
        kind = COLUMNS[name].type if name in COLUMNS else draw(st.sampled_from(("string", "decimal", "integer")))
        if name == "schema_version":
            columns[name] = pa.array(
                draw(st.lists(st.sampled_from(("0.1", "0.2", "draft", None)), min_size=rows, max_size=rows)),
                pa.string(),
            )
        elif kind == "instant":
            columns[name] = pa.array(
                draw(st.lists(st.one_of(st.none(), st.integers(0, 2**50)), min_size=rows, max_size=rows)),
                pa.timestamp("us", "UTC"),
            )
        else:
            array = pa.array(draw(st.lists(COLUMN_VALUES[kind], min_size=rows, max_size=rows)), types[kind])
            columns[name] = array.dictionary_encode() if draw(st.booleans()) and kind == "string" else array
    return pa.table(columns)


@given(tables())
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_any_table_of_results_comes_back_as_it_was(table: pa.Table) -> None:
    sent = hq.Package(id="p", results=table)
    with TemporaryDirectory() as folder:
        hq.write(sent, Path(folder) / "x")
        received = hq.read(Path(folder) / "x")
        assert received == sent
        assert received.table.column_names == table.column_names


def test_every_kind_of_document_and_what_the_package_says_itself(tmp_path: Path) -> None:
    sent = package()
    hq.write(sent, tmp_path / "x", sender="Kyoto", receiver="Paris")
    exchange = hq.read_exchange(tmp_path / "x")
    assert exchange.package == sent
    assert exchange.package.note == "for a test"
    assert exchange.package.table.to_pylist() == results().to_pylist()
    assert exchange.findings == hq.Findings()
    assert (exchange.manifest.head.sender, exchange.manifest.head.receiver) == ("Kyoto", "Paris")
    assert exchange.verdicts is None
    assert hq.read_results(tmp_path / "x").to_pylist() == results().to_pylist()
    assert hq.verify(tmp_path / "x") == hq.Findings()


def test_partitions_by_site_and_version(tmp_path: Path) -> None:
    table = results().append_column("schema_version", pa.array(["0.1", None, "draft 3", "0.1"]))
    hq.write(package(results=table), tmp_path / "x")
    found = {
        file.parent.relative_to(tmp_path / "x").as_posix(): pq.ParquetFile(file).read()
        for file in parts(tmp_path / "x")
    }
    assert set(found) == {
        "results/schema_major=0/site=Kyoto",
        "results/schema_major=0/site=H%C3%B4pital%20Saint-Louis%2C%20Paris",
        f"results/schema_major=0/site={NO_SITE}",
    }
    for table in found.values():
        assert {"site_id", "schema_version"} <= set(table.column_names)
    kyoto = found["results/schema_major=0/site=Kyoto"]
    assert kyoto.column("batch_id").to_pylist() == ["B 1", "B 2"], "sorted"
    assert kyoto.column("exchange_row").to_pylist() == [1, 0]


@given(SITES, SITES)
def test_sites_have_partitions_of_their_own(left: str | None, right: str | None) -> None:
    for site in (left, right):
        assert place_of(f"results/schema_major=0/site={site_partition(site)}/part-00000.parquet") is not None
    assert (site_partition(left) == site_partition(right)) == (left == right)


def test_names_of_sites_that_are_awkward() -> None:
    long = ["ä" * 256, "ä" * 255 + "b"]
    awkward = ["..", ".", "a/b", "a\\b", "C:", "NUL", " ", "%2E", NO_SITE, NO_SITE.lower(), *long]
    spelled = [site_partition(site) for site in awkward]
    assert len({item.casefold() for item in spelled}) >= len(awkward) - 1
    assert len(set(spelled)) == len(awkward)
    assert NO_SITE not in spelled
    assert all(len(item) <= 120 and not set(item) & set("/\\:.") for item in spelled)


def test_many_parts_and_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "PART_ROWS", 70)
    monkeypatch.setattr(parts_module, "GROUP_ROWS", 20)
    rng = np.random.default_rng(5)
    n = 500
    table = pa.table(
        {
            "batch_id": [f"B{number}" for number in rng.integers(0, 90, n)],
            "cqa": pa.array([f"c{number}" for number in rng.integers(0, 9, n)]).dictionary_encode(),
            "value": rng.random(n),
            "site_id": [["A", "B", None][number] for number in rng.integers(0, 3, n)],
        }
    )
    hq.write(hq.Package(id="p", results=table), tmp_path / "x")
    assert len(parts(tmp_path / "x")) >= 9
    assert hq.read_results(tmp_path / "x").to_pylist() == table.to_pylist()
    monkeypatch.undo()
    hq.write(hq.Package(id="p", results=table.take(pa.array(rng.permutation(n)))), tmp_path / "y")
    one, other = (hq.read_exchange(tmp_path / name).manifest.head.tables["results"] for name in "xy")
    assert one == other, "neither order nor files change the hash of the content"


def test_statistics_let_readers_skip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "GROUP_ROWS", 100)
    n = 1000
    ids = [f"B{number:04d}" for number in np.random.default_rng(1).permutation(n)]
    hq.write(hq.Package(id="p", results=pa.table({"batch_id": ids, "value": np.arange(n)})), tmp_path / "x")
    metadata = pq.read_metadata(parts(tmp_path / "x")[0])
    ranges = [metadata.row_group(number).column(0).statistics for number in range(metadata.num_row_groups)]
    assert len(ranges) == 10
    assert all(before.max < after.min for before, after in pairwise(ranges))


def test_columns_are_compressed_and_coded_and_have_their_ids(tmp_path: Path) -> None:
    hq.write(package(), tmp_path / "x")
    file = parts(tmp_path / "x")[0]
    metadata = pq.read_metadata(file)
    columns = {
        metadata.row_group(0).column(place).path_in_schema: metadata.row_group(0).column(place)
        for place in range(metadata.num_columns)
    }
    assert {column.compression for column in columns.values()} == {"ZSTD"}
    assert columns["unit"].has_dictionary_page
    assert not columns["text"].has_dictionary_page
    schema = pq.read_schema(file)
    for name in ("batch_id", "value", "site_id"):
        assert schema.field(name).metadata[b"PARQUET:field_id"] == str(COLUMNS[name].field_id).encode()
    assert schema.field("exchange_row").metadata[b"PARQUET:field_id"] == b"10001"


def test_other_libraries_read_the_tables(tmp_path: Path) -> None:
    hq.write(package(), tmp_path / "x")
    pattern = f"{tmp_path}/x/results/**/*.parquet"
    rows = "SELECT batch_id, value, site_id, site FROM read_parquet(?) ORDER BY exchange_row"
    assert duckdb.execute(rows, [pattern]).fetchall() == [
        ("B 2", "0.10", "Kyoto", "Kyoto"),
        ("B 1", "97.90", "Kyoto", "Kyoto"),
        ("B 3", None, "Hôpital Saint-Louis, Paris", "Hôpital Saint-Louis, Paris"),
        ("B 1", "0.2", None, None),
    ]
    criteria = f"{tmp_path}/x/criteria/**/*.parquet"
    limits = "SELECT test_id, low, high, high_inclusive, unit, rounding FROM read_parquet(?) ORDER BY test_id"
    assert duckdb.execute(limits, [criteria]).fetchall() == [
        ("purity", None, "0.10", True, "%", "none"),
        ("viability", "70", None, None, "%", "none"),
    ]
    first = "SELECT id, document->>'$.tests[0].id' FROM read_parquet(?)"
    assert duckdb.execute(first, [f"{tmp_path}/x/specifications/**/*.parquet"]).fetchall() == [
        ("x-release", "viability")
    ]
    assert sorted(pl.scan_parquet(pattern, hive_partitioning=True).collect()["value"].drop_nulls()) == [
        "0.10",
        "0.2",
        "97.90",
    ]
    dataset = ds.dataset(tmp_path / "x" / "results", partitioning="hive").to_table()
    assert dataset.num_rows == 4


def test_the_manifest_is_a_data_package(tmp_path: Path) -> None:
    hq.write(package(), tmp_path / "x")
    manifest = json.loads((tmp_path / "x" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    names = [item["name"] for item in manifest["resources"]]
    assert len(set(names)) == len(names)
    for item in manifest["resources"]:
        file = tmp_path / "x" / item["path"]
        assert file.stat().st_size == item["bytes"]
        assert item["format"] == "parquet"
        assert [field["name"] for field in item["schema"]["fields"]] == pq.read_schema(file).names
    assert manifest["harmoniqc"]["identifiers"] == "clear"


@pytest.mark.parametrize("number", range(len(CORPUS)), ids=lambda number: CORPUS[number].stem)
def test_two_sites_exchange_the_corpus(tmp_path: Path, number: int) -> None:
    sent = hq.read(CORPUS[number])
    assert isinstance(sent, hq.Package)
    hq.write(sent, tmp_path / "out", sender="a", receiver="b")
    shutil.copytree(tmp_path / "out", tmp_path / "in")
    assert hq.verify(tmp_path / "in") == hq.Findings()
    received = hq.read_exchange(tmp_path / "in")
    assert received.package == sent
    assert hq.to_json(received.package) == hq.to_json(sent)
    local, remote = (_evaluated(item) for item in (sent, received.package))
    assert remote.verdicts.to_pylist() == local.verdicts.to_pylist()
    assert remote.batches.to_pylist() == local.batches.to_pylist()
    assert remote.record(_NOW).inputs == local.record(_NOW).inputs
    hq.write(received.package, tmp_path / "answer", verdicts=remote, sender="b", receiver="a", previous=tmp_path / "in")
    answer = hq.read_exchange(tmp_path / "answer", previous=tmp_path / "out")
    assert answer.package == sent
    assert answer.verdicts is not None
    assert answer.verdicts.select(local.verdicts.column_names).to_pylist() == local.verdicts.to_pylist()
    assert answer.batch_verdicts is not None
    assert answer.batch_verdicts.column("verdict").to_pylist() == local.batches.column("verdict").to_pylist()


_NOW = datetime(2026, 1, 31, tzinfo=UTC)


def _evaluated(package: hq.Package) -> hq.Evaluation:
    return hq.evaluate(
        package.table, package.specifications, batches=package.batches or None, products=package.products or None
    )


def test_verdicts_say_which_result_they_are_about(tmp_path: Path) -> None:
    sent = package(results=results().drop_columns(["x_instrument"]))
    hq.write(sent, tmp_path / "x", verdicts=_evaluated(sent))
    of_kyoto = "SELECT batch_id, test, verdict, reason FROM read_parquet(?) WHERE site = 'Kyoto' ORDER BY row"
    assert duckdb.execute(of_kyoto, [f"{tmp_path}/x/verdicts/**/*.parquet"]).fetchall() == [
        ("B 2", "purity", "conforms", "within-limit"),
        ("B 1", "viability", "conforms", "within-limit"),
    ]
    with pytest.raises(ValueError, match="other results"):
        hq.write(sent, tmp_path / "y", verdicts=hq.evaluate(sent.table.slice(0, 2), sent.specifications))
    assert not (tmp_path / "y").exists()


def test_a_package_without_results_or_specifications(tmp_path: Path) -> None:
    hq.write(hq.Package(id="p"), tmp_path / "x")
    assert hq.read(tmp_path / "x") == hq.Package(id="p")
    hq.write(hq.Package(id="p", results=pa.table({})), tmp_path / "y")
    assert hq.read(tmp_path / "y") == hq.Package(id="p", results=pa.table({}))


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (pa.table({"batch_id": ["a"], "exchange_row": [1]}), "reserved-column"),
        (pa.table({"batch_id": [1]}), "wrong-column-type"),
        (pa.table({"value": [[1.0]]}), "wrong-column-type"),
        (pa.table({"measured_at": pa.array([0], pa.timestamp("us"))}), "wrong-column-type"),
        (pa.table({"reportable": ["yes"]}), "wrong-column-type"),
        (pa.table({"value": pa.array(np.array([1.0], np.float16))}), "wrong-column-type"),
        (pa.table([["a"], ["b"]], names=["batch_id", "batch_id"]), "duplicate-heading"),
        (pa.table({"batch_id": ["a"], "schema_version": ["3.0"]}), "unknown-standard-version"),
        (pa.table({"x": pa.array([2**60], pa.timestamp("s"))}), "wrong-column-type"),
    ],
)
def test_results_that_an_exchange_cannot_hold(tmp_path: Path, table: pa.Table, code: str) -> None:
    with pytest.raises(hq.ResultsError) as refused:
        hq.write(hq.Package(id="p", results=table), tmp_path / "x")
    assert code in refused.value.findings.codes
    assert list(tmp_path.iterdir()) == []


def test_only_packages_go_into_folders(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="does not go into a"):
        hq.write(results(), tmp_path / "x")
    for name in ("x.json", "x.parquet"):
        with pytest.raises(TypeError, match="only a package"):
            hq.write(package(), tmp_path / name, sender="a")
    with pytest.raises(TypeError, match="does not go into a"):
        hq.write(package(), tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []


def test_every_collection_of_a_package_has_its_table() -> None:
    collections = {name for name, field in hq.Package.model_fields.items() if "tuple" in str(field.annotation)}
    assert collections - {"sources"} == set(DOCUMENT_TABLES)
