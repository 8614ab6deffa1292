"""The report as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
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

_WITH_LINES = (".json", ".ndjson", ".jsonl")
_START = Region(1, 1, 1, 1)
"""Code hosts want a line for every result; what has no better one is about the file, and begins where it does."""

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


def _located(outcome: Outcome) -> Iterator[tuple[Finding, dict[str, Any]]]:
    region_of = _regions(outcome)
    for finding in outcome.findings:
        yield finding, _location(outcome, finding.pointer, region_of(finding))


def _regions(outcome: Outcome) -> Callable[[Finding], Region | None]:
    """Return what tells where in its file a finding is; None: the file has no lines."""
    path = outcome.path
    suffix = "" if path is None else path.suffix.lower()
    if path is None or suffix not in _WITH_LINES:
        return lambda _: None
    if suffix != ".json":
        return lambda finding: _START if finding.row is None else Region(finding.row + 1, 1, finding.row + 1, 1)
    regions: Mapping[str, Region] = {}
    if path.stat().st_size <= LARGEST_LOCATED:
        text = path.read_bytes().decode("utf-8", "replace")
        regions = locate(text, {item.pointer for item in outcome.findings if item.pointer is not None})
    return lambda finding: regions.get(finding.pointer or "", _START)


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


def _location(outcome: Outcome, pointer: str | None, region: Region | None) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if outcome.path is None:
        location["message"] = {"text": STDIN}
    else:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(outcome.path)}}
        if region is not None:
            names = ("startLine", "startColumn", "endLine", "endColumn")
            location["physicalLocation"]["region"] = dict(zip(names, region, strict=True))
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
