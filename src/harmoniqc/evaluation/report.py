"""An evaluation in words: one sentence a result, and a summary."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from harmoniqc.errors import Findings
from harmoniqc.evaluation.rows.ingest import Numbers
from harmoniqc.evaluation.rows.judged import Judged, Judgments
from harmoniqc.evaluation.rows.verbatim import read_verbatim
from harmoniqc.evaluation.sentences import sentence
from harmoniqc.evaluation.verdicts import REASONS, VERDICTS, verdict_codes
from harmoniqc.standard.columns import COMPARATORS


def show_row(judgments: Judgments, row: int) -> str:
    """Return a result as a person would write it; its own text where there is one."""
    text = word_of(judgments, "text", row) or word_of(judgments, "code", row)
    unit = word_of(judgments, "unit", row)
    value = judgments.columns.numbers.get("value")
    number = None
    if value is not None and value.has(np.array([row]))[0]:
        number = _written(judgments, value, row)
        facts = judgments.facts
        place = -1 if facts.comparator is None else int(facts.comparator[row])
        number = (COMPARATORS[place] if 0 <= place < len(COMPARATORS) else "") + number
        if unit is not None:
            number += f" {unit}"
    if number is None:
        return text or "nothing"
    exact = None if value is None else value.exactly(row)
    said = None if text is None else read_verbatim(text)
    if text is None or said is None or said.number is None or said.number != exact:
        return number if text is None else f"{number} ({text})"
    return text if said.unit is not None or unit is None else f"{text} {unit}"


def explain_row(judgments: Judgments, item: Judged, row: int) -> str:
    """Return what a row was compared with, and what came of it."""
    place = row if item.rows is None else int(np.searchsorted(item.rows, row))
    if place >= len(item.reasons) or (item.rows is not None and item.rows[place] != row):
        return f"row {row}: specification {item.specification.id} does not apply"
    reason = REASONS[item.reasons[place]]
    test = int(item.tests[place])
    against = "no test" if test < 0 else f"{item.specification.tests[test].id}, {criterion_text(item, test)}"
    return f"{show_row(judgments, row)} against {against}: {sentence(reason)}"


def lines_of(judgments: Judgments, limit: int | None) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield the verdicts as rows of text; if there are too many, what did not conform comes first."""
    left = math.inf if limit is None else limit
    worst_first = limit is not None and sum(len(item.reasons) for item in judgments.judged) > limit
    for item in judgments.judged:
        verdicts = verdict_codes(item.reasons)
        order = np.argsort(verdicts, kind="stable") if worst_first else np.arange(len(verdicts))
        tests = item.tests
        for place in order.tolist():
            if left <= 0:
                return
            left -= 1
            row = place if item.rows is None else int(item.rows[place])
            test = int(tests[place])
            yield (
                word_of(judgments, "batch_id", row) or "",
                item.specification.tests[test].id if test >= 0 else _named(judgments, row),
                show_row(judgments, row),
                criterion_text(item, test) if test >= 0 else "",
                VERDICTS[verdicts[place]],
                REASONS[item.reasons[place]],
            )
    for reason, rows in judgments.without:
        for row in rows.tolist():
            if left <= 0:
                return
            left -= 1
            batch = word_of(judgments, "batch_id", row) or ""
            yield (batch, _named(judgments, row), show_row(judgments, row), "", "not-evaluated", reason)


def _named(judgments: Judgments, row: int) -> str:
    return word_of(judgments, "test_id", row) or word_of(judgments, "cqa", row) or ""


def summary_of(judgments: Judgments, batches: pa.Table, findings: Findings, limit: int) -> str:
    """Return counts, batches and the results that did not conform, as text."""
    counts = judgments.counts()
    lines = [
        f"{judgments.columns.n:,} results, {len(judgments.judged)} specification(s): "
        + ", ".join(f"{count:,} {verdict}" for verdict, count in counts.items() if count)
    ]
    kinds = ["specification", "decision_point", "verdict"]
    for row in batches.group_by(kinds, use_threads=False).aggregate([([], "count_all")]).to_pylist():
        alike = f"{row['count_all']:,} batch(es) {row['verdict']}"
        lines.append(f"  {row['specification']}, {row['decision_point']}: {alike}")
    shown = 0
    for item in judgments.judged:
        verdicts = verdict_codes(item.reasons)
        for place in np.flatnonzero(verdicts < VERDICTS.index("not-evaluated")).tolist():
            if shown == limit:
                break
            row = place if item.rows is None else int(item.rows[place])
            verdict = VERDICTS[verdicts[place]]
            batch = word_of(judgments, "batch_id", row)
            lines.append(f"  {verdict}: batch {batch}: {explain_row(judgments, item, row)}")
            shown += 1
    rest = counts["does-not-conform"] + counts["indeterminate"] - shown
    if rest > 0:
        lines.append(f"  and {rest:,} more")
    if findings:
        lines.append("findings: " + ", ".join(f"{code} {count:,}" for code, count in findings.counts().items()))
    return "\n".join(lines)


def criterion_text(item: Judged, test: int) -> str:
    """Return the criterion of a test, as the specification prints it."""
    criterion = item.specification.tests[test].criterion
    return criterion.text or str(criterion)


def word_of(judgments: Judgments, name: str, row: int) -> str | None:
    """Return the word of a row in a column."""
    column = judgments.columns.words.get(name)
    return None if column is None else column.word(row)


def _written(judgments: Judgments, value: Numbers, row: int) -> str:
    """Return a number digit for digit as its column has it."""
    cell = judgments.columns.table.column("value")[row].as_py()
    # A float32 means the decimal it prints as, which is the float64 it was read as.
    return repr(float(value.values[row])).removesuffix(".0") if isinstance(cell, float) else str(cell).strip()
