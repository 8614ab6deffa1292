"""Looking up requirements and documents: by attribute, authority, product, stage and day."""

from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pyarrow as pa
import pytest

from harmoniqc import CrosswalkError, VocabularyError, crosswalk
from harmoniqc.crosswalk import Requirements, documents, requirement, requirements

EU_DAYS = ("2024-01-01", "2025-07-02", "2027-08-08")


def ids(found: Requirements) -> set[str]:
    return {row.id for row in found}


def in_fresh_interpreter(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


# -- the European answers on three days, by hand from the timeline ------------------------------------------------


@pytest.mark.parametrize(
    ("cqa", "expected"),
    [
        # The rabbit test left the monographs on 2025-07-01, when 5.1.13 came into force; that is revised on 2027-01-01.
        (
            "pyrogens",
            (
                {"PHEUR-061", "PHEUR-027"},
                {"PHEUR-025", "PHEUR-027"},
                {"PHEUR-064", "PHEUR-027"},
            ),
        ),
        # The chapter of 01/2008 held until 2026-03-31: no genome copies before.
        (
            "mycoplasma",
            (
                {"PHEUR-016", "PHEUR-065", "PHEUR-066"},
                {"PHEUR-016", "PHEUR-065", "PHEUR-066"},
                {"PHEUR-010", "PHEUR-011", "PHEUR-012", "PHEUR-013", "PHEUR-014", "PHEUR-015"},
            ),
        ),
        # The directives end on 2027-08-06; the SoHO Regulation applies from 2027-08-07.
        (
            "donor-infectious-disease",
            (
                {"EU-012", "EU-013", "EU-014", "EU-015", "EU-016", "EU-017", "EU-018", "EU-020", "EU-021"},
                {"EU-012", "EU-013", "EU-014", "EU-015", "EU-016", "EU-017", "EU-018", "EU-020", "EU-021"},
                {"EU-024"},
            ),
        ),
    ],
)
def test_the_european_answer_depends_on_the_day(cqa: str, expected: tuple[set[str], ...]) -> None:
    for day, wanted in zip(EU_DAYS, expected, strict=True):
        assert ids(requirements(cqa=cqa, authority="EMA", as_of=day)) == wanted, day


def test_the_three_days_have_three_answers() -> None:
    answers = {
        tuple(
            frozenset(ids(requirements(cqa=cqa, authority="EU", as_of=day)))
            for cqa in ("pyrogens", "mycoplasma", "donor-infectious-disease")
        )
        for day in EU_DAYS
    }
    assert len(answers) == 3


@pytest.mark.parametrize(
    ("before", "after", "cqa", "gone", "come"),
    [
        ("2025-06-30", "2025-07-01", "pyrogens", "PHEUR-061", "PHEUR-025"),
        ("2026-03-31", "2026-04-01", "mycoplasma", "PHEUR-065", "PHEUR-010"),
        ("2026-12-31", "2027-01-01", "pyrogens", "PHEUR-025", "PHEUR-064"),
        ("2026-12-31", "2027-01-01", "endotoxin", "PHEUR-063", "PHEUR-020"),
        ("2027-08-06", "2027-08-07", "donor-infectious-disease", "EU-012", "EU-024"),
    ],
)
def test_an_answer_changes_on_its_day(before: str, after: str, cqa: str, gone: str, come: str) -> None:
    last, first = (ids(requirements(cqa=cqa, authority="EMA", as_of=day)) for day in (before, after))
    assert gone in last
    assert come not in last
    assert gone not in first
    assert come in first


# -- arguments ----------------------------------------------------------------------------------------------------


def test_nothing_asked_is_everything_that_stands() -> None:
    found = requirements(as_of="2026-11-25")
    assert len(found) > 330
    assert {row.standing("2026-11-25") for row in found} == {"in-force", "draft", "practice"}


def test_arguments_narrow() -> None:
    found = requirements(cqa="sterility", authority="PMDA", modality="CAR-T", stage="release", as_of="2026-11-25")
    assert ids(found) >= {"MHLW-057", "JP-003"}
    assert {row.stage for row in found} == {"release"}
    assert {row.authority for row in found} <= {"PMDA", "JP"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("FDA", {"FDA", "USP"}),
        ("US", {"FDA", "USP"}),
        ("cber", {"FDA", "USP"}),
        ("EMA", {"EMA", "Ph. Eur."}),
        ("EU", {"EMA", "Ph. Eur."}),
        ("mhlw", {"PMDA", "JP"}),
        ("Japan", {"PMDA", "JP"}),
        ("ICH", {"ICH"}),
        ("USP", {"USP"}),
        ("ph eur", {"Ph. Eur."}),
        ("JP", {"JP"}),
    ],
)
def test_a_regulator_includes_the_pharmacopoeia_of_its_region(name: str, expected: set[str]) -> None:
    assert {row.authority for row in requirements(authority=name, as_of="2026-11-25")} == expected


