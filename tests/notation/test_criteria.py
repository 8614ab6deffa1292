"""What people write in criteria, form by form."""

from __future__ import annotations

import pickle

import pytest

from harmoniqc import parse_criterion
from harmoniqc.errors import NotationError
from harmoniqc.notation import read_criterion
from harmoniqc.standard import (
    Absence,
    AllOf,
    AnyOf,
    AsForRelease,
    Category,
    CodedOutcome,
    Conditional,
    Criterion,
    Identity,
    Limit,
    NotStated,
    Quantity,
    ReadPoint,
    ReportOnly,
    Target,
    Tolerance,
    Trend,
)

AT_LEAST = [
    "≥ 70 %",
    "≧70%",
    ">= 70 %",
    "=> 70 %",
    ">/= 70%",
    "NLT 70 %",
    "not less than 70 %",
    "at least 70%",
    "Minimum 70 %",
    "min. 70 %",
    "Min 70%",
    "no less than 70 %",
    "should not be less than 70 %",
    "70 % or more",
    "70% or higher",
    "70 %以上",
    "had to be ≥ 70 %",
    "must be at least 70 %",
    "greater than or equal to 70 %",
    "＞＝ 70 %",
    "≥70％",
    "mindestens 70 %",
]
AT_MOST = [
    "≤ 5 EU/mL",
    "≦5 EU/mL",
    "<= 5 EU/mL",
    "=< 5 EU/mL",
    "NMT 5 EU/mL",
    "not more than 5 EU/mL",
    "should not exceed 5 EU/mL",
    "max. 5 EU/mL",
    "Maximum: 5 EU/mL",
    "at most 5 EU/mL",
    "up to 5 EU/mL",
    "5 EU/mL or less",
    "5 EU/mL以下",
    "not to exceed 5 EU/mL",
    "no greater than 5 EU/mL",
    "≤5EU/mL†",
    "≤ 5 EU mL−1",
    "≤ 5 EU·mL⁻¹",
]


@pytest.mark.parametrize("text", AT_LEAST)
def test_not_less_than(text: str) -> None:
    assert parse_criterion(text) == Limit.at_least("70", "%")


@pytest.mark.parametrize("text", AT_MOST)
def test_not_more_than(text: str) -> None:
    assert parse_criterion(text) == Limit.at_most("5", "EU/mL")


@pytest.mark.parametrize(
    "text", ["> 70 %", "more than 70 %", "greater than 70%", "above 70 %", "70 %超", "exceeding 70 %"]
)
def test_more_than(text: str) -> None:
    assert parse_criterion(text) == Limit.more_than("70", "%")


@pytest.mark.parametrize("text", ["< 5 %", "less than 5 %", "below 5%", "5 %未満", "fewer than 5 %", "＜5％"])
def test_less_than(text: str) -> None:
    assert parse_criterion(text) == Limit.less_than("5", "%")


@pytest.mark.parametrize(
    "text",
    [
        "6.9–7.8",
        "6.9-7.8",
        "6.9 to 7.8",
        "between 6.9 and 7.8",
        "from 6.9 to 7.8",
        "6.9〜7.8",
        "≥ 6.9 and ≤ 7.8",
        "6.9 ≤ x ≤ 7.8",
    ],
)
def test_ranges(text: str) -> None:
    assert parse_criterion(text, "pH") == Limit.between("6.9", "7.8", "pH")


@pytest.mark.parametrize(
    "text",
    [
        "≥ 2 × 10^6 cells/kg",
        "≥ 2E6 cells/kg",
        "≥ 2 × 10⁶ cells/kg",
        "≥ 2 million cells/kg",
        "≥ 2 x106 cells/kg",
        "≥ 2×10 6 cells/kg",
        "≥ 2·10^6 cells/kg",
        "≥ 2*10^6 cells per kg",
        "≥ 2e6 cells/kg",
    ],
)
def test_powers_of_ten(text: str) -> None:
    assert parse_criterion(text) == Limit.at_least("2E6", "cell/kg")


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("≥ 5,000 IEQ/kg", Limit.at_least("5000", "IEQ/kg")),
        ("≥ 10 510 IEQ", Limit.at_least("10510", "IEQ")),
        ("≤ 0,25 EU/mL", Limit.at_most("0.25", "EU/mL")),
        ("≥ 76,7 %", Limit.at_least("76.7", "%")),
        ("≤ 1.234,5 ng/mL", Limit.at_most("1234.5", "ng/mL")),
        ("≤ .5 %", Limit.at_most("0.5", "%")),
        ("180 to 220 million cells per bag", Limit.between("180E6", "220E6", "cell/bag")),
        ("(4.5-6.0) × 10^7 cells", Limit.between("4.5E7", "6.0E7", "cell")),
        ("within six hours", Limit.at_most("6", "h")),
        ("<100 beads/3×10^6 cells", Limit.less_than("100", "bead/(3*10^6*cell)")),
        ("< 1 CFU/100 mL", Limit.less_than("1", "CFU/(100*mL)")),
        ("≤ 5 copies per 100 ng", Limit.at_most("5", "copy/(100*ng)")),
        ("≤ 5 EU/kg/h", Limit.at_most("5", "EU/(kg*h)")),
        ("≤ 5 copies per 50 ng", Limit.at_most("5", "copy/(50*ng)")),
        ("≤ 1 µg/mL", Limit.at_most("1", "ug/mL")),
        ("≤ −150 °C", Limit.at_most("-150", "Cel")),
    ],
)
def test_numbers_and_units(text: str, limit: Limit) -> None:
    assert parse_criterion(text) == limit


