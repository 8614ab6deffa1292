"""Specifications compared, merged into one, and followed through their life.

hq.compare(version_1, version_2)
hq.harmonize([fda, ema, pmda])
"""

from harmoniqc.harmonization.addresses import Equivalence
from harmoniqc.harmonization.comparing import Change, Comparison, compare
from harmoniqc.harmonization.facets import Facet
from harmoniqc.harmonization.harmonizing import Harmonization, Provenance, harmonize
from harmoniqc.harmonization.relating import Thresholds
from harmoniqc.harmonization.side_by_side import SideBySide

__all__ = [
    "Change",
    "Comparison",
    "Equivalence",
    "Facet",
    "Harmonization",
    "Provenance",
    "SideBySide",
    "Thresholds",
    "compare",
    "harmonize",
]
