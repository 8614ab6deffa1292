"""Results in: an Arrow table becomes numpy columns, with nothing changed and nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.types as pt

from harmoniqc.errors import Finding, Findings, ResultsError
from harmoniqc.evaluation.kernel import Codes, Floats, Mask
from harmoniqc.evaluation.meaning.projection import printed
from harmoniqc.standard.columns import COLUMNS, Column

_NUMBER = re.compile(r"\s*[-+]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][-+]?[0-9]{1,3})?\s*\Z")
_INFINITE = re.compile(r"\s*[-+]?inf(?:inity)?\s*\Z", re.IGNORECASE)
_EXACT_INTEGER = 2**53


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words: a code for each row, -1 where it is empty, and the words."""

    codes: Codes
    words: tuple[str, ...]

    def word(self, row: int) -> str | None:
        """Return the word of a row."""
        code = int(self.codes[row])
        return None if code < 0 else self.words[code]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of numbers.

    Attributes:
        values: float64, shape (n,); anything where a row is missing, NaN where it is faulty or exact.
        missing: Rows without a value; None: no row.
        faulty: Rows whose text is no number; None: no row.
        exact: Rows whose number no float64 prints as, with the exact number.
    """

    values: Floats
    missing: Mask | None = None
    faulty: Mask | None = None
    exact: dict[int, Fraction] = field(default_factory=dict)

    def take(self, rows: npt.NDArray[np.intp]) -> Numbers:
        """Return the column of some rows, in ascending order."""
        exact: dict[int, Fraction] = {}
        if self.exact:
            wanted = np.array(list(self.exact), np.intp)
            places = np.searchsorted(rows, wanted)
            for row, place in zip(wanted.tolist(), places.tolist(), strict=True):
                if place < len(rows) and rows[place] == row:
                    exact[place] = self.exact[row]
        return Numbers(
            self.values[rows],
            None if self.missing is None else self.missing[rows],
            None if self.faulty is None else self.faulty[rows],
            exact,
        )

    def has(self, rows: npt.NDArray[np.intp]) -> Mask:
        """Return which of some rows have a value, readable or not."""
        return np.ones(len(rows), np.bool_) if self.missing is None else ~self.missing[rows]

    def exactly(self, row: int) -> Fraction | None:
        """Return the exact number of a row; None where it has none that is finite."""
        if self.missing is not None and self.missing[row]:
            return None
        if row in self.exact:
            return self.exact[row]
        value = float(self.values[row])
        return printed(value) if np.isfinite(value) else None


class Words(Mapping[str, Coded]):
    """Columns of words, coded when they are first looked at: most evaluations never look at most of them.

    A column that is null throughout is not there.

    Args:
        columns: The columns by name.
        rows: Only these rows, ascending; None: all.
    """

    def __init__(
        self, columns: Mapping[str, pa.ChunkedArray | Coded], rows: npt.NDArray[np.intp] | None = None
    ) -> None:
        self._columns = dict(columns)
        self._rows = rows
        self._coded: dict[str, Coded] = {}

    def __getitem__(self, name: str) -> Coded:
        if name not in self._coded:
            column = self._columns[name]
            whole = column if isinstance(column, Coded) else coded(column)
            # Two threads may both come here; they write the same column.
            self._coded[name] = whole if self._rows is None else Coded(whole.codes[self._rows], whole.words)
        return self._coded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def take(self, rows: npt.NDArray[np.intp]) -> Words:
        """Return the columns of some rows."""
        return Words({name: self[name] if name in self._coded else item for name, item in self._columns.items()}, rows)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table of results that an evaluation reads; one that is empty throughout is left out.

    Attributes:
        table: The table as it came.
        n: Number of rows.
        words: Columns of words, booleans as "true" and "false".
        numbers: Columns of numbers and integers.
        findings: What was noticed about the columns.
    """

    table: pa.Table
    n: int
    words: Words
    numbers: dict[str, Numbers]
    findings: Findings

    def take(self, rows: npt.NDArray[np.intp]) -> Columns:
        """Return the columns of some rows, in ascending order; the table stays whole."""
        return Columns(
            self.table,
            len(rows),
            self.words.take(rows),
            {name: column.take(rows) for name, column in self.numbers.items()},
            self.findings,
        )


def read_columns(table: pa.Table) -> Columns:
    """Read the columns of the registry from a table.

    Raises:
        ResultsError: If a column is missing without which no row could be judged, occurs twice, or has a type
            that cannot hold its meaning.
    """
    findings: list[Finding] = []
    words: dict[str, pa.ChunkedArray] = {}
    numbers: dict[str, Numbers] = {}
    names = table.column_names
    for name in dict.fromkeys(names):
        column = COLUMNS.get(name)
        if column is None:
            findings.append(Finding("unknown-column", f"column {name!r} is not in the column registry", found=name))
        elif names.count(name) > 1:
            findings.append(Finding("wrong-column-type", f"column {name!r} occurs twice", found=name))
        else:
            _read(column, table.column(name), words, numbers, findings)
    findings += _required(names)
    if any(finding.level == "error" for finding in findings):
        raise ResultsError("the table of results cannot be judged", findings)
    return Columns(table, table.num_rows, Words(words), numbers, Findings(findings))


def _required(names: list[str]) -> list[Finding]:
    out = []
    for wanted in (("batch_id",), ("cqa", "test_id"), ("value", "text", "code", "value_low", "value_high")):
        if not set(wanted) & set(names):
            missing = " or ".join(wanted)
            out.append(Finding("missing-column", f"the table has no column {missing}", expected=missing))
    return out


