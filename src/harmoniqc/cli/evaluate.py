"""``harmoniqc evaluate``: gather the input, call :func:`harmoniqc.evaluate`, print or write what came out."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from harmoniqc.cli.main import CONFORMS, DOES_NOT
from harmoniqc.cli.terminal import Progress, colors_wanted, render_table
from harmoniqc.errors import DocumentError, Finding
from harmoniqc.evaluation import Evaluation, evaluate
from harmoniqc.exchange import read, read_results, write
from harmoniqc.standard import Batch, Document, Package, Result, Specification, load_document
from harmoniqc.standard.reader import decode

_LONG = 1_000_000
"""Tables longer than this show a progress bar."""


def run(options: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        HarmoniqcError: If the input cannot be used.
    """
    specifications, batches, results = _gather(options.files)
    if options.batches is not None:
        batches = _batches(Path(options.batches))
    progress = Progress("judged", results.num_rows) if results.num_rows > _LONG else None
    evaluation = evaluate(results, specifications, batches=batches or None, as_of=options.as_of, progress=progress)
    if options.format == "table":
        with _sink(options.output) as stream:
            _print_table(evaluation, options.rows, stream)
    elif options.format == "json":
        with _sink(options.output) as stream:
            json.dump(as_json(evaluation), stream, ensure_ascii=False, indent=2)
            stream.write("\n")
    else:
        _parquet(evaluation, options.output)
    return CONFORMS if evaluation.conforms else DOES_NOT


def _gather(files: list[str]) -> tuple[list[Specification], list[Batch], pa.Table]:
    *leading, last = (Path(name) for name in files)
    specifications: list[Specification] = []
    batches: list[Batch] = []
    for path in leading:
        document = read(path)
        if isinstance(document, Specification):
            specifications.append(document)
        elif isinstance(document, Package) and document.specifications:
            specifications += document.specifications
            batches += document.batches
        else:
            raise _refuse(path, "holds no specification")
    document = read(last) if last.suffix.lower() == ".json" and _is_document(last) else None
    if isinstance(document, Package):
        specifications = specifications or list(document.specifications)
        batches += document.batches
        return specifications, batches, document.table
    if isinstance(document, Document) and not isinstance(document, Result):
        raise _refuse(last, "holds no results; name the results after the specifications")
    return specifications, batches, read_results(last)


def _is_document(path: Path) -> bool:
    try:
        return isinstance(decode(path.read_bytes()), dict)
    except OSError:
        return True  # reading it again says what is wrong with it


def _batches(path: Path) -> list[Batch]:
    try:
        raw = decode(path.read_bytes())
    except OSError as error:
        raise _refuse(path, error.strerror or "cannot be read") from error
    documents = [load_document(item) for item in (raw if isinstance(raw, list) else [raw])]
    out: list[Batch] = []
    for document in documents:
        if isinstance(document, Package):
            out += document.batches
        elif isinstance(document, Batch):
            out.append(document)
        else:
            raise _refuse(path, "holds a document that is no batch")
    return out


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation as JSON-ready data."""
    return {
        "counts": evaluation.counts(),
        "conforms": evaluation.conforms,
        "batches": evaluation.batches.to_pylist(),
        "verdicts": evaluation.verdicts.to_pylist(),
        "findings": [
            {
                key: value
                for key, value in {
                    "code": item.code,
                    "level": item.level,
                    "message": item.message,
                    "pointer": item.pointer,
                    "row": item.row,
                    "expected": item.expected,
                    "found": item.found,
                    "remedy": item.remedy,
                    "count": item.count,
                }.items()
                if value is not None
            }
            for item in evaluation.findings
        ],
    }


def _print_table(evaluation: Evaluation, limit: int, stream: io.TextIOBase | Any) -> None:
    colored = colors_wanted(stream)
    rows = list(evaluation.lines(limit=limit))
    header = ("batch", "test", "result", "criterion", "verdict", "reason")
    stream.write(render_table(header, rows, colored=colored))
    total = evaluation.verdicts.num_rows
    if total > len(rows):
        stream.write(f"… {total - len(rows):,} more verdicts; --rows {total} shows them all\n")
    stream.write("\n")
    batches = [
        (
            row["batch"],
            f"{row['specification']} {row['specification_version']}",
            row["decision_point"],
            row["verdict"] + (" (provisional)" if row["provisional"] else ""),
            _open_points(row),
        )
        for row in evaluation.batches.slice(0, limit).to_pylist()
    ]
    stream.write(render_table(("batch", "specification", "decision point", "verdict", "why"), batches, colored=colored))
    if evaluation.batches.num_rows > limit:
        stream.write(f"… {evaluation.batches.num_rows - limit:,} more batches\n")
    stream.write("\n")
    counts = ", ".join(f"{count:,} {verdict}" for verdict, count in evaluation.counts().items() if count)
    stream.write(f"{evaluation.columns.n:,} results: {counts}\n")
    for finding in evaluation.findings:
        times = "" if finding.count == 1 else f" ({finding.count:,} times)"
        stream.write(f"{finding.level} {finding.code}{times}: {finding.message}\n")


def _open_points(row: dict[str, Any]) -> str:
    parts = [
        f"{name.replace('_', ' ')}: {', '.join(row[name])}"
        for name in ("failed", "undecided", "missing", "not_evaluated")
        if row[name]
    ]
    return "; ".join(parts)


def _parquet(evaluation: Evaluation, output: str | None) -> None:
    if output is not None:
        path = Path(output)
        if path.suffix.lower() != ".parquet":
            raise _refuse(path, "verdicts as Parquet go into a file named .parquet")
        write(evaluation, path)
        return
    if sys.stdout.isatty():
        raise DocumentError("Parquet is not for a terminal; name a file with -o, or pipe it")
    buffer = io.BytesIO()
    pa.parquet.write_table(evaluation.verdicts, buffer, compression="zstd")
    sys.stdout.buffer.write(buffer.getvalue())


@contextmanager
def _sink(output: str | None) -> Iterator[Any]:
    if output is None:
        yield sys.stdout
        return
    try:
        with Path(output).open("w", encoding="utf-8") as stream:
            yield stream
    except OSError as error:
        raise _refuse(Path(output), error.strerror or "cannot be written") from error


def _refuse(path: Path, reason: str) -> DocumentError:
    message = f"{path}: {reason}"
    return DocumentError(message, (Finding("unreadable-file", message, found=str(path)),))
