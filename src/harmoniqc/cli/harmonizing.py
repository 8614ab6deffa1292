"""``harmoniqc compare`` and ``harmoniqc harmonize``: read specifications, call one function, print or write."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from harmoniqc._files import write_atomically
from harmoniqc.cli.main import CONFORMS, DOES_NOT
from harmoniqc.cli.terminal import printable
from harmoniqc.exchange import read, write
from harmoniqc.exchange.files import unusable
from harmoniqc.harmonization import Comparison, compare, harmonize
from harmoniqc.standard import Specification


def run_compare(options: argparse.Namespace) -> int:
    """Run ``harmoniqc compare``.

    Raises:
        HarmoniqcError: If a file is no specification.
    """
    found = compare(_specification(options.a), _specification(options.b), equivalences=options.equivalent)
    if options.json:
        text = json.dumps(as_json(found), ensure_ascii=not _is_unicode(options.output), indent=2)
    else:
        text = found.to_html() if options.html else found.summary()
    _put(text, options.output)
    return CONFORMS if found.implies_b and found.implied_by else DOES_NOT


def run_harmonize(options: argparse.Namespace) -> int:
    """Run ``harmoniqc harmonize``.

    Raises:
        HarmoniqcError: If a file is no specification, or the specifications are not about the same thing.
    """
    output = None if options.output is None else Path(options.output)
    if output is not None and output.suffix.lower() != ".json":
        raise unusable(output, "a specification goes into a file named .json")
    found = harmonize(
        [_specification(name) for name in options.files],
        id=options.id,
        product=options.product,
        equivalences=options.equivalent,
        simplified=options.simplified,
    )
    if output is not None:
        write(found.specification, output)
    if options.html is not None:
        _put(found.to_html(), options.html)
    _put(found.summary(), None)
    return DOES_NOT if found.conflicts else CONFORMS


def as_json(found: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON-ready data."""
    return {
        "a": {"id": found.a.id, "version": found.a.version},
        "b": {"id": found.b.id, "version": found.b.version},
        "implies_b": found.implies_b,
        "why_not_b": list(found.why_not_b),
        "implied_by": found.implied_by,
        "why_not_a": list(found.why_not_a),
        "assumed": list(found.assumed),
        "differences": [{"name": f.name, "before": f.before, "after": f.after} for f in found.differences],
        "changes": found.to_arrow().to_pylist(),
    }


def _specification(name: str) -> Specification:
    found = read(name)
    if not isinstance(found, Specification):
        raise unusable(Path(name), "is no specification")
    return found


def _put(text: str, output: str | None) -> None:
    if output is not None:
        data = f"{text}\n".encode()
        write_atomically(Path(output), lambda stream: stream.write(data))
        return
    for line in text.split("\n"):
        print(printable(line, sys.stdout.encoding or "utf-8"))


def _is_unicode(output: str | None) -> bool:
    return output is not None or (sys.stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")
