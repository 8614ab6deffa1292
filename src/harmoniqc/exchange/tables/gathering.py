"""The cells of a table of results, one after the other: which batch, which test, what is written, in which unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from harmoniqc.errors import DocumentError, Finding, VocabularyError
from harmoniqc.exchange.tables.attributes import read_attribute
from harmoniqc.exchange.tables.grid import Grid
from harmoniqc.exchange.tables.headings import split_unit, unit_of
from harmoniqc.exchange.tables.mapping import MappedAttribute, ResultsMapping
from harmoniqc.exchange.tables.proposing import LONGEST_NAME, headings_of
from harmoniqc.exchange.tables.resolving import Resolver
from harmoniqc.exchange.tables.results_headings import is_summary, meaning_of
from harmoniqc.standard import COLUMNS
from harmoniqc.vocabulary import materials, stages

_DIGITS = tuple("0123456789.")
_NO_UNIT = ("", "-", "–", "—", "/", "n/a", "na", "none", "n.a.")


@dataclass
class Gathered:
    """Cells of results in the order of the table, as columns.

    Attributes:
        texts: What is written; None: no result.
        units: The unit that the table, or the mapping for its attribute, states; None: none.
        refused: Whether nothing may be concluded from the text.
        attributes: What each is a result of.
        columns: Other columns of the registry by name, and columns that are kept under their headings.
        findings: What was noticed.
        usual_unit: The unit of numbers for which nothing else states one.
    """

    texts: list[str | None] = field(default_factory=list)
    units: list[str | None] = field(default_factory=list)
    refused: list[bool] = field(default_factory=list)
    attributes: list[MappedAttribute] = field(default_factory=list)
    columns: dict[str, list[str | None]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    usual_unit: str | None = None


def gather_rows(
    grid: Grid, header: int, mapping: ResultsMapping, resolver: Resolver, unit: str | None, path: Path
) -> Gathered:
    """Return the cells of results below a header.

    Args:
        grid: The table.
        header: The row of the headings.
        mapping: What the columns mean.
        resolver: Finds what a printed name means that the mapping does not list.
        unit: The unit where nothing else states one.
        path: The file, for messages.

    Raises:
        DocumentError: If a heading that the mapping names occurs twice.
    """
    return _Gatherer(grid, header, mapping, resolver, unit, path).gather()


@dataclass(frozen=True, slots=True)
class _Cell:
    """One result: where it stands, of what it is, and what its row and its column say."""

    row: int
    column: int
    attribute: MappedAttribute
    unit: str | None = None
    batch: str | None = None


class _Gatherer:
    def __init__(
        self, grid: Grid, header: int, mapping: ResultsMapping, resolver: Resolver, unit: str | None, path: Path
    ) -> None:
        self.grid = grid
        self.header = header
        self.mapping = mapping
        self.resolver = resolver
        self.out = Gathered(usual_unit=mapping.unit or unit)
        self.blank = {"", *(word.casefold() for word in mapping.blank)}
        self.known = {item.printed: item for item in mapping.attributes}
        self.headings = headings_of(grid, header)
        self.place = self._places(path)
        self.meaning = {column.meaning: self.place[column.heading] for column in mapping.columns}
        self.ignored: Counter[str] = Counter()
        self.words: dict[str, dict[str, str | None]] = {}

    def _places(self, path: Path) -> dict[str, int]:
        named = {column.heading for column in self.mapping.columns} | (
            set(self.known) if self.mapping.layout == "wide" else set()
        )
        twice = [heading for heading, count in Counter(self.headings).items() if count > 1 and heading in named]
        if twice:
            findings = [Finding("duplicate-heading", f"{path}: two columns are called {h!r}", found=h) for h in twice]
            raise DocumentError(f"{path}: {len(twice)} heading(s) that the mapping names occur twice", findings)
        return {heading: column for column, heading in enumerate(self.headings)}

    def _place_of(self, meaning: str) -> int | None:
        return self.meaning.get(meaning)

    def gather(self) -> Gathered:
        shared = self._shared_columns()
        cells = {"long": self._long, "wide": self._wide, "transposed": self._transposed}[self.mapping.layout]()
        self.out.columns = {name: [] for name, _ in shared}
        for found in cells:
            cell = self._of_its_stage(found)
            if cell.attribute.ignore:
                self.ignored[cell.attribute.printed] += 1
                continue
            self._add(cell)
            for name, place in shared:
                text = self.grid.rows[cell.row][place]
                self.out.columns[name].append(self._word(name, text) if text else None)
            if cell.batch is not None:
                self.out.columns.setdefault("batch_id", []).append(cell.batch)
        for printed, count in self.ignored.items():
            message = f"results of {printed!r} were left out, as the mapping says"
            self.out.findings.append(Finding("result-left-out", message, found=printed, count=count))
        return self.out

    def _shared_columns(self) -> list[tuple[str, int]]:
        """Return the columns that go over as they are: those of the registry, and those kept under their headings."""
        meanings = {column.heading: column.meaning for column in self.mapping.columns}
        listed = set(self.known) if self.mapping.layout == "wide" else set()
        out: list[tuple[str, int]] = []
        for place, heading in enumerate(self.headings):
            meaning = meanings.get(heading) or self._unlisted(heading)
            if heading in listed or meaning in ("attribute", "result", "batch", "ignore", "unit", "comparator"):
                continue
            if meaning in ("value", "text", "code") and self._result_column() == place:
                continue
            if meaning == "keep":
                message = f"the column {heading!r} is kept under its heading and not used"
                self.out.findings.append(Finding("unknown-column", message, found=heading))
                meaning = heading
                while meaning in COLUMNS or meaning in dict(out):
                    meaning = f"{meaning} (source)"
            out.append((meaning, place))
        return out

    def _word(self, column: str, text: str) -> str:
        """Return the word of the standard for what a column says, where the standard has words for it."""
        words = self.words.setdefault(column, {})
        if text not in words:
            words[text] = _word_of(column, text)
            if words[text] is None:
                message = f"{text!r} is no {column} of the vocabulary; it is kept as it is"
                self.out.findings.append(Finding(f"unknown-{column}", message, found=text))
        return words[text] or text

    def _unlisted(self, heading: str) -> str:
        """Return what a column is that the mapping does not list."""
        if self.mapping.layout != "transposed" or meaning_of(heading) is not None or heading.startswith("column "):
            return "keep"
        if is_summary(heading):
            return "keep"
        return "batch"

    def _result_column(self) -> int | None:
        return next((self.meaning[name] for name in ("result", "value", "text", "code") if name in self.meaning), None)

    def _rows(self) -> Iterator[int]:
        headings = list(self.grid.rows[self.header])
        for row in range(self.header + 1, len(self.grid.rows)):
            if list(self.grid.rows[row]) != headings:  # a header that is repeated on every page
                yield row

    def _long(self) -> Iterator[_Cell]:
        result, unit = self._result_column(), self._place_of("unit")
        assert result is not None  # noqa: S101 - the mapping is complete
        batch = self._place_of("batch_id")
        for row in self._rows():
            cells = self.grid.rows[row]
            if not cells[result] and (batch is None or not cells[batch]):
                self._aside(row)  # a heading or a note; a row of a batch stays, even without its result
                continue
            if batch is not None and is_summary(cells[batch]):
                self._no_batch(row, cells[batch])
                continue
            yield _Cell(row, result, self._named(row), None if unit is None else cells[unit])

    def _wide(self) -> Iterator[_Cell]:
        listed = [(self.place[item.printed], item) for item in self.mapping.attributes]
        places = sorted(listed, key=lambda pair: pair[0])
        batch = self.meaning["batch_id"]
        units: dict[int, str] = {}
        for row in self._rows():
            cells = self.grid.rows[row]
            filled = [pair for pair in places if cells[pair[0]].casefold() not in self.blank]
            if row == self.header + 1 and self._states_units(row, [column for column, _ in filled]):
                units = {column: cells[column] for column, _ in filled}
            elif not filled or meaning_of(cells[batch]) in ("keep", "unit"):  # a row of limits, of means, of units
                self._aside(row)
            elif is_summary(cells[batch]):
                self._no_batch(row, cells[batch])
            else:
                yield from (_Cell(row, column, attribute, units.get(column)) for column, attribute in filled)

    def _states_units(self, row: int, columns: list[int]) -> bool:
        """Tell whether the row below the headings states their units."""
        cells = self.grid.rows[row]
        batch = cells[self.meaning["batch_id"]]
        if batch and meaning_of(batch) != "unit":
            return False
        return bool(columns) and all(cells[c] in _NO_UNIT or unit_of(cells[c]) is not None for c in columns)

    def _transposed(self) -> Iterator[_Cell]:
        unit = self._place_of("unit")
        listed = {column.heading: column for column in self.mapping.columns}
        places = []
        for column, heading in enumerate(self.headings):
            found = listed.get(heading)
            if (self._unlisted(heading) if found is None else found.meaning) == "batch":
                places.append((column, heading if found is None else found.batch_id or heading))
        for row in self._rows():
            cells = self.grid.rows[row]
            filled = [pair for pair in places if cells[pair[0]].casefold() not in self.blank]
            if not filled:
                self._aside(row)
                continue
            attribute, stated = self._named(row), None if unit is None else cells[unit]
            yield from (_Cell(row, column, attribute, stated, batch) for column, batch in filled)

    def _of_its_stage(self, cell: _Cell) -> _Cell:
        """Return the result by its attribute alone where its row names another stage or material than its test.

        A name says what was measured. An in-process result is no result of a release test of the same name.
        """
        test = self.resolver.test(cell.attribute.test_id)
        if test is None:
            return cell
        for name, declared in (("stage", test.stage), ("material", test.material)):
            place = self.meaning.get(name)
            stated = "" if place is None else self.grid.rows[cell.row][place]
            if declared is not None and stated and (_word_of(name, stated) or stated) != declared:
                message = (
                    f"results of {cell.attribute.printed!r} with the {name} {stated!r} are none of the test {test.id}"
                )
                row = len(self.out.texts)
                self.out.findings.append(Finding("other-stage", message, row=row, expected=declared, found=stated))
                return replace(cell, attribute=cell.attribute.model_copy(update={"test_id": None, "cqa": test.cqa}))
        return cell

    def _named(self, row: int) -> MappedAttribute:
        """Return what the row is a result of: by its test, its attribute of the vocabulary, or a printed name."""
        cells = self.grid.rows[row]
        for meaning in ("test_id", "cqa"):
            place = self._place_of(meaning)
            if place is not None and cells[place]:  # the column goes over as it is
                return MappedAttribute.model_construct(printed=cells[place][:LONGEST_NAME])
        place = self._place_of("attribute")
        return self._attribute("" if place is None else cells[place][:LONGEST_NAME])

    def _add(self, cell: _Cell) -> None:
        text: str | None = self.grid.rows[cell.row][cell.column]
        if text is not None and text.casefold() in self.blank:
            text = None
        comparator = self._place_of("comparator") if self.mapping.layout == "long" else None
        if comparator is not None and text is not None and text[:1] in _DIGITS:
            text = f"{self.grid.rows[cell.row][comparator]}{text}"
        note = self.grid.note(cell.row, cell.column)
        row = len(self.out.texts)
        self.out.findings += [replace(item, row=row) for item in note.findings]
        stated = None if cell.unit is None or cell.unit.casefold() in _NO_UNIT else cell.unit
        self.out.texts.append(text)
        self.out.units.append(stated or cell.attribute.unit)
        self.out.refused.append(note.refused)
        self.out.attributes.append(cell.attribute)

    def _attribute(self, printed: str) -> MappedAttribute:
        """Return what a printed name means; one that nobody decided is kept under its own name, with a finding."""
        found = self.known.get(printed)
        if found is not None:
            return found
        resolved = self.resolver(printed) if printed else None
        if resolved is not None and resolved.certainty == "certain":
            item = MappedAttribute(
                printed=printed,
                test_id=resolved.test_id,
                cqa=resolved.cqa,
                component=resolved.component,
                unit=resolved.unit,
            )
            message = f"the mapping does not list {printed!r}; it was read as {resolved.meaning}"
            self.out.findings.append(Finding("assumed-attribute", message, expected=resolved.meaning, found=printed))
        else:
            reading = read_attribute(printed or "result without a name")
            item = MappedAttribute(printed=printed or "-", cqa=reading.cqa, unit=split_unit(printed)[1])
            message = f"the mapping does not list {printed!r}; its results are kept as {reading.cqa}"
            expected = " or ".join(resolved.candidates) if resolved is not None and resolved.candidates else None
            self.out.findings.append(Finding("unmapped-attribute", message, expected=expected, found=printed))
        self.known[printed] = item
        return item

    def _no_batch(self, row: int, name: str) -> None:
        message = f"{self.grid.place(row)} was set aside: {name!r} is a statistic, a limit, or a control"
        self.out.findings.append(Finding("row-of-no-batch", message, expected="the number of a batch", found=name))

    def _aside(self, row: int) -> None:
        text = " | ".join(cell for cell in self.grid.rows[row] if cell)[:200]
        message = f"{self.grid.place(row)} has no result"
        self.out.findings.append(Finding("row-without-result", message, found=text))


def _word_of(column: str, text: str) -> str | None:
    if column == "status":
        return text.casefold()
    try:
        if column == "stage":
            return stages.find(text).id
        return materials.find(text).id if column == "material" else text
    except VocabularyError:
        return None
