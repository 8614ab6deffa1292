"""What a harmonized specification holds: every bound with its source, the stricter of what is stated, what is told."""

from __future__ import annotations

from datetime import date

import pytest

import harmoniqc as hq
from harmoniqc.errors import CODES
from harmoniqc.harmonization import Equivalence
from harmoniqc.harmonization.noticing import CONFLICTS, INEXACT
from harmoniqc.standard import load_document

from .test_comparing import LAL, a_test, spec

NMT_5 = hq.Limit.at_most("5.0", "EU/mL")
NMT_1 = hq.Limit.at_most("1000", "EU/L")
RFC = hq.Method(name="rFC", reference="Ph. Eur. 2.6.32")


def sources(*tests, **further):
    names = ("fda", "ema", "pmda")
    return [
        spec(*(item if isinstance(item, list) else [item]), id=name, jurisdiction=name.upper(), **further)
        for name, item in zip(names, tests, strict=False)
    ]


def at(document, pointer):
    found = document
    for part in pointer.split("/")[1:]:
        found = found[int(part)] if isinstance(found, tuple) else getattr(found, part)
    return found


def codes(harmonized):
    return set(harmonized.findings.codes)


# -- bounds and their provenance -----------------------------------------------------------------------------------


def test_every_bound_is_kept_with_unit_rounding_and_source():
    fda, ema = sources(NMT_5, NMT_1)
    fda = fda.model_copy(update={"rounding": "limit-decimals"})
    printed = hq.Source(document="BLA 125736", section="3.2.P.5.1")
    ema = ema.model_copy(update={"sources": (printed,)})
    harmonized = hq.harmonize([fda, ema])
    specification = harmonized.specification
    assert harmonized.exact
    assert specification.rounding == "none"
    (test,) = specification.tests
    members = [member.criterion for member in test.criterion.members]
    assert [(item.high.value, item.unit, item.rounding) for item in members] == [
        ("5.0", "EU/mL", "limit-decimals"),
        ("1000", "EU/L", None),
    ]
    assert [item.source.document for item in members] == ["fda", "ema"]
    assert "FDA: fda 1, test t" in members[0].note
    assert "adds nothing" in members[0].note
    assert [(item.authority, item.state) for item in harmonized.provenance] == [
        ("FDA", "redundant"),
        ("EMA", "driving"),
    ]
    assert harmonized.provenance[1].source == printed
    for item in harmonized.provenance:
        assert at(specification, item.pointer).high == item.criterion.high
    assert str(harmonized.provenance[1]) == "t: ≤ 1000 EU/L of EMA (ema 1, t): driving"


def test_what_all_ask_alike_stands_there_once():
    harmonized = hq.harmonize(sources(NMT_5, NMT_5.model_copy(update={"text": "NMT 5.0"}), NMT_5))
    (test,) = harmonized.specification.tests
    assert isinstance(test.criterion, hq.Limit)
    assert [item.state for item in harmonized.provenance] == ["shared"] * 3
    assert {item.pointer for item in harmonized.provenance} == {"/tests/0/criterion"}
    assert all(name in test.criterion.note for name in ("FDA", "EMA", "PMDA"))


def test_two_bounds_that_only_together_make_a_third_redundant():
    harmonized = hq.harmonize(
        sources(hq.Limit.at_least("4", "%"), hq.Limit.at_most("6", "%"), hq.Limit.between("3", "7", "%"))
    )
    assert [item.state for item in harmonized.provenance] == ["driving", "driving", "redundant"]


def test_the_document_can_be_written_and_read():
    harmonized = hq.harmonize(sources(NMT_5, NMT_1))
    text = hq.to_json(harmonized.specification)
    again = load_document(text.encode())
    assert again == harmonized.specification
    assert hq.to_json(again) == text
    assert [source.document for source in again.sources] == ["fda", "ema"]
    assert again.jurisdiction == "FDA, EMA"


def test_alert_limits_are_shown_and_decide_nothing():
    alert = hq.Limit.at_most("1", "EU/mL").model_copy(update={"role": "alert"})
    harmonized = hq.harmonize(sources(NMT_5, [a_test(alert), a_test(NMT_5, "u", "cell-purity")]))
    (_, member) = harmonized.specification.tests[0].criterion.members
    assert member.informative
    assert [item.decides for item in harmonized.of("t")] == [True, False]
    assert "(for information)" in str(harmonized.table)


