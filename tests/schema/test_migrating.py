"""Migration between versions that never were: what is kept, what is told, what is refused."""

from __future__ import annotations

import copy
import json
import os
import pickle
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest

import harmoniqc as hq
from harmoniqc.errors import DocumentError, Finding
from harmoniqc.schema.migrating import STEPS, Migration, migrate
from harmoniqc.schema.steps import PRESENT, Changes, Route, Step, order
from harmoniqc.standard import Document, Package

from .fabricated import ALL, FIRST, OLD_LOT, OLD_PACKAGE, OLD_SPECIFICATION, SECOND

CURRENT: dict[str, Any] = {
    "standard_version": "0.1",
    "type": "batch",
    "id": "B 1",
    "facts": [{"name": "body-weight", "value": "70", "unit": "kg"}],
}
NOTHING = Step("0.0", "0.1", lambda document, changes: document, "nothing changed")


def step(apply: Any) -> tuple[Step, ...]:
    return (replace(NOTHING, apply=apply),)


def refused(document: object, to: str | None = None, steps: tuple[Step, ...] = ALL) -> list[Finding]:
    with pytest.raises(DocumentError) as caught:
        migrate(document, to, steps=steps)  # type: ignore[arg-type]
    assert caught.value.findings
    return list(caught.value.findings)


def told(migration: Migration, code: str) -> set[tuple[str | None, str | None]]:
    return {(item.pointer, item.found) for item in migration.findings if item.code == code}


# -- what becomes of a document --------------------------------------------------------------------------


def test_renamed_moved_split_and_new_fields() -> None:
    migration = migrate(OLD_SPECIFICATION, steps=ALL)
    assert migration.document == {
        "standard_version": "0.1",
        "original_standard_version": "0.0",
        "type": "specification",
        "id": "s",
        "version": "1",
        "product": "p",
        "title": "Release specification",
        "valid_from": "2017-06-01",
        "rounding": "none",
        "tests": [
            {"id": "v", "cqa": "cell-viability", "criterion": {"kind": "limit", "low": {"value": "70"}}},
            {"id": "e", "cqa": "endotoxin", "criterion": {"kind": "limit", "high": {"value": "5.0"}}},
        ],
    }
    assert (migration.source, migration.target, migration.steps) == ("0.0", "0.1", (FIRST,))
    assert told(migration, "migrated") == {
        ("/title", None),
        ("/valid_from", None),
        ("/tests/0/cqa", None),
        ("/rounding", '"none"'),
        ("/standard_version", '"0.0"'),
    }
    (renamed,) = [item for item in migration.findings if item.pointer == "/tests/0/cqa"]
    assert (renamed.message, renamed.count) == ("specification: /tests/*/attribute is now /tests/*/cqa", 2)
    hq.standard.load_document(migration.document)


def test_a_split_field_tells_what_stood_there() -> None:
    migration = migrate(OLD_LOT, steps=ALL)
    assert migration.document["facts"] == [{"name": "body-weight", "value": "70", "unit": "kg"}]
    assert ("/facts/0/value", '"70 kg"') in told(migration, "migrated")
    assert migration.complete


def test_what_is_dropped_is_told_with_its_place_and_value() -> None:
    migration = migrate(OLD_SPECIFICATION, steps=ALL)
    assert told(migration, "not-kept") == {
        ("/approval/by", '"quality unit"'),
        ("/typeface", '{"name": "Garamond", "size": 11}'),
    }
    assert not migration.complete


def test_what_a_step_forgets_to_say_is_found() -> None:
    migration = migrate(OLD_PACKAGE, steps=ALL)
    assert ("/results/1/ink", '"blue"') in told(migration, "not-kept")


def test_several_steps_tell_places_in_the_document_that_was_given() -> None:
    migration = migrate(OLD_PACKAGE, "0.2", steps=ALL)
    assert (migration.source, migration.target, migration.steps) == ("0.0", "0.2", (FIRST, SECOND))
    assert migration.document["specifications"][0]["texts"] == {"title": "Release specification"}
    assert told(migration, "not-kept") == {
        ("/specifications/0/approval/by", '"quality unit"'),
        ("/specifications/0/typeface", '{"name": "Garamond", "size": 11}'),
        ("/specifications/0/approval/on", '"2017-06-01"'),  # moved by the first step, dropped by the second
        ("/lots/0/weight", '"kg"'),  # split by the first, its second half forgotten by the second
        ("/lots/1/weight", '"kg"'),
        ("/results/1/ink", '"blue"'),
    }
    places = {item.pointer for item in migration.findings if item.code == "migrated"}
    assert {"/specifications/0/texts/title", "/batches/0/properties/0/value", "/batches"} <= places
    # The first step added a rounding and the second dropped it: nothing that the document had said.
    assert not [item for item in migration.findings if "rounding" in item.message]


