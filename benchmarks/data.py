"""Seeded, realistic results: many attributes in several units, nulls, rows without a criterion, some failures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

import harmoniqc as hq

UNITS = ("ng/mL", "pg/mL", "ug/L", "mg/L")
FACTORS = {"ng/mL": 1.0, "pg/mL": 1e-3, "ug/L": 1.0, "mg/L": 1e3}
"""Factor from each unit to ng/mL, the unit of the limits."""


@dataclass(frozen=True)
class Workload:
    """Results and the limits they are compared with.

    Attributes:
        table: The results; batch_id, cqa and unit dictionary-coded, value float64 with nulls.
        specification: The specification in harmoniqc's terms.
        low: Lower limit of each attribute in ng/mL.
        high: Upper limit of each attribute in ng/mL.
        cqas: The attributes; the last ones have no limit.
    """

    table: pa.Table
    specification: hq.Specification
    low: np.ndarray
    high: np.ndarray
    cqas: tuple[str, ...]


def workload(
    rows: int = 10_000_000,
    *,
    attributes: int = 60,
    batches: int = 200_000,
    without_limit: int = 2,
    nulls: float = 0.01,
    failing: float = 0.01,
    seed: int = 20261124,
) -> Workload:
    """Make results of a size.

    Values carry four significant figures, as reported results do.
    """
    rng = np.random.default_rng(seed)
    cqas = tuple(f"attribute-{number:02d}" for number in range(attributes))
    limited = attributes - without_limit
    low = np.round(rng.uniform(1, 5, attributes), 2)
    high = np.round(low + rng.uniform(50, 95, attributes), 2)
    tests = tuple(
        hq.Test(
            id=cqas[place],
            cqa=cqas[place],
            criterion=hq.Limit.between(f"{low[place]:.2f}", f"{high[place]:.2f}", "ng/mL"),
        )
        for place in range(limited)
    )
    specification = hq.Specification(id="bench", version="1", product="product", rounding="none", tests=tests)
    cqa = rng.integers(0, attributes, rows, dtype=np.int8)
    unit = rng.integers(0, len(UNITS), rows, dtype=np.int8)
    inside = low[cqa] + rng.random(rows) * (high - low)[cqa]
    inside[rng.random(rows) < failing] += 200.0
    value = np.round(inside / np.array([FACTORS[name] for name in UNITS])[unit], 4)
    table = pa.table(
        {
            "batch_id": pa.DictionaryArray.from_arrays(
                pa.array(np.sort(rng.integers(0, batches, rows, dtype=np.int32))),
                pa.array([f"B{number:06d}" for number in range(batches)]),
            ),
            "cqa": pa.DictionaryArray.from_arrays(pa.array(cqa), pa.array(cqas)),
            "value": pa.array(value, mask=rng.random(rows) < nulls),
            "unit": pa.DictionaryArray.from_arrays(pa.array(unit), pa.array(UNITS)),
        }
    )
    return Workload(table, specification, low[:limited], high[:limited], cqas)
