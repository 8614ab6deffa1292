"""Outcomes in words: whole wordings against categories and absence, never parts of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from harmoniqc.errors import UnitError
from harmoniqc.standard import Absence, Category, CodedOutcome, Quantity
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.units import conversion, parse_unit
from harmoniqc.vocabulary import normalize_wording, outcomes

_OPPOSITE = {
    "absent": "present",
    "present": "absent",
    "conforms": "does-not-conform",
    "does-not-conform": "conforms",
    "identical": "not-identical",
    "not-identical": "identical",
}
_NO_RESULT = ("not-tested", "inconclusive")
_SAME, _OTHER = ("identical", "conforms"), ("not-identical", "does-not-conform")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row shows beside its outcome; absence is only as good as this.

    Attributes:
        value: Number reported, exact, in ``unit``.
        least: Lower end of an interval reported instead, zero where only the upper end is known.
        comparator: Its comparator, or None.
        unit: Unit of value and limit of detection.
        lod: Limit of detection.
        amount: Amount tested.
        amount_unit: Its unit.
        read_day: Day of reading.
    """

    value: Fraction | None = None
    least: Fraction | None = None
    comparator: str | None = None
    unit: str | None = None
    lod: Fraction | None = None
    amount: Fraction | None = None
    amount_unit: str | None = None
    read_day: int | None = None


def outcome_of(code: str | None, text: str | None) -> str | None:
    """Return the outcome a row states: its code, or else what the vocabulary reads in its text."""
    if code is not None:
        return code
    return None if text is None else outcomes.read(text)


def words_contradict(code: str | None, text: str | None) -> bool:
    """Tell whether code and verbatim text cannot both be true."""
    if code is None or text is None:
        return False
    read = outcomes.read(text)
    if read is None or read == code:
        return False
    return _OPPOSITE.get(read) == code or read in _NO_RESULT or code in _NO_RESULT


def number_contradicts(
    outcome: str | None,
    value: Fraction | None,
    ends: tuple[Fraction | None, Fraction | None],
    comparator: str | None,
    *,
    is_scale: bool,
) -> bool:
    """Tell whether a number cannot stand beside an outcome in words.

    Args:
        outcome: The outcome.
        value: The number reported.
        ends: Ends of the interval reported.
        comparator: Comparator of the number.
        is_scale: Whether the number lies on a declared scale, where zero does not mean nothing.
    """
    low, high = ends
    if value is None and low is None and high is None:
        return False
    if outcome == "not-tested":
        return True
    if is_scale:
        return False
    below = comparator in ("<", "<=")
    if outcome == "present":
        return (value is not None and (value == 0 or below) and comparator not in (">", ">=")) or high == 0
    if outcome == "absent":
        return (value is not None and value > 0 and not below) or (low is not None and low > 0)
    return False


def report_in_words(code: str | None, text: str | None) -> str:
    """Return the reason code word for words where only a report is asked for."""
    if code is None and (text is None or not _normal(text)):
        return "missing-value"
    if outcome_of(code, text) == "not-tested":
        return "missing-value"
    if code is None and text is not None and outcomes.is_ambiguous(text):
        return "unrecognized-outcome"  # "nd" and a dash may say that there is no result
    return "reported"


def judge_category(criterion: Category, code: str | None, text: str | None) -> str:
    """Return the reason code word for an outcome against a category.

    A wording counts if it is a code or synonym the criterion lists, or a synonym in the vocabulary of a code it
    lists. The opposite of an accepted outcome is not accepted.
    """
    stated = {item for item in (code, _normal(text), _unmarked(text), outcome_of(code, text)) if item is not None}
    if not stated or stated & {"not-tested"}:
        return "missing-value"
    accepted = any(stated & _wordings(outcome) for outcome in criterion.accept)
    rejected = any(stated & _wordings(outcome) for outcome in criterion.reject)
    if accepted and rejected:
        return "value-text-mismatch"
    if accepted or rejected:
        return "accepted-outcome" if accepted else "rejected-outcome"
    if stated & {_OPPOSITE.get(outcome.code) for outcome in criterion.accept}:
        return "rejected-outcome"
    if "inconclusive" in stated:
        return "inconclusive-outcome"
    return "rejected-outcome" if criterion.otherwise == "does-not-conform" else "unrecognized-outcome"


