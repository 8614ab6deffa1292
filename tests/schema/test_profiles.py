"""Conformance profiles: the requirements as data, and documents held against them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import harmoniqc as hq
from harmoniqc import standard
from harmoniqc.schema.assessing import COLLECTIONS, Assessment
from harmoniqc.schema.contents import Contents, Placed, Rows
from harmoniqc.schema.parts import Joined, Related, ResultParts, SinglePart
from harmoniqc.schema.profiles import Clause, ProfileRule, assess, profile_names, profile_rules
from harmoniqc.schema.validating import validate
from harmoniqc.standard import (
    AllOf,
    AnyOf,
    Conditional,
    Specification,
    Test,
    Unstructured,
)
from tests.schema.full_package import full_package
from tests.schema.holding import contents_of, rows

ROOT = Path(__file__).parents[2]
CORPUS = sorted((ROOT / "tests" / "corpus").glob("[0-9]*.json"))
RULES = profile_rules("advanced")
POSSIBLE = [rule for rule in RULES if rule.possible]
IMPOSSIBLE = [rule for rule in RULES if not rule.possible]


def ids(findings: list[hq.Finding]) -> list[str]:
    """Return the requirements that findings are about."""
    assert {item.code for item in findings} <= {"below-profile"}
    return [item.message.rpartition("(")[2].removesuffix(")") for item in findings]


# -- assessments -------------------------------------------------------------------------------------------------------


def test_a_full_package_lacks_only_what_has_no_record_yet() -> None:
    reached, lacking, missing = assess(contents_of(full_package()), "advanced")
    assert reached == "extended"
    assert ids(lacking) == [rule.id for rule in IMPOSSIBLE]
    assert missing == lacking
    assert len(IMPOSSIBLE) >= 2
    for finding in lacking:
        assert "this version of the standard has no record for it" in finding.message
        assert finding.pointer == ""
        assert "no document can meet this requirement yet" in (finding.remedy or "")


def without(contents: Contents, rule: ProfileRule) -> Contents:
    """Return contents without anything that meets a requirement."""
    assert rule.needs is not None
    if rule.id == "core-criterion-structured":
        return with_documents(contents, "specifications", lambda item: with_criterion(item, Unstructured(text="clear")))
    for field in rule.needs.fields:
        owner, _, path = field.rpartition(":")
        contents = stripped(contents, owner or rule.part, path)
    return contents


def stripped(contents: Contents, part: str, path: str) -> Contents:
    if part == "package":
        return replace(contents, **{path: None if path == "results" else ()})
    if part == "result":
        assert contents.results is not None
        table = contents.results.table
        kept = table.drop([path]) if path in table.column_names else table
        return replace(contents, results=Rows(kept, contents.results.positions))
    if part in ("test", "criterion"):
        below = "tests" if part == "test" else "tests.criterion"
        return with_documents(contents, "specifications", lambda item: cut(item, f"{below}.{path}"))
    collection = next(name for name, kind in COLLECTIONS.items() if kind == part)
    return with_documents(contents, collection, lambda item: cut(item, path))


def cut(value: Any, path: str) -> Any:
    """Return a model without what stands at the end of a path, whether its rules allow that or not."""
    if isinstance(value, tuple):
        return tuple(cut(item, path) for item in value)
    name, _, rest = path.partition(".")
    here = getattr(value, name, None)
    if here is None:
        return value
    empty = () if isinstance(here, tuple) else None
    inner = empty if not rest or name == "facts" else cut(here, rest)
    return value.model_copy(update={name: inner})


def with_documents(contents: Contents, collection: str, change: Any) -> Contents:
    placed = tuple(Placed(item.pointer, change(item.document)) for item in getattr(contents, collection))
    return replace(contents, **{collection: placed})


def with_criterion(specification: Specification, criterion: Any) -> Specification:
    first, *others = specification.tests
    return specification.model_copy(update={"tests": (first.model_copy(update={"criterion": criterion}), *others)})


FIRST = {
    "core-package-contents": ("", 1),
    "core-package-specification": ("/results/0", 5),
    "core-result-unit": ("/results/0", 4),
    "extended-result-method": ("/results/0", 5),
    "extended-result-reference-standard": ("/results/3", 1),
    "extended-criterion-detection": ("/specifications/0/tests/1/criterion", 1),
    "extended-absence-amount": ("/specifications/0/tests/2/criterion", 1),
    "extended-result-below": ("/results/1", 1),
    "extended-result-absent-amount": ("/results/2", 1),
    "extended-result-investigation": ("/results/4", 1),
    "extended-batch-origin": ("/batches/0", 2),
    "advanced-batch-process-parameters": ("/batches/0", 1),
    "advanced-in-process-control": ("/specifications/0/tests/0", 1),
    "advanced-test-reportable": ("/specifications/0/tests/0", 3),
    "advanced-result-spread": ("/results/3", 1),
    "advanced-package-evaluation": ("", 1),
}


@pytest.mark.parametrize("rule", POSSIBLE, ids=lambda rule: rule.id)
def test_each_requirement_is_missed_where_it_is_not_met(rule: ProfileRule) -> None:
    full = contents_of(full_package())
    if rule.id == "core-package-contents":
        full = Contents("package", complete=frozenset(COLLECTIONS))
    reached, lacking, _ = assess(without(full, rule), rule.profile)
    assert rule.id in ids(lacking)
    (finding,) = (item for item in lacking if item.message.endswith(f"({rule.id})"))
    assert finding.level == "error"
    assert finding.expected == str(rule.needs)
    assert finding.remedy == rule.remedy
    if rule.id in FIRST:
        assert (finding.pointer, finding.count) == FIRST[rule.id]
    assert (finding.row is not None) == (rule.part == "result")
    names = profile_names()
    assert (-1 if reached is None else names.index(reached)) < names.index(rule.profile)


def test_what_does_not_count_is_shown() -> None:
    contents = without(contents_of(full_package()), next(r for r in RULES if r.id == "core-criterion-structured"))
    (finding,) = assess(contents, "core")[1]
    assert (finding.pointer, finding.found) == ("/specifications/0/tests/0/criterion", "unstructured")
    assert "unstructured" not in str(finding.hidden())


def test_parts_of_a_criterion_are_criteria() -> None:
    words = Unstructured(text="as usual")
    fine = hq.ReportOnly()
    when = hq.FactCondition(fact="donor-relation", equals=("autologous",))
    for criterion, place in (
        (AllOf(members=(hq.Member(criterion=fine), hq.Member(criterion=words))), "/members/1/criterion"),
        (AnyOf(members=(hq.Member(criterion=words),)), "/members/0/criterion"),
        (Conditional(branches=(hq.Branch(when=when, criterion=words),)), "/branches/0/criterion"),
        (Conditional(branches=(hq.Branch(when=when, criterion=fine),), otherwise=words), "/otherwise"),
    ):
        test = Test(id="t", cqa="appearance", criterion=criterion)
        specification = Specification(id="s", version="1", product="p", rounding="none", tests=(test,))
        reached, (finding,), _ = assess(contents_of(specification), "core")
        assert reached is None
        assert finding.pointer == f"/tests/0/criterion{place}"
    test = Test(id="t", cqa="appearance", criterion=fine, reportable=hq.Reportable(replicate_criterion=words))
    specification = Specification(id="s", version="1", product="p", rounding="none", tests=(test,))
    (finding,) = assess(contents_of(specification), "core")[1]
    assert finding.pointer == "/tests/0/reportable/replicate_criterion"


def test_a_document_alone_is_asked_only_what_concerns_its_kind() -> None:
    package = full_package()
    for collection in (
        "specifications",
        "products",
        "batches",
        "investigations",
        "dispositions",
        "evaluations",
        "changes",
        "lifecycles",
        "results",
    ):
        document = package[collection][1 if collection == "results" else 0]
        reached, lacking, _ = assess(contents_of(document), "core")
        assert (reached is not None, lacking) == (True, []), collection
    assert assess(contents_of(package["specifications"][0]), "advanced") == ("advanced", [], [])
    bare = {key: package["results"][0][key] for key in ("standard_version", "type", "batch_id", "test_id", "value")}
    reached, (finding,), missing = assess(contents_of(bare), "core")
    assert (reached, ids([finding]), finding.pointer, finding.row) == (None, ["core-result-unit"], "", 0)
    assert missing == [finding]
    reached, lacking, missing = assess(contents_of(bare | {"unit": "%"}), "core")
    assert (reached, lacking) == ("core", [])
    assert "extended-result-method" in ids(missing)  # there is no test beside it that could say
    assert "core-package-specification" not in ids(missing)


def test_profiles_are_cumulative() -> None:
    contents = contents_of(full_package() | {"evaluations": []})
    assert contents.results is not None
    contents = stripped(stripped(contents, "result", "site_id"), "result", "unit")
    reached, lacking, missing = assess(contents, "advanced")
    assert reached is None
    assert ids(missing) == ["core-result-unit"]
    assert ids(lacking)[:2] == ["core-result-unit", "extended-result-site"]
    assert "advanced-package-evaluation" in ids(lacking)
    assert ids(assess(contents, "extended")[1]) == ["core-result-unit", "extended-result-site"]
    reached, lacking, missing = assess(stripped(contents_of(full_package()), "result", "site_id"), "core")
    assert (reached, lacking, ids(missing)) == ("core", [], ["extended-result-site"])


def test_the_place_is_that_in_the_document() -> None:
    items = [{"batch_id": "B", "test_id": "t", "value": "1", "unit": unit} for unit in ("%", None, "%", None, None)]
    items = [{key: value for key, value in item.items() if value} for item in items]
    held = rows(items)
    package = Contents(
        "package", results=Rows(held.table, np.array([3, 7, 8, 20, 21])), complete=frozenset(COLLECTIONS)
    )
    (finding,) = (item for item in assess(package, "core")[1] if "core-result-unit" in item.message)
    assert (finding.pointer, finding.row, finding.count) == ("/results/7", 7, 3)


def test_empty_text_is_nothing_given() -> None:
    held = rows(
        [{"batch_id": "B", "test_id": "t", "value": "1", "unit": ""}, {"batch_id": "", "cqa": "x", "text": "a"}]
    )
    package = Contents("package", results=held, complete=frozenset(COLLECTIONS))
    assert {"core-result-unit", "core-result-batch"} <= set(ids(assess(package, "core")[1]))


def test_dictionary_columns() -> None:
    held = rows([{"batch_id": "B", "test_id": "t", "text": "a", "status": "invalidated"}])
    table = pa.table({name: held.table.column(name).dictionary_encode() for name in held.table.column_names})
    package = Contents("package", results=Rows(table, held.positions), complete=frozenset(COLLECTIONS))
    assert "extended-result-investigation" in ids(assess(package, "extended")[1])


@pytest.mark.parametrize("part", ["result", "batch"])
def test_one_part_may_be_enough(part: Any) -> None:
    field = "site_id" if part == "result" else "site"
    rule = ProfileRule("x", "core", part, "none has a site", "give one", Clause((field,)), every=False)
    contents = contents_of(full_package())
    assert list(Assessment(contents).lacking(rule)) == []
    (finding,) = Assessment(stripped(contents, part, field)).lacking(rule)
    assert finding.count == 1
    assert finding.pointer == ("/results/0" if part == "result" else "/batches/0")
    assert list(Assessment(contents).lacking(replace(rule, needs=Clause((field,), among=("QC-1", "M-1"))))) == []
    (finding,) = Assessment(contents).lacking(replace(rule, needs=Clause((field,), among=("elsewhere",))))
    assert finding.expected == f"{field} being elsewhere"
    assert finding.found == (None if part == "result" else "M-1")


# -- what has not the right shape --------------------------------------------------------------------------------------


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_package_with_a_faulty_part_reaches_nothing(collection: str) -> None:
    contents = contents_of(full_package())
    reached, lacking, missing = assess(replace(contents, complete=contents.complete - {collection}), "core")
    assert (reached, lacking, missing) == (None, [], [])


@pytest.mark.parametrize("kind", ["specification", "result"])
def test_a_faulty_document_reaches_nothing(kind: str) -> None:
    assert assess(Contents(kind), "core") == (None, [], [])


def test_results_one_a_line() -> None:
    held = rows([{"batch_id": "B", "test_id": "t", "value": "1"}] * 3)
    lines = Rows(held.table, np.array([4, 6, 7]), inside=False)
    reached, (finding,), _ = assess(Contents("result", results=lines, complete=frozenset({"results"})), "core")
    assert (reached, finding.pointer, finding.row, finding.count) == (None, "", 4, 3)
    empty = Rows(held.table.slice(0, 0), np.array([], dtype=np.int64), inside=False)
    assert assess(Contents("result", results=empty, complete=frozenset({"results"})), "core")[:2] == ("advanced", [])


def test_what_cannot_be_looked_at_is_not_called_missing() -> None:
    contents = contents_of(full_package())
    faulty = replace(contents, specifications=(), complete=contents.complete - {"specifications"})
    lacking = ids(assess(faulty, "extended")[1])
    assert "core-package-specification" not in lacking  # there is one, of the wrong shape
    assert "extended-result-method" not in lacking  # its test may be in it
    absent = replace(contents, specifications=())
    lacking = ids(assess(absent, "extended")[1])
    assert {"core-package-specification", "extended-result-method"} <= set(lacking)
    unknown = stripped(stripped(faulty, "result", "test_id"), "result", "method")
    assert "extended-result-method" in ids(assess(unknown, "extended")[1])  # these rows name no test at all


def test_a_condition_that_cannot_be_looked_at_asks_nothing() -> None:
    contents = contents_of(full_package())
    bare = with_documents(contents, "batches", lambda item: cut(item, "identifiers"))
    assert "extended-batch-identity" in ids(assess(bare, "extended")[1])
    faulty = replace(bare, products=(), complete=bare.complete - {"products"})
    assert "extended-batch-identity" not in ids(assess(faulty, "extended")[1])


# -- rows in bulk ------------------------------------------------------------------------------------------------------

TESTS = {"a": [{"method": "m"}], "b": [{"method": None}], "c": [{"method": "m"}, {"method": "x"}]}
PATHS = ["unit", "status", "n", "lod", "test:method", "package:results"]
CLAUSES = st.builds(
    Clause,
    st.lists(st.sampled_from(PATHS), min_size=1, max_size=3).map(tuple),
    st.sampled_from([(), ("m", "%"), ("final",)]),
    st.sampled_from([(), ("m",), ("%", "final")]),
    absent=st.booleans(),
)
ITEMS = st.fixed_dictionaries(
    {},
    optional={
        "test_id": st.sampled_from(["a", "b", "c", "elsewhere"]),
        "unit": st.sampled_from(["%", "mL", ""]),
        "status": st.sampled_from(["final", "invalidated"]),
        "n": st.integers(0, 3),
    },
)


@given(st.lists(ITEMS, min_size=1, max_size=8), CLAUSES, st.booleans(), st.booleans(), st.booleans())
def test_rows_in_bulk_are_rows_one_by_one(
    items: list[dict[str, Any]], clause: Clause, doubt: bool, sure: bool, packed: bool
) -> None:
    if "n" in clause.fields:
        clause = replace(clause, among=(), not_among=())  # numbers are not compared with words
    package = Related(({"results": (True,)},) if packed else ())
    bulk = ResultParts(
        rows([{"batch_id": "B", **item} for item in items]),
        {"test": Joined("test_id", TESTS, sure)},
        {"package": package},
    )
    single = []
    for item in items:
        named = item.get("test_id")
        test = Related(TESTS.get(named or "", ()), sure or named is None)
        single.append(SinglePart("", item, {"test": test, "package": package}).holds(clause, doubt=doubt))
    assert bulk.holds(clause, doubt=doubt).tolist() == single


# -- published packages and conformance cases --------------------------------------------------------------------------


def test_published_packages() -> None:
    reached = {path.stem[:2]: assess(contents_of(hq.read(path)), "core") for path in CORPUS}
    assert len(reached) == 26
    below = {
        name: [(i, f.pointer) for i, f in zip(ids(lacking), lacking, strict=True)]
        for name, (best, lacking, _) in reached.items()
        if best is None
    }
    # Each prints one number that has no unit.
    assert below == {"05": [("core-result-unit", "/results/2")], "29": [("core-result-unit", "/results/4")]}
    assert {best for best, _, _ in reached.values()} == {"core", None}


def test_conformance_cases() -> None:
    path = ROOT / "tests" / "conformance" / "validation" / "profiles.json"
    cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
    assert cases
    for case in cases:
        found = validate(case["document"], case.get("profile", "core"))
        assert [{"code": item.code, "pointer": item.pointer} for item in found] == case["findings"], case["id"]


def test_requirements_may_be_about_whatever_a_package_holds() -> None:
    assert set(COLLECTIONS) == {*standard.COLLECTIONS, "results"}
