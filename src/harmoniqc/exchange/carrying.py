"""Findings that travel with an Arrow table, in the metadata of its schema."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

import pyarrow as pa

from harmoniqc.errors import Finding, Findings

_KEY = b"harmoniqc.findings"


def with_findings(table: pa.Table, findings: Iterable[Finding]) -> pa.Table:
    """Return the table with findings about it; its content and its hash stay the same."""
    listed = [{name: value for name, value in asdict(item).items() if value is not None} for item in Findings(findings)]
    metadata = {**(table.schema.metadata or {}), _KEY: json.dumps(listed).encode()}
    return table.replace_schema_metadata(metadata)


def table_findings(table: pa.Table) -> Findings:
    """Return what was noticed when a table was read with :func:`harmoniqc.read_results_table`.

    They are lost where another library copies the table without its metadata.
    """
    stored = (table.schema.metadata or {}).get(_KEY)
    return Findings() if stored is None else Findings(Finding(**item) for item in json.loads(stored))
