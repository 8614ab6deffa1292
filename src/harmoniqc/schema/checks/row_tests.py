"""Which test each result answers, and of which attribute it is: told for combinations of words, never row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harmoniqc.errors import Finding
from harmoniqc.evaluation.meaning.selecting import selectors_of
from harmoniqc.evaluation.meaning.tree import Selector
from harmoniqc.schema.checks.columns import Codes, Mask, ResultColumns, combined, few, grouped
from harmoniqc.schema.checks.references import Carried
from harmoniqc.standard import PART_RELATIONS, Batch, Test


@dataclass(frozen=True, slots=True)
class Answer:
    """What rows that agree in specification, test, attribute and component answer.

    Attributes:
        tests: Tests of their name in the specifications that may apply.
        cqa: The attribute; None: not known.
        is_lost: Whether they name a test that is in none of these specifications.
        is_of_other: Whether they name a test of another attribute.
    """

    tests: tuple[Test, ...] = ()
    cqa: str | None = None
    is_lost: bool = False
    is_of_other: bool = False


class RowTests:
    """The answers of all rows.

    Args:
        columns: The results.
        carried: What the package carries.

    Attributes:
        codes: The place of each row's answer, shape (n,).
        answers: The answers.
        cqa_codes: Place of each row's attribute among ``cqas``, -1 where it is not known, shape (n,).
        cqas: The attributes.
    """

    def __init__(self, columns: ResultColumns, carried: Carried) -> None:
        self.columns = columns
        self._specifications = tuple(item.document for item in columns.contents.specifications)
        self._complete = carried.specifications is not None
        self._reads: dict[tuple[int, str], tuple[Selector, ...]] = {}
        scopes, scope_codes = self._scopes()
        names = ("test_id", "cqa", "component")
        parts = [columns.words(name) for name in names]
        key = combined([scope_codes, *(part.codes for part in parts)])
        _, first, self.codes = np.unique(key, return_index=True, return_inverse=True)
        self.answers = [
            self._answer(scopes[int(scope_codes[row])], *(part.word(row) for part in parts)) for row in first.tolist()
        ]
        place = {cqa: code for code, cqa in enumerate(dict.fromkeys(item.cqa for item in self.answers if item.cqa))}
        self.cqas = tuple(place)
        of_answer = np.array([-1 if item.cqa is None else place[item.cqa] for item in self.answers], np.int64)
        self.cqa_codes: Codes = of_answer[self.codes] if len(of_answer) else np.zeros(0, np.int64)

    def rows_where(self, mask: list[bool]) -> Mask:
        """Return the rows whose answers are chosen."""
        return np.array(mask, np.bool_)[self.codes] if mask else np.zeros(0, np.bool_)

    def _scopes(self) -> tuple[list[tuple[int, ...]], npt.NDArray[np.int64]]:
        """Return sets of specifications that may apply to rows, and the place of each row's own."""
        names = ("specification_id", "specification_version", "batch_id", "product_id")
        parts = [self.columns.words(name) for name in names if self.columns.has(name)]
        given = [name for name in names if self.columns.has(name)]
        key = combined([part.codes for part in parts]) if parts else np.zeros(self.columns.n, np.int64)
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        batches = {item.document.id: item.document for item in self.columns.contents.batches}
        known: dict[object, tuple[int, ...]] = {}
        place: dict[tuple[int, ...], int] = {}
        codes = []
        for row in first.tolist():
            said = {name: part.word(row) for name, part in zip(given, parts, strict=True)}
            batch = batches.get(said.get("batch_id") or "")
            asked: object = (said.get("specification_id"), said.get("specification_version"))
            if said.get("specification_id") is None:
                product, named, is_part = _of_batch(batch, said.get("product_id"))
                asked = (product, named, is_part)
            if asked not in known:
                known[asked] = tuple(self._scope(said, batch))
            codes.append(place.setdefault(known[asked], len(place)))
        return list(place), np.array(codes, np.int64)[inverse] if codes else np.zeros(0, np.int64)

    def _scope(self, said: dict[str, str | None], batch: Batch | None) -> Iterator[int]:
        """Yield the specifications that may apply: the one named, those agreed for the batch, or all of its product."""
        id, version = said.get("specification_id"), said.get("specification_version")
        product, named, is_part = _of_batch(batch, said.get("product_id"))
        for place, item in enumerate(self._specifications):
            if id is not None:
                applies = item.id == id and version in (None, item.version)
            elif named and not is_part:  # a part may also be tested by the specifications of its whole
                applies = (item.id, item.version) in named
            else:
                applies = product in (None, item.product)
            if applies:
                yield place

    def _answer(self, scope: tuple[int, ...], test_id: str | None, cqa: str | None, component: str | None) -> Answer:
        if test_id is None:
            return Answer(cqa=cqa)
        found = [(place, test) for place in scope for test in self._specifications[place].tests if test.id == test_id]
        if not found:
            return Answer(cqa=cqa, is_lost=self._complete and bool(scope))
        named = {of for place, test in found for of in self._attributes(place, test)}
        for place, test in found:
            of_component = {
                item.cqa for item in self._selectors(place, test) if item.component == component and item.cqa
            }
            if component is not None and len(of_component) == 1 and cqa in (None, test.cqa):
                return Answer(tuple(test for _, test in found), of_component.pop())
        own = cqa if cqa is not None else (named.pop() if len(named) == 1 else None)
        is_of_other = cqa is not None and cqa not in {of for item in found for of in self._attributes(*item)}
        return Answer(tuple(test for _, test in found), own, is_of_other=is_of_other)

    def _attributes(self, place: int, test: Test) -> set[str]:
        return {test.cqa, *(item.cqa for item in self._selectors(place, test) if item.cqa)}

    def _selectors(self, place: int, test: Test) -> tuple[Selector, ...]:
        key = (place, test.id)
        if key not in self._reads:
            self._reads[key] = selectors_of(test, self._specifications[place], self._specifications)
        return self._reads[key]


