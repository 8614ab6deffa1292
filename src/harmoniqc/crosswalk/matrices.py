"""For one kind of product: what each authority says of each attribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from harmoniqc.crosswalk.dates import AsOf, day_of
from harmoniqc.crosswalk.listing import html_table, plain_table
from harmoniqc.crosswalk.looking import covers
from harmoniqc.crosswalk.references import documents_cited
from harmoniqc.crosswalk.rows import STRENGTH, Evidence, Requirement, Topic
from harmoniqc.crosswalk.store import AUTHORITIES, PHARMACOPOEIAS, requirements_by_id, topics
from harmoniqc.vocabulary import cqas, modalities

if TYPE_CHECKING:
    import pyarrow as pa

State = Literal["required", "expected", "dossier-defined", "not required", "method only", "nothing found"]

STATES: tuple[State, ...] = (
    "required",
    "expected",
    "dossier-defined",
    "not required",
    "method only",
    "nothing found",
)
"""From the strongest to none.

- ``required``: by law, or by a text of a pharmacopoeia that binds by itself.
- ``expected``: by a guideline, or by a chapter where a binding text refers to it.
- ``dossier-defined``: expected as well, and its limit is left to the dossier.
- ``not required``: a text says that it need not be done.
- ``method only``: a text says how to measure, or advises how to go about it, and does not ask for it.
- ``nothing found``: not in the crosswalk.
"""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What one authority says of one attribute.

    Attributes:
        state: One of :data:`STATES`.
        evidence: How well the rows behind the state were seen, at best; None: nothing was found.
        requirements: The rows behind the state.
        beside: Rows that do not decide it: drafts, practice, memory beside better evidence, weaker texts.
        topics: Comparisons of the pharmacopoeias that name a chapter for the attribute.
    """

    state: State
    evidence: Evidence | None
    requirements: tuple[Requirement, ...] = ()
    beside: tuple[Requirement, ...] = ()
    topics: tuple[Topic, ...] = ()

    @property
    def references(self) -> tuple[str, ...]:
        """Citations of the texts behind the state."""
        return tuple(dict.fromkeys(row.reference for row in self.requirements))

    @property
    def stages(self) -> tuple[str, ...]:
        """Where in the life of the product the rows behind the state apply."""
        return tuple(dict.fromkeys(row.stage for row in self.requirements))

    @property
    def conditional(self) -> bool:
        """Whether every row behind the state names a condition, or says what its figure is about."""
        return bool(self.requirements) and all(row.condition for row in self.requirements)

    @property
    def decides(self) -> bool:
        """Whether anything better than memory stands behind it."""
        return self.evidence in ("primary", "secondary")

    def __str__(self) -> str:
        return self.state if self.evidence is None else f"{self.state} ({self.evidence})"


_NOTHING = MatrixCell("nothing found", None)


class Matrix(Mapping[str, Mapping[str, MatrixCell]]):
    """What each authority says of each attribute of one kind of product, on one day.

    A mapping of attributes to a mapping of authorities to :class:`MatrixCell`. It holds every attribute that may apply
    to the product and that some authority mentions; any other attribute of the vocabulary can be asked for and is
    ``nothing found`` everywhere.

    Attributes:
        modality: The kind of product.
        as_of: The day the answer is about, ISO 8601.
    """

    authorities = AUTHORITIES

    def __init__(self, modality: str, as_of: str, cells: Mapping[str, Mapping[str, MatrixCell]]) -> None:
        self.modality = modality
        self.as_of = as_of
        self._cells = dict(cells)

    def __getitem__(self, cqa: str) -> Mapping[str, MatrixCell]:
        found = self._cells.get(cqa)
        if found is not None:
            return found
        term = cqas.find(cqa).id
        return self._cells.get(term) or dict.fromkeys(AUTHORITIES, _NOTHING)

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def __contains__(self, cqa: object) -> bool:
        return cqa in self._cells

    def records(self) -> list[dict[str, Any]]:
        """Return one record for each attribute and authority."""
        return [
            {
                "modality": self.modality,
                "cqa": cqa,
                "authority": authority,
                "state": cell.state,
                "evidence": cell.evidence,
                "decides": cell.decides,
                "references": list(cell.references),
                "requirements": [item.id for item in cell.requirements],
                "stages": list(cell.stages),
                "beside": [item.id for item in cell.beside],
                "topics": [topic.id for topic in cell.topics],
                "as_of": self.as_of,
            }
            for cqa, row in self._cells.items()
            for authority, cell in row.items()
        ]

    def to_arrow(self) -> pa.Table:
        """Return one row for each attribute and authority as an Arrow table."""
        import pyarrow as pa

        return pa.Table.from_pylist(self.records())

    def caption(self) -> str:
        """Return one line that says what the answer is, and of which day."""
        return f"what is asked of {self.modality}, {len(self)} attributes, as of {self.as_of}"

    def _table(self) -> list[list[str]]:
        return [[cqa, *(_short(row[authority]) for authority in AUTHORITIES)] for cqa, row in self._cells.items()]

    def __str__(self) -> str:
        legend = "evidence: 1 primary, 2 secondary, m memory (never decides); * with a condition, which the row states"
        return "\n".join([self.caption(), *plain_table(("attribute", *AUTHORITIES), self._table()), legend])

    def __repr__(self) -> str:
        return f"<Matrix: {self.caption()}>"

    def _repr_html_(self) -> str:
        rows = [
            [cqa, *("\n".join((str(cell), *cell.references)) for cell in row.values())]
            for cqa, row in self._cells.items()
        ]
        return html_table(self.caption(), ("attribute", *AUTHORITIES), rows)


