"""Write the product profiles from collected label facts and the judgments of product_facts.tsv. Run once.

    python scripts/build_products.py label_facts.json

The profiles in vocabulary/products/ are the source of truth since; a correction is made there.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import tomllib
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from harmoniqc.standard import to_json
from harmoniqc.standard.product import Product
from harmoniqc.vocabulary import legal_classes

HERE = Path(__file__).parent
PRODUCTS = HERE.parent / "vocabulary" / "products"
AUTHORITIES = {"HealthCanada": "HC"}
_BOUND = re.compile(r"(<=|>=|<|>)(\S+)")


def main(path: str) -> None:
    """Write every profile; stop at a fact without a judgment, or a number that no fact states."""
    therapies = json.loads(Path(path).read_text(encoding="utf-8"))["therapies"]
    heads = tomllib.loads((HERE / "product_heads.toml").read_text(encoding="utf-8"))
    with (HERE / "product_facts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    judged: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        judged[row["product"], row["fact"]].append(row)
    PRODUCTS.mkdir(exist_ok=True)
    for id, head in heads.items():
        therapy = therapies[head["name"]]
        product = build(id, head, therapy, judged)
        (PRODUCTS / f"{id}.json").write_text(to_json(product) + "\n", encoding="utf-8")
    if judged:
        raise SystemExit(f"judgments of no fact: {sorted(judged)}")


def build(id: str, head: dict[str, Any], therapy: dict[str, Any], judged: dict[Any, list[dict[str, str]]]) -> Product:
    """Return the profile of one product; every fact of it has to be judged."""
    out: dict[str, Any] = defaultdict(list)
    approvals = {
        AUTHORITIES.get(name, name): approval(AUTHORITIES.get(name, name), year, evidence, head["name"])
        for name, (year, evidence) in therapy["approvals"].items()
    }
    for fact in therapy["facts"]:
        for row in judged.pop((id, fact["fact"]), ()) or missing(id, fact):
            check(row, fact, therapy["facts"])
            source = source_of(head["name"], fact, row["remark"])
            if row["kind"] == "dose":
                out["dose_rules"].append({**amounts(row), "when": condition(row["when"]), "source": source})
            elif row["kind"] == "dose-bands":
                out["dose_rules"] += bands(fact, row, source)
            elif row["kind"] == "strength":
                out["strengths"].append({**amounts(row), "presentation": row["presentation"] or None, "source": source})
            elif row["kind"] == "storage":
                out["storage"].append(storage(row, source))
            elif row["kind"] == "approval":
                status = row["remark"] or "approved"
                dated = {"authority": row["authority"], "date": row["valid_from"], "status": status, "source": source}
                approvals[row["authority"]] = [dated]
    out["approvals"] = [item for items in approvals.values() for item in items]
    classes = [legal_class(item) for item in head.pop("legal_classes", ())]
    decided = {item["authority"] for item in out["approvals"]}
    out["legal_classes"] = [item for item in classes if item["authority"] in decided]
    return Product.model_validate({"id": id, **head, **out})


def missing(id: str, fact: dict[str, Any]) -> list[dict[str, str]]:
    """Stop at a fact that nobody judged."""
    raise SystemExit(f"no judgment of {id}: {fact['fact']}")


def check(row: dict[str, str], fact: dict[str, Any], facts: list[dict[str, Any]]) -> None:
    """Stop at a number that the fact, or the fact its remark names, does not state."""
    texts = [json.dumps({key: value for key, value in fact.items() if key != "as_written"})]
    named = re.search(r"from the fact '(.+)'", row["remark"])
    texts += [json.dumps(item) for item in facts if named and item["fact"] == named[1]]
    stated = {Decimal(number) for text in texts for number in re.findall(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", text)}
    if "as written" in row["remark"] or row["kind"] == "storage":
        stated |= {Decimal(number) for number in re.findall(r"-?\d+(?:\.\d+)?", fact["as_written"])}
        stated |= {Decimal(10) ** 8} if "1 x 108" in fact["as_written"] else set()
        stated |= {Decimal("5.6E11")} if "5.6 × 1011" in fact["as_written"] else set()
    stated |= {-number for number in stated}  # a dash between two numbers is no sign
    used = [row[name].split()[0] for name in ("low", "high", "nominal", "maximum") if row[name]]
    unknown = [number for number in used if Decimal(number) not in stated]
    if unknown:
        raise SystemExit(f"{row['product']}: {row['fact']}: {unknown} not stated")


def source_of(name: str, fact: dict[str, Any], remark: str) -> dict[str, Any]:
    """Return where a fact was seen."""
    evidence, _, what = fact["evidence"].partition(" ")
    url = fact["source_url"] if fact["source_url"].startswith("http") else None
    where = what.strip("()") or (f"page of {urlparse(url).netloc}" if url else "not seen")
    note = remark or None
    return {
        "document": f"{name}: {where}",
        "section": fact["fact"],
        "url": url.split(" ")[0] if url else None,
        "evidence": evidence,
        "note": note,
    }


def amounts(row: dict[str, str]) -> dict[str, Any]:
    """Return the numbers of a dose rule or a strength."""
    unit = row["unit"]
    out: dict[str, Any] = {"cqa": row["cqa"], "population": row["population"] or None}
    if row["kind"] != "strength":
        out["authority"] = row["authority"] or None
    if row["nominal"]:
        out["nominal"] = {"value": row["nominal"], "unit": unit}
    else:
        out |= {end: {"value": row[end]} for end in ("low", "high") if row[end]}
        out["unit"] = unit
    if row["maximum"]:
        out["maximum"] = {"value": row["maximum"], "unit": unit.partition("/")[0]}
    return out | {end: row[end] for end in ("valid_from", "valid_to") if row[end]}


def bands(fact: dict[str, Any], row: dict[str, str], source: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one dose rule for each band of body weight that was seen in full."""
    out = []
    for band in fact["value"]:
        if "36.4" in row["remark"] and band["low_kg"] > 36.4:
            continue
        weight = {"kind": "fact", "fact": "body-weight", "unit": "kg"}
        ends = {"low": {"value": str(band["low_kg"])}, "high": {"value": str(band["high_kg"])}}
        volume = {"value": str(band["volume_mL"]), "unit": row["unit"]}
        out.append({"cqa": row["cqa"], "when": {**weight, **ends}, "nominal": volume, "source": source})
    return out


