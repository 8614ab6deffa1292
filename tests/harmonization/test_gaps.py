"""Gaps: each kind, each level, exactly at the limit, on days, for other specifications than those of release."""

from __future__ import annotations

import pickle

import pytest

import harmoniqc as hq
from harmoniqc.crosswalk import STATES, matrix
from harmoniqc.vocabulary import modalities, scopes

DAY = "2026-06-01"
CELLS = "car-t-autologous"


def specification(*tests, **further):
    fields = {"id": "spec", "version": "1", "product": "product", "rounding": "none", **further}
    return hq.Specification(tests=tests, **fields)


def a_test(cqa, criterion, id=None, **further):
    return hq.Test(id=id or cqa, cqa=cqa, criterion=criterion, **further)


def found(spec, authority="FDA", as_of=DAY, modality=CELLS):
    return hq.gaps(spec, authority, as_of, modality=modality)


def kinds(gaps, cqa):
    return {(gap.kind, gap.level) for gap in gaps.about(cqa) if gap.kind != "method"}


PURITY = a_test("cell-purity", hq.Limit.at_least("70", "%"))


# -- limits: FDA states at least 70 % viability -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("criterion", "rounding", "expected"),
    [
        (hq.Limit.at_least("70", "%"), "none", None),
        (hq.Limit.at_least("0.7", "1"), "none", None),
        (hq.Limit.at_least("70.5", "%"), "limit-decimals", None),
        (hq.Limit.more_than("69.9", "%"), "none", "looser"),
        (hq.Limit.at_least("69.9", "%"), "limit-decimals", "looser"),
        (hq.Limit.at_least("0.65", "1"), "none", "looser"),
        (hq.Limit.at_most("100", "%"), "none", "looser"),
        (hq.ReportOnly(), "none", "looser"),
        (hq.Limit.at_least("70", "cell"), "none", "not-comparable"),
        (hq.Unstructured(text="high"), "none", "not-comparable"),
        (hq.NotStated(), "none", "not-comparable"),
    ],
)
def test_a_limit_is_compared_on_exact_thresholds(criterion, rounding, expected):
    gaps = found(specification(a_test("cell-viability", criterion), rounding=rounding))
    assert kinds(gaps, "cell-viability") == (set() if expected is None else {(expected, "expected")})
    assert ("FDA-036" in {row.id for row in gaps.answered}) is (expected is None)


def test_rounding_of_the_limit_itself_counts_on_both_sides():
    # 69.5 is reported as 70 under both, because the text is read with the specification's rounding.
    assert not kinds(
        found(specification(a_test("cell-viability", hq.Limit.at_least("70", "%")), rounding="limit-decimals")),
        "cell-viability",
    )


def test_any_one_of_several_tests_may_answer():
    loose = a_test("cell-viability", hq.Limit.at_least("50", "%"), "pre-freeze")
    strict = a_test("cell-viability", hq.Limit.at_least("80", "%"), "post-thaw")
    assert not kinds(found(specification(loose, strict)), "cell-viability")
    assert kinds(found(specification(loose)), "cell-viability") == {("looser", "expected")}


def test_a_narrower_attribute_answers_a_wider_one_and_not_the_reverse():
    narrow = specification(a_test("post-thaw-viability", hq.Limit.at_least("80", "%")))
    assert not kinds(found(narrow), "cell-viability")
    wide = found(specification(a_test("replication-competent-virus", hq.Absence())))
    gap = wide.of("missing").about("replication-competent-lentivirus")[0]
    assert gap.tests == ("replication-competent-virus",)
    assert "which is wider" in gap.why


