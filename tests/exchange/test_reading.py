"""Files in: every kind that is promised, and one exception for everything that can be wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

import harmoniqc as hq
from harmoniqc.standard import results_table
from harmoniqc.standard.reader import DOCUMENT_TYPES
from tests.exchange.examples import BATCH, DOCUMENTS, PACKAGE, RESULT, SECOND, SPECIFICATION, rows

HEADER = "batch_id,test_id,value,unit\n"
TABLE = results_table([RESULT, SECOND])


def save(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def judged(table: pa.Table) -> list[tuple[str, str]]:
    verdicts = hq.evaluate(table, SPECIFICATION).verdicts.to_pylist()
    return [(row["verdict"], row["reason"]) for row in verdicts]


def refused(read, path: Path) -> hq.DocumentError:
    with pytest.raises(hq.DocumentError) as caught:
        read(path)
    assert path.name in caught.value.message
    assert caught.value.findings
    assert "Traceback" not in str(caught.value)
    return caught.value


def test_every_type_of_document_has_an_example() -> None:
    assert {document.type for document in DOCUMENTS} == set(DOCUMENT_TYPES)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.type)
def test_documents_round_trip(tmp_path: Path, document: hq.Document) -> None:
    path = tmp_path / "document.JSON"
    hq.write(document, path)
    again = hq.read(str(path))
    assert again == document
    assert again.sources == document.sources
    assert hq.to_json(again) == hq.to_json(document)
    assert path.read_bytes().endswith(b"}\n")


def test_results_as_parquet(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    hq.write(TABLE, path)
    for table in (hq.read(path), hq.read_results(path)):
        assert table.equals(TABLE)
        assert table.schema.equals(TABLE.schema, check_metadata=True)


@pytest.mark.parametrize(("name", "delimiter"), [("r.csv", ","), ("r.tsv", "\t"), ("R.CSV", ",")])
def test_results_as_delimited_text(tmp_path: Path, name: str, delimiter: str) -> None:
    lines = [("batch_id", "test_id", "value", "unit", "reportable"), ("B 1", "viability", "97.90", "%", "true")]
    path = save(tmp_path, name, "".join(delimiter.join(line) + "\n" for line in lines))
    expected = {"batch_id": "B 1", "test_id": "viability", "value": "97.90", "unit": "%", "reportable": True}
    for table in (hq.read(path), hq.read_results(path)):
        assert rows(table) == [expected]


@pytest.mark.parametrize("name", ["r.ndjson", "r.jsonl"])
def test_results_line_by_line(tmp_path: Path, name: str) -> None:
    lines = [hq.to_json(item).replace("\n", " ") for item in (RESULT, SECOND)]
    path = save(tmp_path, name, "\r\n\n".join(lines) + "\n\n")
    assert hq.read(path).equals(TABLE)
    assert hq.read_results(path).equals(TABLE)


def test_results_as_json(tmp_path: Path) -> None:
    listed = save(tmp_path, "list.json", json.dumps([json.loads(hq.to_json(item)) for item in (RESULT, SECOND)]))
    assert hq.read_results(listed).equals(TABLE)
    hq.write(PACKAGE, tmp_path / "p.json")
    assert hq.read_results(tmp_path / "p.json").equals(TABLE)
    hq.write(RESULT, tmp_path / "r.json")
    assert hq.read_results(tmp_path / "r.json").equals(results_table([RESULT]))


def test_digits_are_kept(tmp_path: Path) -> None:
    path = save(tmp_path, "r.csv", HEADER + "B,purity,0.10,%\nB,purity,1e-3,%\nB,purity,0.1000000000000000000001,%\n")
    table = hq.read_results(path)
    assert table.column("value").to_pylist() == ["0.10", "1e-3", "0.1000000000000000000001"]
    assert [verdict for verdict, _ in judged(table)] == ["conforms", "conforms", "does-not-conform"]


@pytest.mark.parametrize("number", ['"0,05"', "0.05.1", "1 000", "<0.05", "NaN", "0x1"])
def test_what_is_no_number_is_not_judged(tmp_path: Path, number: str) -> None:
    path = save(tmp_path, "r.csv", f"{HEADER}B,purity,{number},%\n")
    assert judged(hq.read_results(path)) == [("not-evaluated", "not-a-number")]


def test_an_empty_cell_is_nothing(tmp_path: Path) -> None:
    path = save(tmp_path, "r.csv", HEADER + 'B,purity,,%\nB,purity,"",%\n')
    assert judged(hq.read_results(path)) == [("not-evaluated", "missing-value")] * 2


def test_words_that_look_like_nothing_are_kept(tmp_path: Path) -> None:
    path = save(tmp_path, "r.csv", HEADER + "NA,purity,0.05,%\nnull,purity,0.05,%\n")
    assert hq.read_results(path).column("batch_id").to_pylist() == ["NA", "null"]


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + (HEADER + "B,purity,0.05,%\n").encode(),
        (HEADER + "B,purity,0.05,%\n").replace("\n", "\r\n").encode(),
        (HEADER + "B,purity,0.05,%").encode(),
        (HEADER + "\nB,purity,0.05,%\n\n").encode(),
    ],
    ids=["byte order mark", "CRLF", "no last newline", "empty lines"],
)
def test_csv_as_programs_write_it(tmp_path: Path, data: bytes) -> None:
    table = hq.read_results(save(tmp_path, "r.csv", data))
    assert table.column_names == ["batch_id", "test_id", "value", "unit"]
    assert judged(table) == [("conforms", "within-limit")]


def test_quoted_newlines_and_delimiters(tmp_path: Path) -> None:
    line = 'B,purity,0.05,%,"first\nsecond, ""third"""\n'
    path = save(tmp_path, "r.csv", HEADER.replace("unit", "unit,text") + line * 50_000)  # beyond one block of pyarrow
    texts = hq.read_results(path).column("text")
    assert len(texts) == 50_000
    assert set(texts.to_pylist()) == {'first\nsecond, "third"'}


