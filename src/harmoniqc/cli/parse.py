"""``harmoniqc parse``: how a criterion or a result is read, what was assumed, and its canonical form."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from harmoniqc.cli.main import CONFORMS, DOES_NOT
from harmoniqc.cli.terminal import printable
from harmoniqc.errors import Findings, NotationError
from harmoniqc.notation import parse_measurement, read_criterion, render
from harmoniqc.standard import Criterion, Measurement, Model

_STYLES = (("USP", "usp"), ("Ph. Eur.", "ph-eur"), ("JP", "jp"))
_UNSHOWN = frozenset({"text", "role", "basis", "kind"})


def run(options: argparse.Namespace) -> int:
    """Run the command: 0 if the text was read, 1 if it was refused."""
    try:
        reading: Criterion | Measurement
        if options.result:
            reading = measured = parse_measurement(options.text, options.unit)
            shown, findings = _measurement(measured), measured.findings
        else:
            found = read_criterion(options.text, options.unit)
            reading, findings = found.criterion, found.findings
            shown = _criterion(found.criterion)
            if found.applies_when is not None:
                shown.append(("applies when", str(found.applies_when)))
            if found.read_point is not None:
                kind = "final" if found.read_point.final else "interim"
                shown.append(
                    ("read point", kind if found.read_point.day is None else f"{kind}, day {found.read_point.day}")
                )
    except NotationError as error:
        return _refused(error, as_json=options.json)
    if options.json:
        document = {"reading": _data(reading), "findings": [_finding(item) for item in findings]}
        print(json.dumps(document, ensure_ascii=not _unicode(), indent=2))
        return CONFORMS
    _print(("read as", "result" if options.result else reading.kind), *shown)  # type: ignore[union-attr]
    _assumptions(findings)
    return CONFORMS


def _refused(error: NotationError, *, as_json: bool) -> int:
    if as_json:
        print(
            json.dumps(
                {"reading": None, "findings": [_finding(item) for item in error.findings]},
                ensure_ascii=not _unicode(),
                indent=2,
            )
        )
        return DOES_NOT
    for item in error.findings:
        rows = [("refused", f"{item.code}: {item.message}")]
        rows += [
            (name, text)
            for name, text in (("expected", item.expected), ("found", item.found), ("remedy", item.remedy))
            if text
        ]
        _print(*rows)
    return DOES_NOT


def _criterion(criterion: Criterion) -> list[tuple[str, str]]:
    rows = [("canonical", str(criterion))]
    for name, style in _STYLES:
        try:
            rows.append((name, render(criterion, style)))  # type: ignore[arg-type]
        except NotationError:
            continue  # there is no wording in this manner; the canonical form stands above
    return rows


def _measurement(measured: Measurement) -> list[tuple[str, str]]:
    rows = [("canonical", str(measured))]
    for part in measured.parts or (measured,):
        said = _data(part)
        rows.append(("fields", ", ".join(f"{name} {value}" for name, value in said.items())))
    return rows


def _data(model: Model) -> dict[str, Any]:
    data = model.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return {name: value for name, value in data.items() if name not in ("text", "role", "basis")} | (
        {"kind": model.kind} if isinstance(model, Criterion) else {}  # type: ignore[attr-defined]
    )


def _assumptions(findings: Findings) -> None:
    if not findings:
        print("nothing was assumed")
    for item in findings:
        _print((item.level, f"{item.code}: {item.message}"))


def _finding(item: Any) -> dict[str, Any]:
    fields = ("code", "level", "message", "expected", "found", "remedy")
    return {name: value for name in fields if (value := getattr(item, name)) is not None}


def _print(*rows: tuple[str, str]) -> None:
    width = max(12, *(len(name) for name, _ in rows))
    for name, text in rows:
        print(printable(f"{name:<{width}}  {text}", sys.stdout.encoding or "utf-8"))


def _unicode() -> bool:
    return (sys.stdout.encoding or "utf-8").lower().replace("-", "").startswith("utf")
