"""What became of every value of a document on its way: moved, written in another way, added, or not kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from harmoniqc.errors import Finding, Findings
from harmoniqc.schema.json_data import at, escaped, prefixes, same, values, written
from harmoniqc.schema.steps import Changes

_MISSING = object()
_NUMBER = re.compile(r"/\d+(?=/|\Z)")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One thing that a stage did: where it was before or, if it is still there, where it is after; what stood there."""

    stage: int
    code: Literal["migrated", "not-kept"]
    message: str
    place: str
    value: Any = _MISSING


class _Stage:
    """Where values went in one stage; None: nowhere, from nowhere."""

    def __init__(self) -> None:
        self.forward: dict[str, str | None] = {}
        self.backward: dict[str, str | None] = {}


class Account:
    """The account of a migration. Stages follow one another, and places are known in both directions."""

    def __init__(self) -> None:
        self._stages: list[_Stage] = []
        self._entries: list[_Entry] = []

    def begin_stage(self) -> None:
        """Begin a stage: what is entered from now on happened after everything before."""
        self._stages.append(_Stage())

    def enter_version(self, kind: str, base: str, source: str, target: str) -> None:
        """Enter that a document left one version of the standard for another."""
        self._add("migrated", f"{kind}: from version {source} to {target}", f"{base}/standard_version", source)

    def enter(self, kind: str, base: str, before: dict[str, Any], after: dict[str, Any], changes: Changes) -> None:
        """Enter what a step did with one document.

        Args:
            kind: Type of the document.
            base: JSON Pointer of the document.
            before: The document before the step.
            after: The document after it.
            changes: What the step says it did.

        Raises:
            ValueError: If the step says that it wrote something where nothing stands.
        """
        if not changes and same(before, after):
            return
        comparison = _Comparison(before, after, changes)
        stage = self._stages[-1]
        for new, old in changes.moves.items():
            stage.forward.setdefault(base + old, base + new)
            stage.backward[base + new] = base + old
            if comparison.after_at(new) is not _MISSING:
                self._add("migrated", f"{kind}: {_any(old)} is now {_any(new)}", base + new)
        for old, places in changes.rewrites.items():
            for new in places:
                if comparison.after_at(new) is _MISSING:
                    raise ValueError(f"nothing stands at {new}, where {old} is said to be written")
                stage.backward[base + new] = base + old
            stage.forward.setdefault(base + old, base + places[0])
            said = " and ".join(_any(new) for new in places)
            message = f"{kind}: {_any(old)} is written another way at {said}"
            self._add("migrated", message, base + places[0], at(before, old))
        for old, reason in changes.drops.items():
            stage.forward[base + old] = None
            self._add("not-kept", f"{kind}: {_any(old)}: {reason}", base + old, at(before, old))
        for place, value in comparison.lost():
            stage.forward[base + place] = None
            self._add("not-kept", f"{kind}: {_any(place)} is not in the migrated document", base + place, value)
        for place, value in comparison.added():
            stage.backward[base + place] = None
            self._add("migrated", f"{kind}: {_any(place)} is new", base + place, value)

    def findings(self, migrated: dict[str, Any]) -> Findings:
        """Return the account: what was not kept, with its place in the document as given; then what changed.

        The same change in many places is one finding, with the first place in the migrated document and its count.

        Args:
            migrated: The document after the last stage.
        """
        lost: list[Finding] = []
        changed: dict[tuple[str, str | None], list[str]] = {}
        for entry in self._entries:
            if entry.code == "not-kept":
                lost += [
                    Finding("not-kept", entry.message, pointer=place, found=written(value))
                    for place, value in self._origins(entry)
                ]
                continue
            place = _follow(entry.place, [stage.forward for stage in self._stages[entry.stage + 1 :]])
            if place is not None:  # else a later step dropped it, and that is told
                found = None if entry.value is _MISSING else written(entry.value)
                changed.setdefault((entry.message, found), []).append(place)
        told = [
            Finding("migrated", message, pointer=_first(places, migrated), found=found, remedy="", count=len(places))
            for (message, found), places in changed.items()
        ]
        return Findings([*lost, *told])

    def _add(self, code: Literal["migrated", "not-kept"], message: str, place: str, value: Any = _MISSING) -> None:
        self._entries.append(_Entry(len(self._stages) - 1, code, message, place, value))

    def _origins(self, entry: _Entry) -> Iterator[tuple[str, Any]]:
        """Yield where in the document as given something stood that was not kept: as one if it was one already."""
        ways = [stage.backward for stage in reversed(self._stages[: entry.stage])]
        parts = [(place, _follow(place, ways), value) for place, value in values(entry.value, entry.place)]
        whole = {
            origin.removesuffix(inside) if origin is not None and origin.endswith(inside) else None
            for place, origin, _ in parts
            for inside in [place[len(entry.place) :]]
        }
        if len(whole) == 1 and (origin := whole.pop()) is not None:
            yield origin, entry.value
            return
        for _, origin, value in parts:
            if origin is not None:  # what an earlier step had added was never the document's
                yield origin, value


