"""References between the documents of a package, and inside a specification.

Only a package can lack something, only where it carries documents of that kind, and only where all of them have the
right shape: else what is referred to may be elsewhere, or may be the one that could not be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from harmoniqc.errors import Finding
from harmoniqc.evaluation.meaning.facts import Facts
from harmoniqc.evaluation.meaning.tree import Context, release_tests
from harmoniqc.schema.checks.places import every_criterion
from harmoniqc.schema.contents import Contents, Placed
from harmoniqc.standard import (
    PART_RELATIONS,
    AsForRelease,
    Batch,
    Disposition,
    EvaluationRecord,
    Investigation,
    Specification,
)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Carried:
    """What a package carries all of; None: nothing can be said of it.

    Attributes:
        specifications: Ids and versions.
        products: Ids.
        batches: Ids.
        investigations: Ids.
        results: Identifiers of results.
    """

    specifications: Collection[Key] | None = None
    products: Collection[str] | None = None
    batches: Collection[str] | None = None
    investigations: Collection[str] | None = None
    results: Collection[str] | None = None


def carried_in(contents: Contents) -> Carried:
    """Return what a package carries all of."""
    if contents.kind != "package":
        return Carried()

    def known(name: str) -> bool:
        return name in contents.complete and bool(getattr(contents, name))

    results: Collection[str] | None = None
    if "results" in contents.complete and contents.results is not None:
        table = contents.results.table
        asked = "supersedes" in table.column_names or any(item.document.results for item in contents.investigations)
        if asked:
            names = table.column("result_id").unique().to_pylist() if "result_id" in table.column_names else []
            results = frozenset(names) - {None}
    return Carried(
        frozenset((item.document.id, item.document.version) for item in contents.specifications)
        if known("specifications")
        else None,
        frozenset(item.document.id for item in contents.products) if known("products") else None,
        frozenset(item.document.id for item in contents.batches) if known("batches") else None,
        frozenset(item.document.id for item in contents.investigations) if known("investigations") else None,
        results,
    )


def references_of_documents(contents: Contents) -> Iterator[Finding]:
    """Yield a ``broken-reference`` for each reference of a document to something that the package lacks."""
    carried = carried_in(contents)
    for specification in contents.specifications:
        yield from missing(
            "product", specification.document.product, carried.products, f"{specification.pointer}/product"
        )
    yield from _replaced_versions(contents, carried)
    yield from _release_tests(contents)
    made_from = {
        parent.batch
        for item in contents.batches
        for parent in item.document.parents
        if parent.relation not in PART_RELATIONS
    }
    has_materials = any(item.document.id in made_from for item in contents.batches)
    for batch in contents.batches:
        yield from _batch(batch, contents, carried, has_materials=has_materials)
    for investigation in contents.investigations:
        yield from _investigation(investigation, carried)
    for disposition in contents.dispositions:
        yield from _disposition(disposition, carried)
    for evaluation in contents.evaluations:
        yield from _evaluation(evaluation, carried)


def broken(what: str, id: str, pointer: str) -> Finding:
    """Return the finding for something that is not there.

    Args:
        what: What it is.
        id: Its identifier.
        pointer: JSON Pointer of the reference.
    """
    return Finding("broken-reference", f"the {what} {id!r} is not in the document", pointer=pointer, found=id)


def missing(what: str, id: str | None, known: Collection[str] | None, pointer: str) -> Iterator[Finding]:
    """Yield a finding for an identifier that is not among those known; None: nothing can be said."""
    if id is not None and known is not None and id not in known:
        yield broken(what, id, pointer)


def missing_version(key: Key, known: Collection[Key] | None, pointer: str) -> Iterator[Finding]:
    """Yield a finding for a version of a specification that is not among those known; None: nothing can be said."""
    if known is not None and key not in known:
        yield broken("specification", f"{key[0]} version {key[1]}", pointer)


# -- specifications ----------------------------------------------------------------------------------------------


def _replaced_versions(contents: Contents, carried: Carried) -> Iterator[Finding]:
    """Yield versions that replace themselves, or one that is missing among the versions carried before them."""
    for placed in contents.specifications:
        item, pointer = placed.document, f"{placed.pointer}/supersedes"
        family = [other.document for other in contents.specifications if other.document.id == item.id]
        versions = {other.version: other.supersedes for other in family}
        here, seen = item.supersedes, {item.version}
        while here is not None and here in versions and here not in seen:
            seen.add(here)
            here = versions[here]
        if here == item.version:
            message = f"version {item.version} replaces itself" + (" over others" if len(seen) > 1 else "")
            yield Finding("broken-reference", message, pointer=pointer, found=item.supersedes)
        elif carried.specifications is not None and item.supersedes is not None and item.supersedes not in versions:
            start = item.valid_from
            if start is not None and any(other.valid_from is not None and other.valid_from < start for other in family):
                yield broken("specification", f"{item.id} version {item.supersedes}", pointer)


def _release_tests(contents: Contents) -> Iterator[Finding]:
    """Yield criteria that refer to a release test that is not there, or may be one of several."""
    others = tuple(item.document for item in contents.specifications)
    everything_is_here = contents.kind == "package" and "specifications" in contents.complete
    for place in every_criterion(contents):
        criterion, own = place.criterion, place.specification
        if not isinstance(criterion, AsForRelease):
            continue
        found = release_tests(criterion, Context(Facts(), test=place.test, specification=own, others=others))
        pointer = f"{place.pointer}/test" if criterion.test else place.pointer
        if len(found) > 1:
            shown = ", ".join(f"{test.id} of {item.id} version {item.version}" for test, item in found)
            message = f"{len(found)} release tests may be meant"
            yield Finding("unresolved-reference", message, pointer=pointer, found=shown)
        release = [item for item in others if item.purpose == "release" and item is not own]
        at_hand = everything_is_here and any(
            (item.product, item.jurisdiction) == (own.product, own.jurisdiction) for item in release
        )
        if not found and (own.purpose == "release" or at_hand):
            yield broken("release test", criterion.test or place.cqa, pointer)


# -- batches and what is said of them ----------------------------------------------------------------------------


def _batch(placed: Placed[Batch], contents: Contents, carried: Carried, *, has_materials: bool) -> Iterator[Finding]:
    batch, pointer = placed.document, placed.pointer
    yield from missing("product", batch.product, carried.products, f"{pointer}/product")
    for number, item in enumerate(batch.specifications):
        yield from missing_version(
            (item.id, item.version), carried.specifications, f"{pointer}/specifications/{number}"
        )
    for number, parent in enumerate(batch.parents):
        # A part comes with its whole. What a batch was made from may be elsewhere, unless some of it is here.
        if parent.relation in PART_RELATIONS or has_materials:
            yield from missing("batch", parent.batch, carried.batches, f"{pointer}/parents/{number}/batch")
    if carried.specifications is not None:
        tests = {test.id for item in _agreed_specifications(batch, contents) for test in item.tests}
        for number, declared in enumerate(batch.declared_methods):
            if tests:
                yield from missing("test", declared.test, tests, f"{pointer}/declared_methods/{number}/test")


def _agreed_specifications(batch: Batch, contents: Contents) -> tuple[Specification, ...]:
    """Return the specifications a batch names that are there, or else all those of its product."""
    named = {(item.id, item.version) for item in batch.specifications}
    every = [item.document for item in contents.specifications]
    if named:
        return tuple(item for item in every if (item.id, item.version) in named)
    return tuple(item for item in every if batch.product in (None, item.product))


def _investigation(placed: Placed[Investigation], carried: Carried) -> Iterator[Finding]:
    investigation, pointer = placed.document, placed.pointer
    yield from missing("batch", investigation.batch, carried.batches, f"{pointer}/batch")
    for number, result in enumerate(investigation.results):
        yield from missing("result", result, carried.results, f"{pointer}/results/{number}")


def _disposition(placed: Placed[Disposition], carried: Carried) -> Iterator[Finding]:
    yield from missing("batch", placed.document.batch, carried.batches, f"{placed.pointer}/batch")
    for number, id in enumerate(placed.document.investigations):
        yield from missing("investigation", id, carried.investigations, f"{placed.pointer}/investigations/{number}")


def _evaluation(placed: Placed[EvaluationRecord], carried: Carried) -> Iterator[Finding]:
    """Look at the specifications of a record: those it names as input, and its policies among those."""
    record, pointer = placed.document, placed.pointer
    inputs = set()
    for number, item in enumerate(record.inputs):
        if item.role == "specification" and item.version is not None:
            inputs.add((item.id, item.version))
            yield from missing_version((item.id, item.version), carried.specifications, f"{pointer}/inputs/{number}")
    for number, policy in enumerate(record.policies):
        key = (policy.specification, policy.version)
        yield from missing_version(key, inputs or None, f"{pointer}/policies/{number}")
