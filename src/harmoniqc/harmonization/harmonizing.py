"""Several specifications made one, which is met exactly when all of them are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from harmoniqc.errors import Finding, Findings, SelectionError
from harmoniqc.harmonization.addresses import Equivalence
from harmoniqc.harmonization.asked import Asked
from harmoniqc.harmonization.building import Bound, Built, build
from harmoniqc.harmonization.facets import printed
from harmoniqc.harmonization.implication import Comparer
from harmoniqc.harmonization.merging import Slot, slots_of
from harmoniqc.harmonization.noticing import CONFLICTS, INEXACT, findings_of
from harmoniqc.harmonization.side_by_side import SideBySide, side_by_side
from harmoniqc.harmonization.simplifying import SUFFICIENT, simplified_criterion
from harmoniqc.harmonization.weighing import State
from harmoniqc.standard import AnyCriterion, JustifiedAbsence, RoundingPolicy, Source, Specification

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Provenance:
    """One bound of a harmonized specification, and who asks for it.

    Attributes:
        test: Id of the harmonized test.
        pointer: Where the bound stands in the harmonized specification, as a JSON Pointer.
        authority: Jurisdiction of the source; None: it states none.
        specification: Id of the source.
        version: Its version.
        source_test: Id of its test.
        criterion: The criterion, as the source has it.
        rounding: The rounding policy of the source, which applies unless the criterion has its own.
        source: The document it was taken from.
        state: ``driving``: it decides something that no other does; ``shared``: it does so together with an equal one;
            ``redundant``: it adds nothing; ``not-compared``: that could not be said.
        decides: Whether it decides the verdict; alert limits, for one, are shown and do not.
    """

    test: str
    pointer: str
    authority: str | None
    specification: str
    version: str
    source_test: str
    criterion: AnyCriterion
    rounding: RoundingPolicy
    source: Source | None
    state: State
    decides: bool

    def __str__(self) -> str:
        name = f"{self.authority or self.specification} ({self.specification} {self.version}, {self.source_test})"
        return f"{self.test}: {printed(self.criterion)} of {name}: {self.state if self.decides else 'for information'}"


@dataclass(frozen=True, slots=True)
class Harmonization:
    """Several specifications made one.

    Attributes:
        specification: The harmonized specification.
        provenance: Every bound with its source, in the order of the tests.
        conflicts: Where sources exclude each other; a test with a conflict never conforms.
        findings: Everything that was noticed, the conflicts included.
        sources: The specifications it was made of.
        sufficient_only: Whether limits were simplified, so that meeting it is sufficient and not necessary.
        table: The sources side by side, attribute by attribute.
    """

    specification: Specification
    provenance: tuple[Provenance, ...]
    conflicts: Findings
    findings: Findings
    sources: tuple[Specification, ...]
    sufficient_only: bool
    table: SideBySide

    @property
    def exact(self) -> bool:
        """Whether the harmonized specification is met exactly when all sources are; else findings say where not."""
        return not self.findings.codes & INEXACT

    def of(self, test: str) -> tuple[Provenance, ...]:
        """Return the bounds of a harmonized test."""
        return tuple(item for item in self.provenance if item.test == test)

    def summary(self) -> str:
        """Return the sources side by side as text, with what was noticed."""
        lines = [str(self.table), ""]
        if self.sufficient_only:
            lines.append(SUFFICIENT)
        elif self.exact:
            lines.append("met exactly when every source is met")
        else:
            lines.append("not met exactly when every source is met; the findings say where")
        lines += [f"{item.level}[{item.code}]: {item.message}" for item in self.findings]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_html(self) -> str:
        """Return the sources side by side as an HTML table, every text escaped."""
        return self.table.to_html()

    def to_arrow(self) -> pa.Table:
        """Return one row for each bound of each source."""
        import pyarrow as pa

        names = ("test", "pointer", "authority", "specification", "version", "source_test")
        schema = pa.schema(
            [
                *((name, pa.string()) for name in (*names, "criterion", "rounding", "document", "state")),
                ("decides", pa.bool_()),
            ]
        )
        rows = [
            {
                **{name: getattr(item, name) for name in (*names, "rounding", "state", "decides")},
                "criterion": printed(item.criterion),
                "document": None if item.source is None else item.source.document,
            }
            for item in self.provenance
        ]
        return pa.Table.from_pylist(rows, schema=schema)


def harmonize(
    specs: Iterable[Specification],
    *,
    id: str = "harmonized",
    version: str = "1",
    product: str | None = None,
    title: str | None = None,
    equivalences: Iterable[Equivalence | Iterable[str]] = (),
    simplified: bool = False,
) -> Harmonization:
    """Make one specification of several, which is met exactly when all of them are.

    Tests that the same results answer become one, whose criterion is all of theirs, each with its unit, rounding and
    source. Where stage, material, method or read point are stated by some, the stricter statement counts. Tests by
    different methods stay two. Nothing that contradicts itself is resolved: such a test never conforms, and is listed.

    Args:
        specs: The specifications, such as one for each authority.
        id: Id of the harmonized specification.
        version: Its version.
        product: Its product; needed where the specifications name different ones.
        title: Its title.
        equivalences: Methods declared equivalent, each an :class:`~harmoniqc.harmonization.Equivalence` or a list of
            their names, ids or references. A result by any of them then answers the test.
        simplified: Whether to put one unrounded limit in the place of several; meeting it is then sufficient only.

    Raises:
        SelectionError: If there is no specification, one is given twice, or they are of different materials, purposes
            or, with none named, products.
        TypeError: If something given is no specification.
    """
    given = tuple(specs)
    _check(given, product)
    labels = labels_of(given)
    declared = tuple(Equivalence.of(item) for item in equivalences)
    sources = [[Asked(test, spec, given) for test in spec.tests] for spec in given]
    slots = slots_of(sources, declared)
    policies = {spec.rounding for spec in given}
    rounding: RoundingPolicy = given[0].rounding if len(policies) == 1 else "none"
    comparer = Comparer()
    ids = _ids(slots, labels)
    built = [build(slot, name, rounding, labels, comparer) for slot, name in zip(slots, ids, strict=True)]
    findings = list(findings_of(built, sources, labels, declared))
    valid_from, valid_to, apart = _validity(given)
    findings += [] if apart is None else [apart]
    if simplified:
        findings += _simplify(built)
    specification = Specification(
        id=id,
        version=version,
        product=product or given[0].product,
        rounding=rounding,
        tests=tuple(item.test for item in built),
        title=title or f"Harmonized: {', '.join(labels)}",
        jurisdiction=_common(spec.jurisdiction for spec in given) or ", ".join(labels),
        material=given[0].material,
        purpose=given[0].purpose,
        applies_to=_common(spec.applies_to for spec in given) or "released",
        valid_from=valid_from,
        valid_to=valid_to,
        justified_absences=_absences(given, built),
        sources=tuple(Source(document=s.title or s.id, edition=s.version, evidence="primary") for s in given),
        note=SUFFICIENT if simplified else None,
    )
    noticed = Findings(findings)
    return Harmonization(
        specification,
        tuple(_provenance(built)),
        Findings(item for item in noticed if item.code in CONFLICTS),
        noticed,
        given,
        simplified,
        side_by_side(built, given, labels),
    )


def _check(given: Sequence[Specification], product: str | None) -> None:
    for item in given:
        if not isinstance(item, Specification):
            raise TypeError(f"harmonize needs Specification documents, not {type(item).__name__}")
    if not given:
        message = "no specification was given"
        raise SelectionError(message, (Finding("no-specification", message),))
    seen: set[tuple[str, str]] = set()
    for item in given:
        if (item.id, item.version) in seen:
            message = f"specification {item.id!r} {item.version!r} is given twice"
            raise SelectionError(message, (Finding("duplicate-id", message, found=item.id),))
        seen.add((item.id, item.version))
    for name in ("material", "purpose", "product"):
        found = list(dict.fromkeys(getattr(item, name) for item in given))
        if len(found) > 1 and not (name == "product" and product is not None):
            message = f"the specifications are of different {name}s: {', '.join(found)}"
            remedy = "name the product that the harmonized specification is for" if name == "product" else None
            raise SelectionError(message, (Finding("not-harmonizable", message, found=found[1], remedy=remedy),))


def labels_of(given: Sequence[Specification]) -> list[str]:
    """Return what each source is called: its jurisdiction, or its id and version where that is not enough."""
    names = [spec.jurisdiction or spec.id for spec in given]
    for further in ("id", "version"):
        again = [name for name in names if names.count(name) > 1]
        names = [
            f"{name} {getattr(spec, further)}" if name in again and getattr(spec, further) != name else name
            for name, spec in zip(names, given, strict=True)
        ]
    return names


def _ids(slots: Sequence[Slot], labels: Sequence[str]) -> list[str]:
    """Return an id for each harmonized test: that of its first source, with a number behind where it is taken."""
    out: list[str] = []
    for slot in slots:
        name = slot.parts[0].asked.test.id
        free, number = name, 2
        while free in out:
            free, number = f"{name[:120]}-{number}", number + 1
        out.append(free)
    return out


def _common(values: Iterable[str | None]) -> str | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _validity(given: Sequence[Specification]) -> tuple[date | None, date | None, Finding | None]:
    """Return the days on which all sources are in force."""
    first = max((spec.valid_from for spec in given if spec.valid_from is not None), default=None)
    last = min((spec.valid_to for spec in given if spec.valid_to is not None), default=None)
    if first is not None and last is not None and last < first:
        message = f"one source begins on {first} and another has ended on {last}"
        return None, None, Finding("never-in-force-together", message, expected=str(first), found=str(last))
    return first, last, None


def _absences(given: Sequence[Specification], built: Sequence[Built]) -> tuple[JustifiedAbsence, ...]:
    """Return attributes that a source leaves out on purpose, and no other source tests."""
    tested = {item.test.cqa for item in built}
    return tuple(dict.fromkeys(item for spec in given for item in spec.justified_absences if item.cqa not in tested))


def _simplify(built: list[Built]) -> list[Finding]:
    """Put one limit in the place of several, wherever one implies them."""
    out = []
    for place, item in enumerate(built):
        criterion = simplified_criterion(item)
        if criterion is not None:
            item.test = item.test.model_copy(update={"criterion": criterion})
            message = f"{item.test.id}: {criterion} stands for {len(item.deciding)} limits"
            out.append(Finding("sufficient-only", message, pointer=f"/tests/{place}/criterion"))
    return out


def _provenance(built: Sequence[Built]) -> Iterable[Provenance]:
    for place, item in enumerate(built):
        for bound in item.bounds:
            yield from _of_bound(bound, item, f"/tests/{place}")


def _of_bound(bound: Bound, built: Built, pointer: str) -> Iterable[Provenance]:
    for part in bound.parts:
        spec, test = part.asked.specification, part.asked.test
        source = test.criterion.source or (spec.sources[0] if spec.sources else None)
        yield Provenance(
            built.test.id,
            pointer + bound.pointer,
            spec.jurisdiction,
            spec.id,
            spec.version,
            test.id,
            test.criterion,
            spec.rounding,
            source,
            bound.state,
            bound.decides,
        )
