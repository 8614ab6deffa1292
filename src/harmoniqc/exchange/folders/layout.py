"""Where everything lies in an exchange: tables, partitions, file names. A path outside this grammar is none of ours."""

from __future__ import annotations

import hashlib
import re
from typing import Final, NamedTuple

from harmoniqc.standard import COLLECTIONS, STANDARD_VERSION

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"

FORMAT_VERSION: Final = "1"
"""Version of the form of an exchange; another form needs another version."""

DOCUMENT_TABLES: Final[tuple[str, ...]] = tuple(COLLECTIONS)
"""Tables with a document in each row, named after the fields of a package."""

BY_SITE: Final[tuple[str, ...]] = ("results", "verdicts")
"""Tables partitioned by site; all are partitioned by schema major."""

TABLES: Final[tuple[str, ...]] = ("results", "criteria", *DOCUMENT_TABLES, "verdicts", "batch-verdicts")

NO_SITE: Final = "__HIVE_DEFAULT_PARTITION__"
"""The partition of rows that name no site, in the spelling that readers of partitioned folders know."""

ROW: Final = "exchange_row"
"""The column that says at which place a row stood before it was sorted."""

ROW_FIELD_ID: Final = 10_001
"""Field ids above 10,000 are those of columns that belong to exchanges and not to the standard."""

_LONGEST: Final = 120
_SAFE: Final = re.compile(r"[A-Za-z0-9_-]")
_PART: Final = re.compile(
    rf"(?P<table>{'|'.join(TABLES)})/schema_major=(?P<major>0|[1-9][0-9]{{0,3}})"
    r"(/site=(?P<site>[A-Za-z0-9_%~-]{1,200}))?/part-[0-9]{5}\.parquet"
)
_MAJOR: Final = re.compile(r"([0-9]{1,4})(\.[0-9]+)*")


class Place(NamedTuple):
    """What the path of a file says of its rows.

    Attributes:
        table: The table it is a part of.
        major: Major version of the standard.
        site: Partition of the site, as spelled in the path; None where the table has no such partitions.
    """

    table: str
    major: int
    site: str | None


def place_of(path: str) -> Place | None:
    """Return what a path says, or None if no exchange has a file in that place."""
    match = _PART.fullmatch(path)
    if match is None or (match["site"] is not None) != (match["table"] in BY_SITE):
        return None
    return Place(match["table"], int(match["major"]), match["site"])


def path_of(place: Place, number: int) -> str:
    """Return the path of a part of a table; numbers are unique in a table, whatever a file system folds together."""
    site = "" if place.site is None else f"/site={place.site}"
    return f"{place.table}/schema_major={place.major}{site}/part-{number:05d}.parquet"


def site_partition(site: str | None) -> str:
    """Return how a site is spelled in a path.

    Letters, digits, hyphens and underscores stand for themselves, all else is percent-encoded. A name that would be
    longer than file systems take is cut, and told from others by its hash; the column `site_id` has it in full.
    """
    if not site:
        return NO_SITE
    encoded = "".join(char if _SAFE.match(char) else "".join(f"%{byte:02X}" for byte in char.encode()) for char in site)
    if encoded == NO_SITE:
        encoded = f"%{ord(site[0]):02X}{encoded[1:]}"
    if len(encoded) <= _LONGEST:
        return encoded
    return f"{encoded[: _LONGEST - 17]}~{hashlib.sha256(site.encode()).hexdigest()[:16]}"


def major_of(version: str | None) -> int:
    """Return the major version that a row belongs to; a row that names none, or no version at all, is of this one."""
    match = _MAJOR.fullmatch(version or STANDARD_VERSION)
    return int(match[1]) if match else int(STANDARD_VERSION.partition(".")[0])