def matrix(modality: str, as_of: AsOf = None) -> Matrix:
    """Return what each authority says of each attribute of a kind of product.

    Args:
        modality: A kind of product by id or any of its names, such as ``"car-t-autologous"``.
        as_of: The day; None: today (UTC). The answer says which day it used.

    Raises:
        VocabularyError: If the modality is unknown, with near names.
        CrosswalkError: For a day that is not certain.
    """
    term = modalities.find(modality).id
    day = day_of(as_of)
    found: dict[str, dict[str, list[Requirement]]] = {}
    for row in requirements_by_id().values():
        if covers(row, term) and row.standing(day) in ("in-force", "draft", "practice"):
            for cqa in row.cqas:
                if cqa in cqas and _may_apply(cqa, term):
                    found.setdefault(cqa, {}).setdefault(row.authority, []).append(row)
    compared = _compared(term)
    # A chapter for every product does not by itself make an attribute one of this product.
    special = {cqa for cqa, rows in compared.items() if any(row.scopes != ("any",) for row in rows)}
    wanted = [cqa for cqa in cqas if cqa in found or (cqa in special and _may_apply(cqa, term))]
    cells = {
        cqa: {
            authority: _cell(
                authority,
                found.get(cqa, {}).get(authority, []),
                _chapters(compared.get(cqa, ()), authority, day),
                day,
            )
            for authority in AUTHORITIES
        }
        for cqa in wanted
    }
    return Matrix(term, day, cells)


def _may_apply(cqa: str, modality: str) -> bool:
    special = cqas[cqa].modalities
    return not special or modality in special


def _compared(modality: str) -> dict[str, list[Topic]]:
    found: dict[str, list[Topic]] = {}
    for topic in topics():
        if covers(topic, modality):
            for cqa in topic.cqas:
                found.setdefault(cqa, []).append(topic)
    return found


def _chapters(compared: list[Topic] | tuple[()], authority: str, day: str) -> list[Topic]:
    """Return the comparisons that name a method chapter of this pharmacopoeia in force on the day."""
    if authority not in PHARMACOPOEIAS:
        return []
    return [
        topic
        for topic in compared
        if any(
            document.authority == authority and document.standing(day) == "in-force"
            for citation in topic.of(authority)[0]
            for document in documents_cited(citation)
        )
    ]


def _cell(authority: str, rows: list[Requirement], chapters: list[Topic], day: str) -> MatrixCell:
    graded: list[tuple[State, Requirement]] = []
    for row in rows:
        said = state_of(row)
        if said is not None and row.standing(day) == "in-force":
            graded.append((said, row))
    better = [(state, row) for state, row in graded if row.evidence != "memory"]
    # Memory is shown only where nothing better asks for the attribute, and the cell then says that it is memory.
    if any(STATES.index(state) < STATES.index("method only") for state, _ in better):
        graded = better
    if not graded:
        beside = tuple(rows)
        if chapters:
            return MatrixCell(
                "method only", _best([topic.of(authority)[1] for topic in chapters]), (), beside, tuple(chapters)
            )
        return MatrixCell("nothing found", None, (), beside) if beside else _NOTHING
    state = min((state for state, _ in graded), key=STATES.index)
    behind = tuple(row for of_row, row in graded if of_row == state)
    evidence = _best([row.evidence for row in behind])
    return MatrixCell(state, evidence, behind, tuple(row for row in rows if row not in behind), tuple(chapters))


def state_of(row: Requirement) -> State | None:
    """Return what one requirement makes of its attributes while it is in force; None: it only informs about them.

    A row that is about a rule as well, such as comparability or the release of organisms, informs.
    """
    force = row.document.bindingness
    if any(cqa.startswith("rule-") for cqa in row.cqas):
        return None
    if row.operator == "exempt":
        return "not required"
    if row.kind == "method-sensitivity" or force == "informational":
        return "method only"
    if force in ("law", "mandatory"):
        return "required"
    return "dossier-defined" if row.basis == "dossier-defined" else "expected"


def _best(evidence: list[Evidence]) -> Evidence:
    return min(evidence, key=STRENGTH.__getitem__)


def _short(cell: MatrixCell) -> str:
    mark = {"primary": " 1", "secondary": " 2", "memory": " m"}.get(cell.evidence or "", "")
    return ("–" if cell.evidence is None else cell.state) + ("*" if cell.conditional else "") + mark
