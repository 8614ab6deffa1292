"""Documents that are right: nothing is found in the corpus, in the products, in requirements, in reviewed readings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

import harmoniqc as hq
from harmoniqc.errors import CrosswalkError
from harmoniqc.schema.checks import Check, check
from harmoniqc.schema.checks.texts import texts_and_structures
from harmoniqc.schema.contents import Contents, Placed
from harmoniqc.standard import AnyCriterion, Specification, Test, Unstructured

from .contents_of import CORPUS, ROOT, found, read

PRODUCTS = sorted((ROOT / "vocabulary" / "products").glob("*.json"))
ANSWERS = ROOT / "tests" / "notation" / "answers"
CRITERION: TypeAdapter[Any] = TypeAdapter(AnyCriterion)


def found_in(criterion: Any, cqa: str, look: Check = check) -> list[Any]:
    test = Test(id="test", cqa=cqa, criterion=criterion)
    specification = Specification(id="s", version="1", product="p", rounding="none", tests=(test,))
    return list(look(Contents("specification", specifications=(Placed("", specification),))))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_nothing_is_found_in_a_published_specification_with_its_results(path: Path) -> None:
    assert found(read(path)) == []


@pytest.mark.parametrize("path", PRODUCTS, ids=lambda path: path.stem)
def test_nothing_is_found_in_a_product(path: Path) -> None:
    assert found(read(path)) == []


def test_nothing_is_found_in_what_authorities_ask() -> None:
    looked_at = 0
    for requirement in hq.crosswalk.requirements():
        try:
            criterion = hq.crosswalk.criterion(requirement)
        except CrosswalkError:
            continue
        if criterion is not None:
            looked_at += 1
            assert found_in(criterion, requirement.cqas[0]) == [], requirement.id
    assert looked_at > 30


@pytest.mark.parametrize("file", ["criteria.json", "further_criteria.json"])
def test_a_reviewed_reading_says_what_its_text_says(file: str) -> None:
    """Readings were reviewed by people, with the unit of the column; the check reads the texts without it."""
    looked_at = 0
    for answer in json.loads((ANSWERS / file).read_text(encoding="utf-8")):
        if answer["reading"] is None or answer["reading"]["kind"] == "unstructured":
            continue
        criterion = CRITERION.validate_python({**answer["reading"], "text": answer["text"]})
        assert not isinstance(criterion, Unstructured)
        looked_at += 1
        assert found_in(criterion, "no-attribute", texts_and_structures) == [], answer["text"]
    assert looked_at > 200
