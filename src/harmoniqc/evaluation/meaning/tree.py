"""What a criterion asks of a batch once its facts are known: a tree without conditions, targets or references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from harmoniqc.evaluation.meaning.facts import Facts, holds, lacking_in, number_in
from harmoniqc.standard import (
    AllOf,
    AnyOf,
    AsForRelease,
    Bound,
    Conditional,
    Criterion,
    Identity,
    Limit,
    Member,
    NotStated,
    RoundingPolicy,
    Specification,
    Target,
    Test,
    Unstructured,
)
from harmoniqc.standard.decimal_text import from_fraction, is_decimal_text, last_place, to_fraction
from harmoniqc.vocabulary import normalize_wording

Mode = Literal["every", "either", "staged"]

_DEEPEST = 16
"""How deep criteria may nest, references to other tests included."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Which result a criterion reads; None: as the test itself does."""

    component: str | None = None
    cqa: str | None = None
    method: str | None = None
    stage: str | None = None

    def narrowed(self, other: Selector) -> Selector:
        """Return the selector of a member inside a criterion with this one."""
        return Selector(
            other.component or self.component,
            other.cqa or self.cqa,
            other.method or self.method,
            other.stage or self.stage,
        )


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing can be compared.

    Attributes:
        reason: Why, as a reason word.
        detail: What would help, such as the facts that are needed.
    """

    reason: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A criterion on one result.

    Attributes:
        criterion: A limit, category, absence, identity, report or trend.
        policy: Rounding policy in force for it.
        nominal: Words of the fact an identity is compared with; None: none was asked for.
    """

    criterion: Criterion
    policy: RoundingPolicy = "none"
    nominal: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A member of a group.

    Attributes:
        node: What it asks.
        selector: Which result it reads.
        informative: Whether it decides nothing.
        label: Its component, for messages.
        unchosen: Whether it decides nothing only because another method was declared.
    """

    node: Node
    selector: Selector = field(default_factory=Selector)
    informative: bool = False
    label: str = ""
    unchosen: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Several criteria joined: every one, either of them, or in stages."""

    mode: Mode
    items: tuple[Item, ...]


Node = Unknown | Leaf | Group


@dataclass(frozen=True, slots=True)
class Context:
    """What a criterion may refer to beside itself.

    Attributes:
        facts: Facts of the batch.
        rounding: Rounding policy of criteria that state none of their own.
        forced: Rounding policy that goes before their own; None: there is none.
        test: The test the criterion belongs to, and
        specification: its specification; None where the criterion stands alone.
        others: Other specifications at hand, where a release criterion may stand.
        declared_method: The method declared beforehand for the test; None: none was.
        followed: Tests whose criteria were followed on the way here.
    """

    facts: Facts
    rounding: RoundingPolicy = "none"
    forced: RoundingPolicy | None = None
    test: Test | None = None
    specification: Specification | None = None
    others: tuple[Specification, ...] = ()
    declared_method: str | None = None
    followed: frozenset[tuple[str, str, str]] = frozenset()

    def policy(self, own: RoundingPolicy | None = None) -> RoundingPolicy:
        """Return the policy for a criterion with its own, or with none."""
        return self.forced or own or self.rounding


def resolve(criterion: Criterion, context: Context, depth: int = 0) -> Node:
    """Return what a criterion asks for, with everything decided that facts decide."""
    if depth > _DEEPEST:
        return Unknown("unsupported-kind", "criteria are nested too deeply")
    if isinstance(criterion, Conditional):
        return _chosen(criterion, context, depth)
    if isinstance(criterion, (AllOf, AnyOf)):
        return _grouped(criterion, context, depth)
    if isinstance(criterion, Target):
        return _target(criterion, context)
    if isinstance(criterion, AsForRelease):
        release = release_test(criterion, context)
        if release is None:
            return Unknown("unresolved-reference", "one release test of this attribute")
        test, specification = release
        key = (specification.id, specification.version, test.id)
        if key in context.followed:
            return Unknown("unresolved-reference", "a release test that does not refer to itself")
        followed = replace(context, rounding=specification.rounding, followed=context.followed | {key})
        return resolve(test.criterion, followed, depth + 1)
    if isinstance(criterion, Unstructured):
        return Unknown("unstructured-criterion")
    if isinstance(criterion, NotStated):
        return Unknown("no-stated-criterion")
    if isinstance(criterion, Limit):
        return Leaf(criterion, context.policy(criterion.rounding))
    if not isinstance(criterion, Identity) or criterion.reference_fact is None:
        return Leaf(criterion)
    words = context.facts.word(criterion.reference_fact)
    if words is None:
        return Unknown("needs-fact", context.facts.lack(criterion.reference_fact))
    return Leaf(criterion, nominal=words)


def _chosen(criterion: Conditional, context: Context, depth: int) -> Node:
    outcomes = [holds(branch.when, context.facts) for branch in criterion.branches]
    if outcomes.count(True) > 1:
        return Unknown("overlapping-branches")
    if None in outcomes:
        lacking = [item for branch in criterion.branches for item in lacking_in(branch.when, context.facts)]
        return Unknown("needs-fact", ", ".join(dict.fromkeys(lacking)))
    if True in outcomes:
        return resolve(criterion.branches[outcomes.index(True)].criterion, context, depth + 1)
    if criterion.otherwise is None:
        return Unknown("no-branch")
    return resolve(criterion.otherwise, context, depth + 1)


