"""Every printed criterion and result against its reviewed answer."""

from __future__ import annotations

import pytest

from tests.notation.answers_read import score

FILES = ("criteria.json", "results.json", "further_criteria.json", "further_results.json")


@pytest.mark.parametrize("file", FILES)
def test_nothing_is_read_wrongly(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = score(file)
    with capsys.disabled():
        print(f"\n{file}\n{found.table()}")
    assert found.wrong == []


@pytest.mark.parametrize("file", FILES)
def test_nearly_everything_is_read(file: str) -> None:
    found = score(file)
    total = found.total
    certain = total["exact"] + total["refused"]  # a text that has to be refused is no failure to read
    assert total["exact"] / certain >= 0.97, found.refused
    if not file.startswith("further"):
        assert total["exact"] / sum(total.values()) >= 0.95
