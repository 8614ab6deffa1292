"""Reports on validated files: text, JSON, SARIF, JUnit XML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from harmoniqc.cli.reports import junit, plain, sarif, text
from harmoniqc.cli.reports.outcome import Outcome

FORMATS: Mapping[str, Callable[[Sequence[Outcome]], str]] = {
    "text": text.render,
    "json": plain.render,
    "sarif": sarif.render,
    "junit": junit.render,
}
"""What writes each format. JSON and XML are written in ASCII, so that no encoding can harm them."""

__all__ = ["FORMATS", "Outcome"]
