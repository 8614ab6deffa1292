"""What the limits of several specifications cost on real batches: who fails what, and who alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from harmoniqc.crosswalk.listing import html_table, plain_table
from harmoniqc.evaluation import Evaluation, evaluate
from harmoniqc.evaluation.meaning.book import decides
from harmoniqc.harmonization.asked import Asked
from harmoniqc.harmonization.everywhere import at_any_time, unagreed, untied
from harmoniqc.harmonization.facets import printed
from harmoniqc.harmonization.harmonizing import labels_of
from harmoniqc.harmonization.implication import Comparer
from harmoniqc.harmonization.margins import Margins, margins_of
from harmoniqc.standard import Batch, Product, Specification, Test

if TYPE_CHECKING:
    import pyarrow as pa

HEADER = ("attribute", "specification", "judged", "fail", "only here", "decisive", "margin", "criterion")
_LEGEND = (
    "only here: batches that no other specification fails on the attribute; decisive: batches that the specification "
    "fails on nothing else; margin: least / median / greatest distance from the limit, below zero outside"
)


@dataclass(frozen=True, slots=True)
class LimitCost:
    """What the tests of one attribute cost under one specification.

    Attributes:
        cqa: The attribute.
        component: The part that is judged, where the attribute has several.
        specification: What the specification is called.
        tests: Ids of its tests of the attribute.
        criterion: Their criteria, as printed.
        judged: How many batches were compared: conforming or not.
        failing: Batches that fail.
        undecided: How many batches are undecided, not evaluated or missing.
        alone: Those failing that no other specification fails on the attribute.
        decisive: Those failing that the specification fails on no other attribute.
        margins: Distances of the results from the limit; None: none can be told.
    """

    cqa: str
    component: str | None
    specification: str
    tests: tuple[str, ...]
    criterion: str
    judged: int
    failing: tuple[str, ...]
    undecided: int
    alone: tuple[str, ...]
    decisive: tuple[str, ...]
    margins: Margins | None

    @property
    def bites(self) -> bool:
        """Whether any batch fails."""
        return bool(self.failing)


@dataclass(frozen=True, slots=True)
class BatchCost:
    """What one specification costs as a whole.

    Attributes:
        specification: What it is called.
        batches: How many batches it was applied to.
        conforming: Batches that conform at every decision point.
        failing: Batches that fail at one.
        alone: Those failing that no other specification fails.
    """

    specification: str
    batches: int
    conforming: tuple[str, ...]
    failing: tuple[str, ...]
    alone: tuple[str, ...]

    @property
    def open(self) -> int:
        """How many batches neither conform nor fail: something is missing or undecided."""
        return self.batches - len(self.conforming) - len(self.failing)

    def __str__(self) -> str:
        return (
            f"{self.specification}: {len(self.failing)} of {self.batches} batches fail, {len(self.alone)} of them here "
            f"alone; {len(self.conforming)} conform, {self.open} are open"
        )


@dataclass(frozen=True, slots=True)
class Feasibility:
    """What several specifications cost on the same batches.

    Attributes:
        specifications: One entry for each specification, in the order given.
        limits: One entry for each attribute and specification that tests it.
        evaluation: The evaluation behind it; versions of one specification have ids of their own there.
    """

    specifications: tuple[BatchCost, ...]
    limits: tuple[LimitCost, ...]
    evaluation: Evaluation

    def costliest(self) -> tuple[LimitCost, ...]:
        """Return the limits that any batch fails: first those that decide most batches, then those that fail most."""
        biting = [item for item in self.limits if item.bites]
        return tuple(sorted(biting, key=lambda item: (-len(item.decisive), -len(item.failing), -len(item.alone))))

    def bites(self, cqa: str) -> tuple[LimitCost, ...]:
        """Return the limits on an attribute that any batch fails, most first."""
        found = [item for item in self.limits if item.cqa == cqa and item.bites]
        return tuple(sorted(found, key=lambda item: -len(item.failing)))

    def caption(self) -> str:
        """Return one line that says what was asked."""
        return f"{len(self.specifications)} specifications on the same batches"

    def rows(self) -> list[tuple[str, ...]]:
        """Return the limits as cells of a table under :data:`HEADER`."""
        return [
            (
                item.cqa if item.component is None else f"{item.cqa}, {item.component}",
                item.specification,
                str(item.judged),
                str(len(item.failing)),
                str(len(item.alone)),
                str(len(item.decisive)),
                "-" if item.margins is None else str(item.margins),
                item.criterion,
            )
            for item in self.limits
        ]

    def summary(self) -> str:
        """Return what the specifications cost as text: a line each, and a table of the limits."""
        return "\n".join([*map(str, self.specifications), "", *plain_table(HEADER, self.rows()), _LEGEND])

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        return f"<Feasibility: {'; '.join(map(str, self.specifications))}>"

    def _repr_html_(self) -> str:
        return self.to_html()

    def to_html(self) -> str:
        """Return the limits as an HTML table, every text escaped."""
        return html_table(f"{self.caption()} ({_LEGEND})", HEADER, self.rows())

    def to_arrow(self) -> pa.Table:
        """Return one row for each attribute and specification; margins as a list of float64 in ``margin_unit``."""
        import pyarrow as pa

        text, number, texts = pa.string(), pa.int64(), pa.list_(pa.string())
        schema = pa.schema(
            [
                ("cqa", text), ("component", text), ("specification", text), ("tests", texts), ("criterion", text),
                ("judged", number), ("undecided", number), ("failing", texts), ("alone", texts), ("decisive", texts),
                ("margin_unit", text), ("margins", pa.list_(pa.float64())),
            ]
        )  # fmt: skip
        own = [name for name in schema.names if not name.startswith("margin")]
        rows = [
            {
                **{name: getattr(item, name) for name in own},
                "margin_unit": None if item.margins is None else item.margins.unit,
                "margins": None if item.margins is None else item.margins.values,
            }
            for item in self.limits
        ]
        return pa.Table.from_pylist(rows, schema=schema)


def feasibility(
    results: object,
    specs: Iterable[Specification],
    *,
    batches: Iterable[Batch] | None = None,
    products: Iterable[Product] | None = None,
    as_of: date | None = None,
) -> Feasibility:
    """Tell what the limits of several specifications cost on real batches.

    Every batch is judged by every specification, whichever was agreed for it and whenever it is in force, in one
    evaluation. Only limits that decide conformance count.

    Args:
        results: As :func:`harmoniqc.evaluate` takes them.
        specs: The specifications, such as those of several authorities, or what one proposes beside what is in force.
        batches: What is known of the batches.
        products: What is known of the products.
        as_of: Facts of batches that became known later are not used.

    Raises:
        SelectionError: If no specification is given, one is given twice, or batches are parts of each other.
        ResultsError: If the table lacks a column without which nothing could be judged.
        TypeError: If something given is no specification, or the results are no table and no iterable of results.
    """
    given = tuple(specs)
    for item in given:
        if not isinstance(item, Specification):
            raise TypeError(f"feasibility needs Specification documents, not {type(item).__name__}")
    labels = labels_of(given)
    always = at_any_time(given)
    evaluation = evaluate(untied(results), always, batches=unagreed(batches), products=products, as_of=as_of)
    columns = [_Column(evaluation, place, label) for place, label in enumerate(labels)]
    return Feasibility(tuple(_of_batches(columns)), tuple(_of_limits(evaluation, columns)), evaluation)


class _Column:
    """What became of every batch under one specification."""

    def __init__(self, evaluation: Evaluation, place: int, label: str) -> None:
        self.place = place
        self.label = label
        self.specification = evaluation.specifications[place]
        self.attributes: dict[tuple[str, str | None], list[tuple[int, Test]]] = {}
        for number, test in enumerate(self.specification.tests):
            if decides(test, self.specification):
                self.attributes.setdefault((test.cqa, test.component), []).append((number, test))
        own = self.specification.id
        verdicts: dict[str, dict[str, str]] = {}
        for row in evaluation.tests.to_pylist():
            if row["specification"] == own:
                verdicts.setdefault(row["test"], {})[row["batch"]] = row["verdict"]
        self.verdicts = {
            key: _joined([verdicts.get(test.id, {}) for _, test in tests]) for key, tests in self.attributes.items()
        }
        points: dict[str, set[str]] = {}
        for row in evaluation.batches.to_pylist():
            if row["specification"] == own:
                points.setdefault(row["batch"], set()).add(row["verdict"])
        self.batches = points

    def failing(self) -> list[str]:
        """Return the batches that fail at a decision point."""
        return [batch for batch, verdicts in self.batches.items() if "does-not-conform" in verdicts]

    def failing_on(self, key: tuple[str, str | None]) -> list[str]:
        """Return the batches that fail on an attribute."""
        return [batch for batch, verdict in self.verdicts.get(key, {}).items() if verdict == "does-not-conform"]


_WORST_FIRST = ("does-not-conform", "indeterminate", "not-evaluated", "missing", "conforms", "reported")


def _joined(verdicts: Sequence[dict[str, str]]) -> dict[str, str]:
    """Return the worst verdict of each batch in several tests; what does not apply is left out."""
    out: dict[str, str] = {}
    for found in verdicts:
        for batch, verdict in found.items():
            if verdict != "not-applicable":
                known = out.get(batch, verdict)
                out[batch] = min(known, verdict, key=_WORST_FIRST.index)
    return out


def _of_batches(columns: Sequence[_Column]) -> Iterator[BatchCost]:
    for column in columns:
        failing = column.failing()
        elsewhere = {batch for other in columns if other is not column for batch in other.failing()}
        yield BatchCost(
            column.label,
            len(column.batches),
            tuple(batch for batch, verdicts in column.batches.items() if verdicts == {"conforms"}),
            tuple(failing),
            tuple(batch for batch in failing if batch not in elsewhere),
        )


def _of_limits(evaluation: Evaluation, columns: Sequence[_Column]) -> Iterator[LimitCost]:
    comparer = Comparer()
    for key in dict.fromkeys(key for column in columns for key in column.attributes):
        for column in columns:
            if key not in column.attributes:
                continue
            failing = column.failing_on(key)
            elsewhere = {batch for other in columns if other is not column for batch in other.failing_on(key)}
            beside = {batch for other in column.attributes if other != key for batch in column.failing_on(other)}
            verdicts = list(column.verdicts[key].values())
            tests = column.attributes[key]
            yield LimitCost(
                cqa=key[0],
                component=key[1],
                specification=column.label,
                tests=tuple(test.id for _, test in tests),
                criterion="; ".join(dict.fromkeys(printed(test.criterion) for _, test in tests)),
                judged=sum(verdict in ("conforms", "does-not-conform") for verdict in verdicts),
                failing=tuple(failing),
                undecided=sum(verdict in ("indeterminate", "not-evaluated", "missing") for verdict in verdicts),
                alone=tuple(batch for batch in failing if batch not in elsewhere),
                decisive=tuple(batch for batch in failing if batch not in beside),
                margins=_margins(evaluation, column, tests, comparer),
            )


def _margins(
    evaluation: Evaluation, column: _Column, tests: Sequence[tuple[int, Test]], comparer: Comparer
) -> Margins | None:
    """Return the margins of the one test of an attribute; of several they would not say of which."""
    if len(tests) != 1:
        return None
    number, test = tests[0]
    others = tuple(item for item in evaluation.specifications if item is not column.specification)
    return margins_of(evaluation, column.place, number, Asked(test, column.specification, others), comparer)
