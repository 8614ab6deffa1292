"""One measurement against what it is compared with: the reason, and what a person should know."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from harmoniqc.errors import CODES, Finding
from harmoniqc.evaluation.meaning.bridges import MissingFactError, cross, side_of
from harmoniqc.evaluation.meaning.compiled import Bridged, Combined, Compared, Comparison, InWords, Refused
from harmoniqc.evaluation.meaning.exact import (
    judge_interval,
    judge_set,
    judge_value,
    least_of,
    measured_interval,
    shown_value,
)
from harmoniqc.evaluation.meaning.facts import Facts
from harmoniqc.evaluation.meaning.interval import censored_set
from harmoniqc.evaluation.meaning.outcome import (
    Shown,
    judge_absence,
    judge_category,
    judge_identity,
    number_contradicts,
    outcome_of,
    report_in_words,
    words_contradict,
)
from harmoniqc.evaluation.meaning.parts import join
from harmoniqc.evaluation.meaning.precision import is_noise, rounded_before
from harmoniqc.evaluation.meaning.unit_texts import ReadUnit
from harmoniqc.evaluation.rows.verbatim import disagrees, outside_text
from harmoniqc.evaluation.verdicts import CODE, REASONS, verdict_of
from harmoniqc.standard import Absence, Category, Fact, Identity, Measurement, ReportOnly, Result
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.units import parse_unit
from harmoniqc.vocabulary import outcomes

_TURNED: dict[str | None, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Derived:
    """A result that facts carried over into the unit of a limit.

    Attributes:
        formula: Identifier of the formula.
        value: The value as decimal text, rounded to 17 significant digits where it does not end before.
        comparator: Comparator of a censored result.
        unit: Unit of the value.
        inputs: The facts it was computed from.
    """

    formula: str
    value: str
    comparator: str | None
    unit: str
    inputs: tuple[Fact, ...]

    def __str__(self) -> str:
        facts = ", ".join(f"{fact.name} {fact.value} {fact.unit or ''}".rstrip() for fact in self.inputs)
        return f"{self.comparator or ''}{self.value} {self.unit} ({self.formula}: {facts})"


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a measurement.

    Attributes:
        measured: The measurement, as shown to a person.
        reason: The reason.
        findings: What a person should know.
        derived: Values carried over by facts.
        detail: What would help where nothing was compared.
    """

    measured: str
    reason: str
    findings: tuple[Finding, ...] = ()
    derived: tuple[Derived, ...] = ()
    detail: str | None = None

    def as_failed_member(self) -> Finding:
        """Return the finding for a member that failed where the whole did not."""
        return Finding("member-failed", f"{self.measured}: {CODES['member-failed'].title}", found=self.measured)


def read(item: Measurement | Result, found: Comparison, unit: ReadUnit, facts: Facts) -> Reading:
    """Judge one measurement.

    Args:
        item: The measurement.
        found: What it is compared with, in its unit.
        unit: Its unit, read.
        facts: Facts of the batch.
    """
    return _Reader(item, unit, facts).read(found)