def test_an_attribute_goes_by_any_of_its_names_and_a_rule_by_its_own() -> None:
    assert ids(requirements(cqa="VCN")) == ids(requirements(cqa="vector-copy-number"))
    assert "USP-002" in ids(requirements(cqa="Rounding"))


@pytest.mark.parametrize(
    "arguments", [{"cqa": "endotoxn"}, {"modality": "car-tt"}, {"stage": "relase"}, {"authority": "EMAA"}]
)
def test_an_unknown_name_is_told_with_near_ones(arguments: dict[str, str]) -> None:
    with pytest.raises(VocabularyError) as caught:
        requirements(**arguments)
    assert caught.value.findings[0].code == "unknown-term"
    assert caught.value.findings[0].remedy.startswith("did you mean")


def test_an_authority_without_rows_is_said_to_have_none() -> None:
    with pytest.raises(CrosswalkError, match="no rows of WHO"):
        requirements(authority="WHO")


def test_a_known_attribute_without_rows_has_none() -> None:
    found = requirements(cqa="zeta-potential")
    assert len(found) == 0
    assert found.to_arrow().num_rows == 0
    assert str(found).startswith("requirements, zeta-potential (0), as of ")


# -- days ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "as_of",
    [
        date(2025, 7, 2),
        "2025-07-02",
        datetime(2025, 7, 2, 23, tzinfo=UTC),
        datetime(2025, 7, 2, 1, tzinfo=timezone(timedelta(hours=9))),
    ],
)
def test_a_day_is_a_date_an_instant_or_a_text(as_of) -> None:
    assert requirements(cqa="pyrogens", as_of=as_of).as_of == "2025-07-02"


def test_no_day_is_today_and_the_answer_says_so() -> None:
    before = datetime.now(UTC).date().isoformat()
    found = requirements(cqa="pyrogens")
    assert before <= found.as_of <= datetime.now(UTC).date().isoformat()
    assert f"as of {found.as_of}" in str(found)
    assert set(found.to_arrow()["as_of"].to_pylist()) == {found.as_of}


@pytest.mark.parametrize(
    ("as_of", "code"),
    [
        (datetime(2025, 7, 2), "naive-datetime"),
        ("July 2025", "not-a-day"),
        ("2025-02-30", "not-a-day"),
        ("", "not-a-day"),
        (20250702, "not-a-day"),
    ],
)
def test_a_day_that_is_not_certain_is_refused(as_of, code: str) -> None:
    for look in (requirements, crosswalk.matrix, crosswalk.counterparts, documents.find, crosswalk.profile):
        arguments = {requirements: (), crosswalk.matrix: ("msc",), crosswalk.profile: ("EMA",)}.get(look, ("USP <71>",))
        with pytest.raises(CrosswalkError) as caught:
            look(*arguments, as_of=as_of)
        assert caught.value.findings[0].code == code


def test_a_date_to_the_month_counts_from_its_first_day() -> None:
    assert requirement("FDA-056").document.valid_from == "2011-01"
    assert requirement("FDA-056").standing("2010-12-31") == "not-yet"
    assert requirement("FDA-056").standing("2011-01-01") == "in-force"


def test_a_text_whose_day_is_not_known_is_not_in_force() -> None:
    act = documents["jp-act-37-2025"]
    assert {act.standing(day) for day in ("2024-01-01", "2026-11-25", "2099-01-01")} == {"not-yet"}
    assert "MHLW-008" not in ids(requirements(cqa="rule-batch-disposition", as_of="2026-11-25"))


# -- evidence -----------------------------------------------------------------------------------------------------


def test_memory_drafts_and_practice_never_decide() -> None:
    found = requirements(as_of="2026-11-25")
    deciding = found.deciding()
    assert 0 < len(deciding) < len(found)
    assert {row.evidence for row in deciding} == {"primary", "secondary"}
    assert {row.document.status for row in deciding} <= {"law", "final", "compendial"}
    assert deciding.as_of == found.as_of


