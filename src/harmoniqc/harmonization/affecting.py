"""Which past results and batches a change of a specification would judge differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from harmoniqc.crosswalk.listing import html_table, plain_table
from harmoniqc.errors import Finding, Findings, SelectionError
from harmoniqc.evaluation import VERDICTS, Evaluation, evaluate
from harmoniqc.evaluation.report import show_row
from harmoniqc.evaluation.verdicts import REASONS, VERDICT_OF_REASON
from harmoniqc.harmonization.asked import Asked
from harmoniqc.harmonization.everywhere import unagreed, untied
from harmoniqc.standard import AsForRelease, Batch, ChangeRecord, Product, Specification, SpecificationChange

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_HEADER = ("batch", "specification", "decision point", "before", "after", "newly against", "no longer against")
RESULT_HEADER = ("row", "batch", "test", "result", "before", "after")

_AGAINST = ("failed", "undecided", "missing", "not_evaluated")
_NOWHERE = "not-applied"


@dataclass(frozen=True, slots=True)
class ResultEffect:
    """A result that is judged differently.

    Attributes:
        row: Its place in the input.
        batch: Its batch.
        result: The result as a person would write it.
        specification: Id of the specification.
        test_before: The test it answers before the change; None: none.
        test_after: The test it answers after it.
        before: Its verdict before; ``not-applied``: the specification is not one for it.
        after: Its verdict after.
        reason_before: The reason of the first.
        reason_after: The reason of the second.
    """

    row: int
    batch: str | None
    result: str
    specification: str
    test_before: str | None
    test_after: str | None
    before: str
    after: str
    reason_before: str | None
    reason_after: str | None


@dataclass(frozen=True, slots=True)
class BatchEffect:
    """A batch that is judged differently at a decision point.

    Attributes:
        batch: The batch.
        specification: Id of the specification.
        decision_point: The decision point.
        before: Its verdict before; None: there was none at this point.
        after: Its verdict after.
        newly_against: Tests that stand against it after and not before: failed, undecided, missing, not evaluated.
        no_longer_against: Tests that stood against it before and do not after.
    """

    batch: str
    specification: str
    decision_point: str
    before: str | None
    after: str | None
    newly_against: tuple[str, ...]
    no_longer_against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """What a change would have meant for past results and batches.

    Attributes:
        change: The change.
        results: Results that are judged differently.
        batches: Batches that are, at a decision point.
        judged_results: How many results were judged before or after.
        judged_batches: How many batches were.
        findings: What a reader should know: changes of specifications that could not be compared.
        evaluations: The evaluations behind it, before and after, for each changed specification.
    """

    change: ChangeRecord
    results: tuple[ResultEffect, ...]
    batches: tuple[BatchEffect, ...]
    judged_results: int
    judged_batches: int
    findings: Findings
    evaluations: tuple[tuple[Evaluation, Evaluation], ...]

    def __bool__(self) -> bool:
        """Whether anything is judged differently."""
        return bool(self.results or self.batches)

    def caption(self) -> str:
        """Return one line that says how much is judged differently."""
        names = ", ".join(map(_named, self.change.specifications))
        batches = len({item.batch for item in self.batches})
        return (
            f"{self.change.id} ({names}): {len(self.results)} of {self.judged_results} results and {batches} of "
            f"{self.judged_batches} batches are judged differently"
        )

    def batch_rows(self) -> list[tuple[str, ...]]:
        """Return the batches as cells of a table under :data:`BATCH_HEADER`."""
        return [
            (
                item.batch,
                item.specification,
                item.decision_point,
                item.before or "-",
                item.after or "-",
                ", ".join(item.newly_against),
                ", ".join(item.no_longer_against),
            )
            for item in self.batches
        ]

    def result_rows(self, limit: int | None = None) -> list[tuple[str, ...]]:
        """Return the results as cells of a table under :data:`RESULT_HEADER`, so many at most."""
        return [
            (
                str(item.row),
                item.batch or "-",
                item.test_after or item.test_before or "-",
                item.result,
                f"{item.before}: {item.reason_before}" if item.reason_before else item.before,
                f"{item.after}: {item.reason_after}" if item.reason_after else item.after,
            )
            for item in self.results[:limit]
        ]

    def summary(self, *, limit: int = 50) -> str:
        """Return what is judged differently as text: batches, and so many results at most."""
        lines = [self.caption(), *(f"note: {item.message}" for item in self.findings)]
        for header, rows in ((BATCH_HEADER, self.batch_rows()), (RESULT_HEADER, self.result_rows(limit))):
            lines += ["", *plain_table(header, rows)] if rows else []
        if len(self.results) > limit:
            lines.append(f"... and {len(self.results) - limit} results more")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        return f"<Affected: {self.caption()}>"

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_html(self) -> str:
        """Return batches and results as HTML tables, every text escaped."""
        batches = html_table(self.caption(), BATCH_HEADER, self.batch_rows())
        return batches + html_table("results", RESULT_HEADER, self.result_rows())

    def to_arrow(self) -> pa.Table:
        """Return one row for each batch and decision point that is judged differently."""
        import pyarrow as pa

        lists = ("newly_against", "no_longer_against")
        names = ("batch", "specification", "decision_point", "before", "after", *lists)
        schema = pa.schema([(name, pa.list_(pa.string()) if name in lists else pa.string()) for name in names])
        return pa.Table.from_pylist(
            [{name: getattr(item, name) for name in names} for item in self.batches], schema=schema
        )

    def results_to_arrow(self) -> pa.Table:
        """Return one row for each result that is judged differently; ``row`` is its place in the input."""
        import pyarrow as pa

        names = tuple(ResultEffect.__dataclass_fields__)
        schema = pa.schema([(name, pa.int64() if name == "row" else pa.string()) for name in names])
        return pa.Table.from_pylist(
            [{name: getattr(item, name) for name in names} for item in self.results], schema=schema
        )


def affected(
    change: ChangeRecord,
    results: object,
    specifications: Iterable[Specification],
    *,
    batches: Iterable[Batch] | None = None,
    products: Iterable[Product] | None = None,
    as_of: date | None = None,
) -> Affected:
    """Tell which past results and batches would be judged differently under the versions a change brings in.

    Every result is judged by the version before and by the version after, whichever was agreed for its batch and
    whenever it is in force.

    Args:
        change: The change; it names specifications with their versions before and after.
        results: As :func:`harmoniqc.evaluate` takes them.
        specifications: At least these versions. Others are used where a criterion refers to another specification.
        batches: What is known of the batches.
        products: What is known of the products.
        as_of: Facts of batches that became known later are not used.

    Raises:
        SelectionError: ``version-not-given`` if a version is not among the specifications; ``no-version-change`` if the
            change brings no specification from one version to another.
        ResultsError: If the table lacks a column without which nothing could be judged.
        TypeError: If something given is no change record or no specification, or the results are none.
    """
    if not isinstance(change, ChangeRecord):
        raise TypeError(f"affected needs a ChangeRecord document, not {type(change).__name__}")
    given = tuple(specifications)
    for item in given:
        if not isinstance(item, Specification):
            raise TypeError(f"affected needs Specification documents, not {type(item).__name__}")
    table, known, made = untied(results), unagreed(batches), tuple(products or ())
    pairs, findings = _pairs(change, given)
    found = []
    for before, after in pairs:
        others = tuple(item for item in given if item.id != before.id)
        found.append(
            (
                evaluate(table, _with(before, others), batches=known, products=made, as_of=as_of),
                evaluate(table, _with(after, others), batches=known, products=made, as_of=as_of),
            )
        )
    return Affected(
        change,
        tuple(effect for old, new in found for effect in _results(old, new)),
        tuple(effect for old, new in found for effect in _batches(old, new)),
        int(np.count_nonzero(np.any([_reasons(item) >= 0 for pair in found for item in pair], axis=0))),
        len({row["batch"] for pair in found for item in pair for row in _batch_rows(item)}),
        Findings(findings),
        tuple(found),
    )


def _pairs(
    change: ChangeRecord, given: Sequence[Specification]
) -> tuple[list[tuple[Specification, Specification]], list[Finding]]:
    by_key = {(item.id, item.version): item for item in given}
    pairs, findings = [], []
    for item in change.specifications:
        if item.from_version is None or item.to_version is None or item.from_version == item.to_version:
            message = f"{_named(item)} has no version before and another after it, so that nothing was compared"
            findings.append(Finding("no-version-change", message, found=_named(item)))
            continue
        for version in (item.from_version, item.to_version):
            if (item.id, version) not in by_key:
                message = f"specification {item.id} version {version} is not among those given"
                known = ", ".join(f"{id} version {number}" for id, number in by_key) or None
                finding = Finding("version-not-given", message, expected=f"{item.id} version {version}", found=known)
                raise SelectionError(message, (finding,))
        pairs.append((by_key[item.id, item.from_version], by_key[item.id, item.to_version]))
    if not pairs:
        message = f"{change.id} brings no specification from one version to another"
        raise SelectionError(message, findings or (Finding("no-version-change", message, found=change.id),))
    return pairs, findings


def _with(specification: Specification, others: tuple[Specification, ...]) -> list[Specification]:
    """Return a specification that applies on every day, with others only where one of its criteria refers to one."""
    always = specification.model_copy(update={"valid_from": None, "valid_to": None})
    refers = any(
        isinstance(criterion, AsForRelease)
        for test in specification.tests
        for criterion in Asked(test, specification).criteria
    )
    return [always, *(others if refers else ())]


def _reasons(evaluation: Evaluation) -> npt.NDArray[np.int16]:
    """Return the reason code of each row of the input under the first specification; -1: it is not one for the row."""
    item = evaluation.judged[0]
    out = np.full(evaluation.columns.n, -1, np.int16)
    out[slice(None) if item.rows is None else item.rows] = item.reasons
    return out


def _tests(evaluation: Evaluation) -> npt.NDArray[np.int32]:
    item = evaluation.judged[0]
    out = np.full(evaluation.columns.n, -1, np.int32)
    out[slice(None) if item.rows is None else item.rows] = item.tests
    return out


def _results(old: Evaluation, new: Evaluation) -> Iterator[ResultEffect]:
    before, after = _reasons(old), _reasons(new)
    tests_before, tests_after = _tests(old), _tests(new)
    verdict = np.array([*VERDICT_OF_REASON, -1], np.int8)  # the last one stands for -1
    batch = old.columns.words.get("batch_id")
    for row in np.flatnonzero(verdict[before] != verdict[after]).tolist():
        yield ResultEffect(
            row,
            None if batch is None else batch.word(row),
            show_row(old, row),
            old.specifications[0].id,
            _id(old, int(tests_before[row])),
            _id(new, int(tests_after[row])),
            _verdict(int(before[row])),
            _verdict(int(after[row])),
            REASONS[before[row]] if before[row] >= 0 else None,
            REASONS[after[row]] if after[row] >= 0 else None,
        )


def _id(evaluation: Evaluation, test: int) -> str | None:
    return evaluation.specifications[0].tests[test].id if test >= 0 else None


def _verdict(reason: int) -> str:
    return VERDICTS[VERDICT_OF_REASON[reason]] if reason >= 0 else _NOWHERE


def _batch_rows(evaluation: Evaluation) -> list[dict[str, object]]:
    own = evaluation.specifications[0]
    return [
        row
        for row in evaluation.batches.to_pylist()
        if (row["specification"], row["specification_version"]) == (own.id, own.version)
    ]


def _batches(old: Evaluation, new: Evaluation) -> Iterator[BatchEffect]:
    before, after = (
        {(str(row["batch"]), str(row["decision_point"])): row for row in _batch_rows(item)} for item in (old, new)
    )
    for key in dict.fromkeys((*before, *after)):
        then, now = before.get(key), after.get(key)
        verdict_then, verdict_now = (None if row is None else str(row["verdict"]) for row in (then, now))
        if verdict_then != verdict_now:
            against_then, against_now = _against(then), _against(now)
            yield BatchEffect(
                key[0],
                old.specifications[0].id,
                key[1],
                verdict_then,
                verdict_now,
                tuple(test for test in against_now if test not in against_then),
                tuple(test for test in against_then if test not in against_now),
            )


def _against(row: dict[str, object] | None) -> tuple[str, ...]:
    found: list[str] = []
    for name in _AGAINST:
        listed = None if row is None else row[name]
        found += listed if isinstance(listed, list) else []
    return tuple(dict.fromkeys(found))


def _named(item: SpecificationChange) -> str:
    if item.from_version is None:
        return f"{item.id} introduced in version {item.to_version}"
    if item.to_version is None:
        return f"{item.id} version {item.from_version} withdrawn"
    return f"{item.id} version {item.from_version} → {item.to_version}"
