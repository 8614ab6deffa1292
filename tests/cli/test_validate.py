"""``harmoniqc validate`` and ``harmoniqc schema``: what the commands do with what the library finds."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from harmoniqc import schema
from harmoniqc.cli import main, validating
from harmoniqc.cli.arguments import COMMANDS
from harmoniqc.cli.arguments.common import Deferred
from harmoniqc.cli.main import _parser
from harmoniqc.errors import DocumentError, Finding
from harmoniqc.schema import Validation

FAULT = Finding(
    "unit-not-of-attribute",
    "the unit EU/mL does not measure cell-viability",
    pointer="/tests/0/criterion/unit",
    expected="%",
    found="'EU/mL'",
    remedy="write %",
    count=3,
)
LOOK = Finding("unit-ehrlich", "[EU] is the Ehrlich unit", pointer="/tests/0/criterion/unit")
LACKING = Finding("below-profile", "the result is a number without a unit (core-result-unit)", pointer="", row=4)
NEXT = Finding(
    "below-profile", "the test names no analytical procedure (extended-test-method)", pointer="/tests/0", count=2
)
UNREAD = Finding("unreadable-file", "secret.json: permission denied")

VALIDATIONS = {
    "fine.json": Validation([LOOK], kind="specification", profile="core", reached="core", missing=[NEXT]),
    "clean.json": Validation(kind="product", profile="core", reached="advanced"),
    "faulty.json": Validation([LOOK, FAULT], kind="specification", profile="core", reached="core", missing=[NEXT]),
    "below.json": Validation([LACKING], kind="result", profile="core", reached=None, missing=[LACKING]),
    "broken.json": Validation([Finding("not-a-document", "the bytes are not UTF-8 at byte 0")], profile="core"),
    "table.parquet": Validation([LACKING], kind="package", profile="core", reached=None, missing=[LACKING]),
    "secret.json": Validation([UNREAD], profile="core"),
}
TEXT = """{
  "type": "specification",
  "tests": [
    {"id": "viability", "name": "Lebensfähigkeit 😀", "criterion": {"unit": "EU/mL"}}
  ]
}
"""

Calls = list[tuple[object, str, Any]]


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Files in the working folder, and a stand-in for the validation that says of each what is expected here."""
    monkeypatch.chdir(tmp_path)
    made: Calls = []

    def validate(
        document: object,
        profile: str = "core",
        *,
        format: str | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Validation:
        made.append((document, profile, progress))
        if progress is not None:
            progress(5, 10)
            progress(10, 10)
        if isinstance(document, bytes):
            document = Path(document.decode().strip())
        assert isinstance(document, Path)
        found = VALIDATIONS[document.name]
        return Validation(found, kind=found.kind, profile=profile, reached=found.reached, missing=found.missing)

    monkeypatch.setattr(validating, "validate", validate)
    for name in VALIDATIONS:
        Path(name).write_text(TEXT, encoding="utf-8")
    return made


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["validate", *arguments])
    return status, *capsys.readouterr()


# -- status and text ---------------------------------------------------------------------------------------------------


def test_a_valid_document(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "fine.json")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "fine.json: specification: valid; reaches profile core",
        "  warning[unit-ehrlich] at /tests/0/criterion/unit: [EU] is the Ehrlich unit",
        "    remedy:   write [iU]/mL in UCUM, or EU/mL in harmoniqc",
        "  for profile extended:",
        "    the test names no analytical procedure (extended-test-method), at /tests/0, 2 times",
    ]
    assert calls == [(Path("fine.json"), "core", None)]


def test_a_faulty_document(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "faulty.json")
    assert status == 1
    assert out.startswith("faulty.json: specification: not valid: 3 errors; reaches profile core\n")
    assert "  error[unit-not-of-attribute] at /tests/0/criterion/unit (3 times): the unit EU/mL does not" in out
    assert "    expected: %\n    found:    'EU/mL'\n    remedy:   write %\n" in out


def test_what_is_lacking_is_told_once(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "below.json")
    assert status == 1
    assert out.count("core-result-unit") == 1
    assert "for profile" not in out