def test_the_convention_of_sponsors_is_no_limit() -> None:
    found = requirements(cqa="VCN", authority="FDA", as_of="2026-11-25")
    assert ids(found) == {"FDA-046", "FDA-075"}
    assert found[0].standing(found.as_of) == "practice"
    assert found[1].figure == "set in the dossier"
    assert ids(found.deciding()) == set()


# -- documents ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "id"),
    [
        ("21 CFR 610.12", "us-21-cfr-610.12"),
        ("21CFR610.12", "us-21-cfr-610.12"),
        ("21 C.F.R. § 610.12", "us-21-cfr-610.12"),
        ("21 cfr 610.12(a)(1)", "us-21-cfr-610.12"),
        ("21 CFR 1271.85(b)", "us-21-cfr-1271.85"),
        ("21 CFR Part 11", "us-21-cfr-11.10"),
        ("Ph. Eur. 2.6.1", "ph-eur-2.6.1"),
        ("Ph.Eur.2.6.1", "ph-eur-2.6.1"),
        ("EP 2.6.1", "ph-eur-2.6.1"),
        ("European Pharmacopoeia 2.6.1", "ph-eur-2.6.1"),
        ("USP <71>", "usp-71"),
        ("USP 71", "usp-71"),
        ("<71>", "usp-71"),
        ("usp-nf <71>", "usp-71"),
        ("USP <73>", "usp-72-73"),
        ("JP 4.06", "jp-4.06"),
        ("JP18 4.06", "jp-4.06"),
        ("jp4.06", "jp-4.06"),
        ("Japanese Pharmacopoeia 4.06", "jp-4.06"),
        ("ICH Q6B", "ich-q6b"),
        ("q6b", "ich-q6b"),
        ("ICH Q2(R2)", "ich-q2-r2"),
        ("ICH Q2 (R2)", "ich-q2-r2"),
        ("ICH Q2", "ich-q2-r2"),
        ("SoHO Regulation", "eu-2024-1938"),
        ("GCTP", "jp-ordinance-93"),
        ("FDA-006", "us-21-cfr-610.12"),
        ("ＵＳＰ ＜７１＞", "usp-71"),
    ],
)
def test_a_citation_is_read_as_people_write_it(reference: str, id: str) -> None:
    assert id in [row.id for row in documents.find(reference, as_of="2026-11-25")]


def test_every_citation_and_alias_finds_its_text() -> None:
    for document in documents.values():
        for text in (document.id, document.citation, *document.aliases):
            assert document.citation in {row.citation for row in crosswalk.references.documents_cited(text)}


@pytest.mark.parametrize(
    ("reference", "near"), [("21 CFR 610.13x", "21 CFR 610.13"), ("USP <7l>", "USP <7"), ("Ph. Eur. 2.6.71", "2.6.7")]
)
def test_an_unknown_citation_is_told_with_near_ones(reference: str, near: str) -> None:
    with pytest.raises(CrosswalkError) as caught:
        documents.find(reference)
    (finding,) = caught.value.findings
    assert finding.code == "unknown-reference"
    assert near in finding.remedy


@pytest.mark.parametrize("reference", ["", " ", "…", "zzzz"])
def test_nothing_finds_nothing(reference: str) -> None:
    with pytest.raises(CrosswalkError):
        documents.find(reference)


