"""Check the changelog fragments in changes/, or assemble them into CHANGELOG.md for a release.

A fragment is ``changes/<slug>.<type>.md``: one or more list items or sentences for the people who use the library.
"""

from __future__ import annotations

import argparse
import datetime
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TYPES = {
    "added": "Added",
    "changed": "Changed",
    "fixed": "Fixed",
    "removed": "Removed",
    "perf": "Faster",
    "docs": "Documentation",
}
_NAME = re.compile(rf"[a-z0-9][a-z0-9-]*\.(?P<type>{'|'.join(TYPES)})\.md")
_MARK = "<!-- releases -->\n"


def fragments(folder: Path) -> list[Path]:
    """Return every file in the folder that has to be a fragment, in order of name."""
    return sorted(path for path in folder.iterdir() if path.name != "README.md")


def faults(folder: Path) -> list[str]:
    """Return a line for each thing wrong with the fragments of a folder."""
    lines = []
    for path in fragments(folder):
        if _NAME.fullmatch(path.name) is None:
            lines.append(f"{path.name}: name it <slug>.<type>.md, type one of {', '.join(TYPES)}")
            continue
        text = path.read_text(encoding="utf-8")
        if not text.strip():
            lines.append(f"{path.name}: is empty")
        elif not text.endswith("\n"):
            lines.append(f"{path.name}: does not end in a newline")
        if any(line.startswith("#") for line in text.splitlines()):
            lines.append(f"{path.name}: has a heading; the release supplies them")
    return lines


def section(folder: Path, version: str, day: datetime.date) -> str:
    """Return the text of a release: the fragments under a heading for each type."""
    parts = [f"## {version} ({day.isoformat()})"]
    for kind, heading in TYPES.items():
        texts = [path.read_text(encoding="utf-8").strip() for path in fragments(folder) if f".{kind}." in path.name]
        if texts:
            parts.append(f"### {heading}\n\n" + "\n".join(texts))
    return "\n\n".join(parts) + "\n"


def assemble(root: Path, version: str, day: datetime.date) -> None:
    """Write the release into CHANGELOG.md, newest first, and delete its fragments."""
    folder, changelog = root / "changes", root / "CHANGELOG.md"
    head, mark, releases = changelog.read_text(encoding="utf-8").partition(_MARK)
    if not mark:
        raise ValueError(f"CHANGELOG.md has no line {_MARK.strip()}")
    entry = section(folder, version, day)
    changelog.write_text(f"{head}{mark}\n{entry}{releases}", encoding="utf-8")
    for path in fragments(folder):
        path.unlink()


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assemble", metavar="VERSION", help="move the fragments into CHANGELOG.md")
    version = parser.parse_args().assemble
    lines = faults(ROOT / "changes")
    if lines:
        print(*lines, sep="\n")
        return 1
    if version is not None:
        assemble(ROOT, version, datetime.datetime.now(tz=datetime.UTC).date())
    return 0


if __name__ == "__main__":
    sys.exit(main())
