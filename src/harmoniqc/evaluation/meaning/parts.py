"""A criterion that reads several results, taken apart: what each result is compared with, and how verdicts join.

Criteria that read one and the same result stay together, because a censored result has to be compared with them as a
whole. What reads different results is joined afterwards by the logic of Kleene.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.meaning.tree import Group, Item, Leaf, Mode, Node, Selector, Unknown
from harmoniqc.evaluation.verdicts import (
    CODE,
    CONFORMS,
    DOES_NOT_CONFORM,
    INDETERMINATE,
    REASONS,
    REPORTED,
    verdict_codes,
)
from harmoniqc.standard import Trend

Codes = npt.NDArray[np.uint8]

NOTHING = 255
"""Code of a part without a result that counts."""

_MISSING_PART = np.uint8(CODE["missing-part"])
_ORDER_EVERY = (DOES_NOT_CONFORM, INDETERMINATE, 2, CONFORMS, REPORTED)
_ORDER_EITHER = (CONFORMS, REPORTED, INDETERMINATE, 2, DOES_NOT_CONFORM)


def _ranks(order: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    verdicts = verdict_codes(np.arange(len(REASONS), dtype=np.uint8))
    place = np.empty(len(order), np.uint8)
    place[list(order)] = np.arange(len(order))
    return np.append(place[verdicts], np.full(256 - len(REASONS), 200, np.uint8))


_RANK = {"every": _ranks(_ORDER_EVERY), "either": _ranks(_ORDER_EITHER)}


def join(mode: Mode, members: npt.NDArray[np.uint8]) -> Codes:
    """Join the reason codes of members.

    Args:
        mode: How.
        members: uint8, shape (members, n); no :data:`NOTHING` among them, but for ``staged``.

    Returns:
        uint8, shape (n,): the code of the first member with the verdict of the whole.
    """
    if mode == "staged":
        return _stage_by_stage(members)
    first = np.argmin(_RANK[mode][members], axis=0)
    return np.asarray(members[first, np.arange(members.shape[1])], np.uint8)


def _stage_by_stage(members: npt.NDArray[np.uint8]) -> Codes:
    out = np.where(members[0] == NOTHING, _MISSING_PART, members[0])
    going = members[0] != NOTHING
    for stage in members[1:]:
        verdict = verdict_codes(out)
        going &= (verdict == DOES_NOT_CONFORM) | (verdict == INDETERMINATE)
        following = np.where(stage == NOTHING, _MISSING_PART, stage)
        out = np.where(going, following, out)
        going &= stage != NOTHING
    return out


@dataclass(frozen=True, slots=True)
class Part:
    """What one result is compared with.

    Attributes:
        selector: Which result it is.
        node: The criterion, all of whose leaves read that result.
        informative: Whether it decides nothing.
    """

    selector: Selector
    node: Node
    informative: bool = False


@dataclass(frozen=True, slots=True)
class OnePart:
    """The verdict of a part."""

    place: int


@dataclass(frozen=True, slots=True)
class Series:
    """The verdict of a trend over the results a selector chooses."""

    selector: Selector
    trend: Trend


@dataclass(frozen=True, slots=True)
class Joined:
    """Verdicts joined."""

    mode: Mode
    members: tuple[Program, ...]


Program = OnePart | Series | Joined


@dataclass(frozen=True, slots=True)
class Seat:
    """Results that answer the same parts of a test.

    Attributes:
        selector: Which results.
        node: What such a result alone is compared with, for its own verdict.
        parts: The parts it answers, as places in :attr:`Split.parts`.
        beside: Criteria that are judged for information only.
    """

    selector: Selector
    node: Node
    parts: tuple[int, ...]
    beside: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """A criterion taken apart.

    Attributes:
        parts: What single results are compared with.
        program: How their verdicts join; None: every part is informative.
        seats: The kinds of results that answer it.
    """

    parts: tuple[Part, ...]
    program: Program | None
    seats: tuple[Seat, ...]

    @property
    def is_single(self) -> bool:
        """Whether it asks for one result and nothing else, whatever the result is called."""
        return len(self.seats) == 1 and self.seats[0].selector == Selector() and isinstance(self.program, OnePart)


def split(node: Node) -> Split:
    """Take a criterion apart."""
    builder = _Builder()
    program = builder.program(node, Selector())
    series = [item for item in _programs(program) if isinstance(item, Series)]
    seats = []
    for selector in dict.fromkeys([*(part.selector for part in builder.parts), *(item.selector for item in series)]):
        mine = [place for place, part in enumerate(builder.parts) if part.selector == selector]
        decisive = tuple(place for place in mine if not builder.parts[place].informative)
        beside = tuple(builder.parts[place].node for place in mine if builder.parts[place].informative)
        if len(decisive) == 1:
            own: Node | None = builder.parts[decisive[0]].node
        else:
            own = _pruned(node, Selector(), selector, informative=not decisive)
        seats.append(Seat(selector, own or Unknown("trend-point"), decisive, beside))
    return Split(tuple(builder.parts), program, tuple(seats))


def _programs(program: Program | None) -> list[Program]:
    if program is None:
        return []
    if isinstance(program, Joined):
        return [program, *(inner for member in program.members for inner in _programs(member))]
    return [program]


@dataclass
class _Builder:
    parts: list[Part] = field(default_factory=list)

    def program(self, node: Node, selector: Selector) -> Program | None:
        if isinstance(node, Leaf) and isinstance(node.criterion, Trend):
            return Series(selector, node.criterion)
        if not isinstance(node, Group):
            return self._part(selector, node)
        own = _selector_of(node, selector)
        if own is not None:
            decisive = _without_informative(node)
            for item in _informative(node):
                self.parts.append(Part(own, item.node, informative=True))
            return None if decisive is None else self._part(own, decisive)
        members: list[Program] = []
        for item in _gathered(node, selector):
            inner = selector.narrowed(item.selector)
            if item.informative:
                self._for_information(item.node, inner)
            elif (program := self.program(item.node, inner)) is not None:
                members.append(program)
        return Joined(node.mode, tuple(members)) if members else None

    def _for_information(self, node: Node, selector: Selector) -> None:
        own = _selector_of(node, selector)
        if own is not None:
            self.parts.append(Part(own, node, informative=True))
        elif isinstance(node, Group):
            for item in node.items:
                self._for_information(item.node, selector.narrowed(item.selector))

    def _part(self, selector: Selector, node: Node) -> OnePart:
        self.parts.append(Part(selector, node))
        return OnePart(len(self.parts) - 1)


def _gathered(group: Group, selector: Selector) -> list[Item]:
    """Return the members of a group, those that read one and the same result made one."""
    if group.mode == "staged":
        return list(group.items)
    bundles: list[tuple[Selector | None, list[Item]]] = []
    place: dict[Selector, list[Item]] = {}
    for item in group.items:
        own = None if item.informative else _selector_of(item.node, selector.narrowed(item.selector))
        if own is not None and own in place:
            place[own].append(item)
            continue
        bundles.append((own, [item]))
        if own is not None:
            place[own] = bundles[-1][1]
    return [
        items[0] if own is None or len(items) == 1 else Item(Group(group.mode, tuple(Item(i.node) for i in items)), own)
        for own, items in bundles
    ]


def _selector_of(node: Node, selector: Selector) -> Selector | None:
    """Return the one selector all leaves of a tree have; None where they read different results, or a series."""
    if isinstance(node, Leaf):
        return None if isinstance(node.criterion, Trend) else selector
    if isinstance(node, Unknown):
        return selector
    found = {_selector_of(item.node, selector.narrowed(item.selector)) for item in node.items}
    return found.pop() if len(found) == 1 else None


def _without_informative(node: Node) -> Node | None:
    if not isinstance(node, Group):
        return node
    items = []
    for item in node.items:
        inner = None if item.informative else _without_informative(item.node)
        if inner is not None:
            items.append(Item(inner, label=item.label))
    return Group(node.mode, tuple(items)) if items else None


def _informative(node: Node) -> list[Item]:
    if not isinstance(node, Group):
        return []
    return [found for item in node.items for found in ([item] if item.informative else _informative(item.node))]


def _pruned(node: Node, selector: Selector, wanted: Selector, *, informative: bool) -> Node | None:
    """Return what a criterion asks of the results of one selector, as if there were no others.

    Args:
        node: The criterion.
        selector: Which results it reads.
        wanted: The results asked about.
        informative: Whether members for information take part.
    """
    if not isinstance(node, Group):
        is_trend = isinstance(node, Leaf) and isinstance(node.criterion, Trend)
        return node if selector == wanted and not is_trend else None
    items = []
    for item in node.items:
        if item.informative and not informative:
            continue
        place = selector.narrowed(item.selector)
        # What another method was declared for still has members that decide it, and members for information.
        inner = _pruned(item.node, place, wanted, informative=informative and not item.unchosen)
        if inner is None and item.unchosen:
            inner = _pruned(item.node, place, wanted, informative=True)
        if inner is not None:
            items.append(Item(inner, label=item.label))
    return Group(node.mode, tuple(items)) if items else None
