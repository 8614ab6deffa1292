from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standard_examples import DOCUMENTS, RESULT, SPECIFICATION, name_of, unhurried

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.standard import DOCUMENT_TYPES, Document, load_document, plain, to_json
from harmoniqc.standard import reader as reader_module

MINIMAL: dict[str, Any] = {
    "standard_version": "0.1",
    "type": "specification",
    "id": "s",
    "version": "1",
    "product": "p",
    "rounding": "none",
    "tests": [{"id": "t", "cqa": "c", "criterion": {"kind": "limit", "low": {"value": "5"}}}],
}
ROW: dict[str, Any] = {"batch_id": "b", "cqa": "c", "value": "5"}
PACKAGE: dict[str, Any] = {"standard_version": "0.1", "type": "package", "id": "p", "results": [ROW]}


def changed(path: str, value: Any, document: dict[str, Any] = MINIMAL) -> dict[str, Any]:
    """Return the document with the value at a JSON Pointer replaced; ``...`` removes it."""
    document = copy.deepcopy(document)
    here: Any = document
    *steps, last = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
    for step in steps:
        here = here[int(step)] if isinstance(here, list) else here[step]
    if value is ...:
        del here[last]
    elif isinstance(here, list):
        here[int(last)] = value
    else:
        here[last] = value
    return document


def fault(data: Any) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load_document(data)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(caught.value, protocol))
        assert type(again) is DocumentError
        assert (str(again), again.findings) == (str(caught.value), caught.value.findings)
    return caught.value


def only_finding(data: Any) -> Finding:
    (finding,) = fault(data).findings
    assert finding.level == "error"
    assert finding.remedy
    return finding


def test_a_minimal_specification_is_enough() -> None:
    document = load_document(MINIMAL)
    assert document == load_document(json.dumps(MINIMAL))
    assert document == load_document(json.dumps(MINIMAL).encode())


@pytest.mark.parametrize("example", DOCUMENTS, ids=name_of)
def test_every_type_of_document_is_read_as_what_it_is(example: Document) -> None:
    again = load_document(to_json(example))
    assert type(again) is type(example)
    assert again == example
    assert load_document(plain(example)) == example
    assert type(example) in DOCUMENT_TYPES.values()


def test_every_type_of_document_has_an_example() -> None:
    assert {type(example) for example in DOCUMENTS} == set(DOCUMENT_TYPES.values())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "not one object"),
        (b"5", "not one object"),
        (b"null", "not one object"),
        (b'"text"', "not one object"),
        (b"{}{}", "Extra data"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": 1,}', "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b'{"id": "\xe9"}', "not UTF-8 at byte 8"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b"\xef\xbb\xbf{}", "BOM"),
        ("\ufeff{}", "BOM"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "not JSON"),
    ],
)
def test_what_is_no_json_object_is_no_document(data: bytes | str, says: str) -> None:
    finding = only_finding(data)
    assert finding.code == "not-a-document"
    assert says in finding.message


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_nan_and_infinity_are_no_json(name: str) -> None:
    finding = only_finding(f'{{"a": {name}}}')
    assert finding.code == "not-a-document"
    assert name in finding.message


def test_too_large_a_document_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "MAX_BYTES", 100)
    finding = only_finding(b'{"a": "' + b"x" * 100 + b'"}')
    assert (finding.code, finding.expected) == ("not-a-document", "at most 100 bytes")


@pytest.mark.parametrize("kind", ["protocol", "", None, 5, ["result"], {"a": 1}])
def test_unknown_types_of_documents(kind: Any) -> None:
    finding = only_finding({**MINIMAL, "type": kind})
    assert (finding.code, finding.pointer) == ("unknown-document-type", "/type")
    assert finding.expected is not None
    assert "specification" in finding.expected


def test_a_document_says_its_type() -> None:
    assert only_finding(changed("/type", ...)).message == "the document has no type"


@pytest.mark.parametrize("version", ["1.0", "0.10", "0.1 ", "", None, 0.1, ...])
def test_versions_of_the_standard_that_are_not_read(version: Any) -> None:
    finding = only_finding(changed("/standard_version", version))
    assert (finding.code, finding.pointer) == ("unknown-standard-version", "/standard_version")
    assert finding.expected == "0.1"


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/id", ..., "missing-field"),
        ("/tests", ..., "missing-field"),
        ("/tests/0/cqa", ..., "missing-field"),
        ("/tests/0/criterion", ..., "missing-field"),
        ("/tests/0/criterion/low/value", ..., "missing-field"),
        ("/surplus", "x", "unknown-field"),
        ("/tests/0/surplus", "x", "unknown-field"),
        ("/tests/0/criterion/low/surplus", "x", "unknown-field"),
        ("/tests/0/criterion/a~1b~0c", "x", "unknown-field"),
        ("/tests/0/criterion/low/value", 5, "not-decimal-text"),
        ("/tests/0/criterion/low/value", 5.5, "not-decimal-text"),
        ("/tests/0/criterion/low/value", True, "invalid-document"),
        ("/tests/0/criterion/low/value", None, "invalid-document"),
        ("/tests/0/criterion/low/inclusive", "yes", "invalid-document"),
        ("/tests/0/criterion/kind", "formula", "invalid-document"),
        ("/tests/0/id", "Not a slug", "invalid-document"),
        ("/tests", [], "invalid-document"),
        ("/tests", "viability", "invalid-document"),
        ("/tests/0/decision_points", [], "invalid-document"),
        ("/rounding", "half-up", "invalid-document"),
        ("/valid_from", "2024-02-30", "invalid-document"),
        ("/valid_from", "soon", "invalid-document"),
        ("/title", "\ud800", "invalid-document"),
    ],
)
def test_each_fault_has_its_code_and_pointer(pointer: str, value: Any, code: str) -> None:
    finding = only_finding(changed(pointer, value))
    assert finding.code == code
    # An unknown kind is a fault of the criterion: without the kind nothing is known of its fields.
    assert finding.pointer == pointer.removesuffix("/kind")
    assert finding.pointer in finding.message


