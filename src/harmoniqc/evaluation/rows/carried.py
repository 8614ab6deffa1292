"""Factors that carry results over by facts of their batch: one for each batch, as a float and exactly."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from harmoniqc.evaluation.kernel import Floats, Mask
from harmoniqc.evaluation.meaning.bridges import Bridge, MissingFactError, cross, side_of
from harmoniqc.evaluation.meaning.compiled import Bridged, Comparison, Compiled, bridged_in
from harmoniqc.evaluation.meaning.facts import Facts
from harmoniqc.evaluation.rows.ingest import Coded, Columns
from harmoniqc.units import parse_unit

_GUARD = 2.0**-48
"""Relative distance to a bound below which a product of floats is computed exactly.

A correctly rounded factor times a float errs by at most two units in the last place, 2**-51; a bound as float by as
much. The guard is eight times that.
"""

_UNKNOWN = Facts()


class Carried:
    """Factors of batches, computed when first asked for.

    Args:
        compiled: The specification.
        columns: The results.
        batches: Facts of each batch, in the order of the words of ``batch_id``.
    """

    def __init__(self, compiled: Compiled, columns: Columns, batches: Sequence[Facts]) -> None:
        self.compiled = compiled
        self.batches = batches
        self.words = columns.words
        self.unit = columns.words.get("unit")
        self._known: dict[tuple[object, ...], Bridge | str] = {}

    @property
    def codes(self) -> Coded | None:
        """The batch of each row; read only where a factor is asked for."""
        return self.words.get("batch_id")

    def factors(self, found: Bridged, rows: npt.NDArray[np.intp]) -> Floats:
        """Return the factor of each row into the unit of the limit; NaN where a fact is missing."""
        codes = np.full(len(rows), -1) if self.codes is None else self.codes.codes[rows]
        distinct, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
        exact = [self.exactly(found, row) for row in rows[first].tolist()]
        table = np.array([np.nan if factor is None else _nearest(factor) for factor in exact])
        return np.asarray(table[inverse]) if len(distinct) else np.zeros(0)

    def exactly(self, found: Bridged, row: int) -> Fraction | None:
        """Return the exact factor of a row into the unit of the limit; None where a fact is missing."""
        bridge = self.bridge(found, row)
        if isinstance(bridge, str):
            return None
        code = None if self.unit is None else self.compiled.units[int(self.unit.codes[row])].code
        return bridge.factor * parse_unit(code or "1").scale / parse_unit(found.unit).scale

    def bridge(self, found: Bridged, row: int) -> Bridge | str:
        """Return the bridge of a row's batch, or the names of the facts that are missing."""
        batch = -1 if self.codes is None else int(self.codes.codes[row])
        side = side_of(found.limit)
        key = (batch, found.formula.id, found.formula.dimension, side)
        known = self._known.get(key)
        if known is None:
            facts = self.batches[batch] if 0 <= batch < len(self.batches) else _UNKNOWN
            try:
                known = cross(found.formula, facts, side)
            except MissingFactError as error:
                known = str(error)
            self._known[key] = known
        return known

    def bridges_in(self, found: Comparison, rows: npt.NDArray[np.intp]) -> Iterator[Bridge | str]:
        """Yield the bridges of some rows, or the names of the facts that are missing."""
        for row in rows.tolist():
            for item in bridged_in(found):
                yield self.bridge(item, row)

    def near_a_bound(self, derived: Floats, slot: int) -> Mask:
        """Return which products lie so near a bound of a slot that only exact arithmetic can tell the side."""
        compiled = self.compiled
        bounds = [compiled.domain_low[slot], compiled.domain_high[slot]]
        for inside in (compiled.inside, compiled.unrounded):
            bounds += [inside.low[slot], inside.high[slot]]
            bounds += [bound for pair in inside.more.get(slot, ()) for bound in pair]
        bounds += compiled.censored(slot).ravel().tolist()
        near = ~np.isfinite(derived)
        for bound in {float(bound) for bound in bounds if np.isfinite(bound)}:
            with np.errstate(over="ignore", invalid="ignore"):  # a difference beyond float64 is not near
                near |= np.abs(derived - bound) <= _GUARD * abs(bound) + np.finfo(np.float64).tiny
        return near


def _nearest(factor: Fraction) -> float:
    """Return a factor as a float; infinity, which asks for exact arithmetic, where a float would not be near it."""
    try:
        nearest = float(factor)
    except OverflowError:
        return float("inf")
    return nearest if nearest >= sys.float_info.min else float("inf")
