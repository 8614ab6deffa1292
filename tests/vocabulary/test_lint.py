"""The data of the vocabulary: reviewed like code, linted like code."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from harmoniqc.standard.decimal_text import is_decimal_text, to_fraction
from harmoniqc.units import conversion, parse_unit, rows
from harmoniqc.vocabulary import (
    CQA,
    Term,
    Terms,
    authorities,
    cqas,
    decision_points,
    facts,
    legal_classes,
    materials,
    methods,
    modalities,
    normalize_wording,
    outcomes,
    process_parameters,
    process_steps,
    stages,
)
from harmoniqc.vocabulary.terms import fold

ROOT = Path(__file__).parents[2]
DATA = ROOT / "vocabulary"
SLUG = re.compile(r"[a-z0-9][a-z0-9.-]*\Z")
ALL: dict[str, Terms] = {
    "cqas": cqas,
    "modalities": modalities,
    "stages": stages,
    "materials": materials,
    "methods": methods,
    "authorities": authorities,
    "process_steps": process_steps,
    "process_parameters": process_parameters,
    "decision_points": decision_points,
    "legal_classes": legal_classes,
    "facts": facts,
    "outcomes": outcomes,
}
CATEGORIES = {
    "identity",
    "content",
    "purity",
    "process-impurity",
    "product-impurity",
    "safety",
    "potency",
    "general",
    "stability-logistics",
}
DIRECTIONS = {"higher", "lower", "within", "absent", "none"}
SLUGS = (Path(__file__).parent / "slugs.txt").read_text(encoding="utf-8").split()
"""Attributes that the first version promised."""


def all_terms() -> Iterator[tuple[str, Term]]:
    for what, terms in ALL.items():
        for term in terms.values():
            yield what, term


def kinds_of_quantity() -> set[str]:
    lines = (DATA / "units.tsv").read_text(encoding="utf-8").splitlines()
    column = lines[0].split("\t").index("kind")
    return {line.split("\t")[column] for line in lines[1:]}


COUNTED = {code for code, row in rows().items() if row.kind == "count" and row.definition == "base"}


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


@pytest.mark.parametrize("what", ALL)
def test_ids_are_slugs_and_no_id_occurs_twice(what: str) -> None:
    wrong = [term.id for term in ALL[what].values() if not SLUG.match(term.id)]
    assert wrong == [] or what == "authorities"


def test_no_id_occurs_twice_in_the_files() -> None:
    # A mapping would hide the first of two terms of one id, so the files themselves are read.
    for folder in (DATA, DATA / "cqas"):
        ids = Counter(
            (key, item["id"])
            for file in folder.glob("*.toml")
            for key, items in tomllib.loads(file.read_text(encoding="utf-8")).items()
            for item in items
            if "id" in item
        )
        assert ids
        assert [key for key, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("file", sorted(DATA.rglob("*.toml")), ids=lambda file: file.name)
def test_files_are_nfc_and_hold_no_stray_blanks(file: Path) -> None:
    written = file.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", written)
    assert written.endswith("\n")
    assert "\r" not in written
    assert [text for text in texts(tomllib.loads(written)) if text != text.strip() or "  " in text] == []


def test_every_term_is_named_and_defined() -> None:
    for what, term in all_terms():
        assert term.name, (what, term.id)
        assert len(term.definition) > 8, (what, term.id)
        assert term.definition.endswith("."), (what, term.id)
        assert term.definition[0].isupper() or not term.definition[0].isalpha(), (what, term.id)
        assert all(term.aliases), (what, term.id)


def test_no_alias_is_written_twice_for_one_term() -> None:
    for what, term in all_terms():
        if what != "outcomes":
            repeated = [name for name, count in Counter(map(fold, term.aliases)).items() if count > 1]
            assert repeated == [], (what, term.id)


@pytest.mark.parametrize("what", [what for what in ALL if what != "outcomes"])
def test_no_name_belongs_to_two_terms(what: str) -> None:
    owners: dict[str, set[str]] = {}
    for term in ALL[what].values():
        for name in (term.id, term.name, *term.aliases):
            owners.setdefault(fold(name), set()).add(term.id)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


@pytest.mark.parametrize("what", [what for what in ALL if what != "outcomes"])
def test_every_name_finds_its_term(what: str) -> None:
    for term in ALL[what].values():
        for name in (term.id, term.name, *term.aliases):
            assert ALL[what].find(name) is term, name
            assert ALL[what].find(f"  {name.upper()}.") is term, name


@pytest.mark.parametrize("cqa", cqas.values(), ids=lambda cqa: cqa.id)
def test_attribute(cqa: CQA) -> None:
    assert cqa.category in CATEGORIES
    assert cqa.direction in DIRECTIONS
    assert cqa.quantities
    assert set(cqa.quantities) <= kinds_of_quantity() | {"outcome"}
    assert set(cqa.counted) <= COUNTED
    assert not cqa.counted or "count" in cqa.quantities
    assert set(cqa.modalities) <= set(modalities)
    assert set(cqa.methods) <= set(methods)
    assert cqa.broader is None or (cqa.broader in cqas and cqa.broader != cqa.id)
    assert all(code.system and code.code and code.label for code in cqa.codes)
    assert cqa.unit or "outcome" in cqa.quantities
    if cqa.unit:
        unit = parse_unit(cqa.unit)
        assert unit.code == cqa.unit
        assert unit.kind in cqa.quantities
        assert unit.kind != "count" or unit.dimension[0][0] in cqa.counted


@pytest.mark.parametrize("cqa", [cqa for cqa in cqas.values() if cqa.domain], ids=lambda cqa: cqa.id)
def test_domain(cqa: CQA) -> None:
    domain = cqa.domain
    assert domain is not None
    ends = [end for end in (domain.low, domain.high) if end is not None]
    assert ends
    assert all(is_decimal_text(end) for end in ends)
    assert [to_fraction(end) for end in ends] == sorted(to_fraction(end) for end in ends)
    conversion(parse_unit(domain.unit), parse_unit(cqa.unit))  # raises where there is none


def test_attributes_are_in_the_file_of_their_category() -> None:
    for file in (DATA / "cqas").glob("*.toml"):
        items = tomllib.loads(file.read_text(encoding="utf-8"))["cqa"]
        assert {item["category"] for item in items} == {file.stem}


def test_authorities_are_of_a_known_kind() -> None:
    kinds = {"regulator", "pharmacopoeia", "harmonization", "standards"}
    assert {item.kind for item in authorities.values()} == kinds
    assert all(item.jurisdiction for item in authorities.values())


def test_the_working_list_is_there() -> None:
    assert len(SLUGS) == len(set(SLUGS)) == 82
    assert [slug for slug in SLUGS if slug not in cqas] == []


def test_every_attribute_of_the_corpus_is_there() -> None:
    used = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("cqa"), str):
                used.add(value["cqa"])
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    for file in (ROOT / "tests" / "corpus").glob("*.json"):
        walk(json.loads(file.read_text(encoding="utf-8")))
    assert len(used) > 50
    assert used - set(cqas) == set()


def test_wordings_of_outcomes_belong_to_one_outcome_and_are_not_ambiguous() -> None:
    owners: dict[str, str] = {}
    for outcome in outcomes.values():
        for text in (outcome.id, *outcome.aliases):
            wording = normalize_wording(text)
            assert wording, text
            assert owners.setdefault(wording, outcome.id) == outcome.id, text
            assert not outcomes.is_ambiguous(text), text


def test_no_wording_is_written_twice() -> None:
    for outcome in outcomes.values():
        assert [text for text, count in Counter(outcome.aliases).items() if count > 1] == []


def test_ambiguous_wordings_are_stored_as_they_are_compared() -> None:
    items = tomllib.loads((DATA / "outcomes.toml").read_text(encoding="utf-8"))["ambiguous"]
    assert [item["text"] for item in items if normalize_wording(item["text"]) != item["text"]] == []
    assert all(item["note"] for item in items)
