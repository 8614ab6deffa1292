"""Dose rules of labels as criteria: by body weight, with a maximum in all, before and after a range changed."""

from __future__ import annotations

from datetime import date

import pytest

import harmoniqc as hq
from harmoniqc.standard.product import DoseRule

LATER, EARLIER = date(2025, 1, 1), date(2023, 6, 30)


def fact(value: str, unit: str | None = None) -> dict[str, str | None]:
    return {"value": value, "unit": unit}


def weight(kg: str) -> dict[str, dict[str, str | None]]:
    return {"body-weight": fact(kg, "kg")}


def verdict(product: str, value: str, unit: str, facts, **asked) -> str:
    limit = hq.dose_limit(hq.products[product], facts, **asked)
    return hq.judge(hq.Measurement(value=value, unit=unit), limit, facts=facts).verdict


def refused(product: hq.Product, *arguments, **asked) -> str:
    with pytest.raises(hq.SelectionError) as caught:
        hq.dose_limit(product, *arguments, **asked)
    return caught.value.findings[0].code


@pytest.mark.parametrize(
    ("kg", "cells", "expected"),
    [
        ("50", "2.5E8", "conforms"),  # 5.0E6/kg, the largest dose of a patient of 50 kg
        ("50", "2.51E8", "does-not-conform"),
        ("50", "1.0E7", "conforms"),  # 0.2E6/kg
        ("50", "0.99E7", "does-not-conform"),
        ("25", "1.25E8", "conforms"),
        ("25", "1.26E8", "does-not-conform"),
        ("50.1", "2.5E8", "conforms"),
        ("80", "2.51E8", "does-not-conform"),
        ("80", "0.1E8", "conforms"),
        ("80", "0.99E7", "does-not-conform"),
    ],
)
def test_kymriah_by_body_weight(kg: str, cells: str, expected: str) -> None:
    facts = {"indication": fact("B-ALL"), **weight(kg)}
    assert verdict("kymriah", cells, "cell", facts) == expected


def test_kymriah_of_another_indication_does_not_ask_for_a_weight() -> None:
    facts = {"indication": fact("diffuse large B-cell lymphoma")}
    limit = hq.dose_limit(hq.products["kymriah"], facts)
    assert limit == hq.Limit(
        low=hq.Bound(value="0.6E8"), high=hq.Bound(value="6.0E8"), unit="cell", population="CAR-positive viable T cells"
    )
    assert limit.source.evidence == "secondary"
    assert verdict("kymriah", "6.0E8", "cell", facts) == "conforms"


@pytest.mark.parametrize("facts", [{}, {"indication": fact("B-ALL")}, weight("30")])
def test_nothing_has_a_default(facts) -> None:
    limit = hq.dose_limit(hq.products["kymriah"], facts)
    assert isinstance(limit, hq.Conditional)
    judgment = hq.judge(hq.Measurement(value="2E8", unit="cell"), limit, facts=facts)
    assert (judgment.verdict, judgment.reason) == ("not-evaluated", "needs-fact")


def test_an_indication_the_label_does_not_name_has_no_branch() -> None:
    facts = {"indication": fact("asthma"), **weight("30")}
    limit = hq.dose_limit(hq.products["kymriah"], facts)
    assert hq.judge(hq.Measurement(value="2E8", unit="cell"), limit, facts=facts).reason == "no-branch"


@pytest.mark.parametrize(
    ("cells", "as_of", "expected"),
    [
        ("480E6", LATER, "conforms"),
        ("480E6", EARLIER, "does-not-conform"),
        ("460E6", EARLIER, "conforms"),
        ("510E6", LATER, "conforms"),
        ("511E6", LATER, "does-not-conform"),
        ("299E6", LATER, "does-not-conform"),
        ("480E6", date(2024, 3, 31), "does-not-conform"),
        ("480E6", date(2024, 5, 1), "conforms"),
    ],
)
def test_abecma_before_and_after_its_range_changed(cells: str, as_of: date, expected: str) -> None:
    assert verdict("abecma", cells, "cell", {}, as_of=as_of) == expected


