"""Checks beyond the shape of a document: each takes what the document holds and yields what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harmoniqc.errors import Finding
from harmoniqc.schema.checks.dates import dates_of_documents, versions_in_force_together
from harmoniqc.schema.checks.identifiers import batches_in_circles, identifiers_given_twice
from harmoniqc.schema.checks.lifecycle import lifecycle_documents
from harmoniqc.schema.checks.limits import contradictory_limits, overlapping_cases
from harmoniqc.schema.checks.references import references_of_documents
from harmoniqc.schema.checks.rows import results
from harmoniqc.schema.checks.terms import terms_of_documents
from harmoniqc.schema.checks.texts import texts_and_structures
from harmoniqc.schema.checks.units import units_of_criteria, units_of_facts, units_of_products
from harmoniqc.schema.contents import Contents

Check = Callable[[Contents], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    identifiers_given_twice,
    batches_in_circles,
    references_of_documents,
    terms_of_documents,
    units_of_criteria,
    units_of_facts,
    units_of_products,
    contradictory_limits,
    overlapping_cases,
    texts_and_structures,
    dates_of_documents,
    versions_in_force_together,
    lifecycle_documents,
    results,
)
"""Every check, in the order in which they run."""


def check(contents: Contents) -> Iterator[Finding]:
    """Run every check."""
    for one in CHECKS:
        yield from one(contents)
