"""Criteria in words against each other: which outcomes satisfy the one, and the other as well.

A result is taken to state one outcome: a code, or one wording.
"""

from __future__ import annotations

from fractions import Fraction

from harmoniqc.errors import UnitError
from harmoniqc.evaluation.meaning.tree import Leaf
from harmoniqc.harmonization.answers import HOLDS, Answer, doubt, refuted
from harmoniqc.standard import Absence, Category, CodedOutcome, Criterion, Identity, Quantity, ReportOnly
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.units import conversion, parse_unit
from harmoniqc.vocabulary import normalize_wording, outcomes


def words_imply(left: Leaf, right: Leaf) -> Answer:
    """Tell whether every outcome that satisfies one criterion in words satisfies another."""
    one, other = left.criterion, right.criterion
    if one == other and left.nominal == right.nominal:
        return HOLDS
    if isinstance(other, ReportOnly):
        return HOLDS
    if isinstance(one, ReportOnly):
        return refuted("{met} asks for a report alone")
    if isinstance(one, Category) and isinstance(other, Category):
        return _categories(one, other)
    if isinstance(one, Absence) and isinstance(other, Absence):
        return _absences(one, other)
    if isinstance(one, Identity) and isinstance(other, Identity):
        return doubt("the two are compared with different references")
    return doubt("criteria of different kinds read the same result")


def exclude_each_other(one: Criterion, other: Criterion) -> bool:
    """Tell whether no outcome satisfies two criteria in words."""
    left, right = _satisfying(one), _satisfying(other)
    return left is not None and right is not None and not left & right


def asks_more(one: Absence, other: Absence) -> bool | None:
    """Tell whether the second absence has to be shown at least as well; None where that cannot be said."""
    if not _same_thing(one, other):
        return None
    if (one.read_day or 0) > (other.read_day or 0):
        return False
    amount = _at_least(other.amount, one.amount)
    reach = _at_least(one.sensitivity, other.sensitivity, smaller=True)
    if amount is False or reach is False:
        return False
    return None if amount is None or reach is None else True


def _categories(one: Category, other: Category) -> Answer:
    known = {word for outcome in other.accept for word in _wordings(outcome)}
    for outcome in one.accept:
        for word in sorted(_wordings(outcome)):
            # A result may state a code as such, which the vocabulary then does not read.
            if word not in known and (word == outcome.code or outcomes.read(word) not in known):
                return refuted(f"{word!r} satisfies {{met}} alone")
    refused = {word for outcome in other.reject for word in _wordings(outcome)}
    if any(refused & _wordings(outcome) for outcome in one.accept):
        return doubt("a wording is both accepted and refused by {other}")
    return HOLDS


def _satisfying(criterion: Criterion) -> frozenset[str] | None:
    """Return every wording and code that may satisfy a criterion in words; None where they cannot be listed."""
    if isinstance(criterion, Category):
        words = frozenset(word for outcome in criterion.accept for word in _wordings(outcome))
        return words | {found for word in words if (found := outcomes.read(word)) is not None}
    return frozenset({"absent"}) if isinstance(criterion, Absence) else None


def _wordings(outcome: CodedOutcome) -> frozenset[str]:
    """Return the code and the synonyms of an outcome, folded, with and without a footnote mark."""
    folded = [normalize_wording(text, without_footnote=mark) for text in outcome.synonyms for mark in (False, True)]
    return frozenset({outcome.code, *folded} - {""})


def _absences(one: Absence, other: Absence) -> Answer:
    if not _same_thing(one, other):
        return doubt("the absence of different things")
    if (other.read_day or 0) > (one.read_day or 0):
        return refuted(f"{{other}} counts readings from day {other.read_day} on")
    amount = _at_least(one.amount, other.amount)
    if amount is not True:
        return refuted("{other} asks for more to be tested") if amount is False else doubt("amounts do not convert")
    if one.sensitivity is not None and other.sensitivity is None:
        # "<0.1 EU/mL" shows absence only against a stated sensitivity; against none it is undecided.
        return doubt("numbers below a limit show absence only where a sensitivity is stated, as {met} does")
    reach = _at_least(other.sensitivity, one.sensitivity, smaller=True)
    if reach is not True:
        return refuted("{other} asks for a more sensitive test") if reach is False else doubt("units do not convert")
    return HOLDS


def _same_thing(one: Absence, other: Absence) -> bool:
    names = {normalize_wording(name) for name in (one.of, other.of) if name is not None}
    return len(names) < 2


def _at_least(given: Quantity | None, wanted: Quantity | None, *, smaller: bool = False) -> bool | None:
    """Tell whether a demand is at least as strict as another; None where their units do not convert.

    Args:
        given: The demand; None: there is none.
        wanted: The other.
        smaller: Whether the smaller amount is the stricter demand; then it is ``wanted`` that is looked at.
    """
    strict, loose = (wanted, given) if smaller else (given, wanted)
    if loose is None:
        return True
    if strict is None:
        return False
    found = _in_unit_of(strict, loose.unit)
    if found is None:
        return None
    return found <= to_fraction(loose.value) if smaller else found >= to_fraction(loose.value)


def _in_unit_of(quantity: Quantity, unit: str) -> Fraction | None:
    try:
        step = conversion(parse_unit(quantity.unit), parse_unit(unit))
    except UnitError:
        return None
    return to_fraction(quantity.value) * step.factor + step.offset


def shows_absence(criterion: Criterion) -> bool:
    """Tell whether every outcome in words that satisfies a criterion means that something was not found."""
    if isinstance(criterion, Category):
        return all(_is_absent(outcome) for outcome in criterion.accept)
    return isinstance(criterion, Absence)


def _is_absent(outcome: CodedOutcome) -> bool:
    """Tell whether an outcome means absence: by its code, or else by every wording it has."""
    if outcome.code == "absent":
        return True
    words = outcome.synonyms or (outcome.code,)
    return all(outcomes.read(word) == "absent" for word in words)
