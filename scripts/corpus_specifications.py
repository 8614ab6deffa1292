"""From the criteria of a case to specifications with their tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from corpus_reading import Case, Reader, slug
from corpus_tables import Row, Tables

from harmoniqc.standard import Source, Specification, Test


@dataclass
class BuiltCase:
    """The specifications of a case and how its criteria became tests.

    Attributes:
        specifications: The specifications, in the order of the table of cases.
        tests: For each criterion of the case, its test by product.
        deviations: Readings that differ from the case's own.
        unstructured: Criteria that were left as text, with the reason.
        not_stated: Tests whose criterion is not published, with the reason.
        doubts: Errors and ambiguities of the source, and how they were read.
    """

    specifications: list[Specification] = field(default_factory=list)
    tests: list[dict[str, Test]] = field(default_factory=list)
    deviations: list[dict[str, str | None]] = field(default_factory=list)
    unstructured: list[dict[str, str]] = field(default_factory=list)
    not_stated: list[dict[str, str | None]] = field(default_factory=list)
    doubts: list[dict[str, str]] = field(default_factory=list)


def build_specifications(tables: Tables, key: str, case: Case, source: Source) -> BuiltCase:
    """Return the specifications of a case: every criterion is a test, none is left out."""
    built = BuiltCase()
    reader = Reader(tables, key)
    declared = tables.cases[key]["specification"]
    members: dict[str, list[tuple[int, dict[str, Any]]]] = {item["id"]: [] for item in declared}
    for index, entry in enumerate(case["criteria"]):
        fields = tables.test(key, entry["attribute_as_written"], entry["criterion_as_written"])
        test = _test(tables, reader, entry, fields)
        names = fields["specifications"]["content"].split() if "specifications" in fields else [declared[0]["id"]]
        for name in names:
            members[name].append((index, test))
        _note_differences(built, tables, key, entry, fields, test)
    built.tests = [{} for _ in case["criteria"]]
    for item in declared:
        tests = _with_ids(members[item["id"]])
        specification = Specification.model_validate(
            {
                "version": "1",
                "rounding": "none",
                "status": "published",
                "title": case["title"],
                "jurisdiction": case["jurisdiction"],
                "sources": [source],
                **item,
                "tests": [test for _, test in tests],
            }
        )
        built.specifications.append(specification)
        for (index, _), made in zip(tests, specification.tests, strict=True):
            built.tests[index][specification.product] = made
    return built


def _test(tables: Tables, reader: Reader, entry: Case, fields: dict[str, Row]) -> dict[str, Any]:
    content = {name: row["content"] for name, row in fields.items()}
    stage = tables.stage(entry["stage"])
    if "condition" in entry and not {"applies_when", "required"} & set(content):
        raise LookupError(f"{entry['attribute_as_written']!r} has a condition that corpus_tests.tsv does not read")
    criterion = reader.criterion(entry, content.get("of"))
    return {
        "name": content.get("name", entry["attribute_as_written"]),
        "cqa": content.get("cqa", entry.get("cqa_slug")),
        "criterion": criterion,
        "required": content.get("required", "false" if entry["operator"] == "none" else "true") == "true",
        "applies_when": _condition(content.get("applies_when")),
        "stage": content.get("stage", stage["stage"]),
        "sampling_point": stage["sampling_point"] or None,
        "material": content.get("material", stage["material"]) or None,
        "component": content.get("component"),
        "method": {"name": entry["method"]} if entry.get("method") else None,
        "read_point": _read_point(entry),
        "decision_points": content.get("decision_points", stage["decision_points"]).split(),
        "roll_up": {"kind": content["roll_up"]} if "roll_up" in content else None,
        "note": "; ".join(content[name] for name in ("note", "doubt") if name in content) or None,
    }


def _condition(content: str | None) -> dict[str, Any] | None:
    if content is None:
        return None
    fact, word = content.split("=")
    return {"kind": "fact", "fact": fact, "equals": [word]}


def _read_point(entry: Case) -> dict[str, Any] | None:
    if entry.get("read_day") is None and entry.get("interim") is None:
        return None
    return {"final": not entry.get("interim"), "day": entry.get("read_day")}


def _with_ids(tests: list[tuple[int, dict[str, Any]]]) -> list[tuple[int, dict[str, Any]]]:
    """Give each test an id: its name, and what tells it from others of that name."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    out = [(index, dict(test)) for index, test in tests]
    for _, test in out:
        groups[slug(test["name"])].append(test)
    for base, group in groups.items():
        for suffix in _SUFFIXES:
            ids = [f"{base}-{slug(suffix(test) or '')}".strip("-") for test in group]
            if len(set(ids)) == len(ids):
                break
        else:
            ids = [base if number == 1 else f"{base}-{number}" for number in range(1, len(group) + 1)]
        for test, name in zip(group, ids, strict=True):
            test["id"] = name
    return out


_SUFFIXES: tuple[Callable[[dict[str, Any]], str | None], ...] = (
    lambda test: "",
    lambda test: test["sampling_point"],
    lambda test: test["stage"],
    lambda test: test["component"],
)


def _note_differences(
    built: BuiltCase, tables: Tables, key: str, entry: Case, fields: dict[str, Row], test: dict[str, Any]
) -> None:
    place = {"attribute": entry["attribute_as_written"], "printed": entry["criterion_as_written"]}
    stage = tables.stage(entry["stage"])
    for name, theirs in (
        ("cqa", entry.get("cqa_slug")),
        ("stage", stage["stage"]),
        ("decision_points", stage["decision_points"]),
    ):
        if name in fields:
            row = fields[name]
            change = {"field": name, "case": theirs, "here": row["content"], "why": row["why"]}
            built.deviations.append({**place, **change})
    for part in (entry, *entry.get("components", ())):
        judged = tables.criterion(key, part["criterion_as_written"])
        printed = part["criterion_as_written"]
        if judged.get("deviates"):
            change = {"field": "criterion", "case": part["operator"], "here": judged["criterion"]["kind"]}
            built.deviations.append({**place, "printed": printed, **change, "why": judged["why"]})
        if judged.get("criterion", {}).get("kind") == "unstructured":
            built.unstructured.append({**place, "printed": printed, "why": judged["why"]})
    if test["criterion"]["kind"] == "not-stated":
        why = tables.criterion(key, entry["criterion_as_written"]).get("why", "no criterion is printed")
        built.not_stated.append({**place, "printed": test["criterion"]["text"], "why": why})
    if "doubt" in fields:
        built.doubts.append({**place, "doubt": fields["doubt"]["content"]})
