"""Wrote the first version of ``crosswalks/`` from collected tables; the committed files are the source since then.

Usage: ``python scripts/build_crosswalk.py REFERENCE_DIR OUT_DIR``. The mechanism is here; every judgment stands row by
row in the tables of ``scripts/crosswalk/``. Running it again undoes corrections made in ``crosswalks/``. Mappings and
frameworks were written by hand.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

JUDGMENTS = Path(__file__).resolve().parent / "crosswalk"

DOCUMENT_COLUMNS = [
    "id",
    "authority",
    "citation",
    "title",
    "version",
    "status",
    "bindingness",
    "valid_from",
    "valid_to",
    "superseded_by",
    "aliases",
    "url",
    "evidence",
    "note",
]
REQUIREMENT_COLUMNS = [
    "id",
    "document",
    "section",
    "cqa",
    "scope",
    "stage",
    "kind",
    "text",
    "operator",
    "low",
    "high",
    "unit",
    "basis",
    "formula",
    "parameters",
    "condition",
    "valid_from",
    "valid_to",
    "evidence",
    "url",
    "note",
]
TOPIC_COLUMNS = [
    "id",
    "topic",
    "cqa",
    "usp",
    "usp_evidence",
    "ph_eur",
    "ph_eur_evidence",
    "jp",
    "jp_evidence",
    "usp_ph_eur",
    "usp_jp",
    "ph_eur_jp",
    "justification",
    "harmonization",
    "pdg_code",
    "q4b_annex",
    "scope",
    "difference",
    "url",
    "evidence",
    "note",
]
FILES = {
    "FDA": "fda",
    "EMA": "ema",
    "PMDA": "pmda",
    "ICH": "ich",
    "USP": "usp",
    "Ph. Eur.": "ph-eur",
    "JP": "jp",
}
FORCE = {"law": "law", "final": "expected", "compendial": "when-referenced", "draft": "none", "practice": "none"}
STRENGTH = {"primary": 0, "secondary": 1, "memory": 2}
UNITS = {
    "EU/kg/h": "EU/(kg*h)",
    "beads/3E6 cells": "bead/(3*10^6*cell)",
    "copies/cell": "copy/cell",
    "particles/container": "particle/container",
    "particles/container (>=10 um)": "particle/container",
    "particles/container (>=25 um)": "particle/container",
    "particles/mL": "particle/mL",
    "particles/mL (>=10 um)": "particle/mL",
    "GC/mL": "copy/mL",
    "GC/CFU": "copy/CFU",
    "a": "year",
    "day": "d",
    "degC": "Cel",
    "month (cattle age)": "month",
    "% (AQL)": "%",
    "% (bias)": "%",
    "% of specification limit": "%",
    "% of labelled volume": "%",
}
SAID_BY_UNIT = {
    "particles/container (>=10 um)": "particles of 10 um and larger",
    "particles/container (>=25 um)": "particles of 25 um and larger",
    "particles/mL (>=10 um)": "particles of 10 um and larger",
    "% (AQL)": "acceptance quality limit of a sampling plan",
    "% of specification limit": "of the specification limit",
    "% of labelled volume": "of the labeled volume",
    "RCR/dose equivalent": "in one dose equivalent",
    "month (cattle age)": "age of the cattle",
}
RECORD_RULES = {
    "rule-result-handling",
    "rule-rounding",
    "rule-records",
    "rule-electronic-records",
    "rule-dossier",
}
STUDIES = {"nonclinical", "post-administration", "comparability"}
METHOD_RULES = {"rule-method-validation", "rule-alternative-method"}
PREDICATES = {"close": "skos:closeMatch", "related": "skos:relatedMatch", "none": "sssom:NoTermFound"}

Row = dict[str, str]


def main() -> None:
    """Write documents, requirements and the topics of the pharmacopoeias."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path, help="folder of the collected tables")
    parser.add_argument("out", type=Path, help="the tree to write, such as crosswalks")
    arguments = parser.parse_args()
    collected = [
        row for name in ("us_ich", "eu", "jp") for row in _collected(arguments.reference / f"requirements_{name}.tsv")
    ]
    homes, documents = _documents(collected)
    requirements = _requirements(collected, homes)
    topics = _topics(_collected(arguments.reference / "pharmacopoeia_equivalence.tsv"), documents)
    (arguments.out / "requirements").mkdir(parents=True, exist_ok=True)
    _write(arguments.out / "documents.tsv", DOCUMENT_COLUMNS, documents.values())
    for authority, name in FILES.items():
        rows = [row for row in requirements if documents[row["document"]]["authority"] == authority]
        _write(arguments.out / "requirements" / f"{name}.tsv", REQUIREMENT_COLUMNS, rows)
    _write(arguments.out / "pharmacopoeia.tsv", TOPIC_COLUMNS, topics)


