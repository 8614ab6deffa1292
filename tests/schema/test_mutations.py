"""Faults put into true documents, each in its own place: the check that is meant for it finds every one of them."""

from __future__ import annotations

import copy
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harmoniqc.errors import NotationError
from harmoniqc.notation import parse_criterion
from harmoniqc.standard import Limit
from harmoniqc.units import parse_unit
from harmoniqc.vocabulary import cqas

from .contents_of import CORPUS, found, read

SEED = 20260131
OF_EACH_KIND = 25
DOCUMENTS = {path.stem: read(path) for path in CORPUS}

Fault = tuple[str, str]
"""Code and pointer that have to be found."""
Mutation = Callable[[dict[str, Any]], Fault]
"""Changes a document and says what has to be found."""


def limits_in(document: dict[str, Any]) -> Iterator[tuple[list[Any], str, dict[str, Any]]]:
    """Yield limits whose own text is read with certainty: path, attribute, limit."""

    def walk(path: list[Any], cqa: str, criterion: dict[str, Any]) -> Iterator[tuple[list[Any], str, dict[str, Any]]]:
        if criterion["kind"] == "limit":
            yield path, cqa, criterion
        for number, member in enumerate(criterion.get("members", ())):
            yield from walk([*path, "members", number, "criterion"], member.get("cqa", cqa), member["criterion"])
        for number, branch in enumerate(criterion.get("branches", ())):
            yield from walk([*path, "branches", number, "criterion"], cqa, branch["criterion"])

    for place, specification in enumerate(document["specifications"]):
        for number, test in enumerate(specification["tests"]):
            yield from walk(["specifications", place, "tests", number, "criterion"], test["cqa"], test["criterion"])


def certain(criterion: dict[str, Any]) -> Limit | None:
    """Return the limit a text states on its own; None where it is no plain limit, or its ends are left open."""
    if "within" in criterion["text"] or "note" in criterion:
        return None
    try:
        read_ = parse_criterion(criterion["text"])
    except NotationError:
        return None
    return read_ if isinstance(read_, Limit) else None


def at(document: dict[str, Any], path: list[Any]) -> Any:
    here: Any = document
    for step in path:
        here = here[step]
    return here


def pointer(path: list[Any]) -> str:
    return "".join(f"/{step}" for step in path)


def in_texts(change: Callable[[dict[str, Any], Limit], bool]) -> Callable[[dict[str, Any]], Iterator[Mutation]]:
    """Return the mutations of limits that a change makes; it returns whether it changed anything."""

    def mutations(document: dict[str, Any]) -> Iterator[Mutation]:
        for path, _, criterion in limits_in(document):
            said = certain(criterion)
            if said is None or not change(copy.deepcopy(criterion), said):
                continue

            def mutate(copied: dict[str, Any], path: list[Any] = path, said: Limit = said) -> Fault:
                change(at(copied, path), said)
                return "text-structure-mismatch", pointer(path)

            yield mutate

    return mutations


def ends(criterion: dict[str, Any]) -> list[str]:
    return [name for name in ("low", "high") if criterion.get(name)]


def flip(criterion: dict[str, Any], said: Limit) -> bool:
    if len(ends(criterion)) != 1:
        return False
    (end,) = ends(criterion)
    criterion["high" if end == "low" else "low"] = criterion.pop(end)
    return True


def make_strict(criterion: dict[str, Any], said: Limit) -> bool:
    end = ends(criterion)[0]
    criterion[end]["inclusive"] = not criterion[end]["inclusive"]
    return True


