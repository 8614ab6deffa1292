"""What the authorities ask, where it is written, how well it was seen, and since when it counts.

    hq.crosswalk.requirements(cqa="endotoxin", authority="EMA", as_of="2027-01-02")
    hq.crosswalk.counterparts("21 CFR 610.12", authority="EMA")
    hq.crosswalk.matrix("car-t-autologous")

The rows are data in the tree ``crosswalks/``. Importing this module reads nothing.
"""

from __future__ import annotations

from harmoniqc.crosswalk.criteria import FormulaLimit, criterion, formula_limit
from harmoniqc.crosswalk.exporting import export, sssom
from harmoniqc.crosswalk.frameworks import Profile, Statement, profile, profiles
from harmoniqc.crosswalk.looking import (
    DocumentList,
    Documents,
    Requirements,
    documents,
    requirement,
    requirements,
)
from harmoniqc.crosswalk.matrices import STATES, Matrix, MatrixCell, matrix
from harmoniqc.crosswalk.pairing import Counterpart, Counterparts, counterparts
from harmoniqc.crosswalk.rows import Document, Mapping, Requirement, Topic
from harmoniqc.crosswalk.store import AUTHORITIES, mappings, topics

__all__ = [
    "AUTHORITIES",
    "STATES",
    "Counterpart",
    "Counterparts",
    "Document",
    "DocumentList",
    "Documents",
    "FormulaLimit",
    "Mapping",
    "Matrix",
    "MatrixCell",
    "Profile",
    "Requirement",
    "Requirements",
    "Statement",
    "Topic",
    "counterparts",
    "criterion",
    "documents",
    "export",
    "formula_limit",
    "mappings",
    "matrix",
    "profile",
    "profiles",
    "requirement",
    "requirements",
    "sssom",
    "topics",
]
