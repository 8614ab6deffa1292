"""Every criterion and every result of the corpus has a form that the standard expresses."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from harmoniqc.standard import AllOf, Member, Unstructured

FOLDER = Path(__file__).resolve().parent
SCRIPTS = FOLDER.parents[1] / "scripts"


@pytest.fixture(scope="module")
def forms() -> ModuleType:
    return imported("corpus_forms")


@pytest.fixture(scope="module")
def result_forms() -> tuple[Any, ...]:
    return imported("corpus_result_forms").RESULT_FORMS


def imported(name: str) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SCRIPTS)
        return importlib.import_module(name)


def test_there_are_as_many_forms_as_published_tables_were_sorted_into(
    forms: ModuleType, result_forms: tuple[Any, ...]
) -> None:
    assert (len(forms.MAIN_FORMS), len(forms.PROPERTIES), len(result_forms)) == (15, 17, 14)


def test_every_criterion_is_counted_once(forms: ModuleType, index: dict[str, Any]) -> None:
    assert len(forms.printed_criteria(FOLDER)) == index["criteria"]
    assert len(forms.rows(FOLDER)) == index["results"]


def test_every_criterion_has_exactly_one_main_form(forms: ModuleType) -> None:
    for item in forms.printed_criteria(FOLDER):
        assert [form.title for form in forms.MAIN_FORMS if form.shows(item)][1:] == [], item
        assert any(form.shows(item) for form in forms.MAIN_FORMS), item


def test_no_criterion_is_left_over(forms: ModuleType) -> None:
    for item in forms.printed_criteria(FOLDER):
        for form in (*forms.MAIN_FORMS, *forms.PROPERTIES):
            assert form.carried(item) or not form.shows(item), (form.title, item)


def test_no_result_is_left_over(forms: ModuleType, result_forms: tuple[Any, ...]) -> None:
    for item in forms.rows(FOLDER):
        shown = [form for form in result_forms if form.shows(item)]
        assert shown or "value" in item.row, item
        assert [form.title for form in shown if not form.carried(item)] == [], item


def test_what_is_unstructured_is_left_over(forms: ModuleType) -> None:
    """The count can fail: a criterion left as text has no main form, and a composite with such a part is left over."""
    item = forms.printed_criteria(FOLDER)[0]
    text = Unstructured(text="as agreed")
    assert not any(form.shows(replaced(item, text)) for form in forms.MAIN_FORMS)
    inside = AllOf(members=(Member(criterion=item.test.criterion), Member(criterion=text)))
    (form,) = [form for form in forms.MAIN_FORMS if form.shows(replaced(item, inside))]
    assert not form.carried(replaced(item, inside))


def replaced(item: Any, criterion: object) -> Any:
    return replace(item, test=item.test.model_copy(update={"criterion": criterion}))
