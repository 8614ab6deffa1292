"""Which specification applies to a batch: the one it names, or the one in force for its product."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from harmoniqc.errors import Finding, SelectionError
from harmoniqc.evaluation.meaning.book import Book, is_upstream
from harmoniqc.evaluation.rows.ingest import Coded, Columns
from harmoniqc.standard import Batch, Specification

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)

NO_SPECIFICATION = "no-specification"
AMBIGUOUS = "ambiguous-specification"


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the rows of one batch that decides which specifications apply."""

    batch: str | None
    product: str | None = None
    specification: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows each specification applies to.

    Attributes:
        rows: For each specification the rows it applies to, ascending; None: every row.
        without: Rows to which none applies, with the reason.
        batches: For each specification the batches of the batch list it applies to.
        unspecified: Batches of the list to which none applies, but for what a product is made from.
        findings: What was noticed.
    """

    rows: tuple[npt.NDArray[np.intp] | None, ...]
    without: tuple[tuple[str, npt.NDArray[np.intp]], ...]
    batches: tuple[tuple[str, ...], ...]
    unspecified: tuple[str, ...]
    findings: tuple[Finding, ...]


def select(
    columns: Columns, specifications: Sequence[Specification], book: Book | None, as_of: date | None
) -> Selection:
    """Choose the specifications for every row.

    Args:
        columns: The results.
        specifications: Versions of one or more specifications.
        book: The batches, if known.
        as_of: The day for which versions are chosen where a batch has no date of its own.

    Raises:
        SelectionError: If a specification is given twice.
    """
    chooser = _Chooser(specifications, book, as_of)
    names = [name for name in ("product_id", "specification_id", "specification_version") if name in columns.words]
    chosen = {
        id: chooser.choose(Context(id, batch.product if batch.lot_forming else None))
        for id, batch in chooser.batches.items()
    }
    listed = tuple(
        tuple(id for id, (places, _) in chosen.items() if place in places) for place in range(len(specifications))
    )
    unspecified = tuple(
        id
        for id, (places, _) in chosen.items()
        if not places and not any(is_upstream(chooser.batches[id], item) for item in specifications)
    )
    for id in unspecified:
        chooser.note(chosen[id][1] or NO_SPECIFICATION, id, f"no specification applies to batch {id!r}")
    if not chooser.batches and not names:
        places, reason = chooser.choose(Context(None))
        return _everywhere(columns, specifications, places, reason, chooser)

    parts = [columns.words["batch_id"]] if "batch_id" in columns.words else []
    parts += [columns.words[name] for name in names]
    codes, contexts = _contexts(parts, ["batch_id"][: len(parts) - len(names)] + names, columns.n)
    applies = np.zeros((len(specifications), len(contexts)), np.bool_)
    reasons: dict[str, list[int]] = {}
    for code, context in enumerate(contexts):
        places, reason = chooser.choose(context)
        applies[places, code] = True
        if not places:
            reasons.setdefault(reason or NO_SPECIFICATION, []).append(code)
    rows = tuple(None if row.all() else np.flatnonzero(row[codes]) for row in applies)
    without = tuple((reason, np.flatnonzero(np.isin(codes, which))) for reason, which in reasons.items())
    return Selection(rows, without, listed, unspecified, tuple(chooser.findings.values()))


def _everywhere(
    columns: Columns,
    specifications: Sequence[Specification],
    places: list[int],
    reason: str | None,
    chooser: _Chooser,
) -> Selection:
    nothing = np.zeros(0, np.intp)
    rows = tuple(None if place in places else nothing for place in range(len(specifications)))
    without = () if places else ((reason or NO_SPECIFICATION, np.arange(columns.n)),)
    return Selection(rows, without, tuple(() for _ in specifications), (), tuple(chooser.findings.values()))


def _contexts(parts: list[Coded], names: list[str], n: int) -> tuple[npt.NDArray[np.intp], list[Context]]:
    """Return the distinct contexts of the rows and each row's place among them."""
    if len(parts) == 1:  # the usual case, batch ids alone: their codes are the contexts
        codes = parts[0].codes.astype(np.intp)
        words: list[str | None] = list(parts[0].words)
        if (codes < 0).any():
            codes = np.where(codes < 0, len(words), codes)
            words.append(None)
        return codes, [_context(names, (word,)) for word in words]
    combined = np.zeros(n, np.int64)
    for part in parts:
        combined = np.unique(combined * (len(part.words) + 1) + part.codes + 1, return_inverse=True)[1]
    _, first_row, codes = np.unique(combined, return_index=True, return_inverse=True)
    return codes, [_context(names, [part.word(row) for part in parts]) for row in first_row.tolist()]


def _context(names: Sequence[str], words: Sequence[str | None]) -> Context:
    row = dict(zip(names, words, strict=True))
    return Context(
        row.get("batch_id"), row.get("product_id"), row.get("specification_id"), row.get("specification_version")
    )


