"""Words and signs that turn what stands beside them: what is not understood is refused, never kept as decoration."""

from __future__ import annotations

import pytest

from harmoniqc import AllOf, Limit, NotationError, judge, parse_criterion, parse_measurement

CRITERIA = """
mean VCN ≤ 5
<4 average copies per cell
≤ 5 mean EU/mL
≤ 6000 particles/container ≥ 10 µm
NMT 6000 particles ≥ 10 μm per container
Fresh: ≥ 80%; frozen: ≥ 70%
intrathecal: ≤ 0.2 EU/kg; IV: ≤ 5 EU/kg
Arm A: ≥ 80%; Arm B: ≥ 70%
Site A: ≥ 80%; Site B: ≥ 70%
M: ≥ 13; F: ≥ 12
old limit ≥ 60%, current limit ≥ 70%
CD3: ≥ 70%; CD3: ≥ 50%
CD3: ≥ 70% fresh; CD3: ≥ 50% frozen
≥ 70% (conditional release ≥ 60%)
≤ 5 EU/mL. For intrathecal use ≤ 0.2 EU/mL.
≥ 70%, notify sponsor below 80%
subsequent goal lots ≥ 70%
outside 5-10 %
5-10 % (excluded)
stop: > 5 EU/mL
goal: ≥ 70%
≥ 70% desired
≥ 70% (superseded)
≥ 70% reduction
> 5 EU/mL prohibited
≤ 5 EU/ unlikely kg
0.25 EU/ before mL
partially identical to donor
? Match with origin
No growth at 7 interim days
No growth (< 10 CFU/ml no)
Minimum 0.8×10^6 final dose Maximum 5 x 10^6
Negative; positive control positive
match to unrelated donor excluded
< 10 pg/10^9 purified vg
≤ 10 ng DNA mL−1
< 5 EU endotoxin kg−1
1 to 4 infusion bags
≥ 2 dose vials
labeled amount ± -5%
Labeled amount ± minus 10%
Endotoxin -
""".strip().splitlines()

NO_NUMBER = """
97.5% (out of spec)
97.5% outside limits
97.5% aborted
97.5% (excluded)
97.5% (suspect)
97.5% (target)
97.5% (limit)
97.5% dead
95% averaged
95% across lots
95% overall
95% pool
95% three lots
> 95% (three donors)
> 95% (n=3 lots)
95% (range)
95% SD
GM 97.5%
1.7 × 10^8 average viable CAR+ cells
1.2 × 10^6 mean cells/kg
5 ng HCP dose−1
½
1/2 %
1.2M
1/29999999999999999999999
CD9+, CD63+, CD81+, calnexin −
""".strip().splitlines()

NO_OUTCOME = """
Mycoplasma —
Endotoxin -
positive -
growth -
Result —
negative (inconclusive)
negative (inhibited)
negative (turbid)
negative (positive)
negative (repeat)
no growth (contaminant)
Pass (conditional)
""".strip().splitlines()


@pytest.mark.parametrize("text", CRITERIA)
def test_a_criterion_whose_words_are_not_understood_is_refused(text: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_criterion(text)
    assert caught.value.findings


@pytest.mark.parametrize("text", NO_NUMBER)
def test_a_result_whose_words_may_change_it_is_refused(text: str) -> None:
    with pytest.raises(NotationError):
        parse_measurement(text)


@pytest.mark.parametrize("text", NO_OUTCOME)
def test_an_outcome_whose_words_may_change_it_is_none(text: str) -> None:
    found = parse_measurement(text)
    assert found.code is None
    assert "wording-kept" in found.findings.codes


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("97.5% (flow cytometry)", "97.5", "%"),
        ("93.9 % viable", "93.9", "%"),
        ("98 % purity", "98", "%"),
        (">99.0% CD4+CD25+", "99.0", "%"),
        ("5.2 x 10^6 cells/mL (post-thaw)", "5.2E6", "cell/mL"),
        ("0.8 EU/mL (Ph. Eur. 2.6.14)", "0.8", "EU/mL"),
    ],
)
def test_what_was_measured_and_how_may_stand_beside_a_result(text: str, value: str, unit: str) -> None:
    found = parse_measurement(text)
    assert (found.value, found.unit) == (value, unit)
    assert "words-kept" in found.findings.codes


@pytest.mark.parametrize("text", ["negative (PCR)", "Negative (Ph. Eur. 2.6.7)", "Negative (–)", "CD19 -"])
def test_what_was_measured_and_how_may_stand_beside_an_outcome(text: str) -> None:
    assert parse_measurement(text).code == "absent"


def test_a_number_of_several_is_not_reportable() -> None:
    assert parse_measurement("97.5% (n=3)").reportable is False
    assert parse_measurement("97.5% (n=1)").reportable is None
    assert judge(parse_measurement("97.5% (n=3)"), Limit.at_least("70", "%")).verdict != "conforms"


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("≤ 100 beads/3×10^6 T cells", "bead/(3*10^6*cell)"),
        ("≤ 10 pg/10^6 viable cells", "pg/(10^6*cell)"),
        ("≤ 10 EU per product bag", "EU/bag"),
        ("≤ 10 ng DNA/dose", "ng/dose"),
        ("≤ 10 pg DNA/mg protein", "pg/mg"),
        ("≤ 5 EU endotoxin/kg", "EU/kg"),
        ("≤ 5 copies/50ng", "copy/(50*ng)"),
        ("≥ 2.5 × 10^6 CD34+/kg", "cell/kg"),
        ("≥ 2 × 10^8 TNC/kg", "cell/kg"),
        ("≥ 70 per cent", "%"),
        ("≥ 70 per cent viable cells", "%"),
        ("2-8 ºC", "Cel"),
    ],
)
def test_a_denominator_is_never_lost(text: str, unit: str) -> None:
    found = parse_criterion(text)
    assert isinstance(found, Limit)
    assert found.unit == unit


def test_days_behind_no_growth_are_the_day_of_the_reading() -> None:
    assert getattr(parse_criterion("No growth in 14 days"), "read_day", None) == 14


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("≥ 10% NK cells, ≤ 95% T cells", ["NK cells", "T cells"]),
        ("≥ 80% CD56+CD3- NK cells and ≤ 1% CD3+ T cells", ["CD56+CD3- NK cells", "CD3+ T cells"]),
    ],
)
def test_two_bounds_of_two_parts_are_no_range(text: str, names: list[str]) -> None:
    found = parse_criterion(text)
    assert isinstance(found, AllOf)
    assert [member.component for member in found.members] == names
    assert isinstance(parse_criterion("≥ 70% viability, ≤ 90% viability"), Limit)


@pytest.mark.parametrize("text", ["Viability: 95 %", "Endotoxin: <0.5 EU/mL"])
def test_the_attribute_may_stand_before_its_result(text: str) -> None:
    found = parse_measurement(text)
    assert found.value is not None
    assert found.component is None


@pytest.mark.parametrize("text", ["CD19 97.5%", "CD19: 97.5%", "97.5 % CD19+"])
def test_a_result_of_another_marker_is_never_compared(text: str) -> None:
    judged = judge(parse_measurement(text), parse_criterion("CD3 ≥ 70 %"))
    assert (judged.verdict, judged.reason) == ("not-evaluated", "no-criterion")
    assert judge(parse_measurement("97.5%"), parse_criterion("CD3 ≥ 70 %")).verdict == "conforms"
