"""What the authorities ask, where it is written, how well it was seen, and since when it counts.

    hq.crosswalk.requirements(cqa="endotoxin", authority="EMA", as_of="2027-01-02")
    hq.crosswalk.counterparts("21 CFR 610.12", authority="EMA")
    hq.crosswalk.matrix("car-t-autologous")

The rows are data in the tree ``crosswalks/``. Names load on first use; importing this module reads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmoniqc._lazy import lazy_names, module_of

if TYPE_CHECKING:
    from harmoniqc.crosswalk.criteria import FormulaLimit as FormulaLimit
    from harmoniqc.crosswalk.criteria import criterion as criterion
    from harmoniqc.crosswalk.criteria import formula_limit as formula_limit
    from harmoniqc.crosswalk.exporting import export as export
    from harmoniqc.crosswalk.exporting import sssom as sssom
    from harmoniqc.crosswalk.frameworks import Profile as Profile
    from harmoniqc.crosswalk.frameworks import Statement as Statement
    from harmoniqc.crosswalk.frameworks import profile as profile
    from harmoniqc.crosswalk.frameworks import profiles as profiles
    from harmoniqc.crosswalk.looking import DocumentList as DocumentList
    from harmoniqc.crosswalk.looking import Documents as Documents
    from harmoniqc.crosswalk.looking import Requirements as Requirements
    from harmoniqc.crosswalk.looking import documents as documents
    from harmoniqc.crosswalk.looking import requirement as requirement
    from harmoniqc.crosswalk.looking import requirements as requirements
    from harmoniqc.crosswalk.matrices import STATES as STATES
    from harmoniqc.crosswalk.matrices import Matrix as Matrix
    from harmoniqc.crosswalk.matrices import MatrixCell as MatrixCell
    from harmoniqc.crosswalk.matrices import matrix as matrix
    from harmoniqc.crosswalk.pairing import Counterpart as Counterpart
    from harmoniqc.crosswalk.pairing import Counterparts as Counterparts
    from harmoniqc.crosswalk.pairing import counterparts as counterparts
    from harmoniqc.crosswalk.rows import Document as Document
    from harmoniqc.crosswalk.rows import Mapping as Mapping
    from harmoniqc.crosswalk.rows import Requirement as Requirement
    from harmoniqc.crosswalk.rows import Topic as Topic
    from harmoniqc.crosswalk.store import AUTHORITIES as AUTHORITIES
    from harmoniqc.crosswalk.store import mappings as mappings
    from harmoniqc.crosswalk.store import topics as topics

_HOME = {
    "criteria": "FormulaLimit criterion formula_limit",
    "exporting": "export sssom",
    "frameworks": "Profile Statement profile profiles",
    "looking": "DocumentList Documents Requirements documents requirement requirements",
    "matrices": "STATES Matrix MatrixCell matrix",
    "pairing": "Counterpart Counterparts counterparts",
    "rows": "Document Mapping Requirement Topic",
    "store": "AUTHORITIES mappings topics",
}

_MODULE_OF = module_of(_HOME)

__all__ = [*_MODULE_OF]

if not TYPE_CHECKING:  # so that a type checker refuses a name that does not exist
    __getattr__, __dir__ = lazy_names(__name__, _MODULE_OF)