class _Reader:
    def __init__(self, item: Measurement | Result, unit: ReadUnit, facts: Facts) -> None:
        self.item = item
        self.unit = unit
        self.facts = facts
        self.value, self.low, self.high = (_number(text) for text in (item.value, item.value_low, item.value_high))
        self.shown = str(item if isinstance(item, Measurement) else item.measurement())
        self.findings: list[Finding] = []
        self.derived: list[Derived] = []
        self.details: list[str] = []

    def read(self, found: Comparison) -> Reading:
        reason = self._fault(found) or self._reason(found)
        if reason in ("within-limit", "outside-limit"):
            self._decided_by_last_digits(found, reason)
        return Reading(
            self.shown,
            reason,
            tuple(self.findings),
            tuple(dict.fromkeys(self.derived)),
            self.details[0] if self.details else None,
        )

    def _fault(self, found: Comparison) -> str | None:
        item = self.item
        if isinstance(found, Refused) and not found.numbers_only:
            return self._reason(found)
        if isinstance(item, Result) and item.assay_valid is False:
            return "invalid-assay"
        if item.statistic is not None and item.reportable is not True:
            return "aggregate"
        return "value-text-mismatch" if self._contradicts_itself() else None

    def _contradicts_itself(self) -> bool:
        item = self.item
        if words_contradict(item.code, item.text):
            return True
        is_scale = self.unit.code is not None and parse_unit(self.unit.code).is_scale
        said = {item.code, None if item.text is None else outcomes.read(item.text)}
        ends = (self.low, self.high)
        if any(number_contradicts(word, self.value, ends, item.comparator, is_scale=is_scale) for word in said):
            return True
        if item.text is None:
            return False
        if self.value is not None:
            return disagrees(item.text, self.value, item.comparator, item.unit)
        return outside_text(item.text, *ends)

    def _reason(self, found: Comparison, *, unrounded: bool = False, value: Fraction | None = None) -> str:
        """Return the reason.

        Args:
            found: What is compared with.
            unrounded: Whether to leave out rounding.
            value: Another value to judge in place of the one measured; None: the one measured.
        """
        if isinstance(found, Combined):
            codes = [CODE[self._reason(member, unrounded=unrounded, value=value)] for member in found.members]
            if any(verdict_of(REASONS[code]) == "does-not-conform" for code in codes):
                self._note("member-failed", f"{self.shown}: {CODES['member-failed'].title}")
            return REASONS[int(join(found.mode, np.array(codes, np.uint8)[:, None])[0])]
        if isinstance(found, InWords):
            return self._in_words(found)
        if isinstance(found, Refused):
            if found.detail is not None:
                self.details.append(found.detail)
            unreadable = self._unreadable() if found.numbers_only else None
            self.findings += () if unreadable else found.findings
            return unreadable or found.reason
        return self._unreadable() or self._number(found, unrounded=unrounded, value=value)

    def _unreadable(self) -> str | None:
        if self.value is not None or self.low is not None or self.high is not None:
            return None
        outcome = outcome_of(self.item.code, self.item.text)
        if outcome == "absent" and self.item.lod is not None:
            return None
        return "missing-value" if outcome == "not-tested" else "text-for-number"

    def _number(self, found: Compared | Bridged, *, unrounded: bool, value: Fraction | None) -> str:
        plan = found.plan
        if len({self.unit.population, self.item.population, plan.population} - {None}) > 1:
            return "population-mismatch"
        factor = Fraction(1)
        number, low, high, comparator = (
            self.value if value is None else value,
            self.low,
            self.high,
            self.item.comparator,
        )
        if number is None and low is None and high is None:
            # Not detected, with the limit at which it would have been detected, is a result below that limit.
            number, comparator = _number(self.item.lod), "<"
        if isinstance(found, Bridged):
            try:
                bridge = cross(found.formula, self.facts, side_of(found.limit))
            except MissingFactError as error:
                self.details.append(str(error))
                return "needs-fact"
            factor = bridge.factor * parse_unit(self.unit.code or "1").scale / parse_unit(found.unit).scale
            if number is not None:
                self.derived.append(
                    Derived(found.formula.id, shown_value(number * factor), comparator, found.unit, bridge.inputs)
                )
        elif plan.inverted is not None and number is not None and number > 0:
            inverse, unit = plan.inverted
            self.derived.append(Derived("reciprocal", shown_value(inverse / number), _TURNED.get(comparator), unit, ()))
        number, low, high = (None if part is None else part * factor for part in (number, low, high))
        interval = measured_interval(low, high)
        if interval is not None:
            return judge_interval(plan, number, interval, comparator, unrounded=unrounded)
        assert number is not None  # noqa: S101 - else it would be unreadable
        if comparator is not None:
            return judge_set(plan, censored_set(comparator, number))
        return judge_value(plan, number, unrounded=unrounded)

    def _in_words(self, found: InWords) -> str:
        item, criterion = self.item, found.leaf.criterion
        if len({self.unit.population, item.population, criterion.population} - {None}) > 1:
            return "population-mismatch"
        has_number = any(number is not None for number in (self.value, self.low, self.high))
        if isinstance(criterion, ReportOnly):
            return "reported" if has_number else report_in_words(item.code, item.text)
        if isinstance(criterion, (Category, Identity)) and item.code is None and item.text is None:
            return "number-for-outcome"
        if isinstance(criterion, Category):
            return judge_category(criterion, item.code, item.text)
        if isinstance(criterion, Identity):
            return judge_identity(found.leaf.nominal, item.code, item.text)
        if not isinstance(criterion, Absence):
            return "unsupported-kind"
        shown = Shown(
            value=self.value,
            least=least_of(self.low, self.high),
            comparator=item.comparator,
            unit=self.unit.code,
            lod=_number(item.lod),
            amount=_number(item.amount_tested),
            amount_unit=item.amount_tested_unit,
            read_day=item.read_day,
        )
        return judge_absence(criterion, item.code, item.text, shown)

    # -- the last digits -----------------------------------------------------------------------------------------

    def _decided_by_last_digits(self, found: Comparison, reason: str) -> None:
        text = self.item.value
        if text is None or self.item.comparator is not None or self.low is not None or self.high is not None:
            return
        quiet = _Reader(self.item, self.unit, self.facts)  # what it notes is thrown away
        verdict = verdict_of(reason)
        unrounded = quiet._reason(found, unrounded=True)
        if verdict_of(unrounded) != verdict:
            inside = "inside" if verdict_of(unrounded) == "conforms" else "outside"
            self._note("rounding-decisive", f"rounding decides: {self.shown}, unrounded {inside} the limit")

        def conforms(number: Fraction) -> bool:
            return verdict_of(quiet._reason(found, value=number)) == "conforms"

        if is_noise(text, conforms):
            self._note("float-noise", f"{self.shown}: {CODES['float-noise'].title}")
        if self.item.value_state == "as-reported" and isinstance(found, Compared):
            code = rounded_before(text, found.plan)
            if code is not None:
                self._note(code, f"{self.shown}: {CODES[code].title}")

    def _note(self, code: str, message: str) -> None:
        self.findings.append(Finding(code, message, found=self.shown))


def _number(text: str | None) -> Fraction | None:
    return None if text is None else to_fraction(text)
