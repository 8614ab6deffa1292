"""What an authority expects of a product beyond its specification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harmoniqc.crosswalk.dates import AsOf, day_of
from harmoniqc.crosswalk.looking import Requirements, region_of, requirements
from harmoniqc.crosswalk.rows import Requirement
from harmoniqc.errors import Finding
from harmoniqc.harmonization.answering import Candidate, answer, best, candidates_of
from harmoniqc.harmonization.answers import Answer
from harmoniqc.harmonization.citing import method_gaps
from harmoniqc.harmonization.expecting import (
    asks_for_test,
    attributes_of,
    best_level,
    kind_of,
    kinds_of,
    level_of,
    stages_of,
)
from harmoniqc.harmonization.facets import printed
from harmoniqc.harmonization.gap_listing import Gap, GapKind, GapLevel, Gaps, sort_key, strongest
from harmoniqc.harmonization.implication import Comparer
from harmoniqc.standard import JustifiedAbsence, Product, Specification


def gaps(
    specification: Specification,
    authority: str,
    as_of: AsOf = None,
    *,
    modality: str | None = None,
    product: Product | None = None,
) -> Gaps:
    """Return what an authority expects of a product beyond its specification.

    The rows of the crosswalk decide: an attribute that a text asks for and no required test decides on, a limit that
    lets through what a stated one does not (compared on exact thresholds), a stage at which nothing is tested, a method
    of another pharmacopoeia, with what remains different. Drafts, practice and rows from memory are shown, and never
    decide.

    Args:
        specification: The specification.
        authority: ``"FDA"``, ``"EMA"`` and ``"PMDA"`` stand for their regions and include the pharmacopoeia there.
        as_of: The day for which texts count; None: today (UTC). The answer says which day it used.
        modality: The kind of product, by id or any of its names. None: that of the product.
        product: The product. None: the profile in the vocabulary with the specification's product id. Its vector,
            where it is known, rules out texts about cells made with another.

    Raises:
        TypeError: If something else than a specification is given, or both a modality and a product.
        VocabularyError: For a name that is not in the vocabulary, with near names.
        CrosswalkError: ``modality-not-known`` if nothing says what kind of product it is; ``another-product``; for a
            day that is not certain, or an authority without rows.
    """
    if not isinstance(specification, Specification):
        raise TypeError(f"gaps needs a Specification document, not {type(specification).__name__}")
    kind = kind_of(specification, modality, product)
    day = day_of(as_of)
    asked = [
        row
        for row in requirements(authority=authority, modality=kind.modality, as_of=day)
        if kind.has(row) and attributes_of(row, kind.modality)
    ]
    wanted = region_of(authority)
    stages = stages_of(specification, kind.modality)
    fitting = [row for row in asked if row.stage in stages]
    left_out = [row for row in asked if row.stage not in stages and row.kind != "method-sensitivity"]
    search = _Search(specification, kind.modality, day, fitting)
    methods = list(method_gaps(search.candidates, asked, wanted, day))
    found = [*search.missing(), *search.compared(), *(item for item in methods if isinstance(item, Gap))]
    findings = [item for item in methods if isinstance(item, Finding)]
    if left_out:
        findings.append(_left_out(specification, left_out))
    title = f"requirements of {' and '.join(wanted)}"
    return Gaps(
        sorted(found, key=sort_key),
        as_of=day,
        specification=specification,
        authorities=wanted,
        modality=kind.modality,
        answered=Requirements(search.answered, as_of=day, title=f"{title} that are answered"),
        left_out=Requirements(left_out, as_of=day, title=f"{title} of other stages"),
        findings=findings,
    )


class _Search:
    """Looks for gaps.

    Args:
        specification: The specification.
        modality: The kind of product.
        day: The day, ISO 8601.
        rows: Requirements of stages that the specification can answer.
    """

    def __init__(self, specification: Specification, modality: str, day: str, rows: Sequence[Requirement]) -> None:
        self.specification = specification
        self.candidates = candidates_of(specification)
        self.answered: list[Requirement] = []
        self._modality = modality
        self._day = day
        self._rows = rows
        self._comparer = Comparer()

    def missing(self) -> Iterator[Gap]:
        """Yield attributes that no test reads."""
        by_cqa: dict[str, list[Requirement]] = {}
        for row in self._rows:
            if row.kind != "method-sensitivity":
                for cqa in attributes_of(row, self._modality):
                    by_cqa.setdefault(cqa, []).append(row)
        for cqa, rows in by_cqa.items():
            wanting = [row for row in rows if row.operator != "exempt"]
            if wanting and not self._about(cqa):
                yield self._absent(cqa, wanting, [row for row in rows if row.operator == "exempt"])

    def compared(self) -> Iterator[Gap]:
        """Yield requirements that tests read and do not answer; those that they answer are noted."""
        for row in self._rows:
            if asks_for_test(row):
                gaps_of_row = [
                    gap for cqa in attributes_of(row, self._modality) if (gap := self._unanswered(row, cqa)) is not None
                ]
                yield from gaps_of_row
                if not gaps_of_row and all(map(self._about, attributes_of(row, self._modality))):
                    self.answered.append(row)

    def _about(self, cqa: str) -> list[Candidate]:
        return [item for item in self.candidates if cqa in item.reads]

    def _absent(self, cqa: str, rows: Sequence[Requirement], exempt: Sequence[Requirement]) -> Gap:
        level = best_level(level_of(row, self._day) for row in rows)
        behind = [row for row in rows if level_of(row, self._day) == level]
        why = [f"condition: {row.condition}" for row in behind if row.condition]
        if not any(map(asks_for_test, behind)):
            why.append("a rule, which a test need not answer")
        why += [f"need not be done {row.condition} ({row.id})".replace("  ", " ") for row in exempt]
        wider = [item.test for item in self.candidates if item.test.cqa in kinds_of(cqa)]
        why += [f"tested as {test.cqa}, which is wider" for test in wider]
        justified = self._justified(cqa)
        return self._gap(
            "missing" if justified is None else "justified-absence",
            level,
            cqa,
            behind,
            [row for row in (*rows, *exempt) if row not in behind],
            found="nothing" if justified is None else _reason(justified),
            why="; ".join(dict.fromkeys(why)),
            tests=[test.id for test in wider],
        )

    def _justified(self, cqa: str) -> JustifiedAbsence | None:
        return next((item for item in self.specification.justified_absences if item.cqa in kinds_of(cqa)), None)

    def _unanswered(self, row: Requirement, cqa: str) -> Gap | None:
        about = self._about(cqa)
        if not about:
            return None
        counting = [item for item in about if item.counts]
        if not counting:
            why = "; ".join(dict.fromkeys(item.why_not for item in about))
            return self._of_row("looser", row, cqa, about, why)
        here = [item for item in counting if self._is_at(item, row)]
        found = self._answer(here or counting, row)
        if found.truth is not True:
            kind: GapKind = "looser" if found.truth is False else "not-comparable"
            return self._of_row(kind, row, cqa, here or counting, found.told("the specification", "the text"))
        return None if here else self._elsewhere(row, cqa, counting)

    def _answer(self, items: Sequence[Candidate], row: Requirement) -> Answer:
        return best([answer(item, row, self._comparer) for item in items])

    def _is_at(self, item: Candidate, row: Requirement) -> bool:
        """Tell whether a test is at the stage of a requirement; where the vector is the product, its lot is."""
        return item.stage == row.stage or (row.stage == "vector" and item.stage == "release")

    def _elsewhere(self, row: Requirement, cqa: str, about: Sequence[Candidate]) -> Gap:
        """Return that an attribute is tested, and at another stage than a requirement asks for."""
        also = [
            other.id
            for other in self._rows
            if asks_for_test(other)
            and cqa in other.cqas
            and other.decides(self._day)
            and any(self._is_at(item, other) for item in about)
        ]
        why = f"tested at {', '.join(dict.fromkeys(item.stage for item in about))}, asked for at {row.stage}"
        if also:
            why += f"; {', '.join(also)} asks for it where it is tested"
        gap = self._of_row("wrong-stage", row, cqa, about, why)
        return replace(gap, level="conditional") if also and gap.level == "expected" else gap

    def _of_row(self, kind: GapKind, row: Requirement, cqa: str, about: Sequence[Candidate], why: str) -> Gap:
        told = f"{why}; condition: {row.condition}" if row.condition else why
        return self._gap(
            kind,
            level_of(row, self._day),
            cqa,
            [row],
            (),
            found="; ".join(dict.fromkeys(printed(item.test.criterion) for item in about)),
            why=told,
            tests=[item.test.id for item in about],
        )

    def _gap(
        self,
        kind: GapKind,
        level: GapLevel,
        cqa: str,
        rows: Sequence[Requirement],
        beside: Sequence[Requirement],
        *,
        found: str,
        why: str,
        tests: Sequence[str],
    ) -> Gap:
        standings = [row.standing(self._day) for row in rows]
        return Gap(
            kind=kind,
            level=level,
            cqa=cqa,
            expected=" | ".join(dict.fromkeys(map(_expected, rows))),
            found=found,
            why=why,
            tests=tuple(tests),
            requirements=tuple(rows),
            beside=tuple(beside),
            references=tuple(dict.fromkeys(row.reference for row in rows)),
            evidence=strongest([row.evidence for row in rows]),
            standing=next(name for name in ("in-force", "practice", "draft") if name in standings),
        )


def _expected(row: Requirement) -> str:
    return f"{row.figure}: {row.text}" if row.figure else row.text


def _reason(justified: JustifiedAbsence) -> str:
    cited = "" if justified.reference is None else f" ({justified.reference})"
    return f"justified: {justified.reason}{cited}"


def _left_out(specification: Specification, rows: Sequence[Requirement]) -> Finding:
    stages = ", ".join(dict.fromkeys(row.stage for row in rows))
    about = f"{specification.purpose} of {specification.material}"
    message = f"{len(rows)} requirements of other stages were left out ({stages}): the specification is about {about}"
    return Finding("stages-left-out", message, found=about)
