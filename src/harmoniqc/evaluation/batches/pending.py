"""What keeps a batch from a decision, and which read-out will decide it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from harmoniqc.errors import CODES
from harmoniqc.evaluation.batches.rollup import BatchVerdicts
from harmoniqc.evaluation.meaning.parts import NOTHING
from harmoniqc.evaluation.meaning.tree import Unknown
from harmoniqc.evaluation.verdicts import INDETERMINATE, MISSING, NEUTRAL, NOT_EVALUATED, REASONS
from harmoniqc.standard import Test

PENDING_SCHEMA = pa.schema(
    [
        ("batch", pa.string()),
        ("specification", pa.string()),
        ("specification_version", pa.string()),
        ("decision_point", pa.string()),
        ("test", pa.string()),
        ("state", pa.string()),
        ("reason", pa.string()),
        ("decided_by", pa.string()),
    ]
)

_STATES = {MISSING: "missing", INDETERMINATE: "undecided", NOT_EVALUATED: "not-evaluated"}

_DECIDED_BY = {
    "censored": "a result of an assay that reaches the limit",
    "inconclusive-outcome": "a repeated test with a conclusive outcome",
    "missing-part": "a result for each part of the criterion",
    "missing-replicates": "the missing replicates",
}


def pending_of(verdicts: BatchVerdicts) -> Iterator[pa.Table]:
    """Yield what is open at each decision point."""
    known = verdicts.now
    specification = verdicts.specification
    for point, tests in verdicts.points():
        rows = []
        for batch in np.flatnonzero(verdicts.shown).tolist():
            for number in tests:
                test, verdict = specification.tests[number], int(known.verdicts[batch, number])
                code = int(known.reasons[batch, number])
                reason = None if code == NOTHING else REASONS[code]
                waits = reason in NEUTRAL
                if verdict not in _STATES or (verdict == MISSING and not test.required):
                    continue
                rows.append(
                    {
                        "batch": verdicts.found.batches[batch],
                        "specification": specification.id,
                        "specification_version": specification.version,
                        "decision_point": point,
                        "test": test.id,
                        "state": "interim" if waits else _STATES[verdict],
                        "reason": reason,
                        "decided_by": _decided_by(verdicts, test, number, batch, reason, waits=waits),
                    }
                )
        yield pa.Table.from_pylist(rows, schema=PENDING_SCHEMA)


def _decided_by(
    verdicts: BatchVerdicts, test: Test, number: int, batch: int, reason: str | None, *, waits: bool
) -> str:
    if reason is None or waits:
        if test.read_point is not None:
            kind = "the final reading" if test.read_point.final else "a reading"
            return kind if test.read_point.day is None else f"{kind}, from day {test.read_point.day} on"
        return "a result" if reason is None else "the final result"
    if reason == "needs-fact":
        missing = _facts_needed(verdicts, number, batch)
        return "facts of the batch" if missing is None else f"facts of the batch: {missing}"
    return _DECIDED_BY.get(reason) or CODES[reason].remedy


def _facts_needed(verdicts: BatchVerdicts, number: int, batch: int) -> str | None:
    found = verdicts.found
    layout = found.item.compiled.layout
    situation = int(found.situations[batch])
    variant = layout.variants[number][int(layout.variant_of[number][situation])]
    nodes = [part.node for part in variant.split.parts]
    details = [node.detail for node in nodes if isinstance(node, Unknown) and node.detail]
    if details:
        return details[0]
    for (place, _), whole in found.item.compiled.whole.items():
        if layout.places[place].test == number:
            rows = np.flatnonzero((found.places == place) & (found.batch_of_row == batch))
            for bridge in found.sparse.carried.bridges_in(whole, rows[:1]):
                if isinstance(bridge, str):
                    return bridge
    return None
