"""Tables as people keep them: printed specifications and results exported from laboratory systems."""

from harmoniqc.exchange.carrying import table_findings
from harmoniqc.exchange.tables.mapping import MappedAttribute, MappedColumn, ResultsMapping, read_mapping
from harmoniqc.exchange.tables.results_table import propose_mapping, read_results_table
from harmoniqc.exchange.tables.specification_table import read_specification_table

__all__ = [
    "MappedAttribute",
    "MappedColumn",
    "ResultsMapping",
    "propose_mapping",
    "read_mapping",
    "read_results_table",
    "read_specification_table",
    "table_findings",
]