def test_a_member_of_a_composite_answers_its_own_attribute():
    composite = hq.AllOf(
        members=(
            hq.Member(criterion=hq.Limit.at_least("80", "%"), cqa="cell-identity", component="CD3"),
            hq.Member(criterion=hq.Limit.at_least("80", "%"), component="purity"),
        )
    )
    assert not kinds(found(specification(a_test("cell-purity", composite))), "cell-identity")
    informing = composite.model_copy(
        update={"members": (composite.members[0].model_copy(update={"informative": True}), composite.members[1])}
    )
    assert kinds(found(specification(a_test("cell-purity", informing))), "cell-identity") == {("missing", "expected")}


def test_a_range_is_asked_for_both_ends():
    def about(criterion):
        return kinds(found(specification(a_test("viable-cell-count", criterion))), "viable-cell-count")

    assert about(hq.Limit.between("1E6", "5E6", "cell")) == set()
    low, high = hq.Limit.at_least("1E6", "cell"), hq.Limit.at_most("5E6", "cell")
    assert about(low) == about(high) == {("looser", "expected")}
    assert about(hq.AllOf(members=(hq.Member(criterion=low), hq.Member(criterion=high)))) == set()
    assert about(hq.AnyOf(members=(hq.Member(criterion=low), hq.Member(criterion=high)))) == {
        ("not-comparable", "expected")
    }


@pytest.mark.parametrize(
    ("criterion", "answered"),
    [
        (hq.Absence(), True),
        (hq.Category(accept=(hq.CodedOutcome(code="no-growth", synonyms=("no growth",)),)), True),
        (hq.Category(accept=(hq.CodedOutcome(code="sterile"),)), True),
        (hq.Category(accept=(hq.CodedOutcome(code="absent"), hq.CodedOutcome(code="present"))), False),
        (hq.ReportOnly(), False),
    ],
)
def test_words_for_absence(criterion, answered):
    gaps = found(specification(a_test("sterility", criterion)))
    assert (not kinds(gaps, "sterility")) is answered


# -- tests that do not count ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("further", "said"),
    [
        ({"required": False}, "not required"),
        ({"stage": "reference"}, "for information only"),
        ({"read_point": hq.ReadPoint(final=False, day=7)}, "interim"),
        ({"criterion": hq.Absence(role="alert")}, "alert"),
        ({"applies_when": hq.FactCondition(fact="route", equals=("intravenous",))}, "applies only where"),
    ],
)
def test_a_test_without_which_a_batch_conforms_answers_nothing(further, said):
    test = hq.Test(**{"id": "sterility", "cqa": "sterility", "criterion": hq.Absence(), **further})
    gaps = found(specification(test)).of("looser").about("sterility")
    assert {gap.level for gap in gaps} == {"expected", "informs"}
    assert all(said in gap.why for gap in gaps)


# -- stages -----------------------------------------------------------------------------------------------------


def test_a_sample_at_the_stage_asked_for_closes_the_gap_of_stage():
    at_release = a_test("mycoplasma", hq.Absence())
    gap = found(specification(at_release)).of("wrong-stage")[0]
    assert (gap.cqa, gap.requirements[0].id, gap.found) == ("mycoplasma", "FDA-038", "absent")
    in_process = a_test("mycoplasma", hq.Absence(), "harvest", stage="in-process")
    assert not found(specification(at_release, in_process)).of("wrong-stage")
    supernatant = a_test("mycoplasma", hq.Absence(), "harvest", material="supernatant")
    alone = found(specification(supernatant)).of("wrong-stage")
    assert [(gap.requirements[0].id, gap.level) for gap in alone] == [("USP-009", "conditional")]
    assert "FDA-038 asks for it where it is tested" in alone[0].why


