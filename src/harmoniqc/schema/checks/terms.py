"""Terms of a document that the vocabulary should know: attributes, stages, materials, facts, methods, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from harmoniqc.errors import Finding, VocabularyError
from harmoniqc.schema.checks.conditions import facts_in
from harmoniqc.schema.checks.places import conditions_in, every_criterion, tests_of
from harmoniqc.schema.contents import Contents
from harmoniqc.standard import AllOf, AnyOf, Batch, Identity, Product, Specification, Target
from harmoniqc.vocabulary import (
    Term,
    Terms,
    cqas,
    decision_points,
    facts,
    materials,
    methods,
    modalities,
    process_parameters,
    stages,
)

T = TypeVar("T", bound=Term)


def terms_of_documents(contents: Contents) -> Iterator[Finding]:
    """Yield terms that the vocabulary does not know: errors for attributes, warnings for everything else."""
    for specification in contents.specifications:
        yield from _specification(specification.pointer, specification.document)
        for pointer, test in tests_of(specification):
            yield from term_findings("unknown-attribute", cqas, test.cqa, f"{pointer}/cqa")
            yield from term_findings("unknown-stage", stages, test.stage, f"{pointer}/stage")
            yield from term_findings("unknown-material", materials, test.material, f"{pointer}/material")
            if test.method is not None:
                where = f"{pointer}/method/method_class"
                yield from term_findings("unlisted-term", methods, test.method.method_class, where)
            for number, point in enumerate(test.decision_points):
                yield from _decision_point(point, f"{pointer}/decision_points/{number}")
            roll_up = () if test.roll_up is None else test.roll_up.cqas
            yield from attribute_findings(roll_up, f"{pointer}/roll_up/cqas")
    yield from _in_criteria(contents)
    for batch in contents.batches:
        yield from _batch(batch.pointer, batch.document)
    for product in contents.products:
        yield from _product(product.pointer, product.document)
    for disposition in contents.dispositions:
        yield from _decision_point(disposition.document.decision_point, f"{disposition.pointer}/decision_point")


def term_findings(code: str, terms: Terms[T], id: str | None, pointer: str) -> Iterator[Finding]:
    """Yield a finding for an id that is not among the terms, with those that are near.

    Args:
        code: Code of the finding.
        terms: The terms.
        id: The id; None: nothing is found.
        pointer: JSON Pointer of it.
    """
    if id is None or id in terms:
        return
    try:
        terms[id]
    except VocabularyError as error:
        near = error.findings[0].remedy if "did you mean" in (error.findings[0].remedy or "") else None
        yield Finding(code, error.message, pointer=pointer, found=id, remedy=near)


def _specification(pointer: str, specification: Specification) -> Iterator[Finding]:
    yield from term_findings("unknown-material", materials, specification.material, f"{pointer}/material")
    for number, item in enumerate(specification.justified_absences):
        where = f"{pointer}/justified_absences/{number}/cqa"
        yield from term_findings("unknown-attribute", cqas, item.cqa, where)


def _in_criteria(contents: Contents) -> Iterator[Finding]:
    for place in every_criterion(contents):
        criterion = place.criterion
        if isinstance(criterion, (AllOf, AnyOf)):
            for number, member in enumerate(criterion.members):
                where = f"{place.pointer}/members/{number}/cqa"
                yield from term_findings("unknown-attribute", cqas, member.cqa, where)
        elif isinstance(criterion, Target):
            yield from _fact(criterion.nominal, f"{place.pointer}/nominal")
        elif isinstance(criterion, Identity):
            yield from _fact(criterion.reference_fact, f"{place.pointer}/reference_fact")
    for pointer, condition in conditions_in(contents):
        for where, item in facts_in(condition, pointer):
            yield from _fact(item.fact, f"{where}/fact")


def _batch(pointer: str, batch: Batch) -> Iterator[Finding]:
    yield from term_findings("unknown-material", materials, batch.material, f"{pointer}/material")
    for number, fact in enumerate(batch.facts):
        yield from _fact(fact.name, f"{pointer}/facts/{number}/name")
    yield from attribute_findings(() if batch.roll_up is None else batch.roll_up.cqas, f"{pointer}/roll_up/cqas")


def _product(pointer: str, product: Product) -> Iterator[Finding]:
    yield from term_findings("unlisted-term", modalities, product.modality, f"{pointer}/modality")
    if product.vector is not None:
        yield from term_findings("unknown-material", materials, product.vector.role, f"{pointer}/vector/role")
    for number, rule in enumerate(product.dose_rules):
        yield from term_findings("unknown-attribute", cqas, rule.cqa, f"{pointer}/dose_rules/{number}/cqa")
    for number, strength in enumerate(product.strengths):
        yield from term_findings("unknown-attribute", cqas, strength.cqa, f"{pointer}/strengths/{number}/cqa")


def attribute_findings(ids: Iterable[str], pointer: str) -> Iterator[Finding]:
    """Yield a finding for each id in a list that is no attribute."""
    for number, id in enumerate(ids):
        yield from term_findings("unknown-attribute", cqas, id, f"{pointer}/{number}")


def _fact(name: str | None, pointer: str) -> Iterator[Finding]:
    """A fact may also be a parameter of the process."""
    if name is not None and name not in process_parameters:
        yield from term_findings("unlisted-term", facts, name, pointer)


def _decision_point(point: str | None, pointer: str) -> Iterator[Finding]:
    """What is decided at a stage may also be named after the stage."""
    if point is not None and point not in stages:
        yield from term_findings("unlisted-term", decision_points, point, pointer)
