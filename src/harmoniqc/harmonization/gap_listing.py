"""Gaps between a specification and what an authority expects, as a list that prints and converts to Arrow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, overload

from harmoniqc.crosswalk.listing import Listing
from harmoniqc.crosswalk.looking import Requirements
from harmoniqc.crosswalk.rows import STRENGTH, Evidence, Requirement
from harmoniqc.errors import Finding
from harmoniqc.standard import Specification

if TYPE_CHECKING:
    import pyarrow as pa

GapKind = Literal["missing", "looser", "wrong-stage", "method", "not-comparable", "justified-absence"]
"""What is the matter.

- ``missing``: an attribute is expected, and no test of the specification decides on it.
- ``looser``: a test lets through what a stated limit does not, or sets no limit where one is expected.
- ``wrong-stage``: the attribute is tested, and not at the stage that is asked for.
- ``method``: a test follows another text than the authority's own, or names none.
- ``not-comparable``: a test and a stated limit cannot be compared; ``why`` says so.
- ``justified-absence``: an attribute is expected, and the specification says why it has none. Not a gap.
"""

GapLevel = Literal["expected", "conditional", "informs"]
"""How much stands behind it.

- ``expected``: a text that is in force, was seen, and names no condition.
- ``conditional``: the same, on a condition that a person has to look at.
- ``informs``: drafts, practice, texts from memory, informational texts, rules that a test need not answer.
"""

KINDS: tuple[GapKind, ...] = ("missing", "looser", "wrong-stage", "method", "not-comparable", "justified-absence")
LEVELS: tuple[GapLevel, ...] = ("expected", "conditional", "informs")


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that an authority expects beyond a specification.

    Attributes:
        kind: What is the matter, see :data:`GapKind`.
        level: How much stands behind it, see :data:`GapLevel`.
        cqa: The attribute.
        expected: What the authority expects, in words.
        found: What the specification has, in words.
        why: What a person should know to judge it.
        tests: Ids of the tests it is about.
        requirements: The rows of the crosswalk behind it.
        beside: Rows on the same matter that do not decide it: weaker ones, and exemptions.
        references: Citations of the texts behind it.
        evidence: How well those were seen, at best.
        standing: How those stand on the day: in-force, draft or practice.
    """

    kind: GapKind
    level: GapLevel
    cqa: str
    expected: str
    found: str
    why: str
    tests: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    beside: tuple[Requirement, ...]
    references: tuple[str, ...]
    evidence: Evidence
    standing: str

    @property
    def is_gap(self) -> bool:
        """Whether it is one, and not an absence that was justified."""
        return self.kind != "justified-absence"

    @property
    def conditions(self) -> tuple[str, ...]:
        """When the rows behind it apply, or what their figures are about."""
        return tuple(dict.fromkeys(row.condition for row in self.requirements if row.condition))

    def __str__(self) -> str:
        reasons = f": {self.why}" if self.why else ""
        cited = ", ".join(self.references)
        return f"{self.kind} ({self.level}) {self.cqa}: {cited} ({self.evidence}, {self.standing}){reasons}"


class Gaps(Listing[Gap]):
    """What an authority expects beyond a specification, strongest first.

    Attributes:
        specification: The specification.
        authorities: Whose texts were looked at.
        modality: The kind of product.
        answered: Requirements that the specification answers. Their conditions were not checked.
        left_out: Requirements of stages that the specification is not about.
    """

    __slots__ = ("answered", "authorities", "left_out", "modality", "specification")
    header: ClassVar[tuple[str, ...]] = (
        "gap", "level", "attribute", "references", "evidence", "found", "expected",
    )  # fmt: skip

    def __init__(
        self,
        rows: Iterable[Gap],
        *,
        as_of: str,
        specification: Specification,
        authorities: tuple[str, ...],
        modality: str,
        answered: Requirements,
        left_out: Requirements,
        findings: Iterable[Finding] = (),
    ) -> None:
        name = f"{specification.id} version {specification.version}"
        title = f"expected by {' and '.join(authorities)} beyond {name}, {modality}"
        super().__init__(rows, as_of=as_of, title=title, findings=findings)
        self.specification = specification
        self.authorities = authorities
        self.modality = modality
        self.answered = answered
        self.left_out = left_out

    @overload
    def __getitem__(self, index: int) -> Gap: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Gap | Self:
        return self._with(self._rows[index]) if isinstance(index, slice) else self._rows[index]

    def of(self, kind: GapKind | None = None, level: GapLevel | None = None) -> Self:
        """Return only the gaps of a kind, of a level, or of both."""
        return self._with(row for row in self if kind in (None, row.kind) and level in (None, row.level))

    def about(self, cqa: str) -> Self:
        """Return only the gaps about an attribute."""
        return self._with(row for row in self if row.cqa == cqa)

    def counts(self) -> dict[str, int]:
        """Return how many there are of each kind, most first."""
        return dict(Counter(row.kind for row in self).most_common())

    @property
    def is_complete(self) -> bool:
        """Whether nothing is expected beyond the specification, conditions and what only informs left aside."""
        return not any(row.is_gap and row.level == "expected" for row in self)

    def cells(self, row: Gap) -> tuple[str, ...]:
        """Return what the table shows of a gap."""
        cited = _short("; ".join(row.references), 36)
        told = f"{row.expected} ({row.why})" if row.why else row.expected
        return (row.kind, row.level, row.cqa, cited, row.evidence, _short(row.found, 32), told)

    def record(self, row: Gap) -> dict[str, Any]:
        """Return everything a gap says."""
        return {
            "specification": self.specification.id,
            "specification_version": self.specification.version,
            "modality": self.modality,
            "kind": row.kind,
            "level": row.level,
            "cqa": row.cqa,
            "expected": row.expected,
            "found": row.found,
            "why": row.why or None,
            "conditions": list(row.conditions),
            "tests": list(row.tests),
            "references": list(row.references),
            "evidence": row.evidence,
            "standing": row.standing,
            "requirements": [item.id for item in row.requirements],
            "beside": [item.id for item in row.beside],
        }

    def to_arrow(self) -> pa.Table:
        """Return the gaps as an Arrow table: text, and lists of text; the same columns however many rows."""
        import pyarrow as pa

        lists = ("conditions", "tests", "references", "requirements", "beside")
        names = (
            "specification", "specification_version", "modality", "kind", "level", "cqa", "expected", "found", "why",
            "conditions", "tests", "references", "evidence", "standing", "requirements", "beside", "as_of",
        )  # fmt: skip
        schema = pa.schema([(name, pa.list_(pa.string()) if name in lists else pa.string()) for name in names])
        return pa.Table.from_pylist(self.records(), schema=schema)

    def _with(self, rows: Iterable[Gap]) -> Self:
        return type(self)(
            rows,
            as_of=self.as_of,
            specification=self.specification,
            authorities=self.authorities,
            modality=self.modality,
            answered=self.answered,
            left_out=self.left_out,
            findings=self.findings,
        )


def strongest(evidence: Iterable[Evidence]) -> Evidence:
    """Return the best of several grades of evidence."""
    return min(evidence, key=STRENGTH.__getitem__)


def sort_key(gap: Gap) -> tuple[int, int, str]:
    """Return what gaps are listed by: level, kind, attribute."""
    return (LEVELS.index(gap.level), KINDS.index(gap.kind), gap.cqa)


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