def test_other_specifications_answer_for_their_own_stages():
    test = a_test("sterility", hq.Absence())
    in_force = {
        name: found(specification(test, **further), modality=modality)
        for name, further, modality in (
            ("release", {}, CELLS),
            ("shelf-life", {"purpose": "shelf-life"}, CELLS),
            ("vector", {"material": "vector"}, CELLS),
            ("cells", {"purpose": "starting-material", "material": "starting-material"}, CELLS),
            ("reference", {"purpose": "reference"}, CELLS),
            ("product", {}, "lentiviral-vector"),
        )
    }
    stages = {name: {row.stage for gap in gaps for row in gap.requirements} for name, gaps in in_force.items()}
    assert stages["vector"] - {"release", "method-validation"} == {"vector"}
    assert {gap.kind for gap in in_force["reference"]} <= {"method"}
    assert {"vector", "release"} <= stages["product"]
    assert "vector" not in stages["release"]
    for name, gaps in in_force.items():
        left = {row.stage for row in gaps.left_out}
        assert ("release" in left) is (name not in ("release", "product"))
        assert "stages-left-out" in gaps.findings.codes


# -- methods ----------------------------------------------------------------------------------------------------


def sterility_by(reference, **further):
    return specification(a_test("sterility", hq.Absence(), method=hq.Method(reference=reference, **further)))


def test_a_chapter_of_the_region_is_its_method():
    assert not found(sterility_by("JP 4.06"), "PMDA").of("method")
    assert not found(sterility_by("USP <71>; JP 4.06"), "PMDA").of("method")
    assert not found(sterility_by("USP <71>", equivalents=("JP 4.06",)), "PMDA").of("method")


def test_a_chapter_of_another_region_has_its_counterpart_and_what_remains_different():
    gap = found(sterility_by("USP <71>"), "PMDA").of("method")[0]
    assert (gap.expected, gap.found, gap.level) == ("JP 4.06", "USP <71>", "conditional")
    assert gap.why.startswith("skos:closeMatch: ")
    assert "EQ-01" in {row.source.split()[-1] for row in hq.crosswalk.counterparts("USP <71>", "JP", DAY)}


def test_a_related_chapter_is_another_method():
    spec = specification(a_test("mycoplasma", hq.Absence(), method=hq.Method(reference="USP <63>")))
    gap = found(spec, "EMA").of("method").about("mycoplasma")[0]
    assert (gap.expected, gap.level) == ("Ph. Eur. 2.6.7", "expected")
    assert gap.why.startswith("skos:relatedMatch")


def test_nothing_found_at_an_authority_is_said():
    spec = specification(
        a_test("cell-viability", hq.Limit.at_least("70", "%"), method=hq.Method(reference="Ph. Eur. 2.7.29"))
    )
    gap = found(spec, "PMDA").of("method")[0]
    assert (gap.level, gap.expected) == ("informs", "nothing found at PMDA and JP")


def test_a_chapter_that_has_ended_is_replaced():
    spec = specification(a_test("pyrogens", hq.Absence(), method=hq.Method(reference="Ph. Eur. 2.6.8")))
    gap = found(spec, "EMA").of("method")[0]
    assert "Ph. Eur. 2.6.8 is not in force on 2026-06-01" in gap.why
    assert gap.level == "expected"
    assert "Ph. Eur. 5.1.13" in gap.references
    assert not found(spec, "EMA", "2024-01-01").of("method", "expected")


def test_a_reference_nobody_knows_is_a_finding():
    gaps = found(sterility_by("SOP-0815"))
    assert not gaps.of("method").about("sterility")
    finding = next(item for item in gaps.findings if item.code == "reference-not-compared")
    assert (finding.pointer, finding.found) == ("/tests/0/method/reference", "SOP-0815")


# -- justified absences, days, products -------------------------------------------------------------------------


def test_a_justified_absence_is_shown_and_no_gap():
    absence = hq.JustifiedAbsence(cqa="visible-particles", reason="a suspension of cells", reference="CTD 3.2.P.5.6")
    gap = found(specification(PURITY, justified_absences=(absence,))).about("visible-particles")[0]
    assert (gap.kind, gap.is_gap) == ("justified-absence", False)
    assert gap.found == "justified: a suspension of cells (CTD 3.2.P.5.6)"
    unasked = hq.JustifiedAbsence(cqa="zeta-potential", reason="no particles")
    assert not found(specification(PURITY, justified_absences=(unasked,))).of("justified-absence")