def test_foreign_columns_stay_text_however_late_they_change(tmp_path: Path) -> None:
    many = "B,purity,0.05,%,007\n" * 100_000
    path = save(tmp_path, "r.csv", HEADER.replace("unit", "unit,lot") + many + "B,purity,0.05,%,seven\n")
    lots = hq.read_results(path).column("lot")
    assert (lots[0].as_py(), lots[-1].as_py()) == ("007", "seven")


def test_header_only(tmp_path: Path) -> None:
    table = hq.read_results(save(tmp_path, "r.csv", HEADER))
    assert (table.num_rows, table.num_columns) == (0, 4)
    assert hq.evaluate(table, SPECIFICATION).verdicts.num_rows == 0


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("r.csv", b""),
        ("r.csv", b"batch_id,cqa\nB,c,3\n"),
        ("r.csv", b"batch_id,cqa\nB\n"),
        ("r.csv", "batch_id,text\nB,stérile\n".encode("latin-1")),
        ("r.csv", "batch_id,größe\nB,1\n".encode("latin-1")),
        ("r.csv", b"batch_id,reportable\nB,perhaps\n"),
        ("r.csv", "batch_id,cqa\nB,c\n".encode("utf-16")),
        ("r.tsv", b""),
        ("r.parquet", b""),
        ("r.parquet", b"PAR1 nothing PAR1"),
        ("r.parquet", b"batch_id,cqa\nB,c\n"),
        ("r.ndjson", b'{"batch_id": "B"\n'),
        ("r.ndjson", b"\xff\n"),
        ("r.ndjson", b"[]\n"),
        ("r.json", b""),
        ("r.json", b"{"),
        ("r.json", b'{"a": NaN}'),
        ("r.json", b'[{"batch_id": "B", "cqa": "c", "value": NaN}]'),
        ("r.json", b'[{"batch_id": "B", "cqa": "c", "value": 1e999}]'),
        ("r.json", b"\xef\xbb\xbf{}"),
        ("r.json", b"5"),
        ("r.json", b'"text"'),
        ("r.json", b"null"),
        ("r.json", b"[5]"),
        ("r.json", b"[" * 100_000),
        ("r.json", b'{"a": 1, "a": 2}'),
        ("r.json", b'{"type": "\\ud800"}'),
        ("r.json", b'[{"batch_id": "\\ud800", "cqa": "c", "value": "1"}]'),
        ("r.txt", b"{}"),
        ("r", b"{}"),
        ("r.csv.gz", b""),
    ],
)
def test_unreadable(tmp_path: Path, name: str, data: bytes) -> None:
    path = save(tmp_path, name, data)
    refused(hq.read, path)
    refused(hq.read_results, path)


