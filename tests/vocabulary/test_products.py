"""The profiles of approved therapies: valid documents whose every statement says where it comes from."""

from __future__ import annotations

import csv
import json
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest

import harmoniqc as hq
from harmoniqc.standard.product import DoseRule, Product
from harmoniqc.units import parse_unit
from harmoniqc.vocabulary import authorities, cqas, facts, legal_classes, modalities, products
from harmoniqc.vocabulary.terms import fold

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "vocabulary" / "products").glob("*.json"))
NAMED_AS_CASES = [
    "kymriah",
    "yescarta",
    "luxturna",
    "zolgensma",
    "tecartus",
    "comirnaty",
    "spikevax",
    "abecma",
    "breyanzi",
    "carvykti",
    "hemgenix",
    "roctavian",
]
everyone = pytest.mark.parametrize("product", products.values(), ids=lambda product: product.id)


def statements(product: Product):
    return (*product.dose_rules, *product.strengths, *product.storage, *product.approvals, *product.legal_classes)


def conditions(condition):
    if condition is None:
        return
    inner = getattr(condition, "of", None)
    if inner is None:
        yield condition
    else:
        for part in inner if isinstance(inner, tuple) else (inner,):
            yield from conditions(part)


def test_the_therapies_named_as_cases_are_there() -> None:
    assert [id for id in NAMED_AS_CASES if id not in products] == []
    assert len(products) == len(FILES) == 29


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_file_is_named_after_its_product_and_written_as_the_library_writes(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert json.loads(text)["id"] == file.stem
    assert text == hq.to_json(products[file.stem]) + "\n"


@everyone
def test_every_statement_has_a_source_with_its_evidence(product: Product) -> None:
    assert product.approvals
    for statement in statements(product):
        assert statement.source is not None
        assert statement.source.document
        if statement.source.url is None:
            assert statement.source.evidence != "primary"


@everyone
def test_every_word_is_a_term(product: Product) -> None:
    assert product.modality in modalities
    for approval in product.approvals:
        assert approval.authority in authorities
    decided = {approval.authority for approval in product.approvals}
    for legal_class in product.legal_classes:
        assert legal_classes.find(legal_class.name).authority == legal_class.authority
        assert legal_class.authority in decided
    for statement in (*product.dose_rules, *product.strengths):
        assert statement.cqa in cqas
    for rule in product.dose_rules:
        assert rule.authority is None or rule.authority in authorities
        for condition in conditions(rule.when):
            assert condition.fact in facts


@everyone
def test_every_number_has_a_unit_that_measures_its_attribute(product: Product) -> None:
    for statement in (*product.dose_rules, *product.strengths):
        unit = statement.nominal.unit if statement.nominal else statement.unit
        assert unit is not None
        assert parse_unit(unit).code == unit
        bounded = statement.low is not None or statement.high is not None
        assert bounded != (statement.nominal is not None)
        if isinstance(statement, DoseRule) and statement.maximum is not None:
            assert unit == f"{statement.maximum.unit}/kg"
    for storage in product.storage:
        assert storage.temperature or storage.duration
        assert storage.temperature is None or storage.temperature.unit == "Cel"


def test_no_name_belongs_to_two_products() -> None:
    owners: dict[str, set[str]] = {}
    for product in products.values():
        for name in (product.id, product.name, product.nonproprietary_name, *product.aliases):
            if name is not None:
                owners.setdefault(fold(name), set()).add(product.id)
                assert products.find(f" {name.upper()}. ") is product
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def test_find_suggests_and_never_guesses() -> None:
    assert products.find("tisagenlecleucel") is products["kymriah"]
    assert products.find("axi-cel").name == "Yescarta"
    with pytest.raises(hq.VocabularyError, match="kymria") as caught:
        products.find("kymria")
    assert caught.value.findings[0].code == "unknown-term"
    assert "kymriah" in (caught.value.findings[0].remedy or "")
    with pytest.raises(hq.VocabularyError):
        products["Kymriah"]


def test_a_name_of_two_products_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from harmoniqc.vocabulary import profiles

    monkeypatch.setattr(profiles, "_names", lambda: {"cell": ("abecma", "kymriah")})
    with pytest.raises(hq.VocabularyError) as caught:
        products.find("Cell")
    assert caught.value.findings[0].code == "ambiguous-term"


def test_it_is_a_mapping_that_prints_and_pickles() -> None:
    assert list(products) == sorted(products)
    assert "kymriah" in products
    assert "Kymriah" not in products
    assert repr(products).startswith("<29 products: abecma")
    assert pickle.loads(pickle.dumps(products)) is products


def test_the_attributes_do_not_load_the_models() -> None:
    code = "import sys, harmoniqc as hq; hq.cqas['endotoxin']; assert 'pydantic' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_dates_are_as_precise_as_they_are_known() -> None:
    dates = {item.date for product in products.values() for item in product.approvals}
    assert {len(date) for date in dates if date} == {4, 7, 10}
    assert [date for date in dates if date and not re.fullmatch(r"20[12]\d(-\d\d)*", date)] == []
    approvals = {item.authority: item for item in products["roctavian"].approvals}
    assert (approvals["EMA"].date, approvals["EMA"].status) == ("2022-08", "conditional")
    assert approvals["FDA"].date == "2023-06"


def test_withdrawn_is_said_beside_approved() -> None:
    decisions = [(item.authority, item.status) for item in products["zynteglo"].approvals]
    assert ("EMA", "approved") in decisions
    assert ("EMA", "withdrawn") in decisions


def test_the_volumes_of_zolgensma_follow_from_weight_and_concentration() -> None:
    # The dose is that of the upper end of the band: 1.1E14 vg/kg at 2.0E13 vg/mL, that is 5.5 mL/kg, to 0.1 mL.
    bands = [rule for rule in products["zolgensma"].dose_rules if rule.cqa == "dose-volume"]
    assert len(bands) == 37
    for rule in bands:
        tenths = round(float(rule.when.high.value) * 10)
        assert round(float(rule.nominal.value) * 10) == (tenths * 55 + 5) // 10


def test_every_judgment_is_carried_or_says_why_not() -> None:
    with (Path(__file__).parent / "product_facts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert {row["product"] for row in rows} == set(products)
    for row in rows:
        product = products[row["product"]]
        if row["kind"] == "left-out":
            assert row["remark"], row["fact"]
            continue
        seen = {statement.source.section for statement in statements(product) if statement.source}
        assert row["fact"] in seen, row["fact"]


def test_what_has_no_evident_place_is_left_out() -> None:
    assert products["hearticellgram-ami"].dose_rules[-1].when.high.value == "80"  # the band above is misprinted
    assert products["elevidys"].dose_rules[-1].when.high.value == "36.4"  # the text seen ends there
    assert all(item.authority != "EMA" for item in products["casgevy"].legal_classes)  # no class is certain
    assert {item.name for item in products["comirnaty"].legal_classes} == {
        "Vaccine (FDA)",
        "Vaccine, not an advanced therapy (EU)",
    }