def test_as_for_release_becomes_the_release_criterion():
    release = a_test(NMT_5, "release", "endotoxin")
    later = a_test(hq.AsForRelease(), "shelf-life", "endotoxin", stage="stability", decision_points=("shelf-life",))
    lost = a_test(hq.AsForRelease(), "lost", "sterility", decision_points=("shelf-life",))
    harmonized = hq.harmonize([spec(release, later, lost, id="fda", rounding="limit-decimals")])
    by_id = {test.id: test.criterion for test in harmonized.specification.tests}
    assert by_id["shelf-life"].high == NMT_5.high
    assert by_id["lost"].kind == "unstructured"
    assert "source-never-met" in codes(harmonized)


# -- which tests become one ----------------------------------------------------------------------------------------


def test_union_of_tests_in_the_order_of_the_sources():
    one = [a_test(NMT_5, "a", "endotoxin"), a_test(NMT_5, "b", "sterility")]
    other = [a_test(NMT_5, "c", "mycoplasma"), a_test(NMT_5, "d", "sterility")]
    harmonized = hq.harmonize(sources(one, other))
    assert [test.id for test in harmonized.specification.tests] == ["a", "b", "c"]
    renamed = [item for item in harmonized.findings if item.code == "test-renamed"]
    assert [(item.found, item.expected) for item in renamed] == [("d", "b")]


def test_different_methods_stay_two():
    harmonized = hq.harmonize(sources(a_test(NMT_5, method=LAL), a_test(NMT_1, method=RFC)))
    assert [(test.id, test.method) for test in harmonized.specification.tests] == [("t", LAL), ("t-2", RFC)]
    assert codes(harmonized) == {"methods-apart", "test-renamed"}
    assert harmonized.exact
    assert [row.label for row in harmonized.table.rows] == [
        "unlisted-attribute (LAL)",
        "unlisted-attribute (rFC / Ph. Eur. 2.6.32)",
    ]


@pytest.mark.parametrize("method", ["LAL", "rFC", "Ph. Eur. 2.6.32"])
def test_a_declared_equivalence_joins_them(method):
    declared = Equivalence(("lal", "RFC"), reference="validation report 7")
    given = sources(a_test(NMT_5, method=LAL), a_test(NMT_1, method=RFC))
    harmonized = hq.harmonize(given, equivalences=[declared])
    (test,) = harmonized.specification.tests
    assert set(test.method.wordings) == {"LAL", "rFC", "Ph. Eur. 2.6.32"}
    (finding,) = harmonized.findings
    assert finding.code == "methods-joined"
    assert "validation report 7" in finding.message
    result = hq.Result(batch_id="B1", cqa="unlisted-attribute", method=method, value="3", unit="EU/mL")
    evaluation = hq.evaluate([result], harmonized.specification)
    assert evaluation.tests.to_pylist()[0]["verdict"] == "does-not-conform"
    elsewhere = Equivalence(("LAL", "rFC"), cqa="endotoxin")
    assert len(hq.harmonize(given, equivalences=[elsewhere]).specification.tests) == 2


def test_the_stricter_stage_method_and_read_point():
    one = a_test(hq.Absence(), stage="final-product", read_point=hq.ReadPoint(day=7))
    other = a_test(hq.Absence(read_day=10), method=LAL, read_point=hq.ReadPoint(day=14))
    harmonized = hq.harmonize(sources(one, other, a_test(hq.Absence())))
    (test,) = harmonized.specification.tests
    assert (test.stage, test.method, test.read_point) == ("final-product", LAL, hq.ReadPoint(day=14))
    assert codes(harmonized) == {"results-narrowed"}
    assert not harmonized.exact
    narrowed = [item for item in harmonized.findings if item.code == "results-narrowed"]
    assert len(narrowed) == 3
    assert narrowed[0].found == "final-product, final reading, from day 7"


def test_one_that_reads_any_stage_joins_each_that_names_one():
    stages = [a_test(NMT_5, "in", stage="in-process"), a_test(NMT_5, "end", stage="final-product")]
    harmonized = hq.harmonize(sources(stages, a_test(NMT_1)))
    for test in harmonized.specification.tests:
        assert [member.criterion.unit for member in test.criterion.members] == ["EU/mL", "EU/L"]
    assert [test.id for test in harmonized.specification.tests] == ["in", "end"]


