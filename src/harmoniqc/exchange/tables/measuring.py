"""Results as written, read into numbers, units and codes: each different text once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from harmoniqc.errors import Finding, NotationError
from harmoniqc.exchange.tables.gathering import Gathered
from harmoniqc.exchange.tables.headings import unit_of
from harmoniqc.exchange.tables.mapping import ResultsMapping
from harmoniqc.notation import parse_measurement
from harmoniqc.standard import COLUMNS, Measurement

_COMMA_NUMBER = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+|\d+)(,\d+)?(?![\d.,])")
_POINT_NUMBER = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?=\.\d|(?![\d.,]))")
_FROM_MAPPING = ("test_id", "cqa", "component", "stage", "material", "method")
_ALWAYS = ("batch_id", "cqa", "value", "unit", "text")
_FIELDS = tuple(name for name in Measurement.model_fields if name in COLUMNS)
_KINDS = {"integer": pa.int32(), "boolean": pa.bool_()}
"""Numbers stay decimal text, so that no digit is lost; counts and truth values have their own types."""


def measured_table(gathered: Gathered, mapping: ResultsMapping) -> tuple[pa.Table, list[Finding]]:
    """Return results as a table with columns of the registry, and what was noticed in reading them.

    A text that holds several results has a row for each, with its component. A text that is refused stands alone in
    its row, and so does one of which the cell says that it is not what it means.

    Args:
        gathered: The results as written.
        mapping: How numbers are written.
    """
    readings = _Readings(mapping.decimal, gathered.usual_unit)
    places: list[int] = []  # for each row of the table, which of the results as written it is
    rows: list[int] = []  # and which of the readings
    for place, (text, unit, refused) in enumerate(zip(gathered.texts, gathered.units, gathered.refused, strict=True)):
        found = readings.of(text, unit, len(rows), refused=refused)
        rows += found
        places += [place] * len(found)
    taken = readings.table().take(pa.array(rows, pa.int64()))
    columns = {name: taken.column(name) for name in taken.column_names}
    at = pa.array(places, pa.int64())
    for name in _FROM_MAPPING:
        said = [getattr(item, name, None) for item in gathered.attributes]
        if any(value is not None for value in said):
            values = pa.array(said, pa.string()).take(at)
            columns[name] = pc.coalesce(columns[name], values) if name in columns else values
    for name, texts in gathered.columns.items():
        values = pa.array(texts, pa.string()).take(at)
        # What the row itself says goes before what the mapping says of all rows of an attribute.
        columns[name] = pc.coalesce(values, columns[name].cast(pa.string())) if name in columns else values
    order = [name for name in COLUMNS if name in columns] + [name for name in columns if name not in COLUMNS]
    for name in _ALWAYS:
        columns.setdefault(name, pa.nulls(len(at), pa.string()))
    used = [name for name in order if name in _ALWAYS or columns[name].null_count < len(at)]
    used = [name for name in _ALWAYS if name not in used] + used
    return pa.table({name: columns[name] for name in used}), readings.findings()


@dataclass
class _Readings:
    """The readings of all different texts."""

    decimal: str | None
    usual_unit: str | None
    known: dict[tuple[str | None, str | None, bool], list[int]] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in _FIELDS})
    noticed: dict[tuple[str | None, str | None, bool], tuple[Finding, ...]] = field(default_factory=dict)
    first: dict[tuple[str | None, str | None, bool], int] = field(default_factory=dict)
    counts: Counter[tuple[str | None, str | None, bool]] = field(default_factory=Counter)

    def of(self, text: str | None, unit: str | None, row: int, *, refused: bool) -> list[int]:
        """Return the rows of :meth:`table` that a text is read into."""
        key = (text, unit, refused)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._read(text, unit, key, refused=refused)
            self.first[key] = row
        if key in self.noticed:
            self.counts[key] += 1
        return found

    def table(self) -> pa.Table:
        """Return the readings as columns."""
        kinds = {name: _KINDS.get(COLUMNS[name].type, pa.string()) for name in _FIELDS}
        return pa.table({name: pa.array(self.values[name], kind) for name, kind in kinds.items()})

    def findings(self) -> list[Finding]:
        """Return what was noticed, with the first row and the number of rows of each."""
        return [
            replace(item, row=self.first[key], count=self.counts[key])
            for key, items in self.noticed.items()
            for item in items
        ]

    def _read(
        self, text: str | None, unit: str | None, key: tuple[str | None, str | None, bool], *, refused: bool
    ) -> list[int]:
        if text is None or refused:
            return [self._add({"text": text})]
        known = None if unit is None else unit_of(unit)
        try:
            measured = self._parse(_numbers(text, self.decimal), known, stated=unit is not None)
        except NotationError as error:
            self.noticed[key] = tuple(error.findings)
            return [self._add({"text": text})]
        # That a column states the unit of its results is what columns of units are for.
        if noticed := tuple(item for item in measured.findings if item.code != "unit-from-column"):
            self.noticed[key] = noticed
        rows = []
        for part in measured.parts or (measured,):
            fields = {name: getattr(part, name) for name in _FIELDS}
            if not measured.parts:
                fields["text"] = _verbatim(text, self.decimal)
            if known != unit and fields["unit"] is None and fields["code"] is None:
                fields["unit"] = unit  # nobody knows it, and a result without it would be another one
            rows.append(self._add(fields))
        return rows

    def _parse(self, text: str, unit: str | None, *, stated: bool) -> Measurement:
        measured = parse_measurement(text, unit)
        if stated or self.usual_unit is None or any(part.unit for part in measured.parts or (measured,)):
            return measured
        return parse_measurement(text, self.usual_unit)

    def _add(self, fields: dict[str, Any]) -> int:
        for name in _FIELDS:
            self.values[name].append(fields.get(name))
        return len(self.values["text"]) - 1


def _numbers(text: str, decimal: str | None) -> str:
    """Return a text whose numbers have a decimal point and no other marks, by what the mapping says of them."""
    if decimal == "comma":
        return _COMMA_NUMBER.sub(lambda m: m[1].replace(".", "") + (m[2] or "").replace(",", "."), text)
    if decimal == "point":
        return _POINT_NUMBER.sub(lambda m: m[0].replace(",", ""), text)
    return text


def _verbatim(text: str, decimal: str | None) -> str:
    """Return what is kept as written: where 1.234 means 1234, nobody could tell it from the number beside it."""
    return _numbers(text, decimal) if decimal == "comma" and "." in text else text
