"""Whether something always holds: yes, no, or not to be decided; and why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer.

    Attributes:
        truth: True, False, or None where it is not decided.
        why: Why it does not hold, or is not decided; ``{met}`` stands for the specification that is met and
            ``{other}`` for the other.
    """

    truth: bool | None
    why: str = ""

    def told(self, met: str, other: str) -> str:
        """Return why, with the two specifications named."""
        return self.why.replace("{met}", met).replace("{other}", other)


HOLDS = Answer(True)


def refuted(why: str) -> Answer:
    """Return that it does not hold."""
    return Answer(False, why)


def doubt(why: str) -> Answer:
    """Return that it is not decided."""
    return Answer(None, why)


def all_hold(answers: Iterable[Answer]) -> Answer:
    """Return whether all hold: no, if one does not; not decided, if one is not."""
    open_: Answer | None = None
    for answer in answers:
        if answer.truth is False:
            return answer
        if answer.truth is None and open_ is None:
            open_ = answer
    return open_ or HOLDS
