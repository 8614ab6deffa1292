"""Tables as delimited text: which encoding, which delimiter, and which rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.files import named, unusable
from harmoniqc.exchange.tables.grid import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Grid, build_grid

MAX_BYTES = 1024 * 1024 * 1024
"""Largest file of delimited text read as one piece."""

Scorer = Callable[[Sequence[str]], int]
"""Tells how many cells of a row are headings that are known."""

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, None),
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 50


def read_delimited(path: Path, known: Scorer) -> Grid:
    """Read delimited text.

    Args:
        path: ``.csv``, ``.tsv`` or ``.txt``; UTF-8, UTF-16 with a byte order mark, or else Windows-1252.
        known: Tells how many headings of a row are known; used to tell which delimiter separates them.

    Raises:
        DocumentError: If the file cannot be read, is no text, or has an open quote.
    """
    with named(path):
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(path, f"{path.stat().st_size:,} bytes", f"at most {MAX_BYTES:,} bytes")
        data = path.read_bytes()
    text, findings = _decode(data, path)
    text, delimiter = _declared(text)
    usual = "\t" if path.suffix.lower() == ".tsv" else ","
    if delimiter is None:
        delimiter = _detected(text, usual, known)
        if delimiter != usual:
            message = f"{path}: columns are separated by {_DELIMITERS[delimiter]}"
            findings.append(Finding("assumed-delimiter", message, found=_DELIMITERS[delimiter]))
    rows, numbers = _rows(text, delimiter, path)
    return build_grid(path.stem, rows, findings=findings, numbers=numbers)


def _decode(data: bytes, path: Path) -> tuple[str, list[Finding]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            if encoding is None:
                raise unusable(path, "the text is UTF-32", "save it as UTF-8")
            try:
                return data[len(mark) :].decode(encoding), []
            except UnicodeDecodeError as error:
                reason = f"the text claims to be {encoding.upper()} and is not, at byte {error.start + len(mark)}"
                raise unusable(path, reason, "save it as UTF-8") from None
    if b"\0" in data:
        raise unusable(path, "holds zero bytes, so it is no text, or UTF-16 without its mark", "save it as UTF-8")
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        place = error.start
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise unusable(path, f"the text is not UTF-8 at byte {place}", "save it as UTF-8") from None
    line = data.count(b"\n", 0, place) + 1
    message = f"{path}: not UTF-8 at line {line}; read as Windows-1252"
    return text, [Finding("assumed-encoding", message, expected="UTF-8", found=text[place : place + 1])]


def _declared(text: str) -> tuple[str, str | None]:
    """Return the text without a first line like ``sep=;``, which some spreadsheets write, and what it says."""
    first, _, rest = text.partition("\n")
    line = first.rstrip("\r").strip('"')
    if line[:4].lower() == "sep=" and line[4:] in _DELIMITERS:
        return "\n" + rest, line[4:]  # a blank line keeps the numbers of the lines
    return text, None


def _detected(text: str, usual: str, known: Scorer) -> str:
    """Return the delimiter by which the most headings are known, and then the most rows are equally long."""
    sample = text[:200_000]

    def score(delimiter: str) -> tuple[int, int, bool]:
        rows = []
        try:
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                if any(cell.strip() for cell in row):
                    rows.append(row)
                if len(rows) == _SAMPLE:
                    break
        except csv.Error:
            return (0, 0, delimiter == usual)
        lengths = Counter(len(row) for row in rows if len(row) > 1)
        even = max(lengths.values(), default=0)
        return (max((known(row) for row in rows if len(row) > 1), default=0), even, delimiter == usual)

    return max(_DELIMITERS, key=score)


def _rows(text: str, delimiter: str, path: Path) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            numbers.append(line)
            line = reader.line_num + 1
            rows.append(row)
            cells += len(row)
            if len(rows) > MAX_ROWS or cells > MAX_CELLS or len(row) > MAX_COLUMNS:
                limit = f"at most {MAX_ROWS:,} rows, {MAX_COLUMNS:,} columns, {MAX_CELLS:,} cells"
                raise _too_large(path, f"more than {limit.removeprefix('at most ')}", limit)
    except csv.Error as error:
        raise unusable(path, f"line {line}: {error}", "close the quotes, and double a quote inside them") from None
    return rows, numbers


def _too_large(path: Path, found: str, expected: str) -> DocumentError:
    message = f"{path}: too large to be read as one table"
    return DocumentError(message, (Finding("table-too-large", message, expected=expected, found=found),))
