from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standard_examples import DOCUMENTS, LIMIT, RESULT, SPECIFICATION, TEST, name_of, specifications, unhurried

from harmoniqc.standard import (
    Document,
    Model,
    Package,
    Specification,
    canonical_bytes,
    content_hash,
    load_document,
    plain,
    to_json,
)


def shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


@unhurried
@given(specifications)
def test_generated_specifications_round_trip(specification: Specification) -> None:
    for text in (to_json(specification), to_json(specification, indent=None), canonical_bytes(specification)):
        again = load_document(text)
        assert again == specification
        assert plain(again) == plain(specification)
        assert canonical_bytes(again) == canonical_bytes(specification)
        assert content_hash(again) == content_hash(specification)


@unhurried
@given(specifications, st.randoms(use_true_random=False))
def test_canonical_bytes_do_not_depend_on_the_order_of_keys(specification: Specification, order: random.Random) -> None:
    data = shuffled(plain(specification), order)
    assert canonical_bytes(load_document(data)) == canonical_bytes(specification)


@pytest.mark.parametrize("example", DOCUMENTS, ids=name_of)
def test_canonical_bytes_are_sorted_compact_utf8_without_numbers_but_integers(example: Document) -> None:
    data = canonical_bytes(example)
    decoded = json.loads(data, parse_float=_refuse)
    assert data == json.dumps(decoded, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert len(content_hash(example)) == 64
    assert content_hash(example) == content_hash(load_document(to_json(example)))


def _refuse(text: str) -> None:
    raise AssertionError(f"{text} is a JSON number with a fraction or an exponent")


@pytest.mark.parametrize("value", ["71", "70.0", "7E1", "-70"])
def test_the_hash_changes_with_one_digit(value: str) -> None:
    limit = LIMIT.model_copy(update={"low": LIMIT.low.model_copy(update={"value": value})})
    changed = SPECIFICATION.model_copy(update={"tests": (TEST.model_copy(update={"criterion": limit}),)})
    assert content_hash(changed) != content_hash(SPECIFICATION)


def test_the_hash_of_a_package_changes_with_one_digit_of_one_row() -> None:
    rows = [RESULT.model_copy(update={"value": f"9{digit}.90"}) for digit in range(10)]
    packages = [Package(id="p", results=[RESULT, row]) for row in rows]
    assert len({content_hash(package) for package in packages}) == 10
    assert len({canonical_bytes(package) for package in packages}) == 10


def test_the_hash_covers_verbatim_text_that_equality_leaves_out() -> None:
    changed = SPECIFICATION.model_copy(update={"note": "another note"})
    assert changed == SPECIFICATION
    assert content_hash(changed) != content_hash(SPECIFICATION)


def test_plain_form_leaves_empty_fields_out_and_puts_the_kind_first() -> None:
    fields = plain(LIMIT)
    assert next(iter(fields)) == "kind"
    assert "high" not in fields
    assert plain(Package(id="p")) == {"standard_version": "0.1", "type": "package", "id": "p"}


def test_non_ascii_text_is_written_as_it_is() -> None:
    assert "≥70%" in to_json(SPECIFICATION)
    assert "≥70%".encode() in canonical_bytes(SPECIFICATION)


def test_instants_keep_their_offset() -> None:
    models: list[Model] = [RESULT.model_copy(update={"measured_at": None})]
    models.append(type(RESULT).model_validate({**plain(RESULT), "measured_at": "2024-02-29T12:30:00+02:00"}))
    assert "measured_at" not in plain(models[0])
    assert plain(models[1])["measured_at"] == "2024-02-29T12:30:00+02:00"
    assert plain(RESULT)["measured_at"] == "2024-02-29T12:30:00Z"
