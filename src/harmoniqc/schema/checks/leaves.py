"""A statement of a text beside a statement of a structure: one limit, target, outcome or absence each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from harmoniqc.evaluation.meaning.interval import Edge, Interval, Region
from harmoniqc.evaluation.meaning.outcome import words_contradict
from harmoniqc.evaluation.meaning.plan import domain_of
from harmoniqc.schema.checks.amounts import between, numbers_in, region_of, same_numbers
from harmoniqc.standard import (
    Absence,
    Category,
    Criterion,
    Identity,
    Limit,
    NotStated,
    Quantity,
    ReportOnly,
    Target,
    Trend,
)
from harmoniqc.standard.condition import AnyCondition
from harmoniqc.standard.decimal_text import to_fraction
from harmoniqc.units import parse_unit
from harmoniqc.units.grammar import normalize
from harmoniqc.vocabulary import normalize_wording

_POWER = re.compile(r"(?<![\d.])10\^(\d{1,2})(?!\d)")
_LEFT_OVER = frozenset({"words-kept", "restated", "footnote-dropped", "reference-weight", "sensitivity-read"})


@dataclass(frozen=True, slots=True)
class About:
    """What is known beside a text and its structure.

    Attributes:
        cqa: The attribute.
        notes: Codes of what was assumed in reading the text.
        when: The condition under which the structure applies, where it stands outside of it.
        heading: Name of the test, whose power of ten a number without a unit may be short of.
    """

    cqa: str
    notes: frozenset[str] = frozenset()
    when: AnyCondition | None = None
    heading: str = ""

    @property
    def has_words_left(self) -> bool:
        """Whether the text says more than was read as structure."""
        return bool(self.notes & _LEFT_OVER)


def is_comparable(criterion: Criterion) -> bool:
    """Tell whether a criterion says something that a text can contradict."""
    return isinstance(criterion, (Limit, Target, Absence, Trend, ReportOnly))


def same_region(meant: tuple[Region, str | None], said: tuple[Region, str | None], about: About) -> bool:
    """Tell whether two sets of numbers are the same, as far as such values can exist.

    Args:
        meant: Numbers and unit of the structure.
        said: Numbers and unit of the text.
        about: What is known beside them.

    Raises:
        UnitError: If the unit of the structure cannot be read.
    """
    step = between(said[1], meant[1])
    if step is None:
        return False
    domain = domain_of(about.cqa, parse_unit(meant[1] or "1"))
    own, other = meant[0].within(domain), said[0].mapped(step.factor, step.offset).within(domain)
    if own == other:
        return True
    if "within-is-at-most" in about.notes:  # "within 6 h" does not say whether the sixth hour is within
        return _closed(own) == _closed(other)
    if "thousands-mark" in about.notes:  # "5,000" is five thousand to some and five to others
        return own.mapped(Fraction(1000), Fraction(0)) == other
    power = power_in(about.heading) if said[1] is None else None
    return power is not None and other.mapped(power, Fraction(0)) == own


def _closed(region: Region) -> Region:
    return Region.of(*(Interval(_shut(piece.low), _shut(piece.high)) for piece in region.intervals))


def _shut(edge: Edge | None) -> Edge | None:
    return None if edge is None else Edge(edge.value, closed=True)


def leaf_differs(meant: Criterion, said: Criterion, about: About) -> bool:
    """Tell whether a statement of a text contradicts the structure it stands beside.

    Args:
        meant: The structure: a criterion without parts.
        said: The text as read: a criterion without parts.
        about: What is known beside them.

    Raises:
        UnitError: If a unit of the structure cannot be read.
    """
    differ = _DIFFER.get(type(said))
    return differ is not None and differ(meant, said, about)


def _limit(meant: Criterion, said: Criterion, about: About) -> bool:
    if not isinstance(said, Limit):
        return False
    if isinstance(meant, Target):
        share = _share_of_nominal(meant)
        return meant.tolerance is None or (share is not None and _other_share(share, said))
    if isinstance(meant, Absence):
        return not _as_absence(meant, said)
    if isinstance(meant, Category):
        return not _is_wording(meant, said)
    return isinstance(meant, (ReportOnly, NotStated, Identity, Trend))


def _target(meant: Criterion, said: Criterion, about: About) -> bool:
    if not isinstance(said, Target):
        return False
    if said.tolerance is None:
        return _bare_number_differs(meant, said)
    if isinstance(meant, Target):
        return _tolerances_differ(meant, said)
    if isinstance(meant, Limit):
        share = _share_of_nominal(said)
        return share is not None and _other_share(share, meant)
    return isinstance(meant, (ReportOnly, NotStated, Identity, Trend))


def _other_share(share: Region, limit: Limit) -> bool:
    """Tell whether a limit in percent lets other percentages of a nominal value through than a share of it."""
    written = region_of(limit)
    return limit.unit == "%" and written is not None and written[0] != share


def _tolerances_differ(meant: Target, said: Target) -> bool:
    if meant.tolerance is None or said.tolerance is None:
        return meant.tolerance is not said.tolerance
    if None not in (meant.nominal, said.nominal) and meant.nominal != said.nominal:
        return True
    own, other = (
        (to_fraction(item.minus), to_fraction(item.plus), item.relative, item.inclusive)
        for item in (meant.tolerance, said.tolerance)
    )
    return own != other


def _bare_number_differs(meant: Criterion, said: Target) -> bool:
    """Tell whether a number without a comparison is none of the structure's."""
    stated = [meant.value] if isinstance(meant, Target) else list(numbers_in(meant))
    if said.value is None or not isinstance(meant, (Limit, Target)) or stated == [None]:
        return False
    step = between(said.unit, meant.unit)
    return step is None or not any(same_numbers(said.value, number, step) for number in stated if number is not None)


