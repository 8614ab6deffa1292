"""One result against one limit, target, category, absence or report: a plain reading of the pages of the standard.

Nothing is shared with the evaluation of the library. What conforms is asked number by number: whether a censored
result conforms is found by asking for every end of an interval and for a number between each two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from harmoniqc.errors import UnitError
from harmoniqc.standard import Absence, Category, Limit, Target
from harmoniqc.units import Conversion, Unit, conversion, parse_unit
from harmoniqc.vocabulary import cqas, normalize_wording, outcomes

from .reference import EXACT, conforms

OPPOSITE = {"absent": "present", "present": "absent", "conforms": "does-not-conform", "does-not-conform": "conforms"}
VERDICT = {
    "within-limit": "conforms",
    "all-values-within-limit": "conforms",
    "accepted-outcome": "conforms",
    "absent": "conforms",
    "outside-limit": "does-not-conform",
    "no-value-within-limit": "does-not-conform",
    "rejected-outcome": "does-not-conform",
    "present": "does-not-conform",
    "censored": "indeterminate",
    "inconclusive-outcome": "indeterminate",
    "reported": "reported",
}
"""Verdict of each reason; every other reason is ``not-evaluated``."""


@dataclass(frozen=True)
class End:
    """One end of a limit: a number as written, and whether it is itself acceptable."""

    value: str
    inclusive: bool


@dataclass(frozen=True)
class Bounds:
    """A limit, or what a target amounts to, with the policy that is in force."""

    low: End | None
    high: End | None
    unit: str | None
    policy: str
    population: str | None = None

    def accepts(self, number: Fraction, policy: str) -> bool:
        """Tell whether a number in the unit of the bounds conforms."""
        return conforms(number, self, policy)


Region = Callable[[Fraction, bool], bool]
"""Whether a number in the unit of the result conforms; second argument: whether it is rounded before."""


def bounds_of(criterion, policy: str, facts) -> Bounds | str:
    """Return what a limit or a target amounts to, or the reason why it amounts to nothing."""
    if isinstance(criterion, Limit):
        exact = criterion.basis == "formula"
        low, high, unit = criterion.low, criterion.high, criterion.unit
    else:
        assert isinstance(criterion, Target)
        if criterion.tolerance is None:
            return "no-tolerance"
        unit, tolerance = criterion.unit, criterion.tolerance
        exact = tolerance.relative or criterion.nominal is not None
        nominal = Decimal(criterion.value) if criterion.value is not None else nominal_fact(criterion, facts)
        if nominal is None:
            return "needs-fact"
        minus, plus = Decimal(tolerance.minus), Decimal(tolerance.plus)
        if tolerance.relative:
            minus, plus = (EXACT.multiply(abs(nominal), part).scaleb(-2, EXACT) for part in (minus, plus))
        low = End(str(EXACT.subtract(nominal, minus)), tolerance.inclusive)
        high = End(str(EXACT.add(nominal, plus)), tolerance.inclusive)
    of_limit = parse_unit(unit or "1")
    exact = exact or of_limit.is_temperature or of_limit.is_duration
    return Bounds(low, high, unit, "none" if exact else criterion.rounding or policy, criterion.population)


def nominal_fact(criterion: Target, facts) -> Decimal | None:
    """Return the nominal value that a fact gives, in the unit of the target."""
    fact = facts.get(criterion.nominal)
    if fact is None:
        return None
    step = conversion(parse_unit(fact.unit or "1"), parse_unit(criterion.unit or "1"))
    number = Fraction(fact.value) * step.factor + step.offset
    value = EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
    assert Fraction(value) == number, "the reference only knows facts whose decimals end"
    return value


# -- numbers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """A result as a set of numbers in its own unit: one number, or those between two ends."""

    number: Fraction | None
    low: tuple[Fraction, bool] | None = None
    high: tuple[Fraction, bool] | None = None

    def holds(self, number: Fraction) -> bool:
        """Tell whether the result may stand for a number."""
        if self.low is not None and (number < self.low[0] or (number == self.low[0] and not self.low[1])):
            return False
        return self.high is None or number < self.high[0] or (number == self.high[0] and self.high[1])


def measured(result) -> Measured | str:
    """Return what a result says as numbers, or why it says none."""
    value, low, high = (None if text is None else Fraction(text) for text in numbers_of(result))
    if low is not None or high is not None:
        assert value is None, "the reference knows no central value of an interval"
        return Measured(None, None if low is None else (low, True), None if high is None else (high, True))
    comparator = result.comparator
    if value is None:
        said = outcome(result)
        if said != "absent" or result.lod is None:
            return "missing-value" if said == "not-tested" else "text-for-number"
        value, comparator = Fraction(result.lod), "<"
    if comparator is None:
        return Measured(value)
    end = (value, comparator.endswith("="))
    return Measured(None, high=end) if comparator.startswith("<") else Measured(None, low=end)


def numbers_of(result) -> tuple[str | None, str | None, str | None]:
    return result.value, result.value_low, result.value_high


def comparable(bounds: Bounds, result) -> str | None:
    """Return why a result cannot be compared with bounds; None if it can."""
    said = measured(result)
    if len({bounds.population, getattr(result, "population", None)} - {None}) > 1:
        return "population-mismatch"
    if isinstance(said, str):
        return said
    if result.unit is None and bounds.unit not in (None, "1"):
        return "unit-not-stated"
    try:
        _step(result, bounds)
    except UnitError as error:
        return error.findings[0].code
    return None


def region_of(bounds: Bounds, result) -> Region:
    """Return the bounds as a region on the number line of the result's unit."""
    step = _step(result, bounds)

    def holds(number: Fraction, rounded: bool) -> bool:
        return bounds.accepts(number * step.factor + step.offset, bounds.policy if rounded else "none")

    return holds


