"""Specifications of several authorities for one product, and batches to judge by them."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc.standard import Bound
from harmoniqc.standard.decimal_text import from_fraction, is_decimal_text, last_place, to_fraction
from harmoniqc.testing import batches, criteria, limits, measurements, nested_criteria, rounding_policies
from harmoniqc.testing.nested import COMPONENTS, conditions, small_numbers

ATTRIBUTES = ("unlisted-attribute", "cell-purity", "endotoxin")
UNITS = ("%", "%", "%", "%", "%", "%", "1", "EU/mL", "EU/L", "ng/mL", "pH", None)
WORDS = ("Negative", "not detected", "Positive", "Pass", "nd", "clear", "inconclusive", "not tested", "absent")
METHODS = (None, None, None, "flow cytometry", "qPCR")
STAGES = (None, None, None, "release", "in-process")


def met(evaluation: hq.Evaluation, *specifications: hq.Specification) -> bool:
    """Tell whether the one batch of an evaluation conforms to specifications at every decision point of theirs."""
    wanted = {specification.id for specification in specifications}
    rows = [row for row in evaluation.batches.to_pylist() if row["specification"] in wanted]
    return {row["specification"] for row in rows} == wanted and all(row["verdict"] == "conforms" for row in rows)


def nothing_against(evaluation: hq.Evaluation, specification: hq.Specification) -> bool:
    """Tell whether a batch has nothing held against it, whether or not something was compared."""
    lists = ("failed", "undecided", "missing", "not_evaluated")
    rows = [row for row in evaluation.batches.to_pylist() if row["specification"] == specification.id]
    return not any(row[name] for row in rows for name in lists)


@st.composite
def close_limits(draw, units=UNITS):
    """Limits close enough together to agree, to contain and to exclude each other."""
    ends = sorted((draw(small_numbers()), draw(small_numbers())), key=lambda text: float(text))
    which = draw(st.sampled_from(("low", "high", "both")))
    return hq.Limit(
        low=None if which == "high" else Bound(value=ends[0], inclusive=draw(st.booleans())),
        high=None if which == "low" else Bound(value=ends[1], inclusive=draw(st.booleans())),
        unit=draw(st.sampled_from(units)),
        rounding=draw(st.one_of(st.none(), rounding_policies())),
    )


def any_criterion():
    return st.one_of(
        close_limits(),
        close_limits(("%",)),
        close_limits(("%",)),
        close_limits(("%",)),
        limits(("%",)),
        criteria(),
        nested_criteria(units=UNITS, max_depth=2),
        nested_criteria(units=("%",), components=()),
    )


@st.composite
def sources(draw, criterion=None, *, plain=False):
    """Two or three specifications whose tests are partly of the same attributes.

    Args:
        draw: Given by hypothesis.
        criterion: Strategy of criteria.
        plain: Whether all tests are required and found by their attribute alone.
    """
    criterion = any_criterion() if criterion is None else criterion
    attributes = draw(st.sampled_from((1, 1, 1, 2, 2, 3)))
    out = []
    for name in ("fda", "ema", "pmda")[: draw(st.integers(2, 3))]:
        tests = []
        for place, cqa in enumerate(ATTRIBUTES[:attributes]):
            if place and draw(st.integers(0, 4)) == 0:
                continue
            further = {}
            if not plain:
                method, stage = draw(st.sampled_from(METHODS)), draw(st.sampled_from(STAGES))
                further = {
                    "required": draw(st.integers(0, 3)) > 0,
                    "applies_when": draw(st.one_of(st.none(), st.none(), st.none(), conditions())),
                    "decision_points": draw(st.sampled_from((("release",), ("release",), ("release", "later")))),
                    "method": None if method is None else hq.Method(name=method),
                    "stage": stage,
                }
            tests.append(hq.Test(id=f"test-{place}", cqa=cqa, criterion=draw(criterion), **further))
        spec = hq.Specification(
            id=name,
            version="1",
            product="product",
            rounding=draw(rounding_policies()),
            tests=tuple(tests),
            jurisdiction=name.upper(),
        )
        out.append(spec)
    return out


def bounds_in(criterion):
    """Return every bound and every accepted outcome of a criterion, with its unit."""
    if isinstance(criterion, hq.Limit):
        return [(end.value, criterion.unit) for end in (criterion.low, criterion.high) if end is not None]
    if isinstance(criterion, hq.Target) and criterion.value is not None:
        return [(criterion.value, criterion.unit)]
    if isinstance(criterion, hq.Category):
        return [(outcome.code, None) for outcome in criterion.accept]
    if isinstance(criterion, (hq.AllOf, hq.AnyOf)):
        return [item for member in criterion.members for item in bounds_in(member.criterion)]
    if isinstance(criterion, hq.Conditional):
        inner = [branch.criterion for branch in criterion.branches]
        inner += [] if criterion.otherwise is None else [criterion.otherwise]
        return [item for found in inner for item in bounds_in(found)]
    return []


@st.composite
def near(draw, specifications, cqa):
    """A result near the limits of an attribute: a number, a censored one, an interval, words."""
    known = [
        item for spec in specifications for test in spec.tests if test.cqa == cqa for item in bounds_in(test.criterion)
    ]
    kind = draw(st.sampled_from(("near", "near", "near", "near", "censored", "interval", "words", "any")))
    text, unit = draw(st.sampled_from(known)) if known else (draw(small_numbers()), draw(st.sampled_from(UNITS)))
    if not is_decimal_text(text):
        return hq.Measurement(text=text) if kind in ("near", "words") else hq.Measurement(code=text)
    step = Fraction(10) ** last_place(text)
    steps = [Fraction(0), *(sign * step * part for sign in (1, -1) for part in PARTS)]

    def number():
        found = from_fraction(to_fraction(text) + draw(st.sampled_from(steps)))
        return found if is_decimal_text(found) else text

    if kind == "near":
        return hq.Measurement(value=number(), unit=unit)
    if kind == "censored":
        sign = draw(st.sampled_from(("<", "<=", ">", ">=")))
        return hq.Measurement(value=number(), comparator=sign, unit=unit)
    if kind == "interval":
        low, high = sorted((number(), number()), key=to_fraction)
        return hq.Measurement(value_low=low, value_high=high, unit=unit)
    if kind == "words":
        lod = draw(st.one_of(st.none(), st.just(text.lstrip("-"))))
        return hq.Measurement(text=draw(st.sampled_from(WORDS)), lod=lod, unit=unit)
    return draw(measurements())


PARTS = (Fraction(1, 10), Fraction(1, 2), Fraction(4, 10), Fraction(1), Fraction(5), Fraction(100))


@st.composite
def results(draw, specifications, *, plain=False):
    """Results of one batch, most attributes measured once."""
    out = []
    for cqa in dict.fromkeys(test.cqa for spec in specifications for test in spec.tests):
        tests = [test for spec in specifications for test in spec.tests if test.cqa == cqa]
        for _ in range(draw(st.sampled_from((1, 1, 1, 2, 0)))):
            measured = draw(near(specifications, cqa))
            fields = {name: getattr(measured, name) for name in hq.Measurement.model_fields}
            fields["read_day"] = draw(st.sampled_from((None, 7, 14, 14)))
            if not plain:
                meant = draw(st.sampled_from(tests))  # what a test declares, so that the result finds it
                fields["component"] = draw(st.sampled_from((None, None, None, None, *COMPONENTS)))
                fields["method"] = None if meant.method is None else meant.method.name
                fields["stage"] = meant.stage
            out.append(hq.Result(batch_id="B1", cqa=cqa, **fields))
    return out


def a_batch(specification):
    return batches(specification)