def _read(
    column: Column,
    data: pa.ChunkedArray,
    words: dict[str, pa.ChunkedArray],
    numbers: dict[str, Numbers],
    findings: list[Finding],
) -> None:
    if column.type == "instant" or (column.name != "value" and data.null_count == len(data)):
        return  # nothing there; and times are kept in the table, but no verdict depends on them
    if pt.is_null(data.type):
        data = data.cast(pa.float64())
    kind = data.type.value_type if pt.is_dictionary(data.type) else data.type
    if column.type == "string" and _is_text(kind):
        words[column.name] = data
    elif column.type == "boolean" and pt.is_boolean(kind):
        words[column.name] = data.cast(pa.string())
    elif column.type in ("decimal", "integer") and (_is_text(kind) or _is_number(kind)):
        numbers[column.name] = numeric(data)
    else:
        message = f"column {column.name!r} has type {data.type}"
        findings.append(Finding("wrong-column-type", message, expected=column.type, found=str(data.type)))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind))


def _is_number(kind: pa.DataType) -> bool:
    if pt.is_float16(kind):
        return False  # it prints as no agreed decimal, so nobody could say which number was meant
    return bool(pt.is_floating(kind) or pt.is_integer(kind) or pt.is_decimal(kind))


def coded(data: pa.ChunkedArray) -> Coded:
    """Return a column of words as codes; a null, and a text of blanks, is no word."""
    if not pt.is_dictionary(data.type):
        if pt.is_string_view(data.type):
            data = data.cast(pa.string())
        data = data.dictionary_encode()
    if data.num_chunks == 1:
        array = data.chunk(0)
    else:
        chunks = data.unify_dictionaries().chunks
        array = pa.concat_arrays(chunks) if chunks else pa.array([], data.type)
    indices = array.indices
    if pt.is_unsigned_integer(indices.type):
        indices = indices.cast(pa.int64())
    codes = (indices.fill_null(-1) if indices.null_count else indices).to_numpy(zero_copy_only=False)
    words = [word if word and word.strip() else None for word in array.dictionary.cast(pa.string()).to_pylist()]
    if None in words or len(set(words)) != len(words):
        names = list(dict.fromkeys(word for word in words if word is not None))
        place = {word: code for code, word in enumerate(names)}
        translate = np.array([-1 if word is None else place[word] for word in words] + [-1], np.int32)
        return Coded(translate[codes], tuple(names))
    return Coded(codes, tuple(word for word in words if word is not None))


def numeric(data: pa.ChunkedArray) -> Numbers:
    """Return a column of numbers; every number means the decimal it prints as."""
    if pt.is_dictionary(data.type):
        data = data.cast(data.type.value_type)
    if pt.is_float64(data.type):
        return Numbers(*_flat(data))
    if pt.is_integer(data.type):
        return _integers(data)
    return _texts(data)


def _flat(data: pa.ChunkedArray) -> tuple[Any, Mask | None]:
    """Return the numbers of a column without copying them, and which rows are null; those hold anything."""
    array = data.chunk(0) if data.num_chunks == 1 else pa.concat_arrays(data.chunks or [pa.array([], data.type)])
    validity, content = array.buffers()
    start, n = array.offset, len(array)
    if content is None or n == 0:
        return np.zeros(n, data.type.to_pandas_dtype()), (np.ones(n, np.bool_) if n else None)
    values = np.frombuffer(content, data.type.to_pandas_dtype(), n, start * (array.type.bit_width // 8))
    if not array.null_count:
        return values, None
    skipped = start % 8
    packed = np.frombuffer(validity, np.uint8, -(-(skipped + n) // 8), start // 8)
    present = np.unpackbits(packed, count=skipped + n, bitorder="little")[skipped:]
    return values, np.logical_not(present)


def _integers(data: pa.ChunkedArray) -> Numbers:
    integers, missing = _flat(data)
    if missing is not None:
        integers = np.where(missing, 0, integers)
    values = integers.astype(np.float64)
    large = (integers > _EXACT_INTEGER) | (integers < -_EXACT_INTEGER)
    exact: dict[int, Fraction] = {}
    for row in np.flatnonzero(large).tolist():
        number = Fraction(int(integers[row]))
        if printed(float(values[row])) != number:
            exact[row] = number
            values[row] = np.nan
    return Numbers(values, missing, None, exact)


def _texts(data: pa.ChunkedArray) -> Numbers:
    """Read numbers given as text, float32 or decimal: digit for digit, each distinct one once."""
    column = coded(data.cast(pa.string()))
    numbers: list[float] = []
    faulty_words: list[bool] = []
    exact_words: dict[int, Fraction] = {}
    for code, word in enumerate(column.words):
        number, exact = _read_number(word)
        numbers.append(np.nan if number is None else number)
        faulty_words.append(number is None)
        if exact is not None:
            exact_words[code] = exact
            numbers[-1] = np.nan
    values = np.array([*numbers, np.nan])[column.codes]
    faulty = np.array([*faulty_words, False])[column.codes]
    exact_rows: dict[int, Fraction] = {}
    if exact_words:
        is_exact = np.isin(column.codes, list(exact_words))
        exact_rows = {row: exact_words[int(column.codes[row])] for row in np.flatnonzero(is_exact).tolist()}
    missing = column.codes < 0
    return Numbers(values, missing if missing.any() else None, faulty if faulty.any() else None, exact_rows)


def _read_number(word: str) -> tuple[float | None, Fraction | None]:
    """Return the float64 that prints as the text, or else the exact number; (None, None) if it is no number."""
    if _INFINITE.match(word):
        return float(word), None
    if not word.isascii() or _NUMBER.match(word) is None:
        return None, None
    decimal = Decimal(word.strip())
    if abs(decimal.adjusted()) > 400:
        return None, None
    number, exact = float(word), Fraction(decimal)
    if np.isfinite(number) and printed(number) == exact:
        return number, None
    return 0.0, exact
