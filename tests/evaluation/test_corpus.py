"""The corpus judged: the verdict of each published result is that of a careful reading."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

import harmoniqc as hq
from harmoniqc.evaluation.verdicts import REASONS, verdict_of
from harmoniqc.units import conversion, parse_unit
from harmoniqc.vocabulary import cqas

from .reference import conforms

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "corpus"
EXPECTED = json.loads((CORPUS / "expected_verdicts.json").read_text(encoding="utf-8"))
PACKAGES = sorted(path.stem for path in CORPUS.glob("[0-9]*.json"))
READING = {
    "pass": {"conforms"},
    "fail": {"does-not-conform"},
    "unit-conflict": {"not-evaluated"},
    "not-evaluable": {"not-evaluated", "indeterminate"},
    "not-evaluable-aggregate": {"not-evaluated"},
}


@cache
def judged(name: str) -> tuple[hq.Package, hq.Evaluation, dict[int, list[dict]]]:
    package = hq.read(CORPUS / f"{name}.json")
    evaluation = hq.evaluate(package.table, package.specifications, batches=package.batches)
    by_row: dict[int, list[dict]] = {}
    for row in evaluation.verdicts.to_pylist():
        by_row.setdefault(row["row"], []).append(row)
    return package, evaluation, by_row


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{case['package'][:2]}-{case['row']}-{case['test_id']}") for case in EXPECTED]
)
def test_verdict_is_that_of_the_careful_reading(case):
    _, evaluation, rows = judged(case["package"])
    mine = [row for row in rows[case["row"]] if row["test"] == case["test_id"]]
    if not mine:  # an aggregate the reading held against a second test as well
        assert case["literal_verdict"] == "not-evaluable-aggregate"
        mine = rows[case["row"]]
    (row,) = mine
    assert row["verdict"] in READING[case["literal_verdict"]], evaluation.findings


def test_the_docs_count_the_readings():
    page = (ROOT / "docs" / "corpus-verdicts.md").read_text(encoding="utf-8")
    assert f"{len(EXPECTED)} readings" in page
    passes = sum(case["literal_verdict"] == "pass" for case in EXPECTED)
    assert f"| pass | {passes} | `conforms` |" in page


@pytest.mark.parametrize("name", PACKAGES)
def test_nothing_uncompared_conforms(name):
    """Whatever conforms is compared again here, with nothing of the evaluation but its verdict."""
    package, evaluation, by_row = judged(name)
    results = package.table.to_pylist()
    assert sorted(by_row) == list(range(len(results)))
    criteria = {(item.id, test.id): test for item in package.specifications for test in item.tests}
    for number, result in enumerate(results):
        for row in by_row[number]:
            assert row["reason"] in REASONS
            assert verdict_of(row["reason"]) == row["verdict"]
            if row["verdict"] != "conforms":
                continue
            test = criteria[row["specification"], row["test"]]
            assert result.get("statistic") is None or result["reportable"] is True
            assert test.read_point is None
            assert test.applies_when is None
            assert holds(test, result), (name, result, test.criterion)
    compared = {row["batch"] for row in evaluation.batches.to_pylist() if row["verdict"] == "conforms"}
    assert not compared or any(row["verdict"] == "conforms" for rows in by_row.values() for row in rows)


def holds(test: hq.Test, result: dict) -> bool:
    criterion = test.criterion
    if isinstance(criterion, (hq.AllOf, hq.AnyOf)):  # the part the result says it answers
        (criterion,) = (item.criterion for item in criterion.members if item.component == result["component"])
    if isinstance(criterion, hq.Limit):
        return within(test, criterion, result)
    if isinstance(criterion, hq.Absence):
        return (
            result["code"] == "absent" and (criterion.sensitivity, criterion.amount, criterion.read_day) == (None,) * 3
        )
    assert isinstance(criterion, hq.Category)
    wordings = {outcome.code for outcome in criterion.accept}
    wordings |= {text for outcome in criterion.accept for text in outcome.synonyms}
    return result["code"] in wordings or result["text"] in wordings


def within(test: hq.Test, criterion: hq.Limit, result: dict) -> bool:
    step = conversion(parse_unit(result["unit"] or "1"), parse_unit(criterion.unit or "1"))

    def exact(name: str) -> Fraction | None:
        value = result.get(name)
        return None if value is None else Fraction(Decimal(str(value))) * step.factor + step.offset

    numbers = [number for number in (exact("value"), exact("value_low"), exact("value_high")) if number is not None]
    sign = result.get("comparator")
    if sign is None:
        return bool(numbers) and all(conforms(number, criterion, "none") for number in numbers)
    (bound,) = numbers
    domain = cqas[test.cqa].domain
    if sign.startswith("<"):  # from the least possible value up to the bound
        low_is_fine = criterion.low is None or (
            domain is not None and Fraction(domain.low) >= Fraction(criterion.low.value)
        )
        limit, reaches = criterion.high, sign == "<="
    else:
        low_is_fine, limit, reaches = criterion.high is None, criterion.low, sign == ">="
    edge = Fraction(Decimal(limit.value))
    beyond = bound > edge if sign.startswith("<") else bound < edge
    return low_is_fine and not beyond and (bound != edge or limit.inclusive or not reaches)


def test_the_demo_figures():
    _, evaluation, rows = judged("06_treg_expanded_4_validation_runs")
    shown = {(line[0], line[1]): (line[2], line[4]) for line in evaluation.lines()}
    assert shown["#01 [KD1]", "cd127foxp3"] == ("79.2%", "does-not-conform")
    assert shown["#02 [KD2]", "cd45-cd8"] == ("1.5%", "conforms")
    assert rows
