"""The report as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from harmoniqc._version import __version__
from harmoniqc.cli.findings import record
from harmoniqc.cli.reports.outcome import Outcome
from harmoniqc.standard import STANDARD_VERSION


def render(outcomes: Sequence[Outcome]) -> str:
    """Return the report: an entry for each file, with everything that was found."""
    report = {
        "harmoniqc": __version__,
        "standard_version": STANDARD_VERSION,
        "passes": all(outcome.passes for outcome in outcomes),
        "files": [_file(outcome) for outcome in outcomes],
    }
    return json.dumps(report, indent=2) + "\n"


def _file(outcome: Outcome) -> dict[str, Any]:
    validation = outcome.validation
    return {
        "file": outcome.name,
        "readable": validation is not None,
        "kind": None if validation is None else validation.kind,
        "valid": None if validation is None else validation.valid,
        "profile": outcome.profile,
        "reached": None if validation is None else validation.reached,
        "passes": outcome.passes,
        "findings": [record(item) for item in outcome.findings],
        "missing": {
            "profile": outcome.following,
            "findings": [] if validation is None else [record(item) for item in validation.missing],
        },
    }