def test_to_a_version_on_the_way() -> None:
    migration = migrate(OLD_LOT, "0.1", steps=ALL)
    assert migration.steps == (FIRST,)
    assert migrate(migration.document, "0.2", steps=ALL).document == migrate(OLD_LOT, "0.2", steps=ALL).document


def test_the_input_is_never_modified() -> None:
    given = copy.deepcopy(OLD_PACKAGE)
    migration = migrate(given, "0.2", steps=ALL)
    assert given == OLD_PACKAGE
    migration.document["specifications"][0]["tests"].clear()
    assert given == OLD_PACKAGE
    assert migrate(CURRENT).document is not CURRENT
    assert migrate(CURRENT).document["facts"] is not CURRENT["facts"]


def test_a_step_cannot_change_the_document_afterwards() -> None:
    kept: list[dict[str, Any]] = []

    def hold(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
        kept.append(document)
        return document

    migration = migrate(OLD_LOT, steps=step(hold))
    kept[0]["id"] = "another"
    assert migration.document["id"] == "B 1"


# -- the original version --------------------------------------------------------------------------------


def test_the_original_version_is_kept_everywhere_it_was_stated() -> None:
    document = migrate(OLD_PACKAGE, "0.2", steps=ALL).document
    stated = [document, *document["specifications"], *document["batches"]]
    assert {(item["standard_version"], item["original_standard_version"]) for item in stated} == {("0.2", "0.0")}
    assert list(document)[:2] == ["standard_version", "original_standard_version"]
    # A row of results states no version: it is of its package's, which keeps the original.
    assert not any("standard_version" in row or "original_standard_version" in row for row in document["results"])


def test_an_original_version_that_is_set_stays() -> None:
    older = OLD_LOT | {"original_standard_version": "0.0-beta"}
    assert migrate(older, steps=ALL).document["original_standard_version"] == "0.0-beta"
    empty = OLD_LOT | {"original_standard_version": None}
    assert migrate(empty, steps=ALL).document["original_standard_version"] == "0.0"


def test_a_row_that_states_its_version_keeps_it() -> None:
    row = {"standard_version": "0.0", "type": "result", "batch_id": "B", "test_id": "v", "val": "1"}
    package = {"standard_version": "0.1", "type": "package", "id": "x", "results": [row, {"batch_id": "B"}]}
    migration = migrate(package, steps=ALL)
    assert migration.document["results"] == [
        {
            "standard_version": "0.1",
            "original_standard_version": "0.0",
            "type": "result",
            "batch_id": "B",
            "test_id": "v",
            "value": "1",
        },
        {"batch_id": "B"},
    ]
    assert "original_standard_version" not in migration.document
    assert migration.steps == (FIRST,)
    assert migration.summary() == "package 'x': documents in it brought to version 0.1, everything kept"
    bare = {"batch_id": "B", "val": "1", "original_standard_version": "0.0"}
    old = {"standard_version": "0.0", "type": "package", "id": "x", "results": [bare]}
    assert migrate(old, steps=ALL).document["results"][0]["original_standard_version"] == "0.0"


def test_documents_of_a_package_go_each_from_their_own_version() -> None:
    new = {key: value for key, value in CURRENT.items() if key != "type"}
    package = {"standard_version": "0.0", "type": "package", "id": "x", "lots": [OLD_LOT, new]}
    batches = migrate(package, steps=ALL).document["batches"]
    assert [item.get("original_standard_version") for item in batches] == ["0.0", None]
    assert batches[0]["facts"] == batches[1]["facts"]
    assert "type" not in batches[1]


def test_the_model_knows_the_original_version() -> None:
    batch = hq.standard.load_document(CURRENT | {"original_standard_version": "0.0"})
    assert isinstance(batch, Document)
    assert batch.original_standard_version == "0.0"
    assert '"original_standard_version": "0.0"' in hq.to_json(batch)
    assert batch == hq.standard.load_document(CURRENT)


@pytest.mark.parametrize("model", hq.standard.DOCUMENT_TYPES.values())
def test_the_original_version_is_no_part_of_any_meaning(model: type[Document]) -> None:
    assert {"original_standard_version", "sources", "note"} <= model.verbatim_fields


# -- nothing to do, and nothing that can be done ---------------------------------------------------------


def test_a_document_of_the_version_wanted_stays_as_it_is() -> None:
    for document in (CURRENT, migrate(OLD_PACKAGE, steps=ALL).document):
        migration = migrate(document)
        assert migration.document == document
        assert (migration.source, migration.target, migration.steps) == ("0.1", "0.1", ())
        assert not migration.findings
        assert migration.complete


@pytest.mark.parametrize("version", ["0.3", "0.10", "1.0", "9999.0"])
def test_an_unknown_newer_version_is_refused(version: str) -> None:
    (finding,) = refused(CURRENT | {"standard_version": version})
    assert (finding.code, finding.pointer) == ("unknown-standard-version", "/standard_version")
    assert (finding.found, finding.expected) == (repr(version), "0.0, 0.1, 0.2")
    assert finding.remedy == "use a newer harmoniqc"


@pytest.mark.parametrize(
    "version", [None, "", "0.1.0", "0.01", "00.1", "v0.1", "0.1 ", "0.1\n", "٠.١", "1", ".1", 0.1, ["0.1"], True]
)
def test_what_is_no_version_is_refused(version: object) -> None:
    for document in (CURRENT | {"standard_version": version}, {"type": "batch", "id": "B"}):
        (finding,) = refused(document)
        assert finding.code == "unknown-standard-version"


def test_an_unknown_older_version_is_refused() -> None:
    (finding,) = refused(CURRENT | {"standard_version": "0.0"}, steps=())
    assert (finding.code, finding.pointer, finding.expected) == ("no-migration", "/standard_version", "0.1")
    later = Step("0.2", "0.4", FIRST.apply, "one version was never known")
    (finding,) = refused(CURRENT | {"standard_version": "0.3"}, "0.4", steps=(FIRST, SECOND, later))
    assert finding.code == "no-migration"


def test_no_way_leads_back() -> None:
    (finding,) = refused(CURRENT, "0.0")
    assert finding.code == "no-migration"
    assert "leads back" in finding.message


def test_a_step_past_the_version_wanted_is_not_taken() -> None:
    wide = Step("0.0", "0.2", FIRST.apply, "two at once")
    (finding,) = refused(OLD_LOT, "0.1", steps=(wide,))
    assert finding.code == "no-migration"


@pytest.mark.parametrize("to", ["0.3", "", "latest", "0.10"])
def test_an_unknown_target_is_refused(to: str) -> None:
    (finding,) = refused(CURRENT, to)
    assert (finding.code, finding.expected) == ("no-migration", "0.0, 0.1, 0.2")


def test_every_fault_of_a_package_is_found() -> None:
    package = {
        "standard_version": "0.1",
        "type": "package",
        "batches": [CURRENT, CURRENT | {"standard_version": "7.0"}, "B 3"],
        "products": {"id": "p"},
        "results": [{"standard_version": None}],
    }
    assert {(item.code, item.pointer) for item in refused(package)} == {
        ("unknown-standard-version", "/batches/1/standard_version"),
        ("invalid-document", "/batches/2"),
        ("invalid-document", "/products"),
        ("unknown-standard-version", "/results/0/standard_version"),
    }


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("", "not-a-document"),
        ("[]", "not-a-document"),
        (b"\xff", "not-a-document"),
        ('{"a": NaN}', "not-a-document"),
        ('{"a": 1, "a": 2}', "duplicate-key"),
        (None, "not-a-document"),
        ([CURRENT], "not-a-document"),
        (CURRENT | {"note": {1, 2}}, "not-a-document"),
        (CURRENT | {"note": float("nan")}, "not-a-document"),
        (CURRENT | {"note": "\ud800"}, "not-a-document"),
        (CURRENT | {"note": {1: "one"}}, "not-a-document"),
        ({"standard_version": "0.1"}, "unknown-document-type"),
        ({"standard_version": "0.1", "type": ["batch"]}, "unknown-document-type"),
        ({"standard_version": "0.1", "type": "lot"}, "unknown-document-type"),
    ],
)
def test_bad_input_is_a_finding(document: object, code: str) -> None:
    (finding,) = refused(document)
    assert finding.code == code


