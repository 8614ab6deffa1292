"""What FDA and PMDA expect beyond ARI-0001, derived by hand from ``crosswalks/``; each line says why.

ARI-0001 is an autologous CAR T cell product made with a lentiviral vector. Its release specification tests appearance,
number of CAR-positive cells per kilogram (more than, no upper end), share of CAR-positive cells, share of CD3-positive
cells, viability, sterility, mycoplasma, endotoxin (per milliliter), adventitious viruses, vector copies per cell (up to
ten), replication-competent lentivirus, and potency by cytotoxicity. It cites no text for any method.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import harmoniqc as hq

CORPUS = Path(__file__).parents[1] / "corpus"
DAY = "2026-06-01"


@pytest.fixture(scope="module")
def ari():
    return hq.read(CORPUS / "01_car_t_ari0001_cd19.json")


FDA = {
    # 21 CFR 610.14 is law: content of a final container is identity tested after labeling. The table has counts and
    # purities of cell populations, and no test of identity.
    ("missing", "expected", "cell-identity", ("FDA-013",)),
    # The same rule for the gene that the cells carry, as the crosswalk reads "product specific".
    ("missing", "expected", "transgene-identity", ("FDA-073",)),
    # USP <790>, official, below 1000: all parenterals are inspected. "Cloudy liquid solution" is appearance.
    ("missing", "expected", "visible-particles", ("USP-018",)),
    # A minimum and a maximum cell number per dose; CAR-positive living cells are dosed, with a minimum alone.
    ("looser", "expected", "viable-cell-count", ("FDA-037",)),
    # 21 CFR 610.13(b) names a test for pyrogens, apart from classes such as those with formed blood elements.
    ("missing", "conditional", "pyrogens", ("FDA-012",)),
    # Mycoplasma is to be sampled from the culture before washing; ARI-0001 tests it at release.
    ("wrong-stage", "conditional", "mycoplasma", ("FDA-038",)),
    # K/M is a limit per kilogram and hour; 0.5 EU/mL says nothing of it without a dose volume and a body weight.
    ("not-comparable", "conditional", "endotoxin", ("USP-011",)),
    ("not-comparable", "conditional", "endotoxin", ("USP-012",)),
    # A draft on investigational anticancer products, two figures.
    ("not-comparable", "informs", "endotoxin", ("FDA-062",)),
    ("not-comparable", "informs", "endotoxin", ("FDA-063",)),
    # 21 CFR 1271.290 asks for a tracking system, a rule on records and labels, not for a test.
    ("missing", "informs", "patient-identity", ("FDA-068",)),
    # Conventions of sponsors: no FDA text with a figure was found. Ten copies are more than fewer than five.
    ("missing", "informs", "residual-beads", ("FDA-069",)),
    ("looser", "informs", "vector-copy-number", ("FDA-046",)),
    # Chapters below 1000 of what is tested, while no method cites any text.
    ("method", "informs", "sterility", ("USP-005", "USP-006")),
    ("method", "informs", "mycoplasma", ("USP-009",)),
    ("method", "informs", "endotoxin", ("USP-011", "USP-012", "USP-013")),
}

FDA_ANSWERED = {
    "FDA-004",  # potency by a test designed for the product: cytotoxicity is one
    "FDA-005",
    "FDA-056",
    "FDA-006",  # sterility, absent
    "FDA-008",  # the same from memory
    "FDA-039",
    "USP-005",
    "USP-006",
    "FDA-010",  # purity without a number
    "FDA-036",  # viability of at least 70 %, and that is what the table states
    "FDA-042",  # replication-competent lentivirus, absent
    "FDA-055",  # a draft on potency
    "FDA-075",  # vector copies limited by the sponsor
    "USP-009",  # mycoplasma, absent
}

PMDA = {
    # The PMD Act names constituent cells and introduced gene among the items of the approval.
    ("missing", "expected", "cell-identity", ("MHLW-002", "PMDA-004")),
    ("missing", "expected", "transgene-identity", ("MHLW-003",)),
    # Purity as mixed and unintended cells; CD3-positive cells are the intended ones.
    ("missing", "expected", "non-target-cells", ("PMDA-004",)),
    # JP 6.05 on injections, a condition.
    ("missing", "conditional", "extractable-volume", ("JP-020",)),
    # From memory, written for stem cells and read by analogy.
    ("missing", "informs", "chromosomal-integrity", ("MHLW-063",)),
    ("missing", "informs", "potency-cytokine-release", ("MHLW-060",)),
    ("missing", "informs", "residual-antibiotics", ("MHLW-056",)),
    ("missing", "informs", "residual-cytokines", ("MHLW-056",)),
    ("missing", "informs", "residual-serum-albumin", ("MHLW-056",)),
    ("missing", "informs", "unintended-bioactive-substances", ("MHLW-055",)),
    # Drafts for clinical research, an informational text, a rule on the environment.
    ("missing", "informs", "infectious-titer", ("MHLW-035",)),
    ("missing", "informs", "osmolality", ("JP-022",)),
    ("missing", "informs", "ph", ("JP-022",)),
    ("missing", "informs", "residual-vector", ("MHLW-049",)),
    # K/M in informational texts.
    ("not-comparable", "informs", "endotoxin", ("JP-007",)),
    ("not-comparable", "informs", "endotoxin", ("JP-008",)),
    ("method", "informs", "sterility", ("JP-003", "JP-004")),
    ("method", "informs", "endotoxin", ("JP-005",)),
}


def listed(gaps):
    return {(gap.kind, gap.level, gap.cqa, tuple(row.id for row in gap.requirements)) for gap in gaps}


def test_what_fda_expects_beyond_ari_0001(ari):
    found = hq.gaps(ari.specifications[0], "FDA", DAY, product=ari.products[0])
    assert listed(found) == FDA
    assert {row.id for row in found.answered} == FDA_ANSWERED
    assert not found.is_complete


def test_what_pmda_expects_beyond_ari_0001(ari):
    found = hq.gaps(ari.specifications[0], "PMDA", DAY, product=ari.products[0])
    assert listed(found) == PMDA
    # Sterility, mycoplasma, endotoxin, copies and lentivirus are known from memory to be asked for, and are tested.
    assert {"MHLW-057", "MHLW-058", "MHLW-059", "MHLW-041", "MHLW-044"} <= {row.id for row in found.answered}
    assert not any(gap.cqa in ("sterility", "mycoplasma", "vector-copy-number") for gap in found.of("missing"))


def test_a_vector_that_is_known_rules_out_texts_about_another(ari):
    specification = ari.specifications[0]
    unknown = hq.gaps(specification, "PMDA", DAY, modality="car-t-autologous")
    assert [gap.level for gap in unknown.about("replication-competent-retrovirus")] == ["informs"]
    known = hq.gaps(specification, "PMDA", DAY, product=ari.products[0])
    assert not known.about("replication-competent-retrovirus")


def test_what_is_asked_of_vector_donor_and_materials_is_left_out_and_said(ari):
    found = hq.gaps(ari.specifications[0], "FDA", DAY, product=ari.products[0])
    stages = {row.stage for row in found.left_out}
    assert {"vector", "starting-material"} <= stages
    assert "release" not in stages
    assert found.findings.codes == {"stages-left-out"}
    assert {"FDA-029", "FDA-031", "FDA-041"} <= {row.id for row in found.left_out}


def test_every_answer_prints_and_converts(ari):
    found = hq.gaps(ari.specifications[0], "FDA", DAY, product=ari.products[0])
    text = str(found)
    assert "expected by FDA and USP beyond ari-0001-release version 1, car-t-autologous (16)" in text
    assert "21 CFR 610.14" in text
    assert found._repr_html_().count("<tr>") == len(found) + 1
    table = found.to_arrow()
    assert table.num_rows == len(found)
    assert found[:0].to_arrow().schema == table.schema
    assert table.column("as_of").unique().to_pylist() == [DAY]
    assert found[:3].answered == found.answered
