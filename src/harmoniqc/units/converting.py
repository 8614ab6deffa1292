"""Values from one unit into another: exact, then rounded once."""

from __future__ import annotations

import decimal
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, overload

from harmoniqc.errors import ConversionError, Finding, UnitError
from harmoniqc.units.resolve import conversion, parse_unit
from harmoniqc.units.unit import Conversion

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_DIGITS = 40
_EXACT_INTEGER = 2**53
_EXACT_POWER = 22
"""10**22 is the last power of ten that a float64 holds exactly."""


@overload
def convert(values: float, source: str, target: str) -> float: ...
@overload
def convert(values: str, source: str, target: str) -> str: ...
@overload
def convert(values: Decimal, source: str, target: str) -> Decimal: ...
@overload
def convert(values: Any, source: Any, target: str) -> Any: ...
def convert(values: Any, source: str | Sequence[str] | Any, target: str) -> Any:
    """Convert values exactly, and round once.

    Args:
        values: A number (float out), decimal text or Decimal (the same out, exact where its decimals end within
            40 digits, else rounded half to even), a numpy array or sequence of numbers (float64 array out), or a
            pyarrow array (float64 array out). A float64 means the decimal it prints as.
        source: The unit, or one unit for each value.
        target: The unit wanted.

    Raises:
        UnitError: If a unit is unknown.
        ConversionError: If the units measure different things, or a value leaves the range of float64.
        TypeError: If the values are no numbers.
    """
    if isinstance(values, bool):
        raise TypeError("a truth value is not a number")
    if isinstance(values, (str, Decimal)):
        return _decimal(values, _between(source, target))
    if isinstance(values, (int, float)):
        return _scalar(values, _between(source, target))
    return _array(values, source, target)


def _between(source: object, target: str) -> Conversion:
    if not isinstance(source, str):
        raise TypeError("one value has one unit")
    return conversion(parse_unit(source), parse_unit(target))


def _scalar(value: float, step: Conversion) -> float:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return value
    exact = Fraction(Decimal(repr(value))) if isinstance(value, float) else Fraction(value)
    return _nearest(exact * step.factor + step.offset)


def _nearest(exact: Fraction) -> float:
    try:
        return float(exact)
    except OverflowError:
        raise _overflow() from None


def _overflow() -> ConversionError:
    message = "the converted value is beyond the range of float64"
    return ConversionError(message, (Finding("not-convertible", message, remedy="convert decimal text instead"),))


def _decimal(value: str | Decimal, step: Conversion) -> str | Decimal:
    try:
        number = Decimal(value)
    except decimal.InvalidOperation:
        message = f"{value[:40]!r} is no number" if isinstance(value, str) else "no number"
        raise UnitError(message, (Finding("not-a-number", message, found=str(value)[:40]),)) from None
    if not number.is_finite() or abs(number.adjusted()) > 999:
        message = "only finite numbers of reasonable size are converted"
        raise UnitError(message, (Finding("not-a-number", message, found=str(value)[:40]),))
    exact = Fraction(number) * step.factor + step.offset
    context = decimal.Context(prec=_DIGITS, rounding=decimal.ROUND_HALF_EVEN)
    out = context.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    if Fraction(out) == exact:
        out = out.normalize(context)
        if out == out.to_integral_value() and out.adjusted() < 15:
            out = out.quantize(Decimal(1))
    return str(out) if isinstance(value, str) else out


def _array(values: Any, source: Any, target: str) -> Any:
    import numpy as np

    is_arrow = type(values).__module__.partition(".")[0] == "pyarrow"
    missing = None
    if is_arrow:
        missing = np.asarray(values.is_null())
        values = np.asarray(values.cast("float64").fill_null(0))
    array = np.asarray(values)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"values of type {array.dtype} are no numbers")
    if array.dtype == np.float32:  # means the decimal a float32 prints as
        array = array.astype(str).astype(np.float64)
    numbers = array.astype(np.float64)
    if isinstance(source, str):
        out = _column(numbers, _between(source, target))
    else:
        units = np.asarray(source, dtype=object)
        if units.shape != numbers.shape:
            raise ValueError(f"{numbers.shape} values have {units.shape} units")
        out = np.empty_like(numbers)
        names, codes = np.unique(units.astype(str), return_inverse=True)
        for code, name in enumerate(names.tolist()):
            chosen = codes.reshape(numbers.shape) == code
            out[chosen] = _column(numbers[chosen], _between(name, target))
    if not is_arrow:
        return out
    import pyarrow as pa

    return pa.array(out, mask=missing)


def _column(values: npt.NDArray[np.float64], step: Conversion) -> npt.NDArray[np.float64]:
    """Convert an array; one correctly rounded operation where that is exact, fractions for the rest.

    A float64 ``x`` prints as ``m * 10**-k`` if ``m`` has at most 15 digits and ``m / 10**k`` gives ``x`` back,
    because two such decimals never share a float64. Then ``m * p / (10**k * q)`` is a division of two integers,
    and IEEE 754 rounds it correctly if float64 holds both.
    """
    import numpy as np

    out = np.array(values, np.float64)
    if step.factor == 1 and step.offset == 0:
        return out
    open_ = np.isfinite(out)
    if step.offset == 0:
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is not below the limits, and stays open
            open_ = _divide(values, step.factor, out, open_)
    rest, inverse = np.unique(values[open_], return_inverse=True)
    out[open_] = np.array([_scalar(value, step) for value in rest.tolist()], np.float64)[inverse]
    if np.isinf(out[np.isfinite(values)]).any():
        raise _overflow()
    return out


def _divide(
    values: npt.NDArray[np.float64], factor: Fraction, out: npt.NDArray[np.float64], open_: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Fill in what one division gives; return which values are still open."""
    import numpy as np

    for k in range(_EXACT_POWER + 1):
        if not open_.any():
            break
        step = factor / 10**k
        if not _is_exact(step.denominator):
            continue
        scaled = np.rint(values * 10.0**k)
        exact = open_ & (np.abs(scaled) < 1e15) & (scaled / 10.0**k == values)
        product = scaled * float(step.numerator)
        exact &= (np.abs(product) < _EXACT_INTEGER) if step.denominator != 1 else _is_exact(step.numerator)
        out[exact] = product[exact] / float(step.denominator)
        open_ = open_ & ~exact
    return open_


def _is_exact(number: int) -> bool:
    """Tell whether a float64 holds an integer exactly."""
    try:
        return int(float(number)) == number
    except OverflowError:
        return False
