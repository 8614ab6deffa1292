"""The page of the codes that a validation gives, each with a small document that provokes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from harmoniqc.errors import CODES

_PAGE = """# Codes of validation

What `harmoniqc validate` finds in documents, code by code: what it means, what to do about it, and a small document
that has the fault. The documents are cases of `tests/conformance/validation/`, which any implementation of the standard
can be tested with. [All finding codes](index.md) are listed on their own page.

{sections}
"""

Case = Mapping[str, Any]


def read_cases(folder: Path) -> list[Case]:
    """Return the cases of every file of a folder, file by file in the order of their names."""
    files = sorted(folder.glob("*.json"))
    return [case for file in files for case in json.loads(file.read_text(encoding="utf-8"))["cases"]]


def examples(cases: Iterable[Case]) -> dict[str, Case]:
    """Return the first case that names each code, in the order of the catalog.

    Raises:
        ValueError: If a case names a code that is not in the catalog.
    """
    first: dict[str, Case] = {}
    for case in cases:
        for finding in case["findings"]:
            if finding["code"] not in CODES:
                raise ValueError(f"case {case['id']!r} names {finding['code']!r}, which is no finding code")
            first.setdefault(finding["code"], case)
    return {code: first[code] for code in CODES if code in first}


def validation_page(cases: Iterable[Case]) -> str:
    """Return the page."""
    return _PAGE.format(sections="\n\n".join(_section(code, case) for code, case in examples(cases).items()))


def _section(code: str, case: Case) -> str:
    entry = CODES[code]
    document = case["document"]
    written = document if isinstance(document, str) else json.dumps(document, indent=2, ensure_ascii=False)
    found = [f"- `{item['code']}` at {_place(item.get('pointer'))}" for item in case["findings"]]
    asked = f", asked for profile `{case['profile']}`" if "profile" in case else ""
    parts = [
        f"## `{code}`",
        f"{entry.level.capitalize()}: {entry.title}. What to do: {entry.remedy}.",
        f"```json\n{written.rstrip()}\n```",
        f"Found{asked}:\n\n" + "\n".join(dict.fromkeys(found)),
    ]
    if case.get("note"):
        parts.append(case["note"])
    return "\n\n".join(parts)


def _place(pointer: str | None) -> str:
    return f"`{pointer}`" if pointer else "the document itself"
