from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from standard_examples import decimals, unhurried

from harmoniqc.standard.decimal_text import (
    DecimalText,
    from_fraction,
    from_number,
    is_decimal_text,
    last_place,
    significant_figures,
    to_fraction,
)

ADAPTER: TypeAdapter[str] = TypeAdapter(DecimalText)


def repr_short(number: int | Decimal) -> str:
    return f"{Decimal(number):.0E}"


VALID = [
    "0",
    "-0",
    "5",
    "5.0",
    "5E0",
    "0.50",
    "-12.340",
    "1E6",
    "1E+6",
    "1E-6",
    "1.50E-07",
    "9" * 40,
    "0." + "1" * 39,
    "1E400",
    "1E-400",
    "1E000",
]
INVALID = [
    "",
    " 5",
    "5 ",
    "5\n",
    "+5",
    "--5",
    "−5",
    "05",
    "00",
    "-05.1",
    ".5",
    "5.",
    "5,0",
    "1,000",
    "1_000",
    "1e5",
    "1E",
    "1E1.5",
    "1E0400",
    "1E401",
    "1E-401",
    "NaN",
    "nan",
    "Infinity",
    "-inf",
    "0x10",
    "½",
    "١",
    "٣.٥",
    "５",
    "１２",
    "5%",
    "< 5",
    "1×10^6",
    "9" * 41,
    "0." + "1" * 40,
]


@pytest.mark.parametrize("text", VALID)
def test_valid_forms_are_kept_as_they_are(text: str) -> None:
    assert is_decimal_text(text)
    assert ADAPTER.validate_python(text) == text
    assert to_fraction(text) == Fraction(Decimal(text))


@pytest.mark.parametrize("text", INVALID)
def test_invalid_forms_are_refused_by_model_and_function_alike(text: str) -> None:
    assert not is_decimal_text(text)
    with pytest.raises(ValidationError):
        ADAPTER.validate_python(text)
    for function in (to_fraction, last_place, significant_figures):
        with pytest.raises(ValueError, match=r"decimal text|digits|exponent"):
            function(text)


@pytest.mark.parametrize("value", [5, 5.0, True, None, b"5x", Decimal(5)])
def test_only_text_is_decimal_text(value: object) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python(value)


@pytest.mark.parametrize(
    ("text", "place", "figures"),
    [
        ("98.0", -1, 3),
        ("1.0E13", 12, 2),
        ("100", 0, 3),
        ("1E2", 2, 1),
        ("0.050", -3, 2),
        ("0", 0, 0),
        ("0.00", -2, 0),
        ("-5.20", -2, 3),
        ("1.5E-3", -4, 2),
        ("0E5", 5, 0),
    ],
)
def test_precision_written(text: str, place: int, figures: int) -> None:
    assert last_place(text) == place
    assert significant_figures(text) == figures


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (5, "5"),
        (-7, "-7"),
        (10**39, "1" + "0" * 39),
        (0.1, "0.1"),
        (1.0, "1"),
        (-0.0, "0"),
        (0.30000000000000004, "0.30000000000000004"),
        (5e-324, "5E-324"),
        (1e22, "1E+22"),
        (1.7976931348623157e308, "1.7976931348623157E+308"),
        (1e16, "1E+16"),
        (123456789012345680.0, "1.2345678901234568E+17"),
        (0.07 * 100, "7.000000000000001"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1E+3"),
        (Decimal("-0.00"), "0.00"),
    ],
)
def test_from_number(number: float | Decimal, text: str) -> None:
    assert from_number(number) == text
    assert to_fraction(text) == Fraction(str(Decimal(repr(number))) if isinstance(number, float) else number)


@pytest.mark.parametrize(
    "number", [float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")]
)
def test_nan_and_infinity_are_refused(number: float | Decimal) -> None:
    with pytest.raises(ValueError, match="no decimal text"):
        from_number(number)


@pytest.mark.parametrize("number", [10**40, Decimal("1E+401"), Decimal("1E-401"), 10**5000], ids=repr_short)
def test_numbers_beyond_decimal_text_are_refused(number: int | Decimal) -> None:
    with pytest.raises(ValueError, match=r"digits|exponent|decimal text"):
        from_number(number)


@pytest.mark.parametrize("value", [True, False])
def test_truth_values_are_no_numbers(value: bool) -> None:
    with pytest.raises(TypeError):
        from_number(value)


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(5), "5"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 20), "0.05"),
        (Fraction(10**30, 1), "1" + "0" * 30),
        (Fraction(1, 3), None),
        (Fraction(22, 7), None),
    ],
)
def test_from_fraction(fraction: Fraction, text: str | None) -> None:
    assert from_fraction(fraction) == text


@unhurried
@given(st.floats(allow_nan=False, allow_infinity=False))
@example(5e-324)
@example(-0.0)
def test_every_float_reads_back_as_itself(number: float) -> None:
    text = from_number(number)
    assert is_decimal_text(text)
    assert float(text) == number


@unhurried
@given(decimals)
def test_decimal_text_agrees_with_decimal(text: str) -> None:
    assert is_decimal_text(text)
    assert to_fraction(text) == Fraction(Decimal(text))
    exponent = Decimal(text).as_tuple().exponent
    assert last_place(text) == exponent


@unhurried
@given(st.integers(-(10**12), 10**12), st.integers(0, 9))
def test_terminating_fractions_are_written_exactly(numerator: int, places: int) -> None:
    fraction = Fraction(numerator, 10**places)
    text = from_fraction(fraction)
    assert text is not None
    assert to_fraction(text) == fraction


@unhurried
@given(st.text(max_size=8))
def test_no_text_is_accepted_that_decimal_refuses(text: str) -> None:
    if is_decimal_text(text):
        assert text.isascii()
        assert Decimal(text).is_finite()
