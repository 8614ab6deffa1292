"""Criteria written back, and read again as the same."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harmoniqc import parse_criterion, render
from harmoniqc.errors import NotationError
from harmoniqc.notation.rendering import bare
from harmoniqc.standard import (
    Absence,
    AllOf,
    AnyOf,
    Bound,
    Category,
    CodedOutcome,
    Conditional,
    Criterion,
    Limit,
    Member,
    Quantity,
    Target,
    Tolerance,
    Trend,
    Unstructured,
)
from harmoniqc.testing.strategies import decimal_texts, limits
from tests.notation.answers_read import FOLDER

STYLES = ("symbols", "usp", "ph-eur", "jp")


@pytest.mark.parametrize(
    ("criterion", "symbols", "usp", "ph_eur", "jp"),
    [
        (Limit.at_most("5.0", "EU/mL"), "≤ 5.0 EU/mL", "NMT 5.0 EU/mL", "not more than 5.0 EU/mL", "5.0 EU/mL以下"),
        (Limit.at_least("70", "%"), "≥ 70 %", "NLT 70 %", "not less than 70 %", "70 %以上"),
        (Limit.less_than("5", "%"), "< 5 %", "less than 5 %", "less than 5 %", "5 %未満"),
        (Limit.more_than("5", "%"), "> 5 %", "more than 5 %", "more than 5 %", "5 %超"),
        (Limit.between("2", "8", "Cel"), "2–8 °C", "2–8 °C", "2 to 8 °C", "2–8 °C"),
        (
            Limit.at_least("2E6", "cell/kg"),
            "≥ 2 × 10⁶ cell/kg",
            "NLT 2 × 10⁶ cell/kg",
            "not less than 2 × 10⁶ cell/kg",
            "2 × 10⁶ cell/kg以上",
        ),
        (Absence(), "absent", "absent", "absent", "陰性"),
    ],
)
def test_styles(criterion: Criterion, symbols: str, usp: str, ph_eur: str, jp: str) -> None:
    assert tuple(render(criterion, style) for style in STYLES) == (symbols, usp, ph_eur, jp)


def _maybe_thousands(bound: Bound | None, unit: str | None) -> bool:
    """Tell whether a bound is read by nobody: "1.000 cell" is one cell here and a thousand there."""
    counted = (unit or "").partition("/")[0] in ("cell", "vg", "vp", "TU", "IFU", "particle", "bead", "IEQ", "EIN")
    return bound is not None and counted and re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", bound.value) is not None


@settings(max_examples=150, deadline=None)
@given(limits(), st.sampled_from([None, "viable CD3+ cells", "CD45+ cells"]))
def test_any_limit_is_read_back(limit: Limit, population: str | None) -> None:
    limit = bare(limit).model_copy(update={"population": population})
    assume(not any(_maybe_thousands(bound, limit.unit) for bound in (limit.low, limit.high)))
    assert parse_criterion(str(limit)) == limit
    for style in STYLES:
        assert parse_criterion(render(limit, style)) == limit


AMOUNTS = st.builds(
    Quantity,
    value=decimal_texts(max_exponent=9).filter(lambda text: not text.startswith("-")),
    unit=st.sampled_from(["mL", "CFU/mL", "ng"]),
)
OF = st.none() | st.sampled_from(
    ["mycoplasma", "VSV-G gene", "CD19+ cells", "adverse agents", "replication competent virus"]
)


@settings(max_examples=150, deadline=None)
@given(
    st.builds(
        Absence,
        of=OF,
        amount=st.none() | AMOUNTS,
        sensitivity=st.none() | AMOUNTS,
        read_day=st.none() | st.integers(1, 99),
    )
)
def test_any_absence_is_read_back(absence: Absence) -> None:
    assert parse_criterion(str(absence)) == absence
    for style in STYLES:
        assert parse_criterion(render(absence, style)) == absence


@pytest.mark.parametrize(
    "wordings", [("cloudy liquid solution",), ("Clear", "Opalescent"), ("Off-white, opaque", "white", "ivory")]
)
def test_categories_are_read_back(wordings: tuple[str, ...]) -> None:
    from harmoniqc.notation.wordings import slug_of

    category = Category(accept=tuple(CodedOutcome(code=slug_of(text), synonyms=(text,)) for text in wordings))
    assert parse_criterion(render(category)) == category
    if len(wordings) == 1:
        assert parse_criterion(str(category)) == category


@pytest.mark.parametrize("file", ["criteria.json", "further_criteria.json"])
def test_every_printed_criterion_is_read_back_from_every_style(file: str) -> None:
    rendered = 0
    for answer in json.loads((FOLDER / file).read_text(encoding="utf-8")):
        try:
            criterion = parse_criterion(answer["text"], answer["unit"])
        except NotationError:
            continue
        if criterion.kind in ("limit", "category", "absence"):  # type: ignore[attr-defined]
            assert parse_criterion(str(criterion)) == criterion, str(criterion)
        for style in STYLES:
            try:
                text = render(criterion, style)
            except NotationError as error:
                if error.findings[0].code != "not-renderable":
                    raise
                continue
            rendered += 1
            assert bare(parse_criterion(text)) == bare(criterion)
    assert rendered > 700


@pytest.mark.parametrize(
    "criterion",
    [
        AllOf(
            members=(
                Member(criterion=Limit.at_least("80", "%"), component="CD73"),
                Member(criterion=Limit.at_most("2", "%"), component="CD45"),
            )
        ),
        AnyOf(
            members=(
                Member(criterion=Limit.less_than("70", "%"), component="(a)"),
                Member(criterion=Limit.more_than("50", "%"), component="(b)"),
            )
        ),
        Target(value="2.0", unit="mg/mL", tolerance=Tolerance(minus="0.2", plus="0.2")),
        Target(nominal="labeled-amount", tolerance=Tolerance(minus="20", plus="20", relative=True)),
        Trend(direction="not-increasing", over="passage"),
        parse_criterion("First infusion: ≥ 5,000 IEQ/kg; second infusion: ≥ 10,000 IEQ/kg"),
        parse_criterion("10 kg to <70 kg: 1.33 × 10^14 vg/kg; ≥70 kg: 9.31 × 10^15 vg"),
    ],
    ids=lambda criterion: str(criterion)[:40],
)
@pytest.mark.parametrize("style", STYLES)
def test_composites_are_read_back(criterion: Criterion, style: str) -> None:
    assert bare(parse_criterion(render(criterion, style))) == bare(criterion)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "criterion",
    [
        Unstructured(text="as agreed"),
        Target(value="5", unit="mg", tolerance=Tolerance(minus="1", plus="2")),
        Category(accept=(CodedOutcome(code="clear", synonyms=("Clear", "clear liquid")),)),
        AllOf(members=(Member(criterion=Limit.at_least("80", "%"), informative=True),)),
        Limit(low=Limit.at_least("5").low, unit="%", population="if > 3"),
    ],
    ids=lambda criterion: type(criterion).__name__,
)
def test_what_has_no_wording_is_refused(criterion: Criterion) -> None:
    with pytest.raises(NotationError) as caught:
        render(criterion)
    assert caught.value.findings[0].code == "not-renderable"


def test_what_no_wording_carries_stays_with_the_model() -> None:
    assert render(Limit.at_most("5", "%", rounding="limit-decimals")) == "≤ 5 %"


def test_wrong_arguments() -> None:
    with pytest.raises(TypeError):
        render("≥ 5 %")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="usp"):
        render(Limit.at_most("5"), "USP")  # type: ignore[arg-type]


def test_a_conditional_is_one() -> None:
    assert isinstance(parse_criterion("First infusion: ≥ 5,000 IEQ/kg; second infusion: ≥ 10,000 IEQ/kg"), Conditional)
