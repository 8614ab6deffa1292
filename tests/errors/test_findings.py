"""One error vocabulary: findings, their list, the exceptions that carry them, and the catalog of codes."""

from __future__ import annotations

import inspect
import pickle
import re
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmoniqc import errors
from harmoniqc.errors import CODES, Finding, Findings, HarmoniqcError, UnitError, VocabularyError
from harmoniqc.evaluation.verdicts import REASONS, verdict_of

SOURCES = {
    file: file.read_text(encoding="utf-8")
    for file in (Path(__file__).parents[2] / "src" / "harmoniqc").rglob("*.py")
    if not file.name.startswith("catalog")
}
EXCEPTIONS = [item for _, item in inspect.getmembers(errors, inspect.isclass) if issubclass(item, HarmoniqcError)]
ERROR = Finding("unknown-unit", "'foo' is no unit", row=7, expected="EU/mL", found="foo")
WARNING = Finding("rounding-decisive", "rounding decides", pointer="/tests/0")
INFO = Finding("unknown-column", "column 'x' is not used")
FINDINGS = st.builds(
    Finding,
    st.sampled_from(["unknown-unit", "rounding-decisive", "unknown-column"]),
    st.sampled_from(["a", "b"]),
    row=st.none() | st.integers(0, 3),
    count=st.integers(1, 3),
)


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(ValueError, match="'no-such-code' is not in the catalog"):
        Finding("no-such-code", "x")