def test_texts_count_on_the_day_asked_for():
    # The chapter on rabbits was suppressed, and the choice by risk assessment took its place.
    before, after = (found(specification(PURITY), "EMA", day).about("pyrogens") for day in ("2020-01-01", DAY))
    assert {row.document.id for gap in before for row in gap.requirements}.isdisjoint(
        row.document.id for gap in after for row in gap.requirements
    )
    assert found(specification(PURITY), "EMA", "2020-01-01").as_of == "2020-01-01"


def test_what_kind_of_product_it_is():
    kymriah = specification(PURITY, product="kymriah")
    assert hq.gaps(kymriah, "FDA", DAY).modality == CELLS
    assert hq.gaps(kymriah, "FDA", DAY) == hq.gaps(kymriah, "FDA", DAY, product=hq.products["kymriah"])
    assert hq.gaps(kymriah, "FDA", DAY, modality="autologous CAR-T").modality == CELLS
    with pytest.raises(hq.CrosswalkError) as unknown:
        hq.gaps(specification(PURITY), "FDA", DAY)
    assert unknown.value.findings.codes == {"modality-not-known"}
    with pytest.raises(hq.CrosswalkError) as other:
        hq.gaps(specification(PURITY), "FDA", DAY, product=hq.products["kymriah"])
    assert other.value.findings.codes == {"another-product"}
    with pytest.raises(hq.VocabularyError):
        hq.gaps(kymriah, "FDA", DAY, modality="chimera")
    with pytest.raises(TypeError):
        hq.gaps(kymriah, "FDA", DAY, modality=CELLS, product=hq.products["kymriah"])
    with pytest.raises(TypeError):
        hq.gaps("spec", "FDA")
    with pytest.raises(hq.CrosswalkError):
        hq.gaps(kymriah, "TGA", DAY, modality=CELLS)


@pytest.mark.parametrize("authority", ["FDA", "EMA", "PMDA", "ICH"])
def test_nothing_weak_ever_decides_and_the_matrix_agrees(authority):
    for modality in modalities:
        gaps = found(specification(PURITY), authority, modality=modality)
        states = matrix(modality, DAY)
        for gap in gaps:
            for row in gap.requirements:
                if gap.level != "informs" and gap.kind != "method":
                    assert row.decides(DAY), (modality, gap)
                    assert any(
                        scopes[scope].modalities and modality in scopes[scope].modalities for scope in row.scopes
                    )
            if gap.kind == "missing" and gap.level == "expected":
                best = min((states[gap.cqa][name].state for name in gaps.authorities), key=STATES.index)
                assert best in ("required", "expected", "dossier-defined"), (modality, gap)
        # Whatever the matrix says is asked for without a condition at release is a gap, or answered.
        known = {gap.cqa for gap in gaps if gap.level == "expected"} | {"cell-purity"}
        for cqa, row in states.items():
            for name in gaps.authorities:
                asking = [
                    item
                    for item in row[name].requirements
                    if item.stage == "release" and item.kind == "product-limit" and not item.condition
                ]
                weak = all(item.evidence == "memory" for item in asking)
                if asking and not weak and row[name].state in ("required", "expected", "dossier-defined"):
                    assert cqa in known, (modality, cqa, name)


def test_gaps_can_be_pickled_and_narrowed():
    gaps = found(specification(PURITY))
    assert pickle.loads(pickle.dumps(gaps)) == gaps
    assert gaps.of("missing", "expected").counts() == {"missing": len(gaps.of("missing", "expected"))}
    assert [gap.level for gap in gaps] == sorted(
        (gap.level for gap in gaps), key=("expected", "conditional", "informs").index
    )
    assert not gaps.is_complete
    assert gaps[:0].is_complete
    assert str(gaps[0]).startswith("missing (expected) ")
