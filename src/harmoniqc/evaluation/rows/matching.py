"""Which test of a specification a row of results answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.kernel import Codes
from harmoniqc.evaluation.meaning.selecting import Words, cultures_in, has_method, selectors_of
from harmoniqc.evaluation.meaning.tree import Selector
from harmoniqc.evaluation.rows.ingest import Coded, Columns
from harmoniqc.evaluation.verdicts import CODE
from harmoniqc.standard import Specification

DECLARED = ("stage", "material", "sampling_point", "method", "component")
"""Properties a test may declare beside its cqa; a row must have all that the test declares."""

_FEW = 1 << 14
"""Up to so many combinations are resolved at once; beyond, only those that occur."""

_MANY = 1 << 62
"""Codes of combinations stay below this, so that int64 holds them."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Rows that answer the same test, or none for the same reason, and name the same of its parts.

    Attributes:
        codes: Class of each row, shape (n,).
        tests: Test of each class as its place in the specification, -1 where none. int32.
        reasons: Reason code of each class without a test, 0 where there is one. uint8.
        words: What the rows of each class say of themselves.
    """

    codes: Codes
    tests: npt.NDArray[np.int32]
    reasons: npt.NDArray[np.uint8]
    words: tuple[Words, ...]


def match(columns: Columns, specification: Specification, others: tuple[Specification, ...] = ()) -> Classes:
    """Find the test of each row: by ``test_id``, or by everything a test declares.

    Args:
        columns: The results.
        specification: The specification.
        others: Other specifications at hand, where a release criterion may stand.
    """
    reads = [selectors_of(test, specification, others) for test in specification.tests]
    names = [name for name in ("test_id", "cqa") if name in columns.words]
    names += [name for name in DECLARED if name in columns.words and _matters(name, specification, reads)]
    parts = [columns.words[name] for name in names]
    if not names:
        nothing = np.array([CODE["no-criterion"]], np.uint8)
        return Classes(np.zeros(columns.n, np.int8), np.array([-1], np.int32), nothing, ({},))
    if any(test.read_point is not None for test in specification.tests):
        days = _read_days(columns)
        names += [name for name in ("status",) if name in columns.words] + (["read_day"] if days is not None else [])
        parts += [columns.words[name] for name in ("status",) if name in columns.words]
        parts += [] if days is None else [days]
    if "reportable" in columns.words and any(test.reportable is not None for test in specification.tests):
        names.append("reportable")
        parts.append(columns.words["reportable"])
    codes, rows_of_words = _combine(parts)
    tests, reasons, words = [], [], []
    finder = _Finder(specification, reads)
    for row in rows_of_words:
        said = dict(zip(names, row, strict=True))
        test, reason = finder.find(said)
        tests.append(test)
        reasons.append(0 if reason is None else CODE[reason])
        words.append(said)
    return Classes(codes, np.array(tests, np.int32), np.array(reasons, np.uint8), tuple(words))


class _Finder:
    """Resolves the properties of a row to a test, each distinct combination once."""

    def __init__(self, specification: Specification, reads: Sequence[tuple[Selector, ...]]) -> None:
        self.tests = specification.tests
        self.place = {test.id: place for place, test in enumerate(self.tests)}
        self.reads = reads
        self.culture = {place: number for number, group in enumerate(cultures_in(self.tests)) for place in group}
        self.by_cqa: dict[str, list[int]] = {}
        for place, test in enumerate(self.tests):
            for cqa in dict.fromkeys(selector.cqa or test.cqa for selector in self.reads[place]):
                self.by_cqa.setdefault(cqa, []).append(place)

    def find(self, row: Words) -> tuple[int, str | None]:
        named, cqa = row.get("test_id"), row.get("cqa")
        if named is not None:
            place = self.place.get(named)
            if place is None:
                return -1, "no-criterion"
            if cqa not in (None, self.tests[place].cqa, *(selector.cqa for selector in self.reads[place])):
                return -1, "conflicting-cqa"
            return place, None
        if cqa is None:
            return -1, "no-criterion"
        found = [place for place in self.by_cqa.get(cqa, ()) if self._answers(place, row)]
        if len(found) > 1:
            found = self._by_read_point(found, row)
        if len(found) == 1:
            return found[0], None
        return -1, "ambiguous-test" if found else "no-criterion"

    def _answers(self, place: int, row: Words) -> bool:
        """Tell whether a row has every property the test declares, and is no part of something else."""
        test, reads = self.tests[place], self.reads[place]
        components = {(selector.cqa or test.cqa, selector.component or test.component) for selector in reads}
        if (row.get("cqa"), row.get("component")) not in components:
            return False
        stages = {test.stage, *(selector.stage for selector in reads)} - {None}
        if stages and row.get("stage") not in stages:
            return False
        if any(
            getattr(test, name) is not None and row.get(name) != getattr(test, name)
            for name in ("material", "sampling_point")
        ):
            return False
        methods = {selector.method for selector in reads} - {None}
        if test.method is not None:
            methods |= set(test.method.wordings)
        return not methods or has_method({name for name in methods if name}, row.get("method"))

    def _by_read_point(self, found: list[int], row: Words) -> list[int]:
        """Return the reading a row is, of several tests it may answer."""
        plain = [place for place in found if self.tests[place].read_point is None]
        day, preliminary = row.get("read_day"), row.get("status") == "preliminary"
        if plain:
            return plain if day is None else found
        if len({self.culture.get(place) for place in found}) > 1:
            return found
        if day is None:
            return [place for place in found if self._is_final(place) != preliminary]
        if row.get("status") == "final":
            undated = [place for place in found if self._is_final(place) and self._day(place) is None]
            if undated:
                return undated
        days = {place: self._day(place) for place in found}
        reached = [place for place in found if (days[place] or 0) <= int(day) and not self._is_undated_final(place)]
        if not reached:
            earliest = min((days[place] or 0 for place in found), default=0)
            return [place for place in found if (days[place] or 0) == earliest]
        latest = max(days[place] or 0 for place in reached)
        return [place for place in reached if (days[place] or 0) == latest]

    def _is_final(self, place: int) -> bool:
        point = self.tests[place].read_point
        return point is not None and point.final

    def _day(self, place: int) -> int | None:
        point = self.tests[place].read_point
        return None if point is None else point.day

    def _is_undated_final(self, place: int) -> bool:
        return self._is_final(place) and self._day(place) is None


def _matters(name: str, specification: Specification, reads: Sequence[tuple[Selector, ...]]) -> bool:
    if name == "component":
        return True  # a row that is a part of something never answers a test of the whole
    if name in ("method", "stage") and any(getattr(item, name) is not None for found in reads for item in found):
        return True
    return any(getattr(test, name) is not None for test in specification.tests)


def _read_days(columns: Columns) -> Coded | None:
    days = columns.numbers.get("read_day")
    if days is None:
        return None
    present = np.isfinite(days.values) if days.missing is None else np.isfinite(days.values) & ~days.missing
    distinct, inverse = np.unique(np.where(present, days.values, -1.0), return_inverse=True)
    words = [str(int(day)) for day in distinct]
    codes = np.where(present, inverse, -1).astype(np.int32)
    return Coded(codes, tuple(words))


def _combine(parts: list[Coded]) -> tuple[Codes, list[tuple[str | None, ...]]]:
    """Return one code for each combination of words, and the words of each combination."""
    first = parts[0]
    if len(parts) == 1:
        # The common case costs nothing: the column's own codes, and a last entry that code -1 points to.
        return first.codes, [(word,) for word in (*first.words, None)]
    combined = first.codes.astype(np.int64) + 1
    total = len(first.words) + 1
    exhaustive = True
    for part in parts[1:]:
        if total * (len(part.words) + 1) > _MANY:
            distinct, combined = np.unique(combined, return_inverse=True)
            total, exhaustive = len(distinct), False
        combined = combined * (len(part.words) + 1) + part.codes + 1
        total *= len(part.words) + 1
    words: list[tuple[str | None, ...]]
    if exhaustive and total <= _FEW:
        codes = combined
        words = [_decode(code, parts) for code in range(total)]
    else:
        _, first_row, codes = np.unique(combined, return_index=True, return_inverse=True)
        words = [tuple(part.word(row) for part in parts) for row in first_row.tolist()]
    return codes.astype(np.int16 if len(words) < 1 << 15 else np.int32), words


def _decode(code: int, parts: list[Coded]) -> tuple[str | None, ...]:
    row: list[str | None] = []
    for part in reversed(parts):
        code, rest = divmod(code, len(part.words) + 1)
        row.append(None if rest == 0 else part.words[rest - 1])
    return tuple(reversed(row))
