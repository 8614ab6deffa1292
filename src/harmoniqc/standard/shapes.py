"""What the published JSON Schemas say of shape where pydantic has no word for it.

Patterns are written for ECMA 262, as JSON Schema asks. Python's ``re`` reads them alike, apart from ``$``, which there
may stand before a last line break, too.
"""

from __future__ import annotations

from typing import Any, Final

_BLANKS: Final = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""The characters of the Unicode property White_Space. The ``\\s`` of regular expressions differs between languages."""

IDENTIFIER: Final = rf"^[^{_BLANKS}]([^\n]*[^{_BLANKS}])?$"

_EXPONENT = "(E[+-]?(0?[0-9]{1,2}|[1-3][0-9]{2}|400))?"
_NUMBER = rf"(0|[1-9][0-9]*)(\.[0-9]+)?{_EXPONENT}"
_FORTY_DIGITS = r"(?=(-?\.?[0-9]){1,40}(E|$))"

DECIMAL: Final = f"^{_FORTY_DIGITS}-?{_NUMBER}$"
"""Decimal text of at most 40 digits whose exponent lies within ±400."""

NOT_NEGATIVE: Final = f"^{_FORTY_DIGITS}{_NUMBER}$"
POSITIVE: Final = rf"^{_FORTY_DIGITS}(?=[0.]*[1-9]){_NUMBER}$"

_LEAP = (
    "((19(0[48]|[2468][048]|[13579][26])|20(0[048]|[2468][048]|[13579][26])|21(0[48]|[2468][048]|[13579][26]))-02-29)"
)
_YEAR = "(19[0-9]{2}|2[01][0-9]{2}|2200)"
_MONTH = "(0[1-9]|1[0-2])"
_DAY = (
    f"({_YEAR}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    f"|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP})"
)
_CLOCK = r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"

DATE: Final = f"^{_DAY}$"
"""A day of the calendar between 1900 and 2200."""

PARTIAL_DATE: Final = f"^({_YEAR}|{_YEAR}-{_MONTH}|{_DAY})$"
INSTANT: Final = f"^{_DAY}{_CLOCK}$"
"""A day, a time of day and the offset from UTC; leap seconds have no place."""


def text_of(pattern: str, description: str, **more: Any) -> dict[str, Any]:
    """Return the schema of a text of one pattern."""
    return {"type": "string", "pattern": pattern, "description": description, **more}


def given(name: str) -> dict[str, Any]:
    """Return the schema of an object whose field is there and not null."""
    return {"required": [name], "properties": {name: {"not": {"type": "null"}}}}


def any_given(*names: str) -> dict[str, Any]:
    """Return the schema of an object that has at least one of the fields."""
    return {"anyOf": [given(name) for name in names]}


def one_given(*names: str) -> dict[str, Any]:
    """Return the schema of an object that has exactly one of the fields."""
    return {"oneOf": [given(name) for name in names]}


def not_together(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that meets at most one of two schemas."""
    return {"not": {"allOf": [left, right]}}


def when(condition: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that meets the second schema where it meets the first."""
    return {"if": condition, "then": then}


def rules(*schemas: dict[str, Any]) -> dict[str, Any]:
    """Return what a model adds to its schema: each of these has to be met."""
    return {"allOf": list(schemas)}