@pytest.mark.parametrize("name", ["r.csv", "r.tsv", "r.parquet", "r.json", "r.ndjson"])
def test_missing_and_directory(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert "No such file" in str(refused(hq.read, path))
    assert "No such file" in str(refused(hq.read_results, path))
    path.mkdir()
    assert "directory" in str(refused(hq.read, path))
    assert refused(hq.read_results, path).findings.codes == {"unreadable-file"}


def test_a_folder_of_parquet_files_is_not_mistaken_for_one(tmp_path: Path) -> None:
    (tmp_path / "r.parquet").mkdir()
    hq.write(TABLE, tmp_path / "r.parquet" / "part.parquet")
    refused(hq.read_results, tmp_path / "r.parquet")


def test_a_name_no_file_can_have() -> None:
    for name in ("a\0b.json", "a\0b.csv", "a\0b.parquet"):
        with pytest.raises(hq.DocumentError):
            hq.read(name)


def test_a_document_inside_a_json_string_is_no_document(tmp_path: Path) -> None:
    path = save(tmp_path, "r.json", json.dumps(hq.to_json(BATCH)))
    assert refused(hq.read, path).findings.codes == {"not-a-document"}
    refused(hq.read_results, path)


def test_every_truncation_of_parquet_is_refused(tmp_path: Path) -> None:
    hq.write(TABLE, tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        refused(hq.read, save(tmp_path, "r.parquet", whole[:length]))


def test_one_bad_row_is_found_where_it_is(tmp_path: Path) -> None:
    good = {"batch_id": "B", "cqa": "c", "value": "1"}
    bad = [good, {**good, "value": 0.1, "a/b": 1}, good, {"batch_id": "B", "cqa": "c"}]
    listed = refused(hq.read_results, save(tmp_path, "r.json", json.dumps(bad)))
    lines = refused(hq.read_results, save(tmp_path, "r.ndjson", "\n".join(map(json.dumps, bad))))
    for error in (listed, lines):
        assert sorted((item.code, item.pointer, item.row) for item in error.findings) == [
            ("invalid-document", "/3", 3),
            ("not-decimal-text", "/1/value", 1),
            ("unknown-field", "/1/a~1b", 1),
        ]


def test_bad_lines_are_named_by_their_number(tmp_path: Path) -> None:
    path = save(tmp_path, "r.ndjson", '{"batch_id": "B", "cqa": "c", "value": "1"}\n\nnot json\n{\n')
    messages = [item.message for item in refused(hq.read_results, path).findings]
    assert [message.split(":")[0] for message in messages] == ["line 3", "line 4"]


@pytest.mark.parametrize("document", [SPECIFICATION, BATCH], ids=lambda document: document.type)
def test_documents_without_results(tmp_path: Path, document: hq.Document) -> None:
    hq.write(document, tmp_path / "d.json")
    assert f"a {document.type} holds no results" in str(refused(hq.read_results, tmp_path / "d.json"))


def test_faults_of_a_document_keep_their_pointers(tmp_path: Path) -> None:
    raw = json.loads(hq.to_json(SPECIFICATION))
    del raw["tests"][1]["cqa"]
    error = refused(hq.read, save(tmp_path, "s.json", json.dumps(raw)))
    assert [(item.code, item.pointer) for item in error.findings] == [("missing-field", "/tests/1/cqa")]


def test_parquet_written_by_others(tmp_path: Path) -> None:
    frame = pl.DataFrame({"batch_id": ["B"], "test_id": ["purity"], "value": [0.05], "unit": ["%"]})
    frame.write_parquet(tmp_path / "polars.parquet")
    frame.to_pandas(use_pyarrow_extension_array=False).to_parquet(tmp_path / "pandas.parquet")
    hq.write(pa.table(frame), tmp_path / "ours.parquet")  # polars hands over string views
    for name in ("polars.parquet", "pandas.parquet", "ours.parquet"):
        assert judged(hq.read_results(tmp_path / name)) == [("conforms", "within-limit")]
