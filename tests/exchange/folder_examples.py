"""Exchanges that the tests write, damage and read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import harmoniqc as hq
from harmoniqc.errors import Findings
from tests.exchange.examples import DOCUMENTS, SPECIFICATION

PUBLISHED = Path(__file__).parents[2] / "schemas" / "examples"
SITES = ("Kyoto", "Kyoto", "Hôpital Saint-Louis, Paris", None)


def results() -> pa.Table:
    """Return results of three sites, in no order, with a column that the registry does not have."""
    return pa.table(
        {
            "batch_id": ["B 2", "B 1", "B 3", "B 1"],
            "test_id": ["purity", "viability", "viability", "purity"],
            "value": pa.array(["0.10", "97.90", None, "0.2"]),
            "unit": ["%", "%", None, "%"],
            "text": [None, "97.90 %", "not done", None],
            "n": pa.array([None, 3, None, None], pa.int32()),
            "site_id": pa.array(SITES),
            "x_instrument": [{"id": 1, "tags": ["a", "b"]}, None, {"id": 3, "tags": []}, None],
        }
    )


def package(**changes: Any) -> hq.Package:
    """Return a package with a document of every kind."""
    by_type = {type(document): document for document in DOCUMENTS}
    batch, product, record = by_type[hq.Batch], by_type[hq.Product], by_type[hq.EvaluationRecord]
    investigation, disposition = by_type[hq.Investigation], by_type[hq.Disposition]
    fields: dict[str, Any] = {
        "id": "p",
        "title": "Two sites",
        "note": "for a test",
        "specifications": (SPECIFICATION,),
        "products": (product,),
        "batches": (batch, hq.Batch(id="B 2", product="x", site="Kyoto"), hq.Batch(id="B 3", product="x")),
        "investigations": (investigation,),
        "dispositions": (disposition,),
        "evaluations": (record,),
        "changes": tuple(map(hq.read, sorted((PUBLISHED / "change-record").glob("*.json")))),
        "lifecycles": tuple(map(hq.read, sorted((PUBLISHED / "lifecycle-management").glob("*.json")))),
        "results": results(),
    }
    return hq.Package(**{**fields, **changes})


def parts(folder: Path, table: str = "results") -> list[Path]:
    """Return the files of a table."""
    return sorted((folder / table).rglob("*.parquet"))


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest of an exchange."""
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    change(manifest)
    file.write_text(json.dumps(manifest), encoding="utf-8")


def replace_file(folder: Path, file: Path, data: bytes, **content: Any) -> None:
    """Replace a file, and have the manifest name the new one."""
    file.write_bytes(data)
    path = file.relative_to(folder).as_posix()

    def change(manifest: dict[str, Any]) -> None:
        entry = next(item for item in manifest["resources"] if item["path"] == path)
        entry["bytes"] = len(data)
        entry["hash"] = f"sha256:{hashlib.sha256(data).hexdigest()}"
        entry["harmoniqc"] |= content

    edit_manifest(folder, change)


def replace_table(folder: Path, file: Path, change: Callable[[pa.Table], pa.Table], **content: Any) -> None:
    """Replace the table of a file, and have the manifest name the new one."""
    sink = pa.BufferOutputStream()
    pq.write_table(change(pq.read_table(file, partitioning=None)), sink, compression="zstd")
    replace_file(folder, file, sink.getvalue().to_pybytes(), **content)


def only_code(findings: Findings) -> str:
    """Return the code of the one finding that is an error, after a look at whether it says where."""
    (item,) = findings.errors
    assert item.message
    return item.code
