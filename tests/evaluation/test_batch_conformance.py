"""The language-neutral cases of batches: what becomes of results, tests, decision points and their history."""

from __future__ import annotations

from typing import Any

import pytest

from harmoniqc.errors import CODES

from .cases import FOLDER, BatchCase, read_cases

CASES = [pytest.param(case, id=case["id"]) for case in read_cases(FOLDER / "batches")]

KEYS = {
    "tests": ("batch", "specification", "specification_version", "test"),
    "batches": ("batch", "specification", "specification_version", "decision_point"),
    "history": ("batch", "specification", "specification_version", "decision_point", "read_day"),
}


def test_there_are_enough_and_each_has_a_name():
    assert len(CASES) >= 200
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES)
def test_it_loads(case):
    loaded = BatchCase(case)
    listed = loaded.expected.get("results")
    assert listed is None or len(listed) == len(loaded.results)
    tests = {test.id for specification in loaded.specifications for test in specification.tests}
    points = {point for item in loaded.specifications for test in item.tests for point in test.decision_points}
    batches = {result.batch_id for result in loaded.results} | {batch.id for batch in loaded.batches or ()}
    expected = loaded.expected
    assert {row["test"] for row in expected.get("tests", ())} <= tests
    for row in (*expected.get("batches", ()), *expected.get("history", ())):
        assert row["decision_point"] in points
    for row in (*expected.get("tests", ()), *expected.get("batches", ())):
        assert row["batch"] in batches
    for row in expected.get("batches", ()):
        for name in ("failed", "undecided", "missing", "not_evaluated", "not_applicable"):
            assert set(row.get(name, ())) <= tests


@pytest.mark.parametrize("case", CASES)
def test_findings_that_are_expected_have_a_code(case):
    assert set(BatchCase(case).expected["findings"]) <= set(CODES)


@pytest.mark.parametrize("case", CASES)
def test_evaluate(case):
    loaded = BatchCase(case)
    evaluation = loaded.evaluate()
    expected = loaded.expected
    if "results" in expected:
        found = sorted(evaluation.verdicts.to_pylist(), key=lambda row: row["row"])
        assert [row["row"] for row in found] == list(range(len(loaded.results))), "each result has one verdict"
        for row, wanted in zip(found, expected["results"], strict=True):
            if wanted is not None:
                assert {name: row[name] for name in wanted} == wanted, f"row {row['row']}"
    for name, keys in KEYS.items():
        table = getattr(evaluation, name).to_pylist() if name in expected else []
        for wanted in expected.get(name, ()):
            assert_row(table, wanted, keys)
    listed = {row["batch"] for row in evaluation.batches.to_pylist()}
    assert not listed & set(expected.get("no_batch_verdict", ()))
    if "derived" in expected:
        rows = [{"comparator": None} | row for row in evaluation.derived.to_pylist()]
        found = [{name: row[name] for name in ("formula", "value", "comparator")} for row in rows]
        assert found == [{"comparator": None} | row for row in expected["derived"]]
    assert set(expected["findings"]) <= set(evaluation.findings.codes)


def assert_row(table: list[dict[str, Any]], wanted: dict[str, Any], keys: tuple[str, ...]) -> None:
    """Find the one row of these keys, and compare everything that is expected of it."""
    place = {name: wanted[name] for name in keys if name in wanted}
    found = [row for row in table if all(row[name] == value for name, value in place.items())]
    assert len(found) == 1, f"{len(found)} rows for {place} in {table}"
    shown = {name: sorted(value) if isinstance(value, list) else value for name, value in found[0].items()}
    assert {name: shown[name] for name in wanted} == {
        name: sorted(value) if isinstance(value, list) else value for name, value in wanted.items()
    }
