"""What a validation found: findings, the conformance profile reached, and what the next one asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harmoniqc.errors import Finding, Findings


class Validation(Findings):
    """Everything that was found in one document. It is valid if none of the findings is an error.

    Args:
        findings: What was found; what the profile asked for lacks is among it.
        kind: Type of the document; None: it could not be told.
        profile: The conformance profile asked for.
        reached: The most demanding profile that the document reaches; None: not even the first.
        missing: What the profile after that would ask for.

    Attributes:
        kind: As given.
        profile: As given.
        reached: As given.
        missing: :class:`~harmoniqc.Findings`, possibly empty.
    """

    __slots__ = ("kind", "missing", "profile", "reached")

    def __init__(
        self,
        findings: Iterable[Finding] = (),
        *,
        kind: str | None = None,
        profile: str = "core",
        reached: str | None = None,
        missing: Iterable[Finding] = (),
    ) -> None:
        super().__init__(findings)
        self.kind = kind
        self.profile = profile
        self.reached = reached
        self.missing = Findings(missing)

    @property
    def valid(self) -> bool:
        """Whether no finding is an error."""
        return not self.errors

    def hidden(self) -> Validation:
        """Return the validation without any value taken from the document."""
        return Validation(
            (item.hidden() for item in self),
            kind=self.kind,
            profile=self.profile,
            reached=self.reached,
            missing=(item.hidden() for item in self.missing),
        )

    def summary(self) -> str:
        """Return one line: whether the document is valid, and which profile it reaches."""
        errors = sum(item.count for item in self if item.level == "error")
        state = "valid" if not errors else f"not valid: {errors:,} error{'s' if errors > 1 else ''}"
        reached = f"reaches profile {self.reached}" if self.reached else "reaches no profile"
        return f"{self.kind or 'document'}: {state}; {reached}"

    def __str__(self) -> str:
        return "\n".join([self.summary(), *(str(item) for item in self)])

    def __repr__(self) -> str:
        return f"<Validation {self.summary()} {self.counts()}>"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Validation)
            and super().__eq__(other)
            and (self.kind, self.profile, self.reached, self.missing)
            == (other.kind, other.profile, other.reached, other.missing)
        )

    def __hash__(self) -> int:
        return hash((tuple(self), self.kind, self.profile, self.reached))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (tuple(self), self.kind, self.profile, self.reached, tuple(self.missing)))


def _restore(
    findings: tuple[Finding, ...],
    kind: str | None,
    profile: str,
    reached: str | None,
    missing: tuple[Finding, ...],
) -> Validation:
    return Validation(findings, kind=kind, profile=profile, reached=reached, missing=missing)