def judge_identity(nominal: str | None, code: str | None, text: str | None) -> str:
    """Return the reason code word for a result against "must be that of the reference".

    Args:
        nominal: Folded wording of the reference's own result; None: the result itself says whether it matches.
        code: Coded outcome of the result.
        text: Its wording.
    """
    outcome = outcome_of(code, text)
    if outcome == "not-tested":
        return "missing-value"
    if outcome == "inconclusive":
        return "inconclusive-outcome"
    if outcome in _OTHER:
        return "not-identical"
    stated = {_normal(code), _normal(text)} - {None}
    if nominal is not None:
        if nominal in stated:
            return "identical"
        return "unrecognized-outcome" if outcome in _SAME else "not-identical"  # "matches" says not what was found
    return "identical" if outcome in _SAME else "unrecognized-outcome"


def judge_absence(criterion: Absence, code: str | None, text: str | None, shown: Shown) -> str:
    """Return the reason code word for a result against "must be absent"."""
    if shown.value is not None:
        found = _number_means(criterion, shown)
    elif shown.least is not None:
        found = "present" if shown.least > 0 else "censored"
    else:
        found = _words_mean(outcome_of(code, text))
    if found != "absent":
        return found
    return "absent" if _reach_is_shown(criterion, shown) else "sensitivity-not-shown"


def _words_mean(outcome: str | None) -> str:
    if outcome in ("absent", "present"):
        return outcome
    if outcome == "inconclusive":
        return "inconclusive-outcome"
    return "missing-value" if outcome == "not-tested" else "unrecognized-outcome"


def _number_means(criterion: Absence, shown: Shown) -> str:
    """Read a number as a finding of something: above zero it is there, at zero it was not found."""
    value, comparator = shown.value, shown.comparator
    assert value is not None  # noqa: S101 - the caller has looked
    if value < 0:
        return "outside-domain"
    if comparator is None:
        return "present" if value > 0 else "absent"
    if comparator in (">", ">="):
        return "present" if value > 0 or comparator == ">" else "censored"
    if value == 0:
        return "absent" if comparator == "<=" else "outside-domain"
    if criterion.sensitivity is None:
        return "censored"  # something may be there, below a limit of which the criterion says nothing
    reach = _in_unit(criterion.sensitivity, shown.unit)
    if reach is None:
        return "not-convertible"
    return "absent" if value <= reach else "sensitivity-not-shown"


def _reach_is_shown(criterion: Absence, shown: Shown) -> bool:
    if criterion.read_day is not None and (shown.read_day is None or shown.read_day < criterion.read_day):
        return False
    if criterion.amount is not None:
        least = _in_unit(criterion.amount, shown.amount_unit)
        if least is None or shown.amount is None or shown.amount < least:
            return False
    if criterion.sensitivity is not None:
        reach = _in_unit(criterion.sensitivity, shown.unit)
        limit = shown.value if shown.comparator in ("<", "<=") else shown.lod
        if reach is None or limit is None or not 0 < limit <= reach:
            return False
    return True


def _in_unit(quantity: Quantity, unit: str | None) -> Fraction | None:
    try:
        step = conversion(parse_unit(quantity.unit), parse_unit(unit or "1"))
    except UnitError:
        return None
    return to_fraction(quantity.value) * step.factor + step.offset


def _wordings(outcome: CodedOutcome) -> set[str]:
    return {outcome.code, *(_normal(synonym) or "" for synonym in outcome.synonyms)} - {""}


def _normal(text: str | None) -> str | None:
    return None if text is None else normalize_wording(text)


def _unmarked(text: str | None) -> str | None:
    """Return a wording without the footnote mark that a table may have put behind it."""
    return None if text is None else normalize_wording(text, without_footnote=True)
