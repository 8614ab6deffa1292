"""Profiles of approved therapies: documents of the standard, read one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harmoniqc._resources import data_path
from harmoniqc.vocabulary.terms import ambiguous_term, fold, unknown_term

if TYPE_CHECKING:  # the models are heavy, and importing the vocabulary is not
    from harmoniqc.standard import Product


class Products(Mapping[str, "Product"]):
    """Products by id; ``find`` also takes brand names, nonproprietary names and aliases, whatever their case."""

    def __getitem__(self, id: str) -> Product:
        file = _files().get(id)
        if file is None:
            raise unknown_term("products", id, _names())
        return _read(id)

    def __contains__(self, id: object) -> bool:
        return id in _files()

    def __iter__(self) -> Iterator[str]:
        return iter(_files())

    def __len__(self) -> int:
        return len(_files())

    def __repr__(self) -> str:
        return f"<{len(self)} products: {', '.join(list(self)[:5])} ...>"

    def __reduce__(self) -> str:
        return "products"

    def find(self, name: str) -> Product:
        """Return the one product of this name.

        Raises:
            VocabularyError: ``unknown-term`` with near names, or ``ambiguous-term`` with the candidates.
        """
        ids = _names().get(fold(name), ())
        if not ids:
            raise unknown_term("products", name, _names())
        if len(ids) > 1:
            raise ambiguous_term("products", name, ids)
        return _read(ids[0])


@cache
def _files() -> dict[str, Path]:
    return {path.stem: path for path in sorted(data_path("vocabulary", "products").glob("*.json"))}


@cache
def _read(id: str) -> Product:
    from harmoniqc.standard import Product, load_as

    return load_as(Product, _files()[id].read_bytes())


@cache
def _names() -> dict[str, tuple[str, ...]]:
    import json  # not needed by those who only look up attributes

    out: dict[str, list[str]] = {}
    for id, file in _files().items():
        raw = json.loads(file.read_text(encoding="utf-8"))
        for name in (id, raw["name"], raw.get("nonproprietary_name"), *raw.get("aliases", ())):
            if name is not None and id not in out.setdefault(fold(name), []):
                out[fold(name)].append(id)
    return {name: tuple(ids) for name, ids in out.items()}


products = Products()
