"""Terms that depend on an authority, a region and a date: legal classes and material roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from harmoniqc.vocabulary.terms import Term, lists_to_tuples, read_toml


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement of the vocabulary comes from.

    Attributes:
        document: Title or identifier of the document.
        evidence: How its text was seen: primary (the text itself), secondary (quoted by another) or memory.
        section: Section or clause.
        edition: Edition, revision or date.
        url: Address.
        note: What a reader should know about it.
    """

    document: str
    evidence: str
    section: str = ""
    edition: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalClassTerm(Term):
    """How an authority classifies a product.

    Attributes:
        authority: The authority.
        source: Where the class is defined, and how well that was seen.
        broader: The class of the same authority that it is part of.
        valid_from: First day of the definition; None: not known.
        valid_to: Last day of the definition; None: it still holds, or the day is not known.
    """

    authority: str
    source: Citation
    broader: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionalRole:
    """What a material counts as in one region, for one use, at one time.

    Attributes:
        region: Jurisdiction, as authorities of the vocabulary state theirs.
        use: What the material is used for.
        role: The material term whose rules it follows.
        wording: What the region calls it.
        source: Where that is said, and how well it was seen.
        valid_from: First day; None: not known.
        valid_to: Last day; None: it still holds, or the day is not known.
    """

    region: str
    use: str
    role: str
    wording: str
    source: Citation
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class MaterialTerm(Term):
    """The role of what is sampled.

    Attributes:
        by_region: What the material counts as by region, use and date; the role of a material is not its own property.
    """

    by_region: tuple[RegionalRole, ...] = ()

    def roles(self, region: str, *, as_of: date | None = None) -> tuple[RegionalRole, ...]:
        """Return what the material counts as in a region, one entry for each use.

        Args:
            region: Jurisdiction, such as ``"EU"``.
            as_of: The day; None: roles that still hold.
        """
        return tuple(
            role
            for role in self.by_region
            if role.region == region
            and (role.valid_to is None if as_of is None else role.valid_to is None or as_of <= role.valid_to)
            and (as_of is None or role.valid_from is None or role.valid_from <= as_of)
        )


@dataclass(frozen=True, slots=True)
class ProcessParameter(Term):
    """A parameter of manufacture that may be critical.

    Attributes:
        unit: Its usual unit.
        steps: Process steps at which it is set or watched.
    """

    unit: str = ""
    steps: tuple[str, ...] = ()


def load_materials() -> tuple[MaterialTerm, ...]:
    """Read the roles of materials."""
    return tuple(_material(lists_to_tuples(item)) for item in read_toml("materials.toml")["material"])


def load_legal_classes() -> tuple[LegalClassTerm, ...]:
    """Read the legal classes of products."""
    return tuple(LegalClassTerm(**_dated(item)) for item in read_toml("legal-classes.toml")["legal_class"])


def load_process_parameters() -> tuple[ProcessParameter, ...]:
    """Read the parameters of manufacture."""
    items = read_toml("process-parameters.toml")["process_parameter"]
    return tuple(ProcessParameter(**lists_to_tuples(item)) for item in items)


def _material(item: dict[str, Any]) -> MaterialTerm:
    roles = item.pop("by_region", ())
    return MaterialTerm(**item, by_region=tuple(RegionalRole(**_dated(role)) for role in roles))


def _dated(item: dict[str, Any]) -> dict[str, Any]:
    days: dict[str, Any] = {key: date.fromisoformat(item[key]) for key in ("valid_from", "valid_to") if key in item}
    return {**lists_to_tuples(item), "source": Citation(**item["source"]), **days}
