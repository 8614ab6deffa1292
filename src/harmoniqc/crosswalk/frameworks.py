"""How an authority frames cell and gene therapies, in a few statements with their sources."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from harmoniqc._resources import data_path
from harmoniqc.crosswalk.dates import AsOf, day_of
from harmoniqc.crosswalk.listing import Listing
from harmoniqc.crosswalk.looking import region_of
from harmoniqc.crosswalk.rows import STRENGTH, Document, Evidence, Requirement
from harmoniqc.crosswalk.store import documents_by_id, requirements_by_id
from harmoniqc.errors import CrosswalkError, Finding


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing to know about a framework.

    Attributes:
        topic: What it is about.
        text: What it says, in our words.
        documents: The documents it rests on.
        requirements: The rows it rests on.
    """

    topic: str
    text: str
    documents: tuple[Document, ...]
    requirements: tuple[Requirement, ...]

    @property
    def evidence(self) -> Evidence:
        """How well the weakest of its rows was seen."""
        return max((row.evidence for row in self.requirements), key=STRENGTH.__getitem__)


class Profile(Listing[Statement]):
    """The framework of one authority, statement by statement."""

    __slots__ = ()
    header: ClassVar[tuple[str, ...]] = ("topic", "evidence", "sources", "statement")

    def cells(self, row: Statement) -> tuple[str, ...]:
        """Return what the table shows of a statement."""
        sources = ", ".join(item.id for item in row.requirements)
        return (row.topic, row.evidence, sources, row.text)

    def record(self, row: Statement) -> dict[str, Any]:
        """Return everything a statement says."""
        return {
            "topic": row.topic,
            "text": row.text,
            "documents": [item.id for item in row.documents],
            "standings": [item.standing(self.as_of) for item in row.documents],
            "requirements": [item.id for item in row.requirements],
            "evidence": row.evidence,
        }


@cache
def _frameworks() -> dict[str, tuple[str, tuple[Statement, ...]]]:
    data = tomllib.loads(data_path("crosswalks", "frameworks.toml").read_text(encoding="utf-8"))
    return {
        item["authority"]: (item["name"], tuple(_statement(row) for row in item["statement"]))
        for item in data["framework"]
    }


def _statement(row: dict[str, Any]) -> Statement:
    return Statement(
        row["topic"],
        row["text"],
        tuple(documents_by_id()[id] for id in row["documents"]),
        tuple(requirements_by_id()[id] for id in row["requirements"]),
    )


def profiles() -> tuple[str, ...]:
    """Return the authorities that have a profile."""
    return tuple(_frameworks())


def profile(authority: str, as_of: AsOf = None) -> Profile:
    """Return how an authority frames cell and gene therapies: class, route, limits, release, change.

    Args:
        authority: ``"FDA"``, ``"EMA"``, ``"PMDA"`` or ``"ICH"``.
        as_of: The day for which the standing of the documents is told; None: today (UTC).

    Raises:
        CrosswalkError: ``no-profile`` for another authority.
        VocabularyError: If the vocabulary has no such authority.
    """
    name = region_of(authority)[0]
    if name not in _frameworks():
        message = f"there is no profile of {name}"
        raise CrosswalkError(message, (Finding("no-profile", message, expected=" or ".join(profiles()), found=name),))
    title, statements = _frameworks()[name]
    return Profile(statements, as_of=day_of(as_of), title=f"statements on {name} ({title})")
