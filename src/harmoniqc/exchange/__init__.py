"""Documents and results in files: read them, write them, never half; repeat an evaluation from its record."""

from harmoniqc.exchange.files import read, read_results, write
from harmoniqc.exchange.replaying import Replay, replay
from harmoniqc.exchange.tables import (
    MappedAttribute,
    MappedColumn,
    ResultsMapping,
    propose_mapping,
    read_mapping,
    read_results_table,
    read_specification_table,
    table_findings,
)

__all__ = [
    "MappedAttribute",
    "MappedColumn",
    "Replay",
    "ResultsMapping",
    "propose_mapping",
    "read",
    "read_mapping",
    "read_results",
    "read_results_table",
    "read_specification_table",
    "replay",
    "table_findings",
    "write",
]
