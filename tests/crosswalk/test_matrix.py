"""The matrix against the notes: what each of the seven asks of each attribute.

Every cell below was read against the notes on the United States, Europe and Japan that the crosswalk was made from, and
a second reader derived the tables from those notes alone; where the two differed, the notes decided.

R required, E expected, D dossier-defined, X not required, M method only, - nothing found; then the evidence: 1 primary,
2 secondary, m memory.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harmoniqc import VocabularyError
from harmoniqc.crosswalk import AUTHORITIES, STATES, Matrix, matrix
from harmoniqc.vocabulary import cqas, modalities

DAY = "2026-11-25"
CODES = dict(zip("REDXM-", STATES, strict=True))
MARKS = {"primary": "1", "secondary": "2", "memory": "m", None: ""}

CAR_T = """
                                  FDA EMA PMDA ICH USP PHE JP
viable-cell-count                 D2  -   -    -   -   M2  -
total-nucleated-cell-count        -   -   -    -   -   M2  -
transduction-efficiency           -   Dm  -    -   -   M2  -
infectious-titer                  -   -   -    -   -   -   -
extractable-volume                -   -   -    -   M2  M2  E2
ph                                -   -   -    -   M1  M1  M2
osmolality                        -   -   -    -   M1  M1  M2
visible-particles                 -   -   -    -   E1  M1  M2
container-closure-integrity       -   -   -    -   M1  Mm  Mm
raw-material-quality              -   -   R1   -   M1  M2  -
cell-identity                     R1  Dm  R1   -   M1  M2  -
transgene-identity                R1  -   R1   -   -   -   -
patient-identity                  R1  R2  -    -   -   -   -
relative-potency                  R1  D2  D2   E2  M1  M2  -
potency-cytokine-release          -   Dm  Dm   -   -   -   -
potency-cytotoxicity              -   D2  -    -   -   -   -
potency-transgene-expression      -   Dm  -    -   -   -   -
residual-host-cell-protein        Dm  -   -    -   M1  M2  Mm
residual-host-cell-dna            E2  -   -    -   M1  M1  -
residual-plasmid-dna              D2  -   -    -   -   -   -
residual-helper-dna               D2  -   -    -   -   -   -
residual-serum-albumin            -   -   Dm   -   -   -   -
residual-cytokines                -   Dm  Dm   -   -   -   -
residual-antibiotics              -   -   Dm   -   -   -   -
residual-solvents                 -   -   -    E2  M2  M2  M2
residual-vector                   -   Dm  -    -   -   -   -
residual-beads                    -   Dm  -    -   -   -   -
elemental-impurities              -   -   -    X2  -   -   -
leachables                        -   -   -    -   -   -   -
non-target-cells                  -   -   D2   -   -   -   -
unintended-bioactive-substances   -   -   Dm   -   -   -   -
cell-viability                    E2  Dm  Dm   -   -   M2  -
post-thaw-viability               -   -   Dm   -   -   -   -
cell-purity                       R1  -   D2   -   M1  M2  -
sterility                         R1  -   Em   -   E1  E1  E2
mycoplasma                        E2  -   Em   -   E2  E2  M2
endotoxin                         E2  -   Dm   -   E1  E1  D2
pyrogens                          R1  -   -    -   Mm  E1  M2
bioburden                         -   -   -    -   M2  M2  M1
replication-competent-lentivirus  E2  Em  Em   -   -   -   -
replication-competent-retrovirus  E1  -   Em   -   -   -   -
adventitious-agents               -   -   R1   -   Mm  M1  Mm
donor-infectious-disease          X1  R1  R2   -   -   -   -
vector-copy-number                Dm  Dm  Dm   -   -   -   -
integration-site                  E2  Em  Em   -   -   -   -
chromosomal-integrity             -   -   Dm   -   -   -   -
tumorigenicity                    -   Dm  Mm   -   -   -   -
replication-competent-virus       -   Em  -    -   -   -   -
shelf-life                        R1  -   -    E2  -   -   -
"""

AAV = """
                                  FDA EMA PMDA ICH USP PHE JP
