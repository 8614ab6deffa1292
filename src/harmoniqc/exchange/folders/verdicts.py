"""The verdicts of an evaluation as tables of an exchange: each row says by itself which result it is about."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from harmoniqc.evaluation import Evaluation
from harmoniqc.evaluation.table_hash import table_hash
from harmoniqc.standard import Package

_OF_RESULT: Final = ("result_id", "batch_id", "site_id")


def verdict_tables(package: Package, evaluation: Evaluation) -> dict[str, pa.Table]:
    """Return the verdicts of an evaluation of a package: of its results, and of its batches.

    Raises:
        ValueError: If it is the evaluation of other results.
    """
    results = package.table
    if table_hash(evaluation.columns.table) != table_hash(results):
        raise ValueError("the verdicts are those of other results than the package holds")
    verdicts = evaluation.verdicts
    rows = verdicts.column("row")
    for place, name in enumerate(name for name in _OF_RESULT if name in results.column_names):
        verdicts = verdicts.add_column(place + 1, name, results.column(name).take(rows))
    return {"verdicts": _plain(verdicts), "batch-verdicts": _plain(evaluation.batches)}


def _plain(table: pa.Table) -> pa.Table:
    """Return a table without lists and without dictionaries: what every reader of Parquet understands alike."""
    for place, field in enumerate(table.schema):
        column = table.column(place)
        if pa.types.is_list(field.type):
            column = pa.chunked_array(
                [pa.array([None if item is None else ", ".join(item) for item in column.to_pylist()], pa.string())]
            )
        elif pa.types.is_dictionary(field.type):
            column = column.cast(field.type.value_type)
        table = table.set_column(place, pa.field(field.name, column.type), column)
    return table
