"""Profiles of the four frameworks."""

from __future__ import annotations

import pytest

from harmoniqc import CrosswalkError
from harmoniqc.crosswalk import profile, profiles


def test_there_are_four() -> None:
    assert profiles() == ("FDA", "EMA", "PMDA", "ICH")


@pytest.mark.parametrize(
    ("authority", "words"),
    [
        ("FDA", ("CBER", "license application", "replication-competent", "Comparability")),
        ("EMA", ("Advanced therapy medicinal product", "marketing authorization", "Qualified Person", "viability")),
        ("PMDA", ("Regenerative medical product", "time-limited", "GCTP", "tumorigenicity")),
        ("ICH", ("Q5A to Q5E", "established conditions", "by analogy", "target profile")),
    ],
)
def test_a_profile_says_what_the_framework_is(authority: str, words: tuple[str, ...]) -> None:
    found = profile(authority, as_of="2026-11-25")
    said = " ".join(statement.text for statement in found)
    assert [word for word in words if word not in said] == []
    assert f"statements on {authority}" in str(found)
    assert found.to_arrow().num_rows == len(found)


def test_a_statement_is_as_weak_as_its_weakest_row() -> None:
    found = {statement.topic: statement for statement in profile("EMA", as_of="2026-11-25")}
    assert found["material roles"].evidence == "memory"
    assert found["product class"].evidence == "secondary"


def test_a_pharmacopoeia_has_no_profile() -> None:
    with pytest.raises(CrosswalkError) as caught:
        profile("USP")
    assert caught.value.findings[0].code == "no-profile"
    assert profile("EU").title == profile("EMA").title
