"""Which results a test reads, and whether two tests read the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from harmoniqc.evaluation.meaning.selecting import selectors_of
from harmoniqc.standard import Method, ReadPoint, Specification, Test
from harmoniqc.vocabulary import normalize_wording

Read = tuple[str, str | None, str | None, str | None]
"""Attribute, component, method and stage by which a criterion chooses a result."""

PLACES = ("stage", "material", "sampling_point")


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Methods that somebody has declared equivalent.

    Attributes:
        methods: Their names, ids or references, as results and specifications write them.
        cqa: The attribute it is declared for; None: every one.
        reference: Where it is declared.
    """

    methods: tuple[str, ...]
    cqa: str | None = None
    reference: str | None = None

    @classmethod
    def of(cls, given: Equivalence | Iterable[str]) -> Equivalence:
        """Return an equivalence, which may be given as its methods alone.

        Raises:
            TypeError: If it is given as one text, which would be read letter by letter.
        """
        if isinstance(given, str):
            raise TypeError("an equivalence names several methods; give them as a list")
        return given if isinstance(given, Equivalence) else cls(tuple(given))

    @property
    def wordings(self) -> frozenset[str]:
        """The methods, folded."""
        return frozenset(map(normalize_wording, self.methods))


@dataclass(frozen=True, slots=True)
class Address:
    """Everything by which a row of results finds a test.

    Attributes:
        cqa: The attribute.
        component: Label of the part that is judged.
        stage: The stage; None: any.
        material: The material; None: any.
        sampling_point: The sampling point; None: any.
        methods: Every wording that names the method, folded; empty: any method.
        final: Whether a reading has to be final; None: the test has no read point.
        day: First day on which a reading counts.
        form: How the reportable value is formed, and how parts of a batch make up the whole.
        reads: The results that the criterion chooses among those.
    """

    cqa: str
    component: str | None
    stage: str | None
    material: str | None
    sampling_point: str | None
    methods: frozenset[str]
    final: bool | None
    day: int | None
    form: object
    reads: frozenset[Read]

    @property
    def declared(self) -> int:
        """How much a row must have beside its attribute."""
        given = (self.stage, self.material, self.sampling_point, self.methods or None, self.final, self.day)
        return sum(item is not None for item in given)

    def place(self, name: str) -> str | None:
        """Return the stage, the material or the sampling point."""
        found = getattr(self, name)
        return None if found is None else str(found)


def address_of(test: Test, specification: Specification, others: tuple[Specification, ...] = ()) -> Address:
    """Return the address of a test.

    Args:
        test: The test.
        specification: Its specification.
        others: Other specifications at hand, where a release criterion may stand.
    """
    point = test.read_point
    reads = frozenset(
        (selector.cqa or test.cqa, selector.component or test.component, selector.method, selector.stage)
        for selector in selectors_of(test, specification, others)
    )
    return Address(
        test.cqa,
        test.component,
        test.stage,
        test.material,
        test.sampling_point,
        frozenset() if test.method is None else frozenset(map(normalize_wording, test.method.wordings)),
        None if point is None else point.final,
        None if point is None else point.day,
        (test.reportable, test.roll_up),
        reads,
    )


def widened(methods: frozenset[str], cqa: str, equivalences: Sequence[Equivalence]) -> frozenset[str]:
    """Return methods with those declared equivalent to one of them."""
    out, before = methods, frozenset[str]()
    while out != before:
        before = out
        for item in equivalences:
            if item.cqa in (None, cqa) and item.wordings & out:
                out |= item.wordings
    return out


def method_key(methods: frozenset[str], cqa: str, equivalences: Sequence[Equivalence]) -> frozenset[str]:
    """Return what is the same for methods that are the same, or were declared equivalent."""
    declared = frozenset[str]().union(*(item.wordings for item in equivalences if item.cqa in (None, cqa)))
    return widened(methods, cqa, equivalences) & declared or methods


def may_meet(one: Address, other: Address, equivalences: Sequence[Equivalence] = ()) -> bool:
    """Tell whether one row, without a test id, could answer both tests."""
    if not {read[:2] for read in one.reads} & {read[:2] for read in other.reads}:
        return False
    left, right = _all_methods(one), _all_methods(other)
    if left and right and not widened(left, one.cqa, equivalences) & right:
        return False
    return all(None in (one.place(name), other.place(name)) or one.place(name) == other.place(name) for name in PLACES)


def fits(one: Address, other: Address, equivalences: Sequence[Equivalence]) -> bool:
    """Tell whether two tests can be made one that reads what the more demanding of them reads."""
    if (one.cqa, one.component, one.form) != (other.cqa, other.component, other.form):
        return False
    if one.final is not None and other.final is not None and one.final != other.final:
        return False
    if None in (one.final, other.final) and False in (one.final, other.final):
        return False  # an interim reading, and one that has to be final
    plain = not any(read[2] or read[3] for read in (*one.reads, *other.reads))
    return (one.reads == other.reads or plain) and may_meet(one, other, equivalences)


def narrowed(one: Address, other: Address, equivalences: Sequence[Equivalence]) -> Address:
    """Return the address of a test made of two that fit: the stricter stage, method and read point of each."""
    left, right = one.methods, other.methods
    methods = left or right
    if left and right:
        declared = (widened(left, one.cqa, equivalences) - left) & right
        methods = left | right if declared else left & right
    days = [day for day in (one.day, other.day) if day is not None]
    return replace(
        one,
        stage=one.stage or other.stage,
        material=one.material or other.material,
        sampling_point=one.sampling_point or other.sampling_point,
        methods=methods,
        final=other.final if one.final is None else one.final,
        day=max(days, default=None),
        reads=one.reads | other.reads,
    )


def method_at(address: Address, tests: Sequence[Test]) -> Method | None:
    """Return the method of a test made of several: that of the first, with what else names it or is equivalent."""
    methods = [test.method for test in tests if test.method is not None]
    if not methods or not address.methods:
        return None
    known: dict[str, str] = {}
    for method in methods:
        for wording in method.wordings:
            if normalize_wording(wording) in address.methods:
                known.setdefault(normalize_wording(wording), wording)
    first = methods[0]
    own = {
        name: wording
        for name in ("name", "id", "reference")
        if (wording := getattr(first, name)) is not None and normalize_wording(wording) in address.methods
    }
    rest = {key: wording for key, wording in known.items() if key not in map(normalize_wording, own.values())}
    if not own:
        key, wording = next(iter(rest.items()))
        own, rest = {"name": wording}, {other: word for other, word in rest.items() if other != key}
    fields = dict.fromkeys(("name", "id", "reference")) | own
    return first.model_copy(update={**fields, "equivalents": tuple(rest.values())})


def read_point_at(address: Address) -> ReadPoint | None:
    """Return the read point of a test."""
    return None if address.final is None else ReadPoint(final=address.final, day=address.day)


def _all_methods(address: Address) -> frozenset[str]:
    chosen = frozenset(normalize_wording(read[2]) for read in address.reads if read[2] is not None)
    return address.methods | chosen
