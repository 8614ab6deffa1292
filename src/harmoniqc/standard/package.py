"""A package: specifications, products, batches and results that belong together, as one thing to exchange."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema, model_validator

from harmoniqc.standard.arrow import results_table, same_table
from harmoniqc.standard.base import Document, Identifier, Text, refuse
from harmoniqc.standard.lifecycle import ChangeRecord, LifecycleManagement
from harmoniqc.standard.product import Batch, Product
from harmoniqc.standard.records import Disposition, EvaluationRecord, Investigation
from harmoniqc.standard.specification import Specification

if TYPE_CHECKING:
    import pyarrow as pa


def _results(value: object) -> object:
    try:
        return results_table(value)
    except TypeError as error:
        raise ValueError(str(error)) from error


class Package(Document):
    """Everything one site sends to another about some batches.

    Results are held in bulk as an Arrow table with the columns of the registry; in JSON they are rows of
    decimal text. Equality compares the tables by value.

    Attributes:
        id: Identifier of the package.
        title: What it is.
        specifications: Specifications the results answer.
        products: The products.
        batches: The batches.
        investigations: Investigations the results refer to.
        dispositions: Decisions on the batches.
        evaluations: Records of evaluations.
        changes: Records of changes.
        lifecycles: What binds the products after their approval.
        results: The results as a pyarrow Table; accepts an iterable of Result or anything with the Arrow C
            stream interface.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    verbatim_fields: ClassVar[frozenset[str]] = Document.verbatim_fields | {"results"}

    type: Literal["package"] = "package"
    id: Identifier
    title: Text | None = None
    specifications: tuple[Specification, ...] = ()
    products: tuple[Product, ...] = ()
    batches: tuple[Batch, ...] = ()
    investigations: tuple[Investigation, ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    evaluations: tuple[EvaluationRecord, ...] = ()
    changes: tuple[ChangeRecord, ...] = ()
    lifecycles: tuple[LifecycleManagement, ...] = ()
    results: Annotated[Any, BeforeValidator(_results), WithJsonSchema({"type": "array"})] = Field(default=())

    @model_validator(mode="after")
    def _unique(self, info: ValidationInfo) -> Package:
        for name, keys in (
            ("specification", [(item.id, item.version) for item in self.specifications]),
            ("product", [(item.id,) for item in self.products]),
            ("batch", [(item.id,) for item in self.batches]),
            ("change", [(item.id,) for item in self.changes]),
            ("lifecycle", [(item.id, item.version) for item in self.lifecycles]),
        ):
            if len(set(keys)) != len(keys):
                refuse(info, "duplicate-id", f"a {name} occurs twice")
        return self

    @property
    def table(self) -> pa.Table:
        """The results as a pyarrow Table."""
        return self.results

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Package):
            return NotImplemented
        return self._meaning() == other._meaning() and same_table(self.results, other.results)

    def __hash__(self) -> int:
        return super().__hash__()


COLLECTIONS: Mapping[str, type[Document]] = MappingProxyType(
    {
        "specifications": Specification,
        "products": Product,
        "batches": Batch,
        "investigations": Investigation,
        "dispositions": Disposition,
        "evaluations": EvaluationRecord,
        "changes": ChangeRecord,
        "lifecycles": LifecycleManagement,
    }
)
"""The fields of a package that hold documents, and what each holds; results are a table of their own."""
