"""The data of the crosswalk: reviewed like code, linted like code."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from harmoniqc.crosswalk.criteria import ENDOTOXIN
from harmoniqc.crosswalk.references import fold_reference
from harmoniqc.crosswalk.rows import Document, Mapping, Requirement, Topic
from harmoniqc.crosswalk.store import (
    AUTHORITIES,
    FILES,
    documents_by_id,
    mappings,
    read_rows,
    requirements_by_id,
    topics,
)
from harmoniqc.standard.decimal_text import is_decimal_text, to_fraction
from harmoniqc.units import parse_unit
from harmoniqc.vocabulary import authorities, cqas, modalities, requirement_stages, rules, scopes

ROOT = Path(__file__).parents[2]
TREE = ROOT / "crosswalks"
TABLES = sorted(TREE.rglob("*.tsv"))
SLUG = re.compile(r"[a-z0-9][a-z0-9.-]*\Z")
REQUIREMENT_ID = re.compile(r"(?:FDA|EU|EMA|PHEUR|USP|ICH|MHLW|PMDA|JP)-\d{3}\Z")
DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?\Z")
EVIDENCE = {"primary", "secondary", "memory"}
STATUS = {"law", "final", "compendial", "draft", "adopted", "practice", "revoked"}
FORCE = {"law", "mandatory", "when-referenced", "expected", "informational", "none"}
KINDS = {"product-limit", "method-sensitivity", "process-rule", "donor-rule", "record-rule"}
OPERATORS = {"none", "absent", "report", "exempt", "le", "lt", "ge", "between"}
PREDICATES = {"skos:closeMatch", "skos:relatedMatch", "skos:broadMatch", "skos:narrowMatch", "sssom:NoTermFound"}
NOT_UNITS = {"lx", "lot/year"}
"""What conditions of methods and rules for processes count in; no product is judged by them."""

each_document = pytest.mark.parametrize("document", documents_by_id().values(), ids=lambda row: row.id)
each_requirement = pytest.mark.parametrize("row", requirements_by_id().values(), ids=lambda row: row.id)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_a_table_is_plain(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert text.endswith("\n")
    assert "\r" not in text
    lines = [line.split("\t") for line in text.splitlines()]
    assert {len(line) for line in lines} == {len(lines[0])}
    assert [cell for line in lines for cell in line if cell != " ".join(cell.split())] == []
    assert "" not in lines[0]


@pytest.mark.parametrize("name", ["documents", *(f"requirements/{name}" for name in FILES.values()), "pharmacopoeia"])
def test_ids_are_unique(name: str) -> None:
    ids = [row["id"] for row in read_rows(*f"{name}.tsv".split("/"))]
    assert [id for id, count in Counter(ids).items() if count > 1] == []


def test_ids_of_requirements_are_unique_over_all_files() -> None:
    assert len(requirements_by_id()) == sum(len(read_rows("requirements", f"{name}.tsv")) for name in FILES.values())


def test_no_file_is_left_out() -> None:
    known = {
        "documents.tsv",
        "mappings.tsv",
        "pharmacopoeia.tsv",
        *(f"requirements/{name}.tsv" for name in FILES.values()),
    }
    assert {path.relative_to(TREE).as_posix() for path in TABLES} == known
    assert tuple(FILES) == AUTHORITIES
    assert set(AUTHORITIES) <= set(authorities)


@each_document
def test_document(document: Document) -> None:
    assert SLUG.match(document.id)
    assert document.authority in AUTHORITIES
    assert document.citation
    assert document.title
    assert document.status in STATUS
    assert document.bindingness in FORCE
    assert document.evidence in EVIDENCE
    for day in (document.valid_from, document.valid_to):
        assert not day or DATE.match(day)
    if document.valid_from and document.valid_to:
        assert document.valid_from <= document.valid_to
    if document.status in ("draft", "practice"):
        assert document.bindingness == "none"
    if document.status == "revoked":
        assert document.valid_to or document.note, "the last day, or a note that it is not known"
    if document.status == "adopted":
        assert not document.valid_from, "a text whose day is known is in force or not by its date"
    assert set(document.superseded_by) <= set(documents_by_id()) - {document.id}


def test_what_took_a_place_does_not_lead_back() -> None:
    def follow(id: str, behind: tuple[str, ...]) -> None:
        assert id not in behind, behind
        for successor in documents_by_id()[id].superseded_by:
            follow(successor, (*behind, id))

    for id in documents_by_id():
        follow(id, ())


def test_a_citation_means_one_text() -> None:
    owners: dict[str, set[tuple[str, str]]] = {}
    for document in documents_by_id().values():
        for text in (document.citation, *document.aliases):
            owners.setdefault(fold_reference(text), set()).add((document.authority, document.citation))
    assert {text: found for text, found in owners.items() if len(found) > 1} == {}


def test_versions_of_a_text_do_not_overlap() -> None:
    versions: dict[str, list[Document]] = {}
    for document in documents_by_id().values():
        if document.status not in ("draft", "practice", "adopted"):
            versions.setdefault(document.citation, []).append(document)
    for citation, found in versions.items():
        in_order = sorted(found, key=lambda row: row.valid_from)
        for earlier, later in itertools.pairwise(in_order):
            assert earlier.valid_to, citation
            assert earlier.valid_to < later.valid_from, citation


@each_requirement
def test_requirement(row: Requirement) -> None:
    assert REQUIREMENT_ID.match(row.id)
    assert row.cqas
    assert set(row.cqas) <= set(cqas) | set(rules)
    assert len(set(row.cqas)) == len(row.cqas)
    assert row.scopes
    assert set(row.scopes) <= set(scopes)
    assert row.stage in requirement_stages
    assert row.kind in KINDS
    assert row.text[:1].isupper()
    assert row.text.endswith(".")
    assert row.operator in OPERATORS
    assert row.evidence in EVIDENCE
    for day in (row.valid_from, row.valid_to):
        assert not day or DATE.match(day)
    first, last = row.valid_from or row.document.valid_from, row.valid_to or row.document.valid_to
    assert not (first and last) or first <= last


@each_requirement
def test_a_figure_has_a_unit_a_basis_and_a_source(row: Requirement) -> None:
    figures = [figure for figure in (row.low, row.high) if figure]
    assert all(is_decimal_text(figure) for figure in figures)
    if len(figures) == 2:
        assert to_fraction(row.low) < to_fraction(row.high)
    if not figures:
        assert not row.unit
        assert row.operator in ("none", "absent", "report", "exempt") or row.basis in ("formula", "dossier-defined")
        return
    assert row.unit
    if row.unit not in NOT_UNITS:
        assert parse_unit(row.unit).code == row.unit
    else:
        assert row.kind != "product-limit"
    if row.kind == "product-limit":
        assert row.basis == "stated"
        assert row.section
        assert row.url or row.document.url


@each_requirement
def test_a_basis_says_what_it_is(row: Requirement) -> None:
    assert row.basis in ("", "stated", "formula", "dossier-defined")
    assert (row.basis == "formula") == bool(row.formula) == bool(row.parameters)
    if row.basis == "formula":
        assert row.formula == ENDOTOXIN
        assert not (row.low)
        assert not (row.high)
    if row.basis == "dossier-defined":
        assert row.kind == "product-limit"
        assert not (row.low)
        assert not (row.high)


@each_requirement
def test_a_figure_about_a_method_is_no_product_limit(row: Requirement) -> None:
    if row.stage == "method-validation":
        assert row.kind != "product-limit"
    if row.stage in ("nonclinical", "post-administration", "comparability", "quality-system"):
        assert row.kind in ("process-rule", "record-rule")


@each_requirement
def test_what_was_revoked_is_not_called_superseded_in_its_text(row: Requirement) -> None:
    assert "SUPERSEDED" not in row.text


@pytest.mark.parametrize("row", mappings(), ids=lambda row: f"{row.subject}-{row.object or row.authority}")
def test_mapping(row: Mapping) -> None:
    requirements = requirements_by_id()
    assert row.subject in requirements
    assert row.predicate in PREDICATES
    assert (row.predicate == "sssom:NoTermFound") == (not row.object)
    assert row.authority in AUTHORITIES
    if row.object:
        assert row.object != row.subject
        assert requirements[row.object].authority == row.authority
    assert row.justification.startswith("semapv:")
    assert row.difference.endswith(".")
    assert row.evidence in EVIDENCE


def test_a_mapping_is_not_better_seen_than_its_ends() -> None:
    order = ("primary", "secondary", "memory")
    rows = requirements_by_id()
    wrong = []
    for row in mappings():
        ends = [rows[id] for id in (row.subject, row.object) if id]
        weakest = max(order.index(end.evidence) for end in ends)
        if order.index(row.evidence) < weakest:
            wrong.append((row.subject, row.object, row.evidence, order[weakest]))
    assert wrong == []


def test_no_pair_is_mapped_twice() -> None:
    pairs = Counter(frozenset((row.subject, row.object or row.authority)) for row in mappings())
    assert [pair for pair, count in pairs.items() if count > 1] == []


@pytest.mark.parametrize("topic", topics(), ids=lambda row: row.id)
def test_topic(topic: Topic) -> None:
    known = {text for row in documents_by_id().values() for text in (row.citation, *row.aliases)}
    assert re.match(r"EQ-\d\d\Z", topic.id)
    assert topic.topic
    assert set(topic.cqas) <= set(cqas)
    assert set(topic.scopes) <= set(scopes)
    assert topic.difference
    for book in ("USP", "Ph. Eur.", "JP"):
        citations, evidence = topic.of(book)
        assert set(citations) <= known
        assert evidence in EVIDENCE
    for first, second in (("USP", "Ph. Eur."), ("USP", "JP"), ("Ph. Eur.", "JP")):
        predicate = topic.predicate(first, second)
        assert predicate in PREDICATES
        assert (predicate == "sssom:NoTermFound") == (not topic.of(first)[0] or not topic.of(second)[0])
        if predicate == "skos:closeMatch":
            assert topic.harmonization in ("pdg", "pdg+q4b")
    assert (topic.q4b_annex != "") == (topic.harmonization == "pdg+q4b")


def test_all_topics_are_there() -> None:
    assert len(topics()) == 47


def test_scopes_name_modalities_and_any_names_them_all() -> None:
    for scope in scopes.values():
        assert set(scope.modalities) <= set(modalities), scope.id
    assert set(scopes["any"].modalities) == set(modalities)


@pytest.mark.parametrize("what", [rules, scopes, requirement_stages], ids=repr)
def test_terms_of_rules(what) -> None:
    for term in what.values():
        assert SLUG.match(term.id)
        assert term.name
        assert term.definition.endswith(".")
        assert what.find(term.name) is term
    assert all(id.startswith("rule-") for id in rules)


def test_frameworks_rest_on_rows_that_exist() -> None:
    data = tomllib.loads((TREE / "frameworks.toml").read_text(encoding="utf-8"))
    assert [item["authority"] for item in data["framework"]] == ["FDA", "EMA", "PMDA", "ICH"]
    for framework in data["framework"]:
        subjects = [statement["topic"] for statement in framework["statement"]]
        assert len(set(subjects)) == len(subjects)
        assert {"product class", "route", "where limits come from", "potency and analytics"} <= set(subjects)
        assert "change after approval" in subjects
        for statement in framework["statement"]:
            assert set(statement["documents"]) <= set(documents_by_id())
            assert statement["requirements"]
            assert set(statement["requirements"]) <= set(requirements_by_id())
            assert statement["text"].endswith(".")


def test_no_row_was_lost() -> None:
    """The tables the crosswalk was made from had 348 rows; what was added since has higher numbers."""
    assert len(requirements_by_id()) >= 348 + 9
