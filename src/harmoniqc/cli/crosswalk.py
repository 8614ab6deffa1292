"""``harmoniqc cqa`` and ``harmoniqc crosswalk``: what a term means, and what the authorities ask."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from harmoniqc import crosswalk
from harmoniqc.cli.main import CONFORMS, DOES_NOT
from harmoniqc.cli.terminal import printable
from harmoniqc.crosswalk import Matrix
from harmoniqc.crosswalk.listing import Listing
from harmoniqc.vocabulary import CQA, cqas


def run_cqa(options: argparse.Namespace) -> int:
    """Run ``harmoniqc cqa``: show an attribute by any of its names."""
    term = cqas.find(options.name)
    if options.json:
        _json(_attribute(term))
        return CONFORMS
    for name, text in _attribute(term).items():
        if text not in ("", [], None):
            shown = ", ".join(map(str, text)) if isinstance(text, list) else str(text)
            print(_printable(f"{name:<16}  {shown}"))
    return CONFORMS


def run_crosswalk(options: argparse.Namespace) -> int:
    """Run ``harmoniqc crosswalk``: 0 if something was found, 1 if nothing was."""
    answer: Listing[Any] | Matrix
    if options.reference is not None:
        answer = crosswalk.counterparts(options.reference, authority=options.to, as_of=options.as_of)
    elif options.matrix is not None:
        answer = crosswalk.matrix(options.matrix, as_of=options.as_of)
    elif options.profile is not None:
        answer = crosswalk.profile(options.profile, as_of=options.as_of)
    else:
        answer = crosswalk.requirements(
            cqa=options.cqa,
            authority=options.to,
            modality=options.modality,
            stage=options.stage,
            as_of=options.as_of,
        )
    if options.json:
        _json(answer.records())
    else:
        print("\n".join(_printable(line) for line in str(answer).split("\n")))
    return CONFORMS if len(answer) else DOES_NOT


def _attribute(term: CQA) -> dict[str, Any]:
    domain = term.domain
    return {
        "id": term.id,
        "name": term.name,
        "definition": term.definition,
        "category": term.category,
        "unit": term.unit,
        "quantities": list(term.quantities),
        "domain": None if domain is None else f"{domain.low or '...'} to {domain.high or '...'} {domain.unit}",
        "direction": term.direction,
        "safety critical": "yes" if term.safety_critical else "no",
        "modalities": list(term.modalities),
        "methods": list(term.methods),
        "aliases": list(term.aliases),
        "codes": [f"{code.system} {code.code}" for code in term.codes],
        "broader": term.broader,
    }


def _json(value: object) -> None:
    ascii_only = not (sys.stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")
    print(json.dumps(value, ensure_ascii=ascii_only, indent=2))


def _printable(text: str) -> str:
    return printable(text, sys.stdout.encoding or "utf-8")
