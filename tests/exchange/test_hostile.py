"""Exchanges made to do harm: refused with a finding, in bounded memory, without a look outside of the folder."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import harmoniqc as hq
from harmoniqc.exchange.folders.opening import ONE_FILE, open_parquet
from harmoniqc.exchange.folders.pages import pages_of
from tests.exchange.folder_examples import edit_manifest, only_code, package, parts, replace_file

PATHS = [
    "../x.parquet",
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\Windows\\x.parquet",
    "\\\\host\\share\\x.parquet",
    "file:///etc/passwd",
    "https://example.org/x.parquet",
    "results/schema_major=0/site=Kyoto/../../../../x/part-00000.parquet",
    "results/schema_major=0/site=../part-00000.parquet",
    "results/schema_major=0/site=Kyoto/part-00000.parquet\0",
    "results/schema_major=0/site=Kyoto/part-00000.parquet\n",
    "results/schema_major=00/site=Kyoto/part-00000.parquet",
    "results/schema_major=0/part-00000.parquet",
    "results//schema_major=0/site=Kyoto/part-00000.parquet",
    "./results/schema_major=0/site=Kyoto/part-00000.parquet",
    "manifest.json",
    "verdicts/schema_major=0/site=Kyoto/part-00000.parquet",
    "résults/schema_major=0/site=Kyoto/part-00000.parquet",
    "",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    hq.write(package(), tmp_path / "x")
    return tmp_path / "x"


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_leads_elsewhere(folder: Path, path: str) -> None:
    edit_manifest(folder, lambda m: m["resources"][0].update(path=path))
    assert hq.verify(folder).errors.codes == {"unsafe-path"}


def test_files_that_a_file_system_would_fold_together(folder: Path) -> None:
    edit_manifest(
        folder,
        lambda m: m["resources"].append(
            {**m["resources"][0], "path": m["resources"][0]["path"].replace("Kyoto", "KYOTO")}
        ),
    )
    assert "invalid-exchange-manifest" in hq.verify(folder).codes


@pytest.mark.skipif(os.name != "posix", reason="symbolic links and pipes are POSIX")
def test_links_and_pipes(folder: Path, tmp_path: Path) -> None:
    file = parts(folder)[0]
    elsewhere = tmp_path / "elsewhere.parquet"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    assert "unsafe-entry" in hq.verify(folder).errors.codes
    file.unlink()
    os.mkfifo(file)
    assert "unsafe-entry" in hq.verify(folder).errors.codes
    file.unlink()
    elsewhere.rename(file)
    assert hq.verify(folder) == hq.Findings()

    site = file.parent
    site.rename(tmp_path / "site")
    site.symlink_to(tmp_path / "site")
    assert "unsafe-entry" in hq.verify(folder).errors.codes
    site.unlink()
    (tmp_path / "site").rename(site)
    (folder / "loop").symlink_to(folder)
    assert only_code(hq.verify(folder)) == "unsafe-entry"


@pytest.mark.skipif(os.name != "posix", reason="symbolic links and pipes are POSIX")
def test_a_manifest_that_is_a_link_or_a_pipe(folder: Path, tmp_path: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.rename(tmp_path / "m.json")
    manifest.symlink_to(tmp_path / "m.json")
    assert only_code(hq.verify(folder)) == "not-an-exchange"
    manifest.unlink()
    os.mkfifo(manifest)
    assert only_code(hq.verify(folder)) == "unsafe-entry"


def bytes_of(table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **{"compression": "zstd", **options})
    return sink.getvalue()


def test_ten_thousand_columns(folder: Path) -> None:
    file = next(file for file in parts(folder) if "Kyoto" in str(file))
    wide = pa.table({f"c{number}": [1, 2] for number in range(10_000)})
    replace_file(folder, file, bytes_of(wide))
    assert only_code(hq.verify(folder)) == "exchange-too-large"
    (folder.parent / "wide.parquet").write_bytes(bytes_of(wide))
    with pytest.raises(hq.DocumentError) as refused:
        hq.read_results(folder.parent / "wide.parquet")
    assert only_code(refused.value.findings) == "exchange-too-large"


def repeated_texts() -> bytes:
    """Two million rows of one text of a megabyte: small as a dictionary, two terabytes written out."""
    indices = pa.array(np.zeros(2_000_000, np.int32))
    texts = pa.DictionaryArray.from_arrays(indices, pa.array(["x" * 1_000_000]))
    return bytes_of(
        pa.table({"batch_id": texts, "exchange_row": pa.array(np.arange(2_000_000))}), row_group_size=2_000_000
    )


def repeated_bytes() -> bytes:
    """The same as binary data, which is not read as a dictionary."""
    indices = pa.array(np.zeros(2_000_000, np.int32))
    texts = pa.DictionaryArray.from_arrays(indices, pa.array([b"x" * 1_000_000]))
    return bytes_of(pa.table({"x": texts, "exchange_row": pa.array(np.arange(2_000_000))}), row_group_size=2_000_000)


def nested_texts() -> bytes:
    """Two gigabytes of texts in lists, all the same."""
    lists = pa.array([["y" * 200_000] * 10_000])
    return bytes_of(pa.table({"x": lists, "exchange_row": pa.array([0])}))


def zeros() -> bytes:
    """Five gigabytes of zeros in a row group."""
    column = pa.array(np.zeros(2_000_000, np.int64))
    table = pa.table(
        {**{f"c{number}": column for number in range(320)}, "exchange_row": pa.array(np.arange(2_000_000))}
    )
    return bytes_of(table, row_group_size=2_000_000, use_dictionary=False)


def many_rows() -> bytes:
    return bytes_of(pa.table({"x": pa.nulls(5_000_000, pa.int8())}), row_group_size=5_000_000)


_MEASURE = """
import resource, sys
import harmoniqc as hq
hq.verify(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
codes = sorted(hq.verify(sys.argv[2]).errors.codes)
try:
    hq.read(sys.argv[2])
except hq.DocumentError as error:
    codes += sorted(error.findings.errors.codes)
print(*codes, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux counts it")
@pytest.mark.parametrize(
    ("bomb", "expected"),
    [
        (repeated_texts, "exchange-too-large"),
        (repeated_bytes, "exchange-too-large"),
        (nested_texts, "exchange-too-large"),
        (zeros, "exchange-too-large"),
        (many_rows, "exchange-too-large"),
    ],
)
def test_bombs_are_refused_in_bounded_memory(folder: Path, bomb: Callable[[], bytes], expected: str) -> None:
    whole = folder.parent / "whole"
    hq.write(package(), whole)
    data = bomb()
    assert len(data) < 20_000_000
    file = next(file for file in parts(folder) if "Kyoto" in str(file))
    rows = pq.read_metadata(io.BytesIO(data)).num_rows
    replace_file(folder, file, data, rows=rows)
    edit_manifest(folder, lambda m: m["harmoniqc"]["tables"]["results"].update(rows=rows + 2))
    command = [sys.executable, "-c", _MEASURE, str(whole), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    *codes, megabytes = done.stdout.split()
    assert set(codes) == {expected}
    assert int(megabytes) < 600


def varint(number: int) -> bytes:
    number, out = number * 2, b""  # zigzag of a positive number
    while number >= 0x80:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def test_a_page_that_is_larger_than_the_footer_says() -> None:
    n = 10_000
    data = bytes_of(
        pa.table({"value": np.zeros(n)}), use_dictionary=False, write_statistics=False, data_page_size=10**9
    )
    column = pq.read_metadata(io.BytesIO(data)).row_group(0).column(0)
    pages = pages_of(io.BytesIO(data), column.data_page_offset, column.total_compressed_size)
    assert pages.values == n
    assert pages.unpacked == column.total_uncompressed_size
    start = column.data_page_offset
    sizes = [size for size in range(n * 8, n * 8 + 64) if data.find(varint(size), start, start + 32) >= 0]
    assert len(sizes) == 1
    written = varint(sizes[0])
    larger = varint(1_000_000)
    assert len(larger) == len(written)
    claimed = data[:start] + data[start : start + 32].replace(written, larger, 1) + data[start + 32 :]
    assert claimed != data
    with pytest.raises(hq.DocumentError) as refused:
        open_parquet(io.BytesIO(claimed), "x", ONE_FILE)
    assert only_code(refused.value.findings) == "exchange-too-large"


@pytest.mark.parametrize("seed", range(40))
def test_damaged_files_are_refused_or_read_and_never_crash(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = pa.table(
        {"batch_id": [f"B{number}" for number in range(300)], "value": rng.random(300), "n": list(range(300))}
    )
    damaged = bytearray(bytes_of(table, row_group_size=100))
    for _ in range(int(rng.integers(1, 6))):
        damaged[int(rng.integers(4, len(damaged) - 8))] = int(rng.integers(0, 256))
    file = tmp_path / "x.parquet"
    file.write_bytes(damaged)
    found = hq.verify(file)
    if found.errors:
        assert found.errors.codes <= {"broken-table", "exchange-too-large", "unreadable-file"}
    else:
        assert hq.read_results(file).num_rows <= 300
