"""A mapping proposed for a table of results, and how sure each part of it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.tables.grid import Grid
from harmoniqc.exchange.tables.mapping import (
    NOT_IN,
    Layout,
    MappedAttribute,
    MappedColumn,
    ResultsMapping,
    mapping_text,
    quoted,
)
from harmoniqc.exchange.tables.resolving import Certainty, Resolved, Resolver
from harmoniqc.exchange.tables.results_headings import is_summary, meaning_of
from harmoniqc.standard.columns import STATUSES

_SEARCHED = 40
"""A header is looked for in this many rows."""

LONGEST_NAME = 500
"""What is longer is no name; only its beginning is used."""

_BATCH_NAME = re.compile(r"\d|\b(batch|lot|run)\b", re.IGNORECASE)
_LAYOUTS = {"long": "a row a result", "wide": "a column an attribute", "transposed": "a column a batch"}
_NAMES = ("attribute", "test_id", "cqa")


@dataclass(frozen=True, slots=True)
class Proposed:
    """What one column or one attribute is proposed to mean.

    Attributes:
        printed: Heading of the column, or printed name of the attribute.
        meaning: What it is proposed to mean, in a few words.
        certainty: How sure that is.
        example: A value of it.
        why: How it was found, or what is open.
        hint: What else a person may want to say of it.
        is_column: Whether it is a column, and not a name in a column of attributes.
        entry: The entry of the mapping; None where a person has to say it.
    """

    printed: str
    meaning: str
    certainty: Certainty
    example: str
    why: str
    entry: MappedColumn | MappedAttribute | None
    candidates: tuple[str, ...] = ()
    hint: str = ""
    is_column: bool = True


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping.

    Attributes:
        layout: Which way the table lies.
        header: The row of the headings in the table.
        sheet: The sheet, where it is one of a workbook.
        entries: Columns first, then attributes.
    """

    layout: Layout
    header: int
    sheet: str | None
    entries: tuple[Proposed, ...]

    @property
    def description(self) -> str:
        """Which way the table lies, in a few words."""
        return {"long": "a row a result", "wide": "a column an attribute", "transposed": "a column a batch"}[
            self.layout
        ]

    @property
    def certain(self) -> bool:
        """Whether the mapping may be used without asking."""
        return all(entry.certainty == "certain" for entry in self.entries)

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for everything that is not certain."""
        for entry in self.entries:
            if entry.certainty == "certain":
                continue
            code = "unmapped-column" if entry.is_column else "unmapped-attribute"
            choice = f"; {entry.meaning} is likely" if entry.certainty == "likely" else ""
            message = f"nothing says for certain what {entry.printed!r} means{choice}: {entry.why}"
            expected = " or ".join(entry.candidates) or None
            yield Finding(code, message, expected=expected, found=entry.printed)

    def mapping(self) -> ResultsMapping:
        """Return the mapping of everything that is certain or likely.

        Raises:
            ValueError: If too little is known for a mapping.
        """
        given = [entry.entry for entry in self.entries]
        return ResultsMapping(
            layout=self.layout,
            sheet=self.sheet,
            columns=tuple(item for item in given if isinstance(item, MappedColumn)),
            attributes=tuple(item for item in given if isinstance(item, MappedAttribute)),
        )

    def text(self) -> str:
        """Return the file of the mapping; what is open stands in it as an entry to be completed."""
        given = [entry.entry for entry in self.entries]
        open_ = [_open_entry(entry) for entry in self.entries if entry.certainty == "open"]
        remarks = {entry.printed: _remark(entry) for entry in self.entries if entry.entry is not None}
        mapping = ResultsMapping.model_construct(
            layout=self.layout,
            sheet=self.sheet,
            columns=tuple(item for item in given if isinstance(item, MappedColumn)),
            attributes=tuple(item for item in given if isinstance(item, MappedAttribute)),
        )
        return mapping_text(mapping, remarks, open_)


def propose(grid: Grid, resolver: Resolver, path: Path, *, sheet: str | None = None) -> Proposal:
    """Return a mapping for a table of results.

    Args:
        grid: The table.
        resolver: Finds what printed names mean.
        path: The file, for messages.
        sheet: The sheet, where it is one of a workbook.

    Raises:
        DocumentError: If no row of the table looks like the headings of results.
    """
    layout, header = _header(grid, resolver, path)
    headings = headings_of(grid, header)
    twice = sorted({heading for heading in headings if headings.count(heading) > 1})
    if twice:
        findings = [Finding("duplicate-heading", f"{path}: two columns are called {h!r}", found=h) for h in twice]
        raise DocumentError(f"{path}: {len(twice)} heading(s) occur twice", findings)
    proposer = _Proposer(grid, header, resolver)
    entries = {"long": proposer.long, "wide": proposer.wide, "transposed": proposer.transposed}[layout]()
    return Proposal(layout, header, sheet, tuple(entries))


def _header(grid: Grid, resolver: Resolver, path: Path) -> tuple[Layout, int]:
    best: tuple[int, Layout, int] | None = None
    for index, row in enumerate(grid.rows[:_SEARCHED]):
        meanings = {meaning_of(cell) for cell in row if cell}
        if {"batch_id", "result"} <= meanings and meanings & set(_NAMES):
            return "long", index
        if not meanings & {"batch_id", *_NAMES}:
            continue
        across = sum(meaning_of(cell) is None and _is_attribute(cell, resolver) for cell in row if cell)
        first = next((column for column, cell in enumerate(row) if meaning_of(cell) in ("batch_id", *_NAMES)), 0)
        below = sum(
            _is_attribute(other[first], resolver) for other in grid.rows[index + 1 : index + 60] if other[first]
        )
        if "batch_id" in meanings and across and (best is None or across > best[0]):
            best = (across, "wide", index)
        holds_batches = any(meaning_of(cell) in (None, "result") for cell in row if cell)
        if below > across and holds_batches and (best is None or below > best[0]):
            best = (below, "transposed", index)
    if best is None:
        message = f"{path}: no row of {grid.name!r} has the headings of results"
        expected = "a column of batches, and columns of attribute and result, or one for each attribute"
        first_row = " | ".join(cell for cell in grid.rows[0] if cell)[:200] if grid.rows else "no rows"
        raise DocumentError(message, (Finding("no-table", message, expected=expected, found=first_row),))
    return best[1], best[2]


def _is_attribute(text: str, resolver: Resolver) -> bool:
    return len(text) < 200 and resolver(text).certainty != "open"


def headings_of(grid: Grid, header: int) -> list[str]:
    """Return the headings of a table; a column without one is called by its number."""
    return [heading[:LONGEST_NAME] or f"column {column + 1}" for column, heading in enumerate(grid.rows[header])]


class _Proposer:
    def __init__(self, grid: Grid, header: int, resolver: Resolver) -> None:
        self.grid = grid
        self.header = header
        self.headings = headings_of(grid, header)
        self.resolver = resolver

    def long(self) -> Iterator[Proposed]:
        taken: set[str] = set()
        for column, heading in enumerate(self.headings):
            yield self._column("long", column, heading, taken)
        name = next(index for index, heading in enumerate(self.headings) if meaning_of(heading) in _NAMES)
        if meaning_of(self.headings[name]) == "attribute":
            result = next(index for index, heading in enumerate(self.headings) if meaning_of(heading) == "result")
            has_units = any(meaning_of(heading) == "unit" for heading in self.headings)
            yield from self._attributes(name, (result,), has_units=has_units)

    def wide(self) -> Iterator[Proposed]:
        taken: set[str] = set()
        attributes = []
        for column, heading in enumerate(self.headings):
            if meaning_of(heading) is not None or not self.grid.rows[self.header][column]:
                yield self._column("wide", column, heading, taken)
            else:
                attributes.append((column, heading))
        for column, heading in attributes:
            yield self._attribute(heading, self._example(column), has_unit=False, is_column=True)

    def transposed(self) -> Iterator[Proposed]:
        taken = {"attribute"}
        name = next(i for i, heading in enumerate(self.headings) if meaning_of(heading) in ("batch_id", *_NAMES))
        batches = []
        for column, heading in enumerate(self.headings):
            example = self._example(column)
            meaning = meaning_of(heading)
            if column == name:
                entry = MappedColumn(heading=heading, meaning="attribute")
                yield Proposed(heading, "attribute", "certain", example, "its cells name attributes", entry)
            elif meaning == "result":
                batches.append(column)
                why = "the results of one batch; say which with batch_id"
                yield Proposed(heading, "results of one batch", "open", example, why, None)
            elif meaning is not None or is_summary(heading) or not self.grid.rows[self.header][column]:
                yield self._column("transposed", column, heading, taken)
            else:
                batches.append(column)
                sure: Certainty = "certain" if _BATCH_NAME.search(heading) else "likely"
                likely = None if sure == "certain" else MappedColumn(heading=heading, meaning="batch")
                yield Proposed(heading, "results of this batch", sure, example, "its heading names a batch", likely)
        has_units = any(meaning_of(heading) == "unit" for heading in self.headings)
        yield from self._attributes(name, tuple(batches), has_units=has_units)

    def _column(self, layout: Layout, column: int, heading: str, taken: set[str]) -> Proposed:
        example = self._example(column)
        meaning = meaning_of(heading)
        if meaning in (None, "keep") or meaning in taken or meaning in NOT_IN[layout]:
            why = "known, and not needed" if meaning == "keep" else "not known, or there is another of its kind"
            return Proposed(heading, "kept", "certain", example, why, MappedColumn(heading=heading, meaning="keep"))
        assert meaning is not None  # noqa: S101 - excluded above
        if meaning == "status" and example.casefold() not in STATUSES:
            why = f"its words are not {', '.join(STATUSES)}"
            return Proposed(heading, "kept", "certain", example, why, MappedColumn(heading=heading, meaning="keep"))
        taken.add(meaning)
        entry = MappedColumn(heading=heading, meaning=meaning)
        return Proposed(heading, meaning, "certain", example, "name of the column", entry)

    def _attributes(self, name: int, results: tuple[int, ...], *, has_units: bool) -> Iterator[Proposed]:
        examples: dict[str, str] = {}
        for row in self.grid.rows[self.header + 1 :]:
            printed = row[name][:LONGEST_NAME]
            if printed and not examples.get(printed):
                examples[printed] = next((row[column] for column in results if row[column]), "")
        for printed, example in examples.items():
            yield self._attribute(printed, example, has_unit=has_units)

    def _attribute(self, printed: str, example: str, *, has_unit: bool, is_column: bool = False) -> Proposed:
        found = self.resolver(printed)
        limit, hint = self.resolver.unit_of(found), ""
        if not has_unit and found.unit is None and limit is not None and _is_bare(example):
            hint = f"No unit is stated. If the results are in the unit of the limit, add: unit = {quoted(limit)}"
        return Proposed(
            printed,
            _with_unit(found),
            found.certainty,
            example,
            found.why,
            None if found.certainty == "open" else _entry(printed, found),
            found.candidates,
            hint,
            is_column,
        )

    def _example(self, column: int) -> str:
        return next((row[column] for row in self.grid.rows[self.header + 1 :] if row[column]), "")


def _entry(printed: str, found: Resolved) -> MappedAttribute:
    return MappedAttribute(
        printed=printed, test_id=found.test_id, cqa=found.cqa, component=found.component, unit=found.unit
    )


def _with_unit(found: Resolved) -> str:
    return found.meaning if found.unit is None or found.certainty == "open" else f"{found.meaning}, in {found.unit}"


def _is_bare(example: str) -> bool:
    """Tell whether an example is a number without a unit."""
    return re.fullmatch(r"[<>≤≥=~\s]*\d[\d.,\s]*([eE][+-]?\d+)?", example) is not None


def _remark(entry: Proposed) -> str:
    sure = "" if entry.certainty == "certain" else "Check this: "
    others = f" It may be: {', '.join(entry.candidates)}." if entry.candidates else ""
    lines = [f"{sure}{entry.why}.{others}", entry.hint, f"Example: {entry.example[:60]}" if entry.example else ""]
    return "\n# ".join(" ".join(line.split()) for line in lines if line)


def _open_entry(entry: Proposed) -> str:
    lines = [f"# Not decided: {entry.why}."]
    lines += [f"# {entry.hint}"] if entry.hint else []
    lines += [f"# Example: {entry.example[:60]}"] if entry.example else []
    lines = [" ".join(line.split()) for line in lines]
    if entry.meaning == "results of one batch":
        return "\n".join(
            [*lines, "[[column]]", f"heading = {quoted(entry.printed)}", 'meaning = "batch"', "# batch_id = "]
        )
    lines += ["[[attribute]]", f"printed = {quoted(entry.printed)}"]
    if entry.candidates:
        lines.append(f"# One of: {', '.join(entry.candidates)}")
    return "\n".join([*lines, '# test_id = ""', '# cqa = ""', "# ignore = true"])
