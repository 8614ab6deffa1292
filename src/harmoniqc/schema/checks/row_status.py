"""The status of results: what was set aside, by what, and whether the rest of the document agrees."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harmoniqc.errors import Finding
from harmoniqc.schema.checks.columns import Codes, Mask, ResultColumns
from harmoniqc.vocabulary import outcomes


def status_of_rows(columns: ResultColumns) -> Iterator[Finding]:
    """Yield results whose status contradicts what else is said of them."""
    invalidated, superseded = (columns.where("status", word) for word in ("invalidated", "superseded"))
    without = (invalidated | superseded) & ~columns.filled("investigation_ref")
    if without.any():
        rows = np.flatnonzero(without)
        status = columns.text("status", int(rows[0]))
        message = f"a result is {status}, and names no investigation"
        yield columns.finding("investigation-missing", message, rows, "status", found=status)
    yield from _invalid_assays(columns)
    yield from _concluded_valid(columns, invalidated)
    if superseded.any() or columns.has("supersedes"):
        yield from _Replacements(columns).findings(superseded)


def _contradiction(columns: ResultColumns, mask: Mask, message: str, name: str) -> Iterator[Finding]:
    rows = np.flatnonzero(mask)
    if len(rows):
        at = int(rows[0])
        id = columns.text("result_id", at)
        found = columns.text(name, at)
        yield columns.finding("status-contradiction", message + (f" ({id})" if id else ""), rows, name, found=found)


def _invalid_assays(columns: ResultColumns) -> Iterator[Finding]:
    recorded = columns.words("recorded_verdict")
    conforms = np.array([*(outcomes.read(word) == "conforms" for word in recorded.words), False])[recorded.codes]
    wrong = columns.where("assay_valid", "false") & columns.is_final & conforms
    yield from _contradiction(columns, wrong, "an invalid assay has shown no conformance", "assay_valid")


def _concluded_valid(columns: ResultColumns, invalidated: Mask) -> Iterator[Finding]:
    """Look at results that were invalidated although an investigation of them found them valid."""
    investigations = [item.document for item in columns.contents.investigations]
    valid = {item.id for item in investigations if item.conclusion == "result-valid"}
    named = {id for item in investigations if item.id in valid for id in item.results}
    if not valid or not invalidated.any():
        return
    references, ids = columns.words("investigation_ref"), columns.words("result_id")
    by_reference = np.array([*(word in valid for word in references.words), False])[references.codes]
    by_name = np.array([*(word in named for word in ids.words), False])[ids.codes] & (references.codes < 0)
    message = "the investigation found the result valid, and it is invalidated"
    yield from _contradiction(columns, invalidated & (by_reference | by_name), message, "status")


class _Replacements:
    """Which result replaces which.

    Attributes:
        rows: Rows that replace one other row of the document, ascending.
        targets: The rows they replace.
    """

    def __init__(self, columns: ResultColumns) -> None:
        self.columns = columns
        names, ids = columns.words("supersedes"), columns.words("result_id")
        place = {word: code for code, word in enumerate(ids.words)} if names.words else {}
        counts = np.bincount(ids.codes[ids.codes >= 0], minlength=len(ids.words) + 1)
        row_of = np.full(len(ids.words) + 1, -1, np.int64)
        row_of[ids.codes[::-1]] = np.arange(columns.n)[::-1]
        row_of[-1] = -1
        row_of[counts > 1] = -1  # two results of one name: nobody knows which
        wanted = np.array([*(place.get(word, -1) for word in names.words), -1], np.int64)[names.codes]
        target = row_of[wanted]
        self.rows: Codes = np.flatnonzero(target >= 0)
        self.targets: Codes = target[self.rows]
        self.named: Mask = np.isin(ids.codes, wanted[wanted >= 0]) if names.words else np.zeros(columns.n, np.bool_)

    def findings(self, superseded: Mask) -> Iterator[Finding]:
        columns = self.columns
        whole = columns.contents.kind == "package" and "results" in columns.contents.complete
        if whole:
            message = "the result is superseded, and no result supersedes it"
            yield from _contradiction(columns, superseded & ~self.named, message, "status")
        yield from self._circles()
        open_ = np.zeros(columns.n, np.bool_)
        unusable = columns.where("status", "preliminary") | columns.where("status", "invalidated")
        open_[self.targets[unusable[self.rows]]] = True
        message = "the result is superseded by one that is preliminary or invalidated"
        yield from _contradiction(columns, superseded & open_, message, "status")
        yield from self._others()

    def _circles(self) -> Iterator[Finding]:
        """Follow each replacement as far as it goes; what never ends goes round in a circle."""
        after = np.full(self.columns.n, -1, np.int64)
        after[self.rows] = self.targets
        steps = max(1, len(self.rows).bit_length())
        far = after.copy()
        for _ in range(steps):  # each round doubles how far is looked
            far = np.where(far >= 0, far[far], -1)
        circle = np.zeros(self.columns.n, np.bool_)
        at = np.unique(far[far >= 0])
        for start in at.tolist():
            here = start
            while not circle[here]:
                circle[here] = True
                here = int(after[here])
        yield from _contradiction(
            self.columns, circle, "the result supersedes itself, directly or over others", "supersedes"
        )

    def _others(self) -> Iterator[Finding]:
        """Look at results that claim to replace one of another batch or attribute."""
        for name in ("batch_id", "cqa"):
            codes = self.columns.words(name).codes
            own, other = codes[self.rows], codes[self.targets]
            wrong = np.zeros(self.columns.n, np.bool_)
            wrong[self.rows[(own >= 0) & (other >= 0) & (own != other)]] = True
            what = "batch" if name == "batch_id" else "attribute"
            yield from _contradiction(self.columns, wrong, f"the result supersedes one of another {what}", "supersedes")