def test_every_fault_is_found() -> None:
    document = changed("/tests/0/criterion/low/value", 5, changed("/tests/0/cqa", "A B", changed("/surplus", 1)))
    found = {(item.code, item.pointer) for item in fault(document).findings}
    assert found == {
        ("not-decimal-text", "/tests/0/criterion/low/value"),
        ("invalid-document", "/tests/0/cqa"),
        ("unknown-field", "/surplus"),
    }


def test_faults_of_items_are_told_instead_of_a_list_too_short() -> None:
    finding = only_finding(changed("/tests/0/id", ...))
    assert (finding.code, finding.pointer) == ("missing-field", "/tests/0/id")


def test_a_finding_shows_at_most_a_line_of_what_was_found() -> None:
    finding = only_finding(changed("/tests/0/id", "x y" * 1000))
    assert finding.found is not None
    assert len(finding.found) <= 80


def test_criteria_nested_beyond_reason_are_a_fault_of_the_document() -> None:
    criterion = MINIMAL["tests"][0]["criterion"]
    for _ in range(300):
        criterion = {"kind": "all-of", "members": [{"criterion": criterion}]}
    assert fault(changed("/tests/0/criterion", criterion)).findings.codes == {"invalid-document"}


def test_criteria_may_be_nested() -> None:
    criterion = MINIMAL["tests"][0]["criterion"]
    for _ in range(30):
        criterion = {"kind": "all-of", "members": [{"criterion": criterion}]}
    document = load_document(changed("/tests/0/criterion", criterion))
    assert load_document(to_json(document)) == document


@unhurried
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=10,
    ),
    st.sampled_from(["/id", "/tests", "/tests/0", "/tests/0/criterion", "/tests/0/criterion/low/value", "/valid_from"]),
)
def test_whatever_stands_in_a_document_is_a_document_or_a_fault(value: Any, pointer: str) -> None:
    try:
        document = load_document(changed(pointer, value))
    except DocumentError:
        return
    assert load_document(to_json(document)) == document


@unhurried
@given(st.binary(max_size=40))
def test_whatever_bytes_are_read_are_a_document_or_a_fault(data: bytes) -> None:
    with pytest.raises(DocumentError):
        load_document(data)


def test_texts_of_results_and_specifications_are_kept() -> None:
    again = load_document(to_json(RESULT))
    assert (again.text, again.measured_at) == (RESULT.text, RESULT.measured_at)
    assert load_document(to_json(SPECIFICATION)).sources == SPECIFICATION.sources


# -- faults once found -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", ['{"a": 1, "a": 2}', '{"x": [{"b": 1, "b": 1}]}'])
def test_a_key_given_twice_has_its_own_code(data: str) -> None:
    assert only_finding(data).code == "duplicate-key"


@pytest.mark.parametrize("part", [{"value": "1", "surplus": 1}, {}])
def test_faults_in_conditions_on_facts_have_their_pointer(part: dict[str, Any]) -> None:
    condition = {"kind": "fact", "fact": "x", "low": part}
    pointer = only_finding(changed("/tests/0/applies_when", condition)).pointer
    assert pointer is not None
    assert pointer.startswith("/tests/0/applies_when/low/")


def test_faults_in_rows_of_a_package_have_their_pointer() -> None:
    document = {**PACKAGE, "results": [ROW, {**ROW, "value": "5,0"}, {**ROW, "surplus": "x"}]}
    pointers = {finding.pointer for finding in fault(document).findings}
    assert pointers == {"/results/1/value", "/results/2/surplus"}


@pytest.mark.parametrize("rows", [5, "rows", {"batch_id": "b"}])
def test_results_that_are_no_list_are_a_fault(rows: Any) -> None:
    assert only_finding({**PACKAGE, "results": rows}).pointer == "/results"


@pytest.mark.parametrize("text", ["5,0", "+5", "05", "1e5", "١", "NaN", ""])
def test_text_that_is_no_decimal_text_has_its_code(text: str) -> None:
    assert only_finding(changed("/tests/0/criterion/low/value", text)).code == "not-decimal-text"


def test_a_number_for_an_identifier_is_not_told_to_be_decimal_text() -> None:
    assert only_finding(changed("/id", 5)).code == "invalid-document"


@pytest.mark.parametrize("value", [1700006400, "1700006400", "2024-02-29T00:00:00"])
def test_a_date_is_written_as_a_date(value: Any) -> None:
    assert only_finding(changed("/valid_from", value)).pointer == "/valid_from"


def test_integers_are_small() -> None:
    assert only_finding(changed("/tests/0/read_point", {"day": 10**100})).pointer == "/tests/0/read_point/day"
