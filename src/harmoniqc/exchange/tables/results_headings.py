"""What laboratory systems call the columns of the results they export."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from harmoniqc.exchange.tables.headings import Roles, brackets, without_footnote
from harmoniqc.standard import COLUMNS
from harmoniqc.vocabulary.terms import fold

ROLES: Roles = {
    "batch_id": (
        (
            "batch", "lot", "batch id", "lot id", "batch no", "lot no", "batch number", "lot number", "batch nr",
            "batch lot", "lot batch", "batch lot number", "batch lot no", "batch name", "lot name", "run", "run id",
            "product batch", "product lot", "batch identifier", "charge", "batch code", "lot code",
        ),
        (),
    ),
    "attribute": (
        (
            "test", "test name", "parameter", "parameter name", "attribute", "quality attribute", "analyte",
            "critical quality attribute", "characteristic", "determination", "property", "test parameter", "analysis",
            "analysis name", "measurement", "variable", "assay", "assay name", "test description",
        ),
        (),
    ),
    "result": (
        (
            "result", "reported result", "result value", "reported value", "value", "test result", "result text",
            "measured value", "outcome", "final result", "formatted result", "entry", "observed value", "observation",
        ),
        (),
    ),
    "unit": (("unit", "units", "uom", "unit of measure", "result unit", "reported unit", "measurement unit"), ()),
    "test_id": (("test id", "test code", "test key"), ()),
    "cqa": (("cqa", "cqa id"), ()),
    "component": (("component", "component name", "marker"), ()),
    "method": (("method", "test method", "analytical method", "procedure", "sop"), ()),
    "stage": (("stage", "process stage", "sampling stage"), ()),
    "material": (("material", "sample type", "sample material", "matrix"), ()),
    "sampling_point": (("sampling point", "sample point"), ()),
    "result_id": (("result id", "result number", "result no"), ()),
    "product_id": (("product id",), ()),
    "replicate": (("replicate", "replicate no", "replicate number", "rep"), ()),
    "status": (("status", "result status"), ()),
    "timepoint": (("timepoint", "time point"), ()),
    "condition": (("condition", "storage condition"), ()),
    "read_day": (("read day", "reading day", "day of reading"), ()),
    "lod": (("lod", "limit of detection", "detection limit"), ()),
    "loq": (("loq", "limit of quantitation", "limit of quantification", "quantitation limit"), ()),
    "site_id": (("site", "site id", "laboratory", "lab", "testing site"), ()),
    "recorded_verdict": (
        ("verdict", "pass fail", "recorded verdict", "conclusion", "assessment", "meets specification", "complies"),
        (),
    ),
    "keep": (
        (
            "mean", "average", "median", "sd", "minimum", "maximum", "min", "max", "range", "n", "date", "test date",
            "date tested", "analysis date", "sampling date", "sample date", "result date", "analyst", "operator",
            "tested by", "reviewed by", "approved by", "reviewer", "comment", "comments", "remark", "remarks", "note",
            "notes", "sample", "sample id", "sample no", "sample number", "sample name", "instrument", "equipment",
            "specification", "limit", "acceptance criterion", "acceptance criteria", "criterion", "no", "number",
            "row", "id", "time", "expiry date", "manufacturing date", "date of manufacture", "donor", "donor id",
            "product", "product name", "product code", "patient", "patient id", "subject", "subject id",
            "requirement", "limits", "specification limit",
        ),
        (),
    ),
}  # fmt: skip
"""Meaning to the headings that have it. ``keep``: known, and of no use here."""

_BY_HEADING = {heading: meaning for meaning, (headings, _) in ROLES.items() for heading in headings}
_BY_HEADING |= {fold(name): name for name in COLUMNS}
_BY_HEADING["value"] = "result"  # a number may come with a comparator, and a word instead of a number

_SUMMARY_WORDS = frozenset(
    (
        "mean", "means", "average", "averages", "median", "geomean", "statistic", "statistics", "summary", "historical",
        "specification", "specifications", "acceptance", "limit", "limits", "criterion", "criteria", "requirement",
        "target", "control", "controls", "blank", "total", "overall", "method", "unit", "units", "count", "minimum",
        "maximum", "range", "alert", "action",
    )
)  # fmt: skip
"""Words that, first or last in the name of a row, say that it is no batch: it sums up, limits, or controls."""
_SUMMARY_SIGNS = frozenset(
    (
        "sd", "std", "stdev", "st", "dev", "se", "sem", "n", "cv", "rsd", "gm", "gcv", "avg", "ave", "iqr", "ci", "q1",
        "q3", "min", "max", "spec", "specs", "usl", "lsl", "ucl", "lcl", "lod", "loq", "llod", "lloq", "uloq", "nlt",
        "nmt", "all", "lots", "batches", "runs", "of", "and", "or",
    )
)  # fmt: skip
"""Short forms of the same; a name of nothing else is no batch: "% CV", "95 % CI", but not "SD-0012"."""


@lru_cache(maxsize=4096)
def is_summary(name: str) -> bool:
    """Tell whether a row or a column that should be a batch is a statistic, a limit, or a control instead."""
    words = re.findall(r"[^\W_]+", re.sub(r"\A\s*\d+(?:\.\d+)?\s*%", "", name.casefold()))
    if not words:
        return False
    return words[0] in _SUMMARY_WORDS or words[-1] in _SUMMARY_WORDS or all(word in _SUMMARY_SIGNS for word in words)


@lru_cache(maxsize=4096)
def meaning_of(heading: str) -> str | None:
    """Return what a heading of a table of results means for certain; None if it is not a known one."""
    plain = without_footnote(" ".join(heading.split()))
    for text in (plain, brackets(plain)[0]):
        found = _BY_HEADING.get(fold(text).removesuffix(" #").strip())
        if found is not None:
            return found
    return None


def known_headings(row: Sequence[str]) -> int:
    """Return how many cells of a row are known headings, other than those of no use."""
    return len({meaning for cell in row if cell and (meaning := meaning_of(cell)) not in (None, "keep")})
