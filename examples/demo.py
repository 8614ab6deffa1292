"""The main job on published batches: three ARI-0001 CAR-T batches, four validation runs of expanded Tregs.

Run it with ``make demo``. It reads two documents of the corpus, judges every result, prints the verdicts with
their reasons and writes them as Parquet.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import harmoniqc as hq
from harmoniqc.cli import main

CORPUS = Path(__file__).resolve().parents[1] / "tests" / "corpus"
PACKAGES = ("01_car_t_ari0001_cd19", "06_treg_expanded_4_validation_runs")


def demo(out: Path) -> None:
    """Judge both packages and write the verdicts into a folder."""
    for name in PACKAGES:
        source = CORPUS / f"{name}.json"
        package = hq.read(source)
        print(f"\n=== {package.title}\n    {package.sources[0].document}, {package.sources[0].url}\n")
        main(["evaluate", str(source)])
        target = out / f"{name}.verdicts.parquet"
        main(["evaluate", str(source), "--format", "parquet", "-o", str(target)])
        print(f"verdicts written to {target}")


if __name__ == "__main__":
    demo(Path(tempfile.mkdtemp(prefix="harmoniqc-demo-")))
