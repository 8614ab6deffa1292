"""Rows of a printed specification, each read into a test."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import cast

from harmoniqc.errors import Finding, NotationError, VocabularyError
from harmoniqc.exchange.tables.attributes import read_attribute, slug_of
from harmoniqc.exchange.tables.grid import Grid
from harmoniqc.exchange.tables.headings import split_unit, unit_of, without_footnote
from harmoniqc.notation import CriterionReading, read_criterion
from harmoniqc.notation.quantities import GivenUnit, given_unit
from harmoniqc.standard import Method, NotStated, Test, Unstructured
from harmoniqc.standard.criterion import AnyCriterion
from harmoniqc.vocabulary import materials, stages

_DECIDED_AT = {
    "release": "release",
    "cryopreservation": "release",
    "post-release": "certification",
    "in-use": "administration",
    "dose": "administration",
}
"""The decision a stage's tests take part in, where it is not called like the stage."""


_LABEL = re.compile(
    r"([^\W\d_][^<>≤≥=\d;.]{2,80}?)\s*(?:[<>≤≥=±\d]|\b(?:NLT|NMT|[Nn]ot (?:less|more)|[Aa]t (?:least|most))\b)"
)
"""A name before the number of a criterion: "Transduction efficiency (TE) ≥ 10%"."""

_LONGEST = 5_000
"""A longer cell is no criterion, and no name."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what.

    Attributes:
        attribute: Column of the attribute.
        criterion: Column of the criterion.
        method: Column of the method, if any.
        unit: Column of the unit, if any.
        stage: Column of the stage, if any.
        material: Column of the material, if any.
        heading_unit: The unit that the criterion's heading states, if any.
    """

    attribute: int
    criterion: int
    method: int | None = None
    unit: int | None = None
    stage: int | None = None
    material: int | None = None
    heading_unit: str | None = None


