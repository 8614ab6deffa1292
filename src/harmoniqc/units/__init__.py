"""Units that count: what is counted is part of the dimension, conversions are exact, nothing is guessed.

The table is ``vocabulary/units.tsv``. Importing this module loads neither numpy nor pint.
"""

from harmoniqc.units.converting import convert
from harmoniqc.units.registry import pint_name, registry
from harmoniqc.units.resolve import UnitReading, conversion, is_unit, parse_unit, read_unit, unit_of_row
from harmoniqc.units.table import Row, rows
from harmoniqc.units.ucum import from_ucum, to_ucum
from harmoniqc.units.unit import Conversion, Dimension, Unit

__all__ = [
    "Conversion",
    "Dimension",
    "Row",
    "Unit",
    "UnitReading",
    "conversion",
    "convert",
    "from_ucum",
    "is_unit",
    "parse_unit",
    "pint_name",
    "read_unit",
    "registry",
    "rows",
    "to_ucum",
    "unit_of_row",
]