def test_a_day_on_which_it_is_not_known_which_rule_held_is_refused() -> None:
    assert refused(hq.products["abecma"], as_of=date(2024, 4, 10)) == "ambiguous-dose-rule"
    assert refused(hq.products["abecma"]) == "ambiguous-dose-rule"
    assert refused(hq.products["abecma"], as_of=date(2024, 4, 30)) == "ambiguous-dose-rule"


def test_zolgensma_by_weight_with_the_tolerance_of_the_user() -> None:
    zolgensma = hq.products["zolgensma"]
    facts = weight("3.5")
    dose = hq.Measurement(value="3.85E14", unit="vg")
    bare = hq.dose_limit(zolgensma, facts, cqa="vector-genome-dose")
    assert hq.judge(dose, bare, facts=facts).reason == "no-tolerance"
    exact = hq.dose_limit(
        zolgensma, facts, cqa="vector-genome-dose", tolerance=hq.Tolerance(minus="10", plus="10", relative=True)
    )
    judgment = hq.judge(dose, exact, facts=facts)
    assert judgment.verdict == "conforms"
    assert judgment.derived[0].unit == "vg/kg"
    assert exact.source.evidence == "secondary"
    assert hq.judge(hq.Measurement(value="4.3E14", unit="vg"), exact, facts=facts).verdict == "does-not-conform"
    assert hq.judge(dose, exact).reason == "needs-fact"


@pytest.mark.parametrize(("kg", "volume"), [("2.6", "16.5"), ("3.0", "16.5"), ("3.5", "19.3"), ("21.0", "115.5")])
def test_zolgensma_volume_by_band(kg: str, volume: str) -> None:
    target = hq.dose_limit(hq.products["zolgensma"], weight(kg), cqa="dose-volume")
    assert (target.value, target.unit) == (volume, "mL")


def test_a_weight_between_two_bands_is_no_band() -> None:
    limit = hq.dose_limit(hq.products["zolgensma"], weight("3.05"), cqa="dose-volume")
    assert hq.judge(hq.Measurement(value="17", unit="mL"), limit, facts=weight("3.05")).reason == "no-branch"


def test_the_attribute_has_to_be_said_where_there_are_several() -> None:
    assert refused(hq.products["zolgensma"], weight("3.5")) == "ambiguous-dose-rule"
    assert refused(hq.products["zolgensma"], cqa="endotoxin") == "no-dose-rule"
    assert refused(hq.products["omisirge"]) == "no-dose-rule"
    assert refused(hq.products["kymriah"], authority="PMDA", cqa="dose-volume") == "no-dose-rule"


@pytest.mark.parametrize(
    ("kg", "cells", "expected"),
    [
        ("70", "7E7", "conforms"),
        ("70", "3.5E7", "conforms"),
        ("70", "7.1E7", "does-not-conform"),
        ("120", "1E8", "conforms"),  # 0.83E6/kg: the maximum in all is below the range per kg
        ("120", "1.1E8", "does-not-conform"),
        ("120", "5.9E7", "does-not-conform"),
    ],
)
def test_carvykti_has_a_range_per_weight_and_a_maximum_in_all(kg: str, cells: str, expected: str) -> None:
    assert verdict("carvykti", cells, "cell", weight(kg)) == expected


@pytest.mark.parametrize(("kg", "cells"), [("70", "1.4E8"), ("100", "2E8"), ("120", "2E8")])
def test_yescarta_stops_at_its_maximum(kg: str, cells: str) -> None:
    close = hq.Tolerance(minus="0.1", plus="0.1", relative=True)
    assert verdict("yescarta", cells, "cell", weight(kg), tolerance=close) == "conforms"
    assert verdict("yescarta", "2.1E8", "cell", weight(kg), tolerance=close) == "does-not-conform"


