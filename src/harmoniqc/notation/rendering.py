"""Criteria as data to criteria as written, in the manner of each pharmacopoeia.

Whatever is rendered is read again before it is returned: a rendering that would be read as another criterion is
refused, never printed. What a printed criterion does not carry - rounding, role, basis, source - stays with the model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

from harmoniqc.errors import Finding, NotationError
from harmoniqc.notation.phrases import condition_texts
from harmoniqc.notation.reading import parse_criterion
from harmoniqc.standard import (
    Absence,
    AllOf,
    AnyOf,
    AsForRelease,
    Bound,
    Category,
    Conditional,
    Criterion,
    FactCondition,
    Identity,
    Limit,
    Member,
    NotStated,
    ReportOnly,
    Target,
    Trend,
)
from harmoniqc.standard.condition import AnyCondition
from harmoniqc.standard.decimal_text import to_fraction

Style = Literal["symbols", "usp", "ph-eur", "jp"]
"""How a criterion is printed: with symbols; with NLT and NMT (USP); with "not less than" and "not more than"
(Ph. Eur.); with 以上, 以下, 未満 and 超 behind the number (JP)."""

_PREFIX = {
    "symbols": {">=": "≥ ", ">": "> ", "<=": "≤ ", "<": "< "},
    "usp": {">=": "NLT ", ">": "more than ", "<=": "NMT ", "<": "less than "},
    "ph-eur": {">=": "not less than ", ">": "more than ", "<=": "not more than ", "<": "less than "},
}
_SUFFIX = {">=": "以上", ">": "超", "<=": "以下", "<": "未満"}
_UNIT_SPELLED = {"Cel": "°C", "ug": "μg", "ug/mL": "μg/mL", "uL": "μL"}
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_NOT_PRINTED = ("text", "source", "note", "role", "basis", "rounding", "quantum", "formula")


def render(criterion: Criterion, style: Style = "symbols") -> str:
    """Return a criterion as a specification prints it.

    Args:
        criterion: The criterion.
        style: ``symbols``: ``≥ 5 EU/mL``; ``usp``: ``NLT 5 EU/mL``; ``ph-eur``: ``not less than 5 EU/mL``; ``jp``:
            ``5 EU/mL以上``.

    Returns:
        The wording. :func:`parse_criterion` reads it as the same criterion, apart from what no wording carries:
        rounding, role, basis, source and notes.

    Raises:
        NotationError: ``not-renderable`` if there is no wording that would be read as just this criterion.
        TypeError: If it is no criterion.
        ValueError: If the style is none of the four.
    """
    if not isinstance(criterion, Criterion):
        raise TypeError(f"render(criterion): not a criterion but {type(criterion).__name__}")
    if style not in get_args(Style):
        raise ValueError(f"style {style!r} is none of {', '.join(get_args(Style))}")
    text = _wording(criterion, style)
    wanted = bare(criterion)
    try:
        found = bare(parse_criterion(text))
    except NotationError as error:
        raise _refused(criterion, f"its wording {text!r} cannot be read") from error
    if found != wanted:
        raise _refused(criterion, f"its wording {text!r} would be read as another criterion")
    return text


def _wording(criterion: Criterion, style: str) -> str:
    renderer = _RENDERERS.get(type(criterion))
    if renderer is None:  # an unstructured criterion is its own text, and nobody reads it back into itself
        raise _refused(criterion, "it has no structure")
    return renderer(criterion, style)


def bare(criterion: Criterion) -> Criterion:
    """Return a criterion without what no wording carries."""
    fields: dict[str, Any] = {
        name: type(criterion).model_fields[name].default
        for name in _NOT_PRINTED
        if name in type(criterion).model_fields
    }
    if isinstance(criterion, (AllOf, AnyOf)):
        fields["members"] = tuple(
            member.model_copy(update={"criterion": bare(member.criterion)}) for member in criterion.members
        )
    if isinstance(criterion, Conditional):
        fields["branches"] = tuple(
            branch.model_copy(update={"criterion": bare(branch.criterion)}) for branch in criterion.branches
        )
    return criterion.model_copy(update=fields)


def _refused(criterion: Criterion, reason: str) -> NotationError:
    message = f"{str(criterion)!r} was not rendered: {reason}"
    return NotationError(message, (Finding("not-renderable", message, found=str(criterion)),))


# -- numbers -------------------------------------------------------------------------------------------------


def number(text: str) -> str:
    """Return decimal text as it is printed: ``0.5E6`` as ``0.5 × 10⁶``."""
    mantissa, mark, exponent = text.partition("E")
    if not mark or exponent != str(int(exponent)):
        return text  # an exponent like +06 has no other spelling that keeps it
    return f"{mantissa} × 10{exponent.translate(_RAISED)}"


def _unit(unit: str | None) -> str:
    if unit is None:
        return ""
    return f" {_UNIT_SPELLED.get(unit, unit)}"


def _population(criterion: Limit | Target) -> str:
    return "" if criterion.population is None else f" among {criterion.population}"


def _sided(comparator: str, bound: Bound, criterion: Limit, style: str) -> str:
    value = f"{number(bound.value)}{_unit(criterion.unit)}"
    if style == "jp":
        return f"{value}{_SUFFIX[comparator]}"
    return f"{_PREFIX[style][comparator]}{value}"


def _limit(criterion: Any, style: str) -> str:
    low, high = criterion.low, criterion.high
    unit, behind = _unit(criterion.unit), _population(criterion)
    if low is not None and high is not None and _is_range(low, high):
        joint = "–" if style in ("symbols", "usp", "jp") and "-" not in f"{low.value}{high.value}" else " to "
        return f"{number(low.value)}{joint}{number(high.value)}{unit}{behind}"
    parts = []
    if low is not None:
        parts.append(_sided(">=" if low.inclusive else ">", low, criterion, style))
    if high is not None:
        parts.append(_sided("<=" if high.inclusive else "<", high, criterion, style))
    joint = " かつ " if style == "jp" else " and "
    return joint.join(parts) + behind


def _is_range(low: Bound, high: Bound) -> bool:
    same_power = ("E" in low.value) == ("E" in high.value)
    return low.inclusive and high.inclusive and same_power and to_fraction(low.value) < to_fraction(high.value)


def _target(criterion: Any, style: str) -> str:
    tolerance = criterion.tolerance
    if criterion.nominal is not None:
        value = criterion.nominal.replace("-", " ")
    else:
        value = f"{number(criterion.value)}{_unit(criterion.unit)}"
    if tolerance is None:
        return f"target {value}{_population(criterion)}"
    if tolerance.minus != tolerance.plus or not tolerance.inclusive:
        raise _refused(criterion, "an uneven or open tolerance has no common wording")
    unit = " %" if tolerance.relative else _unit(criterion.unit)
    return f"{value} ± {number(tolerance.plus)}{unit}{_population(criterion)}"


# -- words ---------------------------------------------------------------------------------------------------


def _absence(criterion: Any, style: str) -> str:
    of = criterion.of
    if style == "jp":
        text = "陰性" if of is None else f"{of}を認めない"
    else:
        text = "absent" if of is None else f"absence of {of}"
    if criterion.amount is not None:
        text += f" in {number(criterion.amount.value)}{_unit(criterion.amount.unit)}"
    if criterion.read_day is not None:
        text += f" after {criterion.read_day} days"
    if criterion.sensitivity is not None:
        text += f" (sensitivity {number(criterion.sensitivity.value)}{_unit(criterion.sensitivity.unit)})"
    return text


def _category(criterion: Any, style: str) -> str:
    if criterion.reject or criterion.otherwise != "not-evaluated":
        raise _refused(criterion, "what it rejects has no common wording")
    if any(len(outcome.synonyms) > 1 for outcome in criterion.accept):
        raise _refused(criterion, "an outcome has several wordings")
    texts: list[str] = [outcome.synonyms[0] if outcome.synonyms else outcome.code for outcome in criterion.accept]
    if len(texts) == 1:
        return texts[0]
    return " or ".join(f'"{text}"' for text in texts)


def _trend(criterion: Any, style: str) -> str:
    over = {"time": "over time", "passage": "with passage", "batch": "from batch to batch"}[criterion.over]
    words = {
        "decreasing": "decreasing",
        "increasing": "increasing",
        "not-increasing": "no increase",
        "not-decreasing": "no decrease",
    }
    return f"{words[criterion.direction]} {over}"


def _labeled(member: Member, style: str) -> str:
    text = _wording(member.criterion, style)
    if member.component is None:
        return text
    return f"{member.component} {text}" if member.component.startswith("(") else f"{member.component}: {text}"


def _all_of(criterion: Any, style: str) -> str:
    return "; ".join(_labeled(member, style) for member in criterion.members)


def _any_of(criterion: Any, style: str) -> str:
    return " or ".join(_labeled(member, style) for member in criterion.members)


def _conditional(criterion: Any, style: str) -> str:
    if criterion.otherwise is not None:
        raise _refused(criterion, "what applies otherwise has no common wording")
    return "; ".join(
        f"{_case(criterion, branch.when)}: {_wording(branch.criterion, style)}" for branch in criterion.branches
    )


def _case(criterion: Criterion, when: AnyCondition) -> str:
    if isinstance(when, FactCondition):
        known = condition_texts().get(when)
        if known is not None:
            return known
        if when.fact == "presentation" and len(when.equals) == 1:
            return f"strength {when.equals[0]}"
        if when.fact == "body-weight" and when.unit == "kg":
            low, high = when.low, when.high
            if low is not None and high is not None:
                return f"{number(low.value)} kg to {'' if high.inclusive else '< '}{number(high.value)} kg"
            bound = low or high
            if bound is not None:
                sign = (">" if low is not None else "<") + ("=" if bound.inclusive else "")
                return f"{_PREFIX['symbols'][sign]}{number(bound.value)} kg"
    raise _refused(criterion, f"the condition {str(when)!r} has no common wording")


def _fixed(text: str, japanese: str | None = None) -> Callable[[Any, str], str]:
    return lambda criterion, style: japanese if japanese is not None and style == "jp" else text


_RENDERERS: dict[type[Criterion], Callable[[Any, str], str]] = {
    Limit: _limit,
    Target: _target,
    Absence: _absence,
    Category: _category,
    Identity: lambda criterion, style: f"identical to {criterion.reference}",
    ReportOnly: _fixed("report result", "結果を報告"),
    Trend: _trend,
    AsForRelease: _fixed("as for release"),
    NotStated: _fixed("not stated"),
    AllOf: _all_of,
    AnyOf: _any_of,
    Conditional: _conditional,
}
