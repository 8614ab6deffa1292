"""Parquet files of others, looked through before anything in them is unpacked: bounded memory, whatever they claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.folders.pages import DELTA_BYTE_ARRAY, Pages, pages_of

_MEGABYTE: Final = 1024 * 1024
_MAGIC: Final = b"PAR1"
_DICTIONARY: Final = frozenset({2, 8})
_AS_DICTIONARY: Final = frozenset({0, 2, 8})
_WIDTHS: Final = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8, "INT96": 16}
_SLACK: Final = 64 * 1024
"""Writers count the headers of pages differently; a bomb differs by far more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a Parquet file may be.

    Attributes:
        columns: Number of columns, parts of nested ones counted.
        footer: Bytes of the footer.
        group_rows: Rows of a row group; None: any number.
        group_bytes: Bytes that a row group takes, unpacked or in memory; None: any number.
        any_encoding: Whether texts may be encoded in ways that do not show how long they are when unpacked.
    """

    columns: int = 1_000
    footer: int = 16 * _MEGABYTE
    group_rows: int | None = None
    group_bytes: int | None = None
    any_encoding: bool = True


ONE_FILE: Final = Limits()
"""A file that somebody names: it may be large, and not other than it says."""

OF_OTHERS: Final = Limits(group_rows=2**21, group_bytes=1024 * _MEGABYTE, any_encoding=False)
"""A file of an exchange."""


def open_parquet(stream: BinaryIO, name: str, limits: Limits, *, dictionaries: bool = False) -> pq.ParquetFile:
    """Open a Parquet file of which nothing is known yet.

    Args:
        stream: The file, at any place; it can be sought in. A file of Arrow's: its threads do not wait for Python.
        name: What it is called in findings.
        limits: How large it may be.
        dictionaries: Whether texts are read as dictionaries, in which a text that is repeated takes its place once.

    Raises:
        DocumentError: ``broken-table`` if it is no whole Parquet file, ``exchange-too-large`` if it has more columns or
            takes more memory than it may, or is larger than it says.
    """
    length, footer = _footer(stream, name)
    if footer > limits.footer:
        raise _too_large(name, "the footer is beyond the limit", f"{limits.footer:,} bytes", f"{footer:,} bytes")
    metadata = _opened(stream, name, limits).metadata
    if metadata.num_columns > limits.columns:
        raise _too_large(name, "too many columns", f"{limits.columns:,}", f"{metadata.num_columns:,}")
    columns = [_Column(metadata.schema.column(place), limits) for place in range(metadata.num_columns)]
    for number in range(metadata.num_row_groups):
        _check_group(stream, name, metadata.row_group(number), columns, length, limits)
    # Only pages of these encodings can be read as dictionaries; in the others a text takes its length each time.
    texts = [column.path for column in columns if column.is_text and column.encodings <= _AS_DICTIONARY]
    return _opened(stream, name, limits, read_dictionary=texts if dictionaries else None)


def _opened(stream: BinaryIO, name: str, limits: Limits, **options: Any) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(
            stream,
            pre_buffer=False,  # reading ahead goes on in threads of its own, after everybody has stopped to care
            thrift_string_size_limit=limits.footer,
            thrift_container_size_limit=_MEGABYTE,
            **options,
        )
    except (pa.ArrowException, OSError, ValueError) as error:
        raise broken(name, error) from error


class _Column:
    """A column of a file, and what was seen of it so far.

    Attributes:
        path: Its name, with those of what it is nested in.
        is_text: Whether it is text and not nested.
        encodings: Encodings of its pages.
    """

    def __init__(self, schema: Any, limits: Limits) -> None:
        self.path: str = schema.path
        self.is_text = (
            schema.physical_type == "BYTE_ARRAY"
            and schema.max_repetition_level == 0
            and schema.path == schema.name
            and schema.logical_type.type == "STRING"
        )
        self.encodings: set[int] = set()
        self._physical: str = schema.physical_type
        self._length: int = schema.length
        self._any_encoding = limits.any_encoding

    def memory(self, pages: Pages) -> int:
        """Return about how many bytes the values of a row group take in memory, at the most.

        Raises:
            ValueError: If that cannot be told.
        """
        self.encodings |= pages.encodings
        mixed = self.is_text and self.encodings & _DICTIONARY and not self.encodings <= _AS_DICTIONARY
        if (mixed or DELTA_BYTE_ARRAY in pages.encodings) and not self._any_encoding:
            raise ValueError("is in an encoding that hides its size")
        if self._physical == "FIXED_LEN_BYTE_ARRAY":
            return pages.values * self._length
        if self._physical != "BYTE_ARRAY":
            return pages.values * _WIDTHS.get(self._physical, 16)
        if self.is_text and self.encodings <= _AS_DICTIONARY:
            return pages.values * 4 + pages.unpacked
        if self.encodings & _DICTIONARY:  # written out, each value may be as long as the whole dictionary
            return pages.values * pages.unpacked
        return pages.values * 4 + pages.unpacked


def broken(name: str, error: Exception) -> DocumentError:
    """Return the exception for a table that cannot be read."""
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    message = f"{name}: {reason}"
    return DocumentError(message, (Finding("broken-table", message, found=name),))


def _footer(stream: BinaryIO, name: str) -> tuple[int, int]:
    """Return the length of the file and of its footer."""
    length = stream.seek(0, 2)
    if length < 12:
        raise broken(name, ValueError("too short for a Parquet file"))
    stream.seek(0)
    start = stream.read(4)
    stream.seek(length - 8)
    end = stream.read(8)
    footer = int.from_bytes(end[:4], "little")
    if start != _MAGIC or end[4:] != _MAGIC or footer > length - 12:
        raise broken(name, ValueError("not a whole Parquet file"))
    return length, footer


def _check_group(stream: BinaryIO, name: str, group: Any, columns: list[_Column], length: int, limits: Limits) -> None:
    """Refuse a row group that is not what it says, or is too large.

    Raises:
        DocumentError: With a finding that says so.
    """
    if limits.group_rows is not None and group.num_rows > limits.group_rows:
        raise _too_large(name, "too many rows in a row group", f"{limits.group_rows:,}", f"{group.num_rows:,}")
    unpacked = memory = 0
    for column, place in zip(columns, range(group.num_columns), strict=True):
        chunk = group.column(place)
        pages = _pages(stream, name, chunk, length)
        declared = chunk.total_uncompressed_size
        if pages.unpacked > declared + _SLACK:
            what = f"column {column.path!r} unpacks to more bytes than the footer says"
            raise _too_large(name, what, f"{declared:,}", f"{pages.unpacked:,}")
        if pages.values != chunk.num_values:
            raise broken(name, ValueError(f"column {column.path!r} has not as many values as the footer says"))
        try:
            memory += column.memory(pages)
        except ValueError as error:
            raise broken(name, ValueError(f"column {column.path!r} {error}")) from None
        unpacked += pages.unpacked
        for size in (unpacked, memory):
            if limits.group_bytes is not None and size > limits.group_bytes:
                what = "a row group takes too much memory"
                raise _too_large(name, what, f"{limits.group_bytes:,} bytes", f"{size:,} bytes or more")


def _pages(stream: BinaryIO, name: str, column: Any, length: int) -> Pages:
    starts = [place for place in (column.dictionary_page_offset, column.data_page_offset) if place is not None]
    start = min((place for place in starts if place > 0), default=0)
    packed = column.total_compressed_size
    if packed == 0:  # a row group without rows has no pages and no place
        return Pages(0, 0, frozenset())
    if start < len(_MAGIC) or packed < 0 or start + packed > length - 8:
        raise broken(name, ValueError(f"column {column.path_in_schema!r} lies outside the file"))
    try:
        return pages_of(stream, start, packed)
    except ValueError as error:
        raise broken(name, ValueError(f"column {column.path_in_schema!r}: {error}")) from None


def _too_large(name: str, what: str, expected: str, found: str) -> DocumentError:
    message = f"{name}: {what}"
    return DocumentError(
        message, (Finding("exchange-too-large", message, expected=f"at most {expected}", found=found),)
    )
