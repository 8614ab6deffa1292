"""The exceptions: one base, each carrying findings, all of them picklable at every protocol."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harmoniqc.errors.finding import Finding, Findings


class HarmoniqcError(Exception):
    """Base of every exception the library raises on purpose.

    Args:
        message: What went wrong, in one sentence.
        findings: The findings that say it in detail.

    Attributes:
        message: As given.
        findings: :class:`Findings`, possibly empty.
    """

    def __init__(self, message: str, findings: Iterable[Finding] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.findings = Findings(findings)

    @classmethod
    def of(cls, finding: Finding) -> HarmoniqcError:
        """Build the exception from a single finding."""
        return cls(finding.message, (finding,))

    def __str__(self) -> str:
        if not self.findings:
            return self.message
        return f"{self.message}\n{self.findings}"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.message, tuple(self.findings)))


class UnitError(HarmoniqcError, ValueError):
    """A unit is unknown, ambiguous, or not written in the grammar of units."""


class ConversionError(UnitError):
    """Two units are known, but no exact conversion between them exists."""


class NotationError(HarmoniqcError, ValueError):
    """A text could not be read with certainty."""


class DocumentError(HarmoniqcError, ValueError):
    """A document is not a valid document of the standard."""


class ResultsError(HarmoniqcError, ValueError):
    """A table of results lacks what is needed to judge any row of it."""


class SelectionError(HarmoniqcError, ValueError):
    """Specifications or batches contradict one another, so that none can be chosen."""


class CompilationError(HarmoniqcError, ValueError):
    """A specification contradicts itself, so that no verdict of it could be trusted."""


class VocabularyError(HarmoniqcError, KeyError):
    """A term is not in the vocabulary, or names several terms."""

    __str__ = HarmoniqcError.__str__


class CrosswalkError(HarmoniqcError, ValueError):
    """A question to the crosswalk names something that it does not have, or a day that is not certain."""
