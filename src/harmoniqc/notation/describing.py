"""Words that may stand beside a result or name a part of a criterion, because they say only what or how was measured.

Any other word may turn a result into another one ("97.5 % dead", "negative (inhibited)"), so it is refused: a list of
words that do harm could never be complete.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from harmoniqc.notation.quantities import is_marker_name
from harmoniqc.vocabulary import cqas, materials, methods, modalities, stages

_TELLING = frozenset(
    (
        "abnormal", "action", "alert", "average", "avg", "contaminating", "contamination", "control", "empty",
        "exclusion", "first", "for", "free", "general", "gm", "growth", "information", "life", "limit", "mean",
        "negative", "non", "not", "off", "one", "only", "out", "positive", "range", "reference", "relative", "repeat",
        "repeats", "short", "site", "sites", "standard", "target", "to", "total", "toxicity", "true", "up",
    )
)  # fmt: skip
"""Words of names in the vocabulary that say more when they stand alone."""
_NEUTRAL = frozenset(
    (
        "viable", "live", "nucleated", "mononuclear", "transduced", "defined", "method", "methods", "measured",
        "determined", "tested", "using", "via", "with", "on", "the", "an", "bact", "alert3d", "alamar", "trypan",
        "dapi", "propidium", "iodide", "aad", "annexin", "methylene", "pharm", "eur", "ep", "jp", "ich", "chapter",
        "monograph", "pre", "formulated", "formulation", "finished", "drug", "cryopreserved", "total", "integration",
        "sites", "of", "genomic", "human", "bovine", "porcine", "murine", "human", "mouse", "expressing", "expression",
        "subset", "subsets", "helper", "memory", "naive", "naïve", "effector", "progenitor", "progenitors",
        "keratinocytes", "fibroblasts", "melanocytes", "chondrocytes", "hepatocytes", "platelets", "erythrocytes",
        "leukocytes", "granulocytes", "neutrophils", "macrophages", "endothelial", "epithelial", "mesenchymal",
    )
)  # fmt: skip
_CITING = frozenset(("usp", "ph", "eur", "jp", "ep", "cfr"))
_WORD = re.compile(r"[^\W_]+")


@cache
def _known() -> frozenset[str]:
    names: set[str] = set()
    for terms in (cqas, methods, materials, stages, modalities):
        for term in terms.values():
            for name in (term.name, *term.aliases):
                names.update(word for word in _WORD.findall(name.casefold()) if not word.isdigit())
    return frozenset(names - _TELLING | _NEUTRAL)


@lru_cache(maxsize=4096)
def describes(text: str) -> bool:
    """Tell whether words beside a number or an outcome leave it what it is: attributes, markers, methods, materials."""
    known = _known()
    cites = any(word in _CITING for word in _WORD.findall(text.casefold()))
    for part in text.split():
        bare = part.strip("()[],.;:<>")
        words = _WORD.findall(bare.casefold())
        if not words or _is_certain_marker(bare):
            continue
        if re.fullmatch(r"(?:[A-Z]{1,5}[a-z]?[-.]?\w*[+-])+", bare):
            continue  # CD4+CD25+
        if all(word in known or (cites and word.isdigit()) for word in words):
            continue
        return False
    return True


@lru_cache(maxsize=4096)
def names_part(label: str) -> bool:
    """Tell whether a label names a part of the sample, such as a marker or a cell type, and no case it applies in."""
    names = re.sub(r"\b(CD|IL)\s(\d)", r"\1\2", label)
    return all(describes(name) for name in re.split(r"\s*(?:,|\band\b|\bor\b)\s*", names) if name)


def _is_certain_marker(name: str) -> bool:
    """Tell a marker from a route or a sex in capitals: CD73, HLA-DR, CANX, but not IV."""
    if not is_marker_name(name):
        return False
    return any(char.isdigit() for char in name) or name.startswith("HLA") or len(name) > 3
