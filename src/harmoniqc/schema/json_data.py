"""Plain JSON data: checked copies, JSON Pointers (RFC 6901), and the values in it with their places."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from harmoniqc.errors import DocumentError, Finding

_PLAIN = (str, int, bool, type(None))
"""What is the same wherever it stands; exact types, for a subclass may be anything."""


def copied(value: Any) -> Any:
    """Return a copy of JSON data that shares nothing with it; tuples become lists.

    Raises:
        DocumentError: ``not-a-document`` with the place of what has no place in JSON.
        RecursionError: If it is nested more deeply than Python can follow.
    """
    try:
        return _copied(value)
    except _NotJsonError as error:
        raise _located(error, value) from None


def same(left: Any, right: Any) -> bool:
    """Tell whether two pieces of JSON data are the same; unlike for ``==``, ``true`` is not 1 and 1 is not 1.0."""
    if type(left) is not type(right):
        return False
    if type(left) is dict:
        return len(left) == len(right) and all(name in right and same(item, right[name]) for name, item in left.items())
    if type(left) is list:
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def written(value: Any) -> str:
    """Return JSON data as one line of text, the same for the same data."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def escaped(name: str) -> str:
    """Return a key as a token of a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def at(value: Any, pointer: str) -> Any:
    """Return what stands at a JSON Pointer.

    Raises:
        KeyError: If nothing stands there.
    """
    for token in pointer.split("/")[1:]:
        if isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        elif isinstance(value, dict) and (name := token.replace("~1", "/").replace("~0", "~")) in value:
            value = value[name]
        else:
            raise KeyError(pointer)
    return value


def values(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each text, number and truth value with its JSON Pointer; ``null`` and what is empty say nothing."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from values(item, f"{pointer}/{escaped(name)}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from values(item, f"{pointer}/{number}")
    elif value is not None:
        yield pointer, value


def prefixes(pointer: str) -> Iterator[str]:
    """Yield a JSON Pointer and everything above it, the longest first."""
    while pointer:
        yield pointer
        pointer = pointer[: pointer.rindex("/")]
    yield ""


class _NotJsonError(Exception):
    """Something that has no place in JSON."""


def _copied(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Mapping):
        out = {}
        for name, item in value.items():
            if type(name) is not str:
                raise _NotJsonError(f"the key {name!r} is no text")
            out[name] = item if type(item) in _PLAIN else _copied(item)
        return out
    if isinstance(value, (list, tuple)):
        return [_copied(item) for item in value]
    if type(value) is float and math.isfinite(value):
        return value
    raise _NotJsonError(f"{type(value).__name__} {_short(value)} has no place in JSON")


def _located(error: _NotJsonError, value: Any) -> DocumentError:
    """Return the error of a copy with the place of its fault; only looked for when there is one."""
    pointer = ""
    while (part := _faulty(value)) is not None:
        pointer, value = f"{pointer}/{escaped(part[0])}", part[1]
    return DocumentError(str(error), (Finding("not-a-document", str(error), pointer=pointer),))


def _faulty(value: Any) -> tuple[str, Any] | None:
    for token, item in _items(value):
        try:
            _copied(item)
        except _NotJsonError:
            return token, item
    return None


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((name, item) for name, item in value.items() if isinstance(name, str))
    elif isinstance(value, (list, tuple)):
        yield from ((str(number), item) for number, item in enumerate(value))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
