"""In which forms the criteria and results of the corpus are written, counted from its documents.

A form is a predicate on the structure of a criterion, or on the print and the columns of a result. Nothing here is
counted by hand, and nothing is read but the corpus.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from harmoniqc.standard import (
    Absence,
    AllOf,
    AnyOf,
    AsForRelease,
    Category,
    Conditional,
    Identity,
    Limit,
    NotStated,
    Package,
    ReportOnly,
    Specification,
    Target,
    Test,
    Trend,
    Unstructured,
    load_document,
    rows_of,
)
from harmoniqc.units import read_unit

Item = TypeVar("Item")


@dataclass(frozen=True)
class Form(Generic[Item]):
    """One form of writing.

    Attributes:
        title: The form, in words.
        model: How the standard expresses it, as Markdown.
        shows: Whether a criterion or a result has the form.
        carried: Whether what has the form is expressed; what is not is left over.
    """

    title: str
    model: str
    shows: Callable[[Item], bool]
    carried: Callable[[Item], bool]


@dataclass(frozen=True)
class Printed:
    """A criterion as it is printed: once, also where it is asked of two products.

    Attributes:
        package: Package it is in.
        specification: Specification it is in.
        test: Its test.
        doubted: Whether the index notes an error or ambiguity of the source.
        unlisted: Whether the collected reading had no id for its attribute.
        shelf_life: Whether it is a second limit, for the shelf life, beside one for the release.
    """

    package: str
    specification: Specification
    test: Test
    doubted: bool
    unlisted: bool
    shelf_life: bool

    @property
    def text(self) -> str:
        """The printed text; empty where no criterion is printed."""
        return self.test.criterion.text or ""

    @property
    def example(self) -> str:
        """The printed text as Markdown."""
        return f"`{self.text}`" if self.text else f"nothing, beside `{self.test.name}`"


@dataclass(frozen=True)
class Row:
    """A row of results.

    Attributes:
        package: Package it is in.
        row: Its columns.
        compound: Whether it is one part of a printed cell that holds several results.
    """

    package: str
    row: dict[str, Any]
    compound: bool

    @property
    def text(self) -> str:
        """The printed text."""
        return str(self.row["text"])

    @property
    def has_number(self) -> bool:
        """Whether a number is carried."""
        return bool({"value", "value_low", "value_high"} & self.row.keys())

    @property
    def example(self) -> str:
        """The printed text as Markdown."""
        return f"`{self.text}`"


def packages(corpus: Path) -> list[Package]:
    """Return the packages of the corpus, in order."""
    found = [load_document(path.read_bytes()) for path in sorted(corpus.glob("[0-9][0-9]_*.json"))]
    return [package for package in found if isinstance(package, Package)]


def printed_criteria(corpus: Path) -> list[Printed]:
    """Return every printed criterion of the corpus."""
    index = json.loads((corpus / "index.json").read_text(encoding="utf-8"))
    entries = {entry["package"]: entry for entry in index["documents"]}
    found: dict[tuple[object, ...], Printed] = {}
    for package in packages(corpus):
        entry = entries[package.id]
        nameless = [item for item in entry["deviations"] if item["field"] == "cqa" and item["case"] is None]
        for specification in package.specifications:
            for test in specification.tests:
                printed = Printed(
                    package.id,
                    specification,
                    test,
                    doubted=_named(test, entry["doubts"]),
                    unlisted=_named(test, nameless),
                    shelf_life=_second_limit(package, specification, test),
                )
                found[package.id, test.name, test.criterion.text, test.stage, test.method] = printed
    return list(found.values())


def rows(corpus: Path) -> list[Row]:
    """Return every row of results of the corpus."""
    found = []
    for package in packages(corpus):
        table = rows_of(package.table)
        parts: dict[tuple[Any, ...], set[Any]] = {}
        for row in table:
            parts.setdefault(_cell(row), set()).add(row.get("component"))
        found += [Row(package.id, row, compound=len(parts[_cell(row)]) > 1) for row in table]
    return found


def _cell(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["batch_id"], row.get("test_id"), row["cqa"], row["text"]


def _named(test: Test, items: list[dict[str, Any]]) -> bool:
    """Tell whether one of these remarks is about a test; the index names it as the source does, at greater length."""
    return any(
        item["printed"] == test.criterion.text and item["attribute"].startswith(test.name or "") for item in items
    )


def _second_limit(package: Package, specification: Specification, test: Test) -> bool:
    def late(where: Specification, what: Test) -> bool:
        return where.purpose == "shelf-life" or "shelf-life" in what.decision_points

    others = [
        other
        for where in package.specifications
        for other in where.tests
        if where.product == specification.product and not late(where, other)
    ]
    same = [other for other in others if (other.cqa, other.component) == (test.cqa, test.component)]
    return late(specification, test) and bool(same)


def parts(criterion: Any) -> Iterator[Any]:
    """Yield a criterion and every criterion inside it."""
    yield criterion
    inner = [part.criterion for part in (*getattr(criterion, "members", ()), *getattr(criterion, "branches", ()))]
    otherwise = getattr(criterion, "otherwise", None) if isinstance(criterion, Conditional) else None
    for part in [*inner, *([] if otherwise is None else [otherwise])]:
        yield from parts(part)


def structured(item: Printed) -> bool:
    """Tell whether no part of a criterion is left as text."""
    return not any(isinstance(part, Unstructured) for part in parts(item.test.criterion))


def _numeric(item: Printed) -> list[Limit | Target]:
    return [part for part in parts(item.test.criterion) if isinstance(part, Limit | Target)]


def _units(item: Printed) -> list[str]:
    return [part.unit for part in _numeric(item) if part.unit is not None]


def _of_kind(item: Printed, kinds: set[str]) -> bool:
    return any(read_unit(unit).unit.kind in kinds for unit in _units(item))


def _power(item: Printed) -> bool:
    values = [part.value for part in _numeric(item) if isinstance(part, Target)]
    values += [
        bound.value for part in _numeric(item) if isinstance(part, Limit) for bound in (part.low, part.high) if bound
    ]
    return any("E" in value for value in values if value) or any("10^" in unit for unit in _units(item))


def _pure_number(item: Printed) -> bool:
    return any(part.unit is None and not (isinstance(part, Target) and part.nominal) for part in _numeric(item))


def _main(title: str, model: str, holds: Callable[[Any], bool]) -> Form[Printed]:
    return Form(title, model, lambda item: holds(item.test.criterion), structured)


def _one_sided(end: str, inclusive: bool) -> Callable[[Any], bool]:
    def holds(criterion: Any) -> bool:
        if not isinstance(criterion, Limit) or (criterion.low is None) == (criterion.high is None):
            return False
        bound = getattr(criterion, end)
        return bound is not None and bound.inclusive is inclusive

    return holds


def _two_sided(criterion: Any) -> bool:
    if isinstance(criterion, Limit):
        return criterion.low is not None and criterion.high is not None
    return isinstance(criterion, Target) and criterion.value is not None and criterion.tolerance is not None


MAIN_FORMS: tuple[Form[Printed], ...] = (
    _main("must not be found", "`absence`", lambda c: isinstance(c, Absence)),
    _main("at least", "`limit`, `low` inclusive", _one_sided("low", True)),
    _main("at most", "`limit`, `high` inclusive", _one_sided("high", True)),
    _main("less than", "`limit`, `high` not inclusive", _one_sided("high", False)),
    _main("more than", "`limit`, `low` not inclusive", _one_sided("low", False)),
    _main("a description in words", "`category`", lambda c: isinstance(c, Category)),
    _main("results, and no published limit", "`not-stated`", lambda c: isinstance(c, NotStated)),
    _main("between two ends", "`limit` with `low` and `high`; `target` with value and `tolerance`", _two_sided),
    _main("to be reported", "`report-only`", lambda c: isinstance(c, ReportOnly)),
    _main(
        "a nominal value alone",
        "`target` without `tolerance`",
        lambda c: isinstance(c, Target) and c.tolerance is None,
    ),
    _main("several demands at once", "`all-of`, with members", lambda c: isinstance(c, AllOf)),
    _main(
        "relative to something else",
        "`identity`, `trend`, `as-for-release`",
        lambda c: isinstance(c, Identity | Trend | AsForRelease),
    ),
    _main("one demand or another", "`any-of`, with its `mode`", lambda c: isinstance(c, AnyOf)),
    _main("depends on the case", "`conditional`, with branches on facts", lambda c: isinstance(c, Conditional)),
    _main(
        "around a nominal value that varies",
        "`target` with the fact `nominal` and `tolerance`",
        lambda c: isinstance(c, Target) and c.value is None and c.tolerance is not None,
    ),
)
"""Every criterion has exactly one of these."""

_TIME = {"duration", "calendar time", "temperature"}
_UNUSUAL = {"assay ratio", "score", "quantification cycle", "fluorescence intensity", "islet dose"}
_UNUSUAL |= {"islets per container", "luminescence", "zeta potential", "logarithm"}
_WORDED = re.compile(
    r"\b(at least|at most|not? (less|more|longer) than|(less|higher|greater) than"
    r"|exceed|minimum|maximum|up to|within)\b",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(r"\b(FDA|SFDA|NMPA|EMA|PMDA|WHO)\b")


def _property(title: str, model: str, holds: Callable[[Printed], bool]) -> Form[Printed]:
    return Form(title, model, holds, structured)


PROPERTIES: tuple[Form[Printed], ...] = (
    _property("a power of ten", "an exponent in `value`; a factor in `unit`", _power),
    _property(
        "a sample or material of its own",
        "`material`, `sampling_point` of the test",
        lambda item: item.test.material is not None or item.test.sampling_point is not None,
    ),
    _property(
        "the operator in words",
        "`low` or `high`, and whether it is `inclusive`",
        lambda item: bool(_numeric(item)) and _WORDED.search(item.text) is not None,
    ),
    _property(
        "before the product is finished",
        "`stage` and `decision_points` of the test",
        lambda item: item.test.stage in {"in-process", "starting-material", "drug-substance"},
    ),
    _property("endotoxin", "one attribute, several dimensions of units", lambda item: item.test.cqa == "endotoxin"),
    _property(
        "per kilogram",
        "`unit`; a bridge over facts of the batch",
        lambda item: any(unit.endswith("/kg") for unit in _units(item)),
    ),
    _property("a time or a temperature", "`unit`; compared unrounded", lambda item: _of_kind(item, _TIME)),
    _property(
        "a scale or unit of one field alone",
        "a declared scale or counted thing as `unit`; none for a pure number",
        lambda item: _of_kind(item, _UNUSUAL) or _pure_number(item),
    ),
    _property(
        "asked by one authority",
        "`jurisdiction` of the specification; the printed `text`",
        lambda item: _AUTHORITY.search(item.text) is not None,
    ),
    _property(
        "an attribute the collected reading had no id for",
        "`cqa`, a term of the vocabulary by now",
        lambda item: item.unlisted,
    ),
    _property(
        "another limit for the shelf life",
        "a second test, at the decision point `shelf-life`, or `as-for-release`",
        lambda item: item.shelf_life,
    ),
    _property(
        "a condition on the whole test",
        "`applies_when` of the test",
        lambda item: item.test.applies_when is not None,
    ),
    _property(
        "read before the end, or after the release",
        "`read_point`, `stage`, the decision point `certification`",
        lambda item: (
            item.test.stage == "post-release" or (item.test.read_point is not None and not item.test.read_point.final)
        ),
    ),
    _property(
        "per an unusual amount",
        "the amount in `unit`",
        lambda item: any("/(" in unit for unit in _units(item)),
    ),
    _property(
        "an error or ambiguity of the source",
        "printed `text` kept, reading argued in `note`",
        lambda item: item.doubted,
    ),
    _property(
        "per container, beside one for the whole",
        "`roll_up` of the test",
        lambda item: item.test.roll_up is not None,
    ),
    _property(
        "a nominal value and its tolerance as a limit",
        "`target` with an absolute `tolerance`",
        lambda item: any(
            isinstance(part, Target) and part.tolerance is not None and not part.tolerance.relative
            for part in parts(item.test.criterion)
        ),
    ),
)
"""A criterion may have none of these, or several."""
