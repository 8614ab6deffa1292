"""What a document holds, each part with its place, as far as its shape is right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from harmoniqc.standard import (
    Batch,
    ChangeRecord,
    Disposition,
    Document,
    EvaluationRecord,
    Investigation,
    LifecycleManagement,
    Product,
    Specification,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

D = TypeVar("D", bound=Document)


@dataclass(frozen=True, slots=True)
class Placed(Generic[D]):
    """A document and where it stands.

    Attributes:
        pointer: JSON Pointer of it; empty: it is the whole document.
        document: The document.
    """

    pointer: str
    document: D


@dataclass(frozen=True, slots=True)
class Rows:
    """Results of the right shape, as columns.

    Attributes:
        table: One row a result; the columns are those of the registry that any row fills. Decimals and instants are
            the text that was written, whole numbers int64, truth values boolean.
        positions: int64, where each row of the table stood among the results of the document.
        inside: Whether the results are a part of the document; else each is a document of its own.
    """

    table: pa.Table
    positions: npt.NDArray[np.int64]
    inside: bool = True

    def pointer(self, row: int, name: str = "") -> str:
        """Return the JSON Pointer of a row of the table, or of a field of it."""
        place = f"/results/{self.positions[row]}" if self.inside else ""
        return place + (f"/{name}" if name else "")


@dataclass(frozen=True, slots=True)
class Contents:
    """The parts of a document whose shape is right. A document that stands alone is its own only part.

    Attributes:
        kind: Type of the document.
        specifications: Specifications.
        products: Products.
        batches: Batches.
        investigations: Investigations.
        dispositions: Decisions on batches.
        evaluations: Records of evaluations.
        changes: Records of changes.
        lifecycles: What binds products after their approval.
        results: Results; None: there are none.
        complete: Names of the collections all of whose parts have the right shape; only of these can it be said that
            something is not among them.
    """

    kind: str
    specifications: tuple[Placed[Specification], ...] = ()
    products: tuple[Placed[Product], ...] = ()
    batches: tuple[Placed[Batch], ...] = ()
    investigations: tuple[Placed[Investigation], ...] = ()
    dispositions: tuple[Placed[Disposition], ...] = ()
    evaluations: tuple[Placed[EvaluationRecord], ...] = ()
    changes: tuple[Placed[ChangeRecord], ...] = ()
    lifecycles: tuple[Placed[LifecycleManagement], ...] = ()
    results: Rows | None = None
    complete: frozenset[str] = field(default_factory=frozenset)
