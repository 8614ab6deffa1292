"""The record of an evaluation: hashes of all that went in, and of what came out."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from harmoniqc._version import __version__
from harmoniqc.evaluation.table_hash import table_hash
from harmoniqc.standard import AppliedPolicy, Document, EvaluationRecord, HashedInput, content_hash
from harmoniqc.vocabulary import vocabulary_hash

if TYPE_CHECKING:
    from harmoniqc.evaluation.evaluation import Evaluation

__all__ = ["documents_hash", "record_of", "software", "table_hash", "verdicts_hash"]


def record_of(evaluation: Evaluation, evaluated_at: datetime | None = None) -> EvaluationRecord:
    """Return the record of an evaluation.

    Args:
        evaluation: The evaluation.
        evaluated_at: When it was done, with its offset from UTC; None: now.

    Raises:
        ValueError: If the time has no offset.
    """
    return EvaluationRecord(
        inputs=tuple(_inputs(evaluation)),
        policies=tuple(
            AppliedPolicy(specification=item.id, version=item.version, rounding=item.rounding)
            for item in evaluation.specifications
        ),
        as_of=evaluation.as_of,
        evaluated_at=datetime.now(UTC) if evaluated_at is None else _aware(evaluated_at),
        library_version=__version__,
        software=software(),
        verdicts_sha256=verdicts_hash(evaluation),
    )


def _aware(moment: datetime) -> datetime:
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("evaluated_at has no offset from UTC; give it one, as in datetime.now(timezone.utc)")
    # Offsets of old local times have seconds, for which the standard has no place.
    return moment if offset % timedelta(minutes=1) == timedelta(0) else moment.astimezone(UTC)


def _inputs(evaluation: Evaluation) -> Iterator[HashedInput]:
    for item in evaluation.specifications:
        yield HashedInput(role="specification", id=item.id, version=item.version, sha256=content_hash(item))
    table = evaluation.columns.table
    yield HashedInput(role="results", id="results", sha256=table_hash(table), rows=table.num_rows)
    if evaluation.batches_given:
        yield HashedInput(role="batches", id="batches", sha256=documents_hash(evaluation.batches_given))
    if evaluation.products_given:
        yield HashedInput(role="products", id="products", sha256=documents_hash(evaluation.products_given))
    yield HashedInput(role="vocabulary", id="vocabulary", sha256=vocabulary_hash())


def documents_hash(documents: Iterable[Document]) -> str:
    """Return one hash of several documents, in their order."""
    return hashlib.sha256("".join(f"{content_hash(item)}\n" for item in documents).encode()).hexdigest()


def software() -> tuple[str, ...]:
    """Return the versions of what an evaluation runs on, each as a name and a version."""
    return (f"python {platform.python_version()}", f"numpy {np.__version__}", f"pyarrow {pa.__version__}")


def verdicts_hash(evaluation: Evaluation) -> str:
    """Return the hash of the verdicts of an evaluation: of its results, and of its batches."""
    parts = (table_hash(_in_order(evaluation.verdicts)), table_hash(_by_batch(evaluation.batches)))
    return hashlib.sha256("\n".join(("harmoniqc verdicts 1", *parts)).encode()).hexdigest()


def _in_order(verdicts: pa.Table) -> pa.Table:
    """Return verdicts with rows that no specification applies to in the order of the input.

    They come by reason, and the order of reasons may follow the dictionary of a column.
    """
    specification = verdicts.column("specification")
    if not specification.null_count:
        return verdicts
    nowhere = pc.is_null(specification)
    placed, rest = verdicts.filter(pc.invert(nowhere)), verdicts.filter(nowhere)
    return pa.concat_tables([placed, rest.take(pc.sort_indices(rest.column("row")))])


def _by_batch(batches: pa.Table) -> pa.Table:
    """Return verdicts of batches in an order that does not follow the dictionary of batch identifiers."""
    names = ("batch", "specification", "specification_version", "decision_point")
    keys = pa.table({name: batches.column(name).cast(pa.string()) for name in names})
    return batches.take(pc.sort_indices(keys, [(name, "ascending") for name in names]))
