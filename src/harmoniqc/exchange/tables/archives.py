"""Office files are archives of XML: they are looked through before a library unpacks them."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.files import named, unusable

MAX_UNPACKED = 256 * 1024 * 1024
MAX_PARTS = 10_000
MAX_CELLS = 2_000_000
"""Largest office file: bytes when unpacked, parts, and cells of all its sheets, merged ones counted by their area."""

_OLD_FORMAT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


def inspect_archive(path: Path) -> bool:
    """Refuse an office file that would not fit into memory, or that hides something in its XML.

    Returns:
        Whether a sheet of it has formulas.

    Raises:
        DocumentError: If the file cannot be read, is damaged, protected by a password, or too large.
    """
    cells, formulas = 0, False
    for name, data in _parts(path):
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"<\0!\0D\0O\0C" in data or b"\0<\0!\0D\0O\0C" in data:
            # The packaging standard (ISO/IEC 29500-2) forbids document type declarations.
            raise unusable(path, f"{name} has a document type declaration, which office files may not have")
        if name.startswith("xl/worksheets/"):
            formulas = formulas or _FORMULA.search(data) is not None
            cells += sum(1 for _ in _CELL.finditer(data))
            cells += sum(_area(match) for match in _MERGED.finditer(data))
            if cells > MAX_CELLS:
                raise _too_large(path, f"at most {MAX_CELLS:,} cells", f"more than {MAX_CELLS:,} cells")
    return formulas


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    with named(path), path.open("rb") as stream:
        start = stream.read(8)
    if start == _OLD_FORMAT:
        raise unusable(path, "protected by a password, or in the format of before 2007", "save it without a password")
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
            size = sum(item.file_size for item in listed)
            if size > MAX_UNPACKED or len(listed) > MAX_PARTS:
                expected = f"at most {MAX_UNPACKED:,} bytes when unpacked, {MAX_PARTS:,} parts"
                raise _too_large(path, expected, f"{size:,} bytes, {len(listed):,} parts")
            for item in listed:
                if item.filename.lower().endswith((".xml", ".rels", ".vml")):
                    # Reading stops at the size that the archive declares, whatever was packed.
                    yield item.filename, archive.read(item)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        if isinstance(error, DocumentError):
            raise
        raise unusable(path, f"not a whole office file: {error}", "export it again") from None


def _area(match: re.Match[bytes]) -> int:
    left, top, right, bottom = (part.decode() for part in match.groups())
    return (abs(_column(right) - _column(left)) + 1) * (abs(int(bottom) - int(top)) + 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _too_large(path: Path, expected: str, found: str) -> DocumentError:
    message = f"{path}: too large to be read as one table"
    return DocumentError(message, (Finding("table-too-large", message, expected=expected, found=found),))
