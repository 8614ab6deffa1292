"""Bytes to JSON values, with findings in place of exceptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.standard.reader import decode

MAX_DEPTH = 40
"""Objects and lists within each other. A criterion of three composite levels in a package takes 16."""


def decoded(data: bytes | str) -> tuple[Any, list[Finding]]:
    """Decode JSON text. A key that occurs twice is found, and its last value goes on to be validated.

    Returns:
        The value, and the findings; the value is None where there is none.
    """
    twice: Counter[str] = Counter()
    try:
        value = decode(data, lambda key: twice.update((key,)))
    except DocumentError as error:
        return None, list(error.findings)
    findings = [
        Finding("duplicate-key", f"the key {key!r} occurs twice in one object", found=key, count=count)
        for key, count in twice.items()
    ]
    problem = unusable(value)
    return (value, findings) if problem is None else (None, [*findings, problem])


def unusable(value: Any) -> Finding | None:
    """Return why a decoded value cannot be validated: nested too deeply, or text that is no Unicode; None: it can."""
    waiting = [(value, 1, "")] if isinstance(value, (dict, list)) else []
    while waiting:
        here, depth, place = waiting.pop()
        if depth > MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} levels"
            return Finding("not-a-document", message, pointer=place, expected=f"at most {MAX_DEPTH} levels")
        inner = here.items() if isinstance(here, Mapping) else enumerate(here)
        for key, item in inner:
            if isinstance(item, (dict, list)):
                waiting.append((item, depth + 1, f"{place}/{key}"))
            elif (isinstance(item, str) and not item.isascii() and _has_half_a_character(item)) or (
                isinstance(key, str) and not key.isascii() and _has_half_a_character(key)
            ):
                message = "a text holds half of a character (an unpaired surrogate)"
                return Finding("not-a-document", message, pointer=place, expected="Unicode text")
    return None


def _has_half_a_character(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
