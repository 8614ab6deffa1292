"""``python -m benchmarks.harmonizing``: two specifications of 200 tests compared, three harmonized."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import harmoniqc as hq

COMPARE_TARGET, HARMONIZE_TARGET = 50.0, 150.0
"""Milliseconds; the specifications are made afresh each time, so that nothing of them is remembered."""


def specification(number: int, tests: int = 200) -> hq.Specification:
    """Return a specification of an authority: limits in other units and roundings, words, absences, parts.

    Args:
        number: Which authority; each asks for something else.
        tests: How many tests.
    """
    made = []
    for place in range(tests):
        kind = place % 8
        criterion: hq.Criterion
        if kind < 4:
            unit = "EU/L" if number == 1 else "EU/mL"
            criterion = hq.Limit.at_most(f"{5 + number}.{place % 10}", unit)
        elif kind == 4:
            criterion = hq.Limit.between(f"{60 + number}", f"{100 - number}", "%")
        elif kind == 5:
            criterion = hq.Absence(read_day=7 + number)
        elif kind == 6:
            accept = (hq.CodedOutcome(code="clear"), hq.CodedOutcome(code=f"pale-{number}"))
            criterion = hq.Category(accept=accept)
        else:
            limits = {"CD73": f"{90 + number}", "CD90": "95"}
            members = (hq.Member(component=part, criterion=hq.Limit.at_least(low, "%")) for part, low in limits.items())
            criterion = hq.AllOf(members=tuple(members))
        made.append(
            hq.Test(
                id=f"test-{place}",
                cqa=f"attribute-{place}",
                criterion=criterion,
                stage="release",
                method=hq.Method(name="method"),
            )
        )
    return hq.Specification(
        id=f"specification-{number}",
        version="1",
        product="product",
        rounding="limit-decimals" if number else "none",
        jurisdiction=("FDA", "EMA", "PMDA")[number],
        tests=tuple(made),
    )


def milliseconds(run: Callable[[list[hq.Specification]], object], rounds: int = 15) -> float:
    """Return the median time of a function of three new specifications."""
    spent = []
    for _ in range(rounds):
        given = [specification(number) for number in range(3)]
        start = time.perf_counter()
        run(given)
        spent.append((time.perf_counter() - start) * 1e3)
    return statistics.median(spent)


def main() -> int:
    """Measure and print."""
    met = True
    for name, run, target in (
        ("compare 2 of 200 tests", lambda given: hq.compare(*given[:2]), COMPARE_TARGET),
        ("harmonize 3 of 200 tests", hq.harmonize, HARMONIZE_TARGET),
    ):
        found = milliseconds(run)
        met &= found <= target
        print(f"{name:26} {found:6.0f}ms  <={target:.0f}ms  {'met' if found <= target else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
