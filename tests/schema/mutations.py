"""Documents with one thing changed, chosen by a seed; most are wrong, some are right."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 3.0, 3.5, 2_000_000_001, "", " ", "x", "x\n", " x", "Ünï", "５", "5", "5.0", "-5",
    "-0", "0", "+5", "05", ".5", "5.", "1e5", "1E5", "1E400", "1E401", "1E0400", "1E-400", "0.0", "9" * 40, "9" * 41,
    "0." + "1" * 39, "0." + "1" * 40, "-0." + "1" * 39, "NaN", "Infinity", "2026", "2026-13", "2026-02", "2026-02-29",
    "2024-02-29", "1900-02-29", "2000-02-29", "2026-04-31", "2026-1-1", "1899-12-31", "2200-12-31", "2201-01-01",
    "2026-01-31T10:00:00Z", "2026-01-31T10:00:00", "2026-01-31T10:00:00+09:00", "2026-01-31T24:00:00Z",
    "2026-01-31T10:00:60Z", "2026-01-31T10:00:00+24:00", "2026-01-31T10:00:00.1234567Z", "2026-01-31 10:00:00Z",
    "a" * 128, "a" * 129, "a" * 257, "Slug", "-slug", "a.b-c", "limit", "any-of", "none", "<", "≤", "each", "k-of-n",
    "mean", "final", "0.1", "0.2", [], {}, [None], [[]], {"kind": "limit"}, {"value": "5"}, {"low": {"value": "5"}},
    ["x"], ["x", 5],
)  # fmt: skip


def places(document: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every value in a document, apart from the document itself."""
    inner = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in inner:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


def mutated(document: dict[str, Any], chance: random.Random) -> tuple[dict[str, Any], str]:
    """Return a document with one thing changed, and what it was."""
    changed = copy.deepcopy(document)
    path = chance.choice([path for path in places(document) if path not in (("type",), ("standard_version",))])
    here: Any = changed
    for step in path[:-1]:
        here = here[step]
    last = path[-1]
    action = chance.choice(("drop", "replace", "replace", "replace", "add", "borrow", "empty"))
    if action == "drop":
        del here[last]
        what: Any = ""
    elif action == "add" and isinstance(here, dict):
        what = chance.choice(("note", "unknown", "kind", "text", "unit", "k", "value", "comparator", "nominal", "low"))
        here[what] = chance.choice(VALUES)
    elif action == "borrow":  # a value that is right somewhere else
        there: Any = document
        for step in chance.choice(list(places(document))):
            there = there[step]
        here[last] = what = copy.deepcopy(there)
    elif action == "empty" and isinstance(here[last], (dict, list)):
        here[last] = what = type(here[last])()
    else:
        here[last] = what = chance.choice(VALUES)
    return changed, f"{action} {'/'.join(map(str, path))} {str(what)[:60]!r}"