def _of_batch(batch: Batch | None, product: str | None) -> tuple[str | None, frozenset[tuple[str, str]], bool]:
    """Return the product of a batch, the specifications it names, and whether it is a part of another."""
    if batch is None:
        return product, frozenset(), False
    named = frozenset((item.id, item.version) for item in batch.specifications)
    return batch.product or product, named, any(parent.relation in PART_RELATIONS for parent in batch.parents)


def references_of_rows(columns: ResultColumns, tests: RowTests, carried: Carried) -> Iterator[Finding]:
    """Yield references of results to something that the package lacks, and tests of another attribute."""
    for name, what, known in (
        ("batch_id", "batch", carried.batches),
        ("product_id", "product", carried.products),
        ("investigation_ref", "investigation", carried.investigations),
        ("supersedes", "result", carried.results),
    ):
        words = columns.words(name)
        if known is None or not words.words:
            continue
        missing = np.array([*(word not in known for word in words.words), False])[words.codes]
        for code, rows in few(grouped(words.codes, missing)):
            id = None if code is None else words.words[code]
            message = f"the {what} {id!r} is not in the document" if id else f"further {what} names are not either"
            yield columns.finding("broken-reference", message, rows, name, found=id)
    yield from _specifications(columns, carried)
    lost = tests.rows_where([answer.is_lost for answer in tests.answers])
    for _, rows in few(grouped(tests.codes, lost)):
        id = columns.text("test_id", int(rows[0]))
        message = f"no specification that may apply has a test {id!r}"
        yield columns.finding("broken-reference", message, rows, "test_id", found=id)
    other = tests.rows_where([answer.is_of_other for answer in tests.answers])
    for code, rows in few(grouped(tests.codes, other)):
        expected = None if code is None else tests.answers[code].tests[0].cqa
        cqa, id = (columns.text(name, int(rows[0])) for name in ("cqa", "test_id"))
        message = f"test {id!r} is not about {cqa}"
        yield columns.finding("conflicting-cqa", message, rows, "cqa", expected=expected, found=cqa)


def _specifications(columns: ResultColumns, carried: Carried) -> Iterator[Finding]:
    ids, versions = columns.words("specification_id"), columns.words("specification_version")
    if carried.specifications is None or not ids.words:
        return
    key = combined([ids.codes, versions.codes])
    known_ids = {id for id, _ in carried.specifications}
    for _, rows in few(grouped(key, ids.codes >= 0)):
        id, version = ids.word(int(rows[0])), versions.word(int(rows[0]))
        if id is not None and (id not in known_ids if version is None else (id, version) not in carried.specifications):
            shown = id if version is None else f"{id} version {version}"
            message = f"the specification {shown!r} is not in the document"
            yield columns.finding("broken-reference", message, rows, "specification_id", found=shown)


def products_of_rows(columns: ResultColumns) -> Iterator[Finding]:
    """Yield rows that name another product than their batch does."""
    products, batches = columns.words("product_id"), columns.words("batch_id")
    if not products.words:
        return
    place = {word: code for code, word in enumerate(products.words)}
    known = {item.document.id: item.document.product for item in columns.contents.batches}
    none, unheard = -1, -2
    own = [known.get(word) for word in batches.words]
    wanted = np.array([*(none if name is None else place.get(name, unheard) for name in own), none])[batches.codes]
    differs = (products.codes >= 0) & (wanted != none) & (wanted != products.codes)
    for _, rows in few(grouped(combined([batches.codes, products.codes]), differs)):
        row = int(rows[0])
        batch, said = columns.text("batch_id", row), columns.text("product_id", row)
        expected = known.get(batch or "")
        message = f"batch {batch!r} is of product {expected!r}, its results say {said!r}"
        yield columns.finding("conflicting-product", message, rows, "product_id", expected=expected, found=said)
