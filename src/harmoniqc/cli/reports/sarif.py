"""The report as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harmoniqc._version import __version__
from harmoniqc.cli.reports.locating import Region, locate
from harmoniqc.cli.reports.outcome import STDIN, Outcome
from harmoniqc.errors import CODES, Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LARGEST_LOCATED = 5_000_000
"""Files of more bytes are named without line and column."""

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(outcomes: Sequence[Outcome]) -> str:
    """Return the report: one run, a rule for each code that was found, a result for each finding."""
    codes = sorted({finding.code for outcome in outcomes for finding in outcome.findings})
    results = [
        _result(finding, codes, location)
        for outcome in outcomes
        if outcome.readable
        for finding, location in _located(outcome)
    ]
    unread = [
        {
            "descriptor": {"id": finding.code},
            "level": "error",
            "message": _message(finding.message),
            "locations": [_location(outcome, None, None)],
        }
        for outcome in outcomes
        if not outcome.readable
        for finding in outcome.findings
    ]
    driver = {
        "name": "harmoniqc",
        "version": __version__,
        "informationUri": "https://w3id.org/harmoniqc/",
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not unread, "toolExecutionNotifications": unread}],
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    entry = CODES[code]
    return {
        "id": code,
        "shortDescription": _message(entry.title),
        "fullDescription": _message(entry.title),
        "help": _message(entry.remedy),
        "defaultConfiguration": {"level": _LEVELS[entry.level]},
    }


def _located(outcome: Outcome) -> list[tuple[Finding, dict[str, Any]]]:
    regions = _regions(outcome)
    return [
        (finding, _location(outcome, finding.pointer, None if regions is None else _region(finding, regions)))
        for finding in outcome.findings
    ]


def _regions(outcome: Outcome) -> Mapping[str, Region] | None:
    """Return where the findings of a file are; None: the file is no text that has lines."""
    path = outcome.path
    if path is None or path.suffix.lower() == ".parquet":
        return None
    if path.suffix.lower() != ".json" or path.stat().st_size > LARGEST_LOCATED:
        return {}
    text = path.read_bytes().decode("utf-8", "replace")
    return locate(text, {item.pointer for item in outcome.findings if item.pointer is not None})


def _region(finding: Finding, regions: Mapping[str, Region]) -> dict[str, int]:
    # Code hosts want a line for every result; what has no better one is about the file, and begins where it does.
    region = regions.get(finding.pointer or "", Region(1, 1, 1, 1))
    return {
        "startLine": region.start_line,
        "startColumn": region.start_column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    }


def _result(finding: Finding, codes: list[str], location: dict[str, Any]) -> dict[str, Any]:
    said = {"expected": finding.expected, "found": finding.found, "remedy": finding.remedy, "row": finding.row}
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.level],
        "message": _message(finding.message),
        "locations": [location],
        "occurrenceCount": finding.count,
        "properties": {name: value for name, value in said.items() if value is not None},
    }


def _location(outcome: Outcome, pointer: str | None, region: dict[str, int] | None) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if outcome.path is None:
        location["message"] = {"text": STDIN}
    else:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(outcome.path)}}
        if region is not None:
            location["physicalLocation"]["region"] = region
    if pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": pointer}]
    return location


def _uri(path: Path) -> str:
    """Return a file as a URI relative to the working folder, which in CI is the repository; absolute outside of it."""
    whole, here = path.resolve(), Path.cwd().resolve()
    return quote(whole.relative_to(here).as_posix()) if whole.is_relative_to(here) else whole.as_uri()


def _message(text: str) -> dict[str, str]:
    """Return plain text as a message, in which braces and links would otherwise mean something (3.11.5, 3.11.6)."""
    text = text.replace("{", "{{").replace("}", "}}")
    return {"text": text.replace("[", r"\[").replace("]", r"\]") if "](" in text else text}
