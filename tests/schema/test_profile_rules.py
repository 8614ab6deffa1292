"""The requirements of the conformance profiles, as data."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from dataclasses import FrozenInstanceError, fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest

from harmoniqc import vocabulary
from harmoniqc.crosswalk.store import requirements_by_id
from harmoniqc.errors import VocabularyError
from harmoniqc.schema.assessing import COLLECTIONS
from harmoniqc.schema.contents import Contents
from harmoniqc.schema.profiles import Clause, ProfileRule, assess, profile_names, profile_rules, profiles
from harmoniqc.standard import DOCUMENT_TYPES, AnyCriterion, Batch, Model, Result, Specification, Test

ROOT = Path(__file__).parents[2]
RULES = profile_rules("advanced")
POSSIBLE = [rule for rule in RULES if rule.possible]

MODELS: Mapping[str, tuple[Any, ...]] = {
    "specification": (Specification,),
    "test": (Test,),
    "criterion": tuple(get_args(get_args(AnyCriterion)[0])),
    "product": (DOCUMENT_TYPES["product"],),
    "batch": (Batch,),
    "result": (Result,),
    "investigation": (DOCUMENT_TYPES["investigation"],),
    "disposition": (DOCUMENT_TYPES["disposition"],),
    "evaluation": (DOCUMENT_TYPES["evaluation-record"],),
}
RELATED = {
    "specification": {"product", "package"},
    "test": {"specification", "package"},
    "criterion": {"test", "specification", "package"},
    "batch": {"product", "package"},
    "result": {"test", "batch", "package"},
}


def kinds_of(annotation: Any) -> Iterator[Any]:
    """Yield every type an annotation allows, through unions and tuples."""
    if get_origin(annotation) in (Union, UnionType, tuple) or hasattr(annotation, "__metadata__"):
        for part in get_args(annotation) if not hasattr(annotation, "__metadata__") else get_args(annotation)[:1]:
            yield from kinds_of(part)
    else:
        yield annotation


def ends_of(models: tuple[Any, ...], path: str) -> list[Any]:
    """Return the types of what stands at the end of a path."""
    name, _, rest = path.partition(".")
    found = [
        kind
        for model in models
        if isinstance(model, type) and issubclass(model, Model) and name in model.model_fields
        for kind in kinds_of(model.model_fields[name].annotation)
    ]
    return ends_of(tuple(found), rest) if rest else found


def clauses(rule: ProfileRule) -> Iterator[Clause]:
    yield from rule.when
    if rule.needs is not None:
        yield rule.needs


def test_profiles_are_steps() -> None:
    assert profile_names() == ("core", "extended", "advanced")
    assert [profile.id for profile in profiles()] == list(profile_names())
    for less, more in pairwise(profile_names()):
        assert profile_rules(more)[: len(profile_rules(less))] == profile_rules(less)
        assert len(profile_rules(more)) > len(profile_rules(less))
        assert {rule.profile for rule in profile_rules(more)} - {rule.profile for rule in profile_rules(less)} == {more}


def test_ids_are_unique_and_name_their_profile() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert [rule.id for rule in RULES if not rule.id.startswith(f"{rule.profile}-")] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_requirement(rule: ProfileRule) -> None:
    for text in (rule.message, rule.remedy):
        assert text
        assert not text.endswith(".")
    for source in rule.sources:
        assert requirements_by_id()[source].evidence != "memory"
    if not rule.possible:
        assert rule.part == "package"
        assert "no record for it" in rule.message
        assert not rule.when


@pytest.mark.parametrize("rule", POSSIBLE, ids=lambda rule: rule.id)
def test_every_path_is_a_field_of_the_standard(rule: ProfileRule) -> None:
    for clause in clauses(rule):
        for field in clause.fields:
            owner, colon, path = field.rpartition(":")
            assert not colon or owner in RELATED[rule.part]
            part = owner or rule.part
            if part == "package":
                assert path in COLLECTIONS
                continue
            ends = ends_of(MODELS[part], path)
            assert ends, field
            listed = {value for kind in ends if get_origin(kind) is Literal for value in get_args(kind)}
            if listed:
                assert {*clause.among, *clause.not_among} <= listed, field
        if clause.vocabulary is not None:
            assert getattr(vocabulary, clause.vocabulary)


def test_words_of_the_vocabulary_are_its_words() -> None:
    assert "relative-potency" in vocabulary.cqas
    assert "absent" in vocabulary.outcomes
    assert "in-process" in vocabulary.stages
    words = {value for rule in POSSIBLE for clause in clauses(rule) for value in clause.among}
    assert {"relative-potency", "absent", "in-process"} <= words


def test_what_the_design_needs_is_core() -> None:
    needed = {field for rule in profile_rules("core") for field in (rule.needs.fields if rule.needs else ())}
    assert {"batch_id", "cqa", "test_id", "value", "text", "code", "unit", "version", "product", "rounding"} <= needed
    assert all(rule.possible for rule in profile_rules("extended"))


def test_an_unknown_profile() -> None:
    with pytest.raises(VocabularyError) as caught:
        profile_rules("extnded")
    (finding,) = caught.value.findings
    assert (finding.code, finding.found, finding.remedy) == ("unknown-term", "extnded", "did you mean extended?")
    assert finding.expected == "core, extended or advanced"
    with pytest.raises(VocabularyError, match="'x' is no conformance profile"):
        assess(Contents("package"), "x")


def test_rules_print_well_and_are_frozen() -> None:
    by_id = {rule.id: rule for rule in RULES}
    rule = by_id["core-result-unit"]
    assert str(rule) == "core-result-unit: every result with value, value_low or value_high needs unit"
    assert str(by_id["core-criterion-structured"]) == (
        "core-criterion-structured: every criterion needs kind other than unstructured"
    )
    assert str(by_id["extended-criterion-detection"]) == (
        "extended-criterion-detection: every criterion with kind being limit and high and no low needs "
        "method.loq of its test or method.lod of its test"
    )
    assert str(by_id["advanced-in-process-control"]).startswith("advanced-in-process-control: at least one test needs")
    assert str(by_id["advanced-batch-process-parameters"]).endswith(
        "needs facts.name being a term of process_parameters"
    )
    assert str(by_id["advanced-audit-trail"]).startswith("advanced-audit-trail: no package can meet it yet")
    assert str(profiles()[0]).startswith("Core (core): ")
    assert pickle.loads(pickle.dumps(rule)) == rule
    assert is_dataclass(rule)
    with pytest.raises(FrozenInstanceError):
        rule.id = "other"  # type: ignore[misc]


def test_fields_of_a_rule_are_documented() -> None:
    readme = (ROOT / "schemas" / "README.md").read_text(encoding="utf-8")
    assert [item.name for item in fields(ProfileRule) if f"`{item.name}`" not in readme] == []
    assert [item.name for item in fields(Clause) if f"`{item.name}" not in readme] == []
