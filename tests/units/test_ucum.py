"""UCUM: every code we write is UCUM, and comes back as the unit it was."""

from __future__ import annotations

from fractions import Fraction

import pytest
import ucumvert

from harmoniqc import UnitError
from harmoniqc.units import from_ucum, parse_unit, rows, to_ucum, unit_of_row

PARSER = ucumvert.get_ucum_parser()
CODES = [row for row in rows().values() if row.ucum]
# UCUM has no code of its own for these: [iU] also stands for the endotoxin unit, kg for every kilogram.
SHARED = {"kg-body": "kg", "kg-material": "kg"}


@pytest.mark.parametrize("row", CODES, ids=lambda row: row.code)
def test_another_parser_reads_what_we_write(row) -> None:
    PARSER.parse(row.ucum)


@pytest.mark.parametrize("row", CODES, ids=lambda row: row.code)
def test_codes_come_back(row) -> None:
    reading = from_ucum(row.ucum)
    unit = unit_of_row(row.code)
    if row.kind.startswith("endotoxin") and "[iU]" in row.ucum:
        assert reading.unit == parse_unit(row.code.replace("EU", "IU"))
    elif row.code in SHARED:
        assert reading.unit.code == SHARED[row.code]
    else:
        assert (reading.unit.dimension, reading.unit.scale, reading.unit.offset) == (
            unit.dimension,
            unit.scale,
            unit.offset,
        )
    assert reading.findings == ()


def test_units_without_a_code_say_so() -> None:
    without = [code for code, row in rows().items() if not row.ucum]
    assert {"log10", "RP", "volume-fraction"} <= set(without)
    for code in without:
        with pytest.raises(UnitError, match="no UCUM code"):
            to_ucum(unit_of_row(code))


def test_products_are_written_out() -> None:
    assert from_ucum("3.10*6.{cells}").unit.scale == Fraction(3_000_000)
    with pytest.raises(UnitError):
        from_ucum("[iU]/kg.h")
