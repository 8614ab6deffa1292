"""The unit table: linted like code."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

import pytest

from harmoniqc.units import parse_unit, read_unit, rows, unit_of_row
from harmoniqc.units.table import populations, spellings

ROWS = list(rows().values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_row_is_complete(row) -> None:
    unit = unit_of_row(row.code)
    assert unit.code == row.code
    assert unit.scale > 0
    assert row.kind
    assert row.name or not row.is_atom, "an atom has a name in words"
    for text in (row.code, row.ucum, *row.aliases, row.name, row.note):
        assert text == unicodedata.normalize("NFC", text).strip()
    assert row.ucum.isascii()
    assert " " not in row.ucum


def test_no_spelling_names_two_units() -> None:
    texts = [text for row in ROWS for text in (row.code, *row.aliases)]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(("row", "alias"), [(row, alias) for row in ROWS for alias in row.aliases])
def test_every_alias_names_its_row(row, alias: str) -> None:
    assert parse_unit(alias) == unit_of_row(row.code)


@pytest.mark.parametrize("row", [row for row in ROWS if not row.is_atom], ids=lambda row: row.code)
def test_a_listed_compound_is_the_product_of_its_atoms(row) -> None:
    # Written with spaces, no spelling matches, and the grammar has to come to the same unit.
    built = parse_unit(row.code.replace("*", " * ").replace("/", " / "))
    listed = unit_of_row(row.code)
    assert (built.dimension, built.scale, built.offset) == (listed.dimension, listed.scale, Fraction(0))


def test_what_is_counted_is_a_dimension_of_its_own() -> None:
    counted = [row.code for row in ROWS if row.kind == "count" and row.definition == "base"]
    assert len({unit_of_row(code).dimension for code in counted}) == len(counted) > 20


def test_pounds_per_square_inch_follow_from_their_definition() -> None:
    # International yard and pound (1959): 1 lb = 0.45359237 kg, 1 in = 0.0254 m; standard gravity 9.80665 m/s2.
    pound_force = Fraction("0.45359237") * Fraction("9.80665")
    assert unit_of_row("psi").scale == unit_of_row("Pa").scale * pound_force / Fraction("0.0254") ** 2


def test_population_texts_name_listed_units() -> None:
    for text, alias in populations().items():
        assert text not in spellings()
        assert alias.source
        reading = read_unit(alias.text)
        assert (reading.unit.code, reading.population) == (alias.unit, alias.population or None)
