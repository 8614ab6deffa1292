"""Results and batches without what ties them to one specification, so that every one can be asked about all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from harmoniqc.standard import Batch, Specification, results_table

if TYPE_CHECKING:
    import pyarrow as pa

_NAMED = ("specification_id", "specification_version")


def untied(results: object) -> pa.Table:
    """Return results that name no specification.

    Args:
        results: Results in any form that :func:`harmoniqc.evaluate` takes.

    Raises:
        TypeError: If they are no table and no iterable of results.
    """
    table = results_table(results)
    return table.drop_columns([name for name in _NAMED if name in table.column_names])


def unagreed(batches: Iterable[Batch] | None) -> tuple[Batch, ...] | None:
    """Return batches for which no specification was agreed; None where none are given."""
    if batches is None:
        return None
    return tuple(item.model_copy(update={"specifications": ()}) for item in batches)


def at_any_time(specifications: Sequence[Specification]) -> tuple[Specification, ...]:
    """Return specifications that apply on every day; versions of one get ids of their own, so that all apply."""
    versions: dict[str, list[str]] = {}
    for item in specifications:
        known = versions.setdefault(item.id, [])
        if item.version not in known:
            known.append(item.version)

    def own_id(item: Specification) -> str:
        known = versions[item.id]
        return item.id if len(known) == 1 else f"{item.id}.{known.index(item.version) + 1}"

    return tuple(
        item.model_copy(update={"id": own_id(item), "valid_from": None, "valid_to": None}) for item in specifications
    )
