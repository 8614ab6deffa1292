"""``harmoniqc gaps`` and ``harmoniqc impact``: read documents, call one function, print or write."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from harmoniqc.cli.findings import record
from harmoniqc.cli.harmonizing import is_unicode, put
from harmoniqc.cli.main import CONFORMS, DOES_NOT
from harmoniqc.exchange import read
from harmoniqc.exchange.files import unusable
from harmoniqc.exchange.inputs import gather, read_products
from harmoniqc.harmonization import Affected, Gaps, affected, gaps
from harmoniqc.standard import ChangeRecord, Document, Package, Product, Specification

D = TypeVar("D", bound=Document)


def run_gaps(options: argparse.Namespace) -> int:
    """Run ``harmoniqc gaps``.

    Raises:
        HarmoniqcError: If the file holds no specification, or the question names something unknown.
    """
    path = Path(options.file)
    found = read(path)
    specification = _only(path, found, Specification, "specifications", "specification")
    product: Product | None = None
    if options.product is not None:
        product = _of(specification, read_products(options.product))
        if product is None:
            raise unusable(Path(options.product), f"holds no product {specification.product}")
    elif options.modality is None and isinstance(found, Package):
        product = _of(specification, found.products)
    answer = gaps(specification, options.authority, options.as_of, modality=options.modality, product=product)
    if options.json:
        text = json.dumps(gaps_as_json(answer), ensure_ascii=not is_unicode(options.output), indent=2)
    else:
        text = answer._repr_html_() if options.html else str(answer)
    put(text, options.output)
    return CONFORMS if answer.is_complete else DOES_NOT


def run_impact(options: argparse.Namespace) -> int:
    """Run ``harmoniqc impact``.

    Raises:
        HarmoniqcError: If the input cannot be used, or a version that the change names is missing.
    """
    path = Path(options.change)
    found = read(path)
    change = _only(path, found, ChangeRecord, "changes", "change record")
    inputs = gather(options.files, options.batches, options.mapping)
    held = [item for group in inputs.specifications for item in group.items]
    if isinstance(found, Package):
        held += [item for item in found.specifications if item not in held]
    products = list(dict.fromkeys(item for group in inputs.products for item in group.items))
    answer = affected(
        change,
        inputs.results,
        held,
        batches=[item for group in inputs.batches for item in group.items] or None,
        products=products or None,
        as_of=options.as_of,
    )
    if options.json:
        text = json.dumps(impact_as_json(answer), ensure_ascii=not is_unicode(options.output), indent=2)
    else:
        text = answer.to_html() if options.html else answer.summary()
    put(text, options.output)
    return DOES_NOT if answer else CONFORMS


def gaps_as_json(found: Gaps) -> dict[str, Any]:
    """Return gaps as JSON-ready data."""
    return {
        "specification": {"id": found.specification.id, "version": found.specification.version},
        "authorities": list(found.authorities),
        "modality": found.modality,
        "as_of": found.as_of,
        "gaps": found.records(),
        "answered": [row.id for row in found.answered],
        "left_out": [row.id for row in found.left_out],
        "findings": [record(item) for item in found.findings],
    }


def impact_as_json(found: Affected) -> dict[str, Any]:
    """Return what a change affects as JSON-ready data."""
    return {
        "change": found.change.id,
        "judged_results": found.judged_results,
        "judged_batches": found.judged_batches,
        "batches": found.to_arrow().to_pylist(),
        "results": found.results_to_arrow().to_pylist(),
        "findings": [record(item) for item in found.findings],
    }


def _only(path: Path, found: object, model: type[D], collection: str, name: str) -> D:
    """Return the document of a file, or the one of its kind in a package."""
    if isinstance(found, model):
        return found
    held: Sequence[D] = getattr(found, collection) if isinstance(found, Package) else ()
    if len(held) != 1:
        raise unusable(path, f"holds {len(held) or 'no'} {name}{'s' if len(held) > 1 else ''}, where one is needed")
    return held[0]


def _of(specification: Specification, products: Sequence[Product]) -> Product | None:
    return next((item for item in products if item.id == specification.product), None)
