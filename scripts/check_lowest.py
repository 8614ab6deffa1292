"""Print the lowest version of each runtime dependency as pip constraints, or check that they are installed.

A floor in pyproject.toml that nobody installs is a guess. The tests run once with exactly these versions.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*>=\s*(?P<version>[0-9.]+)")


def lowest(pyproject: Path = PYPROJECT) -> dict[str, str]:
    """Return the floor of each direct runtime dependency.

    Raises:
        ValueError: If a dependency has no floor.
    """
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    floors = {}
    for requirement in project["dependencies"]:
        match = _REQUIREMENT.match(requirement)
        if match is None:
            raise ValueError(f"{requirement!r} does not begin with a name and a floor, like name>=1.2")
        floors[match["name"]] = match["version"]
    return floors


def differences(floors: dict[str, str]) -> list[str]:
    """Return a line for each dependency that is installed in another version than its floor."""
    lines = []
    for name, floor in floors.items():
        installed = importlib.metadata.version(name)
        if _release(installed) != _release(floor):
            lines.append(f"{name}: {floor} wanted, {installed} installed")
    return lines


def _release(version: str) -> list[str]:
    parts = version.split(".")
    while len(parts) > 1 and parts[-1] == "0":
        parts.pop()
    return parts


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--installed", action="store_true", help="check the running environment instead of printing")
    if parser.parse_args().installed:
        lines = differences(lowest())
        print(*lines, sep="\n", end="\n" if lines else "")
        return 1 if lines else 0
    print(*(f"{name}=={version}" for name, version in lowest().items()), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
