"""Which test of a specification a row of results answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.ingest import Coded, Columns
from harmoniqc.evaluation.kernel import Codes
from harmoniqc.evaluation.verdicts import CODE
from harmoniqc.standard import Specification, Test
from harmoniqc.vocabulary import normalize_wording

DECLARED = ("stage", "material", "sampling_point", "method", "component")
"""Properties a test may declare beside its cqa; a row must have all that the test declares."""

_FEW = 1 << 14
"""Up to so many combinations are resolved at once; beyond, only those that occur."""

_MANY = 1 << 62
"""Codes of combinations stay below this, so that int64 holds them."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Rows that answer the same test, or none for the same reason.

    Attributes:
        codes: Class of each row, shape (n,).
        tests: Test of each class as its place in the specification, -1 where none. int32.
        reasons: Reason code of each class without a test, 0 where there is one. uint8.
    """

    codes: Codes
    tests: npt.NDArray[np.int32]
    reasons: npt.NDArray[np.uint8]


def match(columns: Columns, specification: Specification) -> Classes:
    """Find the test of each row: by ``test_id``, or by everything a test declares."""
    names = [name for name in ("test_id", "cqa") if name in columns.words]
    names += [name for name in DECLARED if name in columns.words and _matters(name, columns, specification)]
    has_read_days = any(test.read_point is not None for test in specification.tests)
    reads = _read_days(columns) if has_read_days else None
    if not names:
        return Classes(
            np.zeros(columns.n, np.int8), np.array([-1], np.int32), np.array([CODE["no-criterion"]], np.uint8)
        )
    parts = [columns.words[name] for name in names] + ([] if reads is None else [reads])
    names += [] if reads is None else ["read_day"]
    codes, rows_of_words = _combine(parts)
    tests, reasons = [], []
    finder = _Finder(specification)
    for words in rows_of_words:
        test, reason = finder.find(dict(zip(names, words, strict=True)))
        tests.append(test)
        reasons.append(0 if reason is None else CODE[reason])
    return Classes(codes, np.array(tests, np.int32), np.array(reasons, np.uint8))


class _Finder:
    """Resolves the properties of a row to a test, each distinct combination once."""

    def __init__(self, specification: Specification) -> None:
        self.tests = specification.tests
        self.place = {test.id: place for place, test in enumerate(self.tests)}
        self.by_cqa: dict[str, list[int]] = {}
        for place, test in enumerate(self.tests):
            self.by_cqa.setdefault(test.cqa, []).append(place)

    def find(self, row: dict[str, str | None]) -> tuple[int, str | None]:
        named, cqa = row.get("test_id"), row.get("cqa")
        if named is not None:
            place = self.place.get(named)
            if place is None:
                return -1, "no-criterion"
            if cqa is not None and cqa != self.tests[place].cqa:
                return -1, "conflicting-cqa"
            return place, None
        if cqa is None:
            return -1, "no-criterion"
        found = [place for place in self.by_cqa.get(cqa, ()) if _answers(self.tests[place], row)]
        if len(found) == 1:
            return found[0], None
        return -1, "ambiguous-test" if found else "no-criterion"


def _answers(test: Test, row: dict[str, str | None]) -> bool:
    """Tell whether a row has every property the test declares, and is no part of something else."""
    if row.get("component") != test.component and not _has_components(test):
        return False
    for name in ("stage", "material", "sampling_point"):
        declared = getattr(test, name)
        if declared is not None and row.get(name) != declared:
            return False
    if test.method is not None:
        given = row.get("method")
        names = {test.method.name, test.method.id, test.method.reference} - {None}
        if given is None or normalize_wording(given) not in {normalize_wording(name) for name in names if name}:
            return False
    if test.read_point is not None:
        day = row.get("read_day")
        if day is None or (test.read_point.day is not None and int(day) < test.read_point.day):
            return False
    return True


def _has_components(test: Test) -> bool:
    return test.criterion.kind in ("all-of", "any-of")


def _matters(name: str, columns: Columns, specification: Specification) -> bool:
    if name == "component":
        return True  # a row that is a part of something never answers a test of the whole
    if name == "method":
        return any(test.method is not None for test in specification.tests)
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
