"""The vocabulary: attributes, outcomes, modalities, stages, materials, methods, authorities, products and more.

Terms are data in the tree ``vocabulary/``; nothing here is typed in code. Importing this module reads nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from harmoniqc._resources import data_path
from harmoniqc.vocabulary.digest import vocabulary_hash
from harmoniqc.vocabulary.outcomes import Outcomes, normalize_wording, outcomes
from harmoniqc.vocabulary.profiles import Products, products
from harmoniqc.vocabulary.regional import Citation, LegalClassTerm, MaterialTerm, ProcessParameter, RegionalRole
from harmoniqc.vocabulary.terms import CQA, Authority, Code, Domain, FactTerm, Scope, Term, Terms, read_toml


def _simple(file: str, key: str) -> Callable[[], tuple[Term, ...]]:
    def load() -> tuple[Term, ...]:
        return tuple(Term(**_lists_to_tuples(item)) for item in read_toml(file)[key])

    return load


def _authorities() -> tuple[Authority, ...]:
    return tuple(Authority(**_lists_to_tuples(item)) for item in read_toml("authorities.toml")["authority"])


def _scopes() -> tuple[Scope, ...]:
    return tuple(Scope(**_lists_to_tuples(item)) for item in read_toml("scopes.toml")["scope"])


def _facts() -> tuple[FactTerm, ...]:
    return tuple(FactTerm(**_lists_to_tuples(item)) for item in read_toml("facts.toml")["fact"])


def _cqas() -> tuple[CQA, ...]:
    files = sorted(path.name for path in data_path("vocabulary", "cqas").glob("*.toml"))
    return tuple(_cqa(_lists_to_tuples(item)) for name in files for item in read_toml("cqas", name)["cqa"])


def _cqa(item: dict[str, Any]) -> CQA:
    domain = item.pop("domain", None)
    codes = item.pop("codes", ())
    return CQA(
        **item,
        domain=None if domain is None else Domain(domain.get("low"), domain.get("high"), domain["unit"]),
        codes=tuple(Code(**code) for code in codes),
    )


def _materials() -> tuple[MaterialTerm, ...]:
    return tuple(_material(_lists_to_tuples(item)) for item in read_toml("materials.toml")["material"])


def _material(item: dict[str, Any]) -> MaterialTerm:
    roles = item.pop("by_region", ())
    return MaterialTerm(**item, by_region=tuple(RegionalRole(**_dated(role)) for role in roles))


def _legal_classes() -> tuple[LegalClassTerm, ...]:
    return tuple(LegalClassTerm(**_dated(item)) for item in read_toml("legal-classes.toml")["legal_class"])


def _process_parameters() -> tuple[ProcessParameter, ...]:
    items = read_toml("process-parameters.toml")["process_parameter"]
    return tuple(ProcessParameter(**_lists_to_tuples(item)) for item in items)


def _dated(item: dict[str, Any]) -> dict[str, Any]:
    days: dict[str, Any] = {key: date.fromisoformat(item[key]) for key in ("valid_from", "valid_to") if key in item}
    return {**_lists_to_tuples(item), "source": Citation(**item["source"]), **days}


def _lists_to_tuples(item: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in item.items()}


cqas: Terms[CQA] = Terms("cqas", _cqas)
modalities: Terms[Term] = Terms("modalities", _simple("modalities.toml", "modality"))
stages: Terms[Term] = Terms("stages", _simple("stages.toml", "stage"))
materials: Terms[MaterialTerm] = Terms("materials", _materials)
methods: Terms[Term] = Terms("methods", _simple("methods.toml", "method"))
authorities: Terms[Authority] = Terms("authorities", _authorities)
facts: Terms[FactTerm] = Terms("facts", _facts)
process_steps: Terms[Term] = Terms("process_steps", _simple("process-steps.toml", "process_step"))
process_parameters: Terms[ProcessParameter] = Terms("process_parameters", _process_parameters)
decision_points: Terms[Term] = Terms("decision_points", _simple("decision-points.toml", "decision_point"))
requirement_stages: Terms[Term] = Terms("requirement_stages", _simple("requirement-stages.toml", "requirement_stage"))
rules: Terms[Term] = Terms("rules", _simple("rules.toml", "rule"))
scopes: Terms[Scope] = Terms("scopes", _scopes)
legal_classes: Terms[LegalClassTerm] = Terms("legal_classes", _legal_classes)

__all__ = [
    "CQA",
    "Authority",
    "Citation",
    "Code",
    "Domain",
    "FactTerm",
    "LegalClassTerm",
    "MaterialTerm",
    "Outcomes",
    "ProcessParameter",
    "Products",
    "RegionalRole",
    "Scope",
    "Term",
    "Terms",
    "authorities",
    "cqas",
    "decision_points",
    "facts",
    "legal_classes",
    "materials",
    "methods",
    "modalities",
    "normalize_wording",
    "outcomes",
    "process_parameters",
    "process_steps",
    "products",
    "requirement_stages",
    "rules",
    "scopes",
    "stages",
    "vocabulary_hash",
]