def change_number(criterion: dict[str, Any], said: Limit) -> bool:
    end = criterion[ends(criterion)[-1]]
    mantissa, mark, exponent = end["value"].partition("E")
    digit = str((int(mantissa[-1]) + 1) % 10)
    end["value"] = (mantissa[:-1] + digit).replace("00", "10") + mark + exponent
    return bool(re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?(E\d+)?", end["value"]))


def shift_decimal_point(criterion: dict[str, Any], said: Limit) -> bool:
    end = criterion[ends(criterion)[0]]
    mantissa, _, exponent = end["value"].partition("E")
    end["value"] = f"{mantissa}E{int(exponent or 0) + 1}"
    return mantissa.strip("-0.") != ""


def change_unit(criterion: dict[str, Any], said: Limit) -> bool:
    if said.unit is None or "unit" not in criterion:
        return False
    criterion["unit"] = "ng/mL" if criterion["unit"] != "ng/mL" else "ug/mL"
    return True


def drop_a_bound(criterion: dict[str, Any], said: Limit) -> bool:
    if len(ends(criterion)) != 2:
        return False
    del criterion["high"]
    return True


def make_a_report(criterion: dict[str, Any], said: Limit) -> bool:
    text = criterion["text"]
    criterion.clear()
    criterion.update(kind="report-only", text=text)
    return True


def reversed_limits(document: dict[str, Any]) -> Iterator[Mutation]:
    for path, _, criterion in limits_in(document):
        if len(ends(criterion)) == 2 and criterion["low"]["value"] != criterion["high"]["value"]:

            def mutate(copied: dict[str, Any], path: list[Any] = path) -> Fault:
                limit = at(copied, path)
                limit["low"], limit["high"] = limit["high"], limit["low"]
                return "contradictory-limits", pointer(path)

            yield mutate


def limits_beyond_the_domain(document: dict[str, Any]) -> Iterator[Mutation]:
    for path, cqa, criterion in limits_in(document):
        domain = cqas[cqa].domain
        if domain is None or not parse_unit(criterion.get("unit", "1")).convertible_to(parse_unit(domain.unit)):
            continue

        def mutate(copied: dict[str, Any], path: list[Any] = path) -> Fault:
            limit = at(copied, path)
            limit.pop("low", None)
            limit["high"] = {"value": "-1"}
            return "contradictory-limits", pointer(path)

        yield mutate


def units_of_another_kind(document: dict[str, Any]) -> Iterator[Mutation]:
    for path, cqa, criterion in limits_in(document):
        if "unit" not in criterion:
            continue
        wrong = "Cel" if "temperature" not in cqas[cqa].quantities else "EU/mL"

        def mutate(copied: dict[str, Any], path: list[Any] = path, wrong: str = wrong) -> Fault:
            at(copied, path)["unit"] = wrong
            return "unit-not-of-attribute", pointer([*path, "unit"])

        yield mutate


def of_rows(
    change: Callable[[dict[str, Any], int], Fault | None],
) -> Callable[[dict[str, Any]], Iterator[Mutation]]:
    """Return the mutations of results that a change makes; it returns None where it cannot."""

    def mutations(document: dict[str, Any]) -> Iterator[Mutation]:
        for row in range(len(document.get("results", ()))):
            if change(copy.deepcopy(document), row) is not None:

                def mutate(copied: dict[str, Any], row: int = row) -> Fault:
                    fault = change(copied, row)
                    assert fault is not None
                    return fault

                yield mutate

    return mutations


def lose_the_batch(document: dict[str, Any], row: int) -> Fault | None:
    document["results"][row]["batch_id"] += "-lost"
    return "broken-reference", f"/results/{row}/batch_id"


def lose_the_test(document: dict[str, Any], row: int) -> Fault | None:
    if "test_id" not in document["results"][row]:
        return None
    document["results"][row]["test_id"] += "-lost"
    return "broken-reference", f"/results/{row}/test_id"


def name_another_attribute(document: dict[str, Any], row: int) -> Fault | None:
    result = document["results"][row]
    if "test_id" not in result:
        return None
    result["cqa"] = "osmolality" if result["cqa"] != "osmolality" else "turbidity"
    return "conflicting-cqa", f"/results/{row}/cqa"


def measure_another_thing(document: dict[str, Any], row: int) -> Fault | None:
    result = document["results"][row]
    if "unit" not in result or "value" not in result:
        return None
    result["unit"] = "Cel" if "temperature" not in cqas[result["cqa"]].quantities else "EU/mL"
    return "unit-not-of-attribute", f"/results/{row}/unit"


def report_the_impossible(document: dict[str, Any], row: int) -> Fault | None:
    result = document["results"][row]
    domain = cqas[result["cqa"]].domain
    if domain is None or "value" not in result or "unit" not in result:
        return None
    if not parse_unit(result["unit"]).convertible_to(parse_unit(domain.unit)):
        return None
    result["value"] = "-1"
    result.pop("comparator", None)
    return "outside-domain", f"/results/{row}/value"


def mistype_the_value(document: dict[str, Any], row: int) -> Fault | None:
    result = document["results"][row]
    if result.get("text", "").strip("% ") != result.get("value") or result["value"].strip("0.") == "":
        return None
    result["value"] = result["value"][::-1] if result["value"][::-1] > result["value"] else f"1{result['value']}"
    return ("value-text-mismatch", f"/results/{row}/text") if re.fullmatch(PLAIN, result["value"]) else None


PLAIN = r"(0|[1-9]\d*)(\.\d+)?"


def lose_the_comparator(document: dict[str, Any], row: int) -> Fault | None:
    result = document["results"][row]
    if result.get("comparator") is None or not re.match("[<>≤≥]", result["text"]):
        return None
    del result["comparator"]
    return "value-text-mismatch", f"/results/{row}/text"


def report_twice(document: dict[str, Any], row: int) -> Fault | None:
    result = document["results"][row]
    if result.get("reportable") is False or result.get("status", "final") != "final":
        return None
    document["results"].append(copy.deepcopy(result))
    return "duplicate-result", f"/results/{len(document['results']) - 1}"


def set_aside_in_silence(document: dict[str, Any], row: int) -> Fault | None:
    document["results"][row]["status"] = "invalidated"
    return "investigation-missing", f"/results/{row}/status"


def supersede_by_nothing(document: dict[str, Any], row: int) -> Fault | None:
    document["results"][row].update(status="superseded", investigation_ref="INV-1", result_id="R-1")
    return "status-contradiction", f"/results/{row}/status"


def measure_too_early(document: dict[str, Any], row: int) -> Fault | None:
    result = document["results"][row]
    (batch,) = [item for item in document["batches"] if item["id"] == result["batch_id"]]
    batch["manufactured_on"] = "2025-03-02"
    result.update(material="drug-product", stage="release", measured_at="2025-03-01T23:59:00+01:00")
    return "dates-out-of-order", f"/results/{row}/measured_at"


def of_documents(
    name: str, change: Callable[[dict[str, Any], str], Fault | None]
) -> Callable[[dict[str, Any]], Iterator[Mutation]]:
    """Return the mutations of the documents of one kind in a package."""

    def mutations(document: dict[str, Any]) -> Iterator[Mutation]:
        for number in range(len(document.get(name, ()))):
            place = f"/{name}/{number}"
            if change(copy.deepcopy(document[name][number]), place) is not None:

                def mutate(copied: dict[str, Any], number: int = number, place: str = place) -> Fault:
                    fault = change(copied[name][number], place)
                    assert fault is not None
                    return fault

                yield mutate

    return mutations


def make_it_after_testing(batch: dict[str, Any], place: str) -> Fault | None:
    batch.update(manufactured_on="2025-03-02", tested_on="2025-03-01")
    return "dates-out-of-order", f"{place}/tested_on"


def lose_the_product(item: dict[str, Any], place: str) -> Fault | None:
    item["product"] += "-lost"
    return "broken-reference", f"{place}/product"


def number_twice(specification: dict[str, Any], place: str) -> Fault | None:
    if len(specification["tests"]) < 2:
        return None
    specification["tests"][-1]["id"] = specification["tests"][0]["id"]
    return "duplicate-id", f"{place}/tests/{len(specification['tests']) - 1}/id"


KINDS: dict[str, Callable[[dict[str, Any]], Iterator[Mutation]]] = {
    "comparator flipped": in_texts(flip),
    "strict and inclusive swapped": in_texts(make_strict),
    "number changed": in_texts(change_number),
    "decimal point shifted": in_texts(shift_decimal_point),
    "unit changed": in_texts(change_unit),
    "bound dropped": in_texts(drop_a_bound),
    "limit made a report": in_texts(make_a_report),
    "limits reversed": reversed_limits,
    "limit beyond the domain": limits_beyond_the_domain,
    "unit of another kind": units_of_another_kind,
    "batch lost": of_rows(lose_the_batch),
    "test lost": of_rows(lose_the_test),
    "another attribute": of_rows(name_another_attribute),
    "another thing measured": of_rows(measure_another_thing),
    "impossible value": of_rows(report_the_impossible),
    "value mistyped": of_rows(mistype_the_value),
    "comparator lost": of_rows(lose_the_comparator),
    "reported twice": of_rows(report_twice),
    "invalidated in silence": of_rows(set_aside_in_silence),
    "superseded by nothing": of_rows(supersede_by_nothing),
    "measured too early": of_rows(measure_too_early),
    "tested before made": of_documents("batches", make_it_after_testing),
    "product of a batch lost": of_documents("batches", lose_the_product),
    "product of a specification lost": of_documents("specifications", lose_the_product),
    "test numbered twice": of_documents("specifications", number_twice),
}


def drawn(kind: str) -> list[tuple[str, Mutation]]:
    """Return some mutations of a kind, the same in every run."""
    every = [(name, mutation) for name, document in DOCUMENTS.items() for mutation in KINDS[kind](document)]
    return random.Random(f"{SEED} {kind}").sample(every, min(OF_EACH_KIND, len(every)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_is_found_where_it_is(kind: str) -> None:
    chosen = drawn(kind)
    assert len(chosen) >= 8
    missed = []
    for name, mutate in chosen:
        document = copy.deepcopy(DOCUMENTS[name])
        fault = mutate(document)
        if fault not in [(item.code, item.pointer) for item in found(document)]:
            missed.append((name, *fault))
    assert missed == []


def test_there_are_many_faults_of_many_codes() -> None:
    codes: Counter[str] = Counter()
    for kind in KINDS:
        for name, mutate in drawn(kind):
            codes[mutate(copy.deepcopy(DOCUMENTS[name]))[0]] += 1
    assert sum(codes.values()) >= 400
    assert len(codes) >= 12