class _Chooser:
    """Applies the rules to one context at a time."""

    def __init__(self, specifications: Sequence[Specification], book: Book | None, as_of: date | None) -> None:
        self.specifications = specifications
        self.as_of = as_of
        self.findings: dict[tuple[str, str | None], Finding] = {}
        self.book = Book() if book is None else book
        self.batches = self.book.batches
        self._known: dict[Context, tuple[list[int], str | None]] = {}
        keys = _unique(specifications, lambda item: (item.id, item.version), "specification")
        self.by_key = {key: specifications.index(item) for key, item in keys.items()}
        self.families: dict[str, list[int]] = {}
        for place, item in enumerate(specifications):
            self.families.setdefault(item.id, []).append(place)

    def choose(self, context: Context) -> tuple[list[int], str | None]:
        """Return the places of the specifications that apply, or none and why."""
        batch = None if context.batch is None else self.batches.get(context.batch)
        if self.batches and batch is None:
            self.note("unknown-batch", context.batch, f"batch {context.batch!r} is not among the batches given")
        if batch is None or context.specification is not None or not self._follows(batch.id):
            return self._of_its_own(context, batch)
        # Which specification a part is judged by is that of its whole, so that its failure is one of the whole.
        return self._followed(context, batch.id)

    def _follows(self, id: str) -> bool:
        return not self.batches[id].lot_forming and id in self.book.wholes

    def _followed(self, context: Context, id: str) -> tuple[list[int], str | None]:
        """Return the specifications of the wholes of a part; a chain of parts may be long, so no recursion."""
        ahead = [id]
        while ahead:
            here = ahead[-1]
            key = replace(context, batch=here)
            wholes = self.book.wholes.get(here, ()) if self._follows(here) else ()
            open_ = [whole for whole in wholes if replace(context, batch=whole) not in self._known]
            if open_ and key not in self._known:
                ahead += open_
                continue
            ahead.pop()
            if key in self._known:
                continue
            if not wholes:
                own = replace(key, product=context.product or self.batches[here].product)
                self._known[key] = self._of_its_own(own, self.batches[here])
                continue
            found = [self._known[replace(context, batch=whole)] for whole in wholes]
            agreed = [self.by_key.get((item.id, item.version)) for item in self.batches[here].specifications]
            named = [place for place in agreed if place is not None]
            places = list(dict.fromkeys([*named, *(place for chosen, _ in found for place in chosen)]))
            self._known[key] = places, (None if places else found[0][1])
        return self._known[replace(context, batch=id)]

    def _of_its_own(self, context: Context, batch: Batch | None) -> tuple[list[int], str | None]:
        product = context.product
        if batch is not None and batch.product is not None:
            if product is not None and product != batch.product:
                message = f"batch {batch.id!r} is of product {batch.product!r}, its results say {product!r}"
                self.note("conflicting-product", batch.id, message)
                return [], NO_SPECIFICATION
            product = batch.product
        if context.specification is not None:
            return self._named(context.specification, context.version, batch)
        if batch is not None and batch.specifications:
            named = [self.by_key.get((item.id, item.version)) for item in batch.specifications]
            found = [place for place in named if place is not None]
            return found, (None if found else NO_SPECIFICATION)
        found, ambiguous = [], False
        for places in self.families.values():
            fitting = [
                place
                for place in places
                if product in (None, self.specifications[place].product)
                and not is_upstream(batch, self.specifications[place])
            ]
            current = [place for place in fitting if self._in_force(place, batch)]
            if len(current) == 1:
                found += current
            elif current:
                ambiguous = True
                name = self.specifications[current[0]].id
                message = f"{len(current)} versions of specification {name!r} are in force"
                self.note("ambiguous-specification", name, message)
        return found, (None if found else AMBIGUOUS if ambiguous else NO_SPECIFICATION)

    def _named(self, id: str, version: str | None, batch: Batch | None) -> tuple[list[int], str | None]:
        if version is not None:
            place = self.by_key.get((id, version))
            return ([], NO_SPECIFICATION) if place is None else ([place], None)
        current = [place for place in self.families.get(id, ()) if self._in_force(place, batch)]
        if len(current) == 1:
            return current, None
        return [], AMBIGUOUS if current else NO_SPECIFICATION

    def _in_force(self, place: int, batch: Batch | None) -> bool:
        item = self.specifications[place]
        events: Mapping[str, date | None] = (
            {}
            if batch is None
            else {
                "manufactured": batch.manufactured_on,
                "tested": batch.tested_on,
                "released": batch.released_on,
            }
        )
        day = events.get(item.applies_to) or self.as_of
        if day is None:
            return True  # nothing says otherwise; two versions then are ambiguous
        after_start = item.valid_from is None or item.valid_from <= day
        return after_start and (item.valid_to is None or day <= item.valid_to)

    def note(self, code: str, key: str | None, message: str) -> None:
        self.findings.setdefault((code, key), Finding(code, message, found=key))


def _unique(items: Iterable[Item], key: Callable[[Item], Key], name: str) -> dict[Key, Item]:
    out: dict[Key, Item] = {}
    for item in items:
        if key(item) in out:
            message = f"{name} {key(item)!r} is given twice"
            raise SelectionError(message, (Finding("duplicate-id", message, found=str(key(item))),))
        out[key(item)] = item
    return out
