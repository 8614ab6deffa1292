"""Twenty traps of published tables, one test each: the reading, and where a verdict is at stake, the verdict."""

from __future__ import annotations

import pytest

from harmoniqc import judge, parse_criterion, parse_measurement
from harmoniqc.errors import NotationError
from harmoniqc.standard import AllOf, Conditional, Limit, Target


def verdict(result: str, criterion: str, unit: str | None = None) -> str:
    return judge(parse_measurement(result, unit), parse_criterion(criterion, unit)).verdict


def refusal(text: str, unit: str | None = None) -> str:
    with pytest.raises(NotationError) as caught:
        parse_criterion(text, unit)
    return caught.value.findings[0].code


def test_trap_01_censored_results_can_conform() -> None:
    assert verdict("< 0.3 EU/mL", "≤ 0.3 EU/mL") == "conforms"
    assert verdict("<0.5 EU/mL", "<0.5 EU/mL") == "conforms"
    assert verdict("≤30", "<30") == "indeterminate"


def test_trap_02_censored_results_can_fail() -> None:
    assert verdict(">5 %", "≤5 %") == "does-not-conform"
    assert verdict("<80 %", "≥80 %") == "does-not-conform"


def test_trap_03_a_worst_case_over_lots_is_no_result_of_one() -> None:
    worst = parse_measurement("<0.5 EU/mL (9/9 lots)")
    assert (worst.statistic, worst.n, worst.reportable) == ("proportion", 9, False)
    assert judge(worst, parse_criterion("≤ 0.5 EU/mL")).verdict == "not-evaluated"


def test_trap_04_units_are_never_compared_as_numbers() -> None:
    assert verdict("2.09 μg/mg", "<1 %") == "conforms"  # 0.209 %
    assert verdict("500 μg/mL", "≥ 0.1 mg/mL") == "conforms"
    assert verdict("2.09 μg/mL", "<1 %") == "not-evaluated"
    assert (
        judge(parse_measurement("10.37", "×10^6 cells"), parse_criterion("≥1.0 × 106", "cells")).verdict == "conforms"
    )


def test_trap_05_no_weight_is_assumed() -> None:
    assert verdict("0.5 EU/mL", "≤ 5 EU/kg") == "not-evaluated"
    found = parse_criterion("35 × 106 cells for a 70-kg patient (>0.5 × 106 cells/kg)")
    assert found == Limit.more_than("0.5E6", "cell/kg")
    assert "reference-weight" in found.findings.codes
    assert refusal("36 × 106 cells for a 70-kg patient (>0.5 × 106 cells/kg)") == "unrelated-numbers"


def test_trap_06_the_direction_is_that_of_the_text() -> None:
    assert parse_criterion("> 5 copies", "copies/100 ng DNA") == Limit.more_than("5", "copy/(100*ng)")
    assert parse_criterion("≤10 copies/cell") == Limit.at_most("10", "copy/cell")
    assert parse_criterion("≥ 7.643 ΔΔCt") == Limit.at_least("7.643", "ddCt")


def test_trap_07_what_is_printed_is_read_even_where_it_is_a_typo() -> None:
    assert parse_criterion("CD127 ≥10.0 %") == Limit.at_least("10.0", "%")


def test_trap_08_a_mean_is_no_result_of_a_batch() -> None:
    mean = parse_measurement("97.5 ± 1.6 %")
    assert (mean.value, mean.sd, mean.statistic, mean.reportable) == ("97.5", "1.6", "mean", False)
    assert judge(mean, parse_criterion("≥ 90 %")).verdict == "not-evaluated"


def test_trap_09_a_mean_with_its_range_keeps_both() -> None:
    found = parse_measurement("5.3 °C [4.0–24.6]")
    assert (found.value, found.value_low, found.value_high, found.unit) == ("5.3", "4.0", "24.6", "Cel")
    assert judge(found, parse_criterion("2–8 °C")).verdict == "not-evaluated"


@pytest.mark.parametrize("text", ["Not analyzed", "n.a.", "nd", "–", "Not available"])
def test_trap_10_a_missing_result_is_no_pass(text: str) -> None:
    for criterion in ("≤ 5 EU/mL", "negative", "report results"):
        assert verdict(text, criterion) == "not-evaluated"


def test_trap_11_a_failure_stays_one_whatever_was_decided() -> None:
    assert verdict("65 %", "≥ 70 %") == "does-not-conform"
    with pytest.raises(NotationError):
        parse_measurement("65 % (released under managed access, 1 of 2)")


def test_trap_12_a_power_of_ten_behind_a_range_belongs_to_both_ends() -> None:
    assert parse_criterion("0.6 to 6.0 x 10^8") == Limit.between("0.6E8", "6.0E8")
    assert parse_criterion("0.1 – 2 × 10^11 cells") == Limit.between("0.1E11", "2E11", "cell")
    assert refusal("100 to 1 × 10^6 cells") == "ambiguous-number"


def test_trap_13_minimum_and_maximum_are_two_ends() -> None:
    found = parse_criterion("Minimum 75×106 final dose Maximum 150×106 final dose", "cells final dose")
    assert found == Limit.between("75E6", "150E6", "cell/dose")


def test_trap_14_more_genomes_than_capsids_is_no_error_of_reading() -> None:
    assert parse_measurement("104.5 %").value == "104.5"


def test_trap_15_printed_digits_are_kept() -> None:
    assert parse_measurement("19.3 mL").value == "19.3"
    assert parse_measurement("0.45e11 vg").value == "0.45E11"
    assert parse_criterion("≥ 98.0 %") != parse_criterion("≥ 98 %")


def test_trap_16_minus_signs_in_print() -> None:
    assert parse_criterion("−25 °C to −15 °C") == Limit.between("-25", "-15", "Cel")
    assert parse_criterion("–25℃ to 15℃") == Limit.between("-25", "15", "Cel")  # what is lost cannot be known
    assert parse_measurement("− 3.9 °C").value == "-3.9"
    assert parse_criterion("4-13", "%") == Limit.between("4", "13", "%")


def test_trap_17_nested_limits_all_bind() -> None:
    text = "Minimum of 8 x 108 total viable cells (minimum of 8.7% is CD34+ cells [a minimum of 9.2 x 107 CD34+ cells])"
    found = parse_criterion(text)
    assert isinstance(found, AllOf)
    lows = [member.criterion.low.value for member in found.members]  # type: ignore[union-attr]
    assert lows == ["8E8", "8.7", "9.2E7"]


def test_trap_18_the_attribute_is_not_taken_from_the_words() -> None:
    found = parse_criterion("≥ 80% viability of target cells")
    assert isinstance(found, Limit)
    assert (found.low, found.unit) == (Limit.at_least("80").low, "%")
    assert "words-kept" in found.findings.codes


def test_trap_19_each_infusion_has_its_own_limit() -> None:
    found = parse_criterion("First infusion ≥5.0 × 10^3; subsequent ≥4.0 × 10^3 IEQ/kg")
    assert isinstance(found, Conditional)
    assert [branch.criterion for branch in found.branches] == [
        Limit.at_least("5.0E3", "IEQ/kg"),
        Limit.at_least("4.0E3", "IEQ/kg"),
    ]


def test_trap_20_a_label_may_hold_the_criterion() -> None:
    assert parse_criterion("Endotoxin (<10 EU ml−1)") == Limit.less_than("10", "EU/mL")
    assert isinstance(parse_criterion("5.6 × 10^11 vg/mL"), Target)
