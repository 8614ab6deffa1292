"""What the crosswalk expects of one specification: which rows apply, at which stage, with how much behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harmoniqc.crosswalk.looking import covers
from harmoniqc.crosswalk.rows import Requirement
from harmoniqc.errors import CrosswalkError, Finding, VocabularyError
from harmoniqc.harmonization.gap_listing import LEVELS, GapLevel
from harmoniqc.standard import Product, Specification
from harmoniqc.vocabulary import cqas, modalities, products, scopes

_OF_MATERIAL = {
    "vector": ("vector",),
    "plasmid": ("vector",),
    "cell-bank": ("cell-bank",),
    "starting-material": ("starting-material",),
    "raw-material": ("starting-material",),
}
_OF_PURPOSE: dict[str, tuple[str, ...]] = {
    # A sample taken during manufacture may be what a release criterion is answered by.
    "release": ("release", "in-process"),
    "shelf-life": ("stability",),
    "in-process": ("in-process",),
    "starting-material": ("starting-material",),
    "reference": (),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of product.

    Attributes:
        modality: The modality.
        vector: The vector cells were modified with, as a modality; None: not known, or there is none.
    """

    modality: str
    vector: str | None = None

    def has(self, row: Requirement) -> bool:
        """Tell whether a requirement applies to the product."""
        if not covers(row, self.modality):
            return False
        if self.vector is None:
            return True
        # A scope like "retroviral vectors and cells made with them" is not about cells made with another vector.
        vectors = _viral_vectors()
        return any(
            self.modality in named and (self.vector in named or not vectors.intersection(named))
            for named in (scopes[scope].modalities for scope in row.scopes)
        )


def _viral_vectors() -> frozenset[str]:
    return frozenset(scopes["viral-vector"].modalities)


def kind_of(specification: Specification, modality: str | None, product: Product | None) -> Kind:
    """Return the kind of product that a specification is for.

    Args:
        specification: The specification.
        modality: The modality, by id or any of its names, where it is given.
        product: The product, where it is given.

    Raises:
        TypeError: If both are given.
        VocabularyError: If the modality is not in the vocabulary, with near names.
        CrosswalkError: ``modality-not-known``; ``another-product``.
    """
    if modality is not None:
        if product is not None:
            raise TypeError("give the modality or the product, not both")
        return Kind(modalities.find(modality).id)
    if product is not None and product.id != specification.product:
        message = f"{specification.id} is a specification of {specification.product}, not of {product.id}"
        raise CrosswalkError(
            message, (Finding("another-product", message, expected=specification.product, found=product.id),)
        )
    known = product or products.get(specification.product)
    if known is None or known.modality is None:
        message = f"nothing says what kind of product {specification.product} is"
        raise CrosswalkError(message, (Finding("modality-not-known", message, found=specification.product),))
    return Kind(modalities.find(known.modality).id, _vector(known))


def _vector(product: Product) -> str | None:
    if product.vector is None:
        return None
    try:
        return modalities.find(product.vector.kind).id
    except VocabularyError:
        return None  # a kind nobody knows rules no text out


def stages_of(specification: Specification, modality: str) -> tuple[str, ...]:
    """Return the stages of requirements that a specification can answer; none: it decides nothing."""
    of_material = _OF_MATERIAL.get(specification.material)
    if of_material is not None and specification.purpose in ("release", "starting-material"):
        return of_material
    stages = _OF_PURPOSE[specification.purpose]
    return (*stages, "vector") if "release" in stages and modality in _viral_vectors() else stages


def level_of(row: Requirement, day: str) -> GapLevel:
    """Return how much stands behind a requirement on a day."""
    weak = row.document.bindingness in ("informational", "none") or any(cqa.startswith("rule-") for cqa in row.cqas)
    if weak or not asks_for_test(row) or not row.decides(day):
        return "informs"
    return "conditional" if row.condition else "expected"


def best_level(levels: Iterable[GapLevel]) -> GapLevel:
    """Return the strongest of several levels."""
    return min(levels, key=LEVELS.index)


def asks_for_test(row: Requirement) -> bool:
    """Tell whether a requirement is answered by a test of the product; rules on records and processes are not."""
    return row.kind == "product-limit" and row.operator != "exempt"


def attributes_of(row: Requirement, modality: str) -> tuple[str, ...]:
    """Return the attributes a requirement is about that may apply to a kind of product; rules are none."""
    return tuple(
        cqa for cqa in row.cqas if cqa in cqas and (not cqas[cqa].modalities or modality in cqas[cqa].modalities)
    )


def kinds_of(cqa: str) -> tuple[str, ...]:
    """Return an attribute, and every attribute it is a kind of."""
    out = [cqa]
    term = cqas.get(cqa)
    while term is not None and term.broader is not None and term.broader not in out:
        out.append(term.broader)
        term = cqas.get(term.broader)
    return tuple(out)
