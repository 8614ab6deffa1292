"""One measurement, or the parts of one result, against one criterion: the exact path, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harmoniqc.errors import CODES, Finding, Findings
from harmoniqc.evaluation.batches.series import judge_series
from harmoniqc.evaluation.meaning.compiled import comparison
from harmoniqc.evaluation.meaning.facts import Facts, facts_given
from harmoniqc.evaluation.meaning.layout import seats_for
from harmoniqc.evaluation.meaning.parts import NOTHING, Joined, OnePart, Program, Series, Split, join, split
from harmoniqc.evaluation.meaning.tree import Context, resolve
from harmoniqc.evaluation.meaning.unit_texts import read_units
from harmoniqc.evaluation.reading import Derived, Reading, read
from harmoniqc.evaluation.sentences import sentence
from harmoniqc.evaluation.verdicts import CODE, REASONS, Verdict, verdict_of
from harmoniqc.standard import Criterion, Fact, Limit, Measurement, Result, RoundingPolicy, Target


@dataclass(frozen=True, slots=True)
class Judgment:
    """The verdict on one measurement, with its reason.

    Attributes:
        verdict: ``conforms``, ``does-not-conform``, ``indeterminate``, ``not-evaluated`` or ``reported``.
        reason: Why, as a stable word.
        message: Why, as a sentence.
        findings: What a person should know about the input.
        rounding: The rounding policy that was applied.
        derived: Values that facts carried over into the unit of a limit, with the formula and its inputs.
    """

    verdict: Verdict
    reason: str
    message: str
    findings: Findings = field(default_factory=Findings)
    rounding: RoundingPolicy = "none"
    derived: tuple[Derived, ...] = ()

    def __bool__(self) -> bool:
        raise TypeError("a judgment has five verdicts; compare .verdict instead of asking for its truth")

    def __str__(self) -> str:
        return f"{self.verdict} ({self.reason}): {self.message}"


Measured = Measurement | Result


def judge(
    measurement: Measured | Sequence[Measured],
    criterion: Criterion,
    rounding: RoundingPolicy | None = None,
    facts: Mapping[str, Fact | Mapping[str, Any]] | Iterable[Fact] | None = None,
    *,
    cqa: str | None = None,
) -> Judgment:
    """Judge one measurement, or the measurements that answer the parts of one criterion.

    Args:
        measurement: What was measured. A sequence answers the parts of a criterion by ``component`` (and, of
            results, by ``cqa``, ``method`` and ``stage``), or is the series of a trend in its order. So do the
            parts of one measurement.
        criterion: What is acceptable.
        rounding: Rounding policy; None: the criterion's own, or else ``none``.
        facts: Facts of the batch by name, each a :class:`Fact` or its fields.
        cqa: Attribute measured; its domain in the vocabulary tells which values can exist.

    Returns:
        The judgment. Bad data never raise: each fault is a reason and a finding.

    Raises:
        TypeError: If the arguments are no measurement, no criterion and no facts.
    """
    items = (measurement,) if isinstance(measurement, (Measurement, Result)) else tuple(measurement)
    if not isinstance(criterion, Criterion) or not all(isinstance(item, (Measurement, Result)) for item in items):
        raise TypeError("judge(measurement, criterion): a Measurement and a Criterion are needed")
    given = tuple(part for item in items for part in _parts(item))
    known = facts_given(facts)
    own = criterion.rounding if isinstance(criterion, (Limit, Target)) else None
    policy: RoundingPolicy = rounding or own or "none"
    parted = split(resolve(criterion, Context(known, forced=rounding)))
    readings = _Readings(given, parted, known, cqa)
    reason = readings.reason()
    verdict = verdict_of(reason)
    shown = ", ".join(_labeled(item) for item in given) or "nothing"
    derived = readings.derived()
    carried = "".join(f", that is {item.comparator or ''}{item.value} {item.unit}" for item in derived)
    message = f"{shown}{carried} against {criterion.text or criterion}: {sentence(reason)}"
    findings = list(readings.findings())
    detail = readings.detail(reason) if verdict == "not-evaluated" else None
    if detail is not None:
        message += f" ({detail})"
    if verdict == "not-evaluated" and not any(item.level == "error" for item in findings):
        findings.insert(0, Finding(reason, message, expected=str(criterion), found=shown))
    findings += [
        Finding(code, f"{said}: {CODES[code].title}", found=said) for code, said in readings.stray if code != reason
    ]
    for item in given:
        if item.unit is not None:
            findings += read_units((item.unit,))[0].assumptions
    return Judgment(verdict, reason, message, Findings(findings), policy, derived)


def _parts(item: Measured) -> tuple[Measured, ...]:
    return (isinstance(item, Measurement) and item.parts) or (item,)


def _labeled(item: Measured) -> str:
    shown = str(item if isinstance(item, Measurement) else item.measurement())
    return shown if item.component is None else f"{item.component}: {shown}"


class _Readings:
    """The measurements given, each at the parts of the criterion that it answers."""

    def __init__(self, given: Sequence[Measured], parted: Split, facts: Facts, cqa: str | None) -> None:
        self.given = given
        self.parted = parted
        self.by_part: dict[int, list[Reading]] = {}
        self.informative: list[Reading] = []
        self.shown: list[Reading] = []
        self.stray: list[tuple[str, str]] = []
        self.cqa = cqa
        for item in given:
            seats = parted.seats
            # A criterion of one part takes what it is given, but never a result that names a part it does not ask.
            taken = parted.is_single and item.component is None
            chosen = [seats[0]] if taken else seats_for(seats, _words(item), None, cqa)
            if len(chosen) != 1:
                self.stray.append(("ambiguous-test" if chosen else "no-criterion", _labeled(item)))
                continue
            for place in chosen[0].parts:
                self.by_part.setdefault(place, []).append(self._read(item, parted.parts[place].node, facts))
            self.informative += [self._read(item, node, facts) for node in chosen[0].beside]
            if not chosen[0].parts:
                self.shown.append(self._read(item, chosen[0].node, facts))

    def _read(self, item: Measured, node: Any, facts: Facts) -> Reading:
        unit = read_units(() if item.unit is None else (item.unit,))[0]
        return read(item, comparison(node, unit, getattr(item, "cqa", None) or self.cqa), unit, facts)

    def reason(self) -> str:
        if self.stray and not self.by_part and not self.informative:
            return self.stray[0][0]
        if self.parted.program is None:
            codes = [CODE[reading.reason] for reading in self.shown]
            return REASONS[int(join("every", np.array(codes, np.uint8)[:, None])[0])] if codes else "missing-part"
        code = self._joined(self.parted.program)
        return "missing-part" if code == NOTHING else REASONS[code]

    def _joined(self, program: Program) -> int:
        if isinstance(program, OnePart):
            codes = [CODE[reading.reason] for reading in self.by_part.get(program.place, ())]
            return int(join("every", np.array(codes, np.uint8)[:, None])[0]) if codes else NOTHING
        if isinstance(program, Series):
            return CODE[
                judge_series(program.trend, [item for item in self.given if _is_of(item, program)], ordered=True)
            ]
        assert isinstance(program, Joined)  # noqa: S101 - nothing else is left
        codes = [self._joined(member) for member in program.members]
        if all(code == NOTHING for code in codes):
            return NOTHING
        if program.mode != "staged":
            codes = [CODE["missing-part"] if code == NOTHING else code for code in codes]
        return int(join(program.mode, np.array(codes, np.uint8)[:, None])[0])

    def findings(self) -> list[Finding]:
        readings = [reading for found in self.by_part.values() for reading in found]
        out = [finding for reading in readings for finding in reading.findings]
        members = [*self.informative, *(readings if isinstance(self.parted.program, Joined) else ())]
        failed = [item for item in members if verdict_of(item.reason) == "does-not-conform"]
        return [*out, *(item.as_failed_member() for item in failed)]

    def detail(self, reason: str) -> str | None:
        readings = [reading for found in self.by_part.values() for reading in found]
        details = [reading.detail for reading in readings if reading.reason == reason and reading.detail]
        return details[0] if details else None

    def derived(self) -> tuple[Derived, ...]:
        found = [reading for readings in self.by_part.values() for reading in readings]
        return tuple(dict.fromkeys(item for reading in found for item in reading.derived))


def _words(item: Measured) -> dict[str, str | None]:
    return {name: getattr(item, name, None) for name in ("component", "cqa", "method", "stage")}


def _is_of(item: Measured, series: Series) -> bool:
    return series.selector.component in (None, item.component)
