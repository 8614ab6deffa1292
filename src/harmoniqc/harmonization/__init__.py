"""Specifications compared, merged into one, and followed through their life.

hq.compare(version_1, version_2)
hq.harmonize([fda, ema, pmda])
hq.gaps(specification, authority="PMDA")
"""

from harmoniqc.harmonization.addresses import Equivalence
from harmoniqc.harmonization.comparing import Change, Comparison, compare
from harmoniqc.harmonization.facets import Facet
from harmoniqc.harmonization.gap_finding import gaps
from harmoniqc.harmonization.gap_listing import Gap, Gaps
from harmoniqc.harmonization.harmonizing import Harmonization, Provenance, harmonize
from harmoniqc.harmonization.side_by_side import SideBySide

__all__ = [
    "Change",
    "Comparison",
    "Equivalence",
    "Facet",
    "Gap",
    "Gaps",
    "Harmonization",
    "Provenance",
    "SideBySide",
    "compare",
    "gaps",
    "harmonize",
]
