"""Which tests of two specifications are the same test."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

from harmoniqc.harmonization.addresses import Address, Equivalence, method_key
from harmoniqc.harmonization.asked import Asked

MatchedBy = Literal["id", "address", "attribute"]
"""How two tests were found to be the same: by id and attribute; by everything a row of results finds them by; or
because each is the only one left of its attribute and component."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A test, and the same test of the other specification.

    Attributes:
        left: The one; None: the other specification alone has it.
        right: The other.
        matched_by: How they were matched; None: one is alone.
    """

    left: Asked | None
    right: Asked | None
    matched_by: MatchedBy | None = None


def pair_up(left: Sequence[Asked], right: Sequence[Asked], equivalences: Sequence[Equivalence] = ()) -> list[Pair]:
    """Match the tests of two specifications, each at most once, in the order of the second, removed ones behind.

    Args:
        left: Tests of the one.
        right: Tests of the other.
        equivalences: Methods declared equivalent.
    """

    def same_id(item: Asked) -> Hashable:
        return item.test.id, item.test.cqa

    def same_address(item: Asked) -> Hashable:
        found = item.address
        methods = method_key(found.methods, found.cqa, equivalences)
        return (found.cqa, found.component, found.stage, found.material, methods, found.final, found.day)

    def same_attribute(item: Asked) -> Hashable:
        return item.test.cqa, item.test.component

    partner: dict[int, tuple[Asked, MatchedBy]] = {}
    steps: tuple[tuple[MatchedBy, Callable[[Asked], Hashable]], ...] = (
        ("id", same_id),
        ("address", same_address),
        ("attribute", same_attribute),
    )
    open_left, open_right = list(left), list(right)
    for name, key in steps:
        ours, theirs = _by(open_left, key), _by(open_right, key)
        for value, found in theirs.items():
            if len(found) == 1 == len(ours.get(value, ())):
                partner[id(found[0])] = (ours[value][0], name)
        taken = {id(item) for item, _ in partner.values()}
        open_left = [item for item in open_left if id(item) not in taken]
        open_right = [item for item in open_right if id(item) not in partner]
    out = [
        Pair(partner[id(item)][0], item, partner[id(item)][1]) if id(item) in partner else Pair(None, item)
        for item in right
    ]
    return [*out, *(Pair(item, None) for item in open_left)]


def _by(items: Sequence[Asked], key: Callable[[Asked], Hashable]) -> dict[Hashable, list[Asked]]:
    out: dict[Hashable, list[Asked]] = {}
    for item in items:
        out.setdefault(key(item), []).append(item)
    return out


def answers_alike(one: Address, other: Address, equivalences: Sequence[Equivalence]) -> bool:
    """Tell whether exactly the same rows answer two tests, methods declared equivalent taken as one."""
    if one == other:
        return True
    names = ("cqa", "component", "stage", "material", "sampling_point", "final", "day", "form", "reads")
    methods = [method_key(item.methods, item.cqa, equivalences) for item in (one, other)]
    return methods[0] == methods[1] and all(getattr(one, name) == getattr(other, name) for name in names)
