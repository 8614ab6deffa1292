"""Which test of a specification, or which attribute of the vocabulary, a printed name of a result means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from harmoniqc.exchange.tables.attributes import read_attribute, says_no_more
from harmoniqc.exchange.tables.headings import brackets, split_unit, without_footnote
from harmoniqc.standard import AllOf, AnyOf, Criterion, Limit, Specification, Target, Test
from harmoniqc.vocabulary.terms import fold

Certainty = Literal["certain", "likely", "open"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a printed name means.

    Attributes:
        certainty: ``certain``: used without asking; ``likely``: proposed; ``open``: a person has to say it.
        test_id: The test of the specification.
        cqa: The attribute of the vocabulary.
        component: The part of a compound result.
        unit: The unit that stands with the name.
        candidates: What else it may be.
        why: How it was found, in a few words.
    """

    certainty: Certainty
    test_id: str | None = None
    cqa: str | None = None
    component: str | None = None
    unit: str | None = None
    candidates: tuple[str, ...] = ()
    why: str = ""

    @property
    def meaning(self) -> str:
        """What it means, in a few words."""
        if self.test_id is not None:
            return f"test {self.test_id}" + (f", {self.component}" if self.component else "")
        if self.cqa is not None:
            return f"cqa {self.cqa}"
        return "not known"


class Resolver:
    """Finds what printed names mean.

    Args:
        specification: The specification the results are for; None: the vocabulary alone.
    """

    def __init__(self, specification: Specification | None = None) -> None:
        self.specification = specification
        self._known: dict[str, Resolved] = {}

    def __call__(self, printed: str) -> Resolved:
        """Return what a printed name means."""
        found = self._known.get(printed)
        if found is None:
            found = self._known[printed] = self._resolve(" ".join(printed.split()))
        return found

    def test(self, id: str | None) -> Test | None:
        """Return the test with this id."""
        return None if id is None else self._tests.get(id)

    @cached_property
    def _tests(self) -> dict[str, Test]:
        return {} if self.specification is None else {test.id: test for test in self.specification.tests}

    @cached_property
    def _names(self) -> dict[str, dict[tuple[str, str | None], bool]]:
        """Test and component by every name they go by, and whether the name is whole."""
        out: dict[str, dict[tuple[str, str | None], bool]] = {}
        for test in self._tests.values():
            named: list[tuple[str, str | None]] = [(test.id, None), (test.name or "", None)]
            named += [(part, part) for part in _components(test.criterion)]
            named += [] if test.component is None else [(test.component, test.component)]
            for name, component in named:
                for form, is_whole in _forms(name).items():
                    places = out.setdefault(form, {})
                    key = (test.id, component)
                    places[key] = places.get(key, False) or is_whole
        return out

    def _resolve(self, printed: str) -> Resolved:
        _, unit = split_unit(printed)
        for form, is_whole in _forms(printed).items():
            places = self._names.get(form, {})
            if len(places) == 1:
                ((test_id, component), was_whole), *_ = places.items()
                sure: Certainty = "certain" if is_whole and was_whole else "likely"
                why = "name of the specification" + ("" if sure == "certain" else ", apart from what is in brackets")
                return Resolved(sure, test_id, self._tests[test_id].cqa, component, unit, why=why)
            if places:
                return self._one_of(tuple(test_id for test_id, _ in places), unit)
        reading = read_attribute(printed)
        sure = "likely" if reading.findings else "certain"
        if self.specification is not None:
            places_ = tuple(test.id for test in self._tests.values() if test.cqa == reading.cqa)
            if len(places_) == 1:
                return Resolved(sure, places_[0], reading.cqa, unit=unit, why="its attribute has one test")
            if places_:
                return self._one_of(places_, unit)
        if reading.known:
            why = "name of the vocabulary" if sure == "certain" else "a part of the name is one of the vocabulary"
            return Resolved(sure, cqa=reading.cqa, unit=unit, why=why)
        finding = reading.findings[0]
        near = finding.expected or (finding.remedy or "").removeprefix("did you mean ").rstrip("?")
        candidates = tuple(near.split(" or ")) if " " not in near.replace(" or ", "") else ()
        return Resolved("open", unit=unit, candidates=candidates, why="no name of the specification or the vocabulary")

    def _one_of(self, test_ids: tuple[str, ...], unit: str | None) -> Resolved:
        """Return the attribute of several tests that stage, material or method tell apart; else leave it open."""
        tests = [self._tests[id] for id in dict.fromkeys(test_ids)]
        candidates = tuple(test.id for test in tests)
        keys = {(test.stage, test.material, test.method, test.read_point) for test in tests}
        if len({test.cqa for test in tests}) == 1 and len(keys) == len(tests):
            why = f"tests {', '.join(candidates)} differ in stage, material or method"
            return Resolved("likely", cqa=tests[0].cqa, unit=unit, candidates=candidates, why=why)
        return Resolved("open", unit=unit, candidates=candidates, why="several tests have this name or attribute")

    def unit_of(self, found: Resolved) -> str | None:
        """Return the unit in which the specification states the limit of a test."""
        test = self.test(found.test_id)
        if test is None:
            return None
        for part, criterion in _parts(test.criterion, None):
            if isinstance(criterion, (Limit, Target)) and found.component in (None, part):
                return criterion.unit
        return None


def _forms(name: str) -> dict[str, bool]:
    """Return the forms in which a name is compared, and whether each is whole: nothing that may matter is left out."""
    without_unit, _ = split_unit(name)
    outer, inside = brackets(without_unit)
    out = dict.fromkeys((fold(name), fold(without_footnote(name)), fold(without_unit)), True)
    out.setdefault(fold(outer), says_no_more(inside))
    return {form: is_whole for form, is_whole in out.items() if form}


def _components(criterion: Criterion) -> Iterator[str]:
    yield from dict.fromkeys(part for part, _ in _parts(criterion, None) if part is not None)


def _parts(criterion: Criterion, component: str | None) -> Iterator[tuple[str | None, Criterion]]:
    if isinstance(criterion, (AllOf, AnyOf)):
        for member in criterion.members:
            yield from _parts(member.criterion, member.component or component)
    else:
        yield component, criterion