vector-genome-titer               -   Dm  -    -   -   -   -
infectious-titer                  -   Dm  -    -   -   -   -
viral-particle-titer              -   Dm  -    -   -   -   -
dose-per-container                -   -   -    -   Mm  Mm  Mm
extractable-volume                -   -   -    -   M2  M2  E2
appearance                        -   -   -    -   M2  M2  Mm
ph                                -   -   -    -   M1  M1  M2
osmolality                        -   -   -    -   M1  M1  M2
visible-particles                 -   -   -    -   E1  M1  M2
subvisible-particles              -   -   -    -   E2  E2  E2
container-closure-integrity       -   -   -    -   M1  Mm  Mm
residual-moisture                 R1  -   -    -   M2  Mm  Mm
raw-material-quality              -   -   R1   -   M1  M2  -
cell-identity                     -   -   -    E1  -   -   -
transgene-identity                R1  Dm  R1   -   -   -   -
capsid-identity                   R1  -   -    -   Mm  M1  Mm
patient-identity                  -   R2  -    -   -   -   -
plasmid-identity                  -   -   -    -   M1  -   -
relative-potency                  R1  Dm  D1   E2  M1  M2  -
potency-transgene-expression      -   Dm  -    -   -   -   -
residual-host-cell-protein        Dm  -   -    -   M1  M2  Mm
residual-host-cell-dna            E2  Dm  -    -   M1  M1  -
residual-plasmid-dna              D2  -   -    -   -   -   -
residual-helper-dna               D2  -   -    -   -   -   -
residual-solvents                 -   -   -    E2  M2  M2  M2
elemental-impurities              -   -   -    X2  -   -   -
leachables                        -   -   -    -   -   -   -
full-capsid-fraction              D2  Dm  -    -   M1  M1  Mm
capsid-protein-purity             R1  -   -    -   M1  M1  Mm
particle-to-infectivity-ratio     -   Dm  -    -   -   -   -
sterility                         R1  -   M2   -   E1  E2  E2
mycoplasma                        -   -   -    -   E2  E2  M2
endotoxin                         E2  -   -    -   E1  E1  D2
pyrogens                          R1  -   -    -   Mm  E1  M2
bioburden                         -   -   -    -   M2  M2  M1
replication-competent-aav         E2  Em  -    -   -   -   -
adventitious-agents               -   -   R1   E1  Mm  M1  Mm
tumorigenicity                    -   -   -    E1  -   -   -
replication-competent-virus       -   -   -    -   -   -   -
shelf-life                        R1  -   E1   E2  -   -   -
"""


def read(table: str) -> dict[str, list[str]]:
    return {cells[0]: cells[1:] for cells in map(str.split, table.strip("\n").splitlines()[1:])}


def coded(found: Matrix) -> dict[str, list[str]]:
    codes = {state: code for code, state in CODES.items()}
    return {
        cqa: [codes[row[authority].state] + MARKS[row[authority].evidence] for authority in AUTHORITIES]
        for cqa, row in found.items()
    }


@pytest.mark.parametrize(("modality", "table"), [("car-t-autologous", CAR_T), ("aav-in-vivo", AAV)])
def test_the_matrix_is_what_the_notes_say(modality: str, table: str) -> None:
    found, expected = coded(matrix(modality, as_of=DAY)), read(table)
    assert set(found) == set(expected)
    for cqa, wanted in expected.items():
        assert found[cqa] == wanted, cqa


@pytest.mark.parametrize(
    ("cqa", "authority", "references"),
    [
        ("sterility", "FDA", ("21 CFR 610.12",)),
        ("sterility", "Ph. Eur.", ("Ph. Eur. 2.6.27",)),
        ("sterility", "USP", ("USP <71>", "USP <72>")),
        ("mycoplasma", "Ph. Eur.", ("Ph. Eur. 2.6.7",)),
        ("mycoplasma", "FDA", ("FDA-2008-D-0206",)),
        ("donor-infectious-disease", "EMA", ("Directive 2006/17/EC",)),
        ("donor-infectious-disease", "FDA", ("21 CFR 1271.90",)),
        ("vector-copy-number", "EMA", ("EMA/CAT/GTWP/671639/2008",)),
        ("vector-copy-number", "PMDA", ("PSEHB/MDED Notification 0709-2",)),
        ("cell-viability", "FDA", ("FDA-2008-D-0206",)),
        ("pyrogens", "Ph. Eur.", ("Ph. Eur. 5.1.13",)),
    ],
)
def test_a_cell_names_its_texts(cqa: str, authority: str, references: tuple[str, ...]) -> None:
    cell = matrix("car-t-autologous", as_of=DAY)[cqa][authority]
    assert set(references) <= set(cell.references)
    assert all(row.authority == authority for row in cell.requirements)
    assert cell.stages


def test_a_draft_or_a_convention_is_beside_and_makes_no_state() -> None:
    found = matrix("car-t-autologous", as_of=DAY)
    assert [row.id for row in found["vector-copy-number"]["FDA"].requirements] == ["FDA-075"]
    assert [row.id for row in found["vector-copy-number"]["FDA"].beside] == ["FDA-046"]
    assert found["residual-beads"]["FDA"].state == "nothing found"
    assert [row.id for row in found["residual-beads"]["FDA"].beside] == ["FDA-069"]
    assert found["leachables"]["ICH"].state == "nothing found"
    assert [row.id for row in found["leachables"]["ICH"].beside] == ["ICH-023"]


def test_memory_is_shown_and_never_decides() -> None:
    for modality in modalities:
        for row in matrix(modality, as_of=DAY).values():
            for cell in row.values():
                if cell.evidence == "memory":
                    assert not cell.decides
                    assert {item.evidence for item in cell.requirements} <= {"memory"}
                elif cell.state != "nothing found":
                    assert cell.decides


def test_every_state_rests_on_rows_in_force() -> None:
    for modality in modalities:
        for row in matrix(modality, as_of=DAY).values():
            assert tuple(row) == AUTHORITIES
            for cell in row.values():
                assert all(item.standing(DAY) == "in-force" for item in cell.requirements)
                assert (cell.state == "nothing found") == (not cell.requirements and not cell.topics)


def test_a_figure_of_a_method_makes_no_requirement() -> None:
    for row in matrix("car-t-autologous", as_of=DAY).values():
        for cell in row.values():
            if any(item.kind == "method-sensitivity" for item in cell.requirements):
                assert cell.state == "method only"


def test_the_matrix_depends_on_the_day() -> None:
    before, after = (matrix("car-t-autologous", as_of=day) for day in ("2027-08-06", "2027-08-07"))
    assert before["donor-infectious-disease"]["EMA"].references == ("Directive 2006/17/EC",)
    assert after["donor-infectious-disease"]["EMA"].references == ("Regulation (EU) 2024/1938",)
    assert matrix("car-t-autologous", as_of="2024-01-01")["mycoplasma"]["Ph. Eur."].evidence == "memory"


def test_an_attribute_that_nobody_mentions_is_nothing_found_everywhere() -> None:
    found = matrix("car-t-autologous", as_of=DAY)
    assert "zeta-potential" not in found
    assert {cell.state for cell in found["zeta-potential"].values()} == {"nothing found"}
    assert found["VCN"] is found["vector-copy-number"]
    with pytest.raises(VocabularyError):
        found["no such attribute"]


def test_an_attribute_special_to_others_is_left_out() -> None:
    found = matrix("car-t-autologous", as_of=DAY)
    assert [cqa for cqa in found if cqas[cqa].modalities and "car-t-autologous" not in cqas[cqa].modalities] == []


def test_a_matrix_prints_and_converts() -> None:
    found = matrix("car-t-autologous")
    assert found.as_of == datetime.now(UTC).date().isoformat()
    text = str(found)
    assert f"as of {found.as_of}" in text
    assert "vector-copy-number" in text
    table = found.to_arrow()
    assert table.num_rows == len(found) * 7
    assert {"state", "evidence", "references", "beside", "as_of"} <= set(table.column_names)
    assert "<th>Ph. Eur.</th>" in found._repr_html_()
    assert repr(found).startswith("<Matrix: what is asked of car-t-autologous")


def test_an_unknown_product_is_told_with_near_ones() -> None:
    with pytest.raises(VocabularyError):
        matrix("car-t-autologus")
