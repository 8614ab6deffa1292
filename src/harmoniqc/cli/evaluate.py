"""``harmoniqc evaluate``: gather the input, call :func:`harmoniqc.evaluate`, print or write what came out."""

from __future__ import annotations

import argparse
import codecs
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from harmoniqc.cli.findings import record
from harmoniqc.cli.main import CONFORMS, DOES_NOT
from harmoniqc.cli.terminal import colors_wanted, printable, progress_for, render_table
from harmoniqc.errors import DocumentError, Finding, Findings
from harmoniqc.evaluation import Evaluation
from harmoniqc.exchange import table_findings, write
from harmoniqc.exchange.files import is_folder, unusable
from harmoniqc.exchange.inputs import Inputs, gather
from harmoniqc.exchange.tables.results_table import needs_mapping


def run(options: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        HarmoniqcError: If the input cannot be used, or the record has no place.
    """
    inputs = gather(options.files, options.batches, options.mapping)
    for name in (options.record, options.output):
        _refuse_inside(name, inputs)
    record = None if options.record is None else _record_file(Path(options.record), inputs, options)
    rows = inputs.results.num_rows
    if not rows and not inputs.batches:
        raise unusable(inputs.path, "holds no results")
    evaluation = inputs.evaluate(as_of=options.as_of, progress=progress_for("judged", rows))
    noticed = table_findings(inputs.results)
    if record is not None:
        write(inputs.record(evaluation, record), record)
    if options.format == "table":
        with _sink(options.output) as stream:
            _print_table(evaluation, noticed, options.rows, stream, pending=options.pending)
    elif options.format == "json":
        with _sink(options.output) as stream:
            text = json.dumps(
                as_json(evaluation, noticed), ensure_ascii=not _is_unicode(stream), indent=2, allow_nan=False
            )
            stream.write(f"{text}\n")
    else:
        _parquet(evaluation, options.output)
    return CONFORMS if evaluation.conforms else DOES_NOT


def _refuse_inside(name: str | None, inputs: Inputs) -> None:
    """Refuse to write into an exchange: with a file more it would no longer be what its manifest says."""
    if name is None:
        return
    place = Path(name).resolve()
    for folder in inputs.files():
        if is_folder(folder) and folder.resolve() in place.parents:
            raise unusable(Path(name), "would be in the folder of an exchange; write it beside")


def _record_file(path: Path, inputs: Inputs, options: argparse.Namespace) -> Path:
    """Return the path of the record; it is refused before anything is evaluated."""
    if path.suffix.lower() != ".json":
        raise unusable(path, "a record goes into a file named .json")
    if needs_mapping(inputs.path) or options.mapping is not None:
        remedy = "write them with hq.write(hq.read_results_table(...), 'results.parquet'), and evaluate that"
        raise unusable(inputs.path, "a replay does not read results by a mapping", remedy)
    taken = [*inputs.files(), *([] if options.output is None else [Path(options.output)])]
    if path.resolve() in [item.resolve() for item in taken]:
        raise unusable(path, "the record would replace an input or the output; give it a name of its own")
    return path


def as_json(evaluation: Evaluation, noticed: Findings | None = None) -> dict[str, Any]:
    """Return an evaluation, and what was noticed when its results were read, as JSON-ready data."""
    return {
        "counts": evaluation.counts(),
        "conforms": evaluation.conforms,
        "batches": evaluation.batches.to_pylist(),
        "tests": evaluation.tests.to_pylist(),
        "pending": evaluation.pending().to_pylist(),
        "verdicts": evaluation.verdicts.to_pylist(),
        "findings": [record(item) for item in (*evaluation.findings, *(noticed or ()))],
    }


def _print_table(
    evaluation: Evaluation, noticed: Findings, limit: int, stream: io.TextIOBase | Any, *, pending: bool
) -> None:
    colored = colors_wanted(stream)
    encoding = _encoding(stream)
    rows = list(evaluation.lines(limit=limit))
    header: tuple[str, ...] = ("batch", "test", "result", "criterion", "verdict", "reason")
    stream.write(render_table(header, rows, colored=colored, encoding=encoding))
    total = evaluation.verdicts.num_rows
    if total > len(rows):
        stream.write(f"and {total - len(rows):,} more verdicts; --rows {total} shows them all\n")
    stream.write("\n")
    batches = [
        (
            row["batch"],
            f"{row['specification']} {row['specification_version']}",
            row["decision_point"],
            row["verdict"] + "".join(f" ({word})" for word in ("provisional", "overtaken") if row[word]),
            _open_points(row),
        )
        for row in evaluation.batches.slice(0, limit).to_pylist()
    ]
    header = ("batch", "specification", "decision point", "verdict", "why")
    stream.write(render_table(header, batches, colored=colored, encoding=encoding))
    if evaluation.batches.num_rows > limit:
        stream.write(f"and {evaluation.batches.num_rows - limit:,} more batches\n")
    stream.write("\n")
    if pending:
        open_ = [
            tuple(row[name] or "" for name in ("batch", "decision_point", "test", "state", "reason", "decided_by"))
            for row in evaluation.pending().slice(0, limit).to_pylist()
        ]
        header = ("batch", "decision point", "test", "state", "reason", "decided by")
        stream.write(
            render_table(header, open_, colored=colored, encoding=encoding) if open_ else "nothing is pending\n"
        )
        stream.write("\n")
    counts = ", ".join(f"{count:,} {verdict}" for verdict, count in evaluation.counts().items() if count)
    stream.write(f"{evaluation.columns.n:,} results: {counts}\n")
    for finding in (*evaluation.findings, *(item for item in noticed if item.level != "info")):
        times = "" if finding.count == 1 else f" ({finding.count:,} times)"
        stream.write(printable(f"{finding.level} {finding.code}{times}: {finding.message}", encoding) + "\n")


def _encoding(stream: Any) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def _is_unicode(stream: Any) -> bool:
    return codecs.lookup(_encoding(stream)).name.startswith("utf")


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
            raise unusable(path, "verdicts as Parquet go into a file named .parquet")
        write(evaluation, path)
        return
    if sys.stdout.isatty():
        message = "Parquet is not for a terminal; name a file with -o, or pipe it"
        raise DocumentError(message, (Finding("unreadable-file", message, remedy="add -o verdicts.parquet"),))
    buffer = io.BytesIO()
    pq.write_table(evaluation.verdicts, buffer, compression="zstd")
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
        raise unusable(Path(output), error.strerror or "cannot be written") from error
