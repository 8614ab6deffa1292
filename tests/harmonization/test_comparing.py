"""Tests of two specifications: how they were matched, what changed, and what meeting the one says of the other."""

from __future__ import annotations

from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc.harmonization import Equivalence
from harmoniqc.harmonization.comparing import HEADER
from harmoniqc.standard.decimal_text import from_fraction, to_fraction

from .made import a_batch, any_criterion, close_limits, met, results, sources

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck))
NMT_5 = hq.Limit.at_most("5.0", "EU/mL")


def a_test(criterion, id="t", cqa="unlisted-attribute", **further):
    return hq.Test(id=id, cqa=cqa, criterion=criterion, **further)


def spec(*tests, id="a", rounding="none", **further):
    tests = tuple(item if isinstance(item, hq.Test) else a_test(item) for item in tests)
    return hq.Specification(id=id, version="1", product="p", rounding=rounding, tests=tests, **further)


def only(before, after, **further):
    (change,) = hq.compare(spec(before), spec(after, id="b"), **further).changes
    return change


def words(*codes, **further):
    return hq.Category(accept=tuple(hq.CodedOutcome(code=code) for code in codes), **further)


def by_route(intrathecal, otherwise):
    when = hq.FactCondition(fact="route", equals=("intrathecal",))
    return hq.Conditional(branches=(hq.Branch(when=when, criterion=intrathecal),), otherwise=otherwise)


def parts(**limits):
    return hq.AllOf(members=tuple(hq.Member(component=name, criterion=limit) for name, limit in limits.items()))


