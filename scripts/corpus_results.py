"""From the results of a case to rows of the column registry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpus_reading import Case, digits
from corpus_specifications import BuiltCase
from corpus_tables import Row, Tables

from harmoniqc.standard import Result, Test

_COMPARATORS = {"≤": "<=", "≥": ">=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


def product_of(settings: dict[str, Any], batch_id: str) -> str:
    """Return the product of a batch: named in the table of cases, or else the only one."""
    for beginning, product in settings.get("batch_product", {}).items():
        if batch_id.startswith(beginning):
            return str(product)
    return str(settings["product"][0]["id"])


class RowBuilder:
    """Builds the rows of one case, in the order of its results.

    Args:
        tables: The reviewed tables.
        key: Key of the case.
        case: The case.
        built: Its specifications.
    """

    def __init__(self, tables: Tables, key: str, case: Case, built: BuiltCase) -> None:
        self.tables = tables
        self.key = key
        self.case = case
        self.built = built
        self.settings = tables.cases[key]
        self.rows: list[Result] = []
        self.places: dict[tuple[str, str, str | None], list[int]] = {}

    def build(self) -> list[Result]:
        """Return one row for each result, and one for each part of a compound result."""
        for batch in self.case["batches"]:
            for result in batch["results"]:
                key = (batch["batch_id"], result["attribute_as_written"], result.get("stage"))
                if key in self.places:
                    raise LookupError(f"the result {key} occurs twice")
                self.places[key] = []
                for row in self._rows(batch["batch_id"], result):
                    self.places[key].append(len(self.rows))
                    self.rows.append(Result.model_validate(row))
        return self.rows

    def test_of(self, batch_id: str, result: Case) -> tuple[int, Test] | None:
        """Return the test a result answers, with the place of its criterion in the case."""
        named = self._fields(result).get("attribute")
        attribute = result["attribute_as_written"] if named is None else named["content"]
        found = [
            index
            for index, entry in enumerate(self.case["criteria"])
            if entry["attribute_as_written"] == attribute and (result.get("stage") or "") in entry["stage"]
        ]
        if not found:
            return None
        (index,) = found
        return index, self.built.tests[index][product_of(self.settings, batch_id)]

    def _fields(self, result: Case) -> dict[str, Row]:
        return self.tables.result(self.key, result["attribute_as_written"], result["value_as_written"])

    def _rows(self, batch_id: str, result: Case) -> Iterator[dict[str, Any]]:
        fields = {name: row["content"] for name, row in self._fields(result).items()}
        printed = result["value_as_written"]
        answered = self.test_of(batch_id, result)
        test = None if answered is None else answered[1]
        row: dict[str, Any] = {
            "batch_id": batch_id,
            "test_id": None if test is None else test.id,
            "cqa": fields["cqa"] if test is None else test.cqa,
            "component": None if test is None else test.component,
            "text": printed,
            "recorded_verdict": result.get("recorded_verdict"),
            **self._summary(result),
        }
        if result.get("components"):
            for part in result["components"]:
                unit, population = self.tables.unit(self.key, part["unit"])
                value = digits(printed, part["value"])
                yield {**row, "component": part["label"], "value": value, "unit": unit, "population": population}
            return
        if result.get("value") is None:
            yield {**row, "code": self.tables.code(self.key, printed)}
            return
        unit, population = self.tables.unit(self.key, result.get("unit"))
        row |= {"unit": unit, "population": population}
        yield {**row, "value": fields.get("value") or digits(printed, result["value"]), **self._beside(result)}
        if result.get("range_as_written"):
            text = result["range_as_written"]
            low, high = (digits(text, end) for end in result["range"])
            yield {**row, "text": text, "statistic": "range", "value_low": low, "value_high": high}
        if result.get("ci_as_written"):
            text = result["ci_as_written"]
            low, high = (digits(text, end) for end in result["ci95"])
            yield {**row, "text": text, "statistic": "other", "value_low": low, "value_high": high}

    def _beside(self, result: Case) -> dict[str, Any]:
        printed = result["value_as_written"]
        ends = {name: result.get(f"range_{name}") for name in ("low", "high")}
        return {
            "comparator": _COMPARATORS[result["comparator"]] if result.get("comparator") else None,
            "sd": None if result.get("sd") is None else digits(printed, result["sd"]),
            **{f"value_{name}": None if end is None else digits(printed, end) for name, end in ends.items()},
        }

    def _summary(self, result: Case) -> dict[str, Any]:
        """Say what an aggregate summarizes; an aggregate is never the reportable value of a batch."""
        if result.get("range_low") is not None:
            return {"statistic": "mean", "reportable": True}  # over the time of one batch, not over batches
        if not result.get("aggregate"):
            return {}
        if result.get("n_conform") is not None and "/" in result["value_as_written"]:
            return {"statistic": "proportion", "n": result["n_total"], "reportable": False}
        declared = self.settings["aggregate"]
        statistic = "proportion" if result.get("value") is None else declared["statistic"]
        return {"statistic": statistic, "n": result.get("n", declared["n"]), "reportable": False}
