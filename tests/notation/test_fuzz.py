"""Nothing crashes the reader, whatever is written; nothing takes long."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmoniqc import parse_criterion, parse_measurement
from harmoniqc.errors import NotationError
from harmoniqc.notation.grammar import parsed
from harmoniqc.notation.refusal import Refusal
from harmoniqc.notation.scanning import lexemes_of, phrased
from harmoniqc.notation.shortcuts import plain_tree
from harmoniqc.notation.signs import unify
from tests.notation.answers_read import FOLDER

REAL = sorted(
    {
        answer["text"]
        for file in ("criteria.json", "results.json", "further_criteria.json", "further_results.json")
        for answer in json.loads((FOLDER / file).read_text(encoding="utf-8"))
    }
)
PIECES = st.sampled_from(
    [
        "≥",
        "<",
        "NMT",
        "not",
        "or",
        "and",
        "if",
        "(",
        ")",
        "[",
        ";",
        ",",
        ".",
        "–",
        "−",
        "±",
        "10^6",
        "× 106",
        "%",
        "EU/mL",
        "cells",
        "5",
        "0.5",
        "1,234",
        "a",
        "CD73",
        "negative",
        "no",
        "detected",
        "Day 5:",
        "first infusion",
        "to",
        "between",
        "per",
        "of",
        "³",
        "µ",
        "以上",
        "＜",
        "\u00a0",
        "\u200b",
        "\x00",
        "\U0001f9ec",
        "n = 3",
        "4/4",
        "=",
        "*",
        "†",
        "per 10^6",
        "kg",
        "minimum",
    ]
)


def reads(text: str) -> None:
    for read in (parse_criterion, parse_measurement):
        for unit in (None, "%", "cells per bag"):
            try:
                read(text, unit)
            except NotationError as error:
                if not error.findings or not str(error):
                    raise AssertionError(f"{text!r} was refused without a finding") from error


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    reads(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map(" ".join) | st.lists(PIECES, max_size=12).map("".join))
def test_any_pieces(text: str) -> None:
    reads(text)


@st.composite
def edited(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text)))
        end = min(len(text), place + draw(st.integers(0, 3)))
        text = text[:place] + draw(PIECES | st.just("")) + text[end:]
    return text


@settings(max_examples=300, deadline=None)
@given(edited())
def test_edits_of_real_texts(text: str) -> None:
    reads(text)


PLAIN = st.lists(
    st.sampled_from(
        ["≥", "5", "0.5", "-", "–", "to", "±", "%", "EU/mL", "cells", "viable", "x10^6", "1,234", "6 × 106", "10"]
    ),
    max_size=6,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(PLAIN)
def test_the_short_way_gives_the_tree_of_the_grammar(text: str) -> None:
    same_tree(text)


def test_the_short_way_gives_the_tree_of_the_grammar_for_every_real_text() -> None:
    assert sum(same_tree(text) for text in REAL) > 100


def same_tree(text: str) -> bool:
    try:
        signs = unify(text)
        tree = plain_tree(phrased(signs.text))
    except Refusal:
        return False
    if tree is not None:
        assert shown(tree) == shown(parsed(lexemes_of(signs.text), signs.text)), text
    return tree is not None


def test_short_ways_are_taken() -> None:
    for text in (
        "NMT 5.0 EU/mL",
        "2–8 °C",
        "0.08 ± 0.15 %",
        "6.9 to 7.8",
        "97.5 %",
        "≥ 80% CD3+ cells among viable CD45+ cells",
    ):
        assert plain_tree(phrased(unify(text).text)) is not None, text


def shown(node: Any) -> Any:
    children = getattr(node, "children", None)
    return repr(node) if children is None else (str(node.data), [shown(child) for child in children])


LONG = [
    "≥ 5 " * 2500,
    "a" * 10_000,
    "1" * 10_000,
    "(" * 10_000,
    "5,000" * 2000,
    "≥" * 10_000,
    "not " * 2500,
    "1 2 3 " * 1600,
]


@pytest.mark.parametrize("read", [parse_criterion, parse_measurement])
@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:6])
def test_a_long_text_is_refused_at_once(read: Callable[[str], object], text: str) -> None:
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        with pytest.raises(NotationError):
            read(text)
        best = min(best, time.perf_counter() - start)
    assert best < 0.05


@pytest.mark.parametrize(
    "text", [item[:1990] for item in LONG] + ["a, " * 600, "(a) " * 490, "no more " * 240, "- " * 900]
)
def test_the_longest_text_that_is_read_takes_no_time(text: str) -> None:
    reads(text)  # once, so that tables are loaded
    start = time.perf_counter()
    reads(text)
    assert time.perf_counter() - start < 0.5