@pytest.mark.parametrize(("kg", "ml"), [("85", "170")])
def test_hemgenix_by_its_own_example(kg: str, ml: str) -> None:
    exact = hq.Tolerance(minus="0", plus="0")
    volume = hq.dose_limit(hq.products["hemgenix"], weight(kg), cqa="dose-volume", tolerance=exact)
    assert (volume.value, volume.unit) == ("2", "mL/kg")
    assert verdict("hemgenix", "1.7E15", "vg", weight(kg), cqa="vector-genome-dose", tolerance=exact) == "conforms"


def test_elevidys_is_fixed_from_seventy_kilograms() -> None:
    exact = hq.Tolerance(minus="0", plus="0")
    for kg, dose in (("19.6", "2.6068E15"), ("70", "9.31E15"), ("90", "9.31E15")):
        asked = {"cqa": "vector-genome-dose", "tolerance": exact}
        assert verdict("elevidys", dose, "vg", weight(kg), **asked) == "conforms"


def test_what_is_known_from_memory_never_decides() -> None:
    facts = {"indication": fact("B-ALL"), **weight("70")}
    limit = hq.dose_limit(hq.products["tecartus"], facts)
    assert limit.source.evidence == "memory"
    judgment = hq.judge(hq.Measurement(value="7E7", unit="cell"), limit, facts=facts)
    assert (judgment.verdict, judgment.reason) == ("not-evaluated", "unstructured-criterion")


def test_a_limit_stands_in_a_specification() -> None:
    limit = hq.dose_limit(hq.products["kymriah"], cqa="transduced-cell-dose")
    specification = hq.Specification(
        id="dose",
        version="1",
        product="kymriah",
        rounding="none",
        tests=(hq.Test(id="dose", cqa="transduced-cell-dose", required=True, criterion=limit),),
    )
    batches = [
        hq.Batch(
            id=f"B{kg}",
            product="kymriah",
            facts=(
                hq.Fact(name="body-weight", value=kg, unit="kg"),
                hq.Fact(name="indication", value="B-ALL"),
            ),
        )
        for kg in ("40", "60")
    ]
    results = [hq.Result(batch_id=f"B{kg}", test_id="dose", value="2.2E8", unit="cell") for kg in ("40", "60")]
    verdicts = hq.evaluate(results, [specification], batches=batches).verdicts.column("verdict").to_pylist()
    assert verdicts == ["does-not-conform", "conforms"]


def rule(**fields) -> DoseRule:
    return DoseRule(cqa="viable-cell-count", unit="cell", low=hq.Bound(value="1"), **fields)


def test_rules_that_contradict_each_other_are_refused() -> None:
    heavy = hq.FactCondition(fact="body-weight", low=hq.Bound(value="10"), unit="kg")
    light = hq.FactCondition(fact="body-weight", high=hq.Bound(value="20"), unit="kg")
    overlapping = hq.Product(id="x", dose_rules=(rule(when=heavy), rule(when=light)))
    assert refused(overlapping, weight("15")) == "ambiguous-dose-rule"
    assert isinstance(hq.dose_limit(overlapping, weight("5")), hq.Limit)
    assert refused(hq.Product(id="x", dose_rules=(rule(), rule(when=heavy))), {}) == "ambiguous-dose-rule"
    assert refused(hq.Product(id="x", dose_rules=(rule(valid_to="2020"),)), as_of=LATER) == "no-dose-rule"
    assert refused(hq.Product(id="x", dose_rules=(rule(valid_from="2026-02-03"),)), as_of=LATER) == "no-dose-rule"


def test_a_maximum_that_is_no_short_decimal_is_refused() -> None:
    dose = DoseRule(nominal={"value": "3", "unit": "cell/kg"}, maximum={"value": "10", "unit": "cell"})
    assert refused(hq.Product(id="x", dose_rules=(dose,))) == "no-dose-rule"
    dose = DoseRule(nominal={"value": "4", "unit": "cell/kg"}, maximum={"value": "9", "unit": "cell"})
    assert "2.25 kg" in str(hq.dose_limit(hq.Product(id="x", dose_rules=(dose,))))
