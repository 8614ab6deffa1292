"""The language-neutral cases: one measurement, one criterion, a policy; a verdict, a reason, the findings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter

import harmoniqc as hq
from harmoniqc.evaluation.verdicts import verdict_of
from harmoniqc.standard import AnyCriterion

CASES = [
    pytest.param(case, id=case["id"])
    for file in sorted((Path(__file__).parents[1] / "conformance").glob("*.json"))
    for case in json.loads(file.read_text(encoding="utf-8"))["cases"]
]
CRITERION = TypeAdapter(AnyCriterion)


def test_there_are_enough_and_each_has_a_name():
    assert len(CASES) >= 200
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES)
def test_judge(case):
    measurement = hq.Measurement.model_validate(case["measurement"])
    criterion = CRITERION.validate_python(case["criterion"])
    judgment = hq.judge(measurement, criterion, case.get("rounding"), case["facts"], cqa=case.get("cqa"))
    expected = case["expected"]
    assert (judgment.verdict, judgment.reason) == (expected["verdict"], expected["reason"]), str(judgment)
    assert sorted(judgment.findings.codes) == expected["findings"]
    assert verdict_of(judgment.reason) == judgment.verdict


@pytest.mark.parametrize("case", CASES)
def test_evaluate_agrees(case):
    criterion = CRITERION.validate_python(case["criterion"])
    if case.get("rounding") is not None and getattr(criterion, "rounding", None) is not None:
        criterion = criterion.model_copy(update={"rounding": None})
    cqa = case.get("cqa", "unlisted-attribute")
    specification = hq.Specification(
        id="s",
        version="1",
        product="p",
        rounding=case.get("rounding", "none"),
        tests=(hq.Test(id="t", cqa=cqa, criterion=criterion),),
    )
    row = dict(case["measurement"])
    result = hq.Result(batch_id="B", test_id="t", **row)
    table = hq.evaluate([result], specification).verdicts
    expected = case["expected"]
    assert table.column("verdict").to_pylist() == [expected["verdict"]]
    assert table.column("reason").to_pylist() == [expected["reason"]]