def _documents(collected: list[Row]) -> tuple[dict[str, str], dict[str, Row]]:
    """Return the document of each collected row, and the documents by id."""
    homes: dict[str, str] = {}
    documents: dict[str, Row] = {}
    for judgment in _judgments("documents"):
        rows = [
            row for row in collected if row["document_id"] == judgment["of"] and judgment["like"] in row["version_date"]
        ]
        if judgment["of"] != "+" and not rows:
            raise SystemExit(f"no row is of {judgment['of']}")
        homes.update(dict.fromkeys((row["requirement_id"] for row in rows), judgment["id"]))
        if judgment["id"] in documents:
            documents[judgment["id"]]["evidence"] = _best(
                [documents[judgment["id"]]["evidence"], *(row["evidence"] for row in rows)]
            )
            continue
        first = rows[0] if rows else defaultdict(str)
        status = judgment["status"] or first["status"]
        documents[judgment["id"]] = {
            **{
                key: judgment[key]
                for key in ("id", "authority", "citation", "valid_from", "valid_to", "aliases", "note")
            },
            "title": judgment["title"] or first["document_title"],
            "version": judgment["version"] or first["version_date"],
            "status": status,
            "bindingness": judgment["bindingness"] or FORCE[status],
            "superseded_by": judgment["superseded_by"],
            "url": first["url"],
            "evidence": judgment["evidence"] or _best(row["evidence"] for row in rows),
        }
    if homeless := [row["requirement_id"] for row in collected if row["requirement_id"] not in homes]:
        raise SystemExit(f"rows without a document: {homeless}")
    return homes, documents


def _requirements(collected: list[Row], homes: dict[str, str]) -> list[Row]:
    judgments = {row["id"]: row for row in _judgments("requirements")}
    scopes = {row["text"]: row for row in _judgments("scopes")}
    rows = [
        _requirement(row, homes[row["requirement_id"]], judgments.pop(row["requirement_id"], None), scopes)
        for row in collected
    ]
    if judgments:
        raise SystemExit(f"judgments of no row: {sorted(judgments)}")
    return rows + list(_judgments("additions"))


def _requirement(row: Row, document: str, judgment: Row | None, scopes: dict[str, Row]) -> Row:
    said: Row = defaultdict(str) if judgment is None else judgment
    scope = scopes[row["product_scope"]]
    cqa = said["cqa"] or row["cqa"]
    kind = said["kind"] or _kind(row["stage"], cqa)
    numbered = bool(row["limit_low"] or row["limit_high"])
    formula = said["formula"]
    conditions = (scope["condition"], said["condition"], SAID_BY_UNIT.get(row["unit"], ""))
    return {
        "id": row["requirement_id"],
        "document": document,
        "section": row["section"],
        "cqa": cqa,
        "scope": said["scope"] or scope["scope"],
        "stage": row["stage"],
        "kind": kind,
        "text": _sentence(row["requirement"].removeprefix("SUPERSEDED: ")),
        "operator": said["operator"] or row["operator"],
        "low": "" if formula else row["limit_low"],
        "high": "" if formula else row["limit_high"],
        "unit": UNITS.get(row["unit"], row["unit"]) if numbered and not formula else "",
        "basis": {"": _basis(kind, row["operator"], numbered), "-": ""}.get(said["basis"], said["basis"]),
        "formula": formula,
        "parameters": said["parameters"],
        "condition": "; ".join(dict.fromkeys(text for text in conditions if text)),
        "valid_from": said["valid_from"],
        "valid_to": said["valid_to"],
        "evidence": row["evidence"],
        "url": row["url"],
        "note": row["note"],
    }


