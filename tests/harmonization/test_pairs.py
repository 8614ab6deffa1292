"""Real specifications: three authorities on one attribute, changes over time, three products with three limits."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import harmoniqc as hq

PAIRS = Path(__file__).parent / "pairs"
INTRATHECAL = hq.FactCondition(fact="route", equals=("intrathecal",))


def pair(name: str) -> hq.Specification:
    found = hq.read(PAIRS / f"{name}.json")
    assert isinstance(found, hq.Specification)
    return found


@pytest.mark.parametrize("path", sorted(PAIRS.glob("*.json")), ids=lambda path: path.stem)
def test_every_statement_names_its_source(path):
    for test in pair(path.stem).tests:
        assert test.criterion.source.document


# -- changes over time ---------------------------------------------------------------------------------------------


def test_abecma_480_million_conforms_to_the_later_label_alone():
    before, after = pair("abecma-us-2023"), pair("abecma-us-2024")
    comparison = hq.compare(before, after)
    (change,) = comparison.changes
    assert (change.relation, change.matched_by) == ("looser", "id")
    assert (comparison.implies_b, comparison.implied_by) == (True, False)
    dose = hq.Result(batch_id="B1", cqa="transduced-cell-dose", value="480E6", unit="cell")
    harmonized = hq.harmonize([before, after]).specification
    verdicts = [hq.evaluate([dose], item).batches.to_pylist()[0]["verdict"] for item in (before, after, harmonized)]
    assert verdicts == ["does-not-conform", "conforms", "does-not-conform"]


def test_storage_of_6_9_and_12_months():
    first, later, other = pair("comirnaty-2020"), pair("comirnaty-later"), pair("spikevax")
    comparison = hq.compare(first, later)
    assert {change.test_b: change.relation for change in comparison.changes} == {
        "temperature": "looser",
        "time": "looser",
    }
    assert comparison.implies_b is True
    across = {change.test_b: change for change in hq.compare(later, other).changes}
    assert (across["time"].relation, across["temperature"].relation) == ("tighter", "shifted")
    harmonized = hq.harmonize([first, later, other], product="mrna-vaccines")
    assert [item.state for item in harmonized.of("time")] == ["driving", "redundant", "redundant"]
    (conflict,) = harmonized.conflicts
    assert conflict.code == "conflicting-limits"
    assert "-25 °C to -15 °C" in conflict.found
    rows = [hq.Result(batch_id="B1", cqa="storage-temperature", value=value, unit="Cel") for value in ("-70", "-20")]
    rows.append(hq.Result(batch_id="B1", cqa="shelf-life", value="5", unit="month"))
    for row in rows[:2]:
        evaluation = hq.evaluate([row, rows[2]], harmonized.specification)
        assert [item["verdict"] for item in evaluation.batches.to_pylist()] == ["does-not-conform"]


# -- three products, three limits ----------------------------------------------------------------------------------


def test_three_ipsc_products():
    specifications = [pair(name) for name in ("ipsc-dopaminergic", "ipsc-stock", "ipsc-neural")]
    with pytest.raises(hq.SelectionError) as caught:
        hq.harmonize(specifications)
    assert caught.value.findings.codes == {"not-harmonizable"}
    harmonized = hq.harmonize(specifications, product="ipsc-derived")
    assert harmonized.exact
    assert [item.state for item in harmonized.provenance] == ["driving", "redundant", "redundant"]
    assert harmonized.table.rows[0].states == ("driving", "redundant", "redundant")
    assert str(hq.harmonize(specifications, product="p", simplified=True).specification.tests[0].criterion) == (
        "≤ 1 EU/mL"
    )
    chain = [hq.compare(one, other) for one, other in itertools.pairwise(specifications)]
    assert [(item.changes[0].relation, item.implies_b, item.implied_by) for item in chain] == [
        ("looser", True, False),
        ("looser", True, False),
    ]


# -- three authorities, one attribute ------------------------------------------------------------------------------


def endotoxin(authority: str, intrathecal: str, otherwise: str) -> hq.Specification:
    """Return what a pharmacopoeia asks, as the crosswalk has it: an endotoxin limit by route."""
    criterion = hq.Conditional(
        branches=(hq.Branch(when=INTRATHECAL, criterion=hq.crosswalk.criterion(intrathecal)),),
        otherwise=hq.crosswalk.criterion(otherwise),
    )
    test = hq.Test(id="endotoxin", cqa="endotoxin", criterion=criterion)
    return hq.Specification(
        id=authority.lower(), version="1", product="p", rounding="none", jurisdiction=authority, tests=(test,)
    )


USP = endotoxin("FDA", "USP-012", "USP-011")
PH_EUR = endotoxin("EMA", "PHEUR-023", "PHEUR-022")
JP = endotoxin("PMDA", "JP-008", "JP-007")


def batch(route: str) -> hq.Batch:
    """Return a batch of which 1 mL per kg is given within an hour."""
    facts = (
        hq.Fact(name="route", value=route),
        hq.Fact(name="dose-volume", value="70", unit="mL"),
        hq.Fact(name="body-weight", value="70", unit="kg"),
        hq.Fact(name="infusion-duration", value="30", unit="min"),
    )
    return hq.Batch(id="B1", product="p", facts=facts)


def test_three_authorities_on_endotoxin():
    harmonized = hq.harmonize([USP, PH_EUR, JP])
    assert harmonized.exact
    assert not harmonized.conflicts
    # Less than the threshold dose is asked in Europe, not more than it elsewhere; 5 and 5.0 are the same, unrounded.
    assert {item.authority: item.state for item in harmonized.provenance} == {
        "FDA": "redundant",
        "EMA": "driving",
        "PMDA": "redundant",
    }
    assert hq.compare(USP, JP).changes[0].relation == "unchanged"
    change = hq.compare(USP, PH_EUR).changes[0]
    assert change.relation == "tighter"
    assert [relation for _, relation in change.cells] == ["tighter", "tighter"]
    assert (change.a_implies_b, change.b_implies_a) == (False, True)


@pytest.mark.parametrize(
    ("route", "value", "expected"),
    [
        ("intravenous", "5", ["conforms", "does-not-conform", "conforms", "does-not-conform"]),
        ("intravenous", "4.999", ["conforms"] * 4),
        ("intrathecal", "0.2", ["conforms", "does-not-conform", "conforms", "does-not-conform"]),
        ("intrathecal", "4.999", ["does-not-conform"] * 4),
    ],
)
def test_they_judge_a_batch_as_they_should(route, value, expected):
    specifications = [USP, PH_EUR, JP, hq.harmonize([USP, PH_EUR, JP]).specification]
    result = hq.Result(batch_id="B1", cqa="endotoxin", value=value, unit="EU/mL")
    evaluation = hq.evaluate([result], specifications, batches=[batch(route)])
    assert [row["verdict"] for row in evaluation.batches.to_pylist()] == expected
