"""Steps of a migration: each takes one document from one version of the standard to the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from harmoniqc.schema.json_data import at
from harmoniqc.standard import COLLECTIONS
from harmoniqc.standard.reader import name_of

Collections = tuple[tuple[str, str], ...]

PRESENT: Final[Collections] = (*((name, name_of(model)) for name, model in COLLECTIONS.items()), ("results", "result"))
"""The fields of a package that hold documents, each with the type of these documents."""

_VERSION = re.compile(r"(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\Z", re.ASCII)


class Changes:
    """What a step says about one document: what it moved, what it wrote in another way, what it could not keep.

    Places are JSON Pointers into the one document. What a step says is checked, and what it does not say is found by
    comparing: a value that is neither where it was nor where the step says it is counts as not kept.

    Args:
        before: The document as the step received it.

    Attributes:
        moves: Old place by new place.
        rewrites: New places by old place.
        drops: Reason by old place.
    """

    def __init__(self, before: Mapping[str, Any]) -> None:
        self._before = before
        self.moves: dict[str, str] = {}
        self.rewrites: dict[str, tuple[str, ...]] = {}
        self.drops: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self.moves or self.rewrites or self.drops)

    def moved(self, old: str, new: str) -> None:
        """Say that what stood at ``old`` stands unchanged at ``new``, with everything in it.

        Raises:
            ValueError: If nothing stood at ``old``, or something else was moved to ``new``.
        """
        self._expect(old)
        if new in self.moves:
            raise ValueError(f"two values were moved to {new}")
        self.moves[new] = old

    def rewritten(self, old: str, *new: str) -> None:
        """Say that what stood at ``old`` is said in another way at ``new``: split, merged, in other words.

        Raises:
            ValueError: If nothing stood at ``old``, or no new place is given.
        """
        self._expect(old)
        if not new:
            raise ValueError(f"what stood at {old} is written nowhere; say that it was dropped")
        self.rewrites[old] = new

    def dropped(self, old: str, reason: str) -> None:
        """Say that the new version has no place for what stood at ``old``.

        Raises:
            ValueError: If nothing stood at ``old``.
        """
        self._expect(old)
        self.drops[old] = reason

    def _expect(self, pointer: str) -> None:
        try:
            at(self._before, pointer)
        except KeyError:
            raise ValueError(f"nothing stood at {pointer or '/'}") from None


@dataclass(frozen=True, slots=True)
class Step:
    """One step, from one version of the standard to the next.

    Attributes:
        source: Version the step begins at.
        target: Version it leads to.
        apply: Takes a copy of a document, which it may change, and what it says about it; returns the document. The
            document always states its ``type``; ``standard_version`` and ``original_standard_version`` are not the
            step's business and not in it. A package comes last, after the documents in it.
        description: What changed in the standard, in one sentence.
        collections: The fields of a package of version ``source`` that hold documents, each with their type.
    """

    source: str
    target: str
    apply: Callable[[dict[str, Any], Changes], dict[str, Any]]
    description: str
    collections: Collections = PRESENT


STEPS: Final[tuple[Step, ...]] = ()
"""Every step. There is one version of the standard so far, so there is none."""


class Route:
    """Steps as a way: at most one leads on from each version, and none leads back.

    Args:
        steps: The steps, in any order.
        also: Versions that are known besides.

    Attributes:
        known: Every version the steps begin at or lead to, and those known besides, oldest first.

    Raises:
        ValueError: If a step leads back or nowhere, two begin at the same version, or a version is not like ``0.1``.
    """

    def __init__(self, steps: Iterable[Step], also: Iterable[str]) -> None:
        self._next: dict[str, Step] = {}
        versions = set(also)
        for step in steps:
            if order(step.target) <= order(step.source):
                raise ValueError(f"the step from {step.source} to {step.target} does not lead on")
            if step.source in self._next:
                raise ValueError(f"two steps begin at {step.source}")
            self._next[step.source] = step
            versions |= {step.source, step.target}
        self.known: tuple[str, ...] = tuple(sorted(versions, key=order))

    def leads(self, source: str, target: str) -> bool:
        """Tell whether steps lead from a version to another; none are needed from a version to itself."""
        while source != target:
            if source not in self._next:
                return False
            source = self._next[source].target
        return True

    def step(self, source: str) -> Step:
        """Return the step that begins at a version.

        Raises:
            KeyError: If there is none.
        """
        return self._next[source]

    def collections(self, version: str) -> Collections:
        """Return the fields of a package of this version that hold documents."""
        step = self._next.get(version)
        return PRESENT if step is None else step.collections


def order(version: str) -> tuple[int, int]:
    """Return the two numbers of a version: 0.10 is newer than 0.9.

    Raises:
        ValueError: If it is not written like ``0.1``.
    """
    match = _VERSION.match(version)
    if match is None:
        raise ValueError(f"{version!r} is no version of the standard; it is written like 0.1")
    return int(match[1]), int(match[2])