def storage(row: dict[str, str], source: dict[str, Any]) -> dict[str, Any]:
    """Return a storage condition."""
    out: dict[str, Any] = {"presentation": row["presentation"] or None, "source": source}
    ends = {end: {"value": row[end]} for end in ("low", "high") if row[end]}
    if ends:
        out["temperature"] = {**ends, "unit": "Cel"}
    if row["maximum"]:
        value, unit = row["maximum"].split()
        out["duration"] = {"value": value, "unit": unit}
    return out


def condition(text: str) -> dict[str, Any] | None:
    """Return the condition of a row: facts behind semicolons, words or bounds behind commas."""
    parts = [fact_condition(part) for part in text.split(";") if part]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"kind": "all", "of": parts}


def fact_condition(text: str) -> dict[str, Any]:
    """Return a condition on one fact."""
    if "=" in text and not _BOUND.search(text):
        name, _, words = text.partition("=")
        equal = {"kind": "fact", "fact": name.rstrip("!"), "equals": words.split(",")}
        return {"kind": "not", "of": equal} if name.endswith("!") else equal
    start = min(text.index(sign) for sign in "<>" if sign in text)
    unit = text.rsplit(" ", 1)[1]
    out: dict[str, Any] = {"kind": "fact", "fact": text[:start], "unit": None if unit == "1" else unit}
    for sign, value in _BOUND.findall(text):
        out["low" if ">" in sign else "high"] = {"value": value, "inclusive": "=" in sign}
    return out


def approval(authority: str, year: int, evidence: str, name: str) -> list[dict[str, Any]]:
    """Return the decisions of an authority that are known to the year."""
    seen, _, remark = evidence.partition(" ")
    source = {"document": f"{name}: year of approval", "evidence": seen}
    out: list[dict[str, Any]] = [{"authority": authority, "date": str(year), "source": source}]
    if remark.startswith("(withdrawn"):
        date = re.search(r"\d{4}", remark)
        out.append({"authority": authority, "date": date and date[0], "status": "withdrawn", "source": source})
    elif remark:
        out[0]["name"] = remark.strip("()")
    return out


def legal_class(id: str) -> dict[str, Any]:
    """Return the class of a product, by its definition."""
    term = legal_classes[id]
    note = "Classified by the definition; the authority's own decision was not seen."
    source = {"document": term.source.document, "section": term.source.section or None, "note": note}
    source |= {"evidence": term.source.evidence, "url": term.source.url or None}
    return {"authority": term.authority, "name": term.name, "source": source}


if __name__ == "__main__":
    main(sys.argv[1])
