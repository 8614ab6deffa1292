"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_atomically(file: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Write a file that has its name only when it is complete; what stood there before stays until then.

    Args:
        file: Where it goes.
        fill: Writes the content to the stream it is given.

    Raises:
        OSError: If the place cannot be written. Whatever is raised, nothing half-written is left behind.
    """
    # A name of its own for each writer, and no longer than a file system allows.
    part = file.with_name(f".{file.name[:40]}.{secrets.token_hex(8)}.part")
    with part.open("xb") as stream:
        try:
            fill(stream)
            stream.flush()
            os.fsync(stream.fileno())
            part.replace(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
