"""Answers beside readings: which texts are read exactly, refused, or read as something else."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harmoniqc.errors import NotationError, UnitError
from harmoniqc.notation import parse_criterion, parse_measurement
from harmoniqc.units import parse_unit

FOLDER = Path(__file__).resolve().parent / "answers"
_VERBATIM = frozenset({"text", "role", "basis", "source", "note"})
_DEFAULTS = {"inclusive": True, "otherwise": "not-evaluated", "mode": "either", "over": "time", "minimum_points": 2}


@dataclass
class Score:
    """How a file of answers compares with the readings."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def total(self) -> Counter[str]:
        out: Counter[str] = Counter()
        for counter in self.counts.values():
            out.update(counter)
        return out

    def table(self) -> str:
        head = f"{'form':<46}{'exact':>7}{'refused':>9}{'wrong':>7}"
        lines = [
            f"{form:<46}{counter['exact']:>7}{sum(counter.values()) - counter['exact'] - counter['wrong']:>9}"
            f"{counter['wrong']:>7}"
            for form, counter in sorted(self.counts.items())
        ]
        return "\n".join([head, *lines])


def score(file: str) -> Score:
    """Read every text of a file and compare."""
    read = read_result if "results" in file else read_criterion
    out = Score()
    for answer in json.loads((FOLDER / file).read_text(encoding="utf-8")):
        verdict, found = compare(answer, read)
        out.counts[answer["form"]][verdict] += 1
        line = f"{answer['text']!r} ({answer['unit']}): {json.dumps(found, ensure_ascii=False)}"
        if verdict == "wrong":
            out.wrong.append(f"{line}, expected {json.dumps(answer['reading'], ensure_ascii=False)}")
        elif verdict == "refused":
            out.refused.append(line)
    return out


def compare(answer: dict[str, Any], read: Callable[[str, str | None], Any]) -> tuple[str, Any]:
    """Return ``exact``, ``refused``, ``refused, as expected`` or ``wrong``, and what was read."""
    try:
        found = read(answer["text"], answer["unit"])
    except NotationError as error:
        if not error.findings or not all(item.remedy for item in error.findings):
            return "wrong", f"refused without a remedy: {error}"
        accepted = answer["reading"] is None or answer.get("refusal_ok")
        return ("refused, as expected" if accepted else "refused"), error.findings[0].message
    lenient = frozenset(answer.get("lenient", ()))
    readings = [item for item in (answer["reading"], *answer.get("also", ())) if item is not None]
    if any(meaning(found, lenient) == meaning(item, lenient) for item in readings):
        return "exact", found
    if answer.get("refusal_ok") and found == {}:
        return "refused, as expected", found  # words alone: nothing was read from them
    branches = found.get("branches", ())
    if len(branches) == 1:  # a condition on the whole is handed over apart from the criterion
        inner = branches[0]["criterion"]
        if any(meaning(inner, lenient) == meaning(item, lenient) for item in readings):
            return "exact", found
    return "wrong", found


def read_criterion(text: str, unit: str | None) -> Any:
    return parse_criterion(text, unit).model_dump(mode="json")


def read_result(text: str, unit: str | None) -> Any:
    found = parse_measurement(text, unit).model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in found.items() if name not in ("text",) and value not in ([], ())}


def meaning(value: Any, lenient: frozenset[str]) -> Any:
    """Return a reading without what is verbatim, default or lenient, and with units as what they mean."""
    if isinstance(value, list):
        return [meaning(item, lenient) for item in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for name, item in value.items():
        told = name == "reportable" and item is False and name not in lenient
        default = item is None or item == [] or _DEFAULTS.get(name, False) == item
        if (name in _VERBATIM or name in lenient or default) and not told:
            continue
        inner = frozenset(each.removeprefix(f"{name}.") for each in lenient)
        out[name] = _unit(item) if name == "unit" else meaning(item, inner)
    return out


def _unit(text: str) -> Any:
    try:
        unit = parse_unit(text)
    except UnitError:
        return text
    return [list(unit.dimension), str(unit.scale), str(unit.offset), unit.code if unit.is_scale else ""]
