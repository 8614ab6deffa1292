"""Row one of the targets: a verdict for each result; ours and the peers', all asserted equal first."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import harmoniqc as hq

from .data import FACTORS, UNITS, Workload

FAILS, NOT_EVALUATED, CONFORMS = 0, 2, 3
"""Codes of the verdicts, as in harmoniqc.VERDICTS."""

Peer = Callable[[], np.ndarray]


def ours(work: Workload) -> Peer:
    """harmoniqc: results and specification in, verdict codes out."""
    return lambda: hq.evaluate(work.table, work.specification).codes()


def limits(work: Workload) -> pa.Table:
    """The limits by attribute and unit, as any of the peers would be given them."""
    rows = [
        {"cqa": work.cqas[place], "unit": unit, "low": low / FACTORS[unit], "high": high / FACTORS[unit]}
        for place, (low, high) in enumerate(zip(work.low, work.high, strict=True))
        for unit in UNITS
    ]
    return pa.Table.from_pylist(rows)


def with_duckdb(work: Workload) -> Peer:
    """DuckDB: a join with the limits, verdicts in the order of the rows."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    numbered = work.table.append_column("row", pa.array(np.arange(work.table.num_rows)))
    connection.register("results", numbered)
    connection.register("limits", limits(work))
    query = f"""
        SELECT CASE WHEN value IS NULL OR low IS NULL THEN {NOT_EVALUATED}
                    WHEN value BETWEEN low AND high THEN {CONFORMS} ELSE {FAILS} END::UTINYINT AS verdict
        FROM results LEFT JOIN limits USING (cqa, unit) ORDER BY row
    """
    return lambda: connection.execute(query).fetchnumpy()["verdict"]


def with_polars(work: Workload) -> Peer:
    """Polars: limits gathered by the codes of the categories, which beats a join several times over."""
    import polars as pl

    frame = pl.DataFrame(
        {
            "cqa": work.table.column("cqa").chunk(0).indices.to_numpy(),
            "unit": work.table.column("unit").chunk(0).indices.to_numpy(),
            "value": pl.from_arrow(work.table.column("value")),
        }
    )
    table = limits(work)
    pad = [None] * (len(UNITS) * (len(work.cqas) - len(work.low)))
    low = pl.Series("low", table.column("low").to_pylist() + pad)
    high = pl.Series("high", table.column("high").to_pylist() + pad)

    def run() -> np.ndarray:
        slot = pl.col("cqa").cast(pl.UInt32) * len(UNITS) + pl.col("unit").cast(pl.UInt32)
        inside = pl.col("value").is_between(pl.lit(low).gather(slot), pl.lit(high).gather(slot))
        verdict = pl.when(inside.is_null()).then(NOT_EVALUATED).when(inside).then(CONFORMS).otherwise(FAILS)
        return frame.lazy().select(verdict.cast(pl.UInt8)).collect().to_series().to_numpy()

    return run


def with_pyarrow(work: Workload) -> Peer:
    """pyarrow.compute: limits taken by the codes of the dictionaries."""
    table = limits(work)
    pad = pa.nulls(len(UNITS) * (len(work.cqas) - len(work.low)), pa.float64())
    low = pa.concat_arrays([table.column("low").combine_chunks(), pad])
    high = pa.concat_arrays([table.column("high").combine_chunks(), pad])
    cqa, unit = (work.table.column(name).chunk(0).indices.cast(pa.int16()) for name in ("cqa", "unit"))
    value = work.table.column("value").chunk(0)

    def run() -> np.ndarray:
        slot = pc.add(pc.multiply(cqa, pa.scalar(len(UNITS), pa.int16())), unit)
        inside = pc.and_(
            pc.greater_equal(value, low.take(slot)),
            pc.less_equal(value, high.take(slot)),
        )
        verdict = pc.if_else(inside, pa.scalar(CONFORMS, pa.uint8()), pa.scalar(FAILS, pa.uint8()))
        return pc.fill_null(verdict, NOT_EVALUATED).to_numpy(zero_copy_only=False)

    return run


def with_pandera(work: Workload) -> Peer:
    """pandera: one check for each attribute and unit, failures collected; nulls and the rest told apart after."""
    import pandera.polars as pandera
    import polars as pl

    frame = pl.from_arrow(work.table.select(["cqa", "unit", "value"])).with_row_index("row")
    frame = frame.with_columns(pl.col("cqa").cast(pl.String), pl.col("unit").cast(pl.String))
    rows = limits(work).to_pylist()
    parts = frame.partition_by(["cqa", "unit"], as_dict=True)

    def run() -> np.ndarray:
        verdict = np.full(frame.height, NOT_EVALUATED, np.uint8)
        for limit in rows:
            part = parts[limit["cqa"], limit["unit"]].filter(pl.col("value").is_not_null())
            check = pandera.Check.in_range(limit["low"], limit["high"])
            schema = pandera.DataFrameSchema({"value": pandera.Column(float, check)})
            verdict[part["row"].to_numpy()] = CONFORMS
            try:
                schema.validate(part, lazy=True)
            except pandera.errors.SchemaErrors as error:
                failed = error.failure_cases["index"].drop_nulls().cast(pl.Int64)
                verdict[part["row"].gather(failed).to_numpy()] = FAILS
        return verdict

    return run


PEERS: dict[str, tuple[Callable[[Workload], Peer], float]] = {
    "duckdb (ordered)": (with_duckdb, 10.0),
    "polars": (with_polars, 4.0),
    "pyarrow.compute": (with_pyarrow, 5.0),
    "pandera": (with_pandera, 100.0),
}
"""The peers, and how many times faster ours should be."""
