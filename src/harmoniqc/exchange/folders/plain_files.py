"""The plain files of a folder, and nothing else: no link is followed, nothing waits, nothing is read without end."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.folders.layout import MANIFEST, SIGNATURE
from harmoniqc.exchange.folders.manifest import MAX_FILES, MAX_MANIFEST

_DEEPEST: Final = 4
_MAX_FOLDERS: Final = MAX_FILES
_MAX_SIGNATURE: Final = 64 * 1024
# Neither a link nor a pipe that nobody writes to; not every system has these flags.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def entries_of(root: Path) -> tuple[list[str], list[Finding]]:
    """Return the paths of the plain files below a folder, with slashes, and findings for all that is none.

    Raises:
        OSError: If a folder cannot be listed.
    """
    files: list[str] = []
    findings: list[Finding] = []
    waiting = [("", 0)]
    folders = 0
    while waiting:
        folder, depth = waiting.pop()
        folders += 1
        with os.scandir(root / folder) as entries:
            for entry in entries:
                name = f"{folder}{entry.name}"
                if len(files) + len(waiting) + folders > MAX_FILES + _MAX_FOLDERS or len(findings) >= 100:
                    message = "the folder has more entries than an exchange has"
                    return files, [*findings, Finding("exchange-too-large", message)]
                if entry.is_symlink():
                    findings.append(_unsafe(name, "is a symbolic link"))
                elif entry.is_dir(follow_symlinks=False):
                    if depth >= _DEEPEST:
                        findings.append(_unsafe(name, "is a folder deeper than an exchange has"))
                    else:
                        waiting.append((f"{name}/", depth + 1))
                elif entry.is_file(follow_symlinks=False):
                    files.append(name)
                else:
                    findings.append(_unsafe(name, "is neither a file nor a folder"))
    return sorted(files), findings


def read_plain_file(root: Path, path: str, most: int | None = None) -> bytes:
    """Return the bytes of a file of an exchange.

    Args:
        root: The folder of the exchange.
        path: The file, relative to it; checked before.
        most: How many bytes are read at most; one more is returned where there is more. None: what is the most for the
            manifest and its signature.

    Raises:
        DocumentError: If there is no such file, or it is not a plain one.
    """
    if most is None:
        most = _MAX_SIGNATURE if path == SIGNATURE else MAX_MANIFEST
    try:
        handle = os.open(root / path, _FLAGS)
    except OSError as error:
        code = "not-an-exchange" if path == MANIFEST else "file-missing"
        message = f"{root if path == MANIFEST else path}: {error.strerror or 'cannot be opened'}"
        if path == MANIFEST:
            message = f"{root}: has no manifest that could be read ({error.strerror})"
        raise DocumentError(message, (Finding(code, message, found=str(root / path)),)) from error
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            finding = _unsafe(path, "is no plain file")
            raise DocumentError(finding.message, (finding,))
        return stream.read(most + 1)


def _unsafe(name: str, reason: str) -> Finding:
    shown = name.encode("ascii", "backslashreplace").decode()[:200]
    return Finding("unsafe-entry", f"{shown} {reason}", found=shown)
