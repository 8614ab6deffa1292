"""Facts of a batch: which one counts, and whether a condition on facts holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from harmoniqc.errors import UnitError
from harmoniqc.standard import AnyConditions, Batch, Fact, FactCondition, NotCondition, Product
from harmoniqc.standard.condition import AnyCondition
from harmoniqc.standard.decimal_text import is_decimal_text, to_fraction
from harmoniqc.units import Unit, conversion, parse_unit
from harmoniqc.vocabulary import facts as terms
from harmoniqc.vocabulary import normalize_wording

PREFERENCE: tuple[str, ...] = ("actual", "labeled-maximum", "labeled-minimum", "nominal")
"""Bases of a fact, the one that counts first."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one batch.

    Attributes:
        stated: The facts, as stated.
        as_of: Facts of a later day are not known yet; None: all are.
    """

    stated: tuple[Fact, ...] = ()
    as_of: date | None = None

    def find(self, name: str, bases: Iterable[str] = PREFERENCE) -> Fact | None:
        """Return the fact that counts; None where none is known, or two contradict each other.

        Args:
            name: Name of the fact.
            bases: Acceptable bases, the preferred one first; of several with one basis the latest counts.
        """
        known = [fact for fact in self.stated if fact.name == name and self._is_known(fact)]
        for basis in bases:
            of_basis = [fact for fact in known if fact.basis == basis]
            if of_basis:
                dated = [fact.as_of for fact in of_basis if fact.as_of is not None]
                latest = [fact for fact in of_basis if not dated or fact.as_of == max(dated)]
                return latest[0] if len(latest) == 1 or len({_said(fact) for fact in latest}) == 1 else None
        return None

    def is_stated(self, name: str, bases: Iterable[str] = PREFERENCE) -> bool:
        """Tell whether a fact of an acceptable basis is stated and known by now, usable or not."""
        accepted = tuple(bases)
        return any(fact.name == name and fact.basis in accepted and self._is_known(fact) for fact in self.stated)

    def known(self) -> tuple[Fact, ...]:
        """Return the facts that are known by now."""
        return tuple(fact for fact in self.stated if self._is_known(fact))

    def lack(self, name: str) -> str:
        """Return in words what is lacking about a fact that would be needed."""
        stated = [fact for fact in self.stated if fact.name == name]
        if not stated:
            return name
        shown = ", ".join(" ".join(filter(None, (fact.value, fact.unit, f"({fact.basis})"))) for fact in stated)
        return f"{name} that can be used (stated: {shown})"

    def word(self, name: str) -> str | None:
        """Return the wording of a fact, folded; None where it is not known."""
        fact = self.find(name)
        return None if fact is None else normalize_wording(fact.value)

    def _is_known(self, fact: Fact) -> bool:
        return self.as_of is None or fact.as_of is None or fact.as_of.date() <= self.as_of


def _said(fact: Fact) -> object:
    """Return what a fact says, the same for 70 kg and 70000 g."""
    amount = amount_of(fact)
    if amount is None:
        return normalize_wording(fact.value)
    number, unit = amount
    return number * unit.scale + unit.offset, unit.dimension


def facts_of(batches: Iterable[Batch], product: Product | None, as_of: date | None) -> Facts:
    """Return what is known of a batch: its own facts, those of its whole where it states none, its product's last.

    Args:
        batches: The batch, and behind it the batches it is part of.
        product: Its product.
        as_of: Facts of a later day are not known yet; None: all are.
    """
    stated: list[Fact] = []
    for batch in batches:
        named = {fact.name for fact in stated}
        stated += [fact for fact in Facts(batch.facts, as_of).known() if fact.name not in named]
    relation = None if product is None else product.donor_relation
    if product is not None and relation is not None and not any(fact.name == "donor-relation" for fact in stated):
        stated.append(Fact(name="donor-relation", value=relation, source=f"product {product.id}"))
    return Facts(tuple(stated), as_of)


def facts_given(given: Mapping[str, Any] | Iterable[Fact] | None) -> Facts:
    """Return facts given by name, each a :class:`Fact` or its fields.

    Raises:
        TypeError: If something given is no fact.
    """
    items = given.items() if isinstance(given, Mapping) else [(None, fact) for fact in given or ()]
    stated = []
    for name, item in items:
        if isinstance(item, Mapping):
            try:
                item = Fact.model_validate({"name": name, **item})
            except ValidationError as error:
                raise TypeError(f"fact {name!r}: {error.errors(include_url=False)[0]['msg']}") from None
        if not isinstance(item, Fact):
            raise TypeError(f"a fact is a Fact or its fields, not {type(item).__name__}")
        stated.append(item if name is None or item.name == name else item.model_copy(update={"name": name}))
    return Facts(tuple(stated))


def amount_of(fact: Fact) -> tuple[Fraction, Unit] | None:
    """Return the number and unit of a numeric fact; None where it has none.

    The name of a fact may say what its unit leaves open: the ``kg`` of a body weight is body mass.
    """
    return _amount(fact.name, fact.value, fact.unit)


@lru_cache(maxsize=65536)
def _amount(name: str, value: str, unit_text: str | None) -> tuple[Fraction, Unit] | None:
    if not is_decimal_text(value):
        return None
    try:
        unit = parse_unit(unit_text or "1")
    except UnitError:
        return None
    term = terms.get(name)
    if term is not None and term.unit == "kg-body" and unit.dimension == (("g", 1),):
        body = parse_unit("kg-body")
        return to_fraction(value) * unit.scale / parse_unit("kg-material").scale, body
    return to_fraction(value), unit


def holds(condition: AnyCondition, facts: Facts) -> bool | None:
    """Tell whether a condition holds; None where a fact it depends on is not known."""
    if isinstance(condition, NotCondition):
        inner = holds(condition.of, facts)
        return None if inner is None else not inner
    if isinstance(condition, FactCondition):
        return _fact_holds(condition, facts)
    parts = [holds(part, facts) for part in condition.of]
    decisive = isinstance(condition, AnyConditions)
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _fact_holds(condition: FactCondition, facts: Facts) -> bool | None:
    fact = facts.find(condition.fact)
    if fact is None:
        return None
    if condition.equals:
        return normalize_wording(fact.value) in {normalize_wording(word) for word in condition.equals}
    number = number_in(fact, condition.unit)
    if number is None:
        return None
    low, high = condition.low, condition.high
    if low is not None:
        limit = to_fraction(low.value)
        if number < limit or (number == limit and not low.inclusive):
            return False
    if high is not None:
        limit = to_fraction(high.value)
        if number > limit or (number == limit and not high.inclusive):
            return False
    return True


def number_in(fact: Fact, unit: str | None) -> Fraction | None:
    """Return the number of a fact in a unit; None where it has none or the unit measures something else."""
    amount, wanted = amount_of(fact), _amount(fact.name, "1", unit)
    if amount is None or wanted is None:
        return None
    number, own = amount
    factor, target = wanted
    try:
        step = conversion(own, target)
    except UnitError:
        return None
    # An affine unit keeps its factor of one; a mass read as body mass brings its own.
    return (number * step.factor + step.offset) / factor


def lacking_in(condition: AnyCondition, facts: Facts) -> tuple[str, ...]:
    """Return what is lacking for a condition to be true or false, in words, each fact once."""
    if isinstance(condition, FactCondition):
        return (facts.lack(condition.fact),) if _fact_holds(condition, facts) is None else ()
    parts = (condition.of,) if isinstance(condition, NotCondition) else condition.of
    return tuple(dict.fromkeys(item for part in parts for item in lacking_in(part, facts)))