def test_what_has_no_place_in_json_has_its_pointer() -> None:
    (finding,) = refused(CURRENT | {"facts": [{"a/b": object()}]})
    assert finding.pointer == "/facts/0/a~1b"


def test_deep_nesting_is_a_finding() -> None:
    nested: Any = "x"
    for _ in range(100_000):
        nested = [nested]
    endless: dict[str, Any] = dict(CURRENT)
    endless["note"] = endless
    unmeasured: Any = "x"
    for _ in range(100_000):
        unmeasured = (unmeasured,)
    for note in (nested, endless, unmeasured):
        (finding,) = refused(CURRENT | {"note": note})
        assert finding.code == "not-a-document"
        assert "nested" in finding.message


def test_the_name_of_a_file_is_not_a_document() -> None:
    (finding,) = refused("package.json")
    assert "pathlib.Path" in (finding.remedy or "")


def test_text_bytes_mapping_and_file_are_the_same(tmp_path: Path) -> None:
    text = json.dumps(OLD_SPECIFICATION)
    file = tmp_path / "old.json"
    file.write_text(text, encoding="utf-8")
    wanted = migrate(OLD_SPECIFICATION, steps=ALL).document
    for given in (text, text.encode(), file):
        assert migrate(given, steps=ALL).document == wanted
    (finding,) = refused(tmp_path / "none.json")
    assert finding.code == "unreadable-file"
    (finding,) = refused(tmp_path)
    assert finding.code == "unreadable-file"
    assert os.fspath(tmp_path) in (finding.found or "")


