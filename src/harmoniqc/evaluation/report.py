"""An evaluation in words: findings, one sentence a result, and a summary."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from harmoniqc.errors import CODES, Finding, Findings
from harmoniqc.evaluation.ingest import Numbers
from harmoniqc.evaluation.judged import Judged, Judgments
from harmoniqc.evaluation.judging import sentence
from harmoniqc.evaluation.verbatim import read_verbatim
from harmoniqc.evaluation.verdicts import CODE, REASONS, VERDICT_OF_REASON, VERDICTS, verdict_codes
from harmoniqc.standard.columns import COMPARATORS, STATUSES
from harmoniqc.vocabulary import outcomes

_CLAIMS = ("conforms", "does-not-conform")


def findings_of(judgments: Judgments) -> Findings:
    """Return the findings of an evaluation: one for each reason and test, counted, with its first row."""
    out: list[Finding] = [*judgments.noticed]
    for reason, rows in judgments.without:
        if len(rows):
            out.append(Finding(reason, CODES[reason].title, row=int(rows[0]), count=len(rows)))
    if judgments.rows_without_batch:
        out.append(Finding("missing-batch", CODES["missing-batch"].title, count=judgments.rows_without_batch))
    for item in judgments.judged:
        out += _not_judged(judgments, item)
        out += _decided_by_rounding(judgments, item)
        out += _recorded_differently(judgments, item)
        out += _not_investigated(judgments, item)
    return Findings(out)


def _not_judged(judgments: Judgments, item: Judged) -> list[Finding]:
    tests = item.tests.astype(np.int64)
    width = len(item.specification.tests) + 1
    cells, first, counts = np.unique(
        item.reasons.astype(np.int64) * width + tests + 1, return_index=True, return_counts=True
    )
    out = []
    for cell, place, count in zip(cells.tolist(), first.tolist(), counts.tolist(), strict=True):
        reason, test = REASONS[cell // width], cell % width - 1
        if reason not in CODES:
            continue
        row = place if item.rows is None else int(item.rows[place])
        where = f"specification {item.specification.id}"
        expected = None
        if test >= 0:
            where += f", test {item.specification.tests[test].id}"
            expected = _criterion(item, test)
        message = f"{where}: {CODES[reason].title}"
        found = show_row(judgments, row)
        out.append(Finding(reason, message, row=row, expected=expected, found=found, count=count))
    return out


def _decided_by_rounding(judgments: Judgments, item: Judged) -> list[Finding]:
    numbers = judgments.columns.numbers.get("value")
    rounded = [(key, plan) for key, plan in item.compiled.plans.items() if plan.accept != plan.written]
    if numbers is None or not rounded:
        return []
    compared = np.flatnonzero(np.isin(item.reasons, (CODE["within-limit"], CODE["outside-limit"])))
    rows = compared if item.rows is None else item.rows[compared]
    units = judgments.columns.words.get("unit")
    last = len(item.compiled.units) - 1
    unit = np.full(len(rows), last) if units is None else units.codes[rows].astype(np.int64) % (last + 1)
    test = item.tests[compared]
    out = []
    for (place, column), plan in rounded:
        chosen = np.flatnonzero((test == place) & (unit == column))
        low, high = plan.written_bounds()
        number = numbers.values[rows[chosen]]
        written = (number >= low) & (number <= high)
        for exact in np.flatnonzero(np.isnan(number)).tolist():
            written[exact] = numbers.exact[int(rows[chosen[exact]])] in plan.written
        decided = chosen[written != (item.reasons[compared[chosen]] == CODE["within-limit"])]
        if len(decided):
            row = int(rows[decided[0]])
            where = f"specification {item.specification.id}, test {item.specification.tests[place].id}"
            message = f"{where}: {CODES['rounding-decisive'].title}"
            places = {"expected": _criterion(item, place), "found": show_row(judgments, row)}
            out.append(Finding("rounding-decisive", message, row=row, count=len(decided), **places))
    return out


def _recorded_differently(judgments: Judgments, item: Judged) -> list[Finding]:
    recorded = judgments.columns.words.get("recorded_verdict")
    if recorded is None:
        return []
    read = [outcomes.read(word) for word in recorded.words]
    claims = np.array([_CLAIMS.index(word) if word in _CLAIMS else -1 for word in read] + [-1])
    codes = recorded.codes if item.rows is None else recorded.codes[item.rows]
    verdicts = verdict_codes(item.reasons)
    computed = np.select([verdicts == VERDICTS.index(word) for word in _CLAIMS], [0, 1], -1)
    differs = np.flatnonzero((claims[codes] >= 0) & (computed >= 0) & (claims[codes] != computed))
    out = []
    for place in differs.tolist():
        row = place if item.rows is None else int(item.rows[place])
        message = f"batch {_word(judgments, 'batch_id', row)}: {explain_row(judgments, item, row)}"
        found = f"recorded: {_word(judgments, 'recorded_verdict', row)}"
        computed_word = VERDICTS[VERDICT_OF_REASON[item.reasons[place]]]
        out.append(Finding("recorded-verdict-differs", message, row=row, expected=computed_word, found=found))
    return out


def _not_investigated(judgments: Judgments, item: Judged) -> list[Finding]:
    status = judgments.facts.status
    if status is None:
        return []
    aside = np.isin(status, [STATUSES.index("invalidated"), STATUSES.index("superseded")])
    if judgments.facts.investigated is not None:
        aside &= ~judgments.facts.investigated
    if item.rows is not None:
        aside = aside[item.rows]
    places = np.flatnonzero(aside)
    if not len(places):
        return []
    row = int(places[0]) if item.rows is None else int(item.rows[places[0]])
    message = f"specification {item.specification.id}: {CODES['investigation-missing'].title}"
    return [Finding("investigation-missing", message, row=row, found=show_row(judgments, row), count=len(places))]


def show_row(judgments: Judgments, row: int) -> str:
    """Return a result as a person would write it; its own text where there is one."""
    text = _word(judgments, "text", row) or _word(judgments, "code", row)
    unit = _word(judgments, "unit", row)
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
    against = "no test" if test < 0 else f"{item.specification.tests[test].id}, {_criterion(item, test)}"
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
                _word(judgments, "batch_id", row) or "",
                item.specification.tests[test].id if test >= 0 else _named(judgments, row),
                show_row(judgments, row),
                _criterion(item, test) if test >= 0 else "",
                VERDICTS[verdicts[place]],
                REASONS[item.reasons[place]],
            )
    for reason, rows in judgments.without:
        for row in rows.tolist():
            if left <= 0:
                return
            left -= 1
            batch = _word(judgments, "batch_id", row) or ""
            yield (batch, _named(judgments, row), show_row(judgments, row), "", "not-evaluated", reason)


def _named(judgments: Judgments, row: int) -> str:
    return _word(judgments, "test_id", row) or _word(judgments, "cqa", row) or ""


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
            batch = _word(judgments, "batch_id", row)
            lines.append(f"  {verdict}: batch {batch}: {explain_row(judgments, item, row)}")
            shown += 1
    rest = counts["does-not-conform"] + counts["indeterminate"] - shown
    if rest > 0:
        lines.append(f"  and {rest:,} more")
    if findings:
        lines.append("findings: " + ", ".join(f"{code} {count:,}" for code, count in findings.counts().items()))
    return "\n".join(lines)


def _criterion(item: Judged, test: int) -> str:
    criterion = item.specification.tests[test].criterion
    return criterion.text or str(criterion)


def _word(judgments: Judgments, name: str, row: int) -> str | None:
    column = judgments.columns.words.get(name)
    return None if column is None else column.word(row)


def _written(judgments: Judgments, value: Numbers, row: int) -> str:
    """Return a number digit for digit as its column has it."""
    cell = judgments.columns.table.column("value")[row].as_py()
    # A float32 means the decimal it prints as, which is the float64 it was read as.
    return repr(float(value.values[row])).removesuffix(".0") if isinstance(cell, float) else str(cell).strip()