class SpecificationRows:
    """Reads row after row; no row is lost: it becomes a test, or a finding names it.

    Args:
        grid: The table.
        header: Row of the headings.
        columns: Which column is what.

    Attributes:
        tests: The tests read so far, each with its findings.
        findings: Everything noticed so far; what belongs to a test points to it.
    """

    def __init__(self, grid: Grid, header: int, columns: Columns) -> None:
        self.grid = grid
        self.header = header
        self.columns = columns
        self.tests: list[Test] = []
        self.findings: list[Finding] = []
        self._ids: set[str] = set()
        self._stage: str | None = None  # that of the heading above the row

    def read(self, index: int) -> None:
        """Read one row."""
        if list(self.grid.rows[index]) == list(self.grid.rows[self.header]):  # a table continued on the next page
            self._aside(index, "repeats the header")
            return
        printed, criterion = self._cell(index, self.columns.attribute), self._cell(index, self.columns.criterion)
        if not criterion and self._is_heading(index, printed):
            self._heading(index, printed)
            return
        findings: list[Finding] = []
        name = " ".join(without_footnote(printed).split())
        if not name:
            name = f"{self.grid.place(index)} without a name"
            message = f"{self.grid.place(index)} has a criterion and names no attribute"
            findings.append(Finding("unknown-attribute", message, found=criterion))
        self._noted(index, findings)
        attribute = read_attribute(name)
        reading = self._criterion(index, criterion, attribute.unit, findings)
        label = _LABEL.match(criterion)
        if not attribute.known and reading is not None and label is not None:
            attribute = read_attribute(name, label[1].strip(" -–—:,(["))
        if printed:
            findings += attribute.findings
        stage, sampling_point = self._stage_of(index, findings)
        test = Test(
            id=self._id(split_unit(name)[0]),
            cqa=attribute.cqa,
            name=name,
            criterion=_kept(criterion, reading),
            applies_when=None if reading is None else reading.applies_when,
            read_point=None if reading is None else reading.read_point,
            stage=stage,
            sampling_point=sampling_point,
            material=self._material_of(index, findings),
            method=self._method_of(index),
            decision_points=("release" if stage is None else _DECIDED_AT.get(stage, stage),),
        )
        pointer = f"/tests/{len(self.tests)}"
        self.tests.append(test.with_findings(findings))
        self.findings += [replace(item, pointer=f"{pointer}{item.pointer or ''}") for item in findings]

    def _cell(self, index: int, column: int | None) -> str:
        return "" if column is None else self.grid.rows[index][column][:_LONGEST]

    def _is_heading(self, index: int, printed: str) -> bool:
        """Tell whether a row without a criterion is no test: a heading, or a note below the table."""
        filled = [cell for cell in self.grid.rows[index] if cell]
        if len(filled) > 1:
            return not printed
        if self.grid.note(index, 0).across or not printed:
            return True
        attribute = read_attribute(printed)  # "EU: endotoxin units" is no test of endotoxin
        return not attribute.known or bool(attribute.findings) or _stage(printed) is not None

    def _heading(self, index: int, printed: str) -> None:
        stage = _stage(printed)
        if stage is None:
            self._aside(index, "states no criterion; taken as a heading or a note")
            return
        self._stage = stage
        message = f"{self.grid.place(index)}: {printed!r} was taken as the stage of the rows below"
        self.findings.append(Finding("heading-taken-as-stage", message, expected=stage, found=printed))

    def _aside(self, index: int, why: str) -> None:
        text = " | ".join(cell for cell in self.grid.rows[index] if cell)
        message = f"{self.grid.place(index)} {why}"
        self.findings.append(Finding("row-not-a-test", message, found=text[:200]))

    def _noted(self, index: int, findings: list[Finding]) -> None:
        """Gather what was noticed when the cells of a row were read."""
        columns = self.columns
        for column in (columns.attribute, columns.criterion, columns.unit, columns.method, columns.stage):
            if column is None:
                continue
            findings += self.grid.note(index, column).findings
            if len(self.grid.rows[index][column]) >= _LONGEST:
                message = f"{self.grid.place(index)}: a cell has more than {_LONGEST:,} characters"
                findings.append(Finding("cell-too-long", message, found=self.grid.rows[index][column][:60]))

    def _criterion(self, index: int, text: str, unit: str | None, findings: list[Finding]) -> CriterionReading | None:
        """Return the reading of a criterion; None where nothing may be concluded from its text."""
        if not text:
            message = f"{self.grid.place(index)} prints no criterion"
            findings.append(Finding("blank-criterion", message, pointer="/criterion"))
            return None
        if self.grid.note(index, self.columns.criterion).refused or len(text) == _LONGEST:
            return None
        try:
            reading = read_criterion(text, self._unit(index, unit, findings))
        except NotationError as error:
            findings += [replace(item, pointer="/criterion") for item in error.findings]
            return None
        findings += [replace(item, pointer="/criterion") for item in reading.findings]
        return reading

    def _unit(self, index: int, beside_name: str | None, findings: list[Finding]) -> str | None:
        """Return the unit for a criterion that states none: the unit column's, its heading's, the attribute's."""
        stated = self._cell(index, self.columns.unit)
        if stated.strip("-–—−/. ").lower() in ("", "n/a", "na", "none"):
            stated = ""
        if stated and unit_of(stated) is None:
            message = f"{self.grid.place(index)}: {stated!r} is no unit"
            findings.append(Finding("unit-not-understood", message, found=stated))
        elif stated and beside_name and not _same_unit(stated, beside_name):
            message = f"{self.grid.place(index)}: the unit column says {stated}, the attribute {beside_name}"
            findings.append(Finding("conflicting-units", message, expected=stated, found=beside_name))
        return stated or self.columns.heading_unit or beside_name

    def _stage_of(self, index: int, findings: list[Finding]) -> tuple[str | None, str | None]:
        """Return the stage of a row and where in it the sample is taken: "in-process, day 5"."""
        printed = " ".join(self._cell(index, self.columns.stage).split())
        if not printed:
            return self._stage, None
        words = printed.split(" ")
        for count in range(len(words), 0, -1):
            stage = _stage(" ".join(words[:count]).strip("(,;:"))
            if stage is not None:
                return stage, " ".join(words[count:]).strip("(),;: ") or None
        message = f"{self.grid.place(index)}: {printed!r} is no stage of the vocabulary"
        findings.append(Finding("unknown-stage", message, found=printed))
        return None, printed

    def _material_of(self, index: int, findings: list[Finding]) -> str | None:
        printed = " ".join(self._cell(index, self.columns.material).split())
        if not printed:
            return None
        try:
            return materials.find(printed).id
        except VocabularyError:
            message = f"{self.grid.place(index)}: {printed!r} is no material of the vocabulary"
            findings.append(Finding("unknown-material", message, found=printed))
            return None

    def _method_of(self, index: int) -> Method | None:
        printed = " ".join(self._cell(index, self.columns.method).split())
        return Method(name=printed) if printed.strip("-–—− ") else None

    def _id(self, name: str) -> str:
        base = slug_of(name)
        id, number = base, 1
        while id in self._ids:
            number += 1
            id = f"{base}-{number}"
        self._ids.add(id)
        return id


def _kept(text: str, reading: CriterionReading | None) -> AnyCriterion:
    if reading is not None:
        return cast(AnyCriterion, reading.criterion)  # the reader builds no other kind
    return Unstructured(text=text) if text else NotStated()


def _stage(text: str) -> str | None:
    """Return the stage a text names, also as "release tests" or "in-process controls"."""
    name = re.sub(r"\b(tests?|testing|specifications?|criteria)\b", "", without_footnote(text), flags=re.IGNORECASE)
    for candidate in (text, name, name.strip().removesuffix("s")):
        try:
            return stages.find(candidate).id
        except VocabularyError:
            continue
    return None


def _same_unit(one: str, other: str) -> bool:
    units = [item.unit.code if isinstance(item := given_unit(text), GivenUnit) else text for text in (one, other)]
    return units[0] == units[1]