# -- steps -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [KeyError, IndexError, TypeError, ValueError, AttributeError, DocumentError])
def test_a_document_that_a_step_cannot_read_is_refused(fault: type[Exception]) -> None:
    def fail(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
        if fault is DocumentError:
            raise DocumentError("no", (Finding("no-migration", "no"),))
        raise fault("weight")

    package = {"standard_version": "0.0", "type": "package", "id": "x", "batches": [OLD_LOT]}
    (finding,) = refused(package, steps=step(fail))
    assert finding.code == "no-migration"
    if fault is not DocumentError:
        assert finding.pointer == "/batches/0"
        assert "weight" in (finding.found or "")


def test_a_fault_of_the_step_itself_is_not_hidden() -> None:
    def fail(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        migrate(OLD_LOT, steps=step(fail))


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (lambda changes: changes.moved("/none", "/id"), "nothing stood at /none"),
        (lambda changes: changes.dropped("/weight/0", "why"), "nothing stood at /weight/0"),
        (lambda changes: changes.rewritten("/weight"), "written nowhere"),
        (lambda changes: changes.rewritten("/weight", "/mass"), "nothing stands at /mass"),
        (lambda changes: [changes.moved("/id", "/x"), changes.moved("/color", "/x")], "two values were moved"),
    ],
)
def test_a_step_that_says_what_is_not_so_is_refused(says: Any, why: str) -> None:
    def apply(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
        says(changes)
        return document

    (finding,) = refused(OLD_LOT, steps=step(apply))
    assert finding.code == "no-migration"
    assert why in (finding.found or "")


@pytest.mark.parametrize("returned", [None, [], "x", {"a": object()}])
def test_a_step_that_returns_no_document_is_refused(returned: Any) -> None:
    (finding, *_) = refused(OLD_LOT, steps=step(lambda document, changes: returned))
    assert finding.level == "error"


def test_a_move_that_did_not_happen_is_a_loss() -> None:
    def lie(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
        del document["color"]
        changes.moved("/color", "/appearance")
        document["weight"] = "71 kg"
        return document

    migration = migrate(OLD_LOT, steps=step(lie))
    assert told(migration, "not-kept") == {("/color", '"pale yellow"'), ("/weight", '"70 kg"')}
    assert told(migration, "migrated") == {("/standard_version", '"0.0"'), ("/weight", '"71 kg"')}


def test_a_value_that_another_was_written_over_is_lost_even_if_equal() -> None:
    def over(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
        document["product"] = document.pop("id")
        changes.moved("/id", "/product")
        return document

    given = OLD_LOT | {"id": "same", "product": "same"}
    assert told(migrate(given, steps=step(over)), "not-kept") == {("/product", '"same"')}


@pytest.mark.parametrize(
    ("before", "after", "moves", "lost"),
    [
        # Moved into what was moved: the one written over is lost, and both said the same.
        ({"a": {"y": "v"}, "b": "v"}, {"x": {"y": "v"}}, {"/x": "/a", "/x/y": "/b"}, "/a/y"),
        # Moved away and replaced by another: what stands there is the other.
        ({"a": {"y": "v"}, "c": {"y": "v"}}, {"a": {"y": "v"}}, {"/x": "/a", "/a": "/c"}, "/a/y"),
        # Said to be moved over another, and nothing was done.
        ({"a": "v", "b": "v"}, {"a": "v", "b": "v"}, {"/b": "/a"}, "/b"),
    ],
)
def test_one_value_never_stands_for_two(
    before: dict[str, Any], after: dict[str, Any], moves: dict[str, str], lost: str
) -> None:
    def apply(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
        for new, old in moves.items():
            changes.moved(old, new)
        return {"type": "batch"} | after

    old = {"standard_version": "0.0", "type": "batch"} | before
    assert told(migrate(old, steps=step(apply)), "not-kept") == {(lost, '"v"')}


@pytest.mark.parametrize(("old", "new"), [(1, True), (0, False), (1, 1.0), ("1", 1)])
def test_another_type_is_another_value(old: Any, new: Any) -> None:
    migration = migrate(OLD_LOT | {"n": old}, steps=step(lambda document, changes: document | {"n": new}))
    assert ("/n", json.dumps(old)) in told(migration, "not-kept")


def test_what_says_nothing_is_not_missed() -> None:
    migration = migrate(OLD_LOT | {"n": None, "o": [], "p": {"q": {}}}, steps=step(lambda _, changes: OLD_LOT))
    assert migration.complete


def test_versions_a_step_writes_are_not_its_business() -> None:
    def meddle(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
        assert "standard_version" not in document
        return {"standard_version": "9.9", "original_standard_version": "8.8"} | document

    document = migrate(OLD_LOT, steps=step(meddle)).document
    assert (document["standard_version"], document["original_standard_version"]) == ("0.1", "0.0")


def test_a_package_step_that_breaks_the_versions_in_it_is_refused() -> None:
    def meddle(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
        if document["type"] == "package":
            document["batches"][0]["standard_version"] = "5.0"
        return document

    package = {"standard_version": "0.0", "type": "package", "id": "x", "batches": [OLD_LOT]}
    (finding,) = refused(package, steps=step(meddle))
    assert (finding.code, finding.pointer) == ("unknown-standard-version", "/batches/0/standard_version")


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ((replace(NOTHING, target="0.0"),), "does not lead on"),
        ((replace(NOTHING, source="0.2"),), "does not lead on"),
        ((NOTHING, replace(NOTHING, target="0.2")), "two steps begin"),
        ((replace(NOTHING, source="zero"),), "no version of the standard"),
    ],
)
def test_steps_that_contradict_one_another_are_refused(steps: tuple[Step, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        migrate(CURRENT, steps=steps)


def test_versions_are_numbers() -> None:
    assert order("0.9") < order("0.10") < order("1.0") < order("10.0")
    assert Route(ALL, also=("0.1",)).known == ("0.0", "0.1", "0.2")


def test_the_registry_itself_is_sound() -> None:
    route = Route(STEPS, also=(hq.STANDARD_VERSION,))
    assert all(route.leads(version, hq.STANDARD_VERSION) for version in route.known)


def test_steps_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        NOTHING.source = "0.5"  # type: ignore[misc]


def test_the_collections_are_those_of_the_package() -> None:
    kinds = dict(PRESENT)
    fields = set(Package.model_fields) - set(Document.model_fields) - {"type", "id", "title"}
    assert set(kinds) == fields
    assert set(kinds.values()) == set(hq.standard.DOCUMENT_TYPES) - {"package"}


# -- how it prints ---------------------------------------------------------------------------------------


def test_it_prints_what_happened() -> None:
    lines = str(migrate(OLD_SPECIFICATION, "0.2", steps=ALL)).split("\n")
    assert lines[:4] == [
        "specification 's': from version 0.0 to 0.2, 3 values not kept",
        "  0.0 to 0.1: attributes of tests are cqa; weights are facts",
        "  0.1 to 0.2: titles are texts",
        "warning[not-kept] at /approval/by: specification: /approval/by: a specification does not say who approved it",
    ]
    assert migrate(OLD_LOT, steps=ALL).summary() == "batch 'B 1': from version 0.0 to 0.1, everything kept"
    assert str(migrate(CURRENT)) == "batch 'B 1': of version 0.1 already, nothing to do"
    dropped = step(lambda document, changes: {"type": "batch", "id": "B 1", "product": "p", "weight": "70 kg"})
    assert migrate(OLD_LOT, steps=dropped).summary().endswith("1 value not kept")


def test_it_survives_pickling() -> None:
    migration = migrate(OLD_PACKAGE, steps=ALL)
    again = pickle.loads(pickle.dumps(migration))
    assert (again.document, again.findings, again.steps) == (migration.document, migration.findings, migration.steps)


def test_it_hides_values_when_asked() -> None:
    assert "Garamond" not in str(migrate(OLD_SPECIFICATION, steps=ALL).findings.hidden())