def test_populations() -> None:
    assert parse_criterion("≥ 80% CD3+ cells among viable CD45+ cells").population == "viable CD45+ cells"
    assert parse_criterion("≤ 2 × 10^5 CD3+ CD56− cells/kg").population == "CD3+ CD56− cells"
    assert parse_criterion("≥ 90 % of viable CD45+ cells").population == "viable CD45+ cells"
    assert parse_criterion("> 70% viable").population is None


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ("Negative", Absence()),
        ("Sterile (no growth)", Absence()),
        ("No growth after 14 days", Absence(read_day=14)),
        ("Negative for VSV-G gene", Absence(of="VSV-G gene")),
        ("No RCL detected", Absence(of="RCL")),
        ("free of mycoplasma", Absence(of="mycoplasma")),
        ("not detectable (< 10 CFU/ml)", Absence(sensitivity=Quantity(value="10", unit="CFU/mL"))),
        ("not detected in 10 mL", Absence(amount=Quantity(value="10", unit="mL"))),
        ("検出せず", Absence()),
        ("Report results", ReportOnly()),
        ("for information only", ReportOnly()),
        ("–", ReportOnly()),
        ("not specified", NotStated()),
        ("Must comply", Category(accept=(CodedOutcome(code="conforms"),))),
        ("Positive", Category(accept=(CodedOutcome(code="present"),))),
        ("Identical to NK donor", Identity(reference="NK donor")),
        ("Match with origin", Identity(reference="origin")),
        ("Expected band size", Identity(reference="expected band size")),
        ("as for release", AsForRelease()),
        ("decrease over time", Trend(direction="decreasing")),
        ("decreasing with passage", Trend(direction="decreasing", over="passage")),
        ("2.0 ± 0.2 mg/mL", Target(value="2.0", unit="mg/mL", tolerance=Tolerance(minus="0.2", plus="0.2"))),
        ("200 mg ± 10 %", Target(value="200", unit="mg", tolerance=Tolerance(minus="10", plus="10", relative=True))),
        (
            "Labeled amount ± 20%",
            Target(nominal="labeled-amount", tolerance=Tolerance(minus="20", plus="20", relative=True)),
        ),
        ("5.6 × 10^11 vg/mL", Target(value="5.6E11", unit="vg/mL")),
    ],
)
def test_other_kinds(text: str, criterion: Criterion) -> None:
    assert parse_criterion(text) == criterion


def test_a_description_is_one_wording() -> None:
    found = parse_criterion("Cloudy liquid, no aggregates")
    outcome = CodedOutcome(code="cloudy-liquid-no-aggregates", synonyms=("Cloudy liquid, no aggregates",))
    assert found == Category(accept=(outcome,))
    assert "descriptive-text" in found.findings.codes


def test_lists_of_markers_are_all_asked() -> None:
    found = parse_criterion("≥ 95% CD105, CD73, CD90; ≤ 5% CD45 and CD31")
    assert isinstance(found, AllOf)
    assert [(member.component, member.criterion) for member in found.members] == [
        ("CD105", Limit.at_least("95", "%")),
        ("CD73", Limit.at_least("95", "%")),
        ("CD90", Limit.at_least("95", "%")),
        ("CD45", Limit.at_most("5", "%")),
        ("CD31", Limit.at_most("5", "%")),
    ]


def test_alternatives() -> None:
    found = parse_criterion("(a) surviving fraction <70% or (b) difference >50%")
    assert isinstance(found, AnyOf)
    assert [member.component for member in found.members] == ["(a)", "(b)"]
    report = parse_criterion("Report results or < 100 ng/mL")
    assert isinstance(report, AnyOf)
    assert [member.criterion for member in report.members] == [ReportOnly(), Limit.less_than("100", "ng/mL")]


def test_weight_bands() -> None:
    found = parse_criterion("10 kg to <70 kg: 1.33 × 10^14 vg/kg; ≥70 kg: 9.31 × 10^15 vg")
    assert isinstance(found, Conditional)
    assert [str(branch.when) for branch in found.branches] == ["10 kg ≤ body-weight < 70 kg", "70 kg ≤ body-weight"]
    label = parse_criterion("For patients ≤ 50 kg: 0.2 to 5.0 × 10^6 cells/kg; > 50 kg: 0.1 to 2.5 × 10^8 cells")
    assert isinstance(label, Conditional)


