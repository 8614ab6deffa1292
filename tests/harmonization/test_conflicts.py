"""Sources that exclude each other: listed, never resolved, never met."""

from __future__ import annotations

import itertools

import pytest

import harmoniqc as hq

from .test_comparing import a_test, by_route, parts, spec, words

ABSENT = hq.Absence()
NEVER = ("conforms", "reported")


def two(one, other):
    sources = [spec(one, id="fda", jurisdiction="FDA"), spec(other, id="ema", jurisdiction="EMA")]
    return hq.harmonize(sources)


def rows(**fields):
    return [hq.Result(batch_id="B1", cqa="unlisted-attribute", **fields)]


EVERY_WAY = [
    rows(value=value, comparator=sign, unit=unit)
    for value, sign, unit in itertools.product(
        ("0", "1", "4.9", "5", "5.4", "6", "1000"), (None, "<", "<=", ">", ">="), ("%", "EU/mL", "pH", "cell/mL", None)
    )
]
EVERY_WAY += [rows(value_low="4", value_high=high, unit="%") for high in ("5", "6")]
EVERY_WAY += [
    rows(code=code, text=text, lod=lod, unit="%", read_day=14)
    for code, text, lod in itertools.product(
        (None, "clear", "pale", "absent", "present"), (None, "clear", "pale", "negative", "growth"), (None, "0.1")
    )
    if code or text
]

CONFLICTS = [
    ("limits", hq.Limit.at_most("5", "%"), hq.Limit.at_least("6", "%"), "conflicting-limits"),
    ("touching", hq.Limit.less_than("5", "%"), hq.Limit.at_least("5", "%"), "conflicting-limits"),
    ("outcomes", words("clear"), words("pale"), "conflicting-outcomes"),
    ("absence and presence", ABSENT, words("present"), "conflicting-outcomes"),
    ("units", hq.Limit.at_most("5", "%"), hq.Limit.at_most("5", "cell/mL"), "conflicting-units"),
    ("scales", hq.Limit.at_most("5", "pH"), hq.Limit.at_most("5", "%"), "conflicting-units"),
    (
        "parts",
        parts(CD73=hq.Limit.at_most("5", "%"), CD90=hq.Limit.at_most("5", "%")),
        parts(CD73=hq.Limit.at_least("6", "%"), CD90=hq.Limit.at_most("5", "%")),
        "conflicting-limits",
    ),
    (
        "either",
        hq.AnyOf(
            members=(hq.Member(criterion=hq.Limit.at_most("1", "%")), hq.Member(criterion=hq.Limit.at_least("9", "%")))
        ),
        hq.Limit.between("2", "8", "%"),
        "conflicting-limits",
    ),
]


@pytest.mark.parametrize(
    ("one", "other", "code"), [item[1:] for item in CONFLICTS], ids=[item[0] for item in CONFLICTS]
)
def test_a_conflict_is_listed_and_never_conforms(one, other, code):
    harmonized = two(one, other)
    (conflict,) = harmonized.conflicts
    assert (conflict.code, conflict.level) == (code, "error")
    assert "FDA" in conflict.message
    assert "EMA" in conflict.message
    assert harmonized.table.rows[0].states == ("conflict", "conflict")
    component = "CD73" if isinstance(one, hq.AllOf) else None
    for results in EVERY_WAY:
        results = [item.model_copy(update={"component": component}) for item in results]
        evaluation = hq.evaluate(results, harmonized.specification)
        assert [row["verdict"] for row in evaluation.tests.to_pylist() if row["verdict"] in NEVER] == []
        # The other order says the same.
        swapped = hq.evaluate(results, two(other, one).specification)
        assert [row["verdict"] for row in swapped.tests.to_pylist() if row["verdict"] in NEVER] == []


NO_CONFLICTS = [
    ("report", hq.ReportOnly(), hq.Limit.at_most("5", "%"), "comparison-not-assured"),
    (
        "disjoint only by rounding",
        hq.Limit.more_than("5", "%"),
        hq.Limit.at_most("5", "%", rounding="limit-decimals"),
        None,
    ),
    ("number and words", words("absent"), hq.Limit.at_most("5", "%"), "different-kinds"),
    ("carried by facts", hq.Limit.at_most("5", "EU/mL"), hq.Limit.at_most("5", "EU/kg"), "depends-on-facts"),
    ("the same in other words", words("absent"), ABSENT, "different-kinds"),
    ("alert limit", hq.Limit.at_most("5", "%"), hq.Limit.at_least("6", "%").model_copy(update={"role": "alert"}), None),
]


@pytest.mark.parametrize(
    ("one", "other", "code"), [item[1:] for item in NO_CONFLICTS], ids=[item[0] for item in NO_CONFLICTS]
)
def test_what_is_no_conflict(one, other, code):
    harmonized = two(one, other)
    assert not harmonized.conflicts
    assert harmonized.findings.codes == ({code} if code else set())
    assert harmonized.exact == (code != "comparison-not-assured")  # a report alone makes no batch conform


def test_rounding_may_join_what_is_written_apart():
    harmonized = two(hq.Limit.more_than("5", "%"), hq.Limit.at_most("5", "%", rounding="limit-decimals"))
    evaluation = hq.evaluate(rows(value="5.4", unit="%"), harmonized.specification)
    assert evaluation.tests.to_pylist()[0]["verdict"] == "conforms"


@pytest.mark.parametrize("kind", ["limit", "words"])
def test_a_conflict_in_some_cases_only(kind):
    low, high = (hq.Limit.at_most("5", "%"), hq.Limit.at_least("6", "%"))
    if kind == "words":
        low, high = words("clear"), words("pale")
    harmonized = two(by_route(low, low), by_route(high, low))
    (conflict,) = harmonized.conflicts
    assert conflict.message.endswith("if route is intrathecal")
    results = rows(value="4", unit="%") if kind == "limit" else rows(text="clear")
    # A row that states two outcomes at once satisfies either, and still not both.
    doubtful = results if kind == "limit" else rows(code="pale", text="clear")
    for route, given, expected in (
        ("intrathecal", results, "does-not-conform" if kind == "limit" else "not-evaluated"),
        ("intrathecal", doubtful, "does-not-conform" if kind == "limit" else "not-evaluated"),
        ("intravenous", results, "conforms"),
    ):
        batch = hq.Batch(id="B1", product="p", facts=(hq.Fact(name="route", value=route),))
        evaluation = hq.evaluate(given, harmonized.specification, batches=[batch])
        assert evaluation.tests.to_pylist()[0]["verdict"] == expected


def test_a_source_that_is_never_met_is_no_conflict_and_told():
    harmonized = two(hq.Unstructured(text="typical"), hq.Limit.at_most("5", "%"))
    assert not harmonized.conflicts
    assert "source-never-met" in harmonized.findings.codes
    assert [item.state for item in harmonized.provenance] == ["not-compared", "driving"]
    evaluation = hq.evaluate(rows(value="4", unit="%"), harmonized.specification)
    assert evaluation.batches.to_pylist()[0]["verdict"] == "incomplete"


def test_nothing_is_resolved_by_simplifying():
    sources = [
        spec(a_test(hq.Limit.at_most("5", "%")), id="fda"),
        spec(a_test(hq.Limit.at_least("6", "%")), id="ema"),
    ]
    simplified = hq.harmonize(sources, simplified=True)
    assert simplified.conflicts
    assert isinstance(simplified.specification.tests[0].criterion, hq.AllOf)
