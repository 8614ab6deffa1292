"""Generate the JSON Schemas from the models and publish them in schemas/, each with its examples.

Without an option they are published as unstable, as often as the models change. With ``--stable VERSION`` the version
is frozen: its files never change again, and this script refuses to touch them.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from harmoniqc.errors import HarmoniqcError
from harmoniqc.schema.files import Status
from harmoniqc.schema.generating import generate
from harmoniqc.schema.publishing import publish
from harmoniqc.standard import DOCUMENT_TYPES, STANDARD_VERSION

ROOT = Path(__file__).resolve().parent.parent / "schemas"


def generated(examples: Path, status: Status = "unstable") -> dict[str, dict[str, Any]]:
    """Return the schema of each document type, with the examples in its folder."""
    return {name: _with_examples(generate(name, status), examples / name) for name in DOCUMENT_TYPES}


def _with_examples(schema: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a schema with its examples before its definitions, where a reader finds them."""
    examples = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]
    definitions = schema.pop("$defs")
    return {**schema, "examples": examples, "$defs": definitions}


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command.

    Args:
        arguments: The arguments; None: those of the process.
        root: The folder of schemas.

    Returns:
        0: published; 1: refused.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stable", metavar="VERSION", help="freeze this version; it has to be that of the models")
    stable = parser.parse_args(arguments).stable
    if stable not in (None, STANDARD_VERSION):
        print(f"the models are of version {STANDARD_VERSION} of the standard, not {stable}", file=sys.stderr)
        return 1
    status: Status = "unstable" if stable is None else "stable"
    try:
        manifest = publish(root, STANDARD_VERSION, status, generated(ROOT / "examples", status))
    except (HarmoniqcError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"version {manifest.standard_version}: {len(manifest.schemas)} schemas published as {status}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
