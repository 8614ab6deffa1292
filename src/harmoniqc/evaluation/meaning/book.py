"""The batches of an evaluation: what is known of each, and which are parts of others."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from harmoniqc.errors import Finding, SelectionError
from harmoniqc.evaluation.meaning.facts import Facts, facts_of
from harmoniqc.standard import PART_RELATIONS, Batch, Product, RollUp, Specification, Test

T = TypeVar("T", Batch, Product)

UPSTREAM: frozenset[str] = frozenset({"starting-material", "raw-material", "cell-bank", "vector"})
"""Materials a drug product is made from; what is wrong with them is no failure of the product itself."""


def is_upstream(batch: Batch | None, specification: Specification) -> bool:
    """Tell whether a batch is what the product of a specification was made from, and not the product."""
    return batch is not None and batch.material in UPSTREAM and batch.material != specification.material


def decides(test: Test, specification: Specification) -> bool:
    """Tell whether a test decides the verdict of a batch.

    Limits of another role do not, nor tests of what the product was made from.
    """
    upstream = test.material in UPSTREAM and test.material != specification.material
    return test.criterion.role == "registered-acceptance" and not upstream


@dataclass(frozen=True)
class Book:
    """Batches and products.

    Attributes:
        batches: The batches as given, parts with the product and specification of their whole.
        products: The products by id.
        as_of: Facts of a later day are not known yet.
        parts: The parts of each batch that has any.
        wholes: The batches each part belongs to.
    """

    batches: Mapping[str, Batch] = field(default_factory=dict)
    products: Mapping[str, Product] = field(default_factory=dict)
    as_of: date | None = None
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wholes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def facts(self, batch: str | None, specification: Specification) -> Facts:
        """Return the facts of a batch: its own, those its whole states, and what its product says of every batch."""
        own = None if batch is None else self.batches.get(batch)
        product = self.products.get((own.product if own is not None else None) or specification.product)
        line, seen, ahead = [], set(), deque([] if own is None else [own.id])
        while ahead:
            name = ahead.popleft()
            if name not in seen:
                seen.add(name)
                ahead.extend(self.wholes.get(name, ()))
                if self.batches[name].facts or self.batches[name] is own:
                    line.append(self.batches[name])
        return facts_of(line, product, self.as_of)

    def forms_a_lot(self, batch: str, among: Container[str]) -> bool:
        """Tell whether a batch has a verdict of its own: it is a lot, or has no whole among the batches judged."""
        known = self.batches.get(batch)
        return known is None or known.lot_forming or not any(whole in among for whole in self.wholes.get(batch, ()))

    def roll_up(self, whole: str, test: Test) -> RollUp:
        """Return how the parts of a batch make up its verdict in a test."""
        if test.roll_up is not None:
            return test.roll_up
        stated = self.batches[whole].roll_up
        if stated is not None and (not stated.cqas or test.cqa in stated.cqas):
            return stated
        return RollUp()

    def parts_in(self, whole: str, test: Test) -> tuple[str, ...]:
        """Return the parts of a batch that a test is about: those of its material, where both name one."""
        return tuple(part for part in self.parts.get(whole, ()) if self.is_about(test, part))

    def summed(self, part: str, specification: Specification, among: Container[str]) -> frozenset[str]:
        """Return the tests in which the results of a batch are only ever added to those of others.

        A batch that also counts on its own, for another whole, keeps its own judgment.

        Args:
            part: The batch.
            specification: The specification.
            among: The batches judged by it: a whole that is not among them adds nothing.
        """
        wholes = [whole for whole in self.wholes.get(part, ()) if whole in among]
        out = []
        for test in specification.tests:
            kinds = {self.roll_up(whole, test).kind for whole in wholes if self.is_about(test, part)}
            if kinds == {"sum"}:
                out.append(test.id)
        return frozenset(out)

    def is_about(self, test: Test, part: str) -> bool:
        """Tell whether a test is about a part: it is of its material, where both name one."""
        return test.material is None or self.batches[part].material in (None, test.material)

    @cached_property
    def from_parts_up(self) -> tuple[str, ...]:
        """The batches that have parts, each after those of its parts that have parts themselves."""
        order = _from_wholes_down(self.wholes)
        return tuple(batch for batch in reversed(order) if batch in self.parts)

    @cached_property
    def from_wholes_down(self) -> tuple[str, ...]:
        """The batches that are parts, each after the wholes it belongs to."""
        return tuple(batch for batch in _from_wholes_down(self.wholes) if batch in self.wholes)


def open_book(batches: Iterable[Batch], products: Iterable[Product], as_of: date | None) -> Book:
    """Return what is known of batches.

    Raises:
        SelectionError: If a batch or product is given twice, or batches are parts of each other.
    """
    by_id = _unique(batches, "batch")
    parts: dict[str, list[str]] = {}
    wholes: dict[str, tuple[str, ...]] = {}
    for batch in by_id.values():
        mine = [parent.batch for parent in batch.parents if parent.relation in PART_RELATIONS and parent.batch in by_id]
        if mine:
            wholes[batch.id] = tuple(dict.fromkeys(mine))
            for whole in wholes[batch.id]:
                parts.setdefault(whole, []).append(batch.id)
    for part in _from_wholes_down(wholes):
        if part in wholes:
            by_id[part] = _with_missing(by_id[part], by_id[wholes[part][0]])
    listed = {whole: tuple(found) for whole, found in parts.items()}
    return Book(by_id, _unique(products, "product"), as_of, listed, wholes)


def _unique(items: Iterable[T], name: str) -> dict[str, T]:
    out: dict[str, T] = {}
    for item in items:
        if item.id in out:
            message = f"{name} {item.id!r} is given twice"
            raise SelectionError(message, (Finding("duplicate-id", message, found=item.id),))
        out[item.id] = item
    return out


def _from_wholes_down(wholes: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return wholes and parts, each part after the wholes it belongs to.

    Raises:
        SelectionError: If batches are parts of each other.
    """
    sorter = TopologicalSorter(wholes)
    try:
        return list(sorter.static_order())
    except CycleError as error:
        circle = set(error.args[1])
        start = next(batch for batch in wholes if batch in circle)
        message = f"batch {start!r} is a part of itself"
        raise SelectionError(message, (Finding("circular-batches", message, found=start),)) from None


def _with_missing(part: Batch, whole: Batch) -> Batch:
    update: dict[str, object] = {}
    if part.product is None and whole.product is not None:
        update["product"] = whole.product
    if not part.specifications and whole.specifications:
        update["specifications"] = whole.specifications
    for name in ("manufactured_on", "tested_on", "released_on"):
        if getattr(part, name) is None:
            update[name] = getattr(whole, name)
    return part.model_copy(update=update) if update else part
