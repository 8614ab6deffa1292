"""What every finding code has: a level, a title, a remedy."""

from __future__ import annotations

from typing import Literal, NamedTuple


class CodeEntry(NamedTuple):
    """What a finding code means.

    Attributes:
        level: ``error``: something was not judged or not accepted; ``warning``: it was judged, and a person
            should look; ``info``: an assumption worth knowing.
        title: The meaning, without any value of the data.
        remedy: What to do about it in general.
    """

    level: Literal["error", "warning", "info"]
    title: str
    remedy: str
