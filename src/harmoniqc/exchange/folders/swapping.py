"""A folder takes the place of another in one step, so that whoever looks sees the one or the other."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2


def put_in_place(new: Path, target: Path) -> None:
    """Give a finished folder its name; what has that name is replaced and then removed.

    Where nothing has the name, this is one rename. Else the two folders are exchanged, which Linux and macOS do in one
    step. Where the system cannot, the old one is renamed first: for that moment there is none, and never half of one.

    Args:
        new: The finished folder, on the same file system.
        target: The name it is to have.

    Raises:
        OSError: If the place cannot be written.
    """
    if not target.exists():
        new.rename(target)
    elif _exchange(new, target):
        _sync(target.parent)
        shutil.rmtree(new)
        return
    else:
        old = target.with_name(f".{target.name[:40]}.{secrets.token_hex(8)}.old")
        target.rename(old)
        try:
            new.rename(target)
        except OSError:
            old.rename(target)
            raise
        _sync(target.parent)
        shutil.rmtree(old)
        return
    _sync(target.parent)


def _exchange(left: Path, right: Path) -> bool:
    """Exchange two folders in one step; return whether the system could."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        paths = os.fsencode(left), os.fsencode(right)
        if sys.platform == "darwin":
            return bool(library.renamex_np(*paths, _RENAME_SWAP) == 0)
        return bool(library.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0)
    except (AttributeError, OSError, TypeError):  # not this system, or not this version of it
        return False


def write_synced(file: Path, data: bytes) -> None:
    """Write a new file and wait until it is on the disk.

    Raises:
        OSError: If it is there already, or the place cannot be written.
    """
    with file.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def sync_folders(root: Path) -> None:
    """Wait until the names in a folder, and in all folders below, are on the disk."""
    for folder, _, _ in os.walk(root):
        _sync(Path(folder))


def _sync(folder: Path) -> None:
    if os.name != "posix":  # other systems have no handle of a folder to wait for
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