TARGET = {"unit": "%", "tolerance": hq.Tolerance(minus="5", plus="5")}
SHOWN = hq.Quantity(value="0.1", unit="EU/mL")
RELATIONS = [
    # numbers, across units, rounding, targets
    (NMT_5, hq.Limit.at_most("5.0", "EU/mL"), "unchanged"),
    (NMT_5, hq.Limit.at_most("5000", "EU/L"), "unchanged"),
    (NMT_5, hq.Limit.at_most("4999", "EU/L"), "tighter"),
    (NMT_5, hq.Limit.less_than("5.0", "EU/mL"), "tighter"),
    (NMT_5, hq.Limit.at_most("5.0", "EU/mL", rounding="limit-decimals"), "looser"),
    (NMT_5, hq.Limit.at_most("5.04", "EU/mL"), "looser"),
    # 5.04 conforms to the second alone; "<5.04" to the first alone, for what is censored is never rounded
    (hq.Limit.at_most("5.04", "EU/mL"), hq.Limit.at_most("5.0", "EU/mL", rounding="limit-decimals"), "shifted"),
    (NMT_5, hq.Limit.at_least("5.0", "EU/mL"), "shifted"),
    (NMT_5, hq.Limit.between("0", "5.0", "EU/mL"), "unchanged"),  # there is nothing below zero
    (NMT_5, hq.Limit.at_most("5", "EU/kg"), "incomparable"),
    (hq.Limit.between("6.9", "7.4", "pH"), hq.Limit.between("6.9", "7.4", "%"), "incomparable"),
    (hq.Target(value="100", **TARGET), hq.Limit.between("95", "105", "%"), "unchanged"),
    (hq.Target(value="100", **TARGET), hq.Limit.between("90", "110", "%"), "looser"),
    (hq.Limit.at_most("2", "month"), hq.Limit.at_most("1", "month", rounding="limit-decimals"), "tighter"),
    (hq.Limit.at_most("8", "Cel"), hq.Limit.at_most("281.15", "K"), "unchanged"),
    # a nominal value that is a fact of the batch: percentages of it keep their order
    (
        hq.Target(nominal="labeled-amount", unit="%", tolerance=hq.Tolerance(minus="10", plus="10", relative=True)),
        hq.Target(nominal="labeled-amount", unit="%", tolerance=hq.Tolerance(minus="5", plus="10", relative=True)),
        "tighter",
    ),
    (
        hq.Target(nominal="labeled-amount", unit="%", tolerance=hq.Tolerance(minus="10", plus="10", relative=True)),
        hq.Target(nominal="labeled-amount", unit="%", tolerance=hq.Tolerance(minus="5", plus="5")),
        "incomparable",
    ),
    # words
    (words("clear"), words("clear", "pale"), "looser"),
    (words("clear", "pale"), words("clear"), "tighter"),
    (words("clear"), words("pale"), "shifted"),
    (words("clear"), words("clear", otherwise="does-not-conform"), "unchanged"),
    (words("absent"), hq.Category(accept=(hq.CodedOutcome(code="absent", synonyms=("Negative",)),)), "unchanged"),
    (words("absent"), NMT_5, "incomparable"),
    (hq.ReportOnly(), NMT_5, "tighter"),
    (words("clear"), hq.ReportOnly(), "looser"),
    # absence: how much, how sensitive, how long
    (hq.Absence(), hq.Absence(read_day=14), "tighter"),
    (hq.Absence(read_day=14), hq.Absence(read_day=7), "looser"),
    (
        hq.Absence(amount=hq.Quantity(value="1", unit="mL")),
        hq.Absence(amount=hq.Quantity(value="0.01", unit="L")),
        "tighter",
    ),
    (hq.Absence(), hq.Absence(sensitivity=SHOWN), "tighter"),
    (hq.Absence(sensitivity=SHOWN), hq.Absence(), "looser"),
    (hq.Absence(sensitivity=SHOWN), hq.Absence(sensitivity=hq.Quantity(value="10", unit="EU/L")), "tighter"),
    (hq.Absence(read_day=14), hq.Absence(amount=hq.Quantity(value="1", unit="mL")), "shifted"),
    (hq.Absence(of="Escherichia coli"), hq.Absence(of="Candida albicans"), "incomparable"),
    (hq.Identity(reference="donor"), hq.Identity(reference="master cell bank"), "incomparable"),
    # composites
    (hq.AllOf(members=(hq.Member(criterion=NMT_5),)), NMT_5, "unchanged"),
    (parts(CD73=hq.Limit.at_least("90", "%")), parts(CD73=hq.Limit.at_least("95", "%")), "tighter"),
    (
        parts(CD73=hq.Limit.at_least("90", "%"), CD90=hq.Limit.at_least("90", "%")),
        parts(CD73=hq.Limit.at_least("90", "%")),
        "looser",
    ),
    (
        parts(CD73=hq.Limit.at_least("90", "%"), CD90=hq.Limit.at_least("90", "%")),
        parts(CD73=hq.Limit.at_least("95", "%"), CD90=hq.Limit.at_least("80", "%")),
        "shifted",
    ),
    (
        NMT_5,
        hq.AnyOf(members=(hq.Member(criterion=NMT_5), hq.Member(criterion=hq.Limit.at_least("9", "EU/mL")))),
        "looser",
    ),
    # conditions, case by case
    (NMT_5, by_route(hq.Limit.at_most("0.2", "EU/mL"), NMT_5), "tighter"),
    (by_route(hq.Limit.at_most("0.2", "EU/mL"), NMT_5), by_route(hq.Limit.at_most("2", "EU/mL"), NMT_5), "looser"),
    (
        by_route(hq.Limit.at_most("0.2", "EU/mL"), NMT_5),
        by_route(hq.Limit.at_most("2", "EU/mL"), hq.Limit.at_most("2", "EU/mL")),
        "shifted",
    ),
    # what has no structure is compared with nothing but itself
    (hq.Unstructured(text="typical"), hq.Unstructured(text="typical"), "unchanged"),
    (hq.Unstructured(text="typical"), hq.Unstructured(text="as expected"), "incomparable"),
    (hq.Trend(direction="decreasing"), hq.Trend(direction="increasing"), "incomparable"),
]


@pytest.mark.parametrize(("before", "after", "relation"), RELATIONS, ids=lambda item: str(item)[:40])
def test_relation(before, after, relation):
    change = only(before, after)
    assert change.relation == relation
    opposite = {"tighter": "looser", "looser": "tighter"}
    assert only(after, before).relation == opposite.get(relation, relation)
    if relation == "incomparable":
        assert change.why


FACETS = [
    ({"method": hq.Method(name="LAL")}, {"method": hq.Method(name="rFC")}, "method"),
    ({"stage": "release"}, {}, "stage"),
    ({}, {"material": "drug-substance"}, "material"),
    ({}, {"sampling_point": "bag"}, "sampling-point"),
    ({"read_point": hq.ReadPoint(day=14)}, {"read_point": hq.ReadPoint(day=7)}, "read-point"),
    ({}, {"decision_points": ("certification",)}, "decision-points"),
    ({}, {"required": False}, "required"),
    ({}, {"safety_critical": True}, "safety-critical"),
    ({"name": "Endotoxin"}, {"name": "Bacterial endotoxins"}, "name"),
    ({}, {"applies_when": hq.FactCondition(fact="route", equals=("intravenous",))}, "applies-when"),
    ({}, {"reportable": hq.Reportable(n=3)}, "reportable"),
    ({}, {"roll_up": hq.RollUp(kind="sum")}, "roll-up"),
]


