"""What else differs between two tests, beside what satisfies them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from harmoniqc.errors import UnitError
from harmoniqc.evaluation.meaning.plan import policy_in_force
from harmoniqc.harmonization.asked import Asked
from harmoniqc.standard import Criterion, Limit, Method, ReadPoint, Specification, Target, Test
from harmoniqc.units import parse_unit
from harmoniqc.vocabulary import normalize_wording


@dataclass(frozen=True, slots=True)
class Facet:
    """One property that differs.

    Attributes:
        name: The property ("method", "unit", "rounding").
        before: What the first says, in words; empty: nothing.
        after: What the second says.
    """

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name}: {self.before or 'not stated'} → {self.after or 'not stated'}"


def facets_of(left: Asked, right: Asked) -> tuple[Facet, ...]:
    """Return every property in which two tests differ."""
    out = []
    for name, said in _OF_TEST:
        before, after = said(left.test), said(right.test)
        if before != after:
            out.append(Facet(name, before, after))
    one, other = left.criteria, right.criteria
    for name, each in _OF_CRITERIA:
        before, after = (
            ", ".join(dict.fromkeys(each(asked, item) for item in criteria))
            for asked, criteria in ((left, [*_said_by(name, one)]), (right, [*_said_by(name, other)]))
        )
        if before != after:
            out.append(Facet(name, before, after))
    return tuple(out)


def specification_facets(left: Specification, right: Specification) -> tuple[Facet, ...]:
    """Return the properties in which two specifications differ, their tests apart."""
    names = (
        "id",
        "version",
        "product",
        "jurisdiction",
        "material",
        "purpose",
        "rounding",
        "status",
        "phase",
        "applies_to",
        "valid_from",
        "valid_to",
    )
    pairs = ((name, _word(getattr(left, name)), _word(getattr(right, name))) for name in names)
    return tuple(Facet(name.replace("_", "-"), before, after) for name, before, after in pairs if before != after)


def printed(criterion: Criterion) -> str:
    """Return a criterion as the specification prints it, or else in its canonical form."""
    return criterion.text or str(criterion)


def _said_by(name: str, criteria: Sequence[Criterion]) -> Iterator[Criterion]:
    for item in criteria:
        if name in ("unit", "rounding") and not isinstance(item, (Limit, Target)):
            continue
        yield item


def _word(value: object) -> str:
    return "" if value is None else str(value)


def _method(test: Test) -> str:
    return "" if test.method is None else method_in_words(test.method)


def method_in_words(method: Method) -> str:
    """Return what names a method, in one line."""
    return " / ".join(dict.fromkeys(method.wordings))


def read_point_in_words(point: ReadPoint | None) -> str:
    """Return a read point in words."""
    if point is None:
        return ""
    kind = "final" if point.final else "interim"
    return kind if point.day is None else f"{kind} from day {point.day}"


def _unit(_: Asked, item: Criterion) -> str:
    unit = item.unit if isinstance(item, (Limit, Target)) else None
    try:
        return parse_unit(unit or "1").code
    except UnitError:
        return unit or ""


def _rounding(asked: Asked, item: Criterion) -> str:
    own = item.rounding if isinstance(item, (Limit, Target)) else None
    policy = own or asked.specification.rounding
    if isinstance(item, Limit):
        with suppress(UnitError):  # a unit nobody knows is measured neither in degrees nor in hours
            policy = policy_in_force(item, policy, parse_unit(item.unit or "1"))
        return policy if item.quantum is None or policy == "none" else f"{policy} to multiples of {item.quantum}"
    return policy


def _basis(_: Asked, item: Criterion) -> str:
    formula = item.formula if isinstance(item, Limit) else None
    return item.basis if formula is None else f"{item.basis} {formula}"


_OF_TEST: tuple[tuple[str, Callable[[Test], str]], ...] = (
    ("id", lambda test: test.id),
    ("name", lambda test: _word(test.name)),
    ("method", _method),
    ("stage", lambda test: _word(test.stage)),
    ("material", lambda test: _word(test.material)),
    ("sampling-point", lambda test: _word(test.sampling_point)),
    ("read-point", lambda test: read_point_in_words(test.read_point)),
    ("decision-points", lambda test: ", ".join(sorted(test.decision_points))),
    ("required", lambda test: "yes" if test.required else "no"),
    ("applies-when", lambda test: _word(test.applies_when)),
    ("safety-critical", lambda test: "yes" if test.safety_critical else "no"),
    ("reportable", lambda test: _word(test.reportable)),
    ("roll-up", lambda test: _word(test.roll_up)),
    ("role", lambda test: test.criterion.role),
    ("text", lambda test: normalize_wording(printed(test.criterion))),
)

_OF_CRITERIA: tuple[tuple[str, Callable[[Asked, Criterion], str]], ...] = (
    ("unit", _unit),
    ("rounding", _rounding),
    ("basis", _basis),
    ("population", lambda _, item: _word(item.population)),
)