def test_the_profile_asked_for_has_to_be_reached(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    # Whatever the findings say: what was asked for is not what is reached.
    assert run(capsys, "fine.json", "--profile", "extended")[0] == 1
    assert run(capsys, "clean.json", "--profile", "extended")[0] == 0
    assert [profile for _, profile, _ in calls] == ["extended", "extended"]


def test_several_files(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "fine.json", "faulty.json", "clean.json")
    assert status == 1
    assert out.splitlines()[-1] == "3 files: 2 pass, 1 do not"
    assert run(capsys, "fine.json", "clean.json")[0] == 0


def test_quiet(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "fine.json", "clean.json", "--quiet") == (0, "", "")
    status, out, _ = run(capsys, "fine.json", "faulty.json", "--quiet")
    assert status == 1
    assert out.startswith("faulty.json: ")
    assert "unit-not-of-attribute" in out
    assert "unit-ehrlich" not in out
    assert "files:" not in out


def test_standard_input(calls: Calls, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"fine.json"), encoding="utf-8"))
    status, out, _ = run(capsys, "-")
    assert status == 0
    assert out.startswith("<stdin>: specification: valid")
    assert calls == [(b"fine.json", "core", None)]
    assert run(capsys, "-", "-")[0] == 2


@pytest.mark.parametrize("format", ["text", "json", "sarif", "junit"])
def test_no_value_is_shown_where_values_are_hidden(
    calls: Calls, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    assert "EU/mL" in run(capsys, "faulty.json", "--format", format)[1]
    status, out, _ = run(capsys, "faulty.json", "--format", format, "--hide-values")
    assert status == 1
    assert "unit-not-of-attribute" in out
    assert "does not measure" not in out
    assert "'EU/mL'" not in out
    assert "extended-test-method" not in out


# -- what cannot be read -----------------------------------------------------------------------------------------------


def test_a_file_that_is_not_there(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "none.json", "fine.json")
    assert (status, err) == (2, "")
    assert "none.json: cannot be read" in out
    assert "error[unreadable-file]: none.json: No such file or directory" in out
    assert "fine.json: specification: valid" in out  # the others are validated all the same
    assert out.splitlines()[-1] == "2 files: 1 pass, 1 do not"


def test_a_folder(calls: Calls, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    status, out, _ = run(capsys, "folder")
    assert status == 2
    assert "folder: is a folder" in out
    assert "name the files in it, such as folder/*.json" in out
    assert calls == []


@pytest.mark.parametrize("format", ["json", "sarif", "junit"])
def test_a_file_that_cannot_be_read(calls: Calls, capsys: pytest.CaptureFixture[str], format: str) -> None:
    status, out, err = run(capsys, "secret.json", "fine.json", "--format", format)
    assert status == 2
    assert "secret.json: cannot be read" in err  # the report may go into a file or a pipe
    assert "permission denied" in out


def test_a_file_whose_reading_fails(
    calls: Calls, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for error in (
        PermissionError(13, "Permission denied"),
        DocumentError("x", (UNREAD,)),
        DocumentError("Permission denied"),
    ):

        def fail(*_: object, error: Exception = error, **__: object) -> Validation:
            raise error

        monkeypatch.setattr(validating, "validate", fail)
        status, out, _ = run(capsys, "fine.json")
        assert status == 2
        assert "unreadable-file" in out
        assert "ermission denied" in out


def test_a_document_that_is_none_is_not_valid(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "broken.json")
    assert status == 1
    assert "broken.json: document: not valid: 1 error; reaches no profile" in out


def test_an_unknown_profile(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "fine.json", "--profile", "extendd")
    assert (status, out, calls) == (2, "", [])
    assert "did you mean extended?" in err


# -- where the report goes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["text", "json", "sarif", "junit"])
def test_a_report_in_a_file(calls: Calls, capsys: pytest.CaptureFixture[str], format: str) -> None:
    _, shown, _ = run(capsys, "fine.json", "faulty.json", "--format", format)
    status, out, _ = run(capsys, "fine.json", "faulty.json", "--format", format, "-o", "report")
    assert status == 1
    assert Path("report").read_text(encoding="utf-8") == shown
    assert out.splitlines() == [
        "fine.json: specification: valid; reaches profile core",
        "faulty.json: specification: not valid: 3 errors; reaches profile core",
    ]
    assert run(capsys, "fine.json", "--format", format, "-o", "report", "--quiet")[1] == ""


@pytest.mark.parametrize("place", ["fine.json", "./clean.json", "no-folder/report", "."])
def test_places_that_are_refused(calls: Calls, capsys: pytest.CaptureFixture[str], place: str) -> None:
    status, out, err = run(capsys, "fine.json", "clean.json", "-o", place)
    assert (status, out, calls) == (2, "", [])
    assert "unreadable-file" in err
    assert Path("fine.json").read_text(encoding="utf-8") == TEXT


def test_progress_of_a_large_file(
    calls: Calls, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validating, "_LARGE", 10)
    assert run(capsys, "clean.json")[2] == ""  # no terminal
    assert calls[-1][2] is not None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    _, _, err = run(capsys, "clean.json")
    assert "\rvalidating clean.json [###############...............] 5 of 10 bytes" in err
    assert err.endswith("] 10 of 10 bytes\n")


# -- JSON --------------------------------------------------------------------------------------------------------------


def test_json(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(run(capsys, "fine.json", "faulty.json", "secret.json", "--format", "json")[1])
    fine, faulty, secret = report["files"]
    assert (report["passes"], report["standard_version"]) == (False, "0.1")
    assert (fine["file"], fine["kind"], fine["valid"], fine["passes"]) == ("fine.json", "specification", True, True)
    assert (fine["profile"], fine["reached"]) == ("core", "core")
    assert fine["missing"] == {
        "profile": "extended",
        "findings": [
            {
                "code": "below-profile",
                "level": "error",
                "message": NEXT.message,
                "pointer": "/tests/0",
                "remedy": NEXT.remedy,
                "count": 2,
            }
        ],
    }
    assert [item["code"] for item in faulty["findings"]] == ["unit-not-of-attribute", "unit-ehrlich"]
    assert faulty["findings"][0]["found"] == "'EU/mL'"
    assert (secret["readable"], secret["valid"], secret["kind"]) == (False, None, None)
    assert secret["missing"] == {"profile": None, "findings": []}
    clean = json.loads(run(capsys, "clean.json", "--format", "json")[1])
    assert clean["passes"] is True


# -- SARIF -------------------------------------------------------------------------------------------------------------


def sarif(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    log = json.loads(run(capsys, *arguments, "--format", "sarif")[1])
    assert set(log) == {"$schema", "version", "runs"}
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run_: dict[str, Any] = log["runs"][0]
    return run_


def test_sarif(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    found = sarif(capsys, "fine.json", "faulty.json", "below.json")
    driver = found["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == ["below-profile", "unit-ehrlich", "unit-not-of-attribute"]
    for rule in driver["rules"]:  # what code hosts require
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    assert found["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    assert found["columnKind"] == "unicodeCodePoints"
    results = found["results"]
    assert [item["ruleId"] for item in results] == [
        "unit-ehrlich",
        "unit-not-of-attribute",
        "unit-ehrlich",
        "below-profile",
    ]
    for item in results:
        assert driver["rules"][item["ruleIndex"]]["id"] == item["ruleId"]
    fault = results[1]
    assert (fault["level"], fault["occurrenceCount"]) == ("error", 3)
    assert fault["message"] == {"text": FAULT.message}
    assert fault["properties"] == {"expected": "%", "found": "'EU/mL'", "remedy": "write %"}
    (location,) = fault["locations"]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "/tests/0/criterion/unit"}]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "faulty.json"}
    region = location["physicalLocation"]["region"]
    line = TEXT.split("\n")[region["startLine"] - 1]
    assert (region["startLine"], region["endLine"]) == (4, 4)
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == '"EU/mL"'
    assert results[3]["properties"]["row"] == 4
    assert "logicalLocations" not in results[3]["locations"][0]


def test_sarif_of_what_has_no_lines(
    calls: Calls, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (table,) = sarif(capsys, "table.parquet")["results"]
    assert table["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "table.parquet"}}}]
    monkeypatch.setattr("harmoniqc.cli.reports.sarif.LARGEST_LOCATED", 10)
    (large,) = sarif(capsys, "fine.json")["results"]
    start = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    assert large["locations"][0]["physicalLocation"]["region"] == start
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"fine.json"), encoding="utf-8"))
    (stdin,) = sarif(capsys, "-")["results"]
    assert stdin["locations"][0]["message"] == {"text": "<stdin>"}
    assert "physicalLocation" not in stdin["locations"][0]


def test_sarif_of_what_cannot_be_read(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    found = sarif(capsys, "secret.json", "fine.json")
    (invocation,) = found["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"] == {"text": UNREAD.message}
    assert [item["ruleId"] for item in found["results"]] == ["unit-ehrlich"]


def test_sarif_names_files_by_uri(calls: Calls, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "a folder #1"
    folder.mkdir()
    (folder / "fine.json").write_text(TEXT, encoding="utf-8")
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / "fine.json").write_text(TEXT, encoding="utf-8")
    found = sarif(capsys, str(folder / "fine.json"), f"../{outside.name}/fine.json")["results"]
    uris = [item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for item in found]
    assert uris == ["a%20folder%20%231/fine.json", (outside / "fine.json").as_uri()]


@pytest.mark.parametrize(
    ("message", "written"),
    [
        ("{'a': 1} is no text", "{{'a': 1}} is no text"),
        ("see [here](1)", r"see \[here\](1)"),
        ("[EU] is the Ehrlich unit", "[EU] is the Ehrlich unit"),
    ],
)
def test_sarif_messages_are_plain_text(
    calls: Calls, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, message: str, written: str
) -> None:
    monkeypatch.setitem(VALIDATIONS, "fine.json", Validation([Finding("unit-ehrlich", message)], reached="core"))
    assert sarif(capsys, "fine.json")["results"][0]["message"]["text"] == written


# -- JUnit XML ---------------------------------------------------------------------------------------------------------


def junit(capsys: pytest.CaptureFixture[str], *arguments: str) -> ET.Element:
    return ET.fromstring(run(capsys, *arguments, "--format", "junit")[1])  # noqa: S314 - our own


def test_junit(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    root = junit(capsys, "fine.json", "faulty.json", "below.json", "secret.json")
    assert root.tag == "testsuites"
    assert {name: root.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "8",
        "failures": "2",
        "errors": "1",
    }
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["fine.json", "faulty.json", "below.json", "secret.json"]
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(names)) == len(names) == 8  # CI systems drop what has the same name
    assert names[:2] == [("fine.json", "is valid"), ("fine.json", "reaches profile core")]
    for suite in root:
        assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors", "")) == len(suite.findall("testcase/error"))
        assert int(suite.get("skipped", "")) == len(suite.findall("testcase/skipped"))
    assert "unit-ehrlich" in (suites["fine.json"].findtext("testcase/system-out") or "")
    failure = suites["faulty.json"].find("testcase[@name='is valid']/failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("unit-not-of-attribute", "3 errors")
    assert "found:    'EU/mL'" in (failure.text or "")
    failure = suites["below.json"].find("testcase[@name='reaches profile core']/failure")
    assert failure is not None
    assert failure.get("message") == "reaches no profile"
    assert "core-result-unit" in (failure.text or "")
    error = suites["secret.json"].find("testcase[@name='is valid']/error")
    assert error is not None
    assert "permission denied" in (error.text or "")


def test_junit_of_a_faulty_document_that_reaches_nothing(calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    root = junit(capsys, "broken.json")
    assert root.get("failures") == "2"
    failure = root.find("testsuite/testcase[@name='is valid']/failure")
    assert failure is not None
    assert failure.get("message") == "1 error"


@pytest.mark.parametrize("format", ["text", "json", "sarif", "junit"])
def test_what_a_document_holds_is_shown_and_not_obeyed(
    calls: Calls, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    wild = "\x1b[31mred\x00\x07\n</failure>error[forged]: x\u2028 ≥ 5 µg"
    finding = Finding("unit-not-of-attribute", f"found {wild}", pointer=f"/{wild}", found=wild)
    monkeypatch.setitem(VALIDATIONS, "fine.json", Validation([finding], reached="core"))
    out = run(capsys, "fine.json", "--format", format)[1]
    assert not [char for char in out if ord(char) < 32 and char != "\n"]
    if format == "junit":
        (failure,) = ET.fromstring(out).iter("failure")  # noqa: S314
        assert "≥ 5 µg" in (failure.text or "")
    elif format == "text":
        assert not [line for line in out.splitlines() if line.strip().startswith("error[forged]")]
    else:
        assert json.loads(out)


# -- without a stand-in ------------------------------------------------------------------------------------------------

SPECIFICATION = {
    "standard_version": "0.1",
    "type": "specification",
    "id": "s",
    "version": "1",
    "product": "p",
    "rounding": "none",
    "tests": [
        {
            "id": "viability",
            "cqa": "cell-viability",
            "criterion": {"kind": "limit", "low": {"value": "70"}, "unit": "%"},
            "stage": "release",
        }
    ],
}
ROW = {"batch_id": "B1", "cqa": "cell-viability", "value": "91"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, document: dict[str, Any], **changes: Any) -> str:
    Path(name).write_text(json.dumps(document | changes, indent=2), encoding="utf-8")
    return name


def test_profiles_of_a_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = write("s.json", SPECIFICATION)
    status, out, _ = run(capsys, name)
    assert (status, out.splitlines()[0]) == (0, "s.json: specification: valid; reaches profile core")
    assert out.splitlines()[1:] == [
        "  for profile extended:",
        "    the test names no analytical procedure (extended-test-method), at /tests/0",
    ]
    status, out, _ = run(capsys, name, "--profile", "extended")
    assert status == 1
    assert "error[below-profile] at /tests/0: the test names no analytical procedure" in out


def test_faults_of_a_document_and_where_they_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = write("s.json", SPECIFICATION, rounding="up", colour="red")
    status, out, _ = run(capsys, name)
    assert status == 1
    assert "reaches no profile" in out
    assert "error[unknown-field] at /colour" in out
    for result in sarif(capsys, name)["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        line = Path(name).read_text(encoding="utf-8").splitlines()[region["startLine"] - 1]
        written = line[region["startColumn"] - 1 : region["endColumn"] - 1]
        pointer = result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
        assert written == {"/colour": '"red"', "/rounding": '"up"'}[pointer]


def test_results_one_a_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    units: list[dict[str, str]] = [{"unit": "%"}, {"unit": "%"}, {}, {}]
    rows = [ROW | unit | {"replicate": number} for number, unit in enumerate(units)]
    Path("r.ndjson").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    status, out, _ = run(capsys, "r.ndjson")
    assert status == 1
    assert "error[below-profile] row 2 at / (2 times): the result is a number without a unit" in out
    (result,) = sarif(capsys, "r.ndjson")["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], result["occurrenceCount"]) == (3, 2)


def test_what_is_no_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.json").write_text("{", encoding="utf-8")
    Path("b.json").write_bytes(b"\xff")
    Path("c.txt").write_text("{}", encoding="utf-8")
    assert run(capsys, "a.json")[0] == 1
    assert run(capsys, "b.json")[0] == 1
    assert run(capsys, "c.txt")[0] == 2
    start = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    for result in sarif(capsys, "a.json", "b.json")["results"]:
        assert result["locations"][0]["physicalLocation"]["region"] == start


def test_standard_input_is_a_document(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = json.dumps(SPECIFICATION).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
    status, out, _ = run(capsys, "-")
    assert (status, out.splitlines()[0]) == (0, "<stdin>: specification: valid; reaches profile core")


# -- schema ------------------------------------------------------------------------------------------------------------


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--list"]) == 0
    names = capsys.readouterr().out.splitlines()
    assert {"specification", "package", "result"} <= set(names)
    for name in names:
        assert main(["schema", name]) == 0
        assert json.loads(capsys.readouterr().out) == schema.json_schema(name)
    assert main(["schema", "specifcation"]) == 2
    assert "did you mean specification" in capsys.readouterr().err
    for arguments in ([], ["product", "--list"]):
        with pytest.raises(SystemExit) as caught:
            main(["schema", *arguments])
        assert caught.value.code == 2


# -- all commands ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__.rpartition(".")[2])
def test_every_command_has_examples_and_runs_what_is_there(command: Any, capsys: pytest.CaptureFixture[str]) -> None:
    parser = _parser()
    (actions,) = (action for action in parser._actions if isinstance(action.choices, dict))
    assert isinstance(actions.choices, dict)
    names = [name for name, own in actions.choices.items() if own.epilog == command._EXAMPLES]
    assert len(names) == 1
    run = actions.choices[names[0]].get_default("run")
    assert isinstance(run, Deferred)
    module = __import__(run.module, fromlist=[run.function])
    assert callable(getattr(module, run.function))
    with pytest.raises(SystemExit) as caught:
        main([names[0], "--help"])
    assert caught.value.code == 0
    assert "examples:" in capsys.readouterr().out
