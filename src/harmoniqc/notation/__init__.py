"""Criteria and results the way people write them, read into the models of the standard and written back.

What cannot be read with certainty is refused, with the place where reading stopped; what had to be assumed is a
finding on what was read.
"""

from harmoniqc.notation.columns import parse_measurements
from harmoniqc.notation.measurements import parse_measurement
from harmoniqc.notation.reading import CriterionReading, parse_criterion, read_criterion
from harmoniqc.notation.rendering import Style, render

__all__ = [
    "CriterionReading",
    "Style",
    "parse_criterion",
    "parse_measurement",
    "parse_measurements",
    "read_criterion",
    "render",
]
