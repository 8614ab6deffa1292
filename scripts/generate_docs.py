"""Write the pages of the documentation that are tables of the library's own data.

They are committed, so that they can be read without a build; a test holds them equal to what this script writes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from harmoniqc.errors import CODES, CodeEntry

DOCS = Path(__file__).resolve().parent.parent / "docs"

_LEVELS = {
    "error": "Something was not judged, or not accepted.",
    "warning": "It was judged or accepted, and a person should look.",
    "info": "An assumption worth knowing.",
}


def errors_page(codes: Mapping[str, CodeEntry]) -> str:
    """Return the page of finding codes."""
    parts = [
        "# Finding codes",
        "Every finding has one of these codes. The codes are part of the public interface: a program may act on them,\n"
        "and none is ever reused for another meaning. Each finding adds where it was found, what was expected, and\n"
        "what stood there instead.",
    ]
    for level, meaning in _LEVELS.items():
        rows = [(f"`{code}`", entry.title, entry.remedy) for code, entry in codes.items() if entry.level == level]
        parts.append(f"## {level.capitalize()}\n\n{meaning}")
        parts.append(_table(("Code", "Meaning", "What to do"), sorted(rows)))
    return "\n\n".join(parts) + "\n"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)


def pages() -> dict[Path, str]:
    """Return every generated page with its text."""
    return {DOCS / "errors.md": errors_page(CODES)}


def main() -> int:
    """Write the pages."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
