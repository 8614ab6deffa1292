"""Hypothesis strategies for criteria that nest, for the facts they depend on, and for batches."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from harmoniqc.standard import (
    Absence,
    AllConditions,
    AllOf,
    AnyConditions,
    AnyCriterion,
    AnyOf,
    Batch,
    Bound,
    Branch,
    Category,
    CodedOutcome,
    Conditional,
    DeclaredMethod,
    Fact,
    FactCondition,
    Limit,
    Member,
    NotCondition,
    ReportOnly,
    Specification,
    Target,
    Tolerance,
)
from harmoniqc.standard.condition import AnyCondition
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.testing.strategies import rounding_policies

UNITS = ("%", "EU/mL", "EU/L", "Cel", "pH", None)
COMPONENTS = ("CD3", "CD45", "CD73")
METHODS = ("flow cytometry", "qPCR")
ROUTES = ("intravenous", "intrathecal", "subcutaneous")
POSITIONS = ("first", "subsequent")
_DECLARED_AT = "2024-01-01T00:00:00Z"


def small_numbers() -> st.SearchStrategy[str]:
    """Decimal text from 0 to 30 with up to two decimals: close enough together for limits to meet."""
    return st.builds(
        lambda whole, fraction: f"{whole}.{fraction}" if fraction else str(whole),
        st.integers(0, 30),
        st.sampled_from(("", "", "0", "5", "4", "45", "50", "99")),
    )


@st.composite
def facts(draw: st.DrawFn) -> tuple[Fact, ...]:
    """Facts of a batch, each stated once or not at all: words, a count, a weight, a labeled amount."""
    known = {
        "body-weight": (st.sampled_from(("2.5", "3.05", "10", "70.0", "100")), "kg"),
        "infusion-number": (st.sampled_from(("1", "2", "3")), None),
        "labeled-amount": (small_numbers(), "%"),
        "route": (st.sampled_from(ROUTES), None),
        "lot-position": (st.sampled_from(POSITIONS), None),
    }
    names = draw(st.lists(st.sampled_from(sorted(known)), unique=True))
    bases = st.sampled_from(("actual", "actual", "nominal", "labeled-maximum"))
    return tuple(Fact(name=name, value=draw(known[name][0]), unit=known[name][1], basis=draw(bases)) for name in names)


def conditions() -> st.SearchStrategy[AnyCondition]:
    """Conditions on the facts of :func:`facts`."""
    weight = st.sampled_from(("2.5", "3.0", "3.05", "10", "50"))
    bounds = st.builds(Bound, value=weight, inclusive=st.booleans())
    single: st.SearchStrategy[AnyCondition] = st.one_of(
        st.builds(FactCondition, fact=st.just("body-weight"), low=bounds, unit=st.just("kg")),
        st.builds(FactCondition, fact=st.just("body-weight"), high=bounds, unit=st.just("kg")),
        st.builds(FactCondition, fact=st.just("infusion-number"), high=st.just(Bound(value="1"))),
        st.builds(FactCondition, fact=st.just("route"), equals=_some(ROUTES)),
        st.builds(FactCondition, fact=st.just("lot-position"), equals=_some(POSITIONS)),
    )
    return st.recursive(
        single,
        lambda inner: st.one_of(
            st.builds(NotCondition, of=inner),
            st.builds(AllConditions, of=st.lists(inner, min_size=1, max_size=2).map(tuple)),
            st.builds(AnyConditions, of=st.lists(inner, min_size=1, max_size=2).map(tuple)),
        ),
        max_leaves=3,
    )


@st.composite
def targets(draw: st.DrawFn, units: Sequence[str | None] = UNITS) -> Target:
    """A target with an absolute or relative tolerance, rarely without one; its value may be a fact."""
    tolerance = st.builds(
        Tolerance, minus=small_numbers(), plus=small_numbers(), relative=st.booleans(), inclusive=st.booleans()
    )
    by_fact = "%" in units and draw(st.integers(0, 3)) == 0
    return Target(
        value=None if by_fact else draw(small_numbers()),
        nominal="labeled-amount" if by_fact else None,
        unit="%" if by_fact else draw(st.sampled_from(units)),
        tolerance=None if draw(st.integers(0, 5)) == 0 else draw(tolerance),
        rounding=draw(st.one_of(st.none(), rounding_policies())),
    )


@st.composite
def nested_criteria(
    draw: st.DrawFn,
    units: Sequence[str | None] = UNITS,
    components: Sequence[str] = COMPONENTS,
    declared_methods: bool = True,
    max_depth: int = 3,
) -> AnyCriterion:
    """A criterion of several demands on one result or several: every kind of join, conditions, informative members.

    Members that read the same result stand beside each other, and those that are regions on the number line come
    first among them. The branches of a condition read the result of the place where it stands.

    Args:
        draw: Given by hypothesis.
        units: Units of limits and targets.
        components: Labels of results that members may read.
        declared_methods: Whether the whole may depend on a method declared beforehand.
        max_depth: How deep composites nest.
    """
    if declared_methods and draw(st.integers(0, 7)) == 0:
        parts = [draw(_one_result(units, 1)) for _ in METHODS]
        members = tuple(Member(criterion=part, method=name) for part, name in zip(parts, METHODS, strict=True))
        return AnyOf(mode="declared-method", members=members)
    return draw(_composite(units, components, max_depth))


@st.composite
def batches(draw: st.DrawFn, specification: Specification | None = None, id: str = "B1") -> Batch:
    """A batch with facts; for tests that depend on a declared method it may have declared one.

    Args:
        draw: Given by hypothesis.
        specification: Specification whose product and tests the batch is meant for.
        id: Its identifier.
    """
    declared = []
    for test in () if specification is None else specification.tests:
        criterion = test.criterion
        if isinstance(criterion, AnyOf) and criterion.mode == "declared-method":
            method = draw(st.sampled_from((None, *(member.method for member in criterion.members))))
            if method is not None:
                declared.append(DeclaredMethod(test=test.id, method=method, declared_at=_DECLARED_AT))
    return Batch(
        id=id,
        product=None if specification is None else specification.product,
        facts=draw(facts()),
        declared_methods=tuple(declared),
    )


def _some(words: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), min_size=1, max_size=2, unique=True).map(tuple)


@st.composite
def _limits(draw: st.DrawFn, units: Sequence[str | None]) -> Limit:
    bound = st.builds(Bound, value=small_numbers(), inclusive=st.booleans())
    ends = sorted((draw(bound), draw(bound)), key=lambda end: to_fraction(end.value))
    which = draw(st.sampled_from(("low", "high", "both")))
    return Limit(
        low=None if which == "high" else ends[0],
        high=None if which == "low" else ends[1],
        unit=draw(st.sampled_from(units)),
        rounding=draw(st.one_of(st.none(), st.none(), rounding_policies())),
    )


def _regions(units: Sequence[str | None]) -> st.SearchStrategy[AnyCriterion]:
    return st.one_of(_limits(units), _limits(units), targets(units))


def _words() -> st.SearchStrategy[AnyCriterion]:
    outcome = st.builds(CodedOutcome, code=st.sampled_from(("absent", "conforms", "clear")))
    category = st.builds(
        Category,
        accept=st.lists(outcome, min_size=1, max_size=2).map(tuple),
        otherwise=st.sampled_from(("not-evaluated", "does-not-conform")),
    )
    absence = st.builds(Absence, read_day=st.one_of(st.none(), st.sampled_from((7, 14))))
    return st.one_of(category, absence, st.just(ReportOnly()))


@st.composite
def _one_result(draw: st.DrawFn, units: Sequence[str | None], depth: int) -> AnyCriterion:
    """A criterion all of which reads one result."""
    kind = draw(st.sampled_from(("region", "region", "words", "joined", "conditional")))
    if depth <= 0 or kind in ("region", "words"):
        return draw(_words() if kind == "words" else _regions(units))
    if kind == "conditional":
        inner = _one_result(units, depth - 1)
        branches = st.lists(st.builds(Branch, when=conditions(), criterion=inner), min_size=1, max_size=2)
        return Conditional(branches=tuple(draw(branches)), otherwise=draw(st.one_of(st.none(), inner)))
    regions = draw(st.lists(_regions(units), min_size=1, max_size=3))
    others = draw(st.lists(_one_result(units, depth - 1), max_size=1))
    return _joined(draw, [Member(criterion=criterion) for criterion in (*regions, *others)])


@st.composite
def _composite(draw: st.DrawFn, units: Sequence[str | None], components: Sequence[str], depth: int) -> AnyCriterion:
    if depth <= 1 or not components or draw(st.integers(0, 3)) == 0:
        return draw(_one_result(units, max(depth, 1)))
    places: list[str | None] = [None, *components]
    chosen = draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
    members = [
        Member(criterion=draw(_one_result(units, depth - 2)), component=component)
        for component in chosen
        for _ in range(draw(st.integers(1, 2)))
    ]
    members.sort(key=lambda member: (places.index(member.component), not isinstance(member.criterion, (Limit, Target))))
    if draw(st.integers(0, 2)) == 0:
        members.append(Member(criterion=draw(_composite(units, components, depth - 1))))
    return _joined(draw, members)


def _joined(draw: st.DrawFn, members: Sequence[Member]) -> AllOf | AnyOf:
    """Join members in one of the modes; some of them, never the first, may only inform."""
    inform = [number > 0 and draw(st.integers(0, 5)) == 0 for number in range(len(members))]
    given = tuple(
        member.model_copy(update={"informative": informs}) for member, informs in zip(members, inform, strict=True)
    )
    mode = draw(st.sampled_from(("all", "all", "either", "either", "staged")))
    if mode == "all":
        return AllOf(members=given)
    return AnyOf(mode=mode, members=given)
