"""The report as JUnit XML, which CI systems show as test results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from harmoniqc.cli.findings import finding_lines
from harmoniqc.cli.reports.outcome import Outcome
from harmoniqc.cli.terminal import printable
from harmoniqc.errors import Finding

_PROFILE_CODE = "below-profile"


def render(outcomes: Sequence[Outcome]) -> str:
    """Return the report: a suite for each file, in it a case for validity and one for the profile.

    The names of the cases do not depend on what was found, so that a CI system sees them fail and pass again.
    """
    root = ET.Element("testsuites", name="harmoniqc validate")
    for outcome in outcomes:
        root.append(_suite(outcome))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root)
    # ASCII with character references is UTF-8, too, and survives any encoding of the screen.
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="us-ascii").decode("ascii")}\n'


def _suite(outcome: Outcome) -> ET.Element:
    name = printable(outcome.name)
    suite = ET.Element("testsuite", name=name, tests="2", failures="0", errors="0", skipped="0")
    valid = ET.SubElement(suite, "testcase", classname=name, name="is valid")
    profile = ET.SubElement(suite, "testcase", classname=name, name=f"reaches profile {outcome.profile}")
    if outcome.validation is None:
        _add(valid, "error", outcome.findings, "cannot be read")
        ET.SubElement(profile, "skipped", message="cannot be read")
        suite.set("errors", "1")
        suite.set("skipped", "1")
        return suite
    faults = [item for item in outcome.findings.errors if item.code != _PROFILE_CODE]
    failures = 0
    if faults:
        failures += 1
        count = sum(item.count for item in faults)
        _add(valid, "failure", faults, f"{count:,} error{'s' if count > 1 else ''}")
    others = [item for item in outcome.findings if item.level != "error"]
    if others:
        ET.SubElement(valid, "system-out").text = _lines(others)
    if not outcome.reaches:
        failures += 1
        lacking = [item for item in outcome.findings if item.code == _PROFILE_CODE]
        _add(profile, "failure", lacking, f"reaches {outcome.validation.reached or 'no profile'}")
    suite.set("failures", str(failures))
    return suite


def _add(case: ET.Element, kind: str, findings: Iterable[Finding], message: str) -> None:
    findings = tuple(findings)
    codes = ", ".join(dict.fromkeys(item.code for item in findings))
    element = ET.SubElement(case, kind, message=message, type=codes or _PROFILE_CODE)
    element.text = _lines(findings)


def _lines(findings: Iterable[Finding]) -> str:
    return "\n".join(line for finding in findings for line in finding_lines(finding))
