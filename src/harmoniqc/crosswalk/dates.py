"""The day for which a question is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime

from harmoniqc.errors import CrosswalkError, Finding

AsOf = date | datetime | str | None
"""A day: a date, an instant with its time zone, ISO text like 2026-01-31; None: today (UTC)."""


def day_of(as_of: AsOf) -> str:
    """Return the day as ISO text.

    Raises:
        CrosswalkError: ``naive-datetime`` for an instant without a time zone, ``not-a-day`` for any other text.
    """
    if as_of is None:
        return datetime.now(UTC).date().isoformat()
    if isinstance(as_of, datetime):
        if as_of.tzinfo is None:
            message = f"{as_of.isoformat()} has no time zone, so the day is not certain"
            raise CrosswalkError(message, (Finding("naive-datetime", message, found=as_of.isoformat()),))
        return as_of.date().isoformat()
    if isinstance(as_of, date):
        return as_of.isoformat()
    try:
        return date.fromisoformat(as_of).isoformat()
    except (TypeError, ValueError):
        message = f"{as_of!r} is not a day like 2026-01-31"
        raise CrosswalkError(message, (Finding("not-a-day", message, found=str(as_of)),)) from None