@pytest.mark.parametrize(("before", "after", "facet"), FACETS, ids=[item[2] for item in FACETS])
def test_facets_of_tests(before, after, facet):
    change = only(a_test(NMT_5, **before), a_test(NMT_5, **after))
    assert change.changed == {facet}
    assert change.relation == ("looser" if facet == "applies-when" else "unchanged")


CRITERIA = [
    (hq.Limit.at_most("5000", "EU/L"), {"unit", "text"}),
    (NMT_5.model_copy(update={"rounding": "limit-decimals"}), {"rounding"}),
    (NMT_5.model_copy(update={"role": "alert"}), {"role"}),
    (NMT_5.model_copy(update={"basis": "dossier-defined"}), {"basis"}),
    (NMT_5.model_copy(update={"population": "viable cells"}), {"population", "text"}),
    (NMT_5.model_copy(update={"text": "NMT 5.0 EU/mL"}), {"text"}),
]


@pytest.mark.parametrize(
    ("after", "facets"), CRITERIA, ids=lambda item: "-".join(sorted(item)) if isinstance(item, set) else ""
)
def test_facets_of_criteria(after, facets):
    change = only(NMT_5, after)
    assert change.changed == facets
    assert change.is_text_only == (facets == {"text"})


def test_rounding_of_the_specification_is_a_facet_unless_it_changes_nothing():
    one, other = spec(NMT_5), spec(NMT_5, id="b", rounding="limit-decimals")
    assert hq.compare(one, other).changes[0].changed == {"rounding"}
    cold = hq.Limit.between("2", "8", "Cel")
    (change,) = hq.compare(spec(cold), spec(cold, id="b", rounding="limit-decimals")).changes
    assert (change.relation, change.facets) == ("unchanged", ())
    assert [item.name for item in hq.compare(one, other).differences] == ["id", "rounding"]


# -- matching ------------------------------------------------------------------------------------------------------


def test_matched_by_id_by_address_and_by_attribute():
    before = spec(
        a_test(NMT_5, "a", "endotoxin"),
        a_test(NMT_5, "b", "cell-purity", stage="release"),
        a_test(NMT_5, "c", "cell-purity", stage="in-process"),
        a_test(NMT_5, "d", "cell-viability", method=hq.Method(name="one")),
        a_test(NMT_5, "gone", "sterility"),
    )
    after = spec(
        a_test(NMT_5, "new", "mycoplasma"),
        a_test(NMT_5, "d-2", "cell-viability", method=hq.Method(name="two")),
        a_test(NMT_5, "c-2", "cell-purity", stage="in-process"),
        a_test(NMT_5, "b-2", "cell-purity", stage="release"),
        a_test(NMT_5, "a", "endotoxin"),
        id="b",
    )
    found = [(c.test_a, c.test_b, c.matched_by, c.relation) for c in hq.compare(before, after).changes]
    assert found == [
        (None, "new", None, "added"),
        ("d", "d-2", "attribute", "unchanged"),
        ("c", "c-2", "address", "unchanged"),
        ("b", "b-2", "address", "unchanged"),
        ("a", "a", "id", "unchanged"),
        ("gone", None, None, "removed"),
    ]


def test_the_same_id_of_another_attribute_is_another_test():
    changes = hq.compare(spec(a_test(NMT_5, "t", "endotoxin")), spec(a_test(NMT_5, "t", "pyrogens"), id="b")).changes
    assert [change.relation for change in changes] == ["added", "removed"]


# -- what meeting the one says of the other ------------------------------------------------------------------------

