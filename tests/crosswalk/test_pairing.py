"""Counterparts: predicate and remaining difference together, and what took the place of revoked texts."""

from __future__ import annotations

import pytest

from harmoniqc import CrosswalkError
from harmoniqc.crosswalk import Counterparts, counterparts, documents

DAY = "2026-11-25"


def seen(found: Counterparts) -> set[tuple[str, str]]:
    return {(row.counterpart, row.predicate.partition(":")[2]) for row in found}


@pytest.mark.parametrize(
    ("reference", "authority", "expected"),
    [
        (
            "21 CFR 610.12",
            "EMA",
            {
                ("Ph. Eur. 2.6.1", "relatedMatch"),
                ("Ph. Eur. 2.6.27", "relatedMatch"),
                ("Ph. Eur. 5.1.6", "relatedMatch"),
            },
        ),
        ("USP <71>", "JP", {("JP 4.06", "closeMatch")}),
        ("JP 4.06", "USP", {("USP <71>", "closeMatch")}),
        ("USP <72>", "JP", {("", "NoTermFound")}),
        ("Ph. Eur. 2.6.27", "JP", {("", "NoTermFound")}),
        ("FDA-034", "PMDA", {("", "NoTermFound")}),
        ("ICH Q5A", "PMDA", {("PSB/PED Notification 0109-3", "closeMatch")}),
        ("USP General Notices 7.20", "EMA", {("Ph. Eur. General Notices", "relatedMatch")}),
    ],
)
def test_counterparts(reference: str, authority: str, expected: set[tuple[str, str]]) -> None:
    found = counterparts(reference, authority=authority, as_of=DAY)
    assert seen(found) == expected
    assert all(row.difference and row.evidence and row.predicate and row.source for row in found)


def test_a_duty_of_law_and_a_method_are_never_the_same() -> None:
    for row in counterparts("21 CFR 610.12", as_of=DAY):
        assert row.predicate != "skos:exactMatch"


def test_one_requirement_is_asked_about_by_its_id() -> None:
    found = counterparts("FDA-007", authority="EMA", as_of=DAY)
    assert {row.requirement for row in found} == {"FDA-007"}


def test_both_directions_are_found() -> None:
    there = counterparts("USP <63>", authority="Ph. Eur.", as_of=DAY)
    back = counterparts("Ph. Eur. 2.6.7", authority="USP", as_of=DAY)
    assert {row.counterpart for row in there} == {"Ph. Eur. 2.6.7"}
    assert "USP <63>" in {row.counterpart for row in back}


def test_a_counterpart_that_has_ended_is_left_out() -> None:
    before = counterparts("21 CFR 1271.85", authority="EMA", as_of="2027-08-06")
    after = counterparts("21 CFR 1271.85", authority="EMA", as_of="2027-08-08")
    assert "Directive 2006/17/EC" in {row.counterpart for row in before}
    assert {row.standing for row in before if row.counterpart == "Regulation (EU) 2024/1938"} == {"not-yet"}
    assert {row.counterpart for row in after} == {"Regulation (EU) 2024/1938"}


def test_a_revoked_text_is_replaced_and_the_answer_says_so() -> None:
    found = counterparts("21 CFR 610.30", authority="EMA", as_of=DAY)
    (finding,) = found.findings
    assert finding.code == "reference-replaced"
    assert finding.expected == "FDA-2008-D-0206, USP <63>"
    assert {row.counterpart for row in found} == {"Ph. Eur. 2.6.7"}
    assert "note: 21 CFR 610.30" in str(found)
    assert found[:1].findings == found.findings


def test_what_takes_a_place_answers_only_for_its_subject() -> None:
    for row in counterparts("21 CFR 610.30", as_of=DAY):
        assert "viability" not in row.text


def test_a_text_without_counterparts_has_none() -> None:
    assert len(counterparts("21 CFR 610.2", as_of=DAY)) == 0


def test_everybody_is_asked_when_nobody_is_named() -> None:
    assert {row.authority for row in counterparts("21 CFR 610.12", as_of=DAY)} == {"PMDA", "USP", "Ph. Eur.", "JP"}


def test_every_document_can_be_asked_about() -> None:
    for document in documents.values():
        for row in counterparts(document.citation, as_of=DAY):
            assert row.difference
            assert row.standing != "ended"


def test_an_unknown_text_is_refused() -> None:
    with pytest.raises(CrosswalkError):
        counterparts("21 CFR 999.99")


def test_an_answer_prints_and_converts() -> None:
    found = counterparts("21 CFR 610.12", authority="EMA", as_of=DAY)
    assert "skos:relatedMatch" in str(found)
    assert found.to_arrow().num_rows == len(found) == 3
    assert "skos:relatedMatch" in str(found[0])
    assert "<td>skos:relatedMatch</td>" in found._repr_html_()
