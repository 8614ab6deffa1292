"""Exact conversion: every pair of the table, against fractions and against pint."""

from __future__ import annotations

import itertools
import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pint
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc import ConversionError, HarmoniqcError, UnitError
from harmoniqc.units import Unit, conversion, parse_unit, pint_name, registry, rows, unit_of_row

UNITS = [unit_of_row(code) for code in rows()]
PAIRS = list(itertools.product(UNITS, UNITS))
RELATED = [(a, b) for a, b in PAIRS if a.dimension == b.dimension and not a.is_scale]
PINT = registry()
finite = st.floats(allow_nan=False, allow_infinity=False)


def test_every_pair_converts_or_is_refused() -> None:
    converted = 0
    for source, target in PAIRS:
        if source.dimension == target.dimension and (not source.is_scale or source == target):
            step = conversion(source, target)
            back = conversion(target, source)
            assert step.factor > 0
            assert step.factor * back.factor == 1
            assert (Fraction(7) * step.factor + step.offset) * back.factor + back.offset == 7
            converted += 1
        else:
            with pytest.raises(ConversionError) as caught:
                conversion(source, target)
            wanted = "declared-scale" if source.is_scale or target.is_scale else "not-convertible"
            assert [item.code for item in caught.value.findings] == [wanted]
    assert len(UNITS) < converted < len(PAIRS) / 10


def _in_pint(unit: Unit) -> pint.Unit:
    row = rows()[unit.code]
    if row.is_atom:
        return PINT.Unit(pint_name(unit.code))
    terms = [f"{pint_name(base)} ** {power}" for base, power in unit.dimension]
    return PINT.Unit(" * ".join(terms))


@pytest.mark.parametrize(
    ("source", "target"),
    [pair for pair in RELATED if all(rows()[unit.code].is_atom and unit.dimension for unit in pair)],
    ids=lambda unit: unit.code,
)
def test_pint_converts_atoms_alike(source: Unit, target: Unit) -> None:
    step = conversion(source, target)
    ours = Fraction(37) * step.factor + step.offset
    assert PINT.Quantity(Fraction(37), _in_pint(source)).to(_in_pint(target)).magnitude == ours


def test_pint_refuses_alike() -> None:
    atoms = [unit for unit in UNITS if rows()[unit.code].is_atom and unit.dimension and not unit.is_scale]
    for source, target in itertools.combinations(atoms, 2):
        assert _in_pint(source).is_compatible_with(_in_pint(target)) is source.convertible_to(target)


def test_pint_has_no_units_but_ours() -> None:
    for text in ("exaenzyme_unit", "kilometer", "Gcell", "barn", "henry", "yd"):
        with pytest.raises(pint.UndefinedUnitError):
            PINT.Unit(text)
    assert PINT.Quantity(Fraction(5), "EU / mL").to("EU / L").magnitude == 5000


@pytest.mark.parametrize(
    ("source", "target", "theirs"),
    [
        ("kg", "fg", ("kilogram", "femtogram")),
        ("um", "cm", ("micrometer", "centimeter")),
        ("uL", "L", ("microliter", "liter")),
        ("L", "m^3", ("liter", "meter ** 3")),
        ("uM", "nmol/mL", ("micromolar", "nanomole / milliliter")),
        ("wk", "min", ("week", "minute")),
        ("mbar", "kPa", ("millibar", "kilopascal")),
        ("psi", "bar", ("pound_force_per_square_inch", "bar")),
        ("degF", "Cel", ("degree_Fahrenheit", "degree_Celsius")),
        ("Cel", "K", ("degree_Celsius", "kelvin")),
        ("kDa", "Da", ("kilodalton", "dalton")),
        ("ppm", "%", ("ppm", "percent")),
    ],
)
def test_physical_units_are_those_of_the_world(source: str, target: str, theirs: tuple[str, str]) -> None:
    world = pint.UnitRegistry(non_int_type=Fraction, cache_folder=None)
    expected = world.Quantity(Fraction(37), theirs[0]).to(theirs[1]).magnitude
    step = conversion(parse_unit(source), parse_unit(target))
    assert float(37 * step.factor + step.offset) == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (5, "EU/mL", "EU/L", 5000.0),
        (0.1, "EU/mL", "EU/L", 100.0),
        ("0.1", "EU/mL", "EU/L", "100"),
        ("0.5", "EU/mL", "kEU/L", "0.5"),
        (Decimal("2.50"), "ng/mL", "ug/L", Decimal("2.5")),
        (-196, "Cel", "K", 77.15),
        ("-196", "Cel", "K", "77.15"),
        (-80, "°C", "degF", -112.0),
        ("37", "°C", "°F", "98.6"),
        (30, "min", "h", 0.5),
        ("1", "min", "h", "0.01666666666666666666666666666666666666667"),
        ("1E+12", "vg/mL", "vg/L", "1E+15"),
        ("8.2e12", "vg/mL", "vg/uL", "8200000000"),
        (0.7, "copy/cell", "copies/cell", 0.7),
        (150, "bead/(3*10^6*cell)", "bead/(10^6*cell)", 50.0),
        ("3", "%", "1", "0.03"),
        (2, "year", "month", 24.0),
    ],
)
def test_values_keep_their_type_and_every_digit(value, source: str, target: str, expected) -> None:
    converted = hq.convert(value, source, target)
    assert converted == expected
    assert type(converted) is type(expected)


