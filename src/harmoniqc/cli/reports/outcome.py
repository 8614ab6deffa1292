"""What became of one file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from harmoniqc.errors import Finding, Findings
from harmoniqc.schema.profiles import profile_names
from harmoniqc.schema.validation import Validation

STDIN = "<stdin>"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file.

    Attributes:
        path: The file; None: standard input.
        validation: What was found in it; None: it could not be read.
        profile: The profile that was asked for.
        refused: Why it could not be read.
    """

    path: Path | None
    validation: Validation | None
    profile: str = "core"
    refused: Findings = field(default_factory=Findings)

    @property
    def name(self) -> str:
        """How the file is called in a report."""
        return STDIN if self.path is None else str(self.path)

    @property
    def readable(self) -> bool:
        """Whether the file could be read."""
        return self.validation is not None

    @property
    def reaches(self) -> bool:
        """Whether the profile that was asked for is reached."""
        reached = None if self.validation is None else self.validation.reached
        names = profile_names()
        return reached is not None and names.index(reached) >= names.index(self.profile)

    @property
    def passes(self) -> bool:
        """Whether the document is valid, and reaches the profile that was asked for."""
        return self.validation is not None and self.validation.valid and self.reaches

    @property
    def findings(self) -> Findings:
        """Everything that was found, or why nothing could be."""
        return self.refused if self.validation is None else self.validation

    @property
    def missing(self) -> tuple[Finding, ...]:
        """What the next profile would ask for, as far as it is not among the findings already."""
        if self.validation is None:
            return ()
        return tuple(item for item in self.validation.missing if item not in self.validation)

    @property
    def following(self) -> str | None:
        """The profile after the one that is reached; None: there is none."""
        names = profile_names()
        if self.validation is None:
            return None
        number = 0 if self.validation.reached is None else names.index(self.validation.reached) + 1
        return names[number] if number < len(names) else None

    def summary(self) -> str:
        """Return one line on the file."""
        return f"{self.name}: {'cannot be read' if self.validation is None else self.validation.summary()}"

    def hidden(self) -> Outcome:
        """Return the outcome without any value taken from the document."""
        validation = None if self.validation is None else self.validation.hidden()
        return Outcome(self.path, validation, self.profile, self.refused)
