"""Speed, far enough above the targets that only another order of growth fails it."""

from __future__ import annotations

import time

import pytest
from benchmarks.harmonizing import COMPARE_TARGET, HARMONIZE_TARGET, specification

import harmoniqc as hq


@pytest.mark.slow
@pytest.mark.parametrize(
    ("run", "count", "target"),
    [(lambda given: hq.compare(*given), 2, COMPARE_TARGET), (hq.harmonize, 3, HARMONIZE_TARGET)],
)
def test_two_hundred_tests(run, count, target):
    spent = []
    for _ in range(5):
        given = [specification(number) for number in range(count)]
        start = time.process_time()
        run(given)
        spent.append((time.process_time() - start) * 1e3)
    assert min(spent) <= 4 * target
