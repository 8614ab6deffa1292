"""Sums over the parts of a batch: what each part contributes, carried over exactly, added, and judged once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from harmoniqc.evaluation.batches.formed import Formed, judge_formed, total
from harmoniqc.evaluation.batches.grouping import Cells, Formation, Grouped
from harmoniqc.evaluation.batches.replicates import form_of, worst_alone
from harmoniqc.evaluation.batches.usable import (
    Rows,
    fault_in,
    held_back,
    is_preliminary,
    populations_of,
    readable,
    unit_code,
    usable,
)
from harmoniqc.evaluation.kernel import Mask
from harmoniqc.evaluation.meaning.compiled import Bridged, Comparison, bridged_in, comparison
from harmoniqc.evaluation.meaning.interval import Interval
from harmoniqc.evaluation.meaning.layout import Variant
from harmoniqc.evaluation.meaning.parts import Seat, join
from harmoniqc.evaluation.meaning.tree import Group, Leaf, Node, Selector, Unknown, leaves_of
from harmoniqc.evaluation.meaning.unit_texts import ReadUnit, read_units
from harmoniqc.evaluation.verdicts import CODE, REASONS, verdict_of
from harmoniqc.standard import Fact, Limit
from harmoniqc.standard.specification import Reportable

Addends = dict[str, Rows]
"""Rows of each part that is added; several where they are replicates."""

_VOLUMES = ("dose-volume", "dose-volume-per-body-weight")
"""Facts of an amount of a batch, of which its parts have less."""


@dataclass(frozen=True, slots=True)
class _Total:
    """A sum, judged.

    Attributes:
        reason: Its reason.
        unrounded: Its reason without rounding.
        formed: The sum; None where it could not be formed.
        unit: Its unit.
    """

    reason: str
    unrounded: str
    formed: Formed | None = None
    unit: str | None = None


def add_sums(found: Grouped, cells: Cells, left_out: Mask | None = None) -> list[Formation]:
    """Let the sums over parts count for their whole, one for each part of a criterion, and return them."""
    book = found.judgments.book
    if not book.parts:
        return []
    place = {name: number for number, name in enumerate(found.batches)}
    out: list[Formation] = []
    counted = usable(found, left_out)
    for number, test in enumerate(found.item.specification.tests):
        wholes = [whole for whole in book.from_parts_up if book.roll_up(whole, test).kind == "sum"]
        rows = np.flatnonzero(counted & (found.item.tests == number)) if wholes else np.zeros(0, np.intp)
        if not len(rows):
            continue
        gathered = _Gathered(found, number, wholes, rows)
        for whole in wholes:
            if whole not in place:
                continue
            variant = gathered.variant_of(place[whole])
            if variant.applies is not True or variant.summed:
                continue
            for seat in variant.split.seats:
                out += _of_seat(gathered, cells, whole, place[whole], seat, variant)
    return out


class _Gathered:
    """The rows of one test, by what they answer and by batch.

    Args:
        found: The rows.
        number: The test.
        wholes: Batches whose parts are added, parts before their wholes.
        rows: The rows of the test a value may be formed of.
    """

    def __init__(self, found: Grouped, number: int, wholes: list[str], rows: Rows) -> None:
        self.found = found
        self.number = number
        self.test = found.item.specification.tests[number]
        self.wholes = wholes
        self.place = {name: batch for batch, name in enumerate(found.batches)}
        places = found.item.compiled.layout.places
        self.rows: dict[Selector, dict[int, list[int]]] = {}
        self._known: dict[Selector, dict[str, tuple[Addends, str | None]]] = {}
        for row, seat in zip(rows.tolist(), found.seats[rows].tolist(), strict=True):
            by_batch = self.rows.setdefault(places[seat].selector, {})
            by_batch.setdefault(int(found.batch_of_row[row]), []).append(row)

    def variant_of(self, batch: int) -> Variant:
        """Return the test as it applies to a batch."""
        layout = self.found.item.compiled.layout
        situation = int(self.found.situations[batch])
        return layout.variants[self.number][int(layout.variant_of[self.number][situation])]

    def addends(self, whole: str, seat: Seat) -> tuple[Addends, str | None]:
        """Return what the parts of a batch contribute, and what keeps the sum from being formed.

        A part that is made up of parts contributes what they do; a part of two of them is added once.
        """
        if seat.selector not in self._known:
            self._known[seat.selector] = self._gather(self.rows.get(seat.selector, {}))
        return self._known[seat.selector][whole]

    def _gather(self, rows: dict[int, list[int]]) -> dict[str, tuple[Addends, str | None]]:
        book = self.found.judgments.book
        known: dict[str, tuple[Addends, str | None]] = {}
        for batch in self.wholes:  # parts come before their wholes
            sums: Addends = {}
            faults: list[str] = []
            for part in book.parts_in(batch, self.test):
                here = self.place.get(part, -1)
                own = rows.get(here)
                inner, fault = known.get(part, ({}, None))
                if own is not None and inner:
                    faults.append("too-many-replicates")
                elif own is not None:
                    sums[part] = np.array(own, np.intp)
                elif inner:
                    sums |= inner
                    faults += [] if fault is None else [fault]
                elif here < 0 or self.variant_of(here).applies is not False:
                    faults.append("missing-part")
            known[batch] = sums, min(faults, key=CODE.__getitem__) if faults else None
        return known


def _of_seat(gathered: _Gathered, cells: Cells, whole: str, here: int, seat: Seat, variant: Variant) -> list[Formation]:
    """Judge the sums of the results one seat reads."""
    found = gathered.found
    addends, fault = gathered.addends(whole, seat)
    if not addends or not seat.parts:
        return []
    first = int(found.item.compiled.layout.first_column[gathered.number])
    rows = np.concatenate(list(addends.values()))
    columns = tuple(first + part for part in seat.parts)
    early = is_preliminary(found, rows)
    for mine in addends.values():  # a limit on each replicate is one on each replicate of a part
        places = [found.item.compiled.layout.places[at] for at in found.places[mine].tolist()]
        each = [worst_alone(found, mine[[i]], place.alone) for i, place in enumerate(places)]
        for reason in each:
            if reason is not None:
                cells.add(here, columns, held_back(found, mine, reason), preliminary=early)
    fault = fault or fault_in(found, rows)
    if fault is not None:
        cells.add(here, columns, held_back(found, rows, fault), preliminary=early)
        return []
    out = []
    cqa = seat.selector.cqa or gathered.test.cqa
    for part in seat.parts:
        node = _criterion(found, variant.split.parts[part].node, rows, first + part)
        sum_ = _judge(found, node, cqa, addends, gathered.test.reportable)
        cells.add(here, (first + part,), held_back(found, rows, sum_.reason), preliminary=early)
        if sum_.formed is not None:
            decided = verdict_of(sum_.reason) != verdict_of(sum_.unrounded)
            of = tuple(sorted(found.item.row(int(row)) for row in rows))
            out.append(Formation(whole, gathered.test.id, "sum-of-parts", str(sum_.formed), sum_.unit, of, decided))
    return out


def _criterion(found: Grouped, node: Node, rows: Rows, column: int) -> Node:
    """Return what a sum is compared with: the criterion of the whole, that of its parts where it lacks a fact."""
    if not isinstance(node, Unknown) or node.reason != "needs-fact":
        return node
    places = found.item.compiled.layout.places
    of_parts = {places[seat].node for seat in np.unique(found.seats[rows]).tolist() if places[seat].parts == (column,)}
    return of_parts.pop() if len(of_parts) == 1 else node


def _judge(found: Grouped, node: Node, cqa: str | None, addends: Addends, reportable: Reportable | None) -> _Total:
    """Return the sum against a criterion, in the unit of its limit."""
    if isinstance(node, Unknown):
        return _Total(node.reason, node.reason)
    limits = [leaf.criterion for leaf in leaves_of(node) if isinstance(leaf.criterion, Limit)]
    bridged = any(
        next(bridged_in(_compared(found, node, cqa, int(row))), None) is not None
        for rows in addends.values()
        for row in rows
    )
    if not bridged:
        units = sorted({unit_code(found, int(row)) or "" for rows in addends.values() for row in rows})
        unit = (limits[0].unit or "1") if limits else units[0] or None
        formed, fault = _add(addends, lambda rows: _value(found, rows, reportable, unit))
        read = read_units((unit,))[0] if unit else ReadUnit(None)
        return _compare(found, comparison(node, read, cqa), formed, fault, addends, unit)
    if isinstance(node, Group):
        members = [_judge(found, item.node, cqa, addends, reportable) for item in node.items if not item.informative]
        reason, unrounded = (
            REASONS[int(join(node.mode, np.array([[CODE[code]] for code in codes], np.uint8))[0])]
            for codes in ([item.reason for item in members], [item.unrounded for item in members])
        )
        shown = next((item for item in members if item.formed is not None), members[0])
        return _Total(reason, unrounded, shown.formed, shown.unit)
    return _carried(found, node, limits[0], cqa, addends, reportable)


def _carried(
    found: Grouped, leaf: Leaf, limit: Limit, cqa: str | None, addends: Addends, reportable: Reportable | None
) -> _Total:
    """Return the sum against a limit into whose unit facts of each part carry its result."""

    def value(rows: Rows) -> tuple[Interval | None, str | None]:
        row = int(rows[0])
        bridge = _compared(found, leaf, cqa, row)
        if not isinstance(bridge, Bridged):
            return _value(found, rows, reportable, limit.unit or "1")
        carried = found.sparse.carried.bridge(bridge, row)
        if len(addends) > 1 and not isinstance(carried, str) and _is_of_the_whole(found, carried.inputs, row):
            return None, "needs-fact"
        factor = found.sparse.carried.exactly(bridge, row)
        own, fault = _value(found, rows, reportable, unit_code(found, row))
        if own is None or factor is None:
            return None, fault or "needs-fact"
        return own.mapped(factor, Fraction(0)), None

    formed, fault = _add(addends, value)
    unit = limit.unit or "1"
    plain = comparison(Leaf(limit, "none"), read_units((unit,))[0], cqa)
    return _compare(found, plain, formed, fault, addends, unit)


def _is_of_the_whole(found: Grouped, inputs: Sequence[Fact], row: int) -> bool:
    """Tell whether a volume is that of the whole, which no part has: added, it would count once for each part."""
    batch = found.judgments.book.batches.get(found.batches[int(found.batch_of_row[row])])
    own = set() if batch is None else {fact.name for fact in batch.facts}
    return any(fact.name in _VOLUMES and fact.name not in own for fact in inputs)


def _compared(found: Grouped, node: Node, cqa: str | None, row: int) -> Comparison:
    units, compiled = found.columns.words.get("unit"), found.item.compiled
    return comparison(node, compiled.units[-1 if units is None else int(units.codes[row])], cqa)


def _value(
    found: Grouped, rows: Rows, reportable: Reportable | None, unit: str | None
) -> tuple[Interval | None, str | None]:
    """Return what a part contributes in a unit: its result, or the value formed of its replicates."""
    marked = [row for row in rows.tolist() if found.sparse.words.word("reportable", row) == "true"]
    if reportable is None or reportable.n == 1 or len(marked) == len(rows):
        if len(rows) > 1:
            return None, "too-many-replicates"
        values, fault = readable(found, rows, unit)
        return (values[0] if values else None), fault
    if marked:
        return None, "too-many-replicates"
    formed, fault = form_of(found, rows, reportable, unit)
    if formed is None:
        return None, fault
    return (formed.interval, None) if formed.power == 1 else (None, "unsupported-kind")


def _add(
    addends: Addends, value: Callable[[Rows], tuple[Interval | None, str | None]]
) -> tuple[Formed | None, str | None]:
    values: list[Interval] = []
    faults: list[str] = []
    for rows in addends.values():
        own, fault = value(rows)
        if own is None:
            faults.append(fault or "missing-value")
        else:
            values.append(own)
    return (None, min(faults, key=CODE.__getitem__)) if faults else (Formed(total(values)), None)


def _compare(
    found: Grouped,
    compared: Comparison,
    formed: Formed | None,
    fault: str | None,
    addends: Addends,
    unit: str | None,
) -> _Total:
    if formed is None:
        reason = fault or "missing-value"
        return _Total(reason, reason)
    named: Sequence[str] = sorted(populations_of(found, np.concatenate(list(addends.values()))))
    reasons = [
        judge_formed(compared, formed, lambda _: None, named[0] if named else None, unrounded=unrounded)
        for unrounded in (False, True)
    ]
    return _Total(reasons[0], reasons[1], formed, unit)