@pytest.mark.parametrize(
    ("source", "target", "remedy"),
    [
        ("vg", "TU", "ratio"),
        ("vg/mL", "TU/mL", "ratio"),
        ("EU/mL", "EU/kg", "body weight"),
        ("EU/mL", "IU/mL", "state both"),
        ("ng/mL", "ng/dose", "volume of the dose"),
        ("month", "d", "calendar"),
        ("vg", "capsid", "full-capsid"),
        ("kg", "kg-body", "two things"),
    ],
)
def test_refused_pairs_say_what_would_be_needed(source: str, target: str, remedy: str) -> None:
    for pair in ((source, target), (target, source)):
        with pytest.raises(ConversionError) as caught:
            hq.convert(1.0, *pair)
        assert remedy in str(caught.value.findings[0].remedy)


@pytest.mark.parametrize(("source", "target"), [("pH", "1"), ("log10", "1"), ("score", "grade"), ("mL", "pH")])
def test_declared_scales_refuse(source: str, target: str) -> None:
    with pytest.raises(ConversionError, match="declared scale"):
        hq.convert(7.0, source, target)
    assert hq.convert(7.2, "pH", "pH") == 7.2


def exact(value: float, source: str, target: str) -> float:
    step = conversion(parse_unit(source), parse_unit(target))
    return float(Fraction(Decimal(repr(value))) * step.factor + step.offset)


@given(st.lists(finite, min_size=1, max_size=20), st.sampled_from(RELATED))
def test_arrays_are_rounded_once_from_the_exact_value(values: list[float], pair: tuple[Unit, Unit]) -> None:
    source, target = pair[0].code, pair[1].code
    try:
        expected = [exact(value, source, target) for value in values]
    except OverflowError:
        with pytest.raises(ConversionError, match="range"):
            hq.convert(np.array(values), source, target)
        return
    converted = hq.convert(np.array(values), source, target)
    assert converted.tolist() == expected
    assert [hq.convert(value, source, target) for value in values] == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-1000000, max_value=1000000))
def test_decimal_text_is_exact(value: Decimal) -> None:
    there = hq.convert(value, "EU/mL", "EU/L")
    assert Fraction(there) == Fraction(value) * 1000
    assert hq.convert(there, "EU/L", "EU/mL") == value


def test_columns_of_mixed_units_and_of_arrow() -> None:
    values = np.array([5.0, 5000.0, 0.1, np.nan])
    assert hq.convert(values, ["EU/mL", "EU/L", "kEU/L", "EU/mL"], "EU/mL").tolist()[:3] == [5.0, 5.0, 0.1]
    column = pa.array([5.0, None, 0.1])
    assert hq.convert(column, "EU/mL", "EU/L").to_pylist() == [5000.0, None, 100.0]
    chunked = pa.chunked_array([[5.0], [None, 0.1]])
    assert hq.convert(chunked, "EU/mL", "EU/L").to_pylist() == [5000.0, None, 100.0]
    single = hq.convert(np.array([0.1], np.float32), "EU/mL", "EU/L")
    assert (single.dtype, single.tolist()) == (np.float64, [100.0])
    assert hq.convert(np.array([], float), "EU/mL", "EU/L").tolist() == []
    assert hq.convert(np.array([[1.0, 2.0]]), "h", "min").tolist() == [[60.0, 120.0]]


def test_input_is_not_changed() -> None:
    values = np.array([5.0, 6.0])
    hq.convert(values, "EU/mL", "EU/mL")[0] = 1.0
    assert values.tolist() == [5.0, 6.0]


def test_what_is_no_number_stays_none() -> None:
    assert math.isnan(hq.convert(float("nan"), "h", "min"))
    assert hq.convert(float("-inf"), "h", "min") == float("-inf")
    assert np.isnan(hq.convert(np.array([np.nan]), "h", "min")).all()


@pytest.mark.parametrize(
    ("value", "source", "error"),
    [
        (True, "h", TypeError),
        (None, "h", TypeError),
        ("abc", "h", UnitError),
        ("", "h", UnitError),
        ("NaN", "h", UnitError),
        ("1e99999", "h", UnitError),
        (["1", "2"], "h", TypeError),
        ([1.0, 2.0], ["h"], ValueError),
        (1.0, ["h"], TypeError),
        (1.0, "parsec", UnitError),
        (1e308, "wk", ConversionError),
        (np.array([True]), "h", TypeError),
    ],
)
def test_what_does_not_convert_is_refused(value, source, error: type[Exception]) -> None:
    with pytest.raises(error):
        hq.convert(value, source, "s")


def test_units_and_refusals_travel_between_processes() -> None:
    for unit in UNITS:
        assert pickle.loads(pickle.dumps(unit)) == unit
    for call in (lambda: hq.convert(1, "vg", "TU"), lambda: parse_unit("nonsense")):
        with pytest.raises(HarmoniqcError) as caught:
            call()
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            back = pickle.loads(pickle.dumps(caught.value, protocol))
            assert (str(back), back.findings) == (str(caught.value), caught.value.findings)


def test_threads_agree() -> None:
    jobs = [(a.code, b.code) for a, b in RELATED if "/" in a.code][:300]
    alone = [hq.convert(0.3, *job) for job in jobs]
    with ThreadPoolExecutor(8) as pool:
        for together in pool.map(lambda _: [hq.convert(0.3, *job) for job in jobs], range(8)):
            assert together == alone
