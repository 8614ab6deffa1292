"""Change records and lifecycle management documents: identifiers, references, terms, dates."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from harmoniqc.errors import Finding
from harmoniqc.schema.checks.dates import in_order
from harmoniqc.schema.checks.identifiers import given_twice
from harmoniqc.schema.checks.references import Carried, carried_in, missing, missing_version
from harmoniqc.schema.checks.terms import attribute_findings, term_findings
from harmoniqc.schema.contents import Contents, Placed
from harmoniqc.standard import ChangeRecord, LifecycleManagement, SpecificationReference, Submission
from harmoniqc.vocabulary import cqas, process_parameters


def lifecycle_documents(contents: Contents) -> Iterator[Finding]:
    """Yield what is wrong with change records and lifecycle management documents beyond their shape."""
    carried = carried_in(contents)
    yield from given_twice("change", [(item.pointer, item.document.id) for item in contents.changes])
    versions = [(item.pointer, (item.document.id, item.document.version)) for item in contents.lifecycles]
    yield from given_twice("lifecycle management document", versions, "/version")
    for change in contents.changes:
        yield from _change(change, contents, carried)
    for lifecycle in contents.lifecycles:
        yield from _lifecycle(lifecycle, contents, carried)


def _change(placed: Placed[ChangeRecord], contents: Contents, carried: Carried) -> Iterator[Finding]:
    change, pointer = placed.document, placed.pointer
    yield from missing("product", change.product, carried.products, f"{pointer}/product")
    places = [(f"{pointer}/specifications/{number}", item) for number, item in enumerate(change.specifications)]
    changed = [(where, (item.id, item.from_version or "")) for where, item in places]
    yield from given_twice("change of specification", changed)
    for where, item in places:
        if item.from_version == item.to_version:
            message = f"specification {item.id} is changed from version {item.from_version} to the same version"
            yield Finding("no-version-change", message, pointer=where, found=item.from_version)
        elif item.to_version is not None:
            yield from _version(
                SpecificationReference(id=item.id, version=item.to_version), carried, f"{where}/to_version"
            )
    known = [item.document for item in contents.lifecycles if item.document.product == change.product]
    sure = contents.kind == "package" and "lifecycles" in contents.complete and bool(known)
    protocols = {item.id for document in known for item in document.protocols} if sure else None
    yield from missing("change management protocol", change.protocol, protocols, f"{pointer}/protocol")
    conditions = {item.id for document in known for item in document.established_conditions} if sure else None
    for number, id in enumerate(change.established_conditions):
        where = f"{pointer}/established_conditions/{number}"
        yield from missing("established condition", id, conditions, where)
    if change.risk is not None:
        yield from attribute_findings(change.risk.cqas, f"{pointer}/risk/cqas")
    yield from _submissions(change.reporting, f"{pointer}/reporting")


def _lifecycle(placed: Placed[LifecycleManagement], contents: Contents, carried: Carried) -> Iterator[Finding]:
    document, pointer = placed.document, placed.pointer
    yield from missing("product", document.product, carried.products, f"{pointer}/product")
    yield from in_order(pointer, ("valid_from", document.valid_from), ("valid_to", document.valid_to))
    for name, what in (
        ("established_conditions", "established condition"),
        ("protocols", "change management protocol"),
        ("commitments", "commitment"),
    ):
        items = [(f"{pointer}/{name}/{number}", item.id) for number, item in enumerate(getattr(document, name))]
        yield from given_twice(what, items)
    for number, condition in enumerate(document.established_conditions):
        where = f"{pointer}/established_conditions/{number}"
        yield from attribute_findings(condition.cqas, f"{where}/cqas")
        parameter = condition.process_parameter
        yield from term_findings("unlisted-term", process_parameters, parameter, f"{where}/process_parameter")
        if condition.specification is not None:
            yield from _version(condition.specification, carried, f"{where}/specification")
            tests = _tests_of(condition.specification, contents)
            yield from missing("test", condition.test, tests, f"{where}/test")
    for number, protocol in enumerate(document.protocols):
        where = f"{pointer}/protocols/{number}"
        if protocol.specification is not None:
            yield from _version(protocol.specification, carried, f"{where}/specification")
        if protocol.risk is not None:
            yield from attribute_findings(protocol.risk.cqas, f"{where}/risk/cqas")
        for place, item in enumerate(protocol.acceptance):
            yield from term_findings("unknown-attribute", cqas, item.cqa, f"{where}/acceptance/{place}/cqa")
        yield from _submissions(protocol.reporting, f"{where}/reporting")


def _version(named: SpecificationReference, carried: Carried, pointer: str) -> Iterator[Finding]:
    """Yield a finding for a version that is missing among the versions of the same specification.

    A package need not carry every specification of which something is said.
    """
    known = carried.specifications
    if known is not None and any(id == named.id for id, _ in known):
        yield from missing_version((named.id, named.version), known, pointer)


def _tests_of(named: SpecificationReference, contents: Contents) -> Collection[str] | None:
    for item in contents.specifications:
        if (item.document.id, item.document.version) == (named.id, named.version):
            return {test.id for test in item.document.tests}
    return None


def _submissions(items: Sequence[Submission], pointer: str) -> Iterator[Finding]:
    # A change that is only notified may count before the authority has decided.
    for number, item in enumerate(items):
        submitted = ("submitted_on", item.submitted_on)
        yield from in_order(f"{pointer}/{number}", submitted, ("decided_on", item.decided_on))
