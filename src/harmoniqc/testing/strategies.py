"""Hypothesis strategies for the documents of the standard. They give valid documents that try to be awkward."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from harmoniqc.standard import (
    Absence,
    AnyCriterion,
    Bound,
    Category,
    CodedOutcome,
    Limit,
    Measurement,
    ReportOnly,
    Result,
    RoundingPolicy,
    Specification,
    Test,
)
from harmoniqc.standard.columns import COMPARATORS
from harmoniqc.standard.decimal_text import from_number, to_fraction

POLICIES: tuple[RoundingPolicy, ...] = (
    "none",
    "limit-decimals",
    "limit-significant-figures",
    "limit-decimals-half-even",
)
UNITS = ("%", "EU/mL", "EU/L", "ng/mL", "pg/mL", "ug/L", "cell/kg", "Cel", "K", "h", "min", "pH", None)


@st.composite
def decimal_texts(draw: st.DrawFn, *, max_digits: int = 17, max_exponent: int = 30) -> str:
    """Decimal text of the standard: whole, with decimals, with trailing zeros, with an exponent."""
    whole = draw(st.one_of(st.just("0"), st.integers(1, 10 ** min(max_digits, 9)).map(str)))
    places = draw(st.integers(0, max(0, max_digits - len(whole))))
    fraction = draw(st.text("0123456789", min_size=places, max_size=places))
    sign = draw(st.sampled_from(("", "", "-")))
    exponent = draw(st.one_of(st.none(), st.integers(-max_exponent, max_exponent)))
    return sign + whole + (f".{fraction}" if fraction else "") + ("" if exponent is None else f"E{exponent}")


def printed_floats() -> st.SearchStrategy[float]:
    """Every finite float64: subnormal, huge, negative, zero."""
    return st.floats(allow_nan=False, allow_infinity=False)


def rounding_policies() -> st.SearchStrategy[RoundingPolicy]:
    """The rounding policies."""
    return st.sampled_from(POLICIES)


def bounds() -> st.SearchStrategy[Bound]:
    """One end of an interval."""
    return st.builds(Bound, value=decimal_texts(), inclusive=st.booleans())


@st.composite
def limits(draw: st.DrawFn, units: Sequence[str | None] = UNITS) -> Limit:
    """A limit with one or two ends, in order."""
    which = draw(st.sampled_from(("low", "high", "both")))
    ends = [draw(bounds()) for _ in range(2)]
    ends.sort(key=lambda bound: to_fraction(bound.value))
    return Limit(
        low=ends[0] if which != "high" else None,
        high=ends[1] if which != "low" else None,
        unit=draw(st.sampled_from(units)),
        rounding=draw(st.one_of(st.none(), rounding_policies())),
    )


def criteria(units: Sequence[str | None] = UNITS) -> st.SearchStrategy[AnyCriterion]:
    """A criterion that is judged on one result."""
    outcomes = st.sampled_from(("absent", "conforms", "clear", "fibroblastic"))
    accept = st.lists(st.builds(CodedOutcome, code=outcomes), min_size=1, max_size=2).map(tuple)
    return st.one_of(
        limits(units),
        st.builds(Category, accept=accept),
        st.builds(Absence, read_day=st.one_of(st.none(), st.integers(0, 14))),
        st.just(ReportOnly()),
    )


@st.composite
def measurements(draw: st.DrawFn, units: Sequence[str | None] = UNITS) -> Measurement:
    """A number, a censored number, an interval, or words."""
    kind = draw(st.sampled_from(("number", "number", "float", "censored", "interval", "words")))
    unit = draw(st.sampled_from(units))
    if kind == "number":
        return Measurement(value=draw(decimal_texts()), unit=unit)
    if kind == "float":
        return Measurement(value=from_number(draw(printed_floats())), unit=unit)
    if kind == "censored":
        sign = draw(st.sampled_from(COMPARATORS))
        return Measurement(value=draw(decimal_texts()), comparator=sign, unit=unit)
    if kind == "interval":
        low, high = sorted((draw(decimal_texts()), draw(decimal_texts())), key=to_fraction)
        return Measurement(value_low=low, value_high=high, unit=unit)
    words = ("Negative", "not detected", "Positive", "Pass", "nd", "clear", "79.2", "≥ 5 %")
    return Measurement(text=draw(st.sampled_from(words)), lod=draw(st.one_of(st.none(), decimal_texts())), unit=unit)


@st.composite
def specifications(draw: st.DrawFn, max_tests: int = 6) -> Specification:
    """A specification whose tests each have a cqa of their own."""
    n = draw(st.integers(1, max_tests))
    tests = tuple(
        Test(
            id=f"test-{number}",
            cqa=f"attribute-{number}",
            criterion=draw(criteria()),
            required=draw(st.booleans()),
            decision_points=draw(st.sampled_from((("release",), ("release", "certification")))),
        )
        for number in range(n)
    )
    return Specification(
        id="generated", version="1", product="product", rounding=draw(rounding_policies()), tests=tests
    )


@st.composite
def results(draw: st.DrawFn, specification: Specification, max_size: int = 12) -> list[Result]:
    """Results that answer the tests of a specification."""
    out = []
    for _ in range(draw(st.integers(0, max_size))):
        test = draw(st.sampled_from(specification.tests))
        measured = draw(measurements())
        fields = {name: getattr(measured, name) for name in Measurement.model_fields}
        batch = draw(st.sampled_from(("B1", "B2", "B3")))
        out.append(Result(batch_id=batch, test_id=test.id, cqa=test.cqa, **fields))
    return out
