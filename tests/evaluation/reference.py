"""A plain reading of the rules, to hold the thresholds against: round the value, then compare. Nothing is shared."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

EXACT = decimal.Context(prec=2000, Emax=10**6, Emin=-(10**6), traps=[decimal.InvalidOperation])
TIES = {
    "limit-decimals": decimal.ROUND_HALF_UP,
    "limit-significant-figures": decimal.ROUND_HALF_UP,
    "limit-decimals-half-even": decimal.ROUND_HALF_EVEN,
}


def rounded(value: Fraction, limit: str, policy: str) -> Fraction:
    """Round a value as a policy says, with the decimal module; exact for values whose decimals end."""
    if policy == "none":
        return value
    number = EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    assert Fraction(number) == value, "the reference only rounds numbers whose decimals end"
    written = Decimal(limit)
    if policy == "limit-significant-figures":
        if written.is_zero() or number.is_zero():
            return value
        exponent = number.adjusted() - len(written.as_tuple().digits) + 1
    else:
        exponent = written.as_tuple().exponent
    return Fraction(number.quantize(Decimal((0, (1,), exponent)), rounding=TIES[policy], context=EXACT))


def conforms(value: Fraction, limit, policy: str) -> bool:
    """Tell whether a value in the limit's unit conforms."""
    for bound, sign in ((limit.low, 1), (limit.high, -1)):
        if bound is None:
            continue
        distance = sign * (rounded(value, bound.value, policy) - Fraction(Decimal(bound.value)))
        if distance < 0 or (distance == 0 and not bound.inclusive):
            return False
    return True
