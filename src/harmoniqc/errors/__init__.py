"""One error vocabulary for the whole library: findings, their codes, and the exceptions that carry them."""

from harmoniqc.errors.catalog import CODES
from harmoniqc.errors.entry import CodeEntry
from harmoniqc.errors.exceptions import (
    CompilationError,
    ConversionError,
    CrosswalkError,
    DocumentError,
    HarmoniqcError,
    NotationError,
    ResultsError,
    SelectionError,
    UnitError,
    VocabularyError,
)
from harmoniqc.errors.finding import Finding, Findings, Level

__all__ = [
    "CODES",
    "CodeEntry",
    "CompilationError",
    "ConversionError",
    "CrosswalkError",
    "DocumentError",
    "Finding",
    "Findings",
    "HarmoniqcError",
    "Level",
    "NotationError",
    "ResultsError",
    "SelectionError",
    "UnitError",
    "VocabularyError",
]
