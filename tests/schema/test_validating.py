"""Whatever it is given, validate answers; what it is given wrong, it names."""

from __future__ import annotations

import json
import pickle
import resource
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc.schema import Validation, validate
from harmoniqc.schema import decoding as decoding_module
from harmoniqc.schema import lines as lines_module
from harmoniqc.schema.repeated import Repeated

ROOT = Path(__file__).parents[2]
PACKAGE: dict[str, Any] = {"standard_version": "0.1", "type": "package", "id": "p"}
ROW: dict[str, Any] = {"batch_id": "b", "cqa": "cell-viability", "value": "95.0", "unit": "%"}
RESULT = {"standard_version": "0.1", "type": "result", **ROW}


def codes(validation: Validation) -> list[str]:
    return [item.code for item in validation]


@pytest.mark.parametrize("path", sorted((ROOT / "schemas" / "examples").glob("*/*.json")), ids=lambda path: path.stem)
def test_every_example_is_valid(path: Path) -> None:
    found = validate(path)
    assert found.valid, str(found)
    assert found.kind == path.parent.name
    assert found == validate(path.read_bytes()) == validate(path.read_text(encoding="utf-8"))
    assert found == validate(json.loads(path.read_text(encoding="utf-8"))) == validate(hq.read(path))


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "corpus").glob("[0-9]*.json")), ids=lambda path: path.stem)
def test_the_corpus_is_valid(path: Path) -> None:
    found = validate(path)
    assert {item.code for item in found.errors} <= {"below-profile"}, str(found)
    # Two sources print a number without a unit: a ratio of luminescence, and a titer.
    assert (found.reached is None) == path.name.startswith(("05_", "29_"))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-a-document"),
        (b"\xff\xfe{\x00}\x00", "not-a-document"),
        (b"\xef\xbb\xbf{}", "not-a-document"),
        (b"{", "not-a-document"),
        (b"[]", "not-a-document"),
        (b"5", "not-a-document"),
        (b"null", "not-a-document"),
        (b'"x"', "not-a-document"),
        (b"NaN", "not-a-document"),
        (b'{"a": Infinity}', "not-a-document"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not-a-document"),
        (b"[" * 100_000, "not-a-document"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, "not-a-document"),
        (b'{"type": "package", "id": "\\ud800"}', "not-a-document"),
        (b"{}", "unknown-document-type"),
        (b'{"type": "novel"}', "unknown-document-type"),
        (b'{"type": ["package"]}', "unknown-document-type"),
        (b'{"type": "package"}', "unknown-standard-version"),
        (b'{"type": "package", "standard_version": "9.9"}', "unknown-standard-version"),
        (b'{"type": "package", "standard_version": 0.1}', "unknown-standard-version"),
        ("{\ud800}", "not-a-document"),
        (None, "not-a-document"),
        (5, "not-a-document"),
        ([RESULT], "not-a-document"),
        (Path("/nowhere/at/all.json"), "unreadable-file"),
        (Path("/"), "unreadable-file"),
        (Path("results.xyz"), "unreadable-file"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_document_is_a_finding(data: object, code: str) -> None:
    found = validate(data)
    assert codes(found) == [code]
    assert not found.valid
    assert found.reached is None
    assert all(item.remedy for item in found)
    assert pickle.loads(pickle.dumps(found)) == found


@given(data=st.binary(max_size=60) | st.text(max_size=60))
def test_nothing_raises(data: bytes | str) -> None:
    assert isinstance(validate(data), Validation)
    assert isinstance(validate(data, format="ndjson"), Validation)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(
    kind=st.sampled_from(["package", "specification", "result", "batch"]),
    fields=st.dictionaries(st.sampled_from([*PACKAGE, "results", "tests", "batches", "value", "unit"]), JSON),
)
def test_no_object_raises(kind: str, fields: dict[str, Any]) -> None:
    assert isinstance(validate({**fields, "type": kind, "standard_version": "0.1"}), Validation)


def test_every_key_that_occurs_twice_is_found_and_the_rest_is_validated_nevertheless() -> None:
    text = '{"type": "package", "standard_version": "0.1", "id": "p", "id": "q", "note": "", "note": "", "results": 5}'
    found = validate(text)
    assert [(item.code, item.found) for item in found if item.code == "duplicate-key"] == [
        ("duplicate-key", "id"),
        ("duplicate-key", "note"),
    ]
    assert {item.pointer for item in found if item.code == "invalid-document"} == {"/note", "/results"}


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harmoniqc.schema.validating.MAX_BYTES", 100)
    file = tmp_path / "large.json"
    file.write_text(json.dumps({**PACKAGE, "note": "x" * 200}), encoding="utf-8")
    (finding,) = validate(file)
    assert (finding.code, finding.expected) == ("not-a-document", "at most 100 bytes")
    file.rename(tmp_path / "large.ndjson")
    assert "at most" not in str(validate(tmp_path / "large.ndjson").codes)


def test_values_can_be_hidden() -> None:
    found = validate({**PACKAGE, "results": [{**ROW, "batch_id": "secret", "value": "secret"}]})
    assert "secret" in str(found)
    assert "secret" not in str(found.hidden())
    assert found.hidden().counts() == found.counts()


def test_an_unknown_profile_raises() -> None:
    with pytest.raises(hq.VocabularyError) as caught:
        validate(PACKAGE, profile="cor")
    assert "core" in str(caught.value)


def test_the_depth_that_is_allowed_is_allowed() -> None:
    condition: dict[str, Any] = {"kind": "fact", "fact": "indication", "equals": ["x"]}
    for _ in range(decoding_module.MAX_DEPTH - 8):
        condition = {"kind": "not", "of": condition}
    criterion = {"kind": "conditional", "branches": [{"when": condition, "criterion": {"kind": "report-only"}}]}
    document = {
        "standard_version": "0.1", "type": "specification", "id": "s", "version": "1", "product": "p",
        "rounding": "none",
        "tests": [{"id": "t", "cqa": "appearance", "criterion": criterion}],
    }  # fmt: skip
    assert "not-a-document" not in validate(document).codes
    for engine in ("jsonschema", "jsonschema-rs"):
        assert not hq.schema.schema_findings(document, engine=engine)


# -- results line by line -----------------------------------------------------------------------------------------


def lines_of(*rows: object) -> bytes:
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


def test_lines_are_validated_as_a_package_of_the_same_rows_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "LINES_AT_ONCE", 7)
    rows: list[dict[str, Any]] = [{**ROW, "replicate": index} for index in range(50)]
    for index in (3, 20, 21, 44):
        rows[index]["unit"] = "kg"
    rows[30]["value"] = "x"
    together = validate({**PACKAGE, "results": rows})
    one_by_one = validate(lines_of(*rows), format="ndjson")
    whole = [item for item in together if item.code != "below-profile"]  # a package is asked for more
    assert {(item.code, item.row, item.count) for item in one_by_one} == {
        (item.code, item.row, item.count) for item in whole
    }


def test_lines_may_be_blank_broken_or_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "LINES_AT_ONCE", 3)
    monkeypatch.setattr(lines_module, "LONGEST_LINE", 200)
    data = lines_of(
        ROW, b"", b"{", b"[]", b"5", {**RESULT, "replicate": 2}, {**ROW, "standard_version": "9.9"},
        b'{"batch_id": "b", "batch_id": "c"}', {**ROW, "note": "x" * 500}, {**ROW, "type": "batch"}, b"\xff",
    )  # fmt: skip
    found = validate(data, format="ndjson")
    assert {(item.code, item.row) for item in found if item.code in ("not-a-document", "duplicate-key")} == {
        ("not-a-document", 2),
        ("not-a-document", 8),
        ("not-a-document", 10),
        ("duplicate-key", 7),
    }
    assert {item.row for item in found if item.code == "invalid-document"} >= {3, 4, 9}
    assert {item.row for item in found if item.code == "unknown-standard-version"} == {6}


