"""Builds the corpus of real documents: one package for each published product.

Usage: ``python scripts/build_corpus.py CASES_DIR OUT_DIR``. The same cases and tables give the same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from corpus_reading import Case
from corpus_results import RowBuilder, product_of
from corpus_specifications import BuiltCase, build_specifications
from corpus_tables import Tables

from harmoniqc.standard import Package, Result, Source, to_json

SCRIPTS = Path(__file__).resolve().parent


def main() -> None:
    """Build every package, the index and the expected verdicts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, help="folder of the case files")
    parser.add_argument("out", type=Path, help="folder to write to")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    tables = Tables(SCRIPTS)
    entries, verdicts = [], []
    for path in sorted(arguments.cases.glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        package, entry, expected = build_case(tables, case)
        _write(arguments.out / f"{package.id}.json", to_json(package))
        entries.append(entry)
        verdicts += expected
    if unused := tables.unused():
        raise SystemExit("rows of the tables that no case uses:\n" + "\n".join(unused))
    _write(arguments.out / "index.json", _json(_index(entries)))
    _write(arguments.out / "expected_verdicts.json", _json(verdicts))


def build_case(tables: Tables, case: Case) -> tuple[Package, dict[str, Any], list[dict[str, Any]]]:
    """Return the package of a case, its entry in the index, and the verdicts a literal reading gives."""
    key = case["case_id"].partition("_")[0]
    settings = tables.cases[key]
    source = _source(case, settings)
    built = build_specifications(tables, key, case, source)
    builder = RowBuilder(tables, key, case, built)
    rows = builder.build()
    package = Package.model_validate(
        {
            "id": case["case_id"],
            "title": case["title"],
            "sources": [source],
            "note": f"What the source says of the verdicts: {case['published_verdicts']}",
            "products": settings["product"],
            "specifications": built.specifications,
            "batches": [_batch(settings, batch) for batch in case["batches"]],
            "results": rows,
        }
    )
    return package, _entry(case, settings, source, built, rows), _expected(case, builder)


def _source(case: Case, settings: dict[str, Any]) -> Source:
    source = case["source"]
    known = [f"{name.upper()} {source[name]}" for name in ("doi", "pmcid") if source.get(name)]
    note = "; ".join([*known, "read by the makers of this corpus; no author has reviewed the reading"])
    return Source(
        document=case["title"],
        section=source["table"],
        url=source["url"],
        evidence=settings.get("evidence", "primary"),
        note=note,
    )


def _batch(settings: dict[str, Any], batch: Case) -> dict[str, Any]:
    name = batch["batch_id"]
    fact = settings.get("batch_fact", {}).get(name)
    return {
        "id": name,
        "product": product_of(settings, name),
        "facts": [] if fact is None else [fact],
        "note": settings.get("batch_note"),
        "lot_forming": "batch_note" not in settings,
    }


def _entry(
    case: Case, settings: dict[str, Any], source: Source, built: BuiltCase, rows: list[Result]
) -> dict[str, Any]:
    first = [next(iter(tests.values())) for tests in built.tests]
    return {
        "package": case["case_id"],
        "file": f"{case['case_id']}.json",
        "source": {"url": source.url, "table": source.section, "evidence": source.evidence},
        "products": [item["id"] for item in settings["product"]],
        "specifications": [item.id for item in built.specifications],
        "criteria": len(first),
        "criteria_by_kind": _counted(test.criterion.kind for test in first),
        "tests": sum(len(item.tests) for item in built.specifications),
        "batches": len(case["batches"]),
        "results": len(rows),
        "results_without_test": sum(row.test_id is None for row in rows),
        "cqas": sorted({test.cqa for test in first} | {row.cqa for row in rows if row.cqa}),
        "unstructured": built.unstructured,
        "not_stated": built.not_stated,
        "doubts": built.doubts,
        "deviations": built.deviations,
        "not_carried": settings.get("not_carried", []),
    }


def _expected(case: Case, builder: RowBuilder) -> list[dict[str, Any]]:
    """Return one entry for each verdict of the case's literal check."""
    out = []
    for check in (case["literal_check"] or {}).get("results", ()):
        place = (check["batch_id"], check["attribute"], check.get("stage"))
        rows = builder.places[place]
        test_id = builder.rows[rows[0]].test_id
        tests = builder.built.tests[check["criterion_index"]]
        if test_id not in {test.id for test in tests.values()}:
            raise LookupError(f"{case['case_id']}: {place} answers another criterion than the literal check says")
        entry = {"package": case["case_id"], "batch_id": check["batch_id"], "test_id": test_id, "row": rows[0]}
        if builder.rows[rows[0]].component != builder.rows[rows[-1]].component:
            entry["rows"] = rows
        entry["literal_verdict"] = check["literal_verdict"]
        out.append(entry | {name: check[name] for name in ("was", "why") if name in check})
    return out


def _index(entries: list[dict[str, Any]]) -> dict[str, Any]:
    kinds: Counter[str] = Counter()
    for entry in entries:
        kinds.update(entry["criteria_by_kind"])
    totals = {name: sum(entry[name] for entry in entries) for name in ("criteria", "tests", "batches", "results")}
    return {
        "packages": len(entries),
        **totals,
        "criteria_by_kind": dict(sorted(kinds.items())),
        "cqas": sorted({cqa for entry in entries for cqa in entry["cqas"]}),
        "documents": entries,
    }


def _counted(kinds: Any) -> dict[str, int]:
    return dict(sorted(Counter(kinds).items()))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _write(path: Path, text: str) -> None:
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
