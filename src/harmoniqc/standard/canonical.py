"""Writing documents: one plain form, one canonical form to hash."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from harmoniqc.standard.arrow import rows_of
from harmoniqc.standard.base import Document, Model, utc_text
from harmoniqc.standard.package import Package


def plain(value: Any) -> Any:
    """Return a model as JSON-ready data: fields in their declared order, empty ones left out."""
    if isinstance(value, Model):
        out = {}
        names = list(type(value).model_fields)
        if "kind" in names:  # the tag first: whoever reads the text wants to know what follows
            names.sort(key="kind".__ne__)
        for name in names:
            item = getattr(value, name)
            if name == "results" and isinstance(value, Package):
                rows = rows_of(item)
                if rows:
                    out[name] = rows
            elif item is not None and item != ():
                out[name] = plain(item)
        return out
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def to_json(document: Model, *, indent: int | None = 2) -> str:
    """Write a document as JSON text; every digit is kept because decimals are strings."""
    return json.dumps(plain(document), ensure_ascii=False, indent=indent)


def canonical_bytes(document: Model) -> bytes:
    """Write a document as the bytes that are hashed: sorted keys, no blanks, UTF-8.

    Documents hold no JSON number but small integers, so this is the canonical form of RFC 8785.
    """
    return json.dumps(
        plain(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def content_hash(document: Document) -> str:
    """Return the SHA-256 of the canonical form, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()
