"""What people write in results, form by form."""

from __future__ import annotations

import pytest

from harmoniqc import judge, parse_criterion, parse_measurement
from harmoniqc.errors import NotationError
from harmoniqc.standard import Measurement


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("97.9", "%", {"value": "97.9", "unit": "%"}),
        ("97.9 %", None, {"value": "97.9", "unit": "%"}),
        ("<0.5 EU/mL", None, {"value": "0.5", "comparator": "<", "unit": "EU/mL"}),
        ("≧ 99", "%", {"value": "99", "comparator": ">=", "unit": "%"}),
        ("less than 0.05 EU/mL", None, {"value": "0.05", "comparator": "<", "unit": "EU/mL"}),
        ("1,495 × 106", "cells", {"value": "1495E6", "unit": "cell"}),
        ("76,7%", None, {"value": "76.7", "unit": "%"}),
        ("10 510", "pg/mL", {"value": "10510", "unit": "pg/mL"}),
        ("− 3.9 °C", None, {"value": "-3.9", "unit": "Cel"}),
        ("98.3*", "%", {"value": "98.3", "unit": "%"}),
        ("Negative†", None, {"code": "absent"}),
        ("No growth", None, {"code": "absent"}),
        ("Detected", None, {"code": "present"}),
        ("Pass", None, {"code": "conforms"}),
        ("Not analyzed", None, {"code": "not-tested"}),
        ("Negative to date", None, {"code": "absent"}),
        ("No growth at 7 days", None, {"code": "absent", "read_day": 7}),
        ("not detected (LOD 5 copies/µg)", None, {"code": "absent", "lod": "5", "unit": "copy/ug"}),
        ("0.08 ± 0.15%", None, {"value": "0.08", "sd": "0.15", "unit": "%", "statistic": "mean", "reportable": False}),
        (
            "86 ± 5.3% (n = 10)",
            None,
            {"value": "86", "sd": "5.3", "unit": "%", "statistic": "mean", "n": 10, "reportable": False},
        ),
        (
            "81.40–96.20",
            "%",
            {"value_low": "81.40", "value_high": "96.20", "unit": "%", "statistic": "range", "reportable": False},
        ),
        ("Sterile (4/4 batches)", None, {"code": "absent", "statistic": "proportion", "n": 4, "reportable": False}),
        ("225/225", None, {"statistic": "proportion", "n": 225, "reportable": False}),
        (
            "CI, 4.26×1011 to 6.75×1011 pt/ml",
            None,
            {
                "value_low": "4.26E11",
                "value_high": "6.75E11",
                "unit": "particle/mL",
                "statistic": "other",
                "reportable": False,
            },
        ),
        (
            "5.75×10^11 (3.05×10^11 to 1.09×10^12) vg/ml",
            None,
            {
                "value": "5.75E11",
                "value_low": "3.05E11",
                "value_high": "1.09E12",
                "unit": "vg/mL",
                "statistic": "other",
                "reportable": False,
            },
        ),
        ("06h53", None, {"value": "413", "unit": "min"}),
        ("median 88.5", "%", {"value": "88.5", "unit": "%", "statistic": "median", "reportable": False}),
    ],
)
def test_forms(text: str, unit: str | None, expected: dict[str, object]) -> None:
    found = parse_measurement(text, unit)
    assert found == Measurement(text=text, **expected)
    assert found.text == text


@pytest.mark.parametrize("text", ["nd", "n.a.", "N/A", "–"])
def test_ambiguous_wordings_say_nothing(text: str) -> None:
    found = parse_measurement(text)
    assert found == Measurement(text=text)
    assert found.findings.codes == {"ambiguous-wording"}


@pytest.mark.parametrize(
    "text", ["not sterile", "Negative to be confirmed", "Milky, no aggregates", "Not negative", "No beads"]
)
def test_words_that_are_no_outcome_stay_words(text: str) -> None:
    found = parse_measurement(text)
    assert found.value is None
    assert found.code in (None, "present")
    assert judge(found, parse_criterion("negative")).verdict != "conforms"


def test_labeled_parts() -> None:
    found = parse_measurement("(a) 14.9; (b) 90.9", "%")
    assert [(part.component, part.value, part.unit) for part in found.parts] == [
        ("(a)", "14.9", "%"),
        ("(b)", "90.9", "%"),
    ]
    criterion = parse_criterion("(a) surviving fraction <70% or (b) difference >50%")
    assert judge(found, criterion).verdict == "conforms"
    markers = parse_measurement("CD73: 99.1%; CD90: 98.4%")
    assert [part.component for part in markers.parts] == ["CD73", "CD90"]


def test_parts_have_no_value_beside_them() -> None:
    part = Measurement(value="5", component="(a)")
    assert Measurement(parts=(part,)).parts == (part,)
    with pytest.raises(ValueError, match="no value of its own"):
        Measurement(parts=(part,), value="5")


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("", None, "blank-text"),
        ("1,23,4", None, "ambiguous-number"),
        ("106 cells", None, "ambiguous-number"),
        ("12 13", "%", "unreadable-text"),
        ("93.15 (2.13)", "%", "unreadable-text"),
        ("5 mg", "EU/mL", "unit-conflict"),
        ("06h53", "mL", "unit-conflict"),
        ("5 foos", None, "unknown-unit"),
        ("96–90 %", None, "range-reversed"),
        ("~95 %", None, "unreadable-text"),
        ("12 or 13", "%", "unrelated-numbers"),
        ("3/2 batches", None, "unrelated-numbers"),
    ],
)
def test_refusals(text: str, unit: str | None, code: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_measurement(text, unit)
    assert caught.value.findings[0].code == code
