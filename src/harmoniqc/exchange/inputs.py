"""What an evaluation is made from, gathered from files and kept together with the file of each piece."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

import pyarrow as pa

from harmoniqc.evaluation import Evaluation, evaluate
from harmoniqc.evaluation.record import documents_hash
from harmoniqc.exchange.files import document_of, is_folder, named, read, read_json, read_results, unusable
from harmoniqc.exchange.tables.results_table import needs_mapping, read_results_table
from harmoniqc.standard import (
    Batch,
    Document,
    EvaluationRecord,
    HashedInput,
    Package,
    Product,
    Result,
    Specification,
)

T = TypeVar("T", bound=Document)


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """Documents and the file they were found in."""

    path: Path
    items: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything an evaluation is made from.

    Attributes:
        results: The results.
        path: The file they were found in.
        specifications: The specifications.
        batches: The batches.
        products: The products.
    """

    results: pa.Table
    path: Path
    specifications: tuple[Found[Specification], ...]
    batches: tuple[Found[Batch], ...] = ()
    products: tuple[Found[Product], ...] = ()

    def evaluate(self, *, as_of: date | None, progress: Callable[[int], object] | None = None) -> Evaluation:
        """Evaluate them.

        Raises:
            ResultsError: If the results lack a column without which nothing could be judged.
            SelectionError: If there is no specification, or one is there twice.
        """
        # Packages for several authorities describe the same product; what is the same is given once.
        products = list(dict.fromkeys(item for found in self.products for item in found.items))
        return evaluate(
            self.results,
            [item for found in self.specifications for item in found.items],
            batches=[item for found in self.batches for item in found.items] or None,
            products=products or None,
            as_of=as_of,
            progress=progress,
        )

    def record(self, evaluation: Evaluation, path: Path) -> EvaluationRecord:
        """Return the record of their evaluation that also says where they lie, relative to the record's own file.

        Batches and products have one entry for each file, because each file is looked for by itself.
        """
        record = evaluation.record()
        folder = path.parent.resolve()
        entries: list[HashedInput] = []
        files = [found.path for found in self.specifications for _ in found.items]
        for item in record.inputs:
            if item.role == "specification":
                entries.append(_placed(item, files.pop(0), folder))
            elif item.role == "results":
                entries.append(_placed(item, self.path, folder))
            elif item.role == "batches":
                entries += _by_file(item, self.batches, folder)
            elif item.role == "products":
                entries += _by_file(item, self.products, folder)
            else:
                entries.append(item)
        return record.model_copy(update={"inputs": tuple(entries)})

    def files(self) -> Iterator[Path]:
        """Yield every file something was found in."""
        yield self.path
        yield from (found.path for found in self.specifications)
        yield from (found.path for found in self.batches)
        yield from (found.path for found in self.products)


def gather(files: Iterable[str | Path], batches: str | Path | None = None, mapping: str | Path | None = None) -> Inputs:
    """Gather inputs from files and exchanges: specifications, and last the results.

    Args:
        files: Specifications, or packages that hold some; then results, or a package with results. A package may be the
            folder of an exchange.
        batches: A file of batches, which then count instead of those in packages.
        mapping: What the columns of a table of results mean.

    Raises:
        DocumentError: If a file cannot be read, or does not hold what is expected there.
    """
    *leading, last = (Path(name) for name in files)
    specifications: list[Found[Specification]] = []
    packages: list[Found[Package]] = []
    for path in leading:
        document = read(path)
        if isinstance(document, Specification):
            specifications.append(Found(path, (document,)))
        elif isinstance(document, Package) and document.specifications:
            specifications.append(Found(path, document.specifications))
            packages.append(Found(path, (document,)))
        else:
            raise unusable(path, "holds no specification")
    folder = is_folder(last)
    if mapping is not None and (folder or last.suffix.lower() == ".json"):
        raise unusable(last, "holds a document, which needs no mapping", "leave the mapping out")
    document = read(last) if folder or (last.suffix.lower() == ".json" and _is_document(last)) else None
    if isinstance(document, Package):
        packages.append(Found(last, (document,)))
        specifications = specifications or [Found(last, document.specifications)]
        table = document.table
    elif isinstance(document, Document) and not isinstance(document, Result):
        raise unusable(last, "holds no results; name the results after the specifications")
    else:
        table = _results(last, mapping, specifications)
    known = [Found(found.path, item.batches) for found in packages for item in found.items]
    if batches is not None:
        known = [Found(Path(batches), read_batches(batches))]
    return Inputs(
        table,
        last,
        tuple(specifications),
        tuple(found for found in known if found.items),
        tuple(Found(found.path, item.products) for found in packages for item in found.items if item.products),
    )


def _results(path: Path, mapping: str | Path | None, specifications: list[Found[Specification]]) -> pa.Table:
    if mapping is None and not needs_mapping(path):
        return read_results(path)
    held = [item for found in specifications for item in found.items]
    return read_results_table(path, mapping, specification=held[0] if len(held) == 1 else None)


def read_batches(path: str | Path) -> tuple[Batch, ...]:
    """Read batches: a package, a batch, or a list of batches.

    Raises:
        DocumentError: If the file cannot be read, or holds something else.
    """
    return _members(Path(path), Batch, "batches")


def read_products(path: str | Path) -> tuple[Product, ...]:
    """Read products: a package, a product, or a list of products.

    Raises:
        DocumentError: If the file cannot be read, or holds something else.
    """
    return _members(Path(path), Product, "products")


def _members(file: Path, model: type[T], field: str) -> tuple[T, ...]:
    out: list[T] = []
    for document in _documents(file):
        if isinstance(document, Package):
            out += getattr(document, field)
        elif isinstance(document, model):
            out.append(document)
        else:
            raise unusable(file, f"holds a document that is no {model.__name__.lower()}")
    return tuple(out)


def _documents(file: Path) -> Iterator[object]:
    if is_folder(file):
        yield read(file)
        return
    raw = read_json(file)
    for item in raw if isinstance(raw, list) else [raw]:
        with named(file):
            yield document_of(item)


def _is_document(path: Path) -> bool:
    with named(path), path.open("rb") as stream:
        return not stream.read(4096).lstrip().startswith(b"[")  # a list holds results; all else is read as a document


def _by_file(item: HashedInput, found: Iterable[Found[T]], folder: Path) -> Iterator[HashedInput]:
    for part in found:
        entry = item.model_copy(update={"sha256": documents_hash(part.items)})
        yield _placed(entry, part.path, folder)


def _placed(item: HashedInput, path: Path, folder: Path) -> HashedInput:
    # Folders are resolved on both sides, because ".." behind a symbolic link leads elsewhere; the name is kept.
    file = path.parent.resolve() / path.name
    try:
        place = Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive
        place = file.as_posix()
    try:
        place.encode()
    except UnicodeEncodeError:  # a name that is no text has no place in a document
        return item
    return item.model_copy(update={"location": place})
