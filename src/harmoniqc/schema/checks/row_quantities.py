"""Units and values of results: does the unit measure the attribute, and can such a value exist?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from harmoniqc.errors import Finding
from harmoniqc.evaluation.meaning.exact import shown_value
from harmoniqc.evaluation.meaning.interval import Interval
from harmoniqc.evaluation.meaning.plan import domain_of
from harmoniqc.evaluation.meaning.projection import float_bounds
from harmoniqc.schema.checks.columns import Codes, Mask, ResultColumns, combined, few, grouped
from harmoniqc.schema.checks.quantities import (
    amount_findings,
    expected_of,
    is_no_amount,
    misfit,
    reads_as_unit,
    unit_findings,
)
from harmoniqc.schema.checks.row_tests import RowTests
from harmoniqc.schema.checks.terms import term_findings
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.units import parse_unit
from harmoniqc.vocabulary import Terms, cqas, materials, stages

_NUMBERS = ("value", "value_low", "value_high")
_LONG = 15
"""Decimal text up to this length is told from another by its float64."""


def terms_of_rows(columns: ResultColumns) -> Iterator[Finding]:
    """Yield attributes, stages and materials of results that the vocabulary does not know."""
    listed: tuple[tuple[str, Terms[Any], str], ...] = (
        ("unknown-attribute", cqas, "cqa"),
        ("unknown-stage", stages, "stage"),
        ("unknown-material", materials, "material"),
    )
    for code, terms, name in listed:
        words = columns.words(name)
        unknown = np.array([*(word not in terms for word in words.words), False])[words.codes]
        for place, rows in few(grouped(words.codes, unknown)):
            if place is None:
                yield columns.finding(code, f"further words in {name} are not in the vocabulary", rows, name)
                continue
            for finding in term_findings(code, terms, words.words[place], ""):
                yield _placed(columns, finding, rows, name)


def units_of_rows(columns: ResultColumns, tests: RowTests) -> Iterator[Finding]:
    """Yield units of results that cannot be read, or measure something else than the attribute.

    A number without any unit is below every conformance profile, and told there.
    """
    numeric = columns.filled("value") | columns.filled("value_low") | columns.filled("value_high")
    units = columns.words("unit")
    yield from _unreadable(columns, "unit")
    yield from _unreadable(columns, "amount_tested_unit")
    yield from _no_amounts(columns)
    width = len(tests.cqas) + 1
    pairs = units.codes.astype(np.int64) * width + tests.cqa_codes
    known = np.array([*map(reads_as_unit, units.words), False])[units.codes]
    chosen = numeric & known & (tests.cqa_codes >= 0)
    distinct = np.unique(pairs[chosen])
    wrong = [pair for pair in distinct.tolist() if misfit(tests.cqas[pair % width], units.words[pair // width])]
    for pair, rows in few(grouped(pairs, chosen & np.isin(pairs, wrong))) if wrong else ():
        if pair is None:
            yield columns.finding(
                "unit-not-of-attribute", "further units do not measure their attributes", rows, "unit"
            )
            continue
        cqa, unit = tests.cqas[pair % width], units.words[pair // width]
        expected = expected_of(cqa)
        yield columns.finding(
            "unit-not-of-attribute", misfit(cqa, unit) or "", rows, "unit", expected=expected, found=unit
        )
    amounts = columns.filled("amount_tested") & ~columns.filled("amount_tested_unit")
    if amounts.any():
        rows = np.flatnonzero(amounts)
        yield columns.finding("unit-not-stated", "the amount tested has no unit", rows, "amount_tested")


def _unreadable(columns: ResultColumns, name: str) -> Iterator[Finding]:
    """Yield units that cannot be read; only of the first ones it is said what may have been meant."""
    words = columns.words(name)
    faulty = np.array([*(not reads_as_unit(word) for word in words.words), False])[words.codes]
    for code, rows in few(grouped(words.codes, faulty)):
        if code is None:
            yield columns.finding("unknown-unit", "further units cannot be read either", rows, name)
        else:
            yield from (_placed(columns, finding, rows, name) for finding in unit_findings(words.words[code], ""))


def _no_amounts(columns: ResultColumns) -> Iterator[Finding]:
    words = columns.words("amount_tested_unit")
    wrong = [reads_as_unit(word) and is_no_amount(word) for word in words.words]
    for code, rows in few(grouped(words.codes, np.array([*wrong, False])[words.codes])):
        if code is None:
            message = "further units are no units of an amount"
            yield columns.finding("unit-not-of-attribute", message, rows, "amount_tested_unit")
        else:
            found = amount_findings(words.words[code], "")
            yield from (_placed(columns, finding, rows, "amount_tested_unit") for finding in found)


def _placed(columns: ResultColumns, finding: Finding, rows: Codes, name: str) -> Finding:
    first = int(rows[0])
    pointer, row = columns.rows.pointer(first, name), int(columns.rows.positions[first])
    return replace(finding, pointer=pointer, row=row, count=len(rows))


def values_that_cannot_exist(columns: ResultColumns, tests: RowTests) -> Iterator[Finding]:
    """Yield results outside the values that their attribute can have, and negative spreads and amounts."""
    units = columns.words("unit")
    key = combined([units.codes, tests.cqa_codes])
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    domains = [_domain(tests, int(tests.cqa_codes[row]), units.word(row)) for row in first.tolist()]
    bounds = np.array([(-np.inf, np.inf) if domain is None else float_bounds(domain) for domain in domains])
    low, high = bounds[inverse, 0], bounds[inverse, 1]
    outside = _outside(columns, low, high)
    for row in _near_the_ends(columns, low, high).tolist():
        domain, text = domains[int(inverse[row])], columns.text("value", row)
        outside[row] = domain is not None and text is not None and to_fraction(text) not in domain
    for code, rows in few(grouped(inverse, outside)):
        at = int(rows[0])
        name = next(name for name in _NUMBERS if columns.text(name, at) is not None)
        shown = " ".join(filter(None, (columns.text("comparator", at), columns.text(name, at), units.word(at))))
        what = "the attribute" if code is None or tests.cqa_codes[at] < 0 else tests.cqas[int(tests.cqa_codes[at])]
        expected = None if code is None else _shown(domains[code], units.word(at))
        message = f"no value of {what} is {shown}"
        yield columns.finding("outside-domain", message, rows, name, expected=expected, found=shown)
    for name, what in (("sd", "a standard deviation"), ("amount_tested", "an amount tested")):
        rows = np.flatnonzero(columns.numbers(name) < 0)
        if len(rows):
            yield columns.finding(
                "outside-domain", f"{what} is not negative", rows, name, found=columns.text(name, rows[0])
            )


def _domain(tests: RowTests, cqa: int, unit: str | None) -> Interval | None:
    """Return the values that can exist; None where the unit is not stated, unknown, or not one of the attribute."""
    name = None if cqa < 0 else tests.cqas[cqa]
    if unit is None or not reads_as_unit(unit) or (name is not None and misfit(name, unit) is not None):
        return None
    return domain_of(name, parse_unit(unit))


def _outside(columns: ResultColumns, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> Mask:
    """Return rows none of whose possible values lies within bounds."""
    value = columns.numbers("value")
    below, above = value < low, value > high
    if columns.has("comparator"):
        less, more = (columns.where("comparator", sign) for sign in ("<", ">"))
        at_most, at_least = (columns.where("comparator", sign) for sign in ("<=", ">="))
        # "<5" may stand for anything below five, whatever the upper end of what can exist.
        above &= ~less & ~at_most
        below &= ~more & ~at_least
        below |= less & (value <= low)
        above |= more & (value >= high)
    return below | above | (columns.numbers("value_high") < low) | (columns.numbers("value_low") > high)


def _near_the_ends(columns: ResultColumns, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> Codes:
    """Return plain values that a float64 does not tell from an end of what can exist."""
    import pyarrow.compute as pc

    value = columns.numbers("value")
    near = ((value == low) | (value == high) | np.isinf(value)) & ~columns.filled("comparator")
    if not near.any() or not columns.has("value"):
        return np.zeros(0, np.intp)
    lengths = pc.utf8_length(columns.column("value")).fill_null(0).to_numpy()
    return np.flatnonzero(near & ((lengths > _LONG) | np.isinf(value)))


def _shown(domain: Interval | None, unit: str | None) -> str | None:
    if domain is None:
        return None
    low, high = domain.low, domain.high
    parts = [] if low is None else [f"at least {shown_value(low.value)}"]
    parts += [] if high is None else [f"at most {shown_value(high.value)}"]
    return " and ".join(parts) + (f" {unit}" if unit else "")
