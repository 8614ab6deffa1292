"""A resolved criterion taken apart: what each result has to satisfy, and what several have to satisfy together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from harmoniqc.evaluation.meaning.tree import Group, Item, Leaf, Node, Selector, Unknown
from harmoniqc.standard import Trend


@dataclass(frozen=True)
class Demands:
    """A resolved criterion as a list of what has to hold, every part of it.

    Attributes:
        single: What each result has to satisfy, by which result it is.
        joined: What several results have to satisfy together, such as one or the other.
    """

    single: dict[Selector, list[Node]] = field(default_factory=dict)
    joined: list[Node] = field(default_factory=list)


WHOLE = Selector()


def demands_of(node: Node) -> Demands:
    """Take a criterion apart into what each result has to satisfy; what only informs is left out."""
    if isinstance(node, Leaf) and not isinstance(node.criterion, Trend):
        return Demands({WHOLE: [node]})
    out = Demands()
    for selector, part in _parts(node, WHOLE):
        if selector is None:
            out.joined.append(part)
        else:
            out.single.setdefault(selector, []).append(part)
    return out


def unknown_in(node: Node) -> Unknown | None:
    """Return the first part of a criterion that can never be compared; None where there is none."""
    if isinstance(node, Group):
        found = (unknown_in(item.node) for item in node.items if not item.informative)
        return next((item for item in found if item is not None), None)
    return node if isinstance(node, Unknown) else None


def _parts(node: Node, selector: Selector) -> Iterator[tuple[Selector | None, Node]]:
    if isinstance(node, Group) and node.mode == "every":
        for item in node.items:
            if not item.informative:
                yield from _parts(item.node, selector.narrowed(item.selector))
        return
    own = _result_of(node, selector)
    yield own, _placed(node, selector) if own is None else _plain(node)


def _result_of(node: Node, selector: Selector) -> Selector | None:
    """Return the one result a criterion reads; None where it reads several, or a series."""
    if isinstance(node, Group):
        items = [item for item in node.items if not item.informative]
        found = {_result_of(item.node, selector.narrowed(item.selector)) for item in items}
        return found.pop() if len(found) == 1 else None
    return None if isinstance(node, Leaf) and isinstance(node.criterion, Trend) else selector


def _plain(node: Node) -> Node:
    """Return a criterion on one result without labels, and without what only informs."""
    if not isinstance(node, Group):
        return node
    return Group(node.mode, tuple(Item(_plain(item.node)) for item in node.items if not item.informative))


def _placed(node: Node, selector: Selector) -> Node:
    """Return a criterion with every member naming the result it reads, without labels."""
    if not isinstance(node, Group):
        return Group("every", (Item(node, selector),))
    items = []
    for item in node.items:
        if not item.informative:
            place = selector.narrowed(item.selector)
            items.append(Item(_placed(item.node, place), place))
    return Group(node.mode, tuple(items))
