"""Validation of a package of results, against bare pydantic and against jsonschema."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from pydantic import TypeAdapter

import harmoniqc as hq

SITES, TESTS = 40, 60


def package(results: int, seed: int = 7) -> bytes:
    """Return a package of realistic results as JSON: a specification of 60 tests, batches, one result for each test."""
    chance = np.random.default_rng(seed)
    cqas = [id for id, term in hq.cqas.items() if term.unit and term.unit not in ("pH", "1")][:TESTS]
    tests = [
        {
            "id": cqa,
            "cqa": cqa,
            "method": {"name": "in house", "version": "2"},
            "criterion": {
                "kind": "limit", "low": {"value": "1"}, "high": {"value": "99"}, "unit": hq.cqas[cqa].unit,
            },
        }
        for cqa in cqas
    ]  # fmt: skip
    specification = {
        "type": "specification", "id": "spec", "version": "1", "product": "p", "rounding": "none", "tests": tests,
    }  # fmt: skip
    values = chance.uniform(1, 99, results).round(1)
    rows = [
        {
            "result_id": f"r{row}", "batch_id": f"b{row // len(cqas)}", "specification_id": "spec",
            "specification_version": "1", "test_id": cqas[row % len(cqas)], "cqa": cqas[row % len(cqas)],
            "value": f"{values[row]:.1f}", "unit": hq.cqas[cqas[row % len(cqas)]].unit, "text": f"{values[row]:.1f}",
            "status": "final", "method": "in house", "method_version": "2", "site_id": f"site-{row % SITES}",
            "measured_at": f"2026-{row % 12 + 1:02}-{row % 28 + 1:02}T10:00:00+01:00",
        }
        for row in range(results)
    ]  # fmt: skip
    batches = [{"type": "batch", "id": f"b{number}", "product": "p"} for number in range(-(-results // len(cqas)))]
    document = {
        "standard_version": "0.1", "type": "package", "id": "bench", "specifications": [specification],
        "products": [{"id": "p"}], "batches": batches, "results": rows,
    }  # fmt: skip
    return json.dumps(document).encode()


def ours(data: bytes) -> Callable[[], object]:
    """Return the validation of a package with everything that is found."""

    def run() -> object:
        found = hq.validate(data)
        assert not found.errors, found.counts()
        return found

    return run


def bare_pydantic(data: bytes) -> Callable[[], object]:
    """Return the parsing of the same results, and of nothing else, by pydantic's own parser of JSON."""
    rows = json.dumps(json.loads(data)["results"]).encode()
    adapter: TypeAdapter[Any] = TypeAdapter(list[hq.Result])
    return lambda: adapter.validate_json(rows)


def by_jsonschema(data: bytes) -> Callable[[], object]:
    """Return the validation of the shape alone by jsonschema, with all errors."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(hq.json_schema("package"))
    return lambda: list(validator.iter_errors(json.loads(data)))
