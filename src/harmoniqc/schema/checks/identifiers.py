"""Identifiers: nothing has that of another, and no batch descends from itself."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from harmoniqc.errors import Finding
from harmoniqc.schema.checks.places import tests_of
from harmoniqc.schema.contents import Contents


def identifiers_given_twice(contents: Contents) -> Iterator[Finding]:
    """Yield a ``duplicate-id`` for each document or test that has the identifier of one before it."""
    specifications = [(item.pointer, (item.document.id, item.document.version)) for item in contents.specifications]
    yield from given_twice("specification", specifications, "/version")
    yield from given_twice("product", [(item.pointer, item.document.id) for item in contents.products])
    yield from given_twice("batch", [(item.pointer, item.document.id) for item in contents.batches])
    yield from given_twice("investigation", [(item.pointer, item.document.id) for item in contents.investigations])
    for placed in contents.specifications:
        yield from given_twice("test", [(pointer, test.id) for pointer, test in tests_of(placed)])
        absences = [
            (f"{placed.pointer}/justified_absences/{number}", item.cqa)
            for number, item in enumerate(placed.document.justified_absences)
        ]
        yield from given_twice("justified absence", absences, "/cqa")


def given_twice(what: str, items: Iterable[tuple[str, Hashable]], name: str = "/id") -> Iterator[Finding]:
    """Yield a ``duplicate-id`` for each thing that has the key of one before it.

    Args:
        what: What it is.
        items: JSON Pointer and key of each.
        name: What the key is called in it.
    """
    first: dict[Hashable, str] = {}
    for pointer, key in items:
        if key in first:
            shown = " version ".join(key) if isinstance(key, tuple) else str(key)
            message = f"{what} {shown} stands at {first[key] or '/'} already"
            yield Finding("duplicate-id", message, pointer=pointer + name, found=shown)
        first.setdefault(key, pointer)


def batches_in_circles(contents: Contents) -> Iterator[Finding]:
    """Yield a ``circular-batches`` for each batch that is, over others, a part of itself or made from itself."""
    parents = {item.document.id: [parent.batch for parent in item.document.parents] for item in contents.batches}
    places = {item.document.id: item.pointer for item in contents.batches}
    while parents:
        try:
            TopologicalSorter(parents).prepare()
        except CycleError as error:
            circle = error.args[1][:-1]
            start = min(circle, key=list(places).index)
            shown = " → ".join([*_from(start, circle[::-1]), start])
            message = f"batch {start!r} descends from itself"
            yield Finding("circular-batches", message, pointer=f"{places[start]}/parents", found=shown)
            for batch in circle:
                parents.pop(batch, None)
            continue
        return


def _from(start: str, circle: list[str]) -> list[str]:
    place = circle.index(start)
    return circle[place:] + circle[:place]
