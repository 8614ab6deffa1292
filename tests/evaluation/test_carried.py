"""Facts, reciprocals and unions of limits in bulk: for every float64 the verdict is that of exact arithmetic."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
from hypothesis import assume, given
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc.testing import limits, rounding_policies

from .reference import conforms

AMOUNTS = st.integers(1, 999_999).map(lambda number: f"{number / 1000:.3f}")


def around(center: Fraction) -> st.SearchStrategy[float]:
    """Floats at and around a number, where verdicts change."""

    def step(count: int) -> float:
        value = float(center)
        for _ in range(abs(count)):
            value = math.nextafter(value, math.inf if count > 0 else -math.inf)
        return value

    return st.one_of(st.integers(-4, 4).map(step), st.floats(0, 1e6, allow_nan=False), st.just(0.0))


def reasons(
    values: list[float], unit: str, limit: hq.Limit, policy: str, facts: dict[str, tuple[str, str]]
) -> list[str]:
    test = hq.Test(id="t", cqa="unlisted-attribute", criterion=limit)
    specification = hq.Specification(id="s", version="1", product="p", rounding=policy, tests=(test,))
    stated = tuple(hq.Fact(name=name, value=value, unit=of) for name, (value, of) in facts.items())
    n = len(values)
    table = pa.table({"batch_id": ["B"] * n, "test_id": ["t"] * n, "value": values, "unit": [unit] * n})
    evaluation = hq.evaluate(table, specification, batches=[hq.Batch(id="B", facts=stated)])
    return evaluation.verdicts.column("reason").to_pylist()


@given(data=st.data(), weight=AMOUNTS, volume=AMOUNTS, bound=AMOUNTS, strict=st.booleans(), policy=rounding_policies())
def test_facts_carry_over_exactly_and_unrounded(data, weight, volume, bound, strict, policy):
    limit = hq.Limit(high=hq.Bound(value=bound, inclusive=not strict), unit="EU/kg")
    factor = Fraction(volume) / Fraction(weight)
    values = data.draw(st.lists(around(Fraction(bound) / factor), min_size=1, max_size=8))
    facts = {"dose-volume": (volume, "mL"), "body-weight": (weight, "kg")}
    for value, reason in zip(values, reasons(values, "EU/mL", limit, policy, facts), strict=True):
        exact = Fraction(Decimal(repr(value)))
        expected = conforms(exact * factor, limit, "none")
        wanted = "outside-domain" if exact < 0 else "within-limit" if expected else "outside-limit"
        assert reason == wanted, (value, facts)
        measurement = hq.Measurement.of(value, "EU/mL") if value >= 0 else None
        if measurement is not None:
            given = {name: {"value": amount, "unit": unit} for name, (amount, unit) in facts.items()}
            assert hq.judge(measurement, limit, policy, given).reason == reason


@given(data=st.data(), bound=AMOUNTS, strict=st.booleans(), policy=rounding_policies(), lower=st.booleans())
def test_reciprocals_turn_the_comparator_round_exactly(data, bound, strict, policy, lower):
    edge = hq.Bound(value=bound, inclusive=not strict)
    limit = hq.Limit(low=edge if lower else None, high=None if lower else edge, unit="vp/IFU")
    values = data.draw(st.lists(around(100 / Fraction(bound)), min_size=1, max_size=8))
    for value, reason in zip(values, reasons(values, "%*IFU/vp", limit, policy, {}), strict=True):
        exact = Fraction(Decimal(repr(value)))
        if exact <= 0:
            assert reason == "outside-domain"
            continue
        if policy != "none":  # the reference rounds decimals that end
            assume(len(str((100 / exact).denominator).rstrip("0")) < 12)
            denominator = (100 / exact).denominator
            while denominator % 2 == 0 or denominator % 5 == 0:
                denominator //= 2 if denominator % 2 == 0 else 5
            assume(denominator == 1)
        expected = conforms(100 / exact, limit, policy)
        assert reason == ("within-limit" if expected else "outside-limit"), (value, bound)


@given(
    data=st.data(),
    members=st.lists(limits(("%",)), min_size=2, max_size=4),
    every=st.booleans(),
    policy=rounding_policies(),
)
def test_unions_and_intersections_are_exact(data, members, every, policy):
    members = [limit.model_copy(update={"rounding": None}) for limit in members]
    kind = hq.AllOf if every else hq.AnyOf
    criterion = kind(members=tuple(hq.Member(criterion=limit) for limit in members))
    bounds = [bound.value for limit in members for bound in (limit.low, limit.high) if bound is not None]
    centers = [float(text) for text in bounds if np.isfinite(float(text))]
    assume(centers)
    values = data.draw(
        st.lists(st.sampled_from(centers).flatmap(lambda center: around(Fraction(center))), min_size=1, max_size=8)
    )
    for value, reason in zip(values, reasons(values, "%", criterion, policy, {}), strict=True):
        if not np.isfinite(value):
            continue
        each = [conforms(Fraction(Decimal(repr(value))), limit, policy) for limit in members]
        expected = all(each) if every else any(each)
        assert reason == ("within-limit" if expected else "outside-limit"), (value, criterion)
