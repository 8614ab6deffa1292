"""The hash of the vocabulary: what verdicts depend on and no document says."""

from __future__ import annotations

from functools import cache

from harmoniqc._resources import data_path

_DECISIVE = ("facts.toml", "outcomes.toml", "unit_aliases.tsv", "units.tsv")


@cache
def vocabulary_hash() -> str:
    """Return the SHA-256 of the data files that verdicts depend on: attributes, facts, outcomes and units.

    Line ends do not count, because a checkout may have either kind.
    """
    import hashlib  # loads OpenSSL: a fifth of the first look-up, which needs no hash

    folder = data_path("vocabulary")
    digest = hashlib.sha256()
    for file in [*sorted((folder / "cqas").glob("*.toml")), *(folder / name for name in _DECISIVE)]:
        content = hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        digest.update(f"{file.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()