def _grouped(criterion: AllOf | AnyOf, context: Context, depth: int) -> Node:
    items = [_item(member, context, depth) for member in criterion.members]
    if isinstance(criterion, AllOf):
        return _group("every", items)
    if criterion.mode == "staged":
        return _group("staged", items)
    if criterion.mode == "either":
        return _group("either", items)
    if context.declared_method is None:
        return Unknown("no-declared-method")
    wanted = normalize_wording(context.declared_method)
    chosen = [item.selector.method is not None and normalize_wording(item.selector.method) == wanted for item in items]
    if sum(chosen) != 1:
        return Unknown("no-declared-method", "a method that a member of the criterion names")
    return Group(
        "every",
        tuple(
            Item(item.node, item.selector, item.informative or not is_chosen, item.label, unchosen=not is_chosen)
            for item, is_chosen in zip(items, chosen, strict=True)
        ),
    )


def _group(mode: Mode, items: list[Item]) -> Node:
    """Join items; one that reads the same result as the whole stands for itself."""
    if len(items) == 1 and not items[0].informative and items[0].selector == Selector():
        return items[0].node
    return Group(mode, tuple(items))


def _item(member: Member, context: Context, depth: int) -> Item:
    selector = Selector(member.component, member.cqa, member.method, member.stage)
    label = member.component or member.criterion.text or str(member.criterion)
    return Item(resolve(member.criterion, context, depth + 1), selector, member.informative, label)


def _target(target: Target, context: Context) -> Node:
    tolerance = target.tolerance
    if tolerance is None:
        return Unknown("no-tolerance")
    if target.nominal is not None:
        fact = context.facts.find(target.nominal)
        nominal = None if fact is None else number_in(fact, target.unit)
        if nominal is None:
            return Unknown("needs-fact", context.facts.lack(target.nominal))
    else:
        nominal = to_fraction(target.value or "")
    minus, plus = to_fraction(tolerance.minus), to_fraction(tolerance.plus)
    if tolerance.relative:
        minus, plus = abs(nominal) * minus / 100, abs(nominal) * plus / 100
    computed = tolerance.relative or target.value is None
    places = 0
    if not computed:
        places = min(last_place(target.value or "0"), last_place(tolerance.minus), last_place(tolerance.plus))
    low, high = _written(nominal - minus, places), _written(nominal + plus, places)
    if low is None or high is None:
        return Unknown("unsupported-kind", "a tolerance whose ends have decimals that end")
    limit = Limit(
        low=Bound(value=low, inclusive=tolerance.inclusive),
        high=Bound(value=high, inclusive=tolerance.inclusive),
        unit=target.unit,
        basis="formula" if computed else target.basis,
        role=target.role,
        population=target.population,
        text=target.text or str(target),
    )
    return Leaf(limit, context.policy(target.rounding))


def _written(number: Fraction, places: int) -> str | None:
    """Return a computed bound as decimal text, written to the last place its parts were written to.

    Args:
        number: The bound.
        places: Power of ten of that place.
    """
    if places > 0 and number % Fraction(10) ** places == 0:
        text = f"{number / Fraction(10) ** places}E{places}"
        return text if is_decimal_text(text) else None
    text = from_fraction(number) or ""
    whole, _, decimals = text.partition(".")
    if places < 0:
        decimals = decimals.ljust(-places, "0")
    written = f"{whole}.{decimals}" if decimals else whole
    if is_decimal_text(written):
        return written
    digits = whole.rstrip("0")
    short = f"{digits}E{len(whole) - len(digits)}"
    return short if not decimals and is_decimal_text(short) else None


def release_test(criterion: AsForRelease, context: Context) -> tuple[Test, Specification] | None:
    """Return the release test a criterion refers to, with its specification; None where there is none, or several.

    It stands in the same specification, or else in the release specification of the product and jurisdiction.
    """
    found = release_tests(criterion, context)
    return found[0] if len(found) == 1 else None


def release_tests(criterion: AsForRelease, context: Context) -> list[tuple[Test, Specification]]:
    """Return every test that a criterion may refer to; see :func:`release_test`."""
    own, test = context.specification, context.test
    if own is None or test is None:
        return []
    others = [
        item
        for item in context.others
        if item is not own
        and (item.product, item.jurisdiction, item.purpose) == (own.product, own.jurisdiction, "release")
    ]
    found: list[tuple[Test, Specification]] = []
    for specifications in ([own], others):
        found = found or [
            (other, specification)
            for specification in specifications
            for other in specification.tests
            if _is_meant(other, criterion, test)
        ]
    return found


def _is_meant(test: Test, criterion: AsForRelease, own: Test) -> bool:
    if isinstance(test.criterion, AsForRelease):
        return False
    if criterion.test is not None:
        return test.id == criterion.test
    return test.cqa == own.cqa and test.component == own.component and "release" in test.decision_points


def leaves_of(node: Node) -> Sequence[Leaf]:
    """Return the leaves of a tree in order, informative ones included."""
    if isinstance(node, Group):
        return [leaf for item in node.items for leaf in leaves_of(item.node)]
    return [node] if isinstance(node, Leaf) else []
