"""Text to unit: what the field writes is read, everything else is refused and says why."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmoniqc import UnitError
from harmoniqc.units import from_ucum, is_unit, parse_unit, read_unit, rows

with (Path(__file__).parent / "strings.tsv").open(encoding="utf-8", newline="") as stream:
    STRINGS = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("case", STRINGS, ids=lambda case: f"{case['as']}: {case['text']}")
def test_texts_of_the_field(case: dict[str, str]) -> None:
    read = from_ucum if case["as"] == "ucum" else read_unit
    if not case["unit"]:
        with pytest.raises(UnitError) as caught:
            read(case["text"])
        assert [item.code for item in caught.value.findings] == [case["finding"]]
        return
    reading = read(case["text"])
    assert reading.unit.code == case["unit"]
    assert (reading.population or "") == case["population"]
    assert [item.code for item in reading.findings] == ([case["finding"]] if case["finding"] else [])


def test_parse_unit_refuses_a_population_it_cannot_return() -> None:
    with pytest.raises(UnitError, match="population") as caught:
        parse_unit("% of viable CD3+ cells")
    assert caught.value.findings[0].expected == "unit '%', population 'viable CD3+ cells'"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ＥＵ／ｍＬ", "EU/mL"),
        ("µg/mL", "ug/mL"),
        ("μg/mL", "ug/mL"),
        ("10⁶ cells/kg", "10^6*cell/kg"),
        ("×10⁶ cells", "10^6*cell"),
        ("EU\u00a0/\u202fmL", "EU/mL"),
        ("  EU/mL\t", "EU/mL"),
        ("EU·mL⁻¹", "EU/mL"),
        ("EU per mL", "EU/mL"),
        ("vector genomes per kg", "vg/kg"),
        ("bead/(3·10^6 cell)", "bead/(3*10^6*cell)"),
        ("℃", "Cel"),
        ("mL/min", "mL/min"),
    ],
)
def test_signs_have_one_meaning_however_they_are_typed(text: str, code: str) -> None:
    assert read_unit(text).unit.code == code


@pytest.mark.parametrize(
    ("text", "body"),
    [("vg/kg", True), ("cell/kg", True), ("EU/(kg*h)", True), ("mL/kg", True), ("IU/kg", True), ("mOsm/kg", False)],
)
def test_kilograms_below_a_count_or_volume_are_of_the_body(text: str, body: bool) -> None:
    assert (("kg-body", -1) in parse_unit(text).dimension) is body


@pytest.mark.parametrize("text", ["mg/kg", "ug/kg", "1/kg"])
def test_kilograms_below_a_mass_are_asked_for(text: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit(text)
    finding = caught.value.findings[0]
    assert finding.code == "ambiguous-unit"
    for choice in str(finding.expected).split(" or "):
        assert parse_unit(choice)


def test_kilograms_may_be_named() -> None:
    assert parse_unit("mg/kg-body").dimension != parse_unit("mg/kg-material").dimension


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("eu/mL", "EU"),
        ("Cells/ml", "cells"),
        ("ng/ML", "mL"),
        ("copiess", "copies"),
        ("TCID_50/ml", None),
        ("PU", "PFU"),
    ],
)
def test_unknown_units_name_what_is_near(text: str, near: str | None) -> None:
    if near is None:
        assert parse_unit(text)
        return
    with pytest.raises(UnitError) as caught:
        parse_unit(text)
    assert caught.value.findings[0].code == "unknown-unit"
    assert near in str(caught.value.findings[0].remedy)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/",
        "*",
        "()",
        "(EU",
        "EU)",
        "EU//mL",
        "EU/mL/",
        "EU/mL*h",
        "((((EU))))",
        "EU^9",
        "EU^0",
        "EU**2",
        "mL^-9",
        "2^64",
        "10^31 cell",
        "10^-31 cell",
        "9^9^9^9",
        "1e99 cell",
        "0 cell",
        "EU/0",
        "10*6 cell",
        "106 cell",
        "1012 vg",
        "Cel/min",
        "pH/mL",
        "log10*mL",
        "__import__('os')",
        "lambda: 0",
        "{cells",
        "mL\x00",
        "µ",
        "\ud800",
        "m" * 100_000,
        "(" * 100_000,
        "1*" * 100_000,
    ],
)
def test_hostile_texts_are_refused_with_one_finding(text: str) -> None:
    for read in (parse_unit, read_unit, from_ucum):
        with pytest.raises(UnitError) as caught:
            read(text)
        assert len(caught.value.findings) == 1
        assert len(str(caught.value)) < 1000


def test_ten_star_six_is_a_million_in_ucum_and_nothing_elsewhere() -> None:
    assert from_ucum("10*6").unit.scale == 10**6
    with pytest.raises(UnitError, match="sixty"):
        parse_unit("10*6")


@pytest.mark.parametrize("value", [None, 5, b"mL", ["mL"], float("nan")])
def test_only_text_is_a_unit(value: object) -> None:
    with pytest.raises(TypeError):
        parse_unit(value)  # type: ignore[arg-type]


_PIECES = [*rows(), "/", "*", "(", ")", "10^6", " ", "^2", "-1", "3", "×", "µ", "per", "µL", "kg", "%", "e"]


@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(_PIECES), max_size=8).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        unit = parse_unit(text)
    except UnitError:
        return
    assert unit.scale > 0
    assert parse_unit(unit.code).dimension == unit.dimension


@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(_PIECES), max_size=8).map("".join)))
def test_a_text_is_a_unit_exactly_if_it_is_read(text: str) -> None:
    assert is_unit(text) is _is_read(text)


def test_texts_of_the_field_are_units_or_not() -> None:
    texts = [case["text"] for case in STRINGS]
    assert [is_unit(text) for text in texts] == [_is_read(text) for text in texts]


def _is_read(text: str) -> bool:
    try:
        read_unit(text)
    except UnitError:
        return False
    return True


def test_prefixes_are_never_guessed() -> None:
    for prefix in ("E", "T", "P", "da", "h"):
        for atom in ("EU", "cell", "bp", "TU", "Osm"):
            if prefix + atom not in rows():
                with pytest.raises(UnitError):
                    parse_unit(prefix + atom)
