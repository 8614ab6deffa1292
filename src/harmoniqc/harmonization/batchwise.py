"""Whether every batch that meets one specification meets another, put together from its tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harmoniqc.evaluation.meaning.tree import Group, Leaf, Node
from harmoniqc.harmonization.addresses import Address, Equivalence, may_meet
from harmoniqc.harmonization.answers import HOLDS, Answer, doubt, refuted
from harmoniqc.harmonization.asked import Asked
from harmoniqc.harmonization.cells import TooManyCellsError, cells_of
from harmoniqc.harmonization.demands import unknown_in
from harmoniqc.harmonization.implication import Comparer
from harmoniqc.harmonization.pairing import MatchedBy, answers_alike
from harmoniqc.standard import ReportOnly, Specification


@dataclass(frozen=True, slots=True)
class Step:
    """What one test contributes.

    Attributes:
        given: The test of the specification that is met; None: it has none.
        wanted: The test of the other; None: it has none.
        criterion: Whether what satisfies the given test satisfies the other.
        matched_by: How the two were matched.
    """

    given: Asked | None
    wanted: Asked | None
    criterion: Answer
    matched_by: MatchedBy | None


def meets(
    steps: Sequence[Step],
    given: Specification,
    wanted: Specification,
    equivalences: Sequence[Equivalence],
    names: tuple[str, str],
    comparer: Comparer,
) -> tuple[bool | None, tuple[str, ...]]:
    """Tell whether every batch that meets one specification meets another, and why not.

    Args:
        steps: What each test contributes.
        given: The specification that is met.
        wanted: The other.
        equivalences: Methods declared equivalent.
        names: What the two are called.
        comparer: Compares criteria.

    Returns:
        True, False, or None where it is not decided; and the reasons, by test.
    """
    ours = [step.given for step in steps if step.given is not None]
    theirs = [step.wanted for step in steps if step.wanted is not None]
    open_ = [*_never_met(ours, comparer), *_nothing_compared(theirs, wanted), *_ambiguous(steps, equivalences)]
    answers: list[tuple[str, Answer]] = [("", doubt(why)) for why in open_]
    readings = [_readings(items) for items in (ours, theirs)]
    for step in steps:
        if step.wanted is not None and step.wanted.decides:
            answers.append((step.wanted.test.id, _contributes(step, given, equivalences, readings)))
    failing = [(test, answer) for test, answer in answers if answer.truth is not True]
    truth = None if failing else True
    # What concerns the whole leaves the whole undecided; else what is refuted counts more than what is open.
    if all(test for test, _ in failing) and any(answer.truth is False for _, answer in failing):
        truth, failing = False, [(test, answer) for test, answer in failing if answer.truth is False]
    said = ((test, answer.told(*names)) for test, answer in failing)
    return truth, tuple(dict.fromkeys(f"{test}: {why}" if test else why for test, why in said))


def _contributes(
    step: Step,
    given: Specification,
    equivalences: Sequence[Equivalence],
    readings: Sequence[dict[object, frozenset[object]]],
) -> Answer:
    """Tell whether a batch that meets the given test meets the wanted one."""
    wanted = step.wanted
    assert wanted is not None  # noqa: S101 - the caller has looked
    if step.given is None or not step.given.decides:
        if _is_report(wanted) and not wanted.test.required:
            return doubt("it asks for a report, if there is a result")
        return refuted("it decides in {other} alone")
    ours, theirs = step.given.address, wanted.address
    if wanted.test.required and not step.given.test.required:
        return refuted("it is required in {other} alone")
    if ours.form != theirs.form:
        return doubt("the reportable value is formed in another way")
    if not answers_alike(ours, theirs, equivalences):
        return _other_rows(ours, theirs, step)
    if ours.final is not None and readings[0].get(_culture(ours)) != readings[1].get(_culture(theirs)):
        return doubt("the culture is read on other days")
    if ours.final is not None and set(step.given.test.decision_points) != set(wanted.test.decision_points):
        return doubt("the culture decides at other points")
    return step.criterion


def _other_rows(ours: Address, theirs: Address, step: Step) -> Answer:
    """Return what can be said where the two tests are not answered by the same results."""
    if step.criterion.truth is False and ours.methods == theirs.methods and step.wanted is not None:
        later = (theirs.day or 0) > (ours.day or 0) or (bool(theirs.final) and not ours.final)
        if later and all(ours.place(name) == theirs.place(name) for name in ("stage", "material", "sampling_point")):
            return step.criterion
    if ours.methods != theirs.methods:
        return doubt("another method, not declared equivalent")
    if (ours.final, ours.day) != (theirs.final, theirs.day):
        return doubt("another read point: other readings count")
    return doubt("other results answer it: stage, material, sampling point, component or part differ")


def _never_met(asked: Iterable[Asked], comparer: Comparer) -> list[str]:
    """Return why it is not certain that a batch could meet every required test, whatever its facts."""
    out = []
    for item in asked:
        if not item.decides or not item.test.required:
            continue
        try:
            nodes = [item.node(cell) for cell in cells_of((item,))]
        except TooManyCellsError:
            out.append(f"{item.test.id}: the conditions leave more cases than are looked at")
            continue
        for node in nodes:
            unknown = None if node is None else unknown_in(node)
            if unknown is not None:
                out.append(f"{item.test.id} of {{met}} can never be met: {unknown.reason}")
                break
            answer = HOLDS if node is None else comparer.can_be_met(node, item.test.cqa)
            if answer.truth is not True:
                out.append(f"{item.test.id} of {{met}} may never be met: {answer.why}")
                break
    return out


def _nothing_compared(asked: Sequence[Asked], specification: Specification) -> list[str]:
    """Return the decision points at which a batch may have nothing that was compared, and so cannot conform."""
    out = []
    for point in dict.fromkeys(point for item in asked for point in item.test.decision_points):
        deciding = [item for item in asked if point in item.test.decision_points and item.decides]
        if deciding and not any(surely_compares(item) for item in deciding):
            out.append(f"nothing need be compared at {point} for {{other}}")
    return out


def surely_compares(asked: Asked) -> bool:
    """Tell whether a batch that satisfies a test had a result of it compared, whatever its facts."""
    if not asked.test.required or asked.test.applies_when is not None:
        return False
    try:
        nodes = [asked.node(cell) for cell in cells_of((asked,))]
    except TooManyCellsError:
        return False
    return all(node is not None and _compares(node) for node in nodes)


def _compares(node: Node) -> bool:
    if isinstance(node, Leaf):
        return not isinstance(node.criterion, ReportOnly)
    if isinstance(node, Group):
        each = [_compares(item.node) for item in node.items if not item.informative]
        return any(each) if node.mode == "every" else bool(each) and all(each)
    return True  # what is never compared is never satisfied either


def _is_report(asked: Asked) -> bool:
    return isinstance(asked.test.criterion, ReportOnly)


def _ambiguous(steps: Sequence[Step], equivalences: Sequence[Equivalence]) -> list[str]:
    """Return tests of the second that one result could answer both, unless results have to name them anyway."""
    by_cqa: dict[str, list[tuple[Step, Address]]] = {}
    out = []
    for step in steps:
        if step.wanted is None:
            continue
        address = step.wanted.address
        for cqa in {read[0] for read in address.reads}:
            for other, known in by_cqa.get(cqa, ()):
                named = step.matched_by == other.matched_by == "id"
                if not named and is_ambiguous(address, known, equivalences) and other.wanted is not None:
                    out.append(f"one result could answer {other.wanted.test.id} and {step.wanted.test.id}")
            by_cqa.setdefault(cqa, []).append((step, address))
    return list(dict.fromkeys(out))


def is_ambiguous(one: Address, other: Address, equivalences: Sequence[Equivalence] = ()) -> bool:
    """Tell whether a row without a test id could answer two tests that are no readings of one culture."""
    return may_meet(one, other, equivalences) and (one.final is None or other.final is None)


def _culture(address: Address) -> object:
    return address.cqa, address.component, address.material, address.methods


def _readings(asked: Iterable[Asked]) -> dict[object, frozenset[object]]:
    """Return the read points of each culture."""
    out: dict[object, set[object]] = {}
    for item in asked:
        address = item.address
        if address.final is not None:
            said = (address.final, address.day, address.stage, address.sampling_point, item.test.required)
            out.setdefault(_culture(address), set()).add(said)
    return {key: frozenset(found) for key, found in out.items()}
