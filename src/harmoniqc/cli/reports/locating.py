"""Where a JSON Pointer leads to in a text: line and column."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+', re.DOTALL)
_LINE_END = re.compile("\n")


class Region(NamedTuple):
    """A piece of a text; lines and columns count from 1, columns in code points.

    Attributes:
        start_line: Line of the first character.
        start_column: Column of the first character.
        end_line: Line of the last character.
        end_column: Column after the last character.
    """

    start_line: int
    start_column: int
    end_line: int
    end_column: int


def locate(text: str, pointers: Iterable[str]) -> Mapping[str, Region]:
    """Find in a JSON text what pointers lead to.

    Args:
        text: The text.
        pointers: JSON Pointers (RFC 6901).

    Returns:
        The region of each pointer: a value that is a word, or the bracket that opens an object or a list. Where
        there is no such place, it is that of the nearest one above it. Empty if the text is no JSON.
    """
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return {}
    pointers = tuple(pointers)
    spans = _spans(text, {above for pointer in pointers for above in _with_those_above(pointer)})
    line_starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    return {
        pointer: _region(next(spans[above] for above in _with_those_above(pointer) if above in spans), line_starts)
        for pointer in pointers
    }


def _with_those_above(pointer: str) -> Iterable[str]:
    """Yield a pointer and those above it, the nearest first."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
    yield ""


def _spans(text: str, wanted: set[str]) -> dict[str, tuple[int, int]]:
    """Return where the tokens of the wanted values begin and end."""
    spans: dict[str, tuple[int, int]] = {}
    open_ones: list[tuple[str, int | None]] = []  # pointer of each open object or list, and the next index of a list
    here, key_is_next = "", False
    for match in _TOKEN.finditer(text):
        sign = match[0]
        if sign in "]}":
            open_ones.pop()
            key_is_next = False
        elif sign == ",":
            above, index = open_ones[-1]
            if index is None:
                key_is_next = True
            else:
                open_ones[-1] = (above, index + 1)
                here = f"{above}/{index + 1}"
        elif key_is_next:
            name = json.loads(sign).replace("~", "~0").replace("/", "~1")
            here, key_is_next = f"{open_ones[-1][0]}/{name}", False
        elif sign != ":":
            if here in wanted and here not in spans:
                spans[here] = match.span()
                if len(spans) == len(wanted):
                    break
            if sign == "{":
                open_ones.append((here, None))
                key_is_next = True
            elif sign == "[":
                open_ones.append((here, 0))
                here = f"{here}/0"
    return spans


def _region(span: tuple[int, int], line_starts: list[int]) -> Region:
    start, end = span
    line = bisect_right(line_starts, start)
    last = bisect_right(line_starts, end - 1)
    return Region(line, start - line_starts[line - 1] + 1, last, end - line_starts[last - 1] + 1)
