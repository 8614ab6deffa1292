"""From the dose rules of a product to a criterion for the dose of one patient."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, NoReturn

from harmoniqc.errors import Finding, SelectionError
from harmoniqc.evaluation.meaning.facts import facts_given, holds
from harmoniqc.standard import (
    AllOf,
    Bound,
    Branch,
    Conditional,
    Criterion,
    Fact,
    FactCondition,
    Limit,
    Member,
    Product,
    Target,
    Tolerance,
    Unstructured,
)
from harmoniqc.standard.condition import AnyCondition
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.standard.product import DoseRule


def dose_limit(
    product: Product,
    facts: Mapping[str, Fact | Mapping[str, Any]] | Iterable[Fact] | None = None,
    *,
    as_of: date | None = None,
    cqa: str | None = None,
    authority: str | None = None,
    tolerance: Tolerance | None = None,
) -> Criterion:
    """Return what the dose rules of a product ask of the dose of one patient, as a criterion.

    The criterion says where its rule is printed and how well that was seen: ``criterion.source.evidence``. A rule
    known from memory alone is returned as :class:`Unstructured`: it is shown and never decides.

    Args:
        product: The product, such as ``hq.products["kymriah"]``.
        facts: What is known of the patient, such as body weight and indication. Nothing has a default: where a rule
            depends on a fact that is not given, the answer is a :class:`Conditional` of all of them, which judges once
            the fact is known.
        as_of: The day; needed where the rules changed.
        cqa: What is dosed, where the product has rules for several attributes (vector genomes, volume).
        authority: Whose label counts; rules that name no authority count as well.
        tolerance: How far a dose may lie from one that is stated without a range. Labels state none; without it such a
            dose is a target that judges nothing.

    Returns:
        A limit, a target, a conjunction of a limit per body mass and a maximum in all, or a conditional of these.

    Raises:
        SelectionError: ``no-dose-rule``, or ``ambiguous-dose-rule`` where the rules in force contradict each other, or
            it cannot be told which are in force.
    """
    rules = _in_force(_asked(product, cqa, authority), product, as_of)
    known = facts_given(facts)
    answers = [True if rule.when is None else holds(rule.when, known) for rule in rules]
    applying = [rule for rule, answer in zip(rules, answers, strict=True) if answer]
    if len(applying) > 1 or (len(rules) > 1 and any(rule.when is None for rule in rules)):
        said = "; ".join(map(_shown, rules))
        _refuse("ambiguous-dose-rule", f"{product.id}: several dose rules apply to one patient: {said}")
    if applying and None not in answers:
        return _criterion(applying[0], tolerance)
    return Conditional(
        branches=tuple(Branch(when=rule.when, criterion=_criterion(rule, tolerance)) for rule in rules if rule.when)
    )


def _asked(product: Product, cqa: str | None, authority: str | None) -> list[DoseRule]:
    rules = [rule for rule in product.dose_rules if authority is None or rule.authority in (None, authority)]
    if cqa is not None:
        rules = [rule for rule in rules if rule.cqa == cqa]
    if not rules:
        whose = "" if authority is None else f" of {authority}"
        _refuse("no-dose-rule", f"{product.id} has no dose rule{whose}{'' if cqa is None else f' for {cqa}'}")
    dosed = list(dict.fromkeys(rule.cqa or "an attribute not named" for rule in rules))
    if len(dosed) > 1:
        _refuse("ambiguous-dose-rule", f"{product.id} has dose rules for several attributes: give cqa", dosed)
    return rules


def _in_force(rules: list[DoseRule], product: Product, as_of: date | None) -> list[DoseRule]:
    if as_of is None:
        if any(rule.valid_from or rule.valid_to for rule in rules):
            spans = [f"{rule.valid_from or ''}/{rule.valid_to or ''}" for rule in rules]
            _refuse("ambiguous-dose-rule", f"the dose rules of {product.id} changed: give as_of", spans)
        return rules
    answers = [_is_in_force(rule, as_of) for rule in rules]
    if None in answers:
        unsure = [_shown(rule) for rule, answer in zip(rules, answers, strict=True) if answer is not False]
        message = f"the dose rules of {product.id} changed about {as_of}, on a day that is not known"
        _refuse("ambiguous-dose-rule", message, unsure)
    found = [rule for rule, answer in zip(rules, answers, strict=True) if answer]
    if not found:
        _refuse("no-dose-rule", f"no dose rule of {product.id} is in force on {as_of}")
    return found


def _is_in_force(rule: DoseRule, day: date) -> bool | None:
    """Tell whether a rule is in force on a day; None where its dates are not known precisely enough."""
    begins, ends = _span(rule.valid_from), _span(rule.valid_to)
    if (begins is not None and day < begins[0]) or (ends is not None and day > ends[1]):
        return False
    has_begun = begins is None or day >= begins[1]
    goes_on = ends is None or day <= ends[0]
    return True if has_begun and goes_on else None


def _span(text: str | None) -> tuple[date, date] | None:
    """Return the first and the last day that a date may mean: 2024 is any day of the year."""
    if text is None:
        return None
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    first, last = month or 1, month or 12
    return date(year, first, day or 1), date(year, last, day or monthrange(year, last)[1])


def _criterion(rule: DoseRule, tolerance: Tolerance | None) -> Limit | Target | AllOf | Conditional | Unstructured:
    if rule.source is not None and rule.source.evidence == "memory":
        return Unstructured(text=f"{_shown(rule)} (from memory)", source=rule.source)
    told: dict[str, Any] = {"population": rule.population, "text": rule.text, "source": rule.source}
    if rule.nominal is not None:
        dose, most = rule.nominal, rule.maximum
        target = Target(value=dose.value, unit=dose.unit, tolerance=tolerance, **told)
        if most is None:
            return target
        weight = Bound(value=_weight_at(rule))
        capped = Target(value=most.value, unit=most.unit, tolerance=tolerance, **told)
        over = Bound(value=weight.value, inclusive=False)
        return Conditional(
            branches=(
                Branch(when=FactCondition(fact="body-weight", high=weight, unit="kg"), criterion=target),
                Branch(when=FactCondition(fact="body-weight", low=over, unit="kg"), criterion=capped),
            ),
            **told,
        )
    limit = Limit(low=rule.low, high=rule.high, unit=rule.unit, **told)
    if rule.maximum is None:
        return limit
    most_in_all = Limit(high=Bound(value=rule.maximum.value), unit=rule.maximum.unit, **told)
    return AllOf(members=(Member(criterion=limit), Member(criterion=most_in_all)), **told)


def _weight_at(rule: DoseRule) -> str:
    """Return the body weight, in kg, at which a dose per kg reaches its maximum, as decimal text."""
    assert rule.nominal is not None  # noqa: S101 - asked of such rules only
    assert rule.maximum is not None  # noqa: S101
    quotient: Fraction = to_fraction(rule.maximum.value) / to_fraction(rule.nominal.value)
    for places in range(7):
        scaled = quotient * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(places + 1, "0")
            return f"{digits[:-places]}.{digits[-places:]}" if places else digits
    _refuse("no-dose-rule", f"the weight at which {_shown(rule)} reaches its maximum is no short decimal number")


def _shown(rule: DoseRule) -> str:
    amount = str(rule.nominal) if rule.nominal is not None else ""
    if rule.low is not None or rule.high is not None:
        amount = str(Limit(low=rule.low, high=rule.high, unit=rule.unit))
    most = "" if rule.maximum is None else f", at most {rule.maximum}"
    when: AnyCondition | None = rule.when
    return f"{amount}{most}{'' if when is None else f' if {when}'}".strip() or str(rule.text)


def _refuse(code: str, message: str, found: Iterable[str] = ()) -> NoReturn:
    raise SelectionError(message, (Finding(code, message, found="; ".join(found) or None),))
