"""The crosswalk tree, read once on first use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from harmoniqc._resources import data_path
from harmoniqc.crosswalk.rows import Document, Mapping, Requirement, Topic
from harmoniqc.errors import CrosswalkError, Finding

T = TypeVar("T")

AUTHORITIES = ("FDA", "EMA", "PMDA", "ICH", "USP", "Ph. Eur.", "JP")
"""The authorities of the crosswalk, in the order in which they are shown."""

PHARMACOPOEIAS = ("USP", "Ph. Eur.", "JP")
"""Those of the authorities that publish chapters, in the order in which topics compare them."""

FILES = {
    "FDA": "fda",
    "EMA": "ema",
    "PMDA": "pmda",
    "ICH": "ich",
    "USP": "usp",
    "Ph. Eur.": "ph-eur",
    "JP": "jp",
}


def read_rows(*parts: str) -> list[dict[str, str]]:
    """Return the rows of one table of the tree as they stand, by the names of the columns.

    Raises:
        ValueError: If a line has another number of cells than the heading.
    """
    text = data_path("crosswalks", *parts).read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines()]
    header = lines[0]
    for number, cells in enumerate(lines[1:], 2):
        if len(cells) != len(header):
            raise ValueError(f"crosswalks/{'/'.join(parts)}:{number}: {len(cells)} cells under {len(header)} headings")
    return [dict(zip(header, cells, strict=True)) for cells in lines[1:]]


@cache
def documents_by_id() -> dict[str, Document]:
    """Return every document by its id, in the order of the file."""
    return _by_id(Document, _listed(read_rows("documents.tsv"), "superseded_by", "aliases"))


@cache
def requirements_by_id() -> dict[str, Requirement]:
    """Return every requirement by its id, authority after authority."""
    homes = documents_by_id()
    rows: list[dict[str, Any]] = []
    for name in FILES.values():
        for row in _listed(read_rows("requirements", f"{name}.tsv"), "cqa", "scope"):
            row["document"] = homes[row["document"]]
            row["cqas"] = row.pop("cqa")
            row["scopes"] = row.pop("scope")
            rows.append(row)
    return _by_id(Requirement, rows)


def requirement_of(id: str) -> Requirement:
    """Return the requirement with this id.

    Raises:
        CrosswalkError: ``unknown-reference`` with near ids.
    """
    found = requirements_by_id().get(id)
    if found is None:
        import difflib

        near = difflib.get_close_matches(str(id).upper(), requirements_by_id(), n=3, cutoff=0.6)
        message = f"{id!r} is no requirement of the crosswalk"
        remedy = f"did you mean {' or '.join(near)}?" if near else None
        raise CrosswalkError(message, (Finding("unknown-reference", message, found=str(id), remedy=remedy),))
    return found


@cache
def mappings() -> tuple[Mapping, ...]:
    """Return every mapping between requirements."""
    return tuple(Mapping(**row) for row in _listed(read_rows("mappings.tsv")))


@cache
def topics() -> tuple[Topic, ...]:
    """Return every topic of the pharmacopoeias."""
    rows = _listed(read_rows("pharmacopoeia.tsv"), "cqa", "usp", "ph_eur", "jp", "scope")
    for row in rows:
        row["cqas"] = row.pop("cqa")
        row["scopes"] = row.pop("scope")
    return tuple(Topic(**row) for row in rows)


@cache
def requirements_by_cqa() -> dict[str, tuple[Requirement, ...]]:
    """Return the requirements about each attribute or rule."""
    found: dict[str, list[Requirement]] = {}
    for row in requirements_by_id().values():
        for cqa in row.cqas:
            found.setdefault(cqa, []).append(row)
    return {cqa: tuple(rows) for cqa, rows in found.items()}


@cache
def requirements_by_document() -> dict[str, tuple[Requirement, ...]]:
    """Return the requirements of each document, by its id."""
    found: dict[str, list[Requirement]] = {}
    for row in requirements_by_id().values():
        found.setdefault(row.document.id, []).append(row)
    return {id: tuple(rows) for id, rows in found.items()}


def _listed(rows: list[dict[str, str]], *names: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = [*rows]
    for row in listed:
        for name in names:
            row[name] = tuple(row[name].split(";")) if row[name] else ()
    return listed


def _by_id(of: Callable[..., T], rows: list[dict[str, Any]]) -> dict[str, T]:
    return {row["id"]: of(**row) for row in rows}
