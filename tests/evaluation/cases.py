"""Loading of the language-neutral cases. A key nobody knows is an error: it would be a demand that nobody checks."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

import harmoniqc as hq
from harmoniqc.standard import AnyCriterion, Fact

FOLDER = Path(__file__).parents[1] / "conformance"
CRITERION: TypeAdapter[AnyCriterion] = TypeAdapter(AnyCriterion)

JUDGMENT_FINDINGS = frozenset(
    {"member-failed", "rounding-decisive", "float-noise", "double-rounding", "insufficient-precision"}
)
"""What is noticed about a comparison. A composite has to notice exactly these; of what could not be compared it has
to notice at least what decides."""

COMPOSITE = ("all-of", "any-of", "conditional")

Case = dict[str, Any]


def read_cases(folder: Path) -> list[Case]:
    """Return the cases of every file in a folder."""
    out = []
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        only(document, {"title", "standard_version", "cases"})
        out += document["cases"]
    return out


def only(given: Case, known: set[str], needed: set[str] = frozenset()) -> None:
    """Refuse keys that are not known, and the lack of those that are needed."""
    unknown, lacking = set(given) - known, needed - set(given)
    assert not unknown, f"unknown keys {sorted(unknown)} in {given.get('id', given)}"
    assert not lacking, f"{sorted(lacking)} missing in {given.get('id', given)}"


class JudgeCase:
    """One criterion with one result, or several that answer its parts."""

    def __init__(self, case: Case) -> None:
        known = {"id", "measurement", "measurements", "criterion", "rounding", "facts", "cqa", "expected"}
        only(case, known | {"note", "source"}, {"id", "criterion", "facts", "expected"})
        only(case["expected"], {"verdict", "reason", "findings", "derived"}, {"verdict", "reason", "findings"})
        assert ("measurement" in case) != ("measurements" in case), case["id"]
        self.expected = case["expected"]
        self.criterion = CRITERION.validate_python(case["criterion"])
        self.rounding, self.cqa = case.get("rounding"), case.get("cqa")
        self.several = "measurements" in case
        given = case["measurements"] if self.several else [case["measurement"]]
        self.measurements = [hq.Measurement.model_validate(item) for item in given]
        self.facts = {name: Fact.model_validate({"name": name} | fact) for name, fact in case["facts"].items()}
        for derived in self.expected.get("derived", ()):
            only(derived, {"formula", "value", "comparator"}, {"formula", "value"})

    @property
    def measured(self) -> hq.Measurement | list[hq.Measurement]:
        """What ``judge`` is given."""
        return self.measurements if self.several else self.measurements[0]

    def specification(self) -> hq.Specification:
        """Return a specification whose only test asks for the criterion, under the rounding of the case."""
        criterion = self.criterion
        if self.rounding is not None and getattr(criterion, "rounding", None) is not None:
            criterion = criterion.model_copy(update={"rounding": None})
        test = hq.Test(id="t", cqa=self.cqa or "unlisted-attribute", criterion=criterion)
        rounding = self.rounding or "none"
        return hq.Specification(id="s", version="1", product="p", rounding=rounding, tests=(test,))

    def results(self) -> list[hq.Result]:
        """Return the measurements as results of one batch."""
        return [
            hq.Result(batch_id="B", test_id="t", **item.model_dump(exclude_none=True)) for item in self.measurements
        ]

    def batches(self) -> list[hq.Batch] | None:
        """Return the batch with the facts of the case; None where it has none."""
        return [hq.Batch(id="B", product="p", facts=tuple(self.facts.values()))] if self.facts else None


class BatchCase:
    """Specifications, batches and results; what becomes of results, tests, batches and their history."""

    def __init__(self, case: Case) -> None:
        known = {"id", "specifications", "batches", "products", "results", "as_of", "expected", "note"}
        only(case, known, {"id", "specifications", "results", "expected"})
        self.expected = expected = case["expected"]
        parts = {"results", "tests", "batches", "history", "derived", "no_batch_verdict"}
        only(expected, parts | {"findings"}, {"findings"})
        assert parts & set(expected), f"{case['id']} expects nothing"
        self.specifications = [hq.Specification.model_validate(item) for item in case["specifications"]]
        self.results = [hq.Result.model_validate(item) for item in case["results"]]
        self.batches = self._optional(case, "batches", hq.Batch)
        self.products = self._optional(case, "products", hq.Product)
        self.as_of = date.fromisoformat(case["as_of"]) if "as_of" in case else None
        for row in expected.get("results", ()):
            if row is not None:
                only(row, {"verdict", "reason"}, {"verdict", "reason"})
        specific = {"specification", "specification_version"}
        for row in expected.get("tests", ()):
            only(row, {"batch", "test", "verdict", "reason", "provisional"} | specific, {"batch", "test", "verdict"})
        point = {"batch", "decision_point", "verdict"}
        lists = {"failed", "undecided", "missing", "not_evaluated", "not_applicable"}
        for row in expected.get("batches", ()):
            only(row, point | specific | lists | {"provisional", "overtaken"}, point)
        for row in expected.get("history", ()):
            only(row, point | specific | {"read_day", "provisional"}, point | {"read_day"})
        for row in expected.get("derived", ()):
            only(row, {"formula", "value", "comparator"}, {"formula", "value"})

    @staticmethod
    def _optional(case: Case, key: str, model: Any) -> list[Any] | None:
        return [model.model_validate(item) for item in case[key]] if key in case else None

    def evaluate(self) -> Any:
        """Evaluate the case."""
        optional = {} if self.products is None else {"products": self.products}
        return hq.evaluate(self.results, self.specifications, batches=self.batches, as_of=self.as_of, **optional)