def test_tests_that_only_their_ids_tell_apart():
    before, after = a_test(NMT_5, "before"), a_test(NMT_5, "after")
    harmonized = hq.harmonize(sources([before, after], [a_test(NMT_1, "after")]))
    assert [test.id for test in harmonized.specification.tests] == ["before", "after"]
    assert [len(harmonized.of(name)) for name in ("before", "after")] == [1, 2]
    result = hq.Result(batch_id="B1", test_id="after", value="3", unit="EU/mL")
    found = {row["test"]: row["verdict"] for row in hq.evaluate([result], harmonized.specification).tests.to_pylist()}
    assert found == {"before": "missing", "after": "does-not-conform"}


def test_tests_formed_in_another_way_stay_two_and_are_told():
    harmonized = hq.harmonize(sources(NMT_5, a_test(NMT_1, reportable=hq.Reportable(n=3))))
    assert len(harmonized.specification.tests) == 2
    assert "tests-overlap" in codes(harmonized)
    assert not harmonized.exact


def test_readings_of_one_culture_are_judged_by_every_source():
    interim, final = hq.ReadPoint(final=False, day=7), hq.ReadPoint(day=14)
    amount = hq.Absence(amount=hq.Quantity(value="1", unit="mL"))
    harmonized = hq.harmonize(
        sources(a_test(hq.Absence(), "d7", read_point=interim), a_test(amount, "d14", read_point=final))
    )
    for test in harmonized.specification.tests:
        assert len(test.criterion.members) == 2
    assert codes(harmonized) == {"harmonized-stricter", "results-narrowed"}


# -- conditions and presence ---------------------------------------------------------------------------------------


def batch(**facts):
    given = tuple(hq.Fact(name=name.replace("_", "-"), value=value) for name, value in facts.items())
    return hq.Batch(id="B1", product="p", facts=given)


def when(route):
    return hq.FactCondition(fact="route", equals=(route,))


@pytest.mark.parametrize(
    ("route", "value", "expected"),
    [
        ("intrathecal", "0.5", "conforms"),
        ("intrathecal", "3", "does-not-conform"),
        ("intravenous", "3", "conforms"),
        ("intravenous", "9", "does-not-conform"),
        ("subcutaneous", "9", "not-applicable"),
    ],
)
def test_a_test_that_applies_in_other_cases(route, value, expected):
    one = a_test(NMT_1, applies_when=when("intrathecal"))
    other = a_test(NMT_5, applies_when=hq.FactCondition(fact="route", equals=("intrathecal", "intravenous")))
    harmonized = hq.harmonize(sources(one, other))
    assert "harmonized-stricter" not in codes(harmonized)
    for item in harmonized.provenance:
        assert at(harmonized.specification, item.pointer).high == item.criterion.high
    result = hq.Result(batch_id="B1", cqa="unlisted-attribute", value=value, unit="EU/mL")
    evaluation = hq.evaluate([result], harmonized.specification, batches=[batch(route=route)])
    assert evaluation.tests.to_pylist()[0]["verdict"] == expected


def test_required_in_some_cases_only_is_told():
    one = a_test(NMT_1, applies_when=when("intrathecal"))
    harmonized = hq.harmonize(sources(one, a_test(NMT_5, required=False)))
    assert harmonized.specification.tests[0].required
    assert codes(harmonized) == {"harmonized-stricter", "comparison-not-assured"}


def test_decision_points_are_joined():
    harmonized = hq.harmonize(sources(NMT_5, a_test(NMT_1, decision_points=("certification",))))
    assert harmonized.specification.tests[0].decision_points == ("release", "certification")
    assert codes(harmonized) == {"decided-at-more-points"}


# -- the whole -----------------------------------------------------------------------------------------------------


def test_in_force_when_all_are():
    fda, ema = sources(NMT_5, NMT_1)
    fda = fda.model_copy(update={"valid_from": date(2024, 1, 1), "valid_to": date(2025, 12, 31)})
    ema = ema.model_copy(update={"valid_from": date(2025, 1, 1)})
    specification = hq.harmonize([fda, ema]).specification
    assert (specification.valid_from, specification.valid_to) == (date(2025, 1, 1), date(2025, 12, 31))
    ema = ema.model_copy(update={"valid_from": date(2026, 1, 1)})
    apart = hq.harmonize([fda, ema])
    assert "never-in-force-together" in codes(apart)
    assert apart.specification.valid_from is None


