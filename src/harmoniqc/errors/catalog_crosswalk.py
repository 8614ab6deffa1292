"""Finding codes of questions to the crosswalk."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from harmoniqc.errors.entry import CodeEntry

_E: Literal["error"] = "error"
_I: Literal["info"] = "info"

CROSSWALK_CODES: Mapping[str, CodeEntry] = MappingProxyType(
    {
        "unknown-reference": CodeEntry(
            _E, "the citation names no document of the crosswalk", "cite it as `hq.crosswalk.documents` lists it"
        ),
        "reference-replaced": CodeEntry(
            _I,
            "the cited text is not in force on that day; what took its place was looked up instead",
            "cite what took its place",
        ),
        "no-profile": CodeEntry(
            _E, "there is no profile of this authority", "ask for one of those that `hq.crosswalk.profiles` lists"
        ),
        "not-a-product-limit": CodeEntry(
            _E,
            "the requirement gives no limit that a product could be judged by",
            "look for a product limit of a text in force; figures about methods, drafts and memory only inform",
        ),
        "naive-datetime": CodeEntry(
            _E,
            "an instant without a time zone does not say which day it is",
            "give a date, or an instant with its zone",
        ),
        "not-a-day": CodeEntry(_E, "the text is not a day", "write it like 2026-01-31"),
        "formula-input": CodeEntry(
            _E, "the formula lacks an input, or it is not in the unit the formula needs", "give the largest dose per kg"
        ),
    }
)