def test_an_identifier_is_found_again_however_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "LINES_AT_ONCE", 10)
    rows = [{**ROW, "replicate": index, "result_id": f"r{index}"} for index in range(200)]
    for index, original in ((4, 3), (55, 7), (199, 0), (120, 119)):
        rows[index]["result_id"] = f"r{original}"
    found = [item for item in validate(lines_of(*rows), format="ndjson") if item.code == "duplicate-result"]
    assert {(item.row, item.found) for item in found} == {(4, "r3"), (55, "r7"), (199, "r0"), (120, "r119")}


@given(parts=st.lists(st.lists(st.none() | st.sampled_from("abcdefgh"), max_size=5), max_size=30))
def test_what_was_there_before_is_remembered(parts: list[list[str | None]]) -> None:
    repeated, before = Repeated(), set[str | None]()
    for part in parts:
        assert repeated.among(part).tolist() == [id is not None and id in before for id in part]
        before.update(part)


def test_no_line_at_all_is_a_finding() -> None:
    assert codes(validate(b"", format="ndjson")) == ["not-a-document"]
    assert codes(validate(b"\n\n", format="ndjson")) == ["not-a-document"]


def test_progress_is_told(tmp_path: Path) -> None:
    file = tmp_path / "results.ndjson"
    file.write_bytes(lines_of(*[{**ROW, "replicate": index} for index in range(50_000)]))
    told: list[tuple[int, int]] = []
    validate(file, progress=lambda done, whole: told.append((done, whole)))
    assert told == sorted(told)
    assert told[-1] == (file.stat().st_size,) * 2
    assert len(told) == 3


@pytest.mark.slow
def test_lines_take_bounded_memory(tmp_path: Path) -> None:
    file = tmp_path / "results.ndjson"
    row = json.dumps({**ROW, "note": "x" * 200}).encode() + b"\n"
    file.write_bytes(row * 50_000)
    validate(file)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with file.open("wb") as stream:
        for _ in range(6):
            stream.write(row * 50_000)
    validate(file)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < file.stat().st_size // 1024 // 4