def ends_of(bounds: Bounds, result) -> list[Fraction]:
    """Return the ends of the bounds in the unit of the result."""
    step = _step(result, bounds)
    ends = [Fraction(Decimal(end.value)) for end in (bounds.low, bounds.high) if end is not None]
    return [(end - step.offset) / step.factor for end in ends]


def _step(result, bounds: Bounds) -> Conversion:
    return conversion(parse_unit(result.unit or "1"), parse_unit(bounds.unit or "1"))


def judge_region(region: Region, ends: Iterable[Fraction], result, cqa: str | None) -> str:
    """Return the reason for a result that can be compared with a region."""
    said = measured(result)
    assert isinstance(said, Measured)
    domain = domain_of(cqa, parse_unit(result.unit or "1"))
    if said.number is not None:
        if not domain.holds(said.number):
            return "outside-domain"
        return "within-limit" if region(said.number, True) else "outside-limit"
    if said.low is not None and said.high is not None and said.low[0] > said.high[0]:
        return "contradictory-interval"
    points = sorted({*ends, *(end[0] for side in (said, domain) for end in (side.low, side.high) if end is not None)})
    between = [(left + right) / 2 for left, right in pairwise(points)]
    asked = [*points, *between, points[0] - 1, points[-1] + 1]
    verdicts = {region(number, False) for number in asked if said.holds(number) and domain.holds(number)}
    if not verdicts:
        return "outside-domain"
    if verdicts == {True}:
        return "all-values-within-limit"
    return "no-value-within-limit" if verdicts == {False} else "censored"


def domain_of(cqa: str | None, unit: Unit) -> Measured:
    """Return the numbers a quantity can have, in a unit."""
    term = None if cqa is None else cqas.get(cqa)
    domain = None if term is None else term.domain
    if domain is not None and parse_unit(domain.unit or "1").convertible_to(unit):
        step = conversion(parse_unit(domain.unit or "1"), unit)
        low, high = (
            None if text is None else (Fraction(text) * step.factor + step.offset, True)
            for text in (domain.low, domain.high)
        )
        return Measured(None, low, high)
    if unit.is_scale or unit.is_temperature or not unit.dimension:
        return Measured(None)
    return Measured(None, low=(Fraction(0), True))


# -- words ---------------------------------------------------------------------------------------------------------


def outcome(result) -> str | None:
    """Return the outcome a result states in words."""
    if result.code is not None:
        return result.code
    return None if result.text is None else outcomes.read(result.text)


def judge_category(criterion: Category, result) -> str:
    """Return the reason for a result against outcomes in words, matched whole."""
    if result.code is None and result.text is None:
        return "number-for-outcome"
    said = {result.code, outcome(result), None if result.text is None else normalize_wording(result.text)} - {None}
    if "not-tested" in said:
        return "missing-value"

    def listed(items) -> bool:
        return any(said & {item.code, *(normalize_wording(text) for text in item.synonyms)} for item in items)

    if listed(criterion.accept):
        return "accepted-outcome"
    if listed(criterion.reject) or said & {OPPOSITE.get(item.code) for item in criterion.accept}:
        return "rejected-outcome"
    if "inconclusive" in said:
        return "inconclusive-outcome"
    return "rejected-outcome" if criterion.otherwise == "does-not-conform" else "unrecognized-outcome"


def judge_absence(criterion: Absence, result) -> str:
    """Return the reason for a result against "must be absent"."""
    assert criterion.amount is None, "the reference only knows absence with a day of reading"
    assert criterion.sensitivity is None, "the reference only knows absence with a day of reading"
    found = _found(result)
    early = criterion.read_day is not None and (result.read_day is None or result.read_day < criterion.read_day)
    return "sensitivity-not-shown" if found == "absent" and early else found


def _found(result) -> str:
    value, low, high = (None if text is None else Fraction(text) for text in numbers_of(result))
    if value is not None:
        if value < 0:
            return "outside-domain"
        match result.comparator:
            case None:
                return "present" if value > 0 else "absent"
            case ">":
                return "present"
            case ">=":
                return "present" if value > 0 else "censored"
            case "<=":
                return "censored" if value > 0 else "absent"
        return "censored" if value > 0 else "outside-domain"  # nothing is less than zero
    if low is not None or high is not None:
        return "present" if low is not None and low > 0 else "censored"
    said = outcome(result)
    if said in ("absent", "present"):
        return said
    return {"inconclusive": "inconclusive-outcome", "not-tested": "missing-value"}.get(said, "unrecognized-outcome")


def judge_report(result) -> str:
    """Return the reason for a result that only has to be reported."""
    number = any(text is not None for text in numbers_of(result))
    if number:
        return "reported"
    if outcome(result) == "not-tested":
        return "missing-value"
    unclear = result.code is None and outcomes.is_ambiguous(result.text)
    return "unrecognized-outcome" if unclear else "reported"
