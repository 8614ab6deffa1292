"""Holding a document against the requirements of conformance profiles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

import numpy as np

from harmoniqc.errors import Finding
from harmoniqc.schema.contents import Contents
from harmoniqc.schema.parts import Joined, Related, ResultParts, SinglePart
from harmoniqc.schema.profiles import Clause, Part, ProfileRule
from harmoniqc.standard import AllOf, AnyOf, Batch, Conditional, Criterion, Product, Test

COLLECTIONS: Mapping[str, Part] = MappingProxyType(
    {
        "specifications": "specification",
        "products": "product",
        "batches": "batch",
        "investigations": "investigation",
        "dispositions": "disposition",
        "evaluations": "evaluation",
        "changes": "change",
        "lifecycles": "lifecycle",
        "results": "result",
    }
)
"""The collections of a package, and what each holds."""


class Assessment:
    """A document that is held against requirements.

    Args:
        contents: What the document holds.
    """

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._packed = contents.kind == "package"

    @property
    def whole(self) -> bool:
        """Whether everything in the document has the right shape."""
        if self._packed:
            return self._contents.complete >= COLLECTIONS.keys()
        if self._contents.kind == "result":  # there may be many of them, or none in a part of a file
            return "results" in self._contents.complete
        return any(self._held[name] for name in COLLECTIONS)

    def lacking(self, rule: ProfileRule) -> Iterator[Finding]:
        """Yield the finding for a requirement that is not met."""
        if rule.needs is None:
            if self._parts[rule.part]:
                yield Finding("below-profile", f"{rule.message} ({rule.id})", pointer="", remedy=rule.remedy)
        elif rule.part != "result":
            yield from _in_parts(rule, rule.needs, self._parts[rule.part])
        elif self._results is not None:
            yield from _in_results(rule, rule.needs, self._results)

    @cached_property
    def _held(self) -> Mapping[str, tuple[object, ...]]:
        """What each collection holds; of results, and of what has not the right shape, only that it is there."""
        contents = self._contents
        held: dict[str, tuple[object, ...]] = {
            name: getattr(contents, name) for name in COLLECTIONS if name != "results"
        }
        rows = contents.results
        held["results"] = (True,) if rows is not None and rows.table.num_rows else ()
        if self._packed:
            held |= {name: (True,) for name in held if not held[name] and not self._sure(name)}
        return held

    @cached_property
    def _package(self) -> Related:
        return Related((self._held,) if self._packed else ())

    @cached_property
    def _parts(self) -> Mapping[Part, Sequence[SinglePart]]:
        contents = self._contents
        parts: dict[Part, list[SinglePart]] = {kind: [] for kind in (*COLLECTIONS.values(), "test", "criterion")}
        parts["package"] = [SinglePart("", self._held, {})] if self._packed else []
        products = _by_id(item.document for item in contents.products)
        for name, kind in COLLECTIONS.items():
            for item in () if name == "results" else getattr(contents, name):
                related = {"package": self._package}
                product = getattr(item.document, "product", None)
                if product is not None:
                    related["product"] = Related(products.get(product, ()), self._sure("products"))
                parts[kind].append(SinglePart(item.pointer, item.document, related))
        for whole in contents.specifications:
            related = {"specification": Related((whole.document,)), "package": self._package}
            for number, test in enumerate(whole.document.tests):
                pointer = f"{whole.pointer}/tests/{number}"
                parts["test"].append(SinglePart(pointer, test, related))
                own = related | {"test": Related((test,))}
                parts["criterion"] += [SinglePart(place, item, own) for place, item in _criteria(test, pointer)]
        return parts

    @cached_property
    def _results(self) -> ResultParts | None:
        contents = self._contents
        if contents.results is None or not contents.results.table.num_rows:
            return None
        tests = _by_id(test for item in contents.specifications for test in item.document.tests)
        batches = _by_id(item.document for item in contents.batches)
        joined = {
            "test": Joined("test_id", tests, self._sure("specifications")),
            "batch": Joined("batch_id", batches, self._sure("batches")),
        }
        return ResultParts(contents.results, joined, {"package": self._package})

    def _sure(self, collection: str) -> bool:
        """Tell whether it can be said that something is not in a collection."""
        return not self._packed or collection in self._contents.complete


def _criteria(test: Test, pointer: str) -> Iterator[tuple[str, Criterion]]:
    """Yield every criterion of a test with its place, those that make up another one included."""
    yield from _nested(test.criterion, f"{pointer}/criterion")
    if test.reportable is not None and test.reportable.replicate_criterion is not None:
        yield from _nested(test.reportable.replicate_criterion, f"{pointer}/reportable/replicate_criterion")


def _nested(criterion: Criterion, pointer: str) -> Iterator[tuple[str, Criterion]]:
    yield pointer, criterion
    if isinstance(criterion, (AllOf, AnyOf)):
        for number, member in enumerate(criterion.members):
            yield from _nested(member.criterion, f"{pointer}/members/{number}/criterion")
    elif isinstance(criterion, Conditional):
        for number, branch in enumerate(criterion.branches):
            yield from _nested(branch.criterion, f"{pointer}/branches/{number}/criterion")
        if criterion.otherwise is not None:
            yield from _nested(criterion.otherwise, f"{pointer}/otherwise")


def _by_id(items: Iterable[Test | Product | Batch]) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for item in items:
        found.setdefault(item.id, []).append(item)
    return found


def _in_parts(rule: ProfileRule, needs: Clause, parts: Sequence[SinglePart]) -> Iterator[Finding]:
    asked = [part for part in parts if all(part.holds(clause, doubt=False) for clause in rule.when)]
    failed = [part for part in asked if not part.holds(needs, doubt=True)]
    if failed and (rule.every or len(failed) == len(asked)):
        yield _finding(rule, failed[0].pointer, len(failed), failed[0].stands(needs))


def _in_results(rule: ProfileRule, needs: Clause, parts: ResultParts) -> Iterator[Finding]:
    asked = np.ones(len(parts), dtype=np.bool_)
    for clause in rule.when:
        asked &= parts.holds(clause, doubt=False)
    failed = np.flatnonzero(asked & ~parts.holds(needs, doubt=True))
    if len(failed) and (rule.every or len(failed) == np.count_nonzero(asked)):
        first = int(failed[0])
        row = int(parts.rows.positions[first])
        yield _finding(rule, parts.rows.pointer(first), len(failed), row=row)


def _finding(rule: ProfileRule, pointer: str, count: int, found: str | None = None, row: int | None = None) -> Finding:
    return Finding(
        "below-profile",
        f"{rule.message} ({rule.id})",
        pointer=pointer,
        row=row,
        expected=str(rule.needs),
        found=found,
        remedy=rule.remedy,
        count=count if rule.every else 1,
    )
