"""From a case's reading of a criterion to a criterion of the standard, with the digits that are printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from corpus_tables import Tables

from harmoniqc.standard.decimal_text import is_decimal_text, to_fraction

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_POWER = re.compile(rf"({_NUMBER})\s*[×x]\s*10\^?(\d{{1,2}})")
_PLAIN = re.compile(_NUMBER)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")

Case = dict[str, Any]


def slug(text: str) -> str:
    """Return a slug of a text: lower-case letters and digits, hyphens between."""
    plain = "".join(map(_latin, unicodedata.normalize("NFKD", text)))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def _latin(char: str) -> str:
    if unicodedata.combining(char):
        return ""
    name = unicodedata.name(char, "")
    return name.rpartition(" ")[2].lower() if name.startswith("GREEK SMALL LETTER") else char


def digits(printed: str, value: float) -> str:
    """Return a number of a printed text as decimal text with the digits printed.

    A text says ``106`` for 10^6 where its superscript was lost, and one power may serve both ends of a range.
    Which reading is meant is decided by the value alone; it must be equal exactly.

    Raises:
        LookupError: If no number of the text has this value.
    """
    wanted = Fraction(repr(value))
    for candidate in _candidates(printed):
        for text in (candidate, f"-{candidate}"):
            if is_decimal_text(text) and to_fraction(text) == wanted:
                return text
    raise LookupError(f"no number in {printed!r} is {value!r}")


def _candidates(printed: str) -> Iterator[str]:
    powers = _POWER.findall(printed)
    yield from (f"{_point(number)}E{power}" for number, power in powers)
    numbers = [_point(number) for number in _PLAIN.findall(printed)]
    yield from numbers
    for _, power in powers:
        yield from (f"{number}E{power}" for number in numbers)


def _point(number: str) -> str:
    return number.replace(",", "") if _THOUSANDS.match(number) else number.replace(",", ".")


class Reader:
    """Builds the criteria of one case.

    Args:
        tables: The reviewed tables.
        case: Key of the case.
    """

    def __init__(self, tables: Tables, case: str) -> None:
        self.tables = tables
        self.case = case

    def criterion(self, entry: Case, of: str | None = None) -> dict[str, Any]:
        """Return the criterion of a case entry, or of a part of one, ready for validation."""
        printed = entry["criterion_as_written"]
        judged = self.tables.criterion(self.case, printed).get("criterion")
        body = judged if judged is not None else getattr(self, f"_{_METHOD[entry['operator']]}")(entry)
        if of is not None and body["kind"] == "absence":
            body = {**body, "of": of}
        return {**body, "text": None if entry.get("collector_remark") else printed}

    def _limit(self, entry: Case) -> dict[str, Any]:
        printed = entry["criterion_as_written"]
        unit, population = self.tables.unit(self.case, entry.get("unit_as_written"))
        if entry.get("tolerance_value") is not None:
            distance = digits(printed, entry["tolerance_value"])
            tolerance = {"minus": distance, "plus": distance}
            value = digits(printed, entry["nominal_value"])
            return {"kind": "target", "value": value, "unit": unit, "tolerance": tolerance}
        bounds = {
            end: {"value": digits(printed, entry[end]), "inclusive": entry[f"{end}_inclusive"]}
            for end in ("low", "high")
            if entry.get(end) is not None
        }
        return {"kind": "limit", **bounds, "unit": unit, "population": population}

    def _absence(self, entry: Case) -> dict[str, Any]:
        body: dict[str, Any] = {"kind": "absence", "read_day": entry.get("read_day")}
        if entry.get("sensitivity_value") is not None:
            unit, _ = self.tables.unit(self.case, entry["sensitivity_unit"])
            value = digits(entry["criterion_as_written"], entry["sensitivity_value"])
            body["sensitivity"] = {"value": value, "unit": unit}
        return body

    def _category(self, entry: Case) -> dict[str, Any]:
        wording = entry["text_value"]
        if wording == "Pass":
            return {"kind": "category", "accept": [{"code": "conforms", "synonyms": [wording]}]}
        return {"kind": "category", "accept": [{"code": slug(wording), "synonyms": [wording]}]}

    def _report_only(self, entry: Case) -> dict[str, Any]:
        return {"kind": "report-only"}

    def _not_stated(self, entry: Case) -> dict[str, Any]:
        return {"kind": "not-stated"}

    def _nominal(self, entry: Case) -> dict[str, Any]:
        unit, _ = self.tables.unit(self.case, entry["unit_as_written"])
        value = digits(entry["criterion_as_written"], entry["nominal_value"])
        return {"kind": "target", "value": value, "unit": unit}

    def _composite(self, entry: Case) -> dict[str, Any]:
        kind = entry["operator"].replace("_", "-")
        return {"kind": kind, "members": [self._member(part) for part in entry["components"]]}

    def _member(self, part: Case) -> dict[str, Any]:
        judged = self.tables.criterion(self.case, part["criterion_as_written"])
        label = judged.get("component") or part.get("result_label") or part.get("marker")
        if label is None and part["operator"] in ("text", "negative") and judged:
            label = part["criterion_as_written"]
        return {"criterion": self.criterion(part), "component": label, "cqa": judged.get("cqa")}


_METHOD = {
    **dict.fromkeys(("ge", "gt", "le", "lt", "between"), "limit"),
    **dict.fromkeys(("any_of", "all_of"), "composite"),
    "negative": "absence",
    "text": "category",
    "report": "report_only",
    "none": "not_stated",
    "nominal": "nominal",
}
