"""A harmonized test written down: every source's criterion in it, joined as all-of, under the conditions of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harmoniqc.harmonization.addresses import method_at, read_point_at
from harmoniqc.harmonization.carrying import carried, provenance_source
from harmoniqc.harmonization.cells import TooManyCellsError, cells_of
from harmoniqc.harmonization.implication import Comparer
from harmoniqc.harmonization.merging import Part, Slot
from harmoniqc.harmonization.weighing import Clash, State, Weighed, weigh
from harmoniqc.standard import (
    AllOf,
    AnyConditions,
    AnyCriterion,
    Branch,
    Conditional,
    Member,
    RoundingPolicy,
    Test,
    Unstructured,
)
from harmoniqc.standard.condition import AnyCondition

_NOTES: Mapping[State, str] = {
    "driving": "",
    "shared": "asked alike by others",
    "redundant": "adds nothing to what the others ask",
    "not-compared": "could not be compared with what the others ask",
}


@dataclass(eq=False)
class Bound:
    """One criterion of a harmonized test, and every source that asks for it.

    Attributes:
        criterion: The criterion, as it stands in the harmonized specification.
        parts: The tests that ask for it.
        applies_when: Where it applies; None: everywhere.
        decides: Whether it decides the verdict.
        state: Whether it drives.
        pointer: Where it stands in the harmonized test, as a JSON Pointer behind that of the test.
    """

    criterion: AnyCriterion
    parts: list[Part]
    applies_when: AnyCondition | None
    decides: bool
    state: State = "driving"
    pointer: str = ""


@dataclass(eq=False)
class Built:
    """A harmonized test.

    Attributes:
        slot: What it was made of.
        test: The test.
        bounds: Its criteria.
        weighed: How they stand to each other.
    """

    slot: Slot
    test: Test
    bounds: list[Bound] = field(default_factory=list)
    weighed: Weighed = field(default_factory=lambda: Weighed([]))

    @property
    def deciding(self) -> list[Bound]:
        """The criteria that decide."""
        return [bound for bound in self.bounds if bound.decides]


def build(slot: Slot, id: str, rounding: RoundingPolicy, labels: Sequence[str], comparer: Comparer) -> Built:
    """Write a harmonized test down.

    Args:
        slot: What it is made of.
        id: Its id.
        rounding: Rounding policy of the harmonized specification.
        labels: What each source is called.
        comparer: Compares criteria.
    """
    bounds = _bounds(slot, rounding)
    deciding = [bound for bound in bounds if bound.decides]
    items = [bound.parts[0].asked for bound in deciding]
    try:
        cells = cells_of(items)
    except TooManyCellsError:
        cells = None
    weighed = weigh(items, cells, comparer)
    for bound, state in zip(deciding, weighed.states, strict=True):
        bound.state = "shared" if state == "driving" and len({part.source for part in bound.parts}) > 1 else state
    for bound in bounds:
        bound.criterion = _with_source(bound, labels)
    blocks = [block for clash in weighed.clashes if (block := _blocked(clash, deciding, labels)) is not None]
    criterion, applies_when = _written(bounds, blocks)
    first = slot.parts[0].asked.test
    own = slot.own
    leading = [part for part in slot.deciding if not part.borrowed] or own
    test = Test(
        id=id,
        cqa=slot.address.cqa,
        criterion=criterion,
        name=next((part.asked.test.name for part in own if part.asked.test.name is not None), None),
        required=any(part.asked.test.required for part in leading),
        applies_when=applies_when,
        stage=slot.address.stage,
        material=slot.address.material,
        sampling_point=slot.address.sampling_point,
        component=slot.address.component,
        method=method_at(slot.address, [part.asked.test for part in own]),
        read_point=read_point_at(slot.address),
        decision_points=tuple(dict.fromkeys(point for part in leading for point in part.asked.test.decision_points)),
        safety_critical=any(part.asked.test.safety_critical for part in own),
        reportable=first.reportable,
        roll_up=first.roll_up,
    )
    return Built(slot, test, bounds, weighed)


def _bounds(slot: Slot, rounding: RoundingPolicy) -> list[Bound]:
    """Return the different criteria of a slot; what several sources ask in the same words stands there once."""
    deciding = set(map(id, slot.deciding))
    out: list[Bound] = []
    for part in slot.parts:
        criterion = carried(part.asked, rounding)
        applies_when, decides = part.asked.test.applies_when, id(part) in deciding
        for bound in out:
            if (bound.decides, bound.applies_when, bound.criterion) == (decides, applies_when, criterion):
                bound.parts.append(part)
                break
        else:
            out.append(Bound(criterion, [part], applies_when, decides))
    return out


def _with_source(bound: Bound, labels: Sequence[str]) -> AnyCriterion:
    """Return a criterion that says who asks for it, and whether it drives."""
    first = bound.parts[0].asked
    said = [
        f"{labels[part.source]}: {part.asked.specification.id} {part.asked.specification.version}, test "
        f"{part.asked.test.id}"
        for part in bound.parts
    ]
    notes = [bound.criterion.note, "; ".join(said), _NOTES[bound.state] if bound.decides else "for information"]
    source = bound.criterion.source or provenance_source(first.specification, first.test.id)
    return bound.criterion.model_copy(update={"source": source, "note": "; ".join(filter(None, notes))})


def _blocked(clash: Clash, bounds: Sequence[Bound], labels: Sequence[str]) -> Member | None:
    """Return a member that nothing satisfies, where outcomes contradict each other.

    Limits and units that exclude each other are never satisfied together; of outcomes, a result that states two
    of them at once could be read either way.
    """
    if clash.kind != "conflicting-outcomes" or clash.cell.declared is not None:
        return None
    said = " and ".join(dict.fromkeys(labels[bounds[place].parts[0].source] for place in clash.between))
    block: AnyCriterion = Unstructured(text=f"{said} contradict each other: no outcome satisfies both")
    selector = clash.selector
    where = {"component": selector.component, "cqa": selector.cqa, "method": selector.method, "stage": selector.stage}
    if clash.cell.when is not None:
        if any(value is not None for value in where.values()):
            return None
        first = bounds[clash.between[0]]
        # Where they do not contradict each other, the first is asked for once more, which changes nothing.
        block = Conditional(branches=(Branch(when=clash.cell.when, criterion=block),), otherwise=first.criterion)
    return Member.model_validate({"criterion": block, **where})


def _written(bounds: Sequence[Bound], blocks: Sequence[Member]) -> tuple[AnyCriterion, AnyCondition | None]:
    """Return the criterion of a harmonized test, and when the test applies."""
    deciding = [bound for bound in bounds if bound.decides]
    beside = [bound for bound in bounds if not bound.decides]
    conditions = list(dict.fromkeys(bound.applies_when for bound in deciding))
    given = [condition for condition in conditions if condition is not None]
    if len(conditions) == 1:
        return _all_of(deciding, beside, blocks, "/criterion"), conditions[0]
    always = [bound for bound in deciding if bound.applies_when is None]
    nested = _by_condition(
        given, always, deciding, "/criterion/members/0/criterion" if beside or blocks else "/criterion"
    )
    applies_when = AnyConditions(of=tuple(given)) if not always else None
    if not (beside or blocks):
        return nested, applies_when
    members = [Member(criterion=nested), *_informative(beside, "/criterion", 1), *blocks]
    return AllOf(members=tuple(members), role=deciding[0].criterion.role), applies_when


def _by_condition(
    conditions: Sequence[AnyCondition], active: Sequence[Bound], bounds: Sequence[Bound], pointer: str
) -> AnyCriterion:
    """Return one case after the other: with the criteria of a condition where it holds, without where it does not."""
    if not conditions:
        return _all_of(active, (), (), pointer)
    first, rest = conditions[0], conditions[1:]
    joining = [bound for bound in bounds if bound in active or bound.applies_when == first]
    branch = Branch(when=first, criterion=_by_condition(rest, joining, bounds, f"{pointer}/branches/0/criterion"))
    if not rest and not active:
        return Conditional(branches=(branch,))
    return Conditional(branches=(branch,), otherwise=_by_condition(rest, active, bounds, f"{pointer}/otherwise"))


def _all_of(bounds: Sequence[Bound], beside: Sequence[Bound], blocks: Sequence[Member], pointer: str) -> AnyCriterion:
    if len(bounds) == 1 and not beside and not blocks:
        bounds[0].pointer = bounds[0].pointer or pointer
        return bounds[0].criterion
    for place, bound in enumerate(bounds):
        bound.pointer = bound.pointer or f"{pointer}/members/{place}/criterion"
    members = [Member(criterion=bound.criterion) for bound in bounds]
    members += [*_informative(beside, pointer, len(bounds)), *blocks]
    return AllOf(members=tuple(members), role=bounds[0].criterion.role)


def _informative(bounds: Sequence[Bound], pointer: str, first: int) -> list[Member]:
    """Return criteria that are shown and decide nothing: alert limits, and tests of what a product is made from."""
    out = []
    for place, bound in enumerate(bounds, first):
        criterion = bound.criterion
        bound.pointer = f"{pointer}/members/{place}/criterion"
        if bound.applies_when is not None:
            criterion = Conditional(branches=(Branch(when=bound.applies_when, criterion=criterion),))
            bound.pointer += "/branches/0/criterion"
        out.append(Member(criterion=criterion, informative=True))
    return out
