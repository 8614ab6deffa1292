"""Rows the hot loop could not prove conforming: why they do not conform, or could not be compared.

The steps are those of :func:`harmoniqc.evaluation.judging.judge`, in its order, each for all rows at once. What has
to be read word by word is read once for each distinct combination.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.kernel import Mask
from harmoniqc.evaluation.meaning.compiled import Bridged, Combined, Compared, Comparison, Compiled, InWords
from harmoniqc.evaluation.meaning.exact import judge_interval, judge_set, judge_value, measured_interval
from harmoniqc.evaluation.meaning.facts import Facts
from harmoniqc.evaluation.meaning.interval import censored_set
from harmoniqc.evaluation.meaning.parts import join
from harmoniqc.evaluation.meaning.plan import Plan
from harmoniqc.evaluation.rows.carried import Carried
from harmoniqc.evaluation.rows.ingest import Columns
from harmoniqc.evaluation.rows.row_facts import NO_COMPARATOR, UNKNOWN_COMPARATOR, UNKNOWN_STATUS, RowFacts
from harmoniqc.evaluation.rows.verbatim import disagrees
from harmoniqc.evaluation.rows.wording import PENDING, Reasons, Rows, Wording, codes_of
from harmoniqc.evaluation.verdicts import CODE, CONFORMS, INDETERMINATE, REPORTED, verdict_codes
from harmoniqc.standard.columns import COMPARATORS, STATUSES

Places = npt.NDArray[np.int32]

_LESS = COMPARATORS.index("<")
_GATED = np.array(
    [verdict in (INDETERMINATE, CONFORMS, REPORTED) for verdict in verdict_codes(np.arange(len(CODE), dtype=np.uint8))]
)
_GATED_READING = _GATED.copy()
_GATED_READING[CODE["sensitivity-not-shown"]] = True


class Sparse:
    """Settles rows of one specification. Holds no state between calls but caches, so threads may share it.

    Args:
        compiled: The specification.
        columns: The results.
        facts: What the rows say about themselves.
        batches: Facts of each batch, in the order of the words of ``batch_id``; rows without a batch know nothing.
        late: Rows measured before the method of their test was declared; None: none.
        unrounded: Whether to leave out rounding, to see whether it decided.
    """

    def __init__(
        self,
        compiled: Compiled,
        columns: Columns,
        facts: RowFacts,
        batches: Sequence[Facts] = (),
        late: Mask | None = None,
        *,
        unrounded: bool = False,
    ) -> None:
        self.unrounded = unrounded
        self.compiled = compiled
        self.columns = columns
        self.facts = facts
        self.late = late
        self.units = columns.words.get("unit")
        self.words = Wording(columns, facts, compiled.units)
        self.carried = Carried(compiled, columns, batches)

    def settle(self, rows: Rows, places: Places) -> Reasons:
        """Return the reason code of each row.

        Args:
            rows: Row numbers, intp, shape (m,).
            places: Their places, int32, shape (m,).
        """
        compiled = self.compiled
        out = np.full(len(rows), PENDING, np.uint8)
        static = compiled.static[places]
        placed = compiled.test_of_place[places] >= 0
        for fault, reason in self._set_aside(rows):
            out[fault & placed & (out == PENDING)] = CODE[reason]
        out[(static > 0) & (out == PENDING)] = static[(static > 0) & (out == PENDING)]
        for fault, reason in self._faults(rows, places):
            out[fault & (out == PENDING)] = CODE[reason]
        units = codes_of(self.units, rows)
        slots, why = compiled.slot[places, units], compiled.reason[places, units]
        numeric = np.flatnonzero((out == PENDING) & ((slots >= 0) | (why > 0)))
        if len(numeric):
            out[numeric] = self._numbers(rows[numeric], slots[numeric], why[numeric])
        for chosen, found in self._wholes(np.flatnonzero(out == PENDING), places, units):
            out[chosen] = self._compare(found, rows[chosen])
        self._hold_back(rows, places, out)
        return out

    # -- what keeps a row from being judged at all ---------------------------------------------------------

    def _set_aside(self, rows: Rows) -> list[tuple[Mask, str]]:
        facts, found = self.facts, []
        if facts.status is not None and facts.investigated is not None:  # without an investigation it counts
            status = facts.status[rows]
            for name in ("invalidated", "superseded"):
                found.append(((status == STATUSES.index(name)) & facts.investigated[rows], name))
        if facts.replaced is not None:
            found.append((facts.replaced[rows], "superseded"))
        return found

    def _faults(self, rows: Rows, places: Places) -> list[tuple[Mask, str]]:
        facts, faults = self.facts, []
        if facts.status is not None:
            faults.append((facts.status[rows] == UNKNOWN_STATUS, "unknown-status"))
        if facts.invalid_assay is not None:
            faults.append((facts.invalid_assay[rows], "invalid-assay"))
        if facts.aggregate is not None:
            faults.append((facts.aggregate[rows], "aggregate"))
        if facts.contradicted is not None:
            faults.append((facts.contradicted[rows], "value-text-mismatch"))
        if facts.text_in_doubt is not None:
            doubtful = np.flatnonzero(facts.text_in_doubt[rows])
            mask = np.zeros(len(rows), np.bool_)
            mask[doubtful] = [self._text_disagrees(row) for row in rows[doubtful].tolist()]
            faults.append((mask, "value-text-mismatch"))
        if self.late is not None:
            at_late = np.array([place.late for place in self.compiled.layout.places])
            faults.append((self.late[rows] & at_late[places], "method-declared-late"))
        return faults

    def _text_disagrees(self, row: int) -> bool:
        text, value = self.words.word("text", row), self.words.number("value", row)
        if text is None or value is None:
            return False
        return disagrees(text, value, self.words.comparator(row), self.words.word("unit", row))

    def _hold_back(self, rows: Rows, places: Places, out: Reasons) -> None:
        """A reading that is not the last may already show a failure; it cannot show that the last will pass."""
        layout = self.compiled.layout
        if self.compiled.gated.any():
            for place in np.unique(places[self.compiled.gated[places]]).tolist():
                gate = layout.places[place].gate
                if gate is not None:
                    table = _GATED if gate == "replicate" else _GATED_READING
                    out[(places == place) & table[out]] = CODE[gate]
        if self.facts.status is None:
            return
        preliminary = self.facts.status[rows] == STATUSES.index("preliminary")
        final = np.array([place.final for place in layout.places])
        out[preliminary & final[places] & _GATED[out]] = CODE["not-final"]
        # nobody stands by such a result: without an investigation its failure still counts, but not its success
        withdrawn = np.isin(self.facts.status[rows], [STATUSES.index("invalidated"), STATUSES.index("superseded")])
        out[withdrawn & _GATED[out]] = CODE["investigation-missing"]

    # -- what is compared with more than one plan ------------------------------------------------------------

    def _wholes(
        self, pending: npt.NDArray[np.intp], places: Places, units: npt.NDArray[np.intp]
    ) -> list[tuple[npt.NDArray[np.intp], Comparison]]:
        """Return the rows still pending, by what they are compared with."""
        if not len(pending):
            return []
        width = len(self.compiled.units)
        keys = places[pending].astype(np.int64) * width + units[pending] % width
        order = np.argsort(keys, kind="stable")
        distinct, first = np.unique(keys[order], return_index=True)
        groups = np.split(pending[order], first[1:])
        return [
            (chosen, self.compiled.whole[divmod(key, width)])
            for key, chosen in zip(distinct.tolist(), groups, strict=True)
        ]

    def _compare(self, found: Comparison, rows: Rows) -> Reasons:
        """Return the reason code of rows that are all compared with the same thing."""
        if isinstance(found, Combined):
            return join(found.mode, np.stack(self.members(found, rows)))
        if isinstance(found, InWords):
            out = self.words.judge(found.leaf, rows)
            out[self._other_population(rows, found.leaf.criterion.population)] = CODE["population-mismatch"]
            return out
        nothing = np.zeros(len(rows), np.uint8)
        if isinstance(found, Compared):
            return self._numbers(rows, np.full(len(rows), self.compiled.slot_of(found.plan), np.int32), nothing)
        if isinstance(found, Bridged):
            return self._bridged(found, rows)
        reason = np.full(len(rows), CODE[found.reason], np.uint8)
        return self._numbers(rows, np.full(len(rows), -1, np.int32), reason) if found.numbers_only else reason

    def members(self, found: Combined, rows: Rows) -> list[Reasons]:
        """Return the reason codes of rows against each member of what they are compared with."""
        return [self._compare(member, rows) for member in found.members]

    def _bridged(self, found: Bridged, rows: Rows) -> Reasons:
        """Compare what facts carry over: floats first, exact where they come near a bound."""
        out, value, comparator = self._readable(rows, np.zeros(len(rows), np.uint8))
        out[(out == PENDING) & self._other_population(rows, found.limit.population)] = CODE["population-mismatch"]
        factors = self.carried.factors(found, rows)
        out[(out == PENDING) & np.isnan(factors)] = CODE["needs-fact"]
        chosen = np.flatnonzero(out == PENDING)
        slots = np.full(len(chosen), self.compiled.slot_of(found.plan), np.int32)
        with np.errstate(over="ignore"):
            derived = value[chosen] * factors[chosen]
        out[chosen] = self._against(derived, comparator[chosen], slots)
        if len(chosen):
            alone = self._needs_exact(rows[chosen]) | self.carried.near_a_bound(derived, int(slots[0]))
            for place in chosen[alone].tolist():
                out[place] = self._exact(int(rows[place]), found.plan, found)
        return out

    # -- numbers ---------------------------------------------------------------------------------------------

    def _numbers(self, rows: Rows, slots: npt.NDArray[np.int32], why: Reasons) -> Reasons:
        """Return the reason code of rows compared with one plan each, or with none for a reason."""
        out, value, comparator = self._readable(rows, why)
        mismatch = self._populations(rows, slots)
        if mismatch is not None:
            out[mismatch & (out == PENDING)] = CODE["population-mismatch"]
        exact = self._needs_exact(rows)
        alone = np.flatnonzero(exact & (out == PENDING))
        out[alone] = [self._exact(int(rows[i]), self.compiled.plans[slots[i]]) for i in alone]
        chosen = np.flatnonzero(out == PENDING)
        if len(chosen):
            out[chosen] = self._against(value[chosen], comparator[chosen], slots[chosen])
        return out

    def _readable(self, rows: Rows, why: Reasons) -> tuple[Reasons, npt.NDArray[np.float64], npt.NDArray[np.int8]]:
        """Return why rows hold no number that could be compared, and the numbers and comparators of the others."""
        out = np.full(len(rows), PENDING, np.uint8)
        numbers = self.columns.numbers.get("value")
        value = np.full(len(rows), np.nan) if numbers is None else numbers.values[rows]
        given = np.zeros(len(rows), np.bool_) if numbers is None else numbers.has(rows)
        comparator = self.words.comparators(rows)

        def settle(mask: Mask, reason: str) -> None:
            out[mask & (out == PENDING)] = CODE[reason]

        exact = self._needs_exact(rows)
        for place in np.flatnonzero(exact).tolist():
            out[place] = self._unreadable(int(rows[place]))
        empty = np.flatnonzero(~given & ~exact)
        if len(empty):
            out[empty], limit = self.words.without_number(rows[empty])
            value, comparator = value.copy(), comparator.copy()
            value[empty], comparator[empty] = limit, _LESS
        if numbers is not None and numbers.faulty is not None:
            settle(numbers.faulty[rows] & ~exact, "not-a-number")
        settle(np.isnan(value) & ~exact, "not-a-number")
        settle(np.isinf(value) & ~exact, "infinite-value")
        settle(comparator == UNKNOWN_COMPARATOR, "unknown-comparator")
        out[(why > 0) & (out == PENDING)] = why[(why > 0) & (out == PENDING)]
        return out, value, comparator

    def _against(
        self, value: npt.NDArray[np.float64], comparator: npt.NDArray[np.int8], slots: npt.NDArray[np.int32]
    ) -> Reasons:
        """Compare numbers, censored or not, with the plan of their slot."""
        compiled = self.compiled
        bounds = compiled.unrounded if self.unrounded else compiled.inside
        exists = (value >= compiled.domain_low[slots]) & (value <= compiled.domain_high[slots])
        inside = (value >= bounds.low[slots]) & (value <= bounds.high[slots])
        for slot in bounds.more.keys() & set(np.unique(slots).tolist()):
            for low, high in bounds.more[slot]:
                inside |= (slots == slot) & (value >= low) & (value <= high)
        codes = [np.uint8(CODE[name]) for name in ("outside-domain", "within-limit", "outside-limit")]
        out = np.select([~exists, inside], codes[:2], codes[2]).astype(np.uint8)
        censored = np.flatnonzero(comparator != NO_COMPARATOR)
        if len(censored):
            out[censored] = self._censored(value[censored], comparator[censored], slots[censored])
        return out

    def _censored(
        self, value: npt.NDArray[np.float64], comparator: npt.NDArray[np.int8], slots: npt.NDArray[np.int32]
    ) -> Reasons:
        distinct, inverse = np.unique(slots, return_inverse=True)
        table = np.stack([self.compiled.censored(slot) for slot in distinct.tolist()])
        bounds = table[inverse, comparator]  # shape (m, 3, 2): possible, conforms, fails
        inside = (value[:, None] >= bounds[:, :, 0]) & (value[:, None] <= bounds[:, :, 1])
        names = ("outside-domain", "all-values-within-limit", "no-value-within-limit", "censored")
        codes = [np.uint8(CODE[name]) for name in names]
        return np.select([~inside[:, 0], inside[:, 1], inside[:, 2]], codes[:3], codes[3]).astype(np.uint8)

    def _needs_exact(self, rows: Rows) -> Mask:
        exact = np.zeros(len(rows), np.bool_)
        for name in ("value", "lod"):
            numbers = self.columns.numbers.get(name)
            if numbers is not None and numbers.exact:
                exact |= np.isin(rows, list(numbers.exact))
        return exact if self.facts.interval is None else exact | self.facts.interval[rows]

    def _unreadable(self, row: int) -> int:
        """Return why a row with an interval or a long number cannot be compared; pending if it can."""
        if self.words.comparator(row) == "":
            return CODE["unknown-comparator"]
        for name in ("value", "value_low", "value_high"):
            numbers = self.columns.numbers.get(name)
            if numbers is not None and numbers.has(np.array([row]))[0] and self.words.number(name, row) is None:
                return CODE["infinite-value" if np.isinf(numbers.values[row]) else "not-a-number"]
        if all(self.words.number(name, row) is None for name in ("value", "value_low", "value_high")):
            reasons, _ = self.words.without_number(np.array([row]))  # here because of its limit of detection
            if reasons[0] == PENDING and self.words.number("lod", row) is None:
                return CODE["not-a-number"]
            return int(reasons[0])
        return int(PENDING)

    def _exact(self, row: int, plan: Plan, bridged: Bridged | None = None) -> int:
        """Judge one row in exact arithmetic: an interval, a number no float64 prints as, or one near a bound."""
        value, low, high = (self.words.number(name, row) for name in ("value", "value_low", "value_high"))
        comparator = self.words.comparator(row)
        if value is None and low is None and high is None:
            value, comparator = self.words.number("lod", row), "<"
        if bridged is not None:
            factor = self.carried.exactly(bridged, row)
            if factor is None:
                return CODE["needs-fact"]
            value, low, high = (None if number is None else number * factor for number in (value, low, high))
        interval = measured_interval(low, high)
        if interval is not None:
            return CODE[judge_interval(plan, value, interval, comparator, unrounded=self.unrounded)]
        assert value is not None  # noqa: S101 - such rows have been settled as unreadable
        if comparator is None:
            return CODE[judge_value(plan, value, unrounded=self.unrounded)]
        return CODE[judge_set(plan, censored_set(comparator, value))]

    # -- populations -----------------------------------------------------------------------------------------

    def _populations(self, rows: Rows, slots: npt.NDArray[np.int32]) -> Mask | None:
        """Return rows whose population is not that of their limit; None where nobody names any."""
        if self.facts.population is None and not self.compiled.names_population:
            return None
        out = np.zeros(len(rows), np.bool_)
        wanted = [plan.population for plan in self.compiled.plans]
        for slot in np.unique(slots[slots >= 0]).tolist():
            chosen = np.flatnonzero(slots == slot)
            out[chosen] = self._other_population(rows[chosen], wanted[slot])
        return out

    def _other_population(self, rows: Rows, wanted: str | None) -> Mask:
        """Return rows that name another population than the one wanted, or two different ones."""
        named = [unit.population for unit in self.compiled.units]
        own = self.facts.population
        if sum((wanted is not None, any(named), own is not None)) < 2:
            return np.zeros(len(rows), np.bool_)
        words: dict[str | None, int] = {None: -1}
        of_unit = np.array([words.setdefault(name, len(words)) for name in named])[codes_of(self.units, rows)]
        of_row = np.full(len(rows), -1)
        if own is not None:
            of_row = np.array([*(words.setdefault(name, len(words)) for name in own.words), -1])[own.codes[rows]]
        target = words.setdefault(wanted, len(words))

        def differ(left: npt.NDArray[np.intp], right: npt.NDArray[np.intp] | int) -> Mask:
            return np.asarray((left >= 0) & (np.asarray(right) >= 0) & (left != right))

        return np.asarray(differ(of_unit, target) | differ(of_row, target) | differ(of_unit, of_row))