def _share_of_nominal(target: Target) -> Region | None:
    """Return which percentages of its nominal value satisfy a target, where its tolerance is relative to it."""
    tolerance = target.tolerance
    if tolerance is None or not tolerance.relative or target.nominal is None:
        return None
    low, high = 100 - to_fraction(tolerance.minus), 100 + to_fraction(tolerance.plus)
    return Region.of(Interval(Edge(low, tolerance.inclusive), Edge(high, tolerance.inclusive)))


def _as_absence(meant: Absence, said: Limit) -> bool:
    """Tell whether a limit is a way to ask for absence: less than one, none, or below the sensitivity."""
    if said.low is not None or said.high is None:
        return False
    high = to_fraction(said.high.value)
    if high <= 1 and not (high == 1 and said.high.inclusive):
        return True
    stated = [item.value for item in (meant.sensitivity, meant.amount) if item is not None]
    return any(to_fraction(number) == high for number in stated)


def _is_wording(meant: Category, said: Limit) -> bool:
    """Tell whether an outcome the structure accepts is the text itself."""
    wanted = normalize_wording(said.text or str(said))
    return any(normalize_wording(word) == wanted for outcome in meant.accept for word in outcome.synonyms)


def _report(meant: Criterion, said: Criterion, about: About) -> bool:
    return isinstance(meant, (Limit, Target, Absence, Trend)) and not about.has_words_left


def _trend(meant: Criterion, said: Criterion, about: About) -> bool:
    return isinstance(meant, Trend) and isinstance(said, Trend) and meant.direction != said.direction


def _absence(meant: Criterion, said: Criterion, about: About) -> bool:
    if isinstance(meant, Absence) and isinstance(said, Absence):
        days = (meant.read_day, said.read_day)
        return (
            _quantity_differs(meant.amount, said.amount)
            or _quantity_differs(meant.sensitivity, said.sensitivity)
            or (None not in days and days[0] != days[1])
        )
    return isinstance(meant, Category) and all(words_contradict(item.code, "absent") for item in meant.accept)


def _quantity_differs(meant: Quantity | None, said: Quantity | None) -> bool:
    if said is None:
        return False
    if meant is None:
        return True
    step = between(said.unit, meant.unit)
    return step is None or not same_numbers(said.value, meant.value, step)


def _category(meant: Criterion, said: Criterion, about: About) -> bool:
    if not isinstance(said, Category):
        return False
    wordings = [word for outcome in said.accept for word in (outcome.code, *outcome.synonyms)]
    codes = [item.code for item in meant.accept] if isinstance(meant, Category) else []
    codes = ["absent"] if isinstance(meant, Absence) else codes
    return bool(codes) and all(words_contradict(code, word) for code in codes for word in wordings)


_DIFFER: dict[type[Criterion], Callable[[Criterion, Criterion, About], bool]] = {
    Limit: _limit,
    Target: _target,
    ReportOnly: _report,
    Trend: _trend,
    Absence: _absence,
    Category: _category,
}


def power_in(heading: str) -> Fraction | None:
    """Return the power of ten a heading such as "Viable cells (×10⁶)" multiplies the numbers below it with."""
    match = _POWER.search(normalize(heading))
    return None if match is None else Fraction(10) ** int(match[1])
