"""Sources side by side: a row for each attribute, a column for each authority, the driving limit marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harmoniqc.crosswalk.listing import html_table, plain_table
from harmoniqc.harmonization.building import Built
from harmoniqc.harmonization.facets import method_in_words, printed, read_point_in_words
from harmoniqc.standard import Specification, Test
from harmoniqc.vocabulary import cqas

if TYPE_CHECKING:
    import pyarrow as pa

DRIVES, EXCLUDES = "*", "!"
_LEGEND = "* drives the harmonized criterion; ! excludes another source; (for information) decides nothing"


@dataclass(frozen=True, slots=True)
class Row:
    """One harmonized test.

    Attributes:
        test: Its id.
        cqa: The attribute.
        label: The attribute in words, with what tells its tests apart where there are several.
        cells: What each source asks, as printed; empty: nothing.
        states: Whether it drives, is redundant, or excludes another (``conflict``); empty: it asks nothing.
        harmonized: The harmonized criterion.
    """

    test: str
    cqa: str
    label: str
    cells: tuple[str, ...]
    states: tuple[str, ...]
    harmonized: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A table of sources.

    Attributes:
        columns: What each source is called.
        rows: A row for each harmonized test.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def header(self) -> tuple[str, ...]:
        """Return the headings."""
        return ("attribute", *self.columns, "harmonized")

    def shown(self) -> list[tuple[str, ...]]:
        """Return the cells of the table, the driving limit marked."""
        marks = {"driving": DRIVES, "shared": DRIVES, "conflict": EXCLUDES}
        return [
            (
                row.label,
                *(
                    "-" if not state else " ".join(filter(None, (marks.get(state, ""), cell)))
                    for cell, state in zip(row.cells, row.states, strict=True)
                ),
                row.harmonized,
            )
            for row in self.rows
        ]

    def __str__(self) -> str:
        return "\n".join([*plain_table(self.header(), self.shown()), _LEGEND])

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_html(self) -> str:
        """Return the table as HTML, every text escaped."""
        return html_table(f"{', '.join(self.columns)} ({_LEGEND})", self.header(), self.shown())

    def to_arrow(self) -> pa.Table:
        """Return one row for each test and source: test, cqa, label, source, criterion, state, harmonized."""
        import pyarrow as pa

        names = ("test", "cqa", "label", "source", "criterion", "state", "harmonized")
        rows = [
            dict(
                zip(
                    names,
                    (row.test, row.cqa, row.label, column, cell or None, state or None, row.harmonized),
                    strict=True,
                )
            )
            for row in self.rows
            for column, cell, state in zip(self.columns, row.cells, row.states, strict=True)
        ]
        return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in names]))


def side_by_side(built: Sequence[Built], sources: Sequence[Specification], labels: Sequence[str]) -> SideBySide:
    """Return the sources of harmonized tests side by side.

    Args:
        built: The harmonized tests.
        sources: The sources.
        labels: What each is called.
    """
    several = Counter(item.test.cqa for item in built)
    return SideBySide(tuple(labels), tuple(_row(item, len(sources), several[item.test.cqa] > 1) for item in built))


def _row(built: Built, sources: int, several: bool) -> Row:
    cells, states = [""] * sources, [""] * sources
    excluding = {
        place for clash in built.weighed.clashes if clash.kind.startswith("conflicting") for place in clash.between
    }
    deciding = {id(bound): place for place, bound in enumerate(built.deciding)}
    for bound in built.bounds:
        state: str = bound.state if bound.decides else "for-information"
        if deciding.get(id(bound)) in excluding:
            state = "conflict"
        for part in bound.parts:
            if not part.borrowed:
                text = printed(part.asked.test.criterion)
                cells[part.source] = text if bound.decides else f"{text} (for information)"
                states[part.source] = state
    harmonized = " and ".join(
        dict.fromkeys(printed(bound.criterion) for bound in built.deciding if bound.state != "redundant")
    )
    if "conflict" in states:
        harmonized = f"conflict: {harmonized}"
    return Row(
        built.test.id, built.test.cqa, _label(built.test, several=several), tuple(cells), tuple(states), harmonized
    )


def _label(test: Test, *, several: bool) -> str:
    term = cqas.get(test.cqa)
    name = test.cqa if term is None else term.name
    if not several:
        return name if test.component is None else f"{name}, {test.component}"
    method = None if test.method is None else method_in_words(test.method)
    said = (test.component, test.stage, test.material, test.sampling_point, method)
    further = [item for item in (*said, read_point_in_words(test.read_point) or None) if item is not None]
    return f"{name} ({', '.join(further) or test.id})"
