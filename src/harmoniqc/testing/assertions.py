"""Assertions that say what came out instead."""

from __future__ import annotations

from harmoniqc.evaluation import Judgment


def assert_verdict(judgment: Judgment, verdict: str) -> None:
    """Assert the verdict of a judgment.

    Raises:
        AssertionError: With the judgment and its findings, if it is another.
    """
    if judgment.verdict != verdict:
        raise AssertionError(f"expected {verdict}, got {judgment}\n{judgment.findings}")


def assert_reason(judgment: Judgment, reason: str) -> None:
    """Assert the reason of a judgment.

    Raises:
        AssertionError: With the judgment and its findings, if it is another.
    """
    if judgment.reason != reason:
        raise AssertionError(f"expected reason {reason}, got {judgment}\n{judgment.findings}")
