"""Results in bulk, one a line (NDJSON): validated some thousand at a time, whatever their number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import IO, Any

from harmoniqc.errors import Finding
from harmoniqc.schema.checks import check
from harmoniqc.schema.contents import Rows
from harmoniqc.schema.decoding import decoded
from harmoniqc.schema.profiles import assess, profile_names
from harmoniqc.schema.repeated import Repeated
from harmoniqc.schema.shape import rows_of
from harmoniqc.schema.validation import Validation
from harmoniqc.standard import STANDARD_VERSION

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""

LINES_AT_ONCE = 20_000
LONGEST_LINE = 1024 * 1024


def validate_lines(stream: IO[bytes], size: int, profile: str, progress: Progress | None) -> Validation:
    """Validate results line by line. What is kept in memory is what was found, and some thousand lines.

    A ``result_id`` that occurs twice is found anywhere, at the price of eight bytes for each. Results that nothing
    tells apart are found within the lines that are looked at together.

    A line needs neither ``type`` nor ``standard_version``; where it has them, they have to be those of a result.

    Args:
        stream: The lines.
        size: How many bytes they are in all.
        profile: The conformance profile asked for.
        progress: Called after each part.
    """
    found: dict[tuple[str | None, ...], Finding] = {}
    missing: dict[tuple[str | None, ...], Finding] = {}
    reached = set[str | None]()
    first = done = seen = 0
    repeated = Repeated()
    for lines in _parts(stream):
        rows, positions = [], []
        for position, line in enumerate(lines, first):
            done += len(line)
            seen += bool(line.strip())
            value, findings = _row(line)
            _add(found, (replace(item, row=position) for item in findings))
            if value is not None:
                rows.append(value)
                positions.append(position)
        shape = rows_of(rows, inside=False, positions=positions)
        now, lacking, more = assess(shape.contents, profile)
        reached.add(now)
        again = _given_before(shape.contents.results, repeated)
        _add(found, [*shape.findings, *check(shape.contents), *again, *lacking])
        _add(missing, more)
        first += len(lines)
        if progress is not None:
            progress(done, size)
    if not seen:
        found[()] = Finding("not-a-document", "there is no result", expected="a result on each line", found="no line")
    wrong = any(item.level == "error" and item.code != "below-profile" for item in found.values())
    least = min(reached, key=lambda name: -1 if name is None else profile_names().index(name), default=None)
    return Validation(
        found.values(), kind="result", profile=profile, reached=None if wrong else least, missing=missing.values()
    )


def _given_before(rows: Rows | None, repeated: Repeated) -> Iterator[Finding]:
    """Yield identifiers that an earlier part had; within a part the checks find them."""
    if rows is None or "result_id" not in rows.table.column_names:
        return
    identifiers = rows.table.column("result_id").to_pylist()
    again = repeated.among(identifiers).nonzero()[0]
    if len(again):
        first = int(again[0])
        yield Finding(
            "duplicate-result",
            f"the result_id {identifiers[first]!r} was used before",
            pointer="/result_id",
            row=int(rows.positions[first]),
            found=identifiers[first],
            count=len(again),
        )


def _parts(stream: IO[bytes]) -> Iterator[list[bytes]]:
    lines: list[bytes] = []
    while line := stream.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):  # read on to its end, and keep its beginning
            rest = stream.readline(LONGEST_LINE + 1)
        lines.append(line)
        if len(lines) == LINES_AT_ONCE:
            yield lines
            lines = []
    if lines:
        yield lines


def _row(line: bytes) -> tuple[Any, list[Finding]]:
    """Return the result of a line, and what is wrong with the line; None: there is none."""
    if not line.strip():
        return None, []
    if len(line) > LONGEST_LINE:
        expected = f"at most {LONGEST_LINE:,} bytes"
        return None, [Finding("not-a-document", "the line is too long for a result", expected=expected)]
    value, findings = decoded(line)
    if value is None:
        return None, findings or [Finding("not-a-document", "the line is no object", expected="an object")]
    if isinstance(value, dict) and value.get("standard_version", STANDARD_VERSION) != STANDARD_VERSION:
        found = repr(value["standard_version"])
        message = "the result's standard version is not one this library reads"
        return None, [*findings, Finding("unknown-standard-version", message, expected=STANDARD_VERSION, found=found)]
    return value, findings


def _add(kept: dict[tuple[str | None, ...], Finding], found: Iterable[Finding]) -> None:
    """Count findings that say the same of other lines."""
    for item in found:
        key = (item.code, item.message, item.expected, item.found)
        known = kept.get(key)
        kept[key] = item if known is None else replace(known, count=known.count + item.count)
