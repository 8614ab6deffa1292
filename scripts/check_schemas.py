"""Check that schemas/ is what was published, and that no stable version was rewritten since it was first committed.

One state of the folder cannot show that a release was changed together with its pin. The history can: a pin that any
commit behind this one held has to be there today, unchanged.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from harmoniqc.schema.files import PINS, read_pins, versions
from harmoniqc.schema.publishing import verify_tree
from harmoniqc.standard import STANDARD_VERSION

ROOT = Path(__file__).resolve().parent.parent / "schemas"


def history_faults(root: Path) -> list[str]:
    """Return a line for each pin that a commit held and that is not there today, or is another."""
    revisions = _git(root, "log", "--full-history", "--format=%H", "--", PINS).split()
    today = read_pins(root)
    faults = {}
    for revision in revisions:
        for version, pin in _pins_of(root, revision).items():
            if today.get(version) != pin:
                faults[version, pin] = f"version {version} was pinned as {pin} in {revision[:12]}, and is not today"
    return list(faults.values())


def _pins_of(root: Path, revision: str) -> dict[str, str]:
    shown = _git(root, "show", f"{revision}:./{PINS}", missing="{}")
    pins: dict[str, str] = json.loads(shown)
    return pins


def _git(root: Path, *arguments: str, missing: str | None = None) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=missing is None)
    return done.stdout if done.returncode == 0 or missing is None else missing


def has_history(root: Path) -> bool:
    """Tell whether the folder is in a git working copy whose whole history is there."""
    try:
        return _git(root, "rev-parse", "--is-shallow-repository").strip() == "false"
    except (OSError, subprocess.CalledProcessError):
        return False


def main(root: Path = ROOT) -> int:
    """Run the check.

    Args:
        root: The folder of schemas.

    Returns:
        0: everything is as it was published; 1: it is not.
    """
    lines = [str(finding) for finding in verify_tree(root)]
    if STANDARD_VERSION not in versions(root):
        lines.append(f"version {STANDARD_VERSION} of the standard is not published; run scripts/publish_schemas.py")
    if has_history(root):
        lines += history_faults(root)
    else:
        print("schemas: the history is not here, so it was not compared with the pins", file=sys.stderr)
    print(*lines, sep="\n", end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
