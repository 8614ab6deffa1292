"""How far results lie from the limits they were compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation import Evaluation
from harmoniqc.evaluation.meaning.compiled import Compared
from harmoniqc.evaluation.meaning.interval import Region
from harmoniqc.evaluation.meaning.unit_texts import read_units
from harmoniqc.evaluation.verdicts import CODE
from harmoniqc.harmonization.asked import EVERYWHERE, Asked
from harmoniqc.harmonization.cells import TooManyCellsError, cells_of
from harmoniqc.harmonization.demands import WHOLE, demands_of
from harmoniqc.harmonization.implication import Comparer
from harmoniqc.units import conversion, parse_unit

Floats = npt.NDArray[np.float64]

_NUMBERS = (CODE["within-limit"], CODE["outside-limit"])


@dataclass(frozen=True, slots=True)
class Margins:
    """Distances of results from the nearest end of what conforms; below zero: outside.

    They describe and never decide: a verdict is reached on exact thresholds, a margin is a float64.

    Attributes:
        unit: The unit of the limit.
        values: The distances, ascending.
    """

    unit: str
    values: tuple[float, ...]

    @property
    def least(self) -> float:
        """The least margin."""
        return self.values[0]

    @property
    def median(self) -> float:
        """The median margin."""
        return float(np.median(self.values))

    @property
    def greatest(self) -> float:
        """The greatest margin."""
        return self.values[-1]

    def __str__(self) -> str:
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.least:.4g} / {self.median:.4g} / {self.greatest:.4g}{unit}"


def margins_of(evaluation: Evaluation, place: int, test: int, asked: Asked, comparer: Comparer) -> Margins | None:
    """Return the margins of the numbers that one test was decided by; None where there are none to be told.

    Censored results have none, nor have criteria on several results, criteria that depend on facts of the batch, and
    units that only facts carry over.

    Args:
        evaluation: The evaluation.
        place: Place of the specification in it.
        test: Place of the test in the specification.
        asked: The test.
        comparer: Knows what criteria mean.
    """
    try:
        if cells_of((asked,)) != (EVERYWHERE,):
            return None
    except TooManyCellsError:
        return None
    node = asked.node(EVERYWHERE)
    demands = None if node is None else demands_of(node)
    if demands is None or demands.joined or set(demands.single) != {WHOLE}:
        return None
    nodes = demands.single[WHOLE]
    of_limit = comparer.unit(nodes)
    values = evaluation.columns.numbers.get("value")
    if isinstance(of_limit, str) or values is None:
        return None
    item = evaluation.judged[place]
    mine = np.flatnonzero((item.tests == test) & np.isin(item.reasons, _NUMBERS))
    rows = mine if item.rows is None else item.rows[mine]
    column = evaluation.columns.words.get("unit")
    units = read_units(column.words if column is not None else ())
    codes = np.full(len(rows), -1) if column is None else column.codes[rows]
    found: list[Floats] = []
    for code in np.unique(codes).tolist():
        unit = units[code]
        meant = comparer.meaning(nodes, unit, asked.test.cqa)
        if not isinstance(meant, Compared) or meant.plan.inverted is not None:
            continue
        step = conversion(parse_unit(unit.code or "1"), parse_unit(of_limit.code or "1"))
        numbers = _numbers(evaluation, rows[codes == code])
        found.append(_signed(numbers, meant.plan.accept) * float(step.factor))
    every = np.sort(np.concatenate(found)) if found else np.zeros(0)
    every = every[np.isfinite(every)]
    return Margins(of_limit.code or "1", tuple(every.tolist())) if len(every) else None


def _numbers(evaluation: Evaluation, rows: npt.NDArray[np.intp]) -> Floats:
    """Return the numbers of rows, those that no float64 prints as rounded to the nearest."""
    column = evaluation.columns.numbers["value"]
    out: Floats = column.values[rows].astype(np.float64)
    if column.exact:
        for place, row in enumerate(rows.tolist()):
            if row in column.exact:
                out[place] = float(column.exact[row])
    return out


def _signed(numbers: Floats, region: Region) -> Floats:
    """Return the distance of numbers from the nearest end of a region, below zero outside of it."""
    best: Floats = np.full(len(numbers), -np.inf)
    for piece in region.intervals:
        low = np.inf if piece.low is None else numbers - float(piece.low.value)
        high = np.inf if piece.high is None else float(piece.high.value) - numbers
        best = np.maximum(best, np.minimum(low, high))
    return best
