"""What an evaluation notices: why results were not judged, and verdicts that deserve a second look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from harmoniqc.errors import CODES, Finding, Findings
from harmoniqc.evaluation.batches.grouping import Grouped
from harmoniqc.evaluation.batches.rollup import BatchVerdicts
from harmoniqc.evaluation.kernel import Mask
from harmoniqc.evaluation.meaning.book import decides
from harmoniqc.evaluation.meaning.compiled import Combined, Comparison, Refused
from harmoniqc.evaluation.meaning.parts import NOTHING
from harmoniqc.evaluation.meaning.precision import quiet_neighbor, rounded_before
from harmoniqc.evaluation.meaning.tree import Unknown
from harmoniqc.evaluation.report import criterion_text, explain_row, show_row, word_of
from harmoniqc.evaluation.rows.ingest import Columns, Numbers
from harmoniqc.evaluation.rows.judged import Judged, Judgments
from harmoniqc.evaluation.rows.row_facts import replaced
from harmoniqc.evaluation.verdicts import (
    CODE,
    DOES_NOT_CONFORM,
    MISSING,
    NOT_EVALUATED,
    REASONS,
    SET_ASIDE,
    VERDICT_OF_REASON,
    VERDICTS,
    verdict_codes,
)
from harmoniqc.standard.columns import STATUSES
from harmoniqc.standard.decimal_text import from_number, is_decimal_text
from harmoniqc.vocabulary import outcomes

_CLAIMS = ("conforms", "does-not-conform")
_EXPECTED = ("replicate", "part-of-sum", "trend-point", "not-applicable")
"""Reasons that are no news: the results are judged together, or need not be judged."""

_NEAR = 1e-14

_NEVER_COMPARED = np.array(
    [CODE[reason] for reason in (*SET_ASIDE, "invalid-assay", "unknown-status", "aggregate", "value-text-mismatch")],
    np.uint8,
)
"""Reasons that keep a row from every comparison."""


def findings_of(judgments: Judgments, batches: Iterable[BatchVerdicts]) -> Findings:
    """Return the findings of an evaluation: one for each reason and test, counted, with its first row."""
    out: list[Finding] = [*judgments.noticed]
    for reason, rows in judgments.without:
        if len(rows):
            out.append(Finding(reason, CODES[reason].title, row=int(rows[0]), count=len(rows)))
    if judgments.rows_without_batch:
        out.append(Finding("missing-batch", CODES["missing-batch"].title, count=judgments.rows_without_batch))
    for of_specification in batches:
        found = of_specification.found
        out += _Noticer(judgments, found.item, found).findings()
        out += _of_batches(of_specification)
    return Findings(out)


class _Noticer:
    """Looks at the rows of one specification."""

    def __init__(self, judgments: Judgments, item: Judged, found: Grouped) -> None:
        self.judgments = judgments
        self.item = item
        self.found = found
        self.columns = found.columns
        self.reasons = item.reasons
        self.verdicts = verdict_codes(item.reasons)

    def findings(self) -> Iterator[Finding]:
        yield from self._not_judged()
        yield from self._decided_by_rounding()
        yield from self._noise()
        yield from self._rounded_before()
        yield from self._recorded_differently()
        yield from self._not_investigated()
        yield from self._failed_without_deciding()

    # -- not judged ----------------------------------------------------------------------------------------------

    def _not_judged(self) -> Iterator[Finding]:
        rows = np.flatnonzero(self.verdicts == NOT_EVALUATED)
        width = len(self.item.specification.tests) + 1
        cells, first, counts = np.unique(
            self.reasons[rows].astype(np.int64) * width + self.item.tests[rows] + 1,
            return_index=True,
            return_counts=True,
        )
        for cell, place, count in zip(cells.tolist(), rows[first].tolist(), counts.tolist(), strict=True):
            reason, test = REASONS[cell // width], cell % width - 1
            if reason not in _EXPECTED:
                detail = self._needed(place) if reason == "needs-fact" else None
                yield self._finding(reason, place, count, test, detail)

    def _needed(self, place: int) -> str | None:
        """Return the facts a row needs that are not known."""
        at = int(self.found.places[place])
        node = self.item.compiled.layout.places[at].node
        if isinstance(node, Unknown):
            return node.detail
        units = self.columns.words.get("unit")
        column = (
            len(self.item.compiled.units) - 1 if units is None or units.codes[place] < 0 else int(units.codes[place])
        )
        return self._needed_by(self.item.compiled.whole.get((at, column)), place)

    def _needed_by(self, compared: Comparison | None, place: int) -> str | None:
        if compared is None:
            return None
        if isinstance(compared, Refused):
            return compared.detail
        bridges = self.found.sparse.carried.bridges_in(compared, np.array([place]))
        return next((bridge for bridge in bridges if isinstance(bridge, str)), None)

    # -- the last digits -----------------------------------------------------------------------------------------

    def _compared(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int32], npt.NDArray[np.intp]]:
        """Return rows whose number was compared, the plan of each (-1: several), and their units."""
        rows = np.flatnonzero(np.isin(self.reasons, (CODE["within-limit"], CODE["outside-limit"])))
        unit = self._column(rows)
        return rows, self.item.compiled.slot[self.found.places[rows], unit], unit

    def _decided_by_rounding(self) -> Iterator[Finding]:
        compiled, numbers = self.item.compiled, self.columns.numbers.get("value")
        if numbers is None or not any(plan.is_rounded for plan in compiled.plans):
            return
        rows, slots, unit = self._compared()
        value, without = numbers.values[rows], compiled.unrounded
        inside = (value >= without.low[slots]) & (value <= without.high[slots])
        unsure = (
            (slots < 0)
            | np.isnan(value)
            | np.isin(slots, list(without.more))
            | np.isin(slots, list(compiled.inside.more))
        )
        candidates = np.flatnonzero(unsure | (inside != (self.reasons[rows] == CODE["within-limit"])))
        if not len(candidates):
            return
        rows, unit = rows[candidates], unit[candidates]
        sparse = self.item.sparse(*self.found.own, unrounded=True)
        again = verdict_codes(sparse.settle(rows, self.found.places[rows]))
        yield from self._by_place("rounding-decisive", rows, unit, again != self.verdicts[rows])

    def _noise(self) -> Iterator[Finding]:
        numbers = self.columns.numbers.get("value")
        if numbers is None:
            return
        rows, slots, unit = self._compared()
        value, inside = numbers.values[rows], self.item.compiled.inside
        near = slots < 0
        with np.errstate(over="ignore", invalid="ignore"):  # a difference beyond float64 is not near
            for bound in (inside.low[slots], inside.high[slots]):
                near |= np.abs(value - bound) <= _NEAR * np.abs(bound)
        for slot, pieces in inside.more.items():
            for end in (end for piece in pieces for end in piece):
                near |= (slots == slot) & (np.abs(value - end) <= _NEAR * abs(end))
        chosen = np.flatnonzero(near & np.isfinite(value)).tolist()
        neighbor = {i: quiet_neighbor(from_number(float(value[i]))) for i in chosen}
        largest = Fraction(float(np.finfo(np.float64).max))  # rounded to fewer digits, the very largest exceed it
        quiet = {i: number for i, number in neighbor.items() if number is not None and abs(number) <= largest}
        chosen = list(quiet)
        if not chosen:
            return
        rows, unit = rows[chosen], unit[chosen]
        neighbors = np.array([float(quiet[i]) for i in chosen])
        columns, facts = self.found.own
        other = columns.take(rows)
        other = Columns(
            other.table, other.n, other.words, other.numbers | {"value": Numbers(neighbors)}, other.findings
        )
        settled = self.item.sparse(other, facts.take(rows).as_numbers()).settle(
            np.arange(len(rows)), self.found.places[rows]
        )
        yield from self._by_place("float-noise", rows, unit, verdict_codes(settled) != self.verdicts[rows])

    def _rounded_before(self) -> Iterator[Finding]:
        states, numbers = self.columns.words.get("value_state"), self.columns.numbers.get("value")
        if states is None or numbers is None or "as-reported" not in states.words:
            return
        rows, slots, unit = self._compared()
        mask = (states.codes[rows] == states.words.index("as-reported")) & (slots >= 0)
        rows, slots, unit = rows[mask], slots[mask], unit[mask]
        known: dict[tuple[int, str], str | None] = {}
        codes = []
        for row, slot in zip(rows.tolist(), slots.tolist(), strict=True):
            key = (slot, self._digits(numbers, row))
            if key not in known:
                known[key] = rounded_before(key[1], self.item.compiled.plans[slot])
            codes.append(known[key])
        for code in ("double-rounding", "insufficient-precision"):
            yield from self._by_place(code, rows, unit, np.array([item == code for item in codes], np.bool_))

    def _digits(self, numbers: Numbers, row: int) -> str:
        """Return a number with the digits it was reported with: those of its column, where that is text."""
        cell = self.columns.table.column("value")[self.item.row(row)].as_py()
        if isinstance(cell, str):
            written = cell.strip().replace("e", "E").removeprefix("+")
            if is_decimal_text(written):
                return written
        return from_number(float(numbers.values[row]))

    def _by_place(
        self, code: str, rows: npt.NDArray[np.intp], unit: npt.NDArray[np.intp], mask: Mask
    ) -> Iterator[Finding]:
        """Yield a finding for each place and unit, counted."""
        chosen = np.flatnonzero(mask)
        if not len(chosen):
            return
        keys = self.found.places[rows[chosen]].astype(np.int64) * (len(self.item.compiled.units) + 1) + unit[chosen]
        _, first, counts = np.unique(keys, return_index=True, return_counts=True)
        for place, count in sorted(zip(first.tolist(), counts.tolist(), strict=True)):
            row = int(rows[chosen[place]])
            yield self._finding(code, row, count, int(self.item.tests[row]))

    # -- beside the verdict --------------------------------------------------------------------------------------

    def _recorded_differently(self) -> Iterator[Finding]:
        recorded = self.columns.words.get("recorded_verdict")
        if recorded is None:
            return
        read = [outcomes.read(word) for word in recorded.words]
        claims = np.array([_CLAIMS.index(word) if word in _CLAIMS else -1 for word in read] + [-1])
        computed = np.select([self.verdicts == VERDICTS.index(word) for word in _CLAIMS], [0, 1], -1)
        claimed = claims[recorded.codes]
        for place in np.flatnonzero((claimed >= 0) & (computed >= 0) & (claimed != computed)).tolist():
            row = self.item.row(place)
            message = f"batch {word_of(self.judgments, 'batch_id', row)}: {explain_row(self.judgments, self.item, row)}"
            found = f"recorded: {word_of(self.judgments, 'recorded_verdict', row)}"
            expected = VERDICTS[VERDICT_OF_REASON[self.reasons[place]]]
            yield Finding("recorded-verdict-differs", message, row=row, expected=expected, found=found)

    def _not_investigated(self) -> Iterator[Finding]:
        facts = self.found.own[1]
        aside = np.zeros(self.columns.n, np.bool_)
        if facts.status is not None:
            aside |= np.isin(facts.status, [STATUSES.index("invalidated"), STATUSES.index("superseded")])
            if facts.investigated is not None:
                aside &= ~facts.investigated
        uninvestigated = replaced(self.columns, facts, self.item.tests, with_reference=False)
        if uninvestigated is not None:
            aside |= uninvestigated
        places = np.flatnonzero(aside & (self.reasons != CODE["investigation-missing"]))  # which are told as a reason
        if len(places):
            yield self._finding("investigation-missing", int(places[0]), len(places), -1)

    def _failed_without_deciding(self) -> Iterator[Finding]:
        """Yield failures that decide nothing: of another role, of a starting material, of a part for information."""
        layout = self.item.compiled.layout
        failed = np.flatnonzero((self.verdicts == DOES_NOT_CONFORM) & self.found.counted)
        tests = self.item.tests[failed]
        for number, test in enumerate(self.item.specification.tests):
            if not decides(test, self.item.specification):
                mine = failed[tests == number]
                internal = test.criterion.role != "registered-acceptance"
                if len(mine):
                    code = "outside-internal-limit" if internal else "starting-material-deviation"
                    yield self._finding(code, int(mine[0]), len(mine), number)
        units = range(len(self.item.compiled.units))
        for number, place in enumerate(layout.places):
            composite = any(isinstance(self.item.compiled.whole.get((number, column)), Combined) for column in units)
            if place.test < 0 or (place.parts and not place.beside and not composite):
                continue
            rows = np.flatnonzero((self.found.places == number) & self.found.counted)
            if not len(rows):
                continue
            for_information = not place.parts and place.formed < 0
            found = rows[self.verdicts[rows] == DOES_NOT_CONFORM] if for_information else rows[:0]
            for beside in place.beside if not for_information else ():
                again = self.found.sparse.settle(rows, np.full(len(rows), beside, np.int32))
                found = np.union1d(found, rows[verdict_codes(again) == DOES_NOT_CONFORM])
            found = np.union1d(found, rows[self._has_failed_member(rows, number)])
            if len(found):
                yield self._finding("member-failed", int(found[0]), len(found), place.test)

    def _has_failed_member(self, rows: npt.NDArray[np.intp], place: int) -> Mask:
        """Return rows at a place that fail one of several criteria on the same result."""
        out = np.zeros(len(rows), np.bool_)
        compared = ~np.isin(self.reasons[rows], _NEVER_COMPARED)
        for column in range(len(self.item.compiled.units)):
            whole = self.item.compiled.whole.get((place, column))
            if isinstance(whole, Combined):
                mine = np.flatnonzero(compared & (self._column(rows) == column))
                for codes in self.found.sparse.members(whole, rows[mine]) if len(mine) else ():
                    out[mine] |= verdict_codes(codes) == DOES_NOT_CONFORM
        return out

    def _column(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        units, last = self.columns.words.get("unit"), len(self.item.compiled.units) - 1
        return np.full(len(rows), last) if units is None else units.codes[rows].astype(np.intp) % (last + 1)

    def _finding(self, code: str, place: int, count: int, test: int, detail: str | None = None) -> Finding:
        row = self.item.row(place)
        where = f"specification {self.item.specification.id}"
        expected = None
        if test >= 0:
            where += f", test {self.item.specification.tests[test].id}"
            expected = criterion_text(self.item, test)
        message = f"{where}: {CODES[code].title}" + ("" if detail is None else f": {detail}")
        found = show_row(self.judgments, row)
        return Finding(code, message, row=row, expected=expected, found=found, count=count)


def _of_batches(verdicts: BatchVerdicts) -> Iterator[Finding]:
    """Yield what only shows when the results of a batch are seen together."""
    found, known, layout = verdicts.found, verdicts.now, verdicts.found.item.compiled.layout
    judged = found.item.reasons[verdict_codes(found.item.reasons) == NOT_EVALUATED]
    tests = found.item.tests[verdict_codes(found.item.reasons) == NOT_EVALUATED]
    pairs = np.unique(tests.astype(np.int64) * 256 + judged)
    seen = {divmod(pair, 256) for pair in pairs.tolist()}
    for number in range(len(verdicts.specification.tests)):
        codes = known.reasons[:, number]
        of_test = known.verdicts[:, number]
        open_ = (of_test == NOT_EVALUATED) | ((of_test == MISSING) & (codes != NOTHING))
        for code in np.unique(codes[open_ & verdicts.shown]).tolist():
            reason = REASONS[code]
            if (number, code) in seen or reason in _EXPECTED or reason not in CODES:
                continue
            batches = np.flatnonzero((codes == code) & open_ & verdicts.shown)
            yield _batch_finding(verdicts, reason, number, batches)
        first, last = layout.first_column[number], layout.first_column[number + 1]
        if last - first > 1:
            parts = known.parts[:, first:last]
            part_verdicts = np.where(parts == NOTHING, NOTHING, verdict_codes(parts.ravel()).reshape(parts.shape))
            failed = (part_verdicts == DOES_NOT_CONFORM).any(axis=1)
            if failed.any():
                yield _batch_finding(verdicts, "member-failed", number, np.flatnonzero(failed))
    for item in known.formed:
        if item.rounding_decided:
            message = f"specification {verdicts.specification.id}, test {item.test}: {CODES['rounding-decisive'].title}"
            value = f"batch {item.batch}: {item.value} {item.unit or ''} ({item.formula})"
            yield Finding("rounding-decisive", message, found=value)
    if verdicts.at_release is not known:
        overtaken = [
            name
            for table in verdicts.batches()
            for name, late in zip(table.column("batch").to_pylist(), table.column("overtaken").to_pylist(), strict=True)
            if late
        ]
        if overtaken:
            message = f"specification {verdicts.specification.id}: {CODES['overtaken'].title}"
            yield Finding("overtaken", message, found=f"batch {overtaken[0]}", count=len(overtaken))


def _batch_finding(verdicts: BatchVerdicts, code: str, test: int, batches: npt.NDArray[np.intp]) -> Finding:
    item = verdicts.found.item
    where = f"specification {item.specification.id}, test {item.specification.tests[test].id}"
    found = f"batch {verdicts.found.batches[int(batches[0])]}"
    expected = criterion_text(item, test)
    return Finding(code, f"{where}: {CODES[code].title}", expected=expected, found=found, count=len(batches))
