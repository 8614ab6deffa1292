"""The vocabulary: attributes, outcomes, modalities, stages, materials, methods, authorities, products and more.

Terms are data in the tree ``vocabulary/``; nothing here is typed in code. Importing this module reads nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harmoniqc._resources import data_path
from harmoniqc.vocabulary.digest import vocabulary_hash
from harmoniqc.vocabulary.outcomes import Outcomes, normalize_wording, outcomes
from harmoniqc.vocabulary.profiles import Products, products
from harmoniqc.vocabulary.terms import (
    CQA,
    Authority,
    Code,
    Domain,
    FactTerm,
    Scope,
    Term,
    Terms,
    lists_to_tuples,
    read_toml,
)

if TYPE_CHECKING:  # five classes that a look-up of an attribute need not build
    from harmoniqc.vocabulary.regional import Citation as Citation
    from harmoniqc.vocabulary.regional import LegalClassTerm as LegalClassTerm
    from harmoniqc.vocabulary.regional import MaterialTerm as MaterialTerm
    from harmoniqc.vocabulary.regional import ProcessParameter as ProcessParameter
    from harmoniqc.vocabulary.regional import RegionalRole as RegionalRole


def _simple(file: str, key: str) -> Callable[[], tuple[Term, ...]]:
    def load() -> tuple[Term, ...]:
        return tuple(Term(**lists_to_tuples(item)) for item in read_toml(file)[key])

    return load


def _authorities() -> tuple[Authority, ...]:
    return tuple(Authority(**lists_to_tuples(item)) for item in read_toml("authorities.toml")["authority"])


def _scopes() -> tuple[Scope, ...]:
    return tuple(Scope(**lists_to_tuples(item)) for item in read_toml("scopes.toml")["scope"])


def _facts() -> tuple[FactTerm, ...]:
    return tuple(FactTerm(**lists_to_tuples(item)) for item in read_toml("facts.toml")["fact"])


def _cqas() -> tuple[CQA, ...]:
    files = sorted(path.name for path in data_path("vocabulary", "cqas").glob("*.toml"))
    return tuple(_cqa(lists_to_tuples(item)) for name in files for item in read_toml("cqas", name)["cqa"])


def _cqa(item: dict[str, Any]) -> CQA:
    domain = item.pop("domain", None)
    codes = item.pop("codes", ())
    return CQA(
        **item,
        domain=None if domain is None else Domain(domain.get("low"), domain.get("high"), domain["unit"]),
        codes=tuple(Code(**code) for code in codes),
    )


def _materials() -> tuple[MaterialTerm, ...]:
    from harmoniqc.vocabulary.regional import load_materials

    return load_materials()


def _legal_classes() -> tuple[LegalClassTerm, ...]:
    from harmoniqc.vocabulary.regional import load_legal_classes

    return load_legal_classes()


def _process_parameters() -> tuple[ProcessParameter, ...]:
    from harmoniqc.vocabulary.regional import load_process_parameters

    return load_process_parameters()


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

_REGIONAL = ("Citation", "LegalClassTerm", "MaterialTerm", "ProcessParameter", "RegionalRole")

if not TYPE_CHECKING:  # so that a type checker refuses a name that does not exist

    def __getattr__(name: str) -> object:
        if name not in _REGIONAL:
            raise AttributeError(f"module 'harmoniqc.vocabulary' has no attribute {name!r}")
        from harmoniqc.vocabulary import regional

        return getattr(regional, name)
