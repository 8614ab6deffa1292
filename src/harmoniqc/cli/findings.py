"""Findings as data and as lines of text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harmoniqc.cli.terminal import printable
from harmoniqc.errors import Finding


def record(finding: Finding) -> dict[str, str | int]:
    """Return a finding as JSON-ready data, what it does not say left out."""
    said = {
        "code": finding.code,
        "level": finding.level,
        "message": finding.message,
        "pointer": finding.pointer,
        "row": finding.row,
        "expected": finding.expected,
        "found": finding.found,
        "remedy": finding.remedy,
        "count": finding.count,
    }
    return {name: value for name, value in said.items() if value is not None}


def finding_lines(finding: Finding) -> list[str]:
    """Return a finding as lines of text that a terminal shows and does not obey."""
    names = ("message", "pointer", "expected", "found", "remedy")
    texts: dict[str, Any] = {name: printable(text) for name in names if (text := getattr(finding, name)) is not None}
    return str(replace(finding, **texts)).split("\n")
