"""Documents and results in files and exchanges: read, write, verify; repeat an evaluation from its record."""

from harmoniqc.exchange.files import read, read_results, write
from harmoniqc.exchange.folders.reading import Exchange, read_exchange
from harmoniqc.exchange.folders.stamping import restamp
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
from harmoniqc.exchange.verifying import verify

__all__ = [
    "Exchange",
    "MappedAttribute",
    "MappedColumn",
    "Replay",
    "ResultsMapping",
    "propose_mapping",
    "read",
    "read_exchange",
    "read_mapping",
    "read_results",
    "read_results_table",
    "read_specification_table",
    "replay",
    "restamp",
    "table_findings",
    "verify",
    "write",
]
