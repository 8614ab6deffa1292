"""Hypothesis profiles, and a summary in which no skipped test goes unnoticed."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, max_examples=100, print_blob=True)
settings.register_profile(
    "ci", parent=settings.get_profile("default"), max_examples=300, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("quick", parent=settings.get_profile("default"), max_examples=15)
settings.load_profile(os.environ.get("HARMONIQC_EXAMPLES") or ("ci" if os.environ.get("CI") else "default"))

NO_SKIP = os.environ.get("HARMONIQC_NO_SKIP") == "1"


def _skipped(config: pytest.Config) -> list[pytest.TestReport | pytest.CollectReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return [] if reporter is None else reporter.stats.get("skipped", [])


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped anything, where HARMONIQC_NO_SKIP=1 asks for all of it."""
    if NO_SKIP and session.exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name every skipped test and say why it was skipped."""
    reports = _skipped(config)
    if not reports:
        return
    terminalreporter.section("NOT RUN", sep="=", red=NO_SKIP, yellow=not NO_SKIP, bold=True)
    for report in reports:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.write_line(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")
    if NO_SKIP:
        terminalreporter.write_line("HARMONIQC_NO_SKIP=1: a skipped test fails the run.", red=True)
