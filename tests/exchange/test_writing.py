"""Files out: complete or not at all, whoever is interrupted and whoever else writes."""

from __future__ import annotations

import os
import random
import stat
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import harmoniqc as hq
from harmoniqc.exchange import files
from harmoniqc.standard import results_table
from tests.exchange.examples import BATCH, PACKAGE, RESULT, SECOND, SPECIFICATION

TABLE = results_table([RESULT, SECOND])
WRITER = """
import sys
import harmoniqc as hq
batches = [hq.Batch(id=name * 20, product="x" * 100, note=name * 20_000) for name in sys.argv[2]]
sys.stdout.write("ready\\n")
sys.stdout.flush()
while True:
    for batch in batches:
        hq.write(batch, sys.argv[1])
"""


def start_writer(path: Path, names: str) -> subprocess.Popen[str]:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path), names], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    return writer


def stop(writer: subprocess.Popen[str]) -> None:
    writer.kill()
    writer.communicate()


def is_complete(path: Path) -> bool:
    batch = hq.read(path)
    assert isinstance(batch, hq.Batch)
    return batch.note == batch.id[0] * 20_000


def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "batch.json"
    moments = random.Random(7)
    for _ in range(15):
        hq.write(hq.Batch(id="o" * 20, product="x", note="o" * 20_000), path)
        writer = start_writer(path, "ab")
        time.sleep(moments.random() * 0.02)
        stop(writer)
        assert is_complete(path)


def test_two_writers_at_once(tmp_path: Path) -> None:
    path = tmp_path / "batch.json"
    writers = [start_writer(path, "a"), start_writer(path, "b")]
    try:
        seen = set()
        until = time.monotonic() + 5
        while time.monotonic() < until and len(seen) < 2:
            if path.exists():
                assert is_complete(path)
                batch = hq.read(path)
                assert isinstance(batch, hq.Batch)
                seen.add(batch.id[0])
        assert [writer.poll() for writer in writers] == [None, None]
    finally:
        for writer in writers:
            stop(writer)
    assert seen == {"a", "b"}
    assert is_complete(path)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, MemoryError])
def test_an_exception_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch, error) -> None:
    path = tmp_path / "r.parquet"
    hq.write(TABLE, path)
    before = path.read_bytes()

    def fail(table: pa.Table, stream, **options: object) -> None:
        stream.write(b"half")
        raise error

    monkeypatch.setattr(files.pq, "write_table", fail)
    with pytest.raises(error):
        hq.write(TABLE, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_document_that_cannot_be_written_touches_nothing(tmp_path: Path) -> None:
    hq.write(PACKAGE, tmp_path / "p.json")
    before = (tmp_path / "p.json").read_bytes()
    table = TABLE.set_column(TABLE.column_names.index("value"), "value", pa.array([float("nan"), 1.0]))
    with pytest.raises(ValueError, match="NaN"):
        hq.write(hq.Package(id="p", results=table), tmp_path / "p.json")
    assert (tmp_path / "p.json").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_mode_follows_umask(tmp_path: Path, mask: int) -> None:
    code = "import os, sys; os.umask(int(sys.argv[1])); import harmoniqc as hq\n"
    code += "hq.write(hq.Batch(id='B', product='x'), sys.argv[2])"
    path = tmp_path / "b.json"
    subprocess.run([sys.executable, "-c", code, str(mask), str(path)], check=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_names_as_long_as_a_file_system_takes(tmp_path: Path) -> None:
    for name in ("b" * 250 + ".json", "é" * 120 + ".json"):
        hq.write(BATCH, tmp_path / name)
        assert hq.read(tmp_path / name) == BATCH


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        hq.write(BATCH, tmp_path / "missing" / "b.json")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(NotADirectoryError):
        hq.write(BATCH, tmp_path / "file" / "b.json")
    (tmp_path / "b.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        hq.write(BATCH, tmp_path / "b.json")
    assert {item.name for item in tmp_path.iterdir()} == {"file", "b.json"}


@pytest.mark.parametrize(
    ("thing", "name"),
    [(BATCH, "b.parquet"), (BATCH, "b.csv"), (BATCH, "b"), (TABLE, "t.json"), (TABLE, "t.csv"), ([1], "l.json")],
)
def test_what_does_not_go_into_such_a_file(tmp_path: Path, thing: object, name: str) -> None:
    with pytest.raises(TypeError, match="does not go into a"):
        hq.write(thing, tmp_path / name)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_verdicts_are_read_by_others(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.parquet"
    evaluation = hq.evaluate(TABLE, SPECIFICATION)
    hq.write(evaluation, path)
    expected = evaluation.verdicts.to_pylist()
    assert [row["verdict"] for row in expected] == ["conforms", "conforms"]
    assert hq.read_results(path).to_pylist() == expected
    assert pl.read_parquet(path).to_dicts() == expected
    assert pd.read_parquet(path).astype({"row": object}).to_dict("records") == expected


def test_verdicts_are_read_by_duckdb(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "verdicts.parquet"
    hq.write(hq.evaluate(TABLE, SPECIFICATION), path)
    with duckdb.connect() as connection:
        query = "SELECT verdict, count(*) FROM read_parquet(?) GROUP BY verdict"
        assert connection.execute(query, [str(path)]).fetchall() == [("conforms", 2)]