TIGHT = hq.Limit.at_most("1", "EU/mL")
LAL = hq.Method(name="LAL")
OTHER = a_test(hq.Limit.at_least("70", "%"), "other", "cell-viability")
IMPLICATIONS = [
    ("the same", [NMT_5], [NMT_5], True),
    ("looser", [TIGHT], [NMT_5], True),
    ("tighter", [NMT_5], [TIGHT], False),
    ("removed", [NMT_5, OTHER], [NMT_5], True),
    ("added", [NMT_5], [NMT_5, OTHER], False),
    ("required", [a_test(TIGHT, required=False), OTHER], [TIGHT, OTHER], False),
    ("optional", [TIGHT, OTHER], [a_test(TIGHT, required=False), OTHER], True),
    ("alert", [NMT_5, OTHER], [TIGHT.model_copy(update={"role": "alert"}), OTHER], True),
    ("no longer alert", [NMT_5.model_copy(update={"role": "alert"}), OTHER], [NMT_5, OTHER], False),
    (
        "another method",
        [a_test(TIGHT, method=hq.Method(name="a"))],
        [a_test(NMT_5, method=hq.Method(name="b"))],
        None,
    ),
    ("another stage", [a_test(TIGHT, stage="release")], [a_test(NMT_5)], None),
    (
        "read later",
        [a_test(hq.Absence(), read_point=hq.ReadPoint(day=7))],
        [a_test(hq.Absence(), read_point=hq.ReadPoint(day=14))],
        None,
    ),
    ("units of different things", [NMT_5], [hq.Limit.at_most("5", "EU/kg")], None),
    ("never met", [hq.Unstructured(text="typical")], [hq.ReportOnly()], None),
    ("nothing compared", [NMT_5], [hq.ReportOnly()], None),
    ("ambiguous", [NMT_5], [NMT_5, a_test(NMT_5, "again", required=False)], None),
    ("another mean", [NMT_5], [a_test(NMT_5, reportable=hq.Reportable(n=3))], None),
]


@pytest.mark.parametrize(
    ("before", "after", "truth"), [item[1:] for item in IMPLICATIONS], ids=[item[0] for item in IMPLICATIONS]
)
def test_implication(before, after, truth):
    comparison = hq.compare(spec(*before), spec(*after, id="b"))
    assert comparison.implies_b is truth
    assert bool(comparison.why_not_b) == (truth is not True)
    assert hq.compare(spec(*after), spec(*before, id="b")).implied_by is truth


@pytest.mark.parametrize("given", [["a", "b"], Equivalence(("a", "b"), cqa="unlisted-attribute", reference="study 1")])
def test_methods_declared_equivalent(given):
    one = spec(a_test(TIGHT, method=hq.Method(name="A")))
    other = spec(a_test(NMT_5, "u", method=hq.Method(name="B", reference="USP <86>")), id="b")
    assert hq.compare(one, other, equivalences=[given]).changes[0].matched_by == "address"
    assert hq.compare(one, other, equivalences=[given]).implies_b is True
    elsewhere = Equivalence(("a", "b"), cqa="endotoxin")
    assert hq.compare(one, other, equivalences=[elsewhere]).implies_b is None


def test_equivalence_is_no_text():
    with pytest.raises(TypeError, match="as a list"):
        hq.compare(spec(NMT_5), spec(NMT_5), equivalences=["USP <85>"])


def test_facts_that_are_taken_to_be_stated():
    comparison = hq.compare(spec(NMT_5), spec(by_route(NMT_5, TIGHT), id="b"))
    assert comparison.assumed == ("route",)
    assert comparison.changes[0].cells == (
        ("route is intrathecal", "unchanged"),
        ("not (route is intrathecal)", "tighter"),
    )
    assert "taken to be stated for every batch: route" in comparison.summary()


def test_more_cases_than_are_looked_at():
    def banded(limit):
        names = [f"fact-{number}" for number in range(14)]
        members = []
        for name in names:
            when = hq.FactCondition(fact=name, equals=("yes",))
            conditional = hq.Conditional(branches=(hq.Branch(when=when, criterion=limit),), otherwise=limit)
            members.append(hq.Member(criterion=conditional))
        return hq.AllOf(members=tuple(members))

    change = only(banded(NMT_5), banded(TIGHT))
    assert (change.relation, change.a_implies_b) == ("incomparable", None)
    assert "more cases" in change.why


