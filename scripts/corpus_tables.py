"""The reviewed tables beside this script: every reading that needs judgment is a row of one of them.

The code of the corpus is mechanism and the tables are judgment. A row that no case uses any more is a fault, so
that the tables cannot rot.
"""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

Row = dict[str, str]


class Tables:
    """The tables of one folder, with a record of what was looked up.

    Args:
        folder: Folder that holds the ``corpus_*`` tables.
    """

    def __init__(self, folder: Path) -> None:
        self.cases: dict[str, dict[str, Any]] = _toml(folder / "corpus_cases.toml")
        self._criteria: dict[str, list[dict[str, Any]]] = _toml(folder / "corpus_criteria.toml")
        self._units = _rows(folder / "corpus_units.tsv")
        self._stages = _rows(folder / "corpus_stages.tsv")
        self._words = _rows(folder / "corpus_words.tsv")
        self._tests = _rows(folder / "corpus_tests.tsv")
        self._results = _rows(folder / "corpus_results.tsv")
        self._used: set[int] = set()

    def unit(self, case: str, printed: str | None) -> tuple[str | None, str | None]:
        """Return the unit code and the population of a unit as printed."""
        if printed is None:
            return None, None
        row = self._one(self._units, case, printed)
        if row is None:
            raise LookupError(f"case {case}: the unit {printed!r} is not in corpus_units.tsv")
        return row["unit"] or None, row["population"] or None

    def stage(self, printed: str) -> Row:
        """Return what a stage as printed means: stage, sampling point, material, decision points."""
        for row in self._stages:
            if row["printed"] == printed:
                return self._use(row)
        raise LookupError(f"the stage {printed!r} is not in corpus_stages.tsv")

    def code(self, case: str, printed: str) -> str | None:
        """Return the outcome code of a result in words, or None where the table gives none."""
        row = self._one(self._words, case, printed)
        if row is None:
            raise LookupError(f"case {case}: the wording {printed!r} is not in corpus_words.tsv")
        return row["code"] or None

    def test(self, case: str, attribute: str, printed: str) -> dict[str, Row]:
        """Return what the table says about the test of a criterion, by field."""
        return self._fields(self._tests, case, attribute, printed)

    def result(self, case: str, attribute: str, printed: str) -> dict[str, Row]:
        """Return what the table says about a result, by field."""
        return self._fields(self._results, case, attribute, printed)

    def criterion(self, case: str, printed: str) -> dict[str, Any]:
        """Return the structured reading of a printed criterion or of a part of one, or nothing."""
        for entry in self._criteria.get(case, ()):
            if entry["printed"] == printed:
                self._used.add(id(entry))
                return entry
        return {}

    def unused(self) -> list[str]:
        """Return the rows that were never looked up."""
        named = {
            "units": self._units,
            "stages": self._stages,
            "words": self._words,
            "tests": self._tests,
            "results": self._results,
            "criteria": [entry for entries in self._criteria.values() for entry in entries],
        }
        return [f"{name}: {row}" for name, rows in named.items() for row in rows if id(row) not in self._used]

    def _use(self, row: Row) -> Row:
        self._used.add(id(row))
        return row

    def _one(self, rows: list[Row], case: str, printed: str) -> Row | None:
        found = [row for row in rows if row["printed"] == printed and row["case"] in (case, "*")]
        own = [row for row in found if row["case"] == case]
        return self._use((own or found)[0]) if found else None

    def _fields(self, rows: list[Row], case: str, attribute: str, printed: str) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for row in rows:
            if row["case"] == case and row["attribute"] == attribute and row["printed"] in ("", printed):
                found[row["field"]] = self._use(row)
        return found


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
