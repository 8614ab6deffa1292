"""Checks beyond the shape of a document: each takes what the document holds and yields what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harmoniqc.errors import Finding
from harmoniqc.schema.contents import Contents

Check = Callable[[Contents], Iterator[Finding]]

CHECKS: tuple[Check, ...] = ()
"""Every check, in the order in which they run."""


def check(contents: Contents) -> Iterator[Finding]:
    """Run every check."""
    for one in CHECKS:
        yield from one(contents)