def test_justified_absences_unless_another_source_tests_it():
    absent = [hq.JustifiedAbsence(cqa=cqa, reason="no beads are used") for cqa in ("residual-beads", "endotoxin")]
    fda, ema = sources(NMT_5, a_test(NMT_1, "e", "endotoxin"))
    harmonized = hq.harmonize([fda.model_copy(update={"justified_absences": tuple(absent)}), ema])
    assert [item.cqa for item in harmonized.specification.justified_absences] == ["residual-beads"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"product": "q"}, "not-harmonizable"),
        ({"material": "drug-substance"}, "not-harmonizable"),
        ({"purpose": "shelf-life"}, "not-harmonizable"),
        ({"id": "fda"}, "duplicate-id"),
    ],
)
def test_what_cannot_be_harmonized(change, code):
    fda, ema = sources(NMT_5, NMT_1)
    with pytest.raises(hq.SelectionError) as caught:
        hq.harmonize([fda, ema.model_copy(update=change)])
    assert caught.value.findings.codes == {code}


def test_nothing_and_no_specification():
    with pytest.raises(hq.SelectionError):
        hq.harmonize([])
    with pytest.raises(TypeError, match="not Limit"):
        hq.harmonize([NMT_5])


def test_sources_of_one_jurisdiction_keep_their_names_apart():
    one, other = spec(NMT_5, id="one", jurisdiction="FDA"), spec(NMT_1, id="two", jurisdiction="FDA")
    assert hq.harmonize([one, other]).table.columns == ("FDA one", "FDA two")
    later = one.model_copy(update={"version": "2"})
    assert hq.harmonize([one, later]).table.columns == ("FDA one 1", "FDA one 2")


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((NMT_5, NMT_1), "≤ 1 EU/mL"),
        ((hq.Limit.at_least("4", "%"), hq.Limit.less_than("6.00", "%")), "≥ 4 % and < 6.00 %"),
        ((hq.Limit.at_most("5.0", "%", rounding="limit-decimals"), hq.Limit.at_most("5.04", "%")), "≤ 5.0 %"),
        ((hq.Limit.less_than("5", "%", rounding="limit-decimals"), hq.Limit.at_most("9", "%")), "< 4.5 %"),
        ((hq.Limit.at_most("1", "d"), hq.Limit.at_most("1000", "min")), "≤ 0.69444444444 d"),
    ],
)
def test_simplified(limits, expected):
    simplified = hq.harmonize(sources(*limits), simplified=True)
    (test,) = simplified.specification.tests
    assert str(test.criterion) == expected
    assert test.criterion.rounding == "none"
    assert simplified.sufficient_only
    assert not simplified.exact
    assert "sufficient only" in simplified.specification.note
    assert "sufficient-only" in codes(simplified)


def test_side_by_side():
    harmonized = hq.harmonize(sources(a_test(NMT_5, "e", "endotoxin"), a_test(NMT_1, "e", "endotoxin")))
    assert str(harmonized.table).splitlines()[2].split("  ")[0] == "Bacterial endotoxins"
    (row,) = harmonized.table.rows
    assert (row.cells, row.states, row.harmonized) == (
        ("≤ 5.0 EU/mL", "≤ 1000 EU/L"),
        ("redundant", "driving"),
        "≤ 1000 EU/L",
    )
    assert "* ≤ 1000 EU/L" in str(harmonized)
    assert "met exactly when every source is met" in str(harmonized)
    assert "<td>* ≤ 1000 EU/L</td>" in harmonized.to_html()
    assert harmonized.to_html() == harmonized._repr_html_()
    table = harmonized.table.to_arrow().to_pylist()
    assert [(item["source"], item["state"]) for item in table] == [("FDA", "redundant"), ("EMA", "driving")]
    bounds = harmonized.to_arrow().to_pylist()
    assert [(item["specification"], item["criterion"], item["decides"]) for item in bounds] == [
        ("fda", "≤ 5.0 EU/mL", True),
        ("ema", "≤ 1000 EU/L", True),
    ]


def test_the_codes_are_in_the_catalog():
    assert set(CODES) >= CONFLICTS | INEXACT
    assert all(CODES[code].level == "error" for code in CONFLICTS)
    assert all(CODES[code].level == "warning" for code in INEXACT - {"sufficient-only"})
