"""A number in a cell is the digits that the cell prints, with the words its format adds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmoniqc.exchange.tables.number_formats import show_number
from harmoniqc.standard.decimal_text import from_number


@pytest.mark.parametrize(
    ("value", "number_format", "text", "how"),
    [
        (0.1, "General", "0.1", "as-held"),
        (70, "General", "70", "as-held"),
        (70.0, "General", "70", "as-held"),
        (5, "0.0", "5.0", "as-held"),
        (0.1, "0.00", "0.10", "as-held"),
        (1234567, "#,##0", "1234567", "as-held"),
        (7, "000", "007", "as-held"),
        (-7, "000.0", "-007.0", "as-held"),
        (0.7, "0%", "70%", "formatted"),
        (0.7, "0.0%", "70.0%", "formatted"),
        (0.003, "0%", "0.3%", "rounded"),
        (0.123456, "0.00", "0.123456", "rounded"),
        (5, '0.0" EU/mL"', "5.0 EU/mL", "formatted"),
        (0.5, '"<"0.0', "<0.5", "formatted"),
        (0.5, '"≤ "0.0', "≤ 0.5", "formatted"),
        (70, "\\≥0", "≥70", "formatted"),
        (1500000, "0.0E+00", "1500000", "as-held"),
        (1550000, "0.0E+00", "1550000", "rounded"),
        (-3, "0;[Red]-0", "-3", "as-held"),
        (-3, "0_);(0)", "-3", "as-held"),
        (-3, "0;0", "-3", "not-understood"),
        (0, '0;-0;"n.d."', "0", "not-understood"),
        (3, '0;-0;"n.d."', "3", "as-held"),
        (0.5, '[<1]"<1";0', "0.5", "not-understood"),
        (0.5, "# ?/?", "0.5", "not-understood"),
        (5000000, '0.0,,"M"', "5000000", "not-understood"),
        (5, ";;;", "5", "not-understood"),
        (5, '"hidden"', "5", "not-understood"),
        (5, "[$€-407] 0.00", "€ 5.00", "formatted"),
        (5, '0" cells";;;;', "5", "not-understood"),
        (1e22, "General", "1E+22", "as-held"),
    ],
)
def test_shown(value: float, number_format: str, text: str, how: str) -> None:
    shown = show_number(value, number_format)
    assert (shown.text, shown.how) == (text, how)


def test_no_number() -> None:
    with pytest.raises(ValueError, match="NaN"):
        show_number(float("nan"), "0.0")


@given(
    st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers(-(10**12), 10**12),
    st.text(alphabet='0#?.,%;"<\\_*[]E+ -()x@/', max_size=12),
)
def test_any_format(value: float, number_format: str) -> None:
    shown = show_number(value, number_format)
    assert shown.text
    if shown.how == "as-held" and "E" not in shown.text:
        assert float(shown.text) == value
    if shown.how == "not-understood":
        assert shown.text == from_number(value)
