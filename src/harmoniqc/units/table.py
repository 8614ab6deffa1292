"""The closed unit table, read from ``vocabulary/units.tsv`` on first use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from harmoniqc._resources import data_path
from harmoniqc.units.grammar import normalize

_BODY_MASS_KINDS = frozenset(
    {"count", "endotoxin", "international units", "USP units", "volume", "sequence length", "arbitrary units"}
)
_AFFINE = re.compile(r"affine (?P<scale>[\d/]+) (?P<base>\S+) \+ (?P<offset>[\d/]+)\Z")
_DERIVED = re.compile(r"= (?P<scale>[\d/]+) (?P<unit>\S.*)\Z")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the unit table, as written.

    Attributes:
        code: The code.
        definition: ``base``, ``scale``, ``= <rational> <unit>``, ``affine ...``; empty for a listed compound.
        kind: Kind of quantity.
        ucum: UCUM code to write.
        aliases: Other spellings, exact.
        name: Name in words.
        note: What a user should know.
    """

    code: str
    definition: str
    kind: str
    ucum: str
    aliases: tuple[str, ...]
    name: str
    note: str

    @property
    def is_atom(self) -> bool:
        """Whether the row defines a unit of its own instead of listing a compound."""
        return self.definition != ""

    @property
    def counts_per_body(self) -> bool:
        """Whether "per kg" of this means per kg of body mass."""
        return self.kind in _BODY_MASS_KINDS

    def derived(self) -> tuple[Fraction, str] | None:
        """Return factor and unit of a derived atom; None if it is a base unit or a scale."""
        match = _DERIVED.match(self.definition)
        return None if match is None else (Fraction(match["scale"]), match["unit"])

    def affine(self) -> tuple[Fraction, str, Fraction] | None:
        """Return scale, base and offset of a temperature point; None for everything else."""
        match = _AFFINE.match(self.definition)
        return None if match is None else (Fraction(match["scale"]), match["base"], Fraction(match["offset"]))


@dataclass(frozen=True, slots=True)
class Alias:
    """A text that names a unit together with the population that was counted."""

    text: str
    unit: str
    population: str
    source: str


@cache
def rows() -> Mapping[str, Row]:
    """Return the table by code, in its order."""
    lines = data_path("vocabulary", "units.tsv").read_text(encoding="utf-8").splitlines()
    out: dict[str, Row] = {}
    for line in lines[1:]:
        code, definition, kind, ucum, aliases, name, note = line.split("\t")
        out[code] = Row(code, definition, kind, ucum, tuple(filter(None, aliases.split("|"))), name, note)
    return out


@cache
def spellings() -> Mapping[str, Row]:
    """Return the rows by every spelling: code and aliases, as written and normalized."""
    out: dict[str, Row] = {}
    for row in rows().values():
        for text in (row.code, *row.aliases):
            for spelling in (text, normalize(text)):
                if out.setdefault(spelling, row) is not row:
                    raise ValueError(f"unit table: {spelling!r} belongs to {out[spelling].code} and {row.code}")
    return out


@cache
def populations() -> Mapping[str, Alias]:
    """Return the texts that name a population as well, by their normalized spelling."""
    lines = data_path("vocabulary", "unit_aliases.tsv").read_text(encoding="utf-8").splitlines()
    aliases = (Alias(*line.split("\t")) for line in lines[1:])
    return {normalize(alias.text): alias for alias in aliases}
