"""What the pages of a Parquet file say of themselves, read without unpacking anything.

The footer of a file declares sizes; the header in front of each page declares its own. A reader reserves memory for
what the pages say, so it is the pages that are looked at. Headers are in Thrift's compact protocol.
"""

from __future__ import annotations

from typing import BinaryIO, Final, NamedTuple, TypeAlias

_WINDOW: Final = 64 * 1024
_DEEPEST: Final = 8
_DATA, _INDEX, _DICTIONARY, _DATA_V2 = range(4)
_HEADER_OF: Final = {_DATA: 5, _DATA_V2: 8}
"""Field of the header that holds the number of values and the encoding, by type of the page."""

_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)

Fields: TypeAlias = "dict[int, int | Fields]"

DELTA_BYTE_ARRAY: Final = 7
"""The one encoding in which a short page may unpack to any size: each text repeats the beginning of the one before."""


class Pages(NamedTuple):
    """What the pages of a column in a row group add up to.

    Attributes:
        unpacked: Bytes when unpacked, headers included.
        values: Number of values in data pages, nulls included.
        encodings: Encodings of data pages.
    """

    unpacked: int
    values: int
    encodings: frozenset[int]


def pages_of(stream: BinaryIO, start: int, length: int) -> Pages:
    """Return what the pages of a column chunk say of themselves.

    Args:
        stream: The file.
        start: Where the first page begins.
        length: How many bytes the pages and their headers take.

    Raises:
        ValueError: If the pages do not fill that place, or a header makes no sense.
    """
    unpacked = values = 0
    encodings = set()
    place, end = start, start + length
    while place < end:
        stream.seek(place)
        reader = _Compact(stream.read(min(_WINDOW, end - place)))
        header = reader.struct()
        kind, larger, smaller = (header.get(field) for field in (1, 2, 3))
        if not isinstance(kind, int) or not isinstance(larger, int) or not isinstance(smaller, int):
            raise ValueError("the header of a page is incomplete")
        if larger < 0 or smaller < 0:
            raise ValueError("a page has a negative size")
        inner = header.get(_HEADER_OF.get(kind, -1))
        if kind in _HEADER_OF:
            if not isinstance(inner, dict):
                raise ValueError("the header of a data page is incomplete")
            count, encoding = inner.get(1), inner.get(2 if kind == _DATA else 4)
            if not isinstance(count, int) or not isinstance(encoding, int) or count < 0:
                raise ValueError("the header of a data page is incomplete")
            values += count
            encodings.add(encoding)
        unpacked += larger + reader.place
        place += smaller + reader.place
    if place != end:
        raise ValueError("pages do not end where the footer says")
    return Pages(unpacked, values, frozenset(encodings))


class _Compact:
    """A reader of Thrift's compact protocol that keeps whole numbers and structures, and skips all else."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def struct(self, depth: int = 0) -> Fields:
        """Read a structure.

        Raises:
            ValueError: If it makes no sense.
        """
        if depth > _DEEPEST:
            raise ValueError("the header of a page is nested too deeply")
        fields: Fields = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._signed()
            value = self._value(head & 0x0F, depth)
            if value is not None:
                fields[number] = value
        return fields

    def _value(self, kind: int, depth: int) -> int | Fields | None:
        if kind in (_TRUE, _FALSE):
            return int(kind == _TRUE)
        if kind == _BYTE:
            return self._byte()
        if kind in (_I16, _I32, _I64):
            return self._signed()
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind == _DOUBLE:
            self._skip(8)
        elif kind == _BINARY:
            self._skip(self._unsigned())
        elif kind in (_LIST, _SET):
            head = self._byte()
            count = head >> 4 if head >> 4 != 15 else self._unsigned()
            self._elements(head & 0x0F, count, depth)
        else:
            raise ValueError("the header of a page makes no sense")
        return None

    def _elements(self, kind: int, count: int, depth: int) -> None:
        if count > len(self.data):
            raise ValueError("the header of a page makes no sense")
        for _ in range(count):
            if kind in (_TRUE, _FALSE):
                self._skip(1)
            else:
                self._value(kind, depth + 1)

    def _byte(self) -> int:
        if self.place >= len(self.data):
            raise ValueError("the header of a page is cut short")
        self.place += 1
        return self.data[self.place - 1]

    def _skip(self, count: int) -> None:
        self.place += count
        if self.place > len(self.data):
            raise ValueError("the header of a page is cut short")

    def _unsigned(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise ValueError("the header of a page makes no sense")

    def _signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)
