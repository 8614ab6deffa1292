"""One measurement against one criterion: the exact path, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from harmoniqc.errors import CODES, Finding, Findings, UnitError
from harmoniqc.evaluation.interval import Edge, Interval, censored_set
from harmoniqc.evaluation.outcome import Shown, judge_absence, judge_category, outcome_of
from harmoniqc.evaluation.plan import Plan, plan_for
from harmoniqc.evaluation.unit_texts import ReadUnit, read_units, unit_reason
from harmoniqc.evaluation.verbatim import disagrees
from harmoniqc.evaluation.verdicts import Verdict, verdict_of
from harmoniqc.standard import (
    Absence,
    Category,
    Criterion,
    Fact,
    Limit,
    Measurement,
    ReportOnly,
    RoundingPolicy,
    Target,
    Unstructured,
)
from harmoniqc.standard.decimal_text import to_fraction


@dataclass(frozen=True, slots=True)
class Judgment:
    """The verdict on one measurement, with its reason.

    Attributes:
        verdict: ``conforms``, ``does-not-conform``, ``indeterminate``, ``not-evaluated`` or ``reported``.
        reason: Why, as a stable word.
        message: Why, as a sentence.
        findings: What a person should know about the input.
        rounding: The rounding policy that was applied.
    """

    verdict: Verdict
    reason: str
    message: str
    findings: Findings = field(default_factory=Findings)
    rounding: RoundingPolicy = "none"

    def __bool__(self) -> bool:
        raise TypeError("a judgment has five verdicts; compare .verdict instead of asking for its truth")

    def __str__(self) -> str:
        return f"{self.verdict} ({self.reason}): {self.message}"


def judge(
    measurement: Measurement,
    criterion: Criterion,
    rounding: RoundingPolicy | None = None,
    facts: Mapping[str, Fact] | None = None,
    *,
    cqa: str | None = None,
) -> Judgment:
    """Judge one measurement.

    Args:
        measurement: What was measured.
        criterion: What is acceptable.
        rounding: Rounding policy; None: the criterion's own, or else ``none``.
        facts: Facts of the batch by name. No criterion evaluated so far depends on facts.
        cqa: Attribute measured; its domain in the vocabulary tells which values can exist.

    Returns:
        The judgment. Bad data never raise: each fault is a reason and a finding.

    Raises:
        TypeError: If the arguments are no measurement and no criterion.
    """
    if not isinstance(measurement, Measurement) or not isinstance(criterion, Criterion):
        raise TypeError("judge(measurement, criterion): a Measurement and a Criterion are needed")
    own = criterion.rounding if isinstance(criterion, (Limit, Target)) else None
    policy: RoundingPolicy = rounding or own or "none"
    reason, extra = _reason(measurement, criterion, policy, cqa)
    verdict = verdict_of(reason)
    message = f"{measurement} against {criterion.text or criterion}: {sentence(reason)}"
    findings = [*extra]
    if verdict == "not-evaluated" and not findings:
        findings.append(Finding(reason, message, expected=str(criterion), found=str(measurement)))
    findings += _unit(measurement).assumptions
    return Judgment(verdict, reason, message, Findings(findings), policy)


def static_reason(criterion: Criterion) -> str | None:
    """Return why a criterion is never judged, whatever the result; None if it can be."""
    if isinstance(criterion, Unstructured):
        return "unstructured-criterion"
    if isinstance(criterion, Target) and criterion.tolerance is None:
        return "no-tolerance"
    if isinstance(criterion, (Limit, Category, Absence, ReportOnly)):
        return None
    return "unsupported-kind"


def _reason(
    measurement: Measurement, criterion: Criterion, policy: RoundingPolicy, cqa: str | None
) -> tuple[str, tuple[Finding, ...]]:
    reason = static_reason(criterion)
    if reason is not None:
        return reason, ()
    if measurement.statistic is not None and measurement.reportable is not True:
        return "aggregate", ()
    unit = _unit(measurement)
    if len({unit.population, measurement.population, criterion.population} - {None}) > 1:
        return "population-mismatch", ()
    value = _number(measurement.value)
    text, comparator = measurement.text, measurement.comparator
    if value is not None and text is not None and disagrees(text, value, comparator, measurement.unit):
        return "value-text-mismatch", ()
    if isinstance(criterion, ReportOnly):
        return _report(measurement), ()
    if isinstance(criterion, Limit):
        return _limit(measurement, criterion, policy, cqa)
    if isinstance(criterion, Category):
        if measurement.code is None and measurement.text is None:
            return "number-for-outcome", ()
        return judge_category(criterion, measurement.code, measurement.text), ()
    assert isinstance(criterion, Absence)  # noqa: S101 - static_reason lets no other kind through
    shown = Shown(
        value=value,
        least=least_of(_number(measurement.value_low), _number(measurement.value_high)),
        comparator=measurement.comparator,
        unit=unit.code,
        lod=_number(measurement.lod),
        amount=_number(measurement.amount_tested),
        amount_unit=measurement.amount_tested_unit,
        read_day=measurement.read_day,
    )
    return judge_absence(criterion, measurement.code, measurement.text, shown), ()


def _unit(measurement: Measurement) -> ReadUnit:
    return read_units(() if measurement.unit is None else (measurement.unit,))[0]


def _report(measurement: Measurement) -> str:
    numbers = (measurement.value, measurement.value_low, measurement.value_high)
    if all(number is None for number in numbers) and outcome_of(measurement.code, measurement.text) == "not-tested":
        return "missing-value"
    return "reported"


def _limit(
    measurement: Measurement, criterion: Limit, policy: RoundingPolicy, cqa: str | None
) -> tuple[str, tuple[Finding, ...]]:
    value, comparator = _number(measurement.value), measurement.comparator
    interval = measured_interval(_number(measurement.value_low), _number(measurement.value_high))
    if value is None and interval is None:
        outcome = outcome_of(measurement.code, measurement.text)
        if outcome != "absent" or measurement.lod is None:
            return ("missing-value" if outcome == "not-tested" else "text-for-number"), ()
        # Not detected, with the limit at which it would have been detected, is a result below that limit.
        value, comparator = _number(measurement.lod), "<"
    unit = _unit(measurement)
    if unit.findings:
        return unit_reason(unit.findings), unit.findings
    if unit.code is None and criterion.unit not in (None, "1"):
        return "unit-not-stated", ()
    try:
        plan = plan_for(criterion, policy, unit.code, cqa)
    except UnitError as error:
        return unit_reason(error.findings), tuple(error.findings)
    if interval is not None:
        return judge_interval(plan, value, interval), ()
    assert value is not None  # noqa: S101 - no interval, so there is a value
    if comparator is not None:
        return judge_set(plan, censored_set(comparator, value)), ()
    reason = judge_value(plan, value)
    written = value in plan.written
    if reason == "outside-domain" or written == (reason == "within-limit"):
        return reason, ()
    message = f"rounding ({policy}) decides: {measurement}, unrounded {'inside' if written else 'outside'} the limit"
    return reason, (Finding("rounding-decisive", message, expected=str(criterion), found=str(measurement)),)


def judge_value(plan: Plan, value: Fraction) -> str:
    """Return the reason for an exact number."""
    if value not in plan.domain:
        return "outside-domain"
    return "within-limit" if value in plan.accept else "outside-limit"


def judge_set(plan: Plan, values: Interval) -> str:
    """Return the reason for a result that only says in which interval the value lies."""
    values = values.intersect(plan.domain)
    if values.is_empty:
        return "outside-domain"
    if plan.written.covers(values):
        return "all-values-within-limit"
    return "no-value-within-limit" if plan.written.intersect(values).is_empty else "censored"


def judge_interval(plan: Plan, value: Fraction | None, interval: Interval) -> str:
    """Return the reason for an interval, with or without a central value."""
    if interval.is_empty or (value is not None and value not in interval):
        return "contradictory-interval"
    if value is not None:
        reason = judge_value(plan, value)
        if reason != "within-limit":
            return reason
    return judge_set(plan, interval)


def measured_interval(low: Fraction | None, high: Fraction | None) -> Interval | None:
    """Return the closed interval between two reported ends; None where neither was reported."""
    if low is None and high is None:
        return None
    return Interval(None if low is None else Edge(low, closed=True), None if high is None else Edge(high, closed=True))


def least_of(low: Fraction | None, high: Fraction | None) -> Fraction | None:
    """Return the lower end of a reported interval of an amount; None where no interval was reported."""
    return Fraction(0) if low is None and high is not None else low


def _number(text: str | None) -> Fraction | None:
    return None if text is None else to_fraction(text)


def sentence(reason: str) -> str:
    """Return the sentence for a reason: its own, or the title of its finding code."""
    return _SENTENCES.get(reason) or CODES[reason].title


_SENTENCES: Mapping[str, str] = {
    "within-limit": "within the limit",
    "all-values-within-limit": "every value the result may stand for is within the limit",
    "accepted-outcome": "an accepted outcome",
    "absent": "absent, as required",
    "outside-limit": "outside the limit",
    "no-value-within-limit": "no value the result may stand for is within the limit",
    "rejected-outcome": "not an accepted outcome",
    "present": "present, and must be absent",
    "censored": "the result may stand for values on both sides of the limit",
    "inconclusive-outcome": "the outcome is inconclusive",
    "reported": "reported, as required",
}