@pytest.mark.parametrize(
    ("reference", "day", "expected"),
    [
        ("21 CFR 610.30", "2026-11-25", {"us-fda-2008-d-0206", "usp-63"}),
        ("21 CFR 610.30", "2020-09-20", {"us-21-cfr-610.30"}),
        ("Ph. Eur. 5.14", "2026-11-25", {"ph-eur-3186", "ph-eur-5.34"}),
        ("Ph. Eur. 5.14", "2024-01-01", {"ph-eur-5.14"}),
        ("Ph. Eur. 2.6.8", "2025-07-02", {"ph-eur-2.6.8"}),
        ("Ph. Eur. 2.6.8", "2026-11-25", {"ph-eur-5.1.13-11.8", "ph-eur-2.6.30", "ph-eur-2.6.14-12"}),
        ("Ph. Eur. 2.6.8", "2027-01-01", {"ph-eur-5.1.13-13.1", "ph-eur-2.6.30", "ph-eur-2.6.14-13.1"}),
        ("Ph. Eur. 2.6.32", "2027-01-01", {"ph-eur-2.6.14-13.1"}),
        ("Ph. Eur. 2.6.7", "2026-03-31", {"ph-eur-2.6.7-2008"}),
        ("Ph. Eur. 2.6.7", "2026-04-01", {"ph-eur-2.6.7-12.2"}),
        ("Directive 2006/17/EC", "2027-08-07", {"eu-2024-1938"}),
        ("Directive 2004/23/EC", "2027-08-06", {"eu-2004-23"}),
        ("CPMP/BWP/41450/98", "2026-11-25", {"ema-chmp-410869-2006"}),
        ("CHMP/GTWP/671639/2008", "2026-11-25", {"ema-cat-gtwp-671639-2008-r1"}),
        ("FDA RCR guidance November 2006", "2026-11-25", {"us-fda-1999-d-0081"}),
        ("Directive 2003/63/EC", "2026-11-25", {"eu-2001-83-annex-i-part-iv-2009"}),
        ("Notification 0701-4", "2026-11-25", {"jp-0709-2"}),
        ("21 CFR 610.11", "2026-11-25", {"us-21-cfr-610.11"}),
    ],
)
def test_a_revoked_text_leads_to_what_took_its_place(reference: str, day: str, expected: set[str]) -> None:
    assert {row.id for row in documents.find(reference, as_of=day)} == expected


def test_documents_are_a_mapping() -> None:
    assert documents["usp-71"].citation == "USP <71>"
    assert "usp-71" in documents
    assert len(documents) == len(list(documents)) > 250
    assert documents.get("nothing") is None
    with pytest.raises(KeyError):
        documents["nothing"]


# -- how an answer looks ------------------------------------------------------------------------------------------


def test_an_answer_prints_and_converts() -> None:
    found = requirements(cqa="endotoxin", authority="EMA", as_of="2027-01-02")
    assert repr(found) == "<Requirements: requirements, endotoxin, EMA and Ph. Eur. (4), as of 2027-01-02>"
    text = str(found)
    assert "PHEUR-022" in text
    assert "primary" in text
    assert "K=5.0 IU/kg" in text
    page = found._repr_html_()
    assert page.startswith("<table>")
    assert "<td>PHEUR-022</td>" in page
    table = found.to_arrow()
    assert table.schema.field("cqa").type == pa.list_(pa.string())
    assert table.num_rows == len(found) == 4
    assert {"evidence", "standing", "decides", "as_of", "url", "bindingness"} <= set(table.column_names)


def test_what_a_notebook_shows_is_escaped() -> None:
    assert "USP &lt;71&gt;" in requirements(cqa="sterility", authority="USP")._repr_html_()


def test_an_answer_is_an_immutable_sequence() -> None:
    found = requirements(cqa="endotoxin", as_of="2027-01-02")
    assert found[0] in found
    assert len(found[:2]) == 2
    assert found[:2].as_of == found.as_of
    assert found == requirements(cqa="endotoxin", as_of="2027-01-02")
    assert hash(found) == hash(requirements(cqa="endotoxin", as_of="2027-01-02"))
    assert found != requirements(cqa="endotoxin", as_of="2027-01-03")
    with pytest.raises(AttributeError):
        found[0].text = "other"  # type: ignore[misc]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickling(protocol: int) -> None:
    found = requirements(cqa="endotoxin", as_of="2027-01-02")
    assert pickle.loads(pickle.dumps(found, protocol)) == found


def test_no_such_name() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        crosswalk.no_such_name  # noqa: B018 - the access is the test
    assert set(crosswalk.__all__) <= set(dir(crosswalk))
    assert all(getattr(crosswalk, name) is not None for name in crosswalk.__all__)


def test_importing_reads_nothing_and_looking_up_is_light() -> None:
    code = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import harmoniqc.crosswalk as c
print(*(name for name in opened if name.endswith((".toml", ".tsv"))))
c.requirements(cqa="endotoxin", authority="EMA"); c.counterparts("USP <71>"); c.matrix("aav-in-vivo"); c.profile("FDA")
print(*(name for name in ("numpy", "pydantic", "pint", "pyarrow") if name in sys.modules))
"""
    assert in_fresh_interpreter(code).split() == []


def test_by_id_is_quick() -> None:
    code = """
import timeit, harmoniqc as hq
hq.crosswalk.requirement("FDA-006")
print(min(timeit.repeat(lambda: hq.crosswalk.requirement("FDA-006"), number=10000, repeat=5)) / 10000 * 1e6)
"""
    assert float(in_fresh_interpreter(code)) < 5
