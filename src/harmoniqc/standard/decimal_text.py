"""Decimal numbers as text: what was written is kept, digit for digit.

``5``, ``5.0`` and ``5E0`` are three different texts: they state different precision, and a limit of ``5.0``
rounds another way than a limit of ``5`` (USP General Notices 7.20). Python's ``Decimal`` calls them equal,
so the standard carries the text and computes with exact fractions.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from harmoniqc.standard import shapes

PATTERN = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?(E[+-]?[0-9]{1,3})?$"
MAX_DIGITS = 40
MAX_EXPONENT = 400

_PARTS = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:E([+-]?[0-9]{1,3}))?\Z")


def _check(text: str) -> str:
    match = _PARTS.match(text)
    if match is None:
        raise ValueError("not decimal text: digits, optionally a fraction and an exponent like E6")
    _, whole, fraction, exponent = match.groups()
    if len(whole) + len(fraction or "") > MAX_DIGITS:
        raise ValueError(f"more than {MAX_DIGITS} digits")
    if abs(int(exponent or 0)) > MAX_EXPONENT:
        raise ValueError(f"exponent beyond ±{MAX_EXPONENT}")
    return text


def _check_sign(text: str) -> str:
    if text.startswith("-"):
        raise ValueError("not negative: zero or more")
    return text


def _check_positive(text: str) -> str:
    if text.startswith("-") or to_fraction(text) == 0:
        raise ValueError("greater than zero")
    return text


DecimalText = Annotated[
    str,
    Field(pattern=PATTERN, max_length=MAX_DIGITS + 8),
    AfterValidator(_check),
    WithJsonSchema(shapes.text_of(shapes.DECIMAL, "A decimal number written as text.")),
]
"""A decimal number as text: at most 40 digits, an exponent within ±400; never NaN or infinite."""

NotNegative = Annotated[
    DecimalText,
    AfterValidator(_check_sign),
    WithJsonSchema(shapes.text_of(shapes.NOT_NEGATIVE, "A decimal number written as text: zero or more.")),
]
PositiveText = Annotated[
    DecimalText,
    AfterValidator(_check_positive),
    WithJsonSchema(shapes.text_of(shapes.POSITIVE, "A decimal number written as text: more than zero.")),
]


def is_decimal_text(text: str) -> bool:
    """Tell whether ``text`` is decimal text of the standard."""
    try:
        _check(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=65536)
def to_fraction(text: str) -> Fraction:
    """Return the exact value of decimal text.

    Raises:
        ValueError: If the text is not decimal text of the standard.
    """
    return Fraction(Decimal(_check(text)))


def last_place(text: str) -> int:
    """Return the power of ten of the last digit written: ``98.0`` gives -1, ``1.0E13`` gives 12."""
    match = _PARTS.match(_check(text))
    assert match is not None  # noqa: S101 - _check has just matched it
    return int(match[4] or 0) - len(match[3] or "")


def significant_figures(text: str) -> int:
    """Return how many significant figures are written; zero has none.

    Limits are significant to the last digit shown (USP General Notices 7.20), so ``100`` has three and
    ``1E2`` has one.
    """
    match = _PARTS.match(_check(text))
    assert match is not None  # noqa: S101 - _check has just matched it
    return len((match[2] + (match[3] or "")).lstrip("0"))


def from_number(value: int | float | Decimal) -> str:
    """Return the decimal text a number prints as.

    A float is the shortest decimal that reads back as the same float; nothing is rounded.

    Raises:
        ValueError: For NaN, infinity, and numbers outside the range of decimal text.
        TypeError: For booleans.
    """
    if isinstance(value, bool):
        raise TypeError("a truth value is not a number")
    number = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ValueError("NaN and infinity have no decimal text")
    if number.is_zero():
        number = abs(number)
    text = str(number)
    if isinstance(value, float) and text.endswith(".0"):
        text = text[:-2]
    return _check(text)


def from_fraction(value: Fraction) -> str | None:
    """Return the plain decimal text of an exact value, or None where its decimals never end."""
    denominator, twos, fives = value.denominator, 0, 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    if denominator != 1:
        return None
    places = max(twos, fives)
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
