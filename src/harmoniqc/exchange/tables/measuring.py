"""Results as written, read into numbers, units and codes: each different text once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from harmoniqc.errors import Finding
from harmoniqc.exchange.tables.gathering import Gathered
from harmoniqc.exchange.tables.headings import unit_of
from harmoniqc.exchange.tables.mapping import ResultsMapping
from harmoniqc.standard import COLUMNS

_COMMA_NUMBER = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+|\d+)(,\d+)?(?![\d.,])")
_POINT_NUMBER = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?=\.\d|(?![\d.,]))")
_FROM_MAPPING = ("test_id", "cqa", "component", "stage", "material", "method")


def measured_table(gathered: Gathered, mapping: ResultsMapping) -> tuple[pa.Table, list[Finding]]:
    """Return results as a table with columns of the registry, and what was noticed in reading them.

    Args:
        gathered: The results as written.
        mapping: How numbers are written.
    """
    parsed = _parsed(gathered, mapping)
    places = parsed.column("row").combine_chunks()
    columns = {name: parsed.column(name) for name in parsed.column_names if name != "row"}
    written = [_verbatim(text, mapping.decimal) for text in gathered.texts]
    columns["text"] = pa.array(written, pa.string()).take(places)
    for name in _FROM_MAPPING:
        said = [getattr(item, name, None) for item in gathered.attributes]
        if any(value is not None for value in said):
            values = pa.array(said, pa.string()).take(places)
            columns[name] = pc.coalesce(columns[name].cast(pa.string()), values) if name in columns else values
    for name, texts in gathered.columns.items():
        values = pa.array(texts, pa.string()).take(places)
        # What the row itself says goes before what the mapping says of all rows of an attribute.
        columns[name] = pc.coalesce(values, columns[name].cast(pa.string())) if name in columns else values
    for name in ("batch_id", "cqa", "value", "unit"):
        columns.setdefault(name, pa.nulls(len(places), pa.string()))
    order = [name for name in COLUMNS if name in columns] + [name for name in columns if name not in COLUMNS]
    table = pa.table({name: columns[name] for name in order})
    used = [
        name
        for name in table.column_names
        if name in ("batch_id", "cqa", "value", "unit", "text") or table.column(name).null_count < table.num_rows
    ]
    return table.select(used), list(_unread(gathered, parsed))


def _parsed(gathered: Gathered, mapping: ResultsMapping) -> pa.Table:
    """Return the readings of all results with the place of each among the results as written, in that order."""
    from harmoniqc.notation import parse_measurements

    texts = [
        None if text is None or refused else _numbers(text, mapping.decimal)
        for text, refused in zip(gathered.texts, gathered.refused, strict=True)
    ]
    groups: dict[str | None, list[int]] = {}
    for place, unit in enumerate(gathered.units):
        groups.setdefault(unit, []).append(place)
    tables = []
    for unit, places in groups.items():
        known = None if unit is None else unit_of(unit)
        table = parse_measurements(pa.array([texts[place] for place in places], pa.string()), known)
        at = table.column("row")
        table = table.set_column(
            table.schema.get_field_index("row"), "row", pa.array(places, pa.int64()).take(at.combine_chunks())
        )
        tables.append(table if known == unit else _with_unknown_unit(table, unit))
    if not tables:
        return parse_measurements(pa.array([], pa.string()), None)
    joined = pa.concat_tables(tables, promote_options="permissive")
    return joined.take(pc.sort_indices(joined, sort_keys=[("row", "ascending")])) if len(tables) > 1 else joined


def _with_unknown_unit(table: pa.Table, unit: str | None) -> pa.Table:
    """Return readings with a unit that nobody knows where they have a number and no unit: it is refused later."""
    number = pc.is_valid(table.column("value"))
    for name in ("value_low", "value_high"):
        if name in table.column_names:
            number = pc.or_(number, pc.is_valid(table.column(name)))
    missing = pc.and_(number, pc.is_null(table.column("unit")))
    column = pc.if_else(missing, pa.scalar(unit, pa.string()), table.column("unit"))
    return table.set_column(table.schema.get_field_index("unit"), "unit", column)


def _numbers(text: str, decimal: str | None) -> str:
    """Return a text whose numbers have a decimal point and no other marks, by what the mapping says of them."""
    if decimal == "comma":
        return _COMMA_NUMBER.sub(lambda m: m[1].replace(".", "") + (m[2] or "").replace(",", "."), text)
    if decimal == "point":
        return _POINT_NUMBER.sub(lambda m: m[0].replace(",", ""), text)
    return text


def _verbatim(text: str | None, decimal: str | None) -> str | None:
    """Return what is kept as written: where 1.234 means 1234, nobody could tell it from the number beside it."""
    if text is None or decimal != "comma" or "." not in text:
        return text
    return _numbers(text, decimal)


def _unread(gathered: Gathered, parsed: pa.Table) -> Iterator[Finding]:
    """Yield a finding for each result with a digit in it that was kept as text only."""
    alone = pc.and_(pc.is_null(parsed.column("value")), pc.is_null(parsed.column("code")))
    if "value_low" in parsed.column_names:
        low, high = parsed.column("value_low"), parsed.column("value_high")
        alone = pc.and_(alone, pc.and_(pc.is_null(low), pc.is_null(high)))
    for row in pc.indices_nonzero(alone).to_pylist():
        text = gathered.texts[parsed.column("row")[row].as_py()]
        if text is not None and any(char.isdigit() for char in text):
            yield Finding("result-not-read", f"{text!r} is kept as text", row=row, found=text)
