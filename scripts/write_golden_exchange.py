"""Write the golden files of tests/exchange/golden: one table of results, saved by each library that people use.

They are committed, so that what later versions read is what earlier versions wrote. Run it only to add a case.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

import harmoniqc as hq

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "exchange" / "golden"


def table() -> pa.Table:
    """Return a table of results with a column of every type, nulls in each, and a column of others."""
    moment = datetime(2024, 2, 29, 12, 30, 0, 250_000, tzinfo=UTC)
    return pa.table(
        {
            "batch_id": ["B 1", "B 1", "B 2"],
            "test_id": ["viability", "purity", "viability"],
            "value": pa.array([97.9, 0.1, None]),
            "unit": ["%", "%", None],
            "text": ["97.90 %", None, "not done"],
            "n": pa.array([3, None, None], pa.int32()),
            "reportable": [True, None, False],
            "measured_at": pa.array([moment, None, moment], pa.timestamp("us", "UTC")),
            "site_id": ["Kyōto", None, "Paris"],
            "x_analyst": ["A", None, "B"],
        }
    )


def main() -> int:
    """Write the files."""
    GOLDEN.mkdir(exist_ok=True)
    source = GOLDEN / "pyarrow.parquet"
    hq.write(hq.restamp(table()), source)
    pd.read_parquet(source).to_parquet(GOLDEN / "pandas.parquet")
    pl.read_parquet(source).write_parquet(GOLDEN / "polars.parquet")
    duckdb.execute(f"COPY (FROM '{source}') TO '{GOLDEN / 'duckdb.parquet'}' (FORMAT parquet)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
