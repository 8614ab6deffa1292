"""The language-neutral cases: a document, and everything that is found in it beyond its shape."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest

import harmoniqc as hq
from harmoniqc.errors import CODES

from .contents_of import ROOT, told

FOLDER = ROOT / "tests" / "conformance" / "validation"
FILES = [file for file in sorted(FOLDER.glob("*.json")) if file.stem != "profiles"]
"""What a profile asks for is a matter of its own."""
USED = {
    code
    for file in (ROOT / "src" / "harmoniqc" / "schema" / "checks").glob("*.py")
    for code in re.findall(
        r'(?i:finding|findings|listed.*|contradiction)\(\s*"([a-z-]+)"', file.read_text(encoding="utf-8")
    )
}
KEYS = {"id", "document", "findings", "note"}


def read_cases() -> list[dict[str, Any]]:
    out = []
    for file in FILES:
        cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
        assert all(set(case) == KEYS and case["id"].startswith(file.stem) for case in cases)
        out += cases
    return out


CASES = read_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_exactly_that_is_found(case: dict[str, Any]) -> None:
    expected = [(item["code"], item["pointer"]) for item in case["findings"]]
    assert sorted(told(case["document"])) == sorted(expected), case["note"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_validation_finds_it_as_well(case: dict[str, Any]) -> None:
    """Whoever asks for a whole validation is told the same, and that some profile is not reached."""
    expected = [(item["code"], item["pointer"]) for item in case["findings"]]
    validation = hq.validate(case["document"])
    assert sorted((item.code, item.pointer) for item in validation if item.code != "below-profile") == sorted(expected)


def test_each_case_has_a_name_of_its_own() -> None:
    assert len(CASES) >= 200
    assert [id for id, times in Counter(case["id"] for case in CASES).items() if times > 1] == []


def test_every_code_is_provoked_and_nearly_provoked() -> None:
    """Each file has cases without any finding; each code has a case that has it."""
    provoked = {item["code"] for case in CASES for item in case["findings"]}
    assert len(USED) >= 20
    assert set(CODES) >= USED
    assert provoked >= USED
    quiet = Counter(case["id"].rpartition("-")[0] for case in CASES if not case["findings"])
    assert min(quiet[file.stem] for file in FILES) >= 2


def test_pointers_point_at_something() -> None:
    for case in CASES:
        for item in case["findings"]:
            here: Any = case["document"]
            steps = item["pointer"].split("/")[1:]
            for place, step in enumerate(steps):
                last = place == len(steps) - 1
                here = here[int(step)] if isinstance(here, list) else here.get(step) if last else here[step]
