"""The units of documents: can each be read, and does it measure the attribute or the fact it stands beside?"""

from __future__ import annotations

from collections.abc import Iterator

from harmoniqc.errors import Finding, UnitError
from harmoniqc.evaluation.meaning.facts import amount_of
from harmoniqc.schema.checks.conditions import facts_in
from harmoniqc.schema.checks.places import Place, conditions_in, every_criterion, tests_of
from harmoniqc.schema.checks.quantities import amount_findings, lacks_unit, unit_findings
from harmoniqc.schema.contents import Contents
from harmoniqc.standard import Absence, Fact, Limit, Product, Quantity, Target
from harmoniqc.units import parse_unit
from harmoniqc.vocabulary import facts as terms


def units_of_criteria(contents: Contents) -> Iterator[Finding]:
    """Yield units of criteria, methods and replicates that cannot be read or measure something else."""
    for place in every_criterion(contents):
        criterion = place.criterion
        if isinstance(criterion, (Limit, Target)):
            yield from unit_findings(criterion.unit, f"{place.pointer}/unit", place.cqa)
            if criterion.unit is None:
                yield from _unit_not_stated(place)
        elif isinstance(criterion, Absence):
            if criterion.amount is not None:
                yield from amount_findings(criterion.amount.unit, f"{place.pointer}/amount/unit")
            if criterion.sensitivity is not None:
                yield from unit_findings(criterion.sensitivity.unit, f"{place.pointer}/sensitivity/unit")
    for placed in contents.specifications:
        for pointer, test in tests_of(placed):
            for name in ("lod", "loq"):
                limit: Quantity | None = None if test.method is None else getattr(test.method, name)
                if limit is not None:
                    yield from unit_findings(limit.unit, f"{pointer}/method/{name}/unit")
            for number, item in enumerate(() if test.reportable is None else test.reportable.validity):
                yield from unit_findings(item.unit, f"{pointer}/reportable/validity/{number}/unit")


def _unit_not_stated(place: Place) -> Iterator[Finding]:
    criterion = place.criterion
    if isinstance(criterion, Target) and criterion.nominal is not None:
        return  # in the unit of the fact
    if lacks_unit(place.cqa):
        message = f"a limit of {place.cqa} is a number with a unit"
        yield Finding("unit-not-stated", message, pointer=place.pointer)


def units_of_facts(contents: Contents) -> Iterator[Finding]:
    """Yield units of facts, in batches and in conditions, that cannot be read or measure something else."""
    for pointer, condition in conditions_in(contents):
        for where, item in facts_in(condition, pointer):
            if item.equals:
                continue
            yield from _fact(Fact.model_construct(name=item.fact, value="1", unit=item.unit), f"{where}/unit")
    for placed in contents.batches:
        for number, fact in enumerate(placed.document.facts):
            yield from _fact(fact, f"{placed.pointer}/facts/{number}/unit")


def _fact(fact: Fact, pointer: str) -> Iterator[Finding]:
    unreadable = list(unit_findings(fact.unit, pointer))
    yield from unreadable
    term, amount = terms.get(fact.name), amount_of(fact)
    if unreadable or term is None or amount is None or term.unit in ("", "any"):
        return
    if not amount[1].convertible_to(parse_unit(term.unit)):
        message = f"the fact {fact.name} is not measured in {fact.unit or 'a pure number'}"
        yield Finding("not-convertible", message, pointer=pointer, expected=term.unit, found=fact.unit)


def units_of_products(contents: Contents) -> Iterator[Finding]:
    """Yield units of dose rules, strengths and storage conditions that cannot be read or measure something else."""
    for placed in contents.products:
        yield from _product(placed.pointer, placed.document)


def _product(pointer: str, product: Product) -> Iterator[Finding]:
    for number, rule in enumerate(product.dose_rules):
        where = f"{pointer}/dose_rules/{number}"
        yield from unit_findings(rule.unit, f"{where}/unit", rule.cqa)
        for name in ("nominal", "maximum"):
            dose: Quantity | None = getattr(rule, name)
            if dose is not None:
                yield from unit_findings(dose.unit, f"{where}/{name}/unit", rule.cqa)
    for number, strength in enumerate(product.strengths):
        where = f"{pointer}/strengths/{number}"
        yield from unit_findings(strength.unit, f"{where}/unit", strength.cqa)
        if strength.nominal is not None:
            yield from unit_findings(strength.nominal.unit, f"{where}/nominal/unit", strength.cqa)
    for number, storage in enumerate(product.storage):
        where = f"{pointer}/storage/{number}"
        if storage.temperature is not None:
            yield from unit_findings(storage.temperature.unit, f"{where}/temperature/unit", "storage-temperature")
        if storage.duration is not None:
            yield from _duration(storage.duration, f"{where}/duration/unit")


def _duration(duration: Quantity, pointer: str) -> Iterator[Finding]:
    yield from unit_findings(duration.unit, pointer)
    try:
        unit = parse_unit(duration.unit)
    except UnitError:
        return
    if not unit.is_duration:
        message = f"{duration.unit!r} does not measure a time"
        yield Finding("unit-not-of-attribute", message, pointer=pointer, expected="a time", found=duration.unit)