@pytest.mark.parametrize("count", [0, -1])
def test_a_finding_stands_for_something(count: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Finding("unknown-unit", "x", count=count)


def test_level_and_remedy_come_from_the_catalog() -> None:
    assert ERROR.level == "error"
    assert ERROR.remedy == CODES["unknown-unit"].remedy
    assert Finding("unknown-unit", "x", remedy="write EU/mL").remedy == "write EU/mL"


def test_a_finding_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        ERROR.code = "other"  # type: ignore[misc]


def test_a_finding_says_everything() -> None:
    finding = replace(ERROR, pointer="/tests/0/criterion", count=1234)
    assert str(finding).splitlines() == [
        "error[unknown-unit] row 7 at /tests/0/criterion (1,234 times): 'foo' is no unit",
        "  expected: EU/mL",
        "  found:    foo",
        f"  remedy:   {CODES['unknown-unit'].remedy}",
    ]
    assert str(Finding("unknown-unit", "x", pointer="", remedy="")) == "error[unknown-unit] at /: x"


def test_identical_ones_are_counted_and_the_first_row_is_kept() -> None:
    again = replace(ERROR, row=2, count=3)
    (merged,) = Findings([ERROR, again])
    assert (merged.row, merged.count) == (7, 4)
    assert len(Findings([ERROR, replace(ERROR, found="bar")])) == 2


def test_worst_first_and_otherwise_in_order() -> None:
    other = Finding("unknown-unit", "second")
    assert list(Findings([INFO, WARNING, ERROR, other])) == [ERROR, other, WARNING, INFO]


def test_sequence() -> None:
    findings = Findings(iter([INFO, WARNING, ERROR]))
    assert len(findings) == 3
    assert findings[0] == ERROR
    assert findings[-1] == INFO
    assert isinstance(findings[1:], Findings)
    assert findings[1:] == Findings([WARNING, INFO])
    assert findings[:0] == Findings()
    assert WARNING in findings
    assert findings.index(INFO) == 2
    with pytest.raises(IndexError):
        findings[3]


def test_equality_and_hash() -> None:
    left, right = Findings([INFO, ERROR]), Findings([ERROR, INFO])
    assert left == right
    assert hash(left) == hash(right)
    assert left != Findings([ERROR])
    assert left != [ERROR, INFO]
    assert Findings([ERROR]) != Findings([replace(ERROR, count=2)])


def test_truth_and_text() -> None:
    assert not Findings()
    assert str(Findings()) == "no findings"
    assert repr(Findings([ERROR, replace(ERROR, row=1)])) == "<Findings {'unknown-unit': 2}>"
    assert str(Findings([WARNING, ERROR])) == f"{ERROR}\n{WARNING}"


def test_codes_errors_and_counts() -> None:
    findings = Findings([INFO, ERROR, replace(WARNING, count=5), Finding("unknown-column", "column 'y'")])
    assert findings.codes == {"unknown-unit", "rounding-decisive", "unknown-column"}
    assert findings.errors == Findings([ERROR])
    assert findings.counts() == {"rounding-decisive": 5, "unknown-column": 2, "unknown-unit": 1}
    assert list(findings.counts()) == ["rounding-decisive", "unknown-column", "unknown-unit"]


def test_adding_merges() -> None:
    both = Findings([ERROR]) + [replace(ERROR, row=9), INFO]  # noqa: RUF005 - it is the operator that is tested
    assert both == Findings([replace(ERROR, count=2), INFO])


def test_hidden_shows_no_value_of_the_data() -> None:
    secret = Finding("unknown-unit", "S3CRET", row=1, expected="S3CRET", found="S3CRET", remedy="S3CRET")
    other = replace(secret, found="T4JNE", row=5)
    hidden = Findings([secret, other]).hidden()
    assert "S3CRET" not in str(hidden) + repr(hidden)
    (finding,) = hidden
    assert (finding.code, finding.row, finding.count) == ("unknown-unit", 1, 2)
    assert INFO.hidden().found is None


@given(st.lists(FINDINGS, max_size=12))
def test_nothing_is_lost(items: list[Finding]) -> None:
    findings = Findings(items)
    assert sum(item.count for item in findings) == sum(item.count for item in items)
    assert len({(item.code, item.message) for item in findings}) == len(findings)
    assert Findings(findings) == findings
    assert findings[:1] + findings[1:] == findings
    assert pickle.loads(pickle.dumps(findings)) == findings


@pytest.mark.parametrize("kind", EXCEPTIONS)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_exceptions_pickle(kind: type[HarmoniqcError], protocol: int) -> None:
    error = kind("it's wrong", (WARNING, ERROR, replace(ERROR, row=9)))
    again = pickle.loads(pickle.dumps(error, protocol))
    assert type(again) is kind
    assert again.findings == error.findings
    assert again.findings[0].count == 2
    assert str(again) == str(error)
    assert again.message == "it's wrong"


@pytest.mark.parametrize("kind", EXCEPTIONS)
def test_one_except_catches_all(kind: type[HarmoniqcError]) -> None:
    with pytest.raises(HarmoniqcError) as caught:
        raise kind.of(ERROR)
    assert str(caught.value) == f"{ERROR.message}\n{ERROR}"
    assert str(kind("plain")) == "plain"
    assert kind("plain").findings == Findings()


def test_there_are_exceptions_to_test() -> None:
    assert len(EXCEPTIONS) == 10


@pytest.mark.parametrize("kind", [kind for kind in EXCEPTIONS if kind is not HarmoniqcError])
def test_exceptions_are_also_what_python_calls_them(kind: type[HarmoniqcError]) -> None:
    assert issubclass(kind, KeyError if kind is VocabularyError else ValueError)
    assert issubclass(errors.ConversionError, UnitError)


@pytest.mark.parametrize("code", CODES)
def test_code(code: str) -> None:
    entry = CODES[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert entry.level in ("error", "warning", "info")
    assert entry.title
    assert not entry.title.endswith(".")
    assert entry.remedy
    assert not entry.remedy.endswith(".")


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_used(code: str) -> None:
    assert [file.name for file, text in SOURCES.items() if f'"{code}"' in text]


def test_every_code_used_is_in_the_catalog() -> None:
    used = {code for text in SOURCES.values() for code in re.findall(r'\bFinding\(\s*"([^"]+)"', text)}
    assert len(used) > 15
    assert used - set(CODES) == set()


@pytest.mark.parametrize("reason", [reason for reason in REASONS if verdict_of(reason) == "not-evaluated"])
def test_what_was_not_evaluated_is_a_finding(reason: str) -> None:
    assert CODES[reason].level in ("error", "info")


def test_the_catalog_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        CODES["new"] = CODES["unknown-unit"]  # type: ignore[index]