class _Comparison:
    """A document before and after a step, and what the step says about the difference."""

    def __init__(self, before: dict[str, Any], after: dict[str, Any], changes: Changes) -> None:
        self._before = before
        self._after = after
        self._moved: dict[str, list[str]] = {}
        for new, old in changes.moves.items():
            self._moved.setdefault(old, []).append(new)
        self._rewritten = frozenset(changes.rewrites)
        self._dropped = frozenset(changes.drops)
        self._left = {*self._moved, *changes.rewrites, *changes.drops}
        self._claims = set(changes.moves) | {new for places in changes.rewrites.values() for new in places}
        self._origins = dict(changes.moves)
        self._named = self._left | self._claims
        self._above = {prefix for place in self._named for prefix in prefixes(place)}

    def after_at(self, pointer: str) -> Any:
        """Return what stands at a place after the step."""
        return _get(self._after, pointer)

    def lost(self) -> Iterator[tuple[str, Any]]:
        """Yield each value that the step neither kept, nor moved, nor spoke of, with its place before."""
        for place, value in self._to_look_at(self._before, self._after, ""):
            old = _longest(place, self._left)
            if old in self._rewritten or old in self._dropped:
                continue
            if old is None:
                # A value that another was written over is lost, even if the two happen to be equal.
                kept = _longest(place, self._claims) is None and same_or_missing(self.after_at(place), value)
            else:
                kept = any(
                    _longest(new + place[len(old) :], self._claims) == new
                    and same_or_missing(self.after_at(new + place[len(old) :]), value)
                    for new in self._moved[old]
                )
            if not kept:
                yield place, value

    def added(self) -> Iterator[tuple[str, Any]]:
        """Yield each value that was not in the document before, with its place after."""
        for place, value in self._to_look_at(self._after, self._before, ""):
            new = _longest(place, self._claims)
            if new is not None and new not in self._origins:
                continue
            source = place if new is None else self._origins[new] + place[len(new) :]
            if not same_or_missing(_get(self._before, source), value):
                yield place, value

    def _to_look_at(self, node: Any, other: Any, place: str) -> Iterator[tuple[str, Any]]:
        """Yield the values of a side, without the parts that are the same on both and that the step does not name."""
        if place in self._named:
            yield from values(node, place)
        elif place not in self._above and same_or_missing(other, node):
            return
        elif isinstance(node, dict):
            for name, item in node.items():
                inside = other.get(name, _MISSING) if isinstance(other, dict) else _MISSING
                yield from self._to_look_at(item, inside, f"{place}/{escaped(name)}")
        elif isinstance(node, list):
            for number, item in enumerate(node):
                inside = other[number] if isinstance(other, list) and number < len(other) else _MISSING
                yield from self._to_look_at(item, inside, f"{place}/{number}")
        elif node is not None:
            yield place, node


def same_or_missing(other: Any, value: Any) -> bool:
    """Tell whether something stands there, and is the same."""
    return other is not _MISSING and same(other, value)


def _get(document: Any, pointer: str) -> Any:
    try:
        return at(document, pointer)
    except KeyError:
        return _MISSING


def _longest(place: str, among: set[str]) -> str | None:
    if not among:
        return None
    return next((prefix for prefix in prefixes(place) if prefix in among), None)


def _follow(place: str | None, ways: list[dict[str, str | None]]) -> str | None:
    for way in ways:
        if place is None:
            return None
        here = next((prefix for prefix in prefixes(place) if prefix in way), None) if way else None
        if here is not None:
            there = way[here]
            place = None if there is None else there + place[len(here) :]
    return place


def _first(places: list[str], document: dict[str, Any]) -> str | None:
    """Return the first place that is still there: a later step may have taken apart what stood there, and told so."""
    return next((place for place in places if _get(document, place) is not _MISSING), None)


def _any(pointer: str) -> str:
    """Return a place as it is said of all documents of a kind: without the numbers of items."""
    return _NUMBER.sub("/*", pointer) or "/"
