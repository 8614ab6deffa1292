"""What the tests of the exchange room write and read."""

from __future__ import annotations

import pyarrow as pa

import harmoniqc as hq
from harmoniqc.standard.columns import COLUMNS
from harmoniqc.standard.records import AppliedPolicy, HashedInput

SPECIFICATION = hq.Specification(
    id="x-release",
    version="3",
    product="x",
    rounding="none",
    tests=(
        hq.Test(id="viability", cqa="cell-viability", criterion=hq.Limit.at_least("70", "%")),
        hq.Test(id="purity", cqa="cell-purity", criterion=hq.Limit.at_most("0.10", "%")),
    ),
    sources=(hq.Source(document="Tabelle 2, «Prüfplan»", evidence="primary"),),
)
BATCH = hq.Batch(id="B 1", product="x")
RESULT = hq.Result(
    batch_id="B 1",
    test_id="viability",
    value="97.90",
    unit="%",
    text="97.90 %",
    n=3,
    reportable=True,
    measured_at="2024-02-29T12:30:00+00:00",
)
SECOND = hq.Result(batch_id="B 1", test_id="purity", value="0.10", unit="%")
PACKAGE = hq.Package(id="p", specifications=(SPECIFICATION,), batches=(BATCH,), results=[RESULT, SECOND])
DOCUMENTS: tuple[hq.Document, ...] = (
    SPECIFICATION,
    BATCH,
    RESULT,
    PACKAGE,
    hq.Product(id="x", name="X", modality="car-t-autologous"),
    hq.Investigation(id="INV-1", batch="B 1", opened_on="2024-02-29", phase="laboratory"),
    hq.Disposition(batch="B 1", decision="exceptional-release", decided_at="2024-02-29T12:30:00+02:00"),
    hq.ChangeRecord(id="CR 1", product="x", description="a limit", reason="experience"),
    hq.LifecycleManagement(id="plcm", version="1", product="x"),
    hq.EvaluationRecord(
        inputs=(HashedInput(role="results", id="r", sha256="0123456789abcdef" * 4, rows=2),),
        policies=(AppliedPolicy(specification="x-release", version="3", rounding="none"),),
        evaluated_at="2024-02-29T12:30:00+02:00",
        library_version="0.1.0",
        verdicts_sha256="0123456789abcdef" * 4,
    ),
)


def rows(table: pa.Table) -> list[dict[str, object]]:
    """Return a table as rows without empty fields."""
    return [
        {name: value for name, value in row.items() if value not in (None, "") and name in COLUMNS}
        for row in table.to_pylist()
    ]
