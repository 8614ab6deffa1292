"""In which forms the results of the corpus are written: what the print shows, and the columns that carry it."""

from __future__ import annotations

import re
from collections.abc import Callable

from corpus_forms import Form, Row


def _shows(pattern: str) -> Callable[[Row], bool]:
    found = re.compile(pattern)
    return lambda item: found.search(item.text) is not None


def _interval(item: Row) -> bool:
    return {"value_low", "value_high"} <= item.row.keys()


_BOUND = _shows(r"^\s*(<|>|≤|≥|less than|greater than)")
_POWER = _shows(r"[×x(]\s?10\s?\^?\d")
_MISSING = _shows(r"^(n\.?[da]\.?|[Nn]ot (analy[sz]ed|available|tested|determined))$")
_CONFIDENCE = _shows(r"^CI\b")


def _power(item: Row) -> bool:
    return "E" in item.row.get("value", item.row.get("value_low", "")) or "10^" in item.row.get("unit", "")


RESULT_FORMS: tuple[Form[Row], ...] = (
    Form(
        "words, or a mark of passing",
        "`code` where the vocabulary is sure of the wording, and `text`",
        lambda item: not item.has_number and not _MISSING(item),
        lambda item: bool(item.row["text"]),
    ),
    Form(
        "one cell for several batches or laboratories",
        "`statistic`, `n`, and `reportable` false",
        lambda item: "n" in item.row or _shows(r"\d batches\)")(item),
        lambda item: item.row.get("reportable") is False and {"n", "statistic"} <= item.row.keys(),
    ),
    Form(
        "only a bound",
        "`comparator`",
        lambda item: _BOUND(item) or "comparator" in item.row,
        lambda item: "comparator" in item.row,
    ),
    Form("a power of ten", "an exponent in `value`; a factor in `unit`", lambda i: _POWER(i) or _power(i), _power),
    Form(
        "mean and standard deviation",
        "`value` with `statistic`, and `sd`",
        _shows("±"),
        lambda item: "sd" in item.row and item.row.get("statistic") == "mean",
    ),
    Form(
        "so many of so many",
        "`statistic` proportion, and `n`",
        _shows(r"\d+/\d+"),
        lambda item: item.row.get("statistic") == "proportion" and "n" in item.row,
    ),
    Form("a range", "`value_low` and `value_high`", _shows(r"\d\s?–\s?\d"), _interval),
    Form(
        "a confidence interval",
        "a row of its own: `statistic` other, `value_low` and `value_high`",
        _CONFIDENCE,
        lambda item: _interval(item) and item.row.get("statistic") == "other",
    ),
    Form(
        "nothing measured",
        "`code` not-tested; `text` alone where the abbreviation is ambiguous",
        _MISSING,
        lambda item: not item.has_number and item.row.get("code") in ("not-tested", None),
    ),
    Form(
        "several results in one cell",
        "a row for each part, with its `component`",
        lambda item: item.compound or _shows(r"^\(a\).*\(b\)")(item),
        lambda item: item.compound and "component" in item.row,
    ),
    Form(
        "a mark between thousands",
        "`value` without it",
        _shows(r"\d[, ]\d{3}\b"),
        lambda item: item.has_number,
    ),
    Form(
        "hours and minutes",
        "`value` in minutes",
        _shows(r"\dh\d\d"),
        lambda item: item.has_number and item.row.get("unit") == "min",
    ),
    Form("a footnote mark behind the value", "`text`; `value` without it", _shows(r"\S[*†‡§#]+$"), lambda i: True),
    Form(
        "a decimal comma",
        "`value` with a point",
        _shows(r"\d,\d{1,2}(?!\d)"),
        lambda item: "." in item.row.get("value", ""),
    ),
)
"""A result may have several of these; one that has none is a plain number."""
