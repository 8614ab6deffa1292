"""The public names are a promise: they change only when the list beside this file is changed too."""

from __future__ import annotations

from pathlib import Path

import pytest

import harmoniqc

LISTED = (Path(__file__).parent / "public_names.txt").read_text(encoding="utf-8").split()


def test_public_names_are_those_of_the_list() -> None:
    # After a change that is meant: print(*sorted(harmoniqc.__all__), sep="\n") into public_names.txt.
    assert sorted(harmoniqc.__all__) == LISTED


@pytest.mark.parametrize("name", LISTED)
def test_public_name_is_there(name: str) -> None:
    assert getattr(harmoniqc, name) is not None
    assert name in dir(harmoniqc)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        harmoniqc.no_such_name  # noqa: B018 - the access is the test
