"""The crosswalk in files for others: TSV, JSON, and the mappings as SSSOM, which holds a part of it only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from harmoniqc._files import write_atomically
from harmoniqc.crosswalk.rows import STRENGTH, Document, Requirement, Topic
from harmoniqc.crosswalk.store import PHARMACOPOEIAS, documents_by_id, mappings, requirements_by_id, topics

BASE = "https://w3id.org/harmoniqc/"
NOTHING = "sssom:NoTermFound"

_COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "subject_source",
    "subject_source_version",
    "object_source",
    "object_source_version",
    "comment",
)
_HEAD = f"""\
#curie_map:
#  hqdoc: {BASE}document/
#  hqreq: {BASE}requirement/
#  hqsource: {BASE}source/
#mapping_set_id: {BASE}mappings/crosswalk.sssom.tsv
#mapping_set_title: What authorities ask of cell and gene therapies, mapped to one another
#mapping_set_description: A part of the harmoniqc crosswalk. Limits, dates and conditions are in the crosswalk itself.
#license: https://creativecommons.org/publicdomain/zero/1.0/
"""


def export(path: str | PathLike[str]) -> Path:
    """Write the crosswalk to a file, or to a folder of files.

    Args:
        path: ``.sssom.tsv``: the mappings, as SSSOM; ``.json``: everything; ``.tsv``: the requirements with their
            documents; any other name: a folder with all three.

    Returns:
        The path that was written.

    Each file appears only when it is complete.

    Raises:
        OSError: If it cannot be written.
    """
    target = Path(fspath(path))
    if target.name.endswith(".sssom.tsv"):
        _write(target, sssom())
    elif target.suffix == ".json":
        _write(target, json.dumps(everything(), ensure_ascii=False, indent=1) + "\n")
    elif target.suffix == ".tsv":
        _write(target, _tsv())
    else:
        target.mkdir(parents=True, exist_ok=True)
        for name in ("crosswalk.sssom.tsv", "crosswalk.json", "requirements.tsv"):
            export(target / name)
    return target


def everything() -> dict[str, Any]:
    """Return the whole crosswalk as plain values."""
    return {
        "documents": [asdict(row) for row in documents_by_id().values()],
        "requirements": [{**asdict(row), "document": row.document.id} for row in requirements_by_id().values()],
        "mappings": [asdict(row) for row in mappings()],
        "pharmacopoeia": [asdict(row) for row in topics()],
    }


def sssom() -> str:
    """Return the mappings in the TSV form of SSSOM.

    What a mapping leaves different, and how well it was seen, stand in ``comment``; ``sssom:NoTermFound`` says that a
    counterpart was looked for and not found. Rows are sorted, lines end in LF.
    """
    rows = sorted({*_of_requirements(), *_of_chapters()})
    lines = ["\t".join(_COLUMNS), *("\t".join(row) for row in rows)]
    return _HEAD + "\n".join(lines) + "\n"


def _of_requirements() -> Iterator[tuple[str, ...]]:
    rows = requirements_by_id()
    for mapping in mappings():
        subject = rows[mapping.subject]
        other = rows[mapping.object] if mapping.object else None
        yield _row(
            _requirement(subject),
            mapping.predicate,
            _requirement(other) if other else ("", "", _source(mapping.authority), ""),
            mapping.justification,
            f"{mapping.difference} Evidence: {mapping.evidence}.",
        )


def _of_chapters() -> Iterator[tuple[str, ...]]:
    newest = {document.citation: document for document in documents_by_id().values()}
    newest |= {
        alias: document for document in documents_by_id().values() for alias in document.aliases if alias not in newest
    }
    for topic in topics():
        for number, first in enumerate(PHARMACOPOEIAS):
            for second in PHARMACOPOEIAS[number + 1 :]:
                yield from _pairs(topic, first, second, newest)


def _pairs(topic: Topic, first: str, second: str, newest: dict[str, Document]) -> Iterator[tuple[str, ...]]:
    subjects, others = topic.of(first)[0], topic.of(second)[0]
    evidence = max(topic.of(first)[1], topic.of(second)[1], key=STRENGTH.__getitem__)
    comment = f"{topic.topic}: {topic.difference} Evidence: {evidence}."
    for subject in subjects:
        for other in others or ("",):
            against = _document(newest[other]) if other else ("", "", _source(second), "")
            yield _row(
                _document(newest[subject]), topic.predicate(first, second), against, topic.justification, comment
            )


def _row(
    subject: tuple[str, str, str, str], predicate: str, other: tuple[str, str, str, str], why: str, comment: str
) -> tuple[str, ...]:
    nothing = predicate == NOTHING
    ends = (subject[0], subject[1], "skos:relatedMatch" if nothing else predicate, NOTHING if nothing else other[0])
    return (*ends, other[1], why, subject[2], subject[3], other[2], other[3], comment.replace('"', "'"))


def _requirement(row: Requirement) -> tuple[str, str, str, str]:
    document = row.document
    label = f"{document.citation}: {row.text}"
    return (f"hqreq:{row.id}", label.replace('"', "'"), _source(document.authority), document.version)


def _document(row: Document) -> tuple[str, str, str, str]:
    return (f"hqdoc:{row.id}", f"{row.citation}: {row.title}", _source(row.authority), row.version)


def _source(authority: str) -> str:
    return "hqsource:" + re.sub(r"[^a-z0-9]+", "-", authority.casefold()).strip("-")


def _tsv() -> str:
    header: list[str] | None = None
    lines = []
    for row in requirements_by_id().values():
        document = row.document
        record = asdict(row) | {"document": document.id}
        record |= {
            "reference": document.citation,
            "authority": document.authority,
            "status": document.status,
            "bindingness": document.bindingness,
            "valid_from": row.valid_from or document.valid_from,
            "valid_to": row.valid_to or document.valid_to,
        }
        header = header or list(record)
        lines.append("\t".join(";".join(value) if isinstance(value, tuple) else value for value in record.values()))
    return "\n".join(["\t".join(header or []), *lines]) + "\n"


def _write(path: Path, text: str) -> None:
    data = text.encode()
    write_atomically(path, lambda stream: stream.write(data))
