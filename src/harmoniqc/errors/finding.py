"""What was found, where, what was expected instead, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, overload

from harmoniqc.errors.catalog import CODES

Level = Literal["error", "warning", "info"]

_ORDER: Mapping[str, int] = {"error": 0, "warning": 1, "info": 2}
_HIDDEN = "(hidden)"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person should know about an input.

    Codes are the API: programs branch on :attr:`code`, never on the text.

    Attributes:
        code: A key of :data:`harmoniqc.errors.CODES`.
        message: What is wrong, in one sentence.
        pointer: JSON Pointer (RFC 6901) into the document, where there is one.
        row: Zero-based row of the first occurrence in a table, where there is one.
        expected: What would have been accepted.
        found: What stood there.
        remedy: What to do; the catalog's remedy unless a more specific one is known.
        count: How many identical findings this one stands for.

    Raises:
        ValueError: If the code is not in the catalog, or the count is below one.
    """

    code: str
    message: str
    pointer: str | None = None
    row: int | None = None
    expected: str | None = None
    found: str | None = None
    remedy: str | None = None
    count: int = 1

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"finding code {self.code!r} is not in the catalog")
        if self.count < 1:
            raise ValueError("a finding stands for at least one occurrence")
        if self.remedy is None:
            object.__setattr__(self, "remedy", CODES[self.code].remedy)

    @property
    def level(self) -> Level:
        """How bad it is: ``error``, ``warning`` or ``info``."""
        return CODES[self.code].level

    def hidden(self) -> Finding:
        """Return the finding without any value taken from the data."""
        entry = CODES[self.code]
        found = None if self.found is None else _HIDDEN
        expected = None if self.expected is None else _HIDDEN
        return replace(self, message=entry.title, expected=expected, found=found, remedy=entry.remedy)

    def __str__(self) -> str:
        place = "" if self.row is None else f" row {self.row}"
        place += "" if self.pointer is None else f" at {self.pointer or '/'}"
        times = "" if self.count == 1 else f" ({self.count:,} times)"
        parts = [f"{self.level}[{self.code}]{place}{times}: {self.message}"]
        if self.expected is not None:
            parts.append(f"  expected: {self.expected}")
        if self.found is not None:
            parts.append(f"  found:    {self.found}")
        if self.remedy:
            parts.append(f"  remedy:   {self.remedy}")
        return "\n".join(parts)


class Findings(Sequence[Finding]):
    """An immutable list of findings: sorted worst first, identical ones counted, never dropped.

    Args:
        findings: Any iterable of :class:`Finding`.
    """

    __slots__ = ("_items",)

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        merged: dict[tuple[str | None, ...], Finding] = {}
        for item in findings:
            key = (item.code, item.message, item.pointer, item.expected, item.found, item.remedy)
            first = merged.get(key)
            # The first of identical findings keeps its row; only then is a new one made.
            merged[key] = item if first is None else replace(first, count=first.count + item.count)
        self._items = tuple(sorted(merged.values(), key=lambda item: _ORDER[item.level]))

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Findings: ...
    def __getitem__(self, index: int | slice) -> Finding | Findings:
        if isinstance(index, slice):
            return Findings(self._items[index])
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._items)

    def __add__(self, other: Iterable[Finding]) -> Findings:
        return Findings((*self._items, *other))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Findings) and self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    def __reduce__(self) -> tuple[type[Findings], tuple[tuple[Finding, ...]]]:
        return (type(self), (self._items,))

    @property
    def codes(self) -> frozenset[str]:
        """The distinct codes present."""
        return frozenset(item.code for item in self._items)

    @property
    def errors(self) -> Findings:
        """Only the findings of level ``error``."""
        return Findings(item for item in self._items if item.level == "error")

    def counts(self) -> dict[str, int]:
        """Return how often each code occurred, most frequent first."""
        counter: Counter[str] = Counter()
        for item in self._items:
            counter[item.code] += item.count
        return dict(counter.most_common())

    def hidden(self) -> Findings:
        """Return the findings without any value taken from the data."""
        return Findings(item.hidden() for item in self._items)

    def __str__(self) -> str:
        if not self._items:
            return "no findings"
        return "\n".join(str(item) for item in self._items)

    def __repr__(self) -> str:
        return f"<Findings {self.counts()}>"