def test_strengths() -> None:
    found = parse_criterion("strength 5 mg: 4.5 to 5.5 mg; strength 10 mg: 9 to 11 mg")
    assert isinstance(found, Conditional)
    assert [str(branch.when) for branch in found.branches] == ["presentation is 5 mg", "presentation is 10 mg"]
    assert [branch.criterion for branch in found.branches] == [
        Limit.between("4.5", "5.5", "mg"),
        Limit.between("9", "11", "mg"),
    ]
    caps = parse_criterion("purple cap: ≤ 2 weeks; gray cap: ≤ 10 weeks")
    assert isinstance(caps, Conditional)
    assert [str(branch.when) for branch in caps.branches] == ["presentation is purple cap", "presentation is gray cap"]


def test_a_condition_on_the_whole_is_handed_over_apart() -> None:
    reading = read_criterion("only for allogeneic: < 2 × 10^5 CD3+ cells/kg")
    assert str(reading.applies_when) == "donor-relation is allogeneic"
    assert reading.criterion == Limit(high=Limit.less_than("2E5").high, unit="cell/kg", population="CD3+ cells")
    whole = parse_criterion("only for allogeneic: < 2 × 10^5 CD3+ cells/kg")
    assert isinstance(whole, Conditional)
    assert whole.branches[0].when == reading.applies_when


def test_a_read_point_is_handed_over_apart() -> None:
    reading = read_criterion("Day 10: negative-to-date")
    assert reading.read_point == ReadPoint(final=False, day=10)
    assert reading.criterion == Absence(read_day=10)


def test_the_unit_of_the_column() -> None:
    assert parse_criterion("≥ 70", "%") == Limit.at_least("70", "%")
    assert parse_criterion("> 5 copies", "copies/100 ng DNA").unit == "copy/(100*ng)"  # type: ignore[attr-defined]
    assert parse_criterion("≥ 10 cells", "cells") == Limit.at_least("10", "cell")
    found = parse_criterion("≤ 5 ug/mL", "ng/mL")
    assert found == Limit.at_most("5", "ug/mL")
    assert "unit-differs" in found.findings.codes


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("≥ 100–150 × 10^6", None, "unrelated-numbers"),
        ("≥ 5 foos", None, "unknown-unit"),
        ("≤ 1,23,4 %", None, "ambiguous-number"),
        ("≥ 106 cells", None, "ambiguous-number"),
        ("≥ 10E6 cells", None, "ambiguous-number"),
        ("8–2 °C", None, "range-reversed"),
        ("TBD", None, "no-criterion-yet"),
        ("N/A", None, "no-criterion-yet"),
        ("≥ 70 % unless justified", None, "unreadable-text"),
        ("about 70 %", None, "unreadable-text"),
        ("≥ 5 mg", "EU/mL", "unit-conflict"),
        ("≥ 70 % or ≤ 5 EU/mL and negative", None, "unrelated-numbers"),
        ("viability 70 %", None, "unrelated-numbers"),
        ("", None, "blank-text"),
        ("   ", None, "blank-text"),
        ("≥", None, "unreadable-text"),
        ("≥ 70 % (", None, "unreadable-text"),
        ("\x00", None, "unreadable-text"),
        ("x" * 3000, None, "text-too-long"),
        ("³70 %", None, "unreadable-text"),
        ("≥ 70 %, ≥ 80 %", None, "unrelated-numbers"),
        ("> 5 %, < 2 %", None, "range-reversed"),
    ],
)
def test_refusals(text: str, unit: str | None, code: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_criterion(text, unit)
    (finding,) = caught.value.findings
    assert finding.code == code
    assert finding.remedy
    assert pickle.loads(pickle.dumps(caught.value)).findings == caught.value.findings


def test_a_refusal_says_where_reading_stopped() -> None:
    with pytest.raises(NotationError, match=r"stopped at character 9: 'provided") as caught:
        parse_criterion("≥ 70 %, provided that all is well")
    assert caught.value.findings[0].found


@pytest.mark.parametrize("wrong", [None, 5, b"5", ["5"]])
def test_only_text_is_read(wrong: object) -> None:
    with pytest.raises(TypeError):
        parse_criterion(wrong)  # type: ignore[arg-type]


def test_findings_are_no_part_of_the_criterion() -> None:
    found = parse_criterion("2–8 °C")
    assert found == Limit.between("2", "8", "Cel")
    assert found.findings.codes == {"inclusive-range"}
    assert "findings" not in found.model_dump_json()
    assert pickle.loads(pickle.dumps(found)).findings == found.findings
    assert hash(found) == hash(Limit.between("2", "8", "Cel"))


def test_the_text_is_kept_as_written() -> None:
    assert parse_criterion("  ≧ 70 ％ ").text == "≧ 70 ％"
