"""Outcomes in words: a whole wording or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmoniqc.vocabulary import normalize_wording, outcomes


def test_every_wording_is_read() -> None:
    for outcome in outcomes.values():
        for text in (outcome.id, *outcome.aliases):
            assert outcomes.read(text) == outcome.id
            assert outcomes.read(f" {text.upper()}. ") == outcome.id


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Negative", "absent"),
        ("NEGATIVE", "absent"),
        ("not\u00a0detected", "absent"),
        ("no\u202fgrowth", "absent"),
        ("Ｎｅｇａｔｉｖｅ", "absent"),
        ("＜ＬＯＤ", "absent"),
        ("“Negative”", "absent"),
        ("«négatif»", "absent"),
        ("‘negative’", "absent"),
        ("„negativ“", "absent"),
        ("ne\u0301gatif", "absent"),
        ("Negative*", "absent"),
        ("Negative**", "absent"),
        ("Negative†", "absent"),
        ("Negative ‡", "absent"),
        ("Negative¹", "absent"),
        ("Negative ²", "absent"),
        ("Negativeᵃ", "absent"),
        ("(negative)", "absent"),
        ("[Negative]", "absent"),
        ("Negative.\n", "absent"),
        ("sterile (no growth)", "absent"),
        ("non–sterile", "present"),
        ("non‑sterile", "present"),
        ("Positive", "present"),
        ("Non−conforming", "does-not-conform"),
        ("Pass", "conforms"),
        ("OOS", "does-not-conform"),
        ("陰性", "absent"),
        ("適合", "conforms"),
        ("not tested", "not-tested"),
    ],
)
def test_read(text: str, outcome: str) -> None:
    assert outcomes.read(text) == outcome


@pytest.mark.parametrize(
    "text",
    [
        "not negative",
        "negative to be confirmed",
        "negative (preliminary)",
        "negative at day 3",
        "passage",
        "bypass",
        "pass?",
        "pass/fail",
        "positive or negative",
        "negative positive",
        "detected?",
        "CD4⁺",
        "negative1",
        "+",
        "",
        " ",
        "*",
        "79.2",
    ],
)
def test_parts_of_a_wording_are_not_read(text: str) -> None:
    assert outcomes.read(text) is None


@pytest.mark.parametrize(
    "text", ["nd", "ND", "n.d.", "N.D.", "n. d.", "n/d", "na", "NA", "n.a.", "N/A", "n/a", "–", "-", "—", "−", "(-)"]
)
def test_ambiguous_wordings_are_read_as_nothing(text: str) -> None:
    assert outcomes.read(text) is None
    assert outcomes.is_ambiguous(text)


@pytest.mark.parametrize("text", ["negative", "not done", "", "nad", "n"])
def test_others_are_not_called_ambiguous(text: str) -> None:
    assert not outcomes.is_ambiguous(text)


@pytest.mark.parametrize(("left", "right"), [("10⁵", "10⁶"), ("CD4⁺", "CD4⁻"), ("m²", "m³"), ("type 1", "type 2")])
def test_what_tells_two_apart_is_kept(left: str, right: str) -> None:
    assert normalize_wording(left) != normalize_wording(right)


@given(st.text(max_size=40))
def test_normalizing_is_total_and_settles(text: str) -> None:
    once = normalize_wording(text)
    assert once == once.strip()
    assert "  " not in once
    assert normalize_wording(text) == once
    assert outcomes.read(text) is None or not outcomes.is_ambiguous(text)
