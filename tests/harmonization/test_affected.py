"""What a change of a specification would have meant for past batches."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import harmoniqc as hq
from tests.harmonization.made import any_criterion, results, sources


def change(*versions, **further):
    changed = tuple(hq.SpecificationChange(id=id, from_version=old, to_version=new) for id, old, new in versions)
    fields = {"id": "CR-1", "product": "product", "description": "limits", "reason": "experience", **further}
    return hq.ChangeRecord(specifications=changed, **fields)


def dose(version, high, **further):
    limit = hq.Limit.between("300E6", high, "cell")
    test = hq.Test(id="dose", cqa="transduced-cell-dose", criterion=limit)
    return hq.Specification(id="dose", version=version, product="product", rounding="none", tests=(test,), **further)


def test_the_dose_range_of_abecma():
    # 300 to 460 × 10^6 became 300 to 510 × 10^6 cells; 480 × 10^6 failed the one and meets the other.
    rows = [
        hq.Result(batch_id=batch, cqa="transduced-cell-dose", value=value, unit="cell")
        for batch, value in (("B1", "400E6"), ("B2", "480E6"), ("B3", "510E6"), ("B4", "511E6"), ("B5", "299E6"))
    ]
    found = hq.affected(change(("dose", "1", "2")), rows, [dose("1", "460E6"), dose("2", "510E6")])
    assert [(item.batch, item.before, item.after) for item in found.batches] == [
        ("B2", "does-not-conform", "conforms"),
        ("B3", "does-not-conform", "conforms"),
    ]
    assert [(item.row, item.reason_before, item.reason_after) for item in found.results] == [
        (1, "outside-limit", "within-limit"),
        (2, "outside-limit", "within-limit"),
    ]
    assert {item.no_longer_against for item in found.batches} == {("dose",)}
    assert (found.judged_results, found.judged_batches) == (5, 5)
    assert found
    assert str(found).startswith("CR-1 (dose version 1 → 2): 2 of 5 results and 2 of 5 batches are judged differently")
    assert "outside-limit" in str(found)
    assert found.to_arrow().column("batch").to_pylist() == ["B2", "B3"]
    assert found.results_to_arrow().column("row").to_pylist() == [1, 2]
    assert found._repr_html_().count("<table>") == 2


def test_when_a_version_counts_and_for_which_batch_it_was_agreed_does_not_matter():
    rows = [hq.Result(batch_id="B1", cqa="transduced-cell-dose", value="480E6", unit="cell", specification_id="other")]
    old = dose("1", "460E6", valid_to=date(2024, 3, 31))
    new = dose("2", "510E6", valid_from=date(2024, 4, 1))
    agreed = (hq.SpecificationReference(id="dose", version="1"),)
    batches = [hq.Batch(id="B1", product="product", specifications=agreed, released_on="2020-01-05")]
    found = hq.affected(change(("dose", "1", "2")), rows, [new, old], batches=batches)
    assert [(item.batch, item.before, item.after) for item in found.batches] == [("B1", "does-not-conform", "conforms")]


def test_a_new_test_stands_against_batches_that_were_never_tested_for_it():
    old = dose("1", "460E6")
    added = hq.Test(id="viability", cqa="cell-viability", criterion=hq.Limit.at_least("70", "%"))
    new = old.model_copy(update={"version": "2", "tests": (*old.tests, added)})
    rows = [
        hq.Result(batch_id="B1", cqa="transduced-cell-dose", value="400E6", unit="cell"),
        hq.Result(batch_id="B2", cqa="transduced-cell-dose", value="400E6", unit="cell"),
        hq.Result(batch_id="B2", cqa="cell-viability", value="90", unit="%"),
    ]
    found = hq.affected(change(("dose", "1", "2")), rows, [old, new])
    assert [(item.batch, item.before, item.after, item.newly_against) for item in found.batches] == [
        ("B1", "conforms", "incomplete", ("viability",))
    ]
    assert [(item.row, item.test_before, item.test_after, item.before, item.after) for item in found.results] == [
        (2, None, "viability", "not-evaluated", "conforms")
    ]
    back = hq.affected(change(("dose", "2", "1")), rows, [old, new])
    assert [(item.batch, item.before, item.after, item.no_longer_against) for item in back.batches] == [
        ("B1", "incomplete", "conforms", ("viability",))
    ]


def test_a_criterion_that_refers_to_another_specification():
    def release(version, low):
        test = hq.Test(id="viability", cqa="cell-viability", criterion=hq.Limit.at_least(low, "%"))
        return hq.Specification(id="release", version=version, product="product", rounding="none", tests=(test,))

    def shelf_life(version, criterion):
        test = hq.Test(id="viability", cqa="cell-viability", criterion=criterion, decision_points=("shelf-life",))
        return hq.Specification(
            id="shelf", version=version, product="product", rounding="none", purpose="shelf-life", tests=(test,)
        )

    rows = [hq.Result(batch_id="B1", cqa="cell-viability", value="75", unit="%")]
    specs = [release("1", "80"), shelf_life("1", hq.Limit.at_least("70", "%")), shelf_life("2", hq.AsForRelease())]
    found = hq.affected(change(("shelf", "1", "2")), rows, specs)
    assert [(item.before, item.after) for item in found.batches] == [("conforms", "does-not-conform")]
    assert (found.judged_results, found.judged_batches) == (1, 1)


def test_what_cannot_be_compared_is_said():
    rows = [hq.Result(batch_id="B1", cqa="transduced-cell-dose", value="480E6", unit="cell")]
    specs = [dose("1", "460E6"), dose("2", "510E6")]
    with pytest.raises(hq.SelectionError) as missing:
        hq.affected(change(("dose", "1", "3")), rows, specs)
    assert missing.value.findings.codes == {"version-not-given"}
    for nothing in (change(), change(("dose", None, "2")), change(("dose", "1", "1"))):
        with pytest.raises(hq.SelectionError) as none:
            hq.affected(nothing, rows, specs)
        assert none.value.findings.codes == {"no-version-change"}
    found = hq.affected(change(("dose", "1", "2"), ("stability", None, "1")), rows, specs)
    assert found.findings.codes == {"no-version-change"}
    assert len(found.batches) == 1
    with pytest.raises(TypeError):
        hq.affected(specs[0], rows, specs)
    with pytest.raises(TypeError):
        hq.affected(change(("dose", "1", "2")), rows, ["dose"])


@pytest.mark.slow
@given(st.data())
def test_it_is_what_two_evaluations_say(data):
    old = data.draw(sources(plain=True))[0]
    tests = tuple(
        test.model_copy(update={"criterion": data.draw(any_criterion())}) if data.draw(st.booleans()) else test
        for test in old.tests
    )
    new = old.model_copy(update={"version": "2", "tests": tests})
    rows = [
        row.model_copy(update={"batch_id": batch})
        for batch in ("B1", "B2")
        for row in data.draw(results([old, new], plain=True))
    ]
    if not rows:
        return
    found = hq.affected(change((old.id, "1", "2")), rows, [old, new])
    before, after = (hq.evaluate(rows, [spec]) for spec in (old, new))
    verdicts = [item.verdicts.column("verdict").to_pylist() for item in (before, after)]
    differing = [row for row, (one, other) in enumerate(zip(*verdicts, strict=True)) if one != other]
    assert [item.row for item in found.results] == differing
    assert [(item.before, item.after) for item in found.results] == [
        (verdicts[0][row], verdicts[1][row]) for row in differing
    ]
    points = [
        {(row["batch"], row["decision_point"]): row["verdict"] for row in item.batches.to_pylist()}
        for item in (before, after)
    ]
    expected = {
        key: (points[0].get(key), points[1].get(key))
        for key in points[0] | points[1]
        if points[0].get(key) != points[1].get(key)
    }
    assert {(item.batch, item.decision_point): (item.before, item.after) for item in found.batches} == expected


def test_nothing_is_affected_by_a_change_of_words():
    old = dose("1", "460E6")
    new = old.model_copy(update={"version": "2", "title": "Dose"})
    rows = [hq.Result(batch_id="B1", cqa="transduced-cell-dose", value="480E6", unit="cell")]
    found = hq.affected(change(("dose", "1", "2")), rows, [old, new])
    assert not found
    assert found.to_arrow().num_rows == found.results_to_arrow().num_rows == 0


def test_models_of_the_lifecycle_hold_their_rules():
    with pytest.raises(ValueError, match="names the version before"):
        hq.SpecificationChange(id="dose")
    with pytest.raises(ValueError, match="a test is one of a specification"):
        hq.EstablishedCondition(id="EC-1", description="viability", test="viability")
    with pytest.raises(ValueError, match="changed twice"):
        change(("dose", "1", "2"), ("dose", "1", "3"))
    condition = hq.EstablishedCondition(id="EC-1", description="viability")
    with pytest.raises(ValueError, match="twice among the established conditions"):
        hq.LifecycleManagement(id="plcm", version="1", product="p", established_conditions=(condition, condition))
    with pytest.raises(ValueError, match="before valid_from"):
        hq.LifecycleManagement(id="plcm", version="1", product="p", valid_from="2026-02-01", valid_to="2026-01-01")
