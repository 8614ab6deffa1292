"""Cultures, releases, and results that are set aside or placed nowhere: above all, what must not conform."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

import harmoniqc as hq
from harmoniqc.standard import results_table
from harmoniqc.standard.condition import Bound
from harmoniqc.standard.product import DeclaredMethod
from harmoniqc.standard.specification import ReplicateValidity

from .batch_parts import (
    DAY_14,
    PARTS,
    bag,
    found_in,
    part,
    result,
    spec,
    sterile,
    sterility,
    verdicts_of,
    viability,
    viable,
)

# -- cultures -------------------------------------------------------------------------------------------------------


def test_cultures_of_two_sampling_points_do_not_stand_in_for_each_other() -> None:
    tests = [sterility(name, DAY_14, sampling_point=name) for name in ("harvest", "fill")]
    found = hq.evaluate([sterile(sampling_point="fill", read_day=14)], spec(*tests))
    assert found_in(found) == {"harvest": ("missing", None), "fill": ("conforms", "absent")}


def test_interim_reading_never_satisfies_the_final_one() -> None:
    tests = sterility("i", hq.ReadPoint(final=False, day=14)), sterility("f", DAY_14)
    found = hq.evaluate([sterile(test_id="i", read_day=14, status="preliminary")], spec(*tests))
    assert found_in(found)["f"] == ("missing", None)
    found = hq.evaluate([sterile(test_id="i", read_day=14, status="final")], spec(*tests))
    assert found_in(found)["f"] == ("missing", None)


def test_later_reading_of_a_part_satisfies_its_earlier_read_point() -> None:
    tests = sterility("i", hq.ReadPoint(final=False, day=7)), sterility("f", DAY_14)
    rows = [sterile("P1", read_day=7), sterile("P1", read_day=14), sterile("P2", read_day=14)]
    found = hq.evaluate(rows, spec(*tests), batches=PARTS)
    assert found.conforms
    assert found.batches["provisional"].to_pylist() == [False]
    half = hq.evaluate(rows[:2], spec(*tests), batches=PARTS)
    assert half.batches["provisional"].to_pylist() == [False]


def test_invalid_assay_is_no_final_reading() -> None:
    tests = sterility("i", hq.ReadPoint(final=False, day=7)), sterility("f", DAY_14, required=False)
    rows = [sterile(read_day=7), sterile(read_day=14, assay_valid=False)]
    assert hq.evaluate(rows, spec(*tests)).batches["provisional"].to_pylist() == [True]


def test_preliminary_result_beside_a_final_one_leaves_nothing_to_come() -> None:
    found = hq.evaluate([viable("90", status="preliminary"), viable("91")], spec(viability()))
    assert found.batches["provisional"].to_pylist() == [False]


# -- releases -------------------------------------------------------------------------------------------------------

RELEASED = dt.date(2025, 1, 10)
AFTER = "2025-01-12T09:00:00+00:00"


def cultured(*rows: hq.Result, **fields: Any) -> list[dict[str, Any]]:
    tests = (
        sterility("i", hq.ReadPoint(final=False, day=7)),
        sterility("f", DAY_14, decision_points=("certification",)),
    )
    found = hq.evaluate(rows, spec(*tests), batches=[part("W", **fields), bag("P1", "W")])
    return found.batches.to_pylist()


def test_release_is_overtaken_by_growth_in_a_part() -> None:
    rows = [
        sterile("P1", read_day=7),
        sterile("P1", "Growth", read_day=11, measured_at=dt.datetime.fromisoformat(AFTER)),
    ]
    release, certification = cultured(*rows, released_on=RELEASED)
    assert (release["verdict"], release["overtaken"]) == ("conforms", True)
    assert certification["verdict"] == "does-not-conform"


def test_reading_is_later_only_if_it_is_by_its_own_calendar_and_in_utc() -> None:
    tests = sterility("i", hq.ReadPoint(final=False, day=7)), sterility("f", DAY_14, decision_points=("c",))
    for moment in ("2025-01-11T01:00:00+05:00", "2025-01-10T22:00:00-05:00"):
        table = results_table([sterile("P1", read_day=7), sterile("P1", "Growth", read_day=11)])
        table = table.append_column("measured_at", pa.array([None, moment], pa.string()))
        found = hq.evaluate(table, spec(*tests), batches=[part("W", released_on=RELEASED), bag("P1", "W")])
        assert found.batches["overtaken"].to_pylist() == [False, False]
        assert set(found.batches["verdict"].to_pylist()) == {"does-not-conform"}


@pytest.mark.parametrize(
    "kind",
    [
        pa.dictionary(pa.int32(), pa.string()),
        pa.large_string(),
        pa.string_view(),
        *(pa.timestamp(unit, "UTC") for unit in ("s", "ms", "us", "ns")),
    ],
)
def test_moments_are_read_whatever_their_type(kind: pa.DataType) -> None:
    rows = [sterile("P1", read_day=7), sterile("P1", "Growth", read_day=11)]
    table = results_table(rows)
    moment = dt.datetime.fromisoformat(AFTER) if pa.types.is_timestamp(kind) else AFTER
    column = pa.array([None, moment], kind)
    if "measured_at" in table.column_names:
        table = table.drop_columns(["measured_at"])
    table = table.append_column("measured_at", column)
    tests = sterility("i", hq.ReadPoint(final=False, day=7)), sterility("f", DAY_14, decision_points=("c",))
    found = hq.evaluate(table, spec(*tests), batches=[part("W", released_on=RELEASED), bag("P1", "W")])
    assert found.batches["overtaken"].to_pylist() == [True, False]


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["0001-01-01T00:00:00+05:00", "never"]),
        pa.array([2**62, -(2**62)], pa.timestamp("s", "UTC")),
        pa.array([2**62, -(2**62)], pa.timestamp("us", "Europe/Berlin")),
    ],
)
def test_moments_nobody_meant_are_no_moments(column: pa.Array) -> None:
    table = results_table([sterile(read_day=7), sterile(text="Growth", read_day=11)])
    if "measured_at" in table.column_names:
        table = table.drop_columns(["measured_at"])
    tests = sterility("i", hq.ReadPoint(final=False, day=7)), sterility("f", DAY_14)
    found = hq.evaluate(
        table.append_column("measured_at", column), spec(*tests), batches=[hq.Batch(id="B1", released_on=RELEASED)]
    )
    assert verdicts_of(found) == {"B1": "does-not-conform"}


@pytest.mark.parametrize("day", [1e20, 7.5])
def test_strange_read_days_do_not_end_the_history(day: float) -> None:
    table = pa.table({"batch_id": ["B1"], "cqa": ["sterility"], "text": ["Negative"], "read_day": [day]})
    found = hq.evaluate(table, spec(sterility("i", hq.ReadPoint(day=7))))
    assert found.history.num_rows == (0 if day > 100 else 1)


# -- set aside, declared, placed ------------------------------------------------------------------------------------


def superseding(*pairs: tuple[str, str | None], **fields: Any) -> list[hq.Result]:
    """Return a failing first result and passing ones, by their ids and what they supersede."""
    return [
        viable("90" if place else "10", result_id=id, supersedes=old, investigation_ref=old and "I1", **fields)
        for place, (id, old) in enumerate(pairs)
    ]


def test_result_is_set_aside_by_one_of_its_own_test_only() -> None:
    other = hq.Test(id="o", cqa="cell-viability", criterion=hq.Limit.at_least("70", "%"), component="x")
    rows = [viable("10", result_id="r1"), viable("90", test_id="o", supersedes="r1", investigation_ref="I1")]
    assert verdicts_of(hq.evaluate(rows, spec(viability(), other))) == {"B1": "does-not-conform"}
    assert hq.evaluate(superseding(("r1", None), ("r2", "r1")), spec(viability())).conforms
    assert hq.evaluate(superseding(("r1", None), ("r2", "r1"), ("r3", "r2")), spec(viability())).conforms


@pytest.mark.parametrize(
    "rows",
    [
        superseding(("r1", "r2"), ("r2", "r1")),
        superseding(("r1", None), ("r1", None), ("r2", "r1")),
        [*superseding(("r1", None), ("r2", "r1"), status="invalidated")[1:], viable("10", result_id="r1")],
    ],
    ids=["circle", "ambiguous", "invalidated"],
)
def test_failure_is_not_set_aside_where_it_cannot_be_told(rows: list[hq.Result]) -> None:
    assert verdicts_of(hq.evaluate(rows, spec(viability()))) == {"B1": "does-not-conform"}


@pytest.mark.parametrize("status", ["invalidated", "superseded"])
def test_result_nobody_stands_by_satisfies_nothing(status: str) -> None:
    found = hq.evaluate([viable("90", status=status)], spec(viability()))
    assert found.verdicts["reason"].to_pylist() == ["investigation-missing"]
    assert found.tests["verdict"].to_pylist() == ["missing"]
    assert not found.conforms
    assert verdicts_of(hq.evaluate([viable("10", status=status)], spec(viability()))) == {"B1": "does-not-conform"}
    assert hq.evaluate([viable("90", status=status), viable("80")], spec(viability())).conforms


def test_value_formed_with_a_result_nobody_stands_by_satisfies_nothing() -> None:
    test = viability(reportable=hq.Reportable(statistic="mean", n=2))
    rows = [viable("90"), viable("80", status="invalidated")]
    assert hq.evaluate(rows, spec(test)).tests["reason"].to_pylist() == ["investigation-missing"]
    assert hq.evaluate([rows[0], viable("20", status="invalidated")], spec(test)).tests["verdict"].to_pylist() == [
        "does-not-conform"
    ]


def test_two_methods_declared_are_none() -> None:
    members = tuple(hq.Member(criterion=hq.Limit.at_least("70", "%"), method=name) for name in ("m1", "m2"))
    criterion = hq.AnyOf(members=members, mode="declared-method")
    test = hq.Test(id="v", cqa="cell-viability", criterion=criterion)
    methods = [DeclaredMethod(test="v", method=name) for name in ("m1", "m2", "m1")]
    for chosen, reason in ((methods[:2], "no-declared-method"), (methods[::2], "within-limit")):
        batch = hq.Batch(id="B1", declared_methods=tuple(chosen))
        found = hq.evaluate([viable("90", method="m1")], spec(test), batches=[batch])
        assert found.verdicts["reason"].to_pylist() == [reason]


def test_method_is_declared_too_late_for_its_own_test_only() -> None:
    members = tuple(hq.Member(criterion=hq.Limit.at_least("70", "%"), method=name) for name in ("m1", "m2"))
    criterion = hq.AnyOf(members=members, mode="declared-method")
    tests = [hq.Test(id=id, cqa="cell-viability", criterion=criterion) for id in ("early", "late")]
    days = [dt.datetime(2025, 1, day, tzinfo=dt.UTC) for day in (1, 5, 9)]
    declared = [DeclaredMethod(test="early", method="m1", declared_at=days[0])]
    declared += [DeclaredMethod(test="late", method="m1", declared_at=days[2])]
    rows = [viable("90", test_id=id, method="m1", measured_at=days[1]) for id in ("early", "late")]
    found = hq.evaluate(rows, spec(*tests), batches=[hq.Batch(id="B1", declared_methods=tuple(declared))])
    assert found.verdicts["reason"].to_pylist() == ["within-limit", "method-declared-late"]


def test_batch_without_a_specification_keeps_the_whole_from_conforming() -> None:
    batches = [hq.Batch(id="B1", product="p"), hq.Batch(id="B2", product="other")]
    found = hq.evaluate([viable("90")], spec(viability()), batches=batches)
    assert not found.conforms
    assert "no-specification" in {finding.code for finding in found.findings}
    donor = [batches[0], hq.Batch(id="D", product="p", material="starting-material")]
    assert hq.evaluate([viable("90")], spec(viability()), batches=donor).conforms


def test_result_without_a_test_keeps_the_whole_from_conforming() -> None:
    stray = result(cqa="endotoxin", value="1", unit="EU/mL")
    found = hq.evaluate([viable("90"), stray], spec(viability()))
    assert verdicts_of(found) == {"B1": "conforms"}
    assert not found.conforms
    endotoxin = hq.Test(id="e", cqa="endotoxin", criterion=hq.Limit.at_most("5", "EU/mL"))
    assert hq.evaluate([viable("90"), stray], [spec(viability()), spec(endotoxin, id="other")]).conforms


def test_invalid_replicates_are_a_finding() -> None:
    rule = ReplicateValidity(statistic="cv", high=Bound(value="5"))
    test = viability(reportable=hq.Reportable(n=2, validity=(rule,)))
    found = hq.evaluate([viable("90"), viable("71")], spec(test))
    assert found_in(found)["v"] == ("missing", "invalid-assay")
    assert "invalid-assay" in {finding.code for finding in found.findings}