@pytest.mark.slow
@SLOW
@given(st.data())
def test_implication_agrees_with_evaluation(data):
    one, other = data.draw(sources(plain=data.draw(st.booleans())))[:2]
    if data.draw(st.booleans()):  # a new version of the first, with one criterion changed
        tests = (one.tests[0].model_copy(update={"criterion": data.draw(any_criterion())}), *one.tests[1:])
        other = one.model_copy(update={"id": "ema", "tests": tests})
    comparison = hq.compare(one, other)
    batch = data.draw(a_batch(one))
    if set(comparison.assumed) - {fact.name for fact in batch.facts}:
        return
    evaluation = hq.evaluate(data.draw(results([one, other])), [one, other], batches=[batch])
    meets_one, meets_other = met(evaluation, one), met(evaluation, other)
    assert not (comparison.implies_b and meets_one and not meets_other)
    assert not (comparison.implied_by and meets_other and not meets_one)


@pytest.mark.slow
@SLOW
@given(close_limits(("%", "1")), close_limits(("%", "1")))
def test_of_limits_a_refusal_has_a_witness(one, other):
    """Where a limit does not imply another, some result near a bound of either shows it; else none does."""
    first, second = spec(one), spec(other, id="b")
    comparison = hq.compare(first, second)
    ends = [(to_fraction(end.value), limit.unit) for limit in (one, other) for end in (limit.low, limit.high) if end]
    tiny = Fraction(1, 10**9)
    numbers = {(value + step + nudge, unit) for value, unit in ends for step in _steps() for nudge in (-tiny, 0, tiny)}
    rows = []
    for number, (value, unit) in enumerate(sorted(numbers)):
        for comparator in (None, "<=", ">="):
            rows.append(
                hq.Result(
                    batch_id=f"{number}{comparator}",
                    cqa="unlisted-attribute",
                    value=from_fraction(value),
                    unit=unit,
                    comparator=comparator,
                )
            )
    for number, (low, high) in enumerate((a, b) for a in sorted(numbers) for b in sorted(numbers) if a[1] == b[1]):
        if low[0] < high[0] and number % 7 == 0:
            fields = {"value_low": from_fraction(low[0]), "value_high": from_fraction(high[0]), "unit": low[1]}
            rows.append(hq.Result(batch_id=f"i{number}", cqa="unlisted-attribute", **fields))
    evaluation = hq.evaluate(rows, [first, second])
    verdicts: dict[str, dict[str, str]] = {}
    for row in evaluation.batches.to_pylist():
        verdicts.setdefault(row["batch"], {})[row["specification"]] = row["verdict"]
    witnessed = any(found["a"] == "conforms" and found["b"] != "conforms" for found in verdicts.values())
    if comparison.implies_b:
        assert not witnessed
    elif (
        comparison.implies_b is False
        and comparison.changes[0].a_implies_b is False
        and "number satisfies" in (comparison.why_not_b[0])
    ):
        assert witnessed


def _steps():
    return [Fraction(sign * part, 1000) for sign in (1, -1) for part in (0, 4, 5, 40, 50, 400, 500, 4500, 5000, 10**5)]


# -- what is shown -------------------------------------------------------------------------------------------------


def test_shown_as_text_html_and_arrow():
    before = spec(a_test(NMT_5, "endotoxin"), jurisdiction="FDA")
    after = spec(a_test(hq.Limit.at_most("1000", "EU/L", rounding="limit-decimals"), "endotoxin"), OTHER, id="b")
    comparison = hq.compare(before, after)
    assert comparison.counts() == {"tighter": 1, "added": 1}
    assert comparison.of("added")[0].test_b == "other"
    lines = str(comparison).splitlines()
    assert lines[0] == "a 1 (FDA) → b 1: 1 tighter, 1 added"
    assert "unrounded ≤ 5 EU/mL → < 1.0005 EU/mL" in str(comparison.changes[0].thresholds)
    assert "every batch that meets b meets a: yes" in lines
    assert all(f"<th>{name}</th>" in comparison.to_html() for name in HEADER)
    hostile = hq.compare(before, spec(a_test(hq.Unstructured(text="<script>"), "endotoxin"), id="b"))
    assert "<script>" not in hostile.to_html()
    table = comparison.to_arrow()
    assert isinstance(table, pa.Table)
    assert table.num_rows == 2
    first = table.to_pylist()[0]
    assert (first["relation"], first["b_implies_a"]) == ("tighter", True)
    assert {item["name"] for item in first["facets"]} == {"unit", "rounding", "text"}


def test_only_specifications_are_compared():
    with pytest.raises(TypeError, match="not Test"):
        hq.compare(spec(NMT_5), OTHER)
