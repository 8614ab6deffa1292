"""Specifications compared, merged into one, and followed through their life.

hq.compare(version_1, version_2)
hq.harmonize([fda, ema, pmda])
hq.gaps(specification, authority="PMDA")
hq.feasibility(results, [fda, ema, pmda])
hq.affected(change, results, [version_1, version_2])
"""

from harmoniqc.harmonization.addresses import Equivalence
from harmoniqc.harmonization.affecting import Affected, BatchEffect, ResultEffect, affected
from harmoniqc.harmonization.comparing import Change, Comparison, compare
from harmoniqc.harmonization.costing import BatchCost, Feasibility, LimitCost, feasibility
from harmoniqc.harmonization.facets import Facet
from harmoniqc.harmonization.gap_finding import gaps
from harmoniqc.harmonization.gap_listing import Gap, Gaps
from harmoniqc.harmonization.harmonizing import Harmonization, Provenance, harmonize
from harmoniqc.harmonization.margins import Margins
from harmoniqc.harmonization.relating import Thresholds
from harmoniqc.harmonization.side_by_side import SideBySide

__all__ = [
    "Affected",
    "BatchCost",
    "BatchEffect",
    "Change",
    "Comparison",
    "Equivalence",
    "Facet",
    "Feasibility",
    "Gap",
    "Gaps",
    "Harmonization",
    "LimitCost",
    "Margins",
    "Provenance",
    "ResultEffect",
    "SideBySide",
    "Thresholds",
    "affected",
    "compare",
    "feasibility",
    "gaps",
    "harmonize",
]
