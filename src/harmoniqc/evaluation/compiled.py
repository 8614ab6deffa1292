"""A specification compiled for the units that occur: bounds by test and unit, as arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from harmoniqc.errors import UnitError
from harmoniqc.evaluation.judging import static_reason
from harmoniqc.evaluation.kernel import Floats
from harmoniqc.evaluation.plan import Plan, plan_for
from harmoniqc.evaluation.projection import EMPTY
from harmoniqc.evaluation.unit_texts import ReadUnit, unit_reason
from harmoniqc.evaluation.verdicts import CODE
from harmoniqc.standard import Limit, RoundingPolicy, Specification, Test


class Compiled:
    """The limits of one specification as arrays over (test, unit).

    Rows are the tests in their order and a last one for "no test"; columns are the unit texts in their order and
    a last one for "no unit". Code -1 thus points at the last of either.

    Attributes:
        specification: What was compiled.
        units: The unit texts, read.
        low: Least conforming value, float64, shape (tests + 1, units + 1).
        high: Largest conforming value; (inf, -inf) where nothing conforms.
        domain_low: Least value that can exist.
        domain_high: Largest value that can exist.
        reason: Why numbers in this unit are not compared, uint8; 0: they are.
        static: Why the test is never judged, uint8 per test; 0: it can be.
    """

    def __init__(self, specification: Specification, units: tuple[ReadUnit, ...]) -> None:
        self.specification = specification
        self.units = units
        shape = (len(specification.tests) + 1, len(units))
        self.low: Floats = np.full(shape, EMPTY[0])
        self.high: Floats = np.full(shape, EMPTY[1])
        self.domain_low: Floats = np.full(shape, EMPTY[0])
        self.domain_high: Floats = np.full(shape, EMPTY[1])
        self.reason: npt.NDArray[np.uint8] = np.zeros(shape, np.uint8)
        self.static: npt.NDArray[np.uint8] = np.zeros(shape[0], np.uint8)
        self.plans: dict[tuple[int, int], Plan] = {}
        self._censored: dict[tuple[int, int], npt.NDArray[np.float64]] = {}
        for place, test in enumerate(specification.tests):
            reason = test_reason(test)
            if reason is not None:
                self.static[place] = CODE[reason]
            elif isinstance(test.criterion, Limit):
                self._compile_limit(place, test, test.criterion)

    def _compile_limit(self, place: int, test: Test, limit: Limit) -> None:
        policy: RoundingPolicy = limit.rounding or self.specification.rounding
        for column, unit in enumerate(self.units):
            if unit.findings:
                self.reason[place, column] = CODE[unit_reason(unit.findings)]
                continue
            if unit.population is not None and limit.population not in (None, unit.population):
                self.reason[place, column] = CODE["population-mismatch"]
                continue
            if unit.code is None and limit.unit not in (None, "1"):
                self.reason[place, column] = CODE["unit-not-stated"]
                continue
            try:
                plan = plan_for(limit, policy, unit.code, test.cqa)
            except UnitError as error:
                self.reason[place, column] = CODE[unit_reason(error.findings)]
                continue
            self.plans[place, column] = plan
            self.low[place, column], self.high[place, column] = plan.bounds()
            self.domain_low[place, column], self.domain_high[place, column] = plan.domain_bounds()

    def censored(self, place: int, column: int) -> npt.NDArray[np.float64]:
        """Return the bounds of censored results: possible, conforms, fails; float64, shape (4, 3, 2)."""
        key = (place, column)
        if key not in self._censored:
            bounds = self.plans[key].censored()
            self._censored[key] = np.array([[item.possible, item.conforms, item.fails] for item in bounds])
        return self._censored[key]


def test_reason(test: Test) -> str | None:
    """Return why a test is never judged by this version; None if it can be."""
    unsupported = (test.read_point, test.applies_when, test.reportable)
    if any(item is not None for item in unsupported):
        return static_reason(test.criterion) or "unsupported-kind"
    return static_reason(test.criterion)
