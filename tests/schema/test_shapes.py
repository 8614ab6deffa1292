"""The published patterns against the validators of the models: the same texts pass both."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from harmoniqc.standard import shapes
from harmoniqc.standard.base import Date, Identifier, Instant, PartialDate, Slug
from harmoniqc.standard.decimal_text import DecimalText, NotNegative, PositiveText

DECIMALS = st.from_regex(r"\A-?[0-9]{0,42}(\.[0-9]{0,5})?(E[+-]?[0-9]{0,4})?\Z")
DAYS = st.from_regex(r"\A(1[89]|2[0-2])[0-9]{2}-[01][0-9]-[0-3][0-9]\Z")


def passes(kind: Any, text: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True


def matches(pattern: str, text: str) -> bool:
    return re.compile(pattern.removesuffix("$") + r"\Z").search(text) is not None


@given(text=DECIMALS | st.text(alphabet="0123456789.-+Ee５", max_size=45))
def test_decimals(text: str) -> None:
    assert matches(shapes.DECIMAL, text) == passes(DecimalText, text)
    assert matches(shapes.NOT_NEGATIVE, text) == passes(NotNegative, text)
    assert matches(shapes.POSITIVE, text) == passes(PositiveText, text)


@pytest.mark.parametrize("digits", [39, 40, 41])
@pytest.mark.parametrize("form", ["{}", "-{}", "0.{}", "-0.{}", "1.{}E400", "{}E-400", "{}E401", "{}E0400"])
def test_the_longest_decimals(digits: int, form: str) -> None:
    text = form.format("7" * (digits - form.split("{")[0].count("0") - form.split("{")[0].count("1")))
    assert matches(shapes.DECIMAL, text) == passes(DecimalText, text)


def test_every_day_of_three_centuries() -> None:
    day, months = date(1899, 12, 1), re.compile(shapes.DATE.removesuffix("$") + r"\Z")
    while day < date(2201, 2, 1):
        assert (months.search(day.isoformat()) is not None) == (1900 <= day.year <= 2200), day
        day += timedelta(days=1)


@given(text=DAYS)
def test_days(text: str) -> None:
    assert matches(shapes.DATE, text) == passes(Date, text)
    assert matches(shapes.PARTIAL_DATE, text) == passes(PartialDate, text)
    assert matches(shapes.PARTIAL_DATE, text[:7]) == passes(PartialDate, text[:7])
    assert matches(shapes.PARTIAL_DATE, text[:4]) == passes(PartialDate, text[:4])


@given(
    day=DAYS,
    clock=st.from_regex(r"\AT[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,7})?\Z"),
    offset=st.sampled_from(["Z", "+00:00", "-00:00", "+09:00", "+23:59", "+24:00", "-12:60", "", "z", "+0900"]),
)
def test_instants(day: str, clock: str, offset: str) -> None:
    text = f"{day}{clock}{offset}"
    assert matches(shapes.INSTANT, text) == passes(Instant, text)


@given(text=st.text(alphabet=" \t\n\u00a0\u2003\u0085aé-.", max_size=6) | st.text(max_size=6))
def test_identifiers(text: str) -> None:
    assert (0 < len(text) <= 256 and matches(shapes.IDENTIFIER, text)) == passes(Identifier, text)


@pytest.mark.parametrize("text", ["a", "a.b-c", "9", "A", "-a", ".a", "a\n", "a b", "é", "", "a" * 128, "a" * 129])
def test_slugs(text: str) -> None:
    schema = TypeAdapter(Slug).json_schema()
    assert (len(text) <= schema["maxLength"] and matches(schema["pattern"], text)) == passes(Slug, text)
