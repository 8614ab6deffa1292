"""A specification laid out: every place a row of results can have in it, and what it is compared with there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.meaning.facts import holds, lacking_in
from harmoniqc.evaluation.meaning.parts import OnePart, Seat, Split, split
from harmoniqc.evaluation.meaning.selecting import Words, has_method
from harmoniqc.evaluation.meaning.situations import Situation
from harmoniqc.evaluation.meaning.tree import Context, Node, Selector, Unknown, resolve
from harmoniqc.evaluation.verdicts import CODE, REASONS
from harmoniqc.standard import Specification, Test

Places = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row belongs.

    Attributes:
        test: Place of its test in the specification; -1: none.
        node: What the row is compared with.
        parts: Columns of the parts it answers; a row that answers none is shown and decides nothing.
        gate: Reason to give in place of a conforming verdict: a row here may show a failure and nothing else.
        final: Whether a preliminary result is held back.
        cqa: Attribute that is measured.
        hidden: Places to judge the row at for each of its parts, where one verdict does not do for all.
        beside: Places to judge it at for information only.
        late: Whether it counts only if its method was declared before it was measured.
        selector: Which results of the test belong here.
        formed: For a replicate or a part of a sum, the place where the value formed of it is judged; -1: it is none.
        summed: Whether rows here are added to those of other parts.
        alone: For a replicate with a criterion of its own, the place where it is judged by that and nothing holds it
            back; -1: there is none.
    """

    test: int
    node: Node
    parts: tuple[int, ...] = ()
    gate: str | None = None
    final: bool = True
    cqa: str | None = None
    hidden: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()
    late: bool = False
    selector: Selector = field(default_factory=Selector)
    formed: int = -1
    summed: bool = False
    alone: int = -1


@dataclass(frozen=True, slots=True)
class Variant:
    """A test as it applies in some situations.

    Attributes:
        split: Its criterion, taken apart.
        applies: Whether the test applies; None: it cannot be told.
        summed: Whether results are parts of a sum, which is judged in their place.
        of_replicate: What each replicate is compared with; None: nothing.
    """

    split: Split
    applies: bool | None = True
    summed: bool = False
    of_replicate: Node | None = None


