"""The language-neutral cases: a criterion, what was measured, a policy, facts; a verdict, a reason, the findings."""

from __future__ import annotations

import pytest

import harmoniqc as hq
from harmoniqc.evaluation.verdicts import verdict_of

from .cases import COMPOSITE, FOLDER, JUDGMENT_FINDINGS, JudgeCase, only, read_cases

CASES = [pytest.param(case, id=case["id"]) for case in read_cases(FOLDER)]


def test_there_are_enough_and_each_has_a_name():
    assert len(CASES) >= 600
    assert len({case.id for case in CASES}) == len(CASES)


def test_an_unknown_key_is_refused():
    with pytest.raises(AssertionError, match=r"unknown keys \['mesurement'\] in case-1"):
        only({"id": "case-1", "mesurement": {}}, {"id", "measurement"})
    with pytest.raises(AssertionError, match=r"\['criterion'\] missing in case-1"):
        only({"id": "case-1"}, {"id", "criterion"}, {"criterion"})


@pytest.mark.parametrize("case", CASES)
def test_it_loads(case):
    loaded = JudgeCase(case)
    assert loaded.specification().tests
    assert len(loaded.results()) == len(loaded.measurements)


@pytest.mark.parametrize("case", CASES)
def test_judge(case):
    loaded = JudgeCase(case)
    judgment = hq.judge(loaded.measured, loaded.criterion, loaded.rounding, loaded.facts, cqa=loaded.cqa)
    expected = loaded.expected
    assert (judgment.verdict, judgment.reason) == (expected["verdict"], expected["reason"]), str(judgment)
    assert verdict_of(judgment.reason) == judgment.verdict
    codes = set(judgment.findings.codes)
    if loaded.criterion.kind in COMPOSITE:
        wanted = set(expected["findings"])
        assert (codes & JUDGMENT_FINDINGS, wanted - codes) == (wanted & JUDGMENT_FINDINGS, set())
    else:
        assert sorted(codes) == expected["findings"]
    if "derived" in expected:
        found = [
            {"formula": item.formula, "value": item.value, "comparator": item.comparator} for item in judgment.derived
        ]
        assert found == [{"comparator": None} | item for item in expected["derived"]]


@pytest.mark.parametrize("case", CASES)
def test_evaluate_agrees(case):
    loaded = JudgeCase(case)
    evaluation = hq.evaluate(loaded.results(), loaded.specification(), batches=loaded.batches())
    # Several results are the parts of one verdict, and that is the verdict of their test.
    table = evaluation.tests if loaded.several else evaluation.verdicts
    expected = loaded.expected
    if loaded.several and table.column("verdict").to_pylist() == ["missing"]:  # of a test no part of which has a result
        assert expected["reason"] == "missing-part"
        return
    assert table.column("verdict").to_pylist() == [expected["verdict"]]
    assert table.column("reason").to_pylist() == [expected["reason"]]
