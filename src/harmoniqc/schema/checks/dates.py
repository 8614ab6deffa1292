"""Dates of documents that contradict each other. A date known to the month or year is taken as all its days."""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Iterator
from datetime import date

from harmoniqc.errors import Finding
from harmoniqc.schema.contents import Contents
from harmoniqc.standard import Batch, Product, Specification

_IN_PREPARATION = ("draft", "proposed", "withdrawn")


def dates_of_documents(contents: Contents) -> Iterator[Finding]:
    """Yield a ``dates-out-of-order`` where what comes later is dated earlier for certain."""
    for specification in contents.specifications:
        yield from in_order(
            specification.pointer,
            ("valid_from", specification.document.valid_from),
            ("valid_to", specification.document.valid_to),
        )
    for batch in contents.batches:
        yield from _batch(batch.pointer, batch.document)
    for investigation in contents.investigations:
        document = investigation.document
        opened, closed = ("opened_on", document.opened_on), ("closed_on", document.closed_on)
        yield from in_order(investigation.pointer, opened, closed)
    for product in contents.products:
        yield from _product(product.pointer, product.document)
    yield from _between_documents(contents)


def versions_in_force_together(contents: Contents) -> Iterator[Finding]:
    """Yield an ``ambiguous-specification`` where two versions are in force on one day and neither replaces the other.

    Only versions whose first day is stated are looked at, and none that is a draft or was withdrawn.
    """
    families: dict[str, list[tuple[str, Specification]]] = {}
    for placed in contents.specifications:
        item = placed.document
        if item.valid_from is not None and item.status not in _IN_PREPARATION:
            families.setdefault(item.id, []).append((placed.pointer, item))
    for versions in families.values():
        versions.sort(key=lambda version: version[1].valid_from or date.min)
        for (_, earlier), (pointer, later) in itertools.combinations(versions, 2):
            if earlier.version == later.version or later.valid_from is None:
                continue
            both = earlier.valid_to is None or later.valid_from <= earlier.valid_to
            if both and not _replaces(later, earlier, versions):
                message = f"versions {earlier.version} and {later.version} are both in force from {later.valid_from}"
                until = f"version {earlier.version} ends on {earlier.valid_to or 'no day'}"
                where = f"{pointer}/valid_from"
                yield Finding("ambiguous-specification", message, pointer=where, expected=until, found=later.id)


def _replaces(later: Specification, earlier: Specification, versions: list[tuple[str, Specification]]) -> bool:
    """Tell whether a version replaces another, be it over versions between them."""
    replaced_by = {item.version: item.supersedes for _, item in versions}
    for start, end in ((later, earlier), (earlier, later)):
        here, seen = start.supersedes, {start.version}
        while here is not None and here not in seen:
            if here == end.version:
                return True
            seen.add(here)
            here = replaced_by.get(here)
    return False


def in_order(pointer: str, *named: tuple[str, date | str | None]) -> Iterator[Finding]:
    """Yield a finding for each date that lies before the last one stated ahead of it."""
    before: tuple[str, date | str] | None = None
    for name, day in named:
        if day is None:
            continue
        if before is not None and _latest(day) < _earliest(before[1]):
            message = f"{name} {day} lies before {before[0]} {before[1]}"
            expected = f"{before[1]} or later"
            yield Finding("dates-out-of-order", message, pointer=f"{pointer}/{name}", expected=expected, found=str(day))
        before = (name, day)


def _batch(pointer: str, batch: Batch) -> Iterator[Finding]:
    made = ("manufactured_on", batch.manufactured_on)
    yield from in_order(pointer, made, ("tested_on", batch.tested_on))
    # Living cells may be released before a test that grows has ended, so a release is not compared with the tests.
    yield from in_order(pointer, made, ("released_on", batch.released_on))


def _product(pointer: str, product: Product) -> Iterator[Finding]:
    for name in ("dose_rules", "strengths", "storage"):
        for number, item in enumerate(getattr(product, name)):
            where = f"{pointer}/{name}/{number}"
            yield from in_order(where, ("valid_from", item.valid_from), ("valid_to", item.valid_to))


def _between_documents(contents: Contents) -> Iterator[Finding]:
    """Look at what was decided on a batch, and at what it was made from."""
    batches = {item.document.id: item.document for item in contents.batches}
    for placed in contents.dispositions:
        decision = placed.document
        batch = batches.get(decision.batch)
        if batch is None or batch.manufactured_on is None or decision.decided_at is None:
            continue
        day = decision.decided_at.date()  # on the calendar of the place where it was decided
        if day < batch.manufactured_on:
            message = f"batch {batch.id!r} was {decision.decision} before it was made, on {batch.manufactured_on}"
            where, expected = f"{placed.pointer}/decided_at", f"{batch.manufactured_on} or later"
            yield Finding("dates-out-of-order", message, pointer=where, expected=expected, found=str(day))
    for item in contents.batches:
        made = item.document.manufactured_on
        for number, parent in enumerate(item.document.parents):
            other = batches.get(parent.batch)
            if parent.relation != "starting-material" or other is None or None in (made, other.manufactured_on):
                continue
            if made is not None and other.manufactured_on is not None and other.manufactured_on > made:
                message = f"its starting material {other.id!r} is dated {other.manufactured_on}, later than itself"
                where = f"{item.pointer}/parents/{number}"
                yield Finding("dates-out-of-order", message, pointer=where, expected=f"{made} or earlier")


def _earliest(day: date | str) -> date:
    if isinstance(day, date):
        return day
    parts = [int(part) for part in day.split("-")]
    return date(*[*parts, 1, 1][:3])


def _latest(day: date | str) -> date:
    if isinstance(day, date):
        return day
    parts = [int(part) for part in day.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1])