@dataclass
class Layout:
    """Every place of a specification.

    Attributes:
        specification: The specification.
        situations: The situations of the batches.
        variants: The variants of each test.
        variant_of: Which variant applies, int32, shape (tests, situations).
        first_column: First column of the parts of each test; one more at the end.
        places: The places; the last ones are for rows without a test, by reason.
    """

    specification: Specification
    situations: tuple[Situation, ...]
    others: tuple[Specification, ...] = ()
    variants: list[list[Variant]] = field(default_factory=list)
    variant_of: Places = field(init=False)
    first_column: Places = field(init=False)
    places: list[Place] = field(default_factory=list)
    _known: dict[object, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tests = self.specification.tests
        self.variant_of = np.zeros((len(tests), len(self.situations)), np.int32)
        for number, test in enumerate(tests):
            known: dict[tuple[Node, bool | None, bool, Node | None], int] = {}
            found: list[Variant] = []
            for place, situation in enumerate(self.situations):
                key = (
                    *self._resolved(test, situation),
                    test.id in situation.summed,
                    self._of_replicate(test, situation),
                )
                if key not in known:
                    known[key] = len(found)
                    found.append(Variant(split(key[0]), *key[1:]))
                self.variant_of[number, place] = known[key]
            self.variants.append(found)
        widths = [max(1, *(len(variant.split.parts) for variant in found)) for found in self.variants]
        self.first_column = np.concatenate([[0], np.cumsum(widths)]).astype(np.int32)

    def _resolved(self, test: Test, situation: Situation) -> tuple[Node, bool | None]:
        applies = True if test.applies_when is None else holds(test.applies_when, situation.facts)
        if applies is False:
            return Unknown("not-applicable"), False
        if applies is None:
            assert test.applies_when is not None  # noqa: S101 - else it would apply
            return Unknown("needs-fact", ", ".join(lacking_in(test.applies_when, situation.facts))), None
        return resolve(test.criterion, self._context(test, situation)), True

    def _context(self, test: Test, situation: Situation) -> Context:
        return Context(
            situation.facts,
            self.specification.rounding,
            test=test,
            specification=self.specification,
            others=self.others,
            declared_method=situation.method_of(test.id),
        )

    # -- rows to places ----------------------------------------------------------------------------------------

    def assign(self, tests: Sequence[int], reasons: Sequence[int], words_of: Sequence[Words]) -> Places:
        """Return the place of rows of each class in each situation, int32, shape (classes, situations).

        Args:
            tests: Test of each class, -1 where none.
            reasons: Reason code of each class without a test.
            words_of: What the rows of each class say of themselves.
        """
        out = np.zeros((len(words_of), len(self.situations)), np.int32)
        for number, (test, words) in enumerate(zip(tests, words_of, strict=True)):
            if test < 0:
                out[number] = self._nowhere(reasons[number])
                continue
            by_variant = [self._place_in(test, number_of, words) for number_of in range(len(self.variants[test]))]
            out[number] = np.array(by_variant, np.int32)[self.variant_of[test]]
        return out

    def _nowhere(self, reason: int) -> int:
        return self._add(Place(-1, Unknown(REASONS[reason])))

    def _place_in(self, number: int, variant: int, words: Words) -> int:
        test, found = self.specification.tests[number], self.variants[number][variant]
        gate, final = _gate(test, words)
        seats = found.split.seats
        chosen = [seats[0]] if found.split.is_single else seats_for(seats, words, test.component, test.cqa)
        if len(chosen) != 1:
            return self._nowhere(CODE["ambiguous-test" if chosen else "no-criterion"])
        seat = self._seated(number, variant, chosen[0], gate, final)
        replicate = _is_replicate(test, words)
        if not found.applies or not (found.summed or replicate):
            return seat
        selector, alone = chosen[0].selector, -1
        node: Node = Unknown("part-of-sum" if found.summed else "replicate")
        if replicate and found.of_replicate is not None:
            node = found.of_replicate
            alone = self._add(Place(number, node, (), None, False, test.cqa))
        return self._add(
            Place(
                number,
                node,
                (),
                "part-of-sum" if found.summed else "replicate",
                final,
                test.cqa,
                selector=selector,
                formed=seat,
                summed=found.summed,
                alone=alone,
            )
        )

    def _seated(self, number: int, variant: int, seat: Seat, gate: str | None, final: bool) -> int:
        test, parts = self.specification.tests[number], self.variants[number][variant].split.parts
        first = int(self.first_column[number])
        cqa = seat.selector.cqa or test.cqa
        hidden: tuple[int, ...] = ()
        if len(seat.parts) > 1:
            hidden = tuple(
                self._add(Place(number, parts[part].node, (first + part,), gate, final, cqa)) for part in seat.parts
            )
        beside = tuple(self._add(Place(number, node, (), gate, final, cqa)) for node in seat.beside)
        columns = tuple(first + part for part in seat.parts)
        late = seat.selector.method is not None and any(
            test.id in (name for name, _ in situation.declared) for situation in self.situations
        )
        return self._add(Place(number, seat.node, columns, gate, final, cqa, hidden, beside, late, seat.selector))

    def _of_replicate(self, test: Test, situation: Situation) -> Node | None:
        criterion = None if test.reportable is None else test.reportable.replicate_criterion
        return None if criterion is None else resolve(criterion, self._context(test, situation))

    def _add(self, place: Place) -> int:
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = len(self.places)
            self.places.append(place)
        return known

    # -- what follows from the places ----------------------------------------------------------------------------

    @property
    def columns(self) -> int:
        """Number of columns of parts."""
        return int(self.first_column[-1])

    @property
    def is_plain(self) -> bool:
        """Whether every test has one part, whatever the situation."""
        return self.columns == len(self.specification.tests) and all(
            isinstance(variant.split.program, OnePart) and variant.applies and not variant.summed
            for found in self.variants
            for variant in found
        )


def _is_replicate(test: Test, words: Words) -> bool:
    return test.reportable is not None and test.reportable.n > 1 and words.get("reportable") != "true"


def _gate(test: Test, words: Words) -> tuple[str | None, bool]:
    """Return why a reading cannot show that a test with a read point is met, and whether it has to be final."""
    point = test.read_point
    if point is None:
        return None, True
    day = words.get("read_day")
    if point.day is not None and day is None:
        return "read-day-not-stated", point.final
    if point.day is not None and day is not None and int(day) < point.day:
        return "read-too-early", point.final
    return None, point.final


def seats_for(seats: Sequence[Seat], words: Words, component: str | None, cqa: str | None) -> list[Seat]:
    """Return the seats a row may take; of several the ones that say most about it.

    Args:
        seats: The seats.
        words: What the row says of itself.
        component: Component of the test.
        cqa: Attribute of the test.
    """
    found = [(seat, _says(seat.selector)) for seat in seats if _takes(seat.selector, words, component, cqa)]
    most = max((said for _, said in found), default=0)
    return [seat for seat, said in found if said == most]


def _says(selector: Selector) -> int:
    return sum(value is not None for value in (selector.component, selector.cqa, selector.method, selector.stage))


def _takes(selector: Selector, words: Words, component: str | None, cqa: str | None) -> bool:
    given = words.get("component")
    if given != (selector.component or component) and not (selector.component is None and given is None):
        return False
    named = words.get("cqa")
    if named is not None and cqa is not None and named != (selector.cqa or cqa):
        return False
    if named is None and selector.cqa not in (None, cqa) and selector.component is None:
        return False
    if selector.method is not None and not has_method({selector.method}, words.get("method")):
        return False
    return selector.stage is None or words.get("stage") == selector.stage
