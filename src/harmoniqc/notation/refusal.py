"""A refusal: what could not be read with certainty, where reading stopped, and what would be accepted."""

from __future__ import annotations

from harmoniqc.errors import CODES, Finding, NotationError


class Refusal(Exception):  # noqa: N818 - never leaves the room; turned into a NotationError by the reader
    """Reading stopped.

    Args:
        code: Code of the finding.
        message: What could not be read, in one sentence.
        at: Place in the text that was being read; None: nowhere in particular.
        found: What stood there.
        expected: What would have been accepted there.
        remedy: What to write instead.
    """

    def __init__(
        self,
        code: str,
        message: str,
        at: int | None = None,
        *,
        found: str | None = None,
        expected: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.at = at
        self.found = found
        self.expected = expected
        self.remedy = remedy

    def error(self, written: str, place: int | None) -> NotationError:
        """Return the exception a caller sees.

        Args:
            written: The whole text as written.
            place: Where reading stopped in it.
        """
        shown = written if len(written) <= 120 else f"{written[:117]}..."
        where = "" if not place else f" (reading stopped at character {place + 1}: {written[place : place + 24]!r})"
        message = f"{shown!r} was not read: {self.message}{where}"
        finding = Finding(
            self.code,
            message,
            expected=self.expected,
            found=self.found if self.found is not None else shown,
            remedy=self.remedy or CODES[self.code].remedy,
        )
        return NotationError(message, (finding,))
