"""The report that people read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harmoniqc.cli.findings import finding_lines
from harmoniqc.cli.reports.outcome import Outcome
from harmoniqc.cli.terminal import printable


def render(outcomes: Sequence[Outcome], *, quiet: bool = False) -> str:
    """Return the report; what it takes from documents is on one line each, and holds no control characters.

    Args:
        outcomes: What became of each file.
        quiet: Only what keeps a file from passing.
    """
    lines = [line for outcome in outcomes for line in _lines(outcome, quiet=quiet)]
    if len(outcomes) > 1 and not quiet:
        passed = sum(outcome.passes for outcome in outcomes)
        lines.append(f"{len(outcomes):,} files: {passed:,} pass, {len(outcomes) - passed:,} do not")
    return "".join(f"{line}\n" for line in lines)


def _lines(outcome: Outcome, *, quiet: bool) -> Iterator[str]:
    if quiet and outcome.passes:
        return
    yield printable(outcome.summary())
    for finding in outcome.findings.errors if quiet else outcome.findings:
        yield from (f"  {line}" for line in finding_lines(finding))
    if not quiet and outcome.missing:
        yield f"  for profile {outcome.following}:"
        for finding in outcome.missing:
            times = "" if finding.count == 1 else f", {finding.count:,} times"
            yield f"    {printable(finding.message)}, at {printable(finding.pointer or '/')}{times}"
