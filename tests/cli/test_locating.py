"""Lines and columns of JSON Pointers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmoniqc.cli.reports.locating import Region, locate

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


def pointers_of(value: Any, pointer: str = "") -> dict[str, Any]:
    """Return every pointer into a value with what it leads to."""
    found = {pointer: value}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        name = str(key).replace("~", "~0").replace("/", "~1")
        found |= pointers_of(item, f"{pointer}/{name}")
    return found


def offset(text: str, line: int, column: int) -> int:
    return sum(len(item) + 1 for item in text.split("\n")[: line - 1]) + column - 1


@given(VALUES, st.sampled_from([None, 0, 2, "\t"]), st.booleans(), st.sampled_from(["", "\n", "\r\n \t"]))
def test_every_pointer_leads_to_its_value(value: Any, indent: Any, ascii_only: bool, before: str) -> None:
    text = before + json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    expected = pointers_of(value)
    found = locate(text, expected)
    assert found.keys() == expected.keys()
    for pointer, wanted in expected.items():
        region = found[pointer]
        start, end = offset(text, *region[:2]), offset(text, *region[2:])
        read, _ = json.JSONDecoder().raw_decode(text, start)
        assert read == wanted
        assert text[start:end] == (
            "{" if isinstance(wanted, dict) else "[" if isinstance(wanted, list) else text[start:end]
        )
        if not isinstance(wanted, (dict, list)):
            assert json.loads(text[start:end]) == wanted


@pytest.mark.parametrize(
    ("pointer", "region"),
    [
        ("/a/0", Region(2, 9, 2, 10)),
        ("/a/7/x", Region(2, 8, 2, 9)),  # what is not there: the nearest above it
        ("/b/missing", Region(3, 8, 3, 9)),
        ("/nothing", Region(1, 1, 1, 2)),
        ("", Region(1, 1, 1, 2)),
        ("/b/c~1d", Region(3, 16, 3, 20)),
    ],
)
def test_places(pointer: str, region: Region) -> None:
    text = '{\n  "a": [1, 2],\n  "b": {"c/d": true}\n}\n'
    assert locate(text, [pointer]) == {pointer: region}


@pytest.mark.parametrize("text", ["", "{", '{"a": }', "[1, 2]]", "[" * 100_000, "\ufeff{}"])
def test_what_is_no_json_has_no_places(text: str) -> None:
    assert locate(text, ["/a", ""]) == {}


def test_the_first_of_two_keys_is_shown() -> None:
    assert locate('{"a": 1,\n"a": 2}', ["/a"])["/a"] == Region(1, 7, 1, 8)
