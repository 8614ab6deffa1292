"""``harmoniqc pack``, ``unpack`` and ``verify``: packages as exchanges, and back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harmoniqc.cli.findings import finding_lines
from harmoniqc.cli.main import CONFORMS, DOES_NOT, UNUSABLE
from harmoniqc.cli.terminal import printable
from harmoniqc.errors import DocumentError, Finding, Findings
from harmoniqc.evaluation import evaluate
from harmoniqc.exchange import Exchange, read, read_exchange, write
from harmoniqc.exchange import verify as verified
from harmoniqc.exchange.files import unusable
from harmoniqc.standard import Package

_NOT_USABLE = frozenset({"not-an-exchange", "unreadable-file", "unusable-key", "missing-dependency"})


def pack(options: argparse.Namespace) -> int:
    """Write a package as an exchange.

    Raises:
        HarmoniqcError: If the package, the folder or the key cannot be used.
    """
    path, folder = Path(options.package), Path(options.folder)
    package = read(path)
    if not isinstance(package, Package):
        raise unusable(path, "holds no package")
    if folder.suffix.lower() in (".json", ".parquet", ".csv", ".tsv", ".ndjson", ".jsonl"):
        raise unusable(folder, "is the name of a file; an exchange is a folder")
    evaluation = None
    if options.verdicts:
        evaluation = evaluate(
            package.table,
            package.specifications,
            batches=package.batches or None,
            products=package.products or None,
        )
    write(
        package,
        folder,
        verdicts=evaluation,
        sender=options.sender,
        receiver=options.receiver,
        previous=options.previous,
        sign=options.sign,
    )
    _say(f"{folder}: {_counted(read_exchange(folder))}")
    return CONFORMS


def unpack(options: argparse.Namespace) -> int:
    """Write the package of an exchange as one document.

    Raises:
        HarmoniqcError: If the exchange is not what it says, or its package has no place in a document.
    """
    target = Path(options.package)
    if target.suffix.lower() != ".json":
        raise unusable(target, "a package goes into a file named .json")
    exchange = read_exchange(options.folder, key=options.key)
    _show(exchange.findings)
    try:
        write(exchange.package, target)
    except ValueError as error:  # columns of others, NaN: a document has no place for them
        message = f"{target}: {error}"
        remedy = "evaluate the exchange itself, or use its Parquet files"
        raise DocumentError(message, (Finding("invalid-document", message, remedy=remedy),)) from error
    _say(f"{target}: {_counted(exchange)}")
    return CONFORMS


def verify(options: argparse.Namespace) -> int:
    """Tell whether an exchange, or a table, is what it says it is.

    Raises:
        DocumentError: If a key is given for a single file.
    """
    path = Path(options.folder)
    try:
        findings = verified(path, key=options.key, previous=options.previous)
    except TypeError as error:
        raise unusable(path, str(error)) from None
    _show(findings)
    if findings.codes & _NOT_USABLE:
        return UNUSABLE
    _say(f"{path}: {'is not what it says' if findings.errors else 'is what it says'}")
    return DOES_NOT if findings.errors else CONFORMS


def _counted(exchange: Exchange) -> str:
    tables = exchange.manifest.head.tables
    held = ", ".join(f"{content.rows:,} {name}" for name, content in tables.items() if content.rows)
    return f"{held}; manifest {exchange.manifest_sha256[:16]}"


def _show(findings: Findings) -> None:
    for item in findings:
        for line in finding_lines(item):
            _say(line)


def _say(text: str) -> None:
    print(printable(text, sys.stdout.encoding or "utf-8"))
