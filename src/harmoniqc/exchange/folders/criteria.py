"""The criteria of specifications as rows: one for each criterion that compares something, however deep it stands.

The rows repeat what the specifications say, for readers that speak SQL and not JSON. They decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from harmoniqc.standard import (
    Absence,
    AllOf,
    AnyCriterion,
    AnyOf,
    Category,
    Conditional,
    Identity,
    Limit,
    Member,
    Specification,
    Target,
    Test,
    content_hash,
)

CRITERIA_SCHEMA = pa.schema(
    [
        ("specification_id", pa.string()),
        ("specification_version", pa.string()),
        ("product_id", pa.string()),
        ("jurisdiction", pa.string()),
        ("purpose", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("test_id", pa.string()),
        ("cqa", pa.string()),
        ("component", pa.string()),
        ("material", pa.string()),
        ("stage", pa.string()),
        ("required", pa.bool_()),
        ("pointer", pa.string()),
        ("within", pa.string()),
        ("decisive", pa.bool_()),
        ("kind", pa.string()),
        ("role", pa.string()),
        ("basis", pa.string()),
        ("population", pa.string()),
        ("low", pa.string()),
        ("low_inclusive", pa.bool_()),
        ("high", pa.string()),
        ("high_inclusive", pa.bool_()),
        ("target", pa.string()),
        ("unit", pa.string()),
        ("rounding", pa.string()),
        ("accepted", pa.string()),
        ("text", pa.string()),
        ("specification_sha256", pa.string()),
    ]
)
"""Columns of the table of criteria. Numbers are decimal text: 0.10 is not 0.1."""


def criteria_table(specifications: Iterable[Specification]) -> pa.Table:
    """Return the criteria of specifications, in their order."""
    rows = [row for item in specifications for row in _of_specification(item)]
    return pa.Table.from_pylist(rows, schema=CRITERIA_SCHEMA)


def _of_specification(specification: Specification) -> Iterator[dict[str, Any]]:
    shared = {
        "specification_id": specification.id,
        "specification_version": specification.version,
        "product_id": specification.product,
        "jurisdiction": specification.jurisdiction,
        "purpose": specification.purpose,
        "valid_from": specification.valid_from,
        "valid_to": specification.valid_to,
        "specification_sha256": content_hash(specification),
    }
    for number, test in enumerate(specification.tests):
        of_test = {
            "test_id": test.id,
            "cqa": test.cqa,
            "component": test.component,
            "material": test.material or specification.material,
            "stage": test.stage,
            "required": test.required,
            "decisive": True,
        }
        for row in _leaves(test.criterion, f"/tests/{number}/criterion", ()):
            leaf = {**shared, **of_test, **row}
            if leaf.get("rounding") is None and leaf["kind"] in ("limit", "target"):
                leaf["rounding"] = specification.rounding
            yield leaf
        yield from ({**shared, **of_test, **row} for row in _of_replicates(test, number))


def _of_replicates(test: Test, number: int) -> Iterator[dict[str, Any]]:
    reportable = test.reportable
    if reportable is not None and reportable.replicate_criterion is not None:
        pointer = f"/tests/{number}/reportable/replicate_criterion"
        yield from _leaves(reportable.replicate_criterion, pointer, ("each-replicate",))


def _leaves(criterion: AnyCriterion, pointer: str, within: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    if isinstance(criterion, (AllOf, AnyOf)):
        kind = criterion.kind if isinstance(criterion, AllOf) else f"{criterion.kind} {criterion.mode}"
        for number, member in enumerate(criterion.members):
            for row in _leaves(member.criterion, f"{pointer}/members/{number}/criterion", (*within, kind)):
                yield {**_of_member(member), **row}
    elif isinstance(criterion, Conditional):
        for number, branch in enumerate(criterion.branches):
            inside = (*within, f"if {branch.when}")
            yield from _leaves(branch.criterion, f"{pointer}/branches/{number}/criterion", inside)
        if criterion.otherwise is not None:
            yield from _leaves(criterion.otherwise, f"{pointer}/otherwise", (*within, "otherwise"))
    else:
        yield {
            "pointer": pointer,
            "within": " > ".join(within) or None,
            "kind": criterion.kind,
            "role": criterion.role,
            "basis": criterion.basis,
            "population": criterion.population,
            "text": criterion.text,
            **_of_kind(criterion),
        }


def _of_member(member: Member) -> dict[str, Any]:
    """Return what a member says instead of its test."""
    said = {"component": member.component, "cqa": member.cqa, "stage": member.stage}
    own: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    return {**own, "decisive": False} if member.informative else own


def _of_kind(criterion: AnyCriterion) -> dict[str, Any]:
    if isinstance(criterion, Limit):
        low, high = criterion.low, criterion.high
        return {
            "low": None if low is None else low.value,
            "low_inclusive": None if low is None else low.inclusive,
            "high": None if high is None else high.value,
            "high_inclusive": None if high is None else high.inclusive,
            "unit": criterion.unit,
            "rounding": criterion.rounding,
        }
    if isinstance(criterion, Target):
        return {"target": criterion.value or criterion.nominal, "unit": criterion.unit, "rounding": criterion.rounding}
    if isinstance(criterion, Category):
        return {"accepted": " | ".join(outcome.code for outcome in criterion.accept)}
    if isinstance(criterion, Absence):
        return {"accepted": "absent"}
    if isinstance(criterion, Identity):
        return {"accepted": criterion.reference}
    return {}
