"""For every float64, limit, policy and unit, the verdict is that of exact arithmetic on the printed decimal."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc.evaluation.meaning.interval import Interval
from harmoniqc.evaluation.meaning.projection import float_bounds, printed
from harmoniqc.evaluation.meaning.rounding import acceptance
from harmoniqc.testing import decimal_texts, limits, printed_floats, rounding_policies

from .reference import conforms, rounded

# Pairs of units (result, limit) with the exact factor between them; temperatures and times are never rounded.
PAIRS = (
    ("%", "%", Fraction(1)),
    ("EU/L", "EU/mL", Fraction(1, 1000)),
    ("EU/mL", "EU/L", Fraction(1000)),
    ("pg/mL", "ng/mL", Fraction(1, 1000)),
    ("mg/mL", "ng/mL", Fraction(10**6)),
    (None, None, Fraction(1)),
    ("pH", "pH", Fraction(1)),
)
NOT_NEGATIVE = {"EU/L", "EU/mL", "pg/mL", "mg/mL"}


def verdicts(values, unit, limit, policy, cqa="unlisted-attribute"):
    test = hq.Test(id="t", cqa=cqa, criterion=limit)
    specification = hq.Specification(id="s", version="1", product="p", rounding=policy, tests=(test,))
    n = len(values)
    table = pa.table(
        {
            "batch_id": ["B"] * n,
            "cqa": [cqa] * n,
            "value": values,
            "unit": pa.array([unit] * n, pa.string()),
        }
    )
    return hq.evaluate(table, specification).verdicts.column("reason").to_pylist()


def near(text: str) -> st.SearchStrategy[float]:
    """Floats at and around a number, where verdicts change."""
    center = float(text)
    assume(np.isfinite(center))

    def step(count: int) -> float:
        value = center
        for _ in range(abs(count)):
            value = float(np.nextafter(value, np.inf if count > 0 else -np.inf))
        return value

    shifted = st.sampled_from((0.995, 0.9995, 1.005, 1.05, 0.95, 1.5, 0.5)).map(lambda factor: center * factor)
    return st.one_of(st.integers(-3, 3).map(step), shifted)


@given(data=st.data(), policy=rounding_policies(), pair=st.sampled_from(PAIRS))
def test_vectorized_verdict_is_exact(data, policy, pair):
    unit, limit_unit, factor = pair
    limit = data.draw(limits((limit_unit,))).model_copy(update={"rounding": None})
    bound = limit.low or limit.high
    around = near(bound.value) if unit == limit_unit else printed_floats()
    values = data.draw(st.lists(st.one_of(around, printed_floats()), min_size=1, max_size=8))
    values = [value for value in values if np.isfinite(value)]
    assume(values)
    for value, reason in zip(values, verdicts(values, unit, limit, policy), strict=True):
        exact = Fraction(Decimal(repr(value)))
        if unit in NOT_NEGATIVE and exact < 0:
            assert reason == "outside-domain"
        else:
            expected = "within-limit" if conforms(exact * factor, limit, policy) else "outside-limit"
            assert reason == expected, (value, limit, policy, unit)


@given(limit=limits(("%",)), policy=rounding_policies(), values=st.lists(decimal_texts(max_digits=30), max_size=6))
def test_numbers_given_as_text_are_judged_digit_for_digit(limit, policy, values):
    limit = limit.model_copy(update={"rounding": None})
    assume(values)
    reasons = verdicts(pa.array(values, pa.string()), "%", limit, policy)
    for text, reason in zip(values, reasons, strict=True):
        expected = conforms(Fraction(Decimal(text)), limit, policy)
        assert reason == ("within-limit" if expected else "outside-limit"), text


@given(text=decimal_texts(), limit=limits(("EU/mL",)), policy=rounding_policies())
def test_rescaling_the_unit_never_changes_a_verdict(text, limit, policy):
    limit = limit.model_copy(update={"rounding": None})
    moved = Decimal(text).scaleb(3)
    scaled = f"{moved:f}"
    assume(len(scaled.replace(".", "").replace("-", "")) <= 40)
    here = hq.judge(hq.Measurement(value=text, unit="EU/mL"), limit, policy)
    there = hq.judge(hq.Measurement(value=scaled, unit="EU/L"), limit, policy)
    assert (here.verdict, here.reason) == (there.verdict, there.reason)


@given(limit=limits((None,)), policy=rounding_policies(), value=printed_floats())
def test_thresholds_are_the_rounding_rule(limit, policy, value):
    exact = printed(value)
    assert (exact in acceptance(limit, policy)) == conforms(exact, limit, policy)


@given(limit=limits((None,)), policy=rounding_policies())
def test_float_bounds_are_the_last_floats_inside(limit, policy):
    interval = acceptance(limit, policy)
    low, high = float_bounds(interval)
    if low > high:
        assert (low, high) == (np.inf, -np.inf)
        return
    assert printed(low) in interval
    assert printed(high) in interval
    below, above = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
    assert np.isinf(below) or printed(below) not in interval
    assert np.isinf(above) or printed(above) not in interval


@pytest.mark.parametrize("value", [5e-324, -5e-324, 1.7976931348623157e308, -1.7976931348623157e308, 0.0, -0.0])
@pytest.mark.parametrize("policy", ["none", "limit-decimals", "limit-significant-figures", "limit-decimals-half-even"])
@pytest.mark.parametrize("text", ["0", "0.0", "1E-323", "1E308", "-1E308", "2E308", "1E400", "1E-400", "-1E-400"])
def test_the_ends_of_float64(value, policy, text):
    for limit in (hq.Limit.at_most(text), hq.Limit.at_least(text), hq.Limit.less_than(text), hq.Limit.more_than(text)):
        expected = conforms(Fraction(Decimal(repr(value))), limit, policy)
        assert verdicts([value], None, limit, policy) == ["within-limit" if expected else "outside-limit"]


def test_the_reference_rounds_as_the_pharmacopoeia_says():
    assert rounded(Fraction("97.95"), "98.0", "limit-decimals") == Fraction("98.0")
    assert rounded(Fraction("69.45"), "70", "limit-decimals") == 69
    assert rounded(Fraction("10.5"), "10", "limit-decimals-half-even") == 10
    assert rounded(Fraction("0.995"), "1.0", "limit-significant-figures") == 1


def test_unbounded_is_the_largest_finite_float():
    assert float_bounds(Interval()) == (-1.7976931348623157e308, 1.7976931348623157e308)