def _kind(stage: str, cqa: str) -> str:
    if stage == "method-validation" or cqa in METHOD_RULES:
        return "method-sensitivity"
    if cqa in RECORD_RULES:
        return "record-rule"
    if cqa.startswith("rule-") or stage in STUDIES:
        return "process-rule"
    return "donor-rule" if cqa == "donor-infectious-disease" else "product-limit"


def _basis(kind: str, operator: str, numbered: bool) -> str:
    if kind in ("process-rule", "record-rule"):
        return ""
    if numbered or operator == "absent":
        return "stated"
    if kind == "product-limit" and operator in ("report", "none", "le", "between"):
        return "dossier-defined"
    return ""


def _topics(collected: list[Row], documents: dict[str, Row]) -> list[Row]:
    judgments = {row["topic"]: row for row in _judgments("topics")}
    known = {text for row in documents.values() for text in (row["citation"], *row["aliases"].split(";"))}
    topics = []
    for row in collected:
        judgment = judgments[row["topic_id"]]
        for book in ("usp", "ph_eur", "jp"):
            for citation in filter(None, judgment[book].split(";")):
                if citation not in known:
                    known.add(citation)
                    chapter = _chapter(citation, row["topic"], judgment[f"{book}_evidence"])
                    documents[chapter["id"]] = chapter
        topics.append(
            {
                "id": row["topic_id"],
                "topic": row["topic"],
                "cqa": row["cqa"].replace("; ", ";").strip("-"),
                **{key: judgment[key] for key in judgment if key not in ("topic", "usp_ph_eur", "usp_jp", "ph_eur_jp")},
                **{key: PREDICATES[judgment[key]] for key in ("usp_ph_eur", "usp_jp", "ph_eur_jp")},
                "justification": "semapv:ManualMappingCuration",
                "harmonization": row["harmonization_status"],
                "pdg_code": row["pdg_code"],
                "q4b_annex": row["q4b_annex"],
                "difference": row["known_residual_difference"],
                "url": row["url"],
                "evidence": row["evidence"],
                "note": row["note"],
            }
        )
    return topics


def _chapter(citation: str, topic: str, evidence: str) -> Row:
    """Return the document of a chapter that only the comparison of the pharmacopoeias names."""
    number = re.search(r"<(\d+)>", citation)
    informational = "General Information" in citation or (number is not None and int(number[1]) >= 1000)
    authority = "USP" if number else "Ph. Eur." if citation.startswith("Ph. Eur.") else "JP"
    return {
        "id": re.sub(r"[^a-z0-9.]+", "-", citation.lower().replace("ph. eur.", "ph-eur")).strip("-"),
        "authority": authority,
        "citation": citation,
        "title": topic,
        "version": "",
        "status": "compendial",
        "bindingness": "informational" if informational else "when-referenced",
        "valid_from": "",
        "valid_to": "",
        "superseded_by": "",
        "aliases": "",
        "url": "",
        "evidence": evidence,
        "note": "known from the comparison of the pharmacopoeias; the title is that of the topic",
    }


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _best(evidence: Iterable[str]) -> str:
    return min(evidence, key=STRENGTH.__getitem__)


def _judgments(name: str) -> list[Row]:
    return _collected(JUDGMENTS / f"{name}.tsv")


def _collected(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))


def _write(path: Path, columns: list[str], rows: Iterable[Row]) -> None:
    lines = ["\t".join(columns)]
    lines += ["\t".join(" ".join(row.get(column, "").split()) for column in columns) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
