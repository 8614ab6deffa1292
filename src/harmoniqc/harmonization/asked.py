"""A test in its specification, and what it asks in each way that the facts of a batch can fall."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from harmoniqc.evaluation.meaning.book import decides
from harmoniqc.evaluation.meaning.facts import Facts, holds
from harmoniqc.evaluation.meaning.situations import criteria_in
from harmoniqc.evaluation.meaning.tree import Context, Node, resolve
from harmoniqc.harmonization.addresses import Address, address_of
from harmoniqc.standard import Criterion, Specification, Test
from harmoniqc.standard.condition import AnyCondition


@dataclass(frozen=True, slots=True)
class Cell:
    """One way for facts to fall.

    Attributes:
        facts: Facts of a batch in it.
        when: The condition that singles it out; None: it is the only one.
        declared: The method declared beforehand; None: none was.
        label: The cell in words; empty where it is the only one.
    """

    facts: Facts = field(default_factory=Facts)
    when: AnyCondition | None = None
    declared: str | None = None
    label: str = ""


EVERYWHERE = Cell()


@dataclass(frozen=True, eq=False)
class Asked:
    """A test in its specification; what follows from it is found once.

    Attributes:
        test: The test.
        specification: The specification.
        others: Other specifications at hand, where a release criterion may stand.
    """

    test: Test
    specification: Specification
    others: tuple[Specification, ...] = ()

    @cached_property
    def address(self) -> Address:
        """Everything by which a row of results finds the test."""
        return address_of(self.test, self.specification, self.others)

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """Every criterion the test is made of."""
        return tuple(criteria_in(self.test.criterion, self.context(EVERYWHERE)))

    @cached_property
    def decides(self) -> bool:
        """Whether the test decides the verdict of a batch."""
        return decides(self.test, self.specification)

    @cached_property
    def _nodes(self) -> dict[int, tuple[Cell, Node | None]]:
        return {}

    def context(self, cell: Cell) -> Context:
        """Return what the criterion may refer to in a cell."""
        return Context(
            cell.facts,
            self.specification.rounding,
            test=self.test,
            specification=self.specification,
            others=self.others,
            declared_method=cell.declared,
        )

    def node(self, cell: Cell) -> Node | None:
        """Return what the test asks in a cell, one and the same object each time; None where it does not apply."""
        if id(cell) not in self._nodes:
            self._nodes[id(cell)] = (cell, self._resolved(cell))
        return self._nodes[id(cell)][1]

    def _resolved(self, cell: Cell) -> Node | None:
        if self.test.applies_when is not None and holds(self.test.applies_when, cell.facts) is False:
            return None
        return resolve(self.test.criterion, self.context(cell))
