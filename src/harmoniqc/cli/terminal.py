"""What a terminal shows: tables, colors where they are wanted, and how far the work has come."""

from __future__ import annotations

import os
import shutil
import sys
import time
import unicodedata
from collections.abc import Sequence
from typing import Any

_COLORS = {
    "conforms": "32",
    "reported": "32",
    "does-not-conform": "31;1",
    "indeterminate": "33",
    "incomplete": "33",
    "not-evaluated": "33",
    "certain": "32",
    "likely": "33",
    "open": "31;1",
    "not read": "31;1",
}

_LONG = 1_000_000
"""Tables longer than this show a progress bar."""

_NOT_SHOWN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_IN_ASCII = str.maketrans(
    {"≥": ">=", "≤": "<=", "±": "+/-", "×": "x", "µ": "u", "μ": "u", "…": "...", "–": "-", "—": "-", "−": "-", "’": "'"}
)


def colors_wanted(stream: Any) -> bool:
    """Tell whether to color: only on a terminal, and not where NO_COLOR is set."""
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width_of(text: str) -> int:
    """Return how many columns a text takes; wide East Asian characters take two, combining marks none."""
    return sum(
        0 if unicodedata.category(char) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def render_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, colored: bool, encoding: str = "utf-8"
) -> str:
    """Return rows as a table in plain text; long cells are cut so that a row fits the terminal."""
    cells = [[printable(cell, encoding) for cell in row] for row in (header, *rows)]
    widths = [max(width_of(row[column]) for row in cells) for column in range(len(header))]
    spare = shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 160
    while sum(widths) + 2 * (len(widths) - 1) > spare and max(widths) > 16:
        widths[widths.index(max(widths))] -= 1
    cut = printable("…", encoding)
    lines = []
    for number, row in enumerate(cells):
        shown = [_fit(cell, width, cut) for cell, width in zip(row, widths, strict=True)]
        if colored and number:
            shown = [_paint(cell) for cell in shown]
        lines.append("  ".join(shown).rstrip())
        if number == 0:
            lines.append("  ".join("-" * width for width in widths))
    return "\n".join(lines) + "\n"


def printable(text: str, encoding: str = "utf-8") -> str:
    """Return one line of text that a terminal shows and does not obey.

    Control characters, which a result could carry, become blanks. What the encoding does not have is written in
    ASCII where there is a common way (≥ as >=), and as its escape where there is none; nothing becomes a question
    mark, because a criterion without its sign says something else.
    """
    text = "".join(" " if unicodedata.category(char) in _NOT_SHOWN else char for char in text)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_IN_ASCII).encode(encoding, "backslashreplace").decode(encoding)
    return text


def progress_for(label: str, total: int, *, unit: str = "", above: int = _LONG) -> Progress | None:
    """Return a progress bar for work that is long enough to want one.

    Args:
        label: What is being done.
        total: How much there is to do: rows, or what ``unit`` says.
        unit: What is counted, as it is shown.
        above: There is a bar if there is more to do than this.
    """
    return Progress(label, total, unit) if total > above else None


def _fit(cell: str, width: int, cut: str) -> str:
    if width_of(cell) > width:
        kept = ""
        for char in cell:
            if width_of(kept + char) > width - len(cut):
                break
            kept += char
        cell = kept + cut
    return cell + " " * (width - width_of(cell))


def _paint(cell: str) -> str:
    color = _COLORS.get(cell.strip())
    return cell if color is None else f"\x1b[{color}m{cell}\x1b[0m"


class Progress:
    """A progress bar on standard error, shown only on a terminal.

    Args:
        label: What is being done.
        total: How much there is to do.
        unit: What is counted, as it is shown.
    """

    def __init__(self, label: str, total: int, unit: str = "") -> None:
        self.label = label
        self.unit = f" {unit}" if unit else ""
        self.total = max(total, 1)
        self.shown = sys.stderr.isatty()
        self.last = 0.0

    def __call__(self, done: int, total: int | None = None) -> None:
        """Show how much is done, of a total that may be known better by now."""
        self.total = max(total or self.total, 1)
        now = time.monotonic()
        finished = done >= self.total
        if not self.shown or (now - self.last < 0.1 and not finished):
            return
        self.last = now
        filled = 30 * min(done, self.total) // self.total
        bar = "#" * filled + "." * (30 - filled)
        sys.stderr.write(f"\r{self.label} [{bar}] {done:,} of {self.total:,}{self.unit}" + ("\n" if finished else ""))
        sys.stderr.flush()
