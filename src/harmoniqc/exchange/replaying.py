"""Repeating an evaluation from its record: the identical result, or findings that say what changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from harmoniqc._version import __version__
from harmoniqc.errors import DocumentError, Finding, Findings, HarmoniqcError
from harmoniqc.evaluation import Evaluation
from harmoniqc.evaluation.record import documents_hash, software, table_hash, verdicts_hash
from harmoniqc.exchange.files import read, read_results, unusable
from harmoniqc.exchange.inputs import Found, Inputs, read_batches, read_products
from harmoniqc.standard import Document, EvaluationRecord, HashedInput, Package, Specification, content_hash
from harmoniqc.vocabulary import vocabulary_hash

T = TypeVar("T")
D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class Replay:
    """The outcome of :func:`harmoniqc.replay`.

    Attributes:
        identical: Whether every input is the one recorded and the verdicts are those recorded. Other versions of
            the software, or of the vocabulary, are findings and take nothing from it.
        evaluation: The evaluation as it is now; None if nothing could be evaluated.
        findings: What changed, or could not be read. What the evaluation itself found is in ``evaluation.findings``.
    """

    identical: bool
    evaluation: Evaluation | None
    findings: Findings

    def __str__(self) -> str:
        if self.evaluation is None:
            said = "not evaluated"
        elif self.identical:
            said = f"identical: {_counted(self.evaluation)}"
        elif "verdicts-changed" in self.findings.codes:
            said = f"changed: now {_counted(self.evaluation)}"
        else:
            said = f"changed input, and the verdicts recorded: {_counted(self.evaluation)}"
        return "\n".join((said, *(str(item) for item in self.findings)))

    def __repr__(self) -> str:
        return f"<Replay identical={self.identical} findings={self.findings.counts()}>"


def replay(
    record: EvaluationRecord | str | os.PathLike[str],
    base: str | os.PathLike[str] | None = None,
    *,
    progress: Callable[[int], object] | None = None,
) -> Replay:
    """Evaluate again what a record was made of, and compare.

    Args:
        record: The record, or its file.
        base: The folder that the places named in the record are relative to; None: that of the file, or else the
            working folder.
        progress: Called now and then with the number of rows judged so far.

    Returns:
        Whether the result is identical, the evaluation of what is there now, and findings: ``input-changed``,
        ``unreadable-file``, ``verdicts-changed``, ``vocabulary-changed``, ``software-changed``. An input that
        changed is evaluated as it is now, and one that is missing is left out, if an evaluation is possible at all.

    Raises:
        DocumentError: If the file cannot be read, or is no evaluation record.
    """
    if not isinstance(record, EvaluationRecord):
        base = Path(record).parent if base is None else base
        record = read_record(record)
    reading = _Reading(record, Path("." if base is None else base))
    inputs = reading.inputs()
    findings = [*reading.findings, *_surroundings(record)]
    evaluation = None
    if inputs is not None:
        try:
            evaluation = inputs.evaluate(as_of=record.as_of, progress=progress)
        except HarmoniqcError as error:
            findings += error.findings
    if evaluation is not None:
        found = verdicts_hash(evaluation)
        if found != record.verdicts_sha256:
            message = f"the verdicts are not those recorded; there are now {_counted(evaluation)}"
            findings.append(Finding("verdicts-changed", message, expected=record.verdicts_sha256, found=found))
    all_findings = Findings(findings)
    return Replay(evaluation is not None and not all_findings.errors, evaluation, all_findings)


def read_record(path: str | os.PathLike[str]) -> EvaluationRecord:
    """Read an evaluation record.

    Raises:
        DocumentError: If the file cannot be read, or is no evaluation record.
    """
    document = read(path)
    if isinstance(document, EvaluationRecord):
        return document
    held = f"a {document.type}" if isinstance(document, Document) else "a table"  # type: ignore[attr-defined]
    raise unusable(Path(path), f"holds {held} and no evaluation record")


def _counted(evaluation: Evaluation) -> str:
    counts = {verdict: count for verdict, count in evaluation.counts().items() if count}
    kinds = ", ".join(f"{count:,} {verdict}" for verdict, count in counts.items())
    return f"{sum(counts.values()):,} verdicts" + (f" ({kinds})" if kinds else "")


def _surroundings(record: EvaluationRecord) -> Iterator[Finding]:
    """Yield what else than the input is not as it was."""
    for item in record.inputs:
        if item.role == "vocabulary" and item.sha256 != vocabulary_hash():
            message = "the vocabulary is not the one the record was written with"
            yield Finding("vocabulary-changed", message, expected=item.sha256, found=vocabulary_hash())
    now = dict(text.rsplit(" ", 1) for text in (f"harmoniqc {__version__}", *software()))
    for text in (f"harmoniqc {record.library_version}", *record.software):
        name, _, version = text.rpartition(" ")
        if now.get(name) != version:
            found = f"{name} {now[name]}" if name in now else None
            yield Finding("software-changed", f"the record was written with {text}", expected=text, found=found)


class _Reading:
    """Reads the inputs of a record, and notes which of them are not as they were."""

    def __init__(self, record: EvaluationRecord, base: Path) -> None:
        self.record = record
        self.folder = base.resolve()
        self.findings: list[Finding] = []
        self._documents: dict[Path, Document] = {}

    def inputs(self) -> Inputs | None:
        """Return the inputs as they are now; None if there are no results or no specification to evaluate."""
        specifications = [item for entry in self._of("specification") for item in self._specification(entry)]
        results = [item for entry in self._of("results") for item in self._results(entry)]
        batches = [item for entry in self._of("batches") for item in self._members(entry, "batches", read_batches)]
        products = [item for entry in self._of("products") for item in self._members(entry, "products", read_products)]
        for entry in self._of("facts"):  # other software may keep them apart; here they are part of the batches
            self._unreadable(entry, "facts that are no part of the batches are not read")
        if len(self._of("results")) != 1:
            message = f"the record names {len(self._of('results'))} tables of results, and one is needed"
            self.findings.append(Finding("unreadable-file", message, pointer="/inputs"))
        self._policies([item for found in specifications for item in found.items])
        if len(results) != 1 or not specifications:
            return None
        path, table = results[0]
        return Inputs(table, path, tuple(specifications), tuple(batches), tuple(products))

    def _of(self, role: str) -> list[HashedInput]:
        return [item for item in self.record.inputs if item.role == role]

    def _specification(self, entry: HashedInput) -> Iterator[Found[Specification]]:
        path, document = self._read(entry, self._document)
        if path is None or document is None:
            return
        held = document.specifications if isinstance(document, Package) else (document,)
        listed = [item for item in held if isinstance(item, Specification)]
        recorded = {(item.id, item.version) for item in self._of("specification")}
        chosen = [item for item in listed if (item.id, item.version) == (entry.id, entry.version)]
        if not chosen:  # it may have a new version or name now; not if that is another of those recorded
            others = [item for item in listed if (item.id, item.version) not in recorded]
            chosen = [item for item in others if item.id == entry.id] or others
        if len(chosen) == 1:
            yield Found(path, (chosen[0],))
        if len(chosen) == 1 and (chosen[0].id, chosen[0].version) == (entry.id, entry.version):
            self._compare(entry, content_hash(chosen[0]))
        else:
            names = ", ".join(f"{item.id} version {item.version}" for item in listed) or "no specification"
            self._changed(entry, f"{entry.location} does not hold it", names, _name(entry))

    def _results(self, entry: HashedInput) -> Iterator[tuple[Path, pa.Table]]:
        path, table = self._read(entry, self._table)
        if path is not None and table is not None:
            self._compare(entry, table_hash(table), table.num_rows)
            yield path, table

    def _members(
        self, entry: HashedInput, field: str, read_members: Callable[[Path], tuple[D, ...]]
    ) -> Iterator[Found[D]]:
        def members(path: Path) -> tuple[D, ...]:
            document = self._documents.get(path)
            found: tuple[D, ...] = getattr(document, field) if isinstance(document, Package) else read_members(path)
            return found

        path, items = self._read(entry, members)
        if path is not None and items is not None:
            self._compare(entry, documents_hash(items))
            yield Found(path, items)

    def _read(self, entry: HashedInput, reader: Callable[[Path], T]) -> tuple[Path | None, T | None]:
        """Return the file of an entry and what is in it, or note why there is nothing."""
        if entry.location is None:
            self._unreadable(entry, "the record does not say where it lies")
            return None, None
        path = self.folder / entry.location
        try:
            return path, reader(path)
        except DocumentError as error:
            self._unreadable(entry, error.message)
            self.findings += [item for item in error.findings if item.code != "unreadable-file"]
            return None, None

    def _document(self, path: Path) -> Document | None:
        if path not in self._documents:
            document = read(path)
            if not isinstance(document, Document):
                raise unusable(path, "holds a table and no document")
            self._documents[path] = document
        return self._documents[path]

    def _table(self, path: Path) -> pa.Table:
        document = self._documents.get(path)
        return document.table if isinstance(document, Package) else read_results(path)

    def _policies(self, specifications: list[Specification]) -> None:
        for policy in self.record.policies:
            for item in specifications:
                same = (item.id, item.version) == (policy.specification, policy.version)
                if same and item.rounding != policy.rounding:
                    message = f"specification {item.id} version {item.version}: its rounding is not the one recorded"
                    self.findings.append(
                        Finding("input-changed", message, expected=policy.rounding, found=item.rounding)
                    )

    def _compare(self, entry: HashedInput, found: str, rows: int | None = None) -> None:
        if found != entry.sha256:
            self._changed(entry, "not what was recorded", found)
        elif entry.rows not in (None, rows):
            self._changed(entry, f"the record says {entry.rows} rows, and there are {rows}", found)

    def _changed(self, entry: HashedInput, what: str, found: str, expected: str | None = None) -> None:
        message = f"{_name(entry)}: {what}"
        self.findings.append(Finding("input-changed", message, expected=expected or entry.sha256, found=found))

    def _unreadable(self, entry: HashedInput, why: str) -> None:
        self.findings.append(Finding("unreadable-file", f"{_name(entry)}: {why}", found=entry.location))


def _name(entry: HashedInput) -> str:
    """Return what a person calls an input."""
    if entry.role == "specification":
        return f"specification {entry.id}" + ("" if entry.version is None else f" version {entry.version}")
    return entry.role if entry.id == entry.role else f"{entry.role} {entry.id}"
