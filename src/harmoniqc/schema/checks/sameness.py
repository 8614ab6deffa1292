"""Two criteria beside each other, the printed one as it was read and the structured one: do they mean the same?

Only what the text says for certain is compared. What it leaves open (a unit, a population, a condition, the day of a
reading) is no difference, and neither is another way to say the same: a range or two bounds, another unit, ``5.0``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harmoniqc.schema.checks.amounts import region_of
from harmoniqc.schema.checks.conditions import UndecidedError, equivalent, exclude, facts_in
from harmoniqc.schema.checks.leaves import About, is_comparable, leaf_differs, same_region
from harmoniqc.standard import (
    AllOf,
    AnyOf,
    AsForRelease,
    Branch,
    Category,
    Conditional,
    Criterion,
    Identity,
    Limit,
    Target,
    Unstructured,
)
from harmoniqc.standard.condition import AnyCondition
from harmoniqc.vocabulary import normalize_wording


@dataclass(frozen=True, slots=True)
class Difference:
    """What a text says and its structure does not.

    Attributes:
        pointer: Where the structure differs, behind the pointer of the criterion.
        said: What the text says.
        meant: What the structure says.
        text: The part of the text, as read.
        structure: The part of the structure.
    """

    pointer: str
    said: str
    meant: str
    text: Criterion
    structure: Criterion


def differences(meant: Criterion, said: Criterion, about: About, pointer: str = "") -> list[Difference]:
    """Return where a structure means something else than its text.

    Args:
        meant: The structure.
        said: The text, as read.
        about: What is known beside them.
        pointer: Pointer of the structure.

    Raises:
        UnitError: If a unit of the structure cannot be read.
    """
    if isinstance(meant, (Unstructured, AsForRelease)):
        return []
    if isinstance(said, Conditional):
        return _cases(meant, said, about, pointer)
    if isinstance(meant, Conditional):
        return _one_case(meant, said, about, pointer)
    own, other = region_of(meant), region_of(said)
    if own is not None and other is not None:
        return [] if same_region(own, other, about) else [_difference(meant, said, pointer)]
    if isinstance(said, (AllOf, AnyOf)) or isinstance(meant, (AllOf, AnyOf)):
        return _groups(meant, said, about, pointer)
    return [_difference(meant, said, pointer)] if leaf_differs(meant, said, about) else []


def _difference(meant: Criterion, said: Criterion, pointer: str) -> Difference:
    return Difference(pointer, str(said), str(meant), said, meant)


# -- cases -------------------------------------------------------------------------------------------------------


def _cases(meant: Criterion, said: Conditional, about: About, pointer: str) -> list[Difference]:
    if isinstance(meant, Conditional):
        return _both_in_cases(meant, said, about, pointer)
    if about.when is not None and all(_decided(exclude, branch.when, about.when) for branch in said.branches):
        stated = " or ".join(str(branch.when) for branch in said.branches)
        return [Difference(pointer, stated, str(about.when), said, meant)]
    parts = [branch.criterion for branch in said.branches]
    parts += [] if said.otherwise is None else [said.otherwise]
    found = [differences(meant, part, about, pointer) for part in parts]
    return found[0] if all(found) else []


def _one_case(meant: Conditional, said: Criterion, about: About, pointer: str) -> list[Difference]:
    """Compare cases with a text that names no condition: it has to be one of them."""
    parts = [branch.criterion for branch in meant.branches]
    parts += [] if meant.otherwise is None else [meant.otherwise]
    return [_difference(meant, said, pointer)] if all(differences(part, said, about) for part in parts) else []


def _both_in_cases(meant: Conditional, said: Conditional, about: About, pointer: str) -> list[Difference]:
    out: list[Difference] = []
    left = list(enumerate(meant.branches))
    open_: list[Branch] = []
    for branch in said.branches:
        found = next((item for item in left if _decided(equivalent, item[1].when, branch.when)), None)
        if found is None:
            open_.append(branch)
            continue
        left.remove(found)
        where = f"{pointer}/branches/{found[0]}/criterion"
        out += differences(found[1].criterion, branch.criterion, about, where)
    if len(open_) > len(left) + (meant.otherwise is not None):
        out.append(_difference(meant, said, pointer))
    elif len(open_) == len(left) == 1 and _facts(open_[0].when) == _facts(left[0][1].when):
        where = f"{pointer}/branches/{left[0][0]}/when"
        out.append(Difference(where, str(open_[0].when), str(left[0][1].when), said, meant))
    if meant.otherwise is not None and said.otherwise is not None:
        out += differences(meant.otherwise, said.otherwise, about, f"{pointer}/otherwise")
    return out


def _decided(ask: Callable[[AnyCondition, AnyCondition], bool], left: AnyCondition, right: AnyCondition) -> bool:
    try:
        return ask(left, right)
    except UndecidedError:
        return False


def _facts(condition: AnyCondition) -> set[str]:
    return {item.fact for _, item in facts_in(condition)}


# -- groups ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    criterion: Criterion
    label: str = ""
    pointer: str = ""
    informative: bool = False


def _parts(criterion: Criterion, pointer: str) -> list[_Part]:
    if not isinstance(criterion, (AllOf, AnyOf)):
        return [_Part(criterion, pointer=pointer)]
    return [
        _Part(
            member.criterion,
            normalize_wording(member.component or member.method or member.stage or ""),
            f"{pointer}/members/{number}/criterion",
            member.informative,
        )
        for number, member in enumerate(criterion.members)
    ]


def _groups(meant: Criterion, said: Criterion, about: About, pointer: str) -> list[Difference]:
    own, printed = _parts(meant, pointer), _parts(said, "")
    if isinstance(meant, (Category, Identity)) and not all(isinstance(part.criterion, Limit) for part in printed):
        return []  # words are kept as they are, whatever parts a reader may see in them
    if not isinstance(meant, (AllOf, AnyOf)):  # a test of one part beside the text of all parts
        found = [differences(meant, part.criterion, about, pointer) for part in printed]
        return [_difference(meant, said, pointer)] if all(found) else []
    if isinstance(said, (AllOf, AnyOf)) and _joined_otherwise(meant, said):
        return [_difference(meant, said, pointer)]
    pairs, own, printed = _matched(own, printed, about)
    out = [item for left, right in pairs for item in differences(left.criterion, right.criterion, about, left.pointer)]
    lost = any(is_comparable(part.criterion) for part in printed)
    added = any(is_comparable(part.criterion) and not part.informative for part in own)
    if lost or (added and not about.has_words_left and isinstance(said, (AllOf, AnyOf))):
        out.append(_difference(meant, said, pointer))
    return out


def _joined_otherwise(meant: AllOf | AnyOf, said: AllOf | AnyOf) -> bool:
    """Tell whether one asks for every part and the other for any."""
    if min(len(meant.members), len(said.members)) < 2:
        return False
    if isinstance(meant, AnyOf) and meant.mode != "either":
        return False
    return type(meant) is not type(said)


def _matched(
    own: list[_Part], printed: list[_Part], about: About
) -> tuple[list[tuple[_Part, _Part]], list[_Part], list[_Part]]:
    """Return which part of a structure is which of the text, and what is left of both."""
    pairs: list[tuple[_Part, _Part]] = []

    def same(left: _Part, right: _Part) -> bool:
        kinds = (Limit, Target)
        alike = isinstance(left.criterion, kinds) == isinstance(right.criterion, kinds)
        return alike and not differences(left.criterion, right.criterion, about)

    def named_alike(left: _Part, right: _Part) -> bool:
        return bool(left.label) and left.label == right.label

    def alone(left: _Part, right: _Part) -> bool:
        return named_alike(left, right) and all(
            sum(part.label == left.label for part in side) == 1 for side in (own, printed)
        )

    steps: Sequence[Callable[[_Part, _Part], bool]] = (
        lambda left, right: named_alike(left, right) and same(left, right),
        alone,
        same,
    )
    for fits in steps:
        for part in list(own):
            found = next((other for other in printed if fits(part, other)), None)
            if found is not None:
                pairs.append((part, found))
                own.remove(part)
                printed.remove(found)
    for rest in (own, [part for part in own if not part.informative]):
        if len(rest) == len(printed):
            return [*pairs, *zip(rest, printed, strict=True)], [], []
    return pairs, own, printed
