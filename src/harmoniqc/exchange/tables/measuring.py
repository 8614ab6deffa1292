"""Results as written, read into numbers, units and codes: each different text once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from harmoniqc.errors import Finding, Findings, NotationError
from harmoniqc.exchange.tables.gathering import Gathered
from harmoniqc.exchange.tables.headings import unit_of
from harmoniqc.exchange.tables.mapping import ResultsMapping
from harmoniqc.notation import parse_measurement, parse_measurements
from harmoniqc.standard import COLUMNS

_COMMA_NUMBER = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+|\d+)(,\d+)?(?![\d.,])")
_POINT_NUMBER = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?=\.\d|(?![\d.,]))")
_FROM_MAPPING = ("test_id", "cqa", "component", "stage", "material", "method")
_ALWAYS = ("batch_id", "cqa", "value", "unit", "text")
_FLAGS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}
_NUMBERS = ("value", "value_low", "value_high")


def measured_table(gathered: Gathered, mapping: ResultsMapping) -> tuple[pa.Table, list[Finding]]:
    """Return results as a table with columns of the registry, and what was noticed in reading them.

    A text that holds several results has a row for each, with its component. A text that is refused stands alone in
    its row, and so does one of which the cell says that it is not what it means.

    Args:
        gathered: The results as written.
        mapping: How numbers are written.
    """
    texts = [
        None if text is None or refused else _numbers(text, mapping.decimal)
        for text, refused in zip(gathered.texts, gathered.refused, strict=True)
    ]
    known = {unit: unit_of(unit) for unit in set(gathered.units) if unit is not None}
    units = [None if unit is None else known[unit] for unit in gathered.units]
    if gathered.usual_unit is not None:
        units = _with_usual_unit(texts, units, gathered.units, gathered.usual_unit)
    parsed = parse_measurements(texts, units)
    at = parsed.column("row").combine_chunks()
    columns = {name: parsed.column(name) for name in parsed.column_names if name in COLUMNS}
    columns["text"] = _verbatim(gathered, mapping.decimal, parsed)
    # A unit that nobody knows stays with its number: without it, the result would be another one.
    stated = pa.array(gathered.units, pa.string()).take(at)
    columns["unit"] = pc.if_else(_has_number(parsed), pc.coalesce(columns["unit"], stated), columns["unit"])
    for name in _FROM_MAPPING:
        said = [getattr(item, name, None) for item in gathered.attributes]
        if any(value is not None for value in said):
            values = pa.array(said, pa.string()).take(at)
            columns[name] = pc.coalesce(columns[name], values) if name in columns else values
    findings: list[Finding] = []
    for name, column in gathered.columns.items():
        kind = COLUMNS[name].type if name in COLUMNS else "string"
        if kind == "decimal":
            column = [None if text is None else _numbers(text, mapping.decimal) for text in column]
        values = (_flags(name, column, findings) if kind == "boolean" else pa.array(column, pa.string())).take(at)
        # What the row itself says goes before what the mapping says of all rows of an attribute.
        columns[name] = pc.coalesce(values, columns[name].cast(values.type)) if name in columns else values
    early = _interim(parsed)
    if early is not None:
        columns["status"] = pc.coalesce(columns.get("status", pa.nulls(len(at), pa.string())), early)
    for name in _ALWAYS:
        columns.setdefault(name, pa.nulls(len(at), pa.string()))
    order = [name for name in COLUMNS if name in columns] + [name for name in columns if name not in COLUMNS]
    used = [name for name in order if name in _ALWAYS or columns[name].null_count < len(at)]
    return pa.table({name: columns[name] for name in used}), [*findings, *_noticed(parsed, texts, units)]


def _flags(name: str, texts: list[str | None], findings: list[Finding]) -> pa.Array:
    """Return truth values; a word that is none is no value, and told."""
    for text, count in Counter(text for text in texts if text and text.casefold() not in _FLAGS).items():
        message = f"{text!r} in the column {name} is neither yes nor no"
        findings.append(Finding("wrong-column-type", message, expected="yes or no", found=text, count=count))
    return pa.array([None if text is None else _FLAGS.get(text.casefold()) for text in texts], pa.bool_())


def _with_usual_unit(
    texts: list[str | None], units: list[str | None], stated: list[str | None], usual: str
) -> list[str | None]:
    """Return the units with the usual one for every number for which neither its text nor the table states one."""
    alone = parse_measurements(texts)
    bare = pc.and_(_has_number(alone), pc.is_null(alone.column("unit")))
    out = list(units)
    for place in set(alone.column("row").filter(bare).to_pylist()):
        if stated[place] is None:
            out[place] = usual
    return out


def _interim(parsed: pa.Table) -> pa.Array | None:
    """Return the status of results that say that they are interim readings; None if none says so."""
    noticed = parsed.column("findings").combine_chunks() if parsed.num_rows else pa.array([], pa.list_(pa.string()))
    early_readings = pc.equal(noticed.flatten(), "negative-to-date")
    hits = pc.list_parent_indices(noticed).filter(early_readings).to_pylist()
    if not hits:
        return None
    early: list[str | None] = [None] * parsed.num_rows
    for row in hits:
        early[row] = "preliminary"
    return pa.array(early, pa.string())


def _has_number(parsed: pa.Table) -> pa.ChunkedArray:
    value, low, high = (pc.is_valid(parsed.column(name)) for name in _NUMBERS)
    return pc.or_(value, pc.or_(low, high))


def _noticed(parsed: pa.Table, texts: list[str | None], units: list[str | None]) -> Iterator[Finding]:
    """Yield what was noticed in reading, with the first row and the number of texts of each."""
    if not parsed.num_rows:  # pyarrow 18 does not survive asking a column without chunks
        return
    first: dict[tuple[str, str | None], int] = {}
    counts: Counter[tuple[str, str | None]] = Counter()
    marked = pc.indices_nonzero(pc.greater(pc.list_value_length(parsed.column("findings")), 0))
    last = None
    for row, place in zip(marked.to_pylist(), parsed.column("row").take(marked).to_pylist(), strict=True):
        text = texts[place]
        if text is not None and place != last:  # the parts of a text are told once
            first.setdefault((text, units[place]), row)
            counts[text, units[place]] += 1
        last = place
    for key, row in first.items():
        for item in _findings(*key):
            # That a column states the unit of its results is what columns of units are for.
            if item.code != "unit-from-column":
                yield replace(item, row=row, count=counts[key])


def _findings(text: str, unit: str | None) -> Findings:
    try:
        return parse_measurement(text, unit).findings
    except NotationError as error:
        return error.findings


def _verbatim(gathered: Gathered, decimal: str | None, parsed: pa.Table) -> pa.Array:
    """Return what was written; for the parts of a text, what was written of each.

    Where 1.234 means 1234 it is written out, because nobody could tell it from the number beside it.
    """
    written = [
        _numbers(text, decimal) if decimal == "comma" and text is not None and "." in text else text
        for text in gathered.texts
    ]
    at = parsed.column("row").combine_chunks()
    places = at.to_numpy()
    single = pa.array(np.bincount(places, minlength=1)[places] == 1) if len(places) else pa.array([], pa.bool_())
    return pc.if_else(single, pa.array(written, pa.string()).take(at), parsed.column("text").combine_chunks())


def _numbers(text: str, decimal: str | None) -> str:
    """Return a text whose numbers have a decimal point and no other marks, by what the mapping says of them."""
    if decimal == "comma":
        return _COMMA_NUMBER.sub(lambda m: m[1].replace(".", "") + (m[2] or "").replace(",", "."), text)
    if decimal == "point":
        return _POINT_NUMBER.sub(lambda m: m[0].replace(",", ""), text)
    return text
