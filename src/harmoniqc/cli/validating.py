"""``harmoniqc validate``: call :func:`harmoniqc.schema.validating.validate` on each file, and report what came out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from harmoniqc._files import write_atomically
from harmoniqc.cli.main import CONFORMS, DOES_NOT, UNUSABLE
from harmoniqc.cli.reports import FORMATS, Outcome, text
from harmoniqc.cli.reports.outcome import STDIN
from harmoniqc.cli.terminal import printable, progress_for
from harmoniqc.errors import DocumentError, Findings, HarmoniqcError
from harmoniqc.exchange.files import unusable
from harmoniqc.schema.profiles import profile_rules
from harmoniqc.schema.validating import validate

_LARGE = 20_000_000
"""Files of more bytes show a progress bar."""


def run(options: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        HarmoniqcError: If the profile is unknown, or the report has no place.
    """
    profile_rules(options.profile)  # refused before a file is read
    paths = [None if name == "-" else Path(name) for name in options.files]
    if paths.count(None) > 1:
        raise _unusable(None, "can be read only once")
    output = None if options.output is None else _report_file(Path(options.output), paths)
    outcomes = [_outcome(path, options.profile) for path in paths]
    if options.hide_values:
        outcomes = [outcome.hidden() for outcome in outcomes]
    _report(outcomes, options.format, output, quiet=options.quiet)
    if not all(outcome.readable for outcome in outcomes):
        return UNUSABLE
    return CONFORMS if all(outcome.passes for outcome in outcomes) else DOES_NOT


def _report_file(output: Path, paths: Sequence[Path | None]) -> Path:
    """Return where the report goes; a place that cannot be is refused before a file is read."""
    if output.resolve() in [path.resolve() for path in paths if path is not None]:
        raise unusable(output, "the report would replace an input; give it a name of its own")
    if output.is_dir() or not output.parent.is_dir():
        raise unusable(output, "is a folder" if output.is_dir() else "its folder does not exist")
    return output


def _outcome(path: Path | None, profile: str) -> Outcome:
    try:
        if path is None:
            return Outcome(None, validate(sys.stdin.buffer.read(), profile), profile)
        if path.is_dir():
            raise _unusable(path, "is a folder", "name the files in it, such as folder/*.json")
        if not path.exists():
            raise _unusable(path, "No such file or directory")
        bar = progress_for(f"validating {printable(path.name)}", path.stat().st_size, unit="bytes", above=_LARGE)
        validation = validate(path, profile, progress=bar)
    except HarmoniqcError as error:
        return Outcome(path, None, profile, error.findings or _unusable(path, error.message).findings)
    except OSError as error:
        return Outcome(path, None, profile, _unusable(path, error.strerror or str(error)).findings)
    unread = Findings(item for item in validation if item.code in ("unreadable-file", "missing-dependency"))
    return Outcome(path, None, profile, unread) if unread else Outcome(path, validation, profile)


def _unusable(path: Path | None, reason: str, remedy: str | None = None) -> DocumentError:
    return unusable(Path(STDIN) if path is None else path, reason, remedy)


def _report(outcomes: Sequence[Outcome], format: str, output: Path | None, *, quiet: bool) -> None:
    report = text.render(outcomes, quiet=quiet) if format == "text" else FORMATS[format](outcomes)
    if output is not None:
        try:
            write_atomically(output, lambda stream: stream.write(report.encode()))
        except OSError as error:
            raise unusable(output, error.strerror or "cannot be written") from error
        report = "".join(f"{outcome.summary()}\n" for outcome in outcomes if not (quiet and outcome.passes))
    _print(report, sys.stdout)
    if output is not None or format != "text":
        unread = [outcome for outcome in outcomes if not outcome.readable]
        _print(text.render(unread, quiet=True), sys.stderr)


def _print(report: str, stream: TextIO) -> None:
    for line in report.split("\n")[:-1]:
        print(printable(line, stream.encoding or "utf-8"), file=stream)
