"""``make bench``: one table of work, ours, peer, ratio, target, met or not.

The peers are given every advantage: dictionary codes ready, limits already in the unit of each row, float64 limits
computed the naive way. Exit status 1 if the ceiling against a plain copy of the values is missed; the ratios against
the peers are targets of the design, shown until they are met.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from . import validation
from .data import Workload, workload
from .verdicts import PEERS, ours

COPY_TARGET = 6.0
"""Ours takes at most so many times a copy of the values."""

VALIDATION_TARGET = 2.5
"""A validation with everything it finds takes at most so many times the bare parsing of the results by pydantic."""


def paired(ours_: Callable[[], object], other: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return the median seconds of both, run in turn so that a drifting machine hits both alike."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for run, spent in zip((ours_, other), times, strict=True):
            start = time.perf_counter()
            run()
            spent.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--results", type=int, default=100_000, help="results in the package that is validated")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--retries", type=int, default=2, help="how often a missed target is measured again")
    options = parser.parse_args()
    work = workload(options.rows)
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {options.rows:,} results, 60 CQAs x 4 units")
    print(f"{'peer':24} {'ours':>9} {'peer':>9} {'ratio':>9} {'target':>9}")
    met = _measure_copy(work, options)
    run = ours(work)
    expected = run()
    for name, (make, target) in PEERS.items():
        try:
            peer = make(work)
        except ImportError as error:
            print(f"{name:24} not installed: {error.name}")
            continue
        np.testing.assert_array_equal(peer(), expected, err_msg=name)
        rounds = 1 if target >= 100 else options.rounds
        _report(name, run, peer, rounds, options.retries, target)
    met &= _measure_validation(options)
    return 0 if met else 1


def _measure_validation(options: argparse.Namespace) -> bool:
    """Validate 100,000 results against bare pydantic, and as many as jsonschema does in reasonable time against it."""
    data = validation.package(options.results)
    run, bare = validation.ours(data), validation.bare_pydantic(data)
    for attempt in range(options.retries + 1):
        mine, other = paired(run, bare, options.rounds)
        if mine <= VALIDATION_TARGET * other or attempt == options.retries:
            break
    met = mine <= VALIDATION_TARGET * other
    times = f"{mine * 1e3:7.0f}ms {other * 1e3:7.0f}ms"
    target = f"<={VALIDATION_TARGET:g}x"
    print(f"{'validate, pydantic alone':24} {times} {mine / other:8.1f}x {target:>9} {'met' if met else 'MISSED'}")
    few = validation.package(options.results // 20)
    _report("jsonschema", validation.ours(few), validation.by_jsonschema(few), 1, options.retries, 10)
    return met


def _measure_copy(work: Workload, options: argparse.Namespace) -> bool:
    values = work.table.column("value").chunk(0).fill_null(0).to_numpy(zero_copy_only=False)
    run = ours(work)
    for attempt in range(options.retries + 1):
        mine, copy = paired(run, values.copy, options.rounds)
        if mine <= COPY_TARGET * copy or attempt == options.retries:
            break
    met = mine <= COPY_TARGET * copy
    times = f"{mine * 1e3:7.0f}ms {copy * 1e3:7.0f}ms"
    print(f"{'values.copy()':24} {times} {mine / copy:8.1f}x {f'<={COPY_TARGET:g}x':>9} {'met' if met else 'MISSED'}")
    return met


def _report(
    name: str, run: Callable[[], object], peer: Callable[[], object], rounds: int, retries: int, target: float
) -> None:
    for attempt in range(retries + 1):
        mine, other = paired(run, peer, rounds)
        if other >= target * mine or attempt == retries:
            break
    met = other >= target * mine
    times = f"{mine * 1e3:7.0f}ms {other * 1e3:7.0f}ms"
    label = f"{name} {_version(name)}"
    print(f"{label:24} {times} {other / mine:8.1f}x {f'>={target:g}x':>9} {'met' if met else 'not yet'}")


def _version(name: str) -> str:
    try:
        return version(name.split()[0].split(".")[0])
    except PackageNotFoundError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
