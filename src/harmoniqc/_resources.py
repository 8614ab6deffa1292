"""Where the data trees are: beside the package in an installed copy, at the top of the repository in a checkout."""

from __future__ import annotations

from pathlib import Path

from harmoniqc.errors import DocumentError, Finding

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def data_path(*parts: str) -> Path:
    """Return the path of a file or folder of the data trees.

    In a checkout the trees at its top are read, never a copy inside the package: an editable install may have
    left one behind that is older than the tree.

    Args:
        parts: Path below the top, such as ``"vocabulary", "units.tsv"``.

    Raises:
        DocumentError: If it is in neither place; the installation is then incomplete.
    """
    in_checkout = _PACKAGE.parent.name == "src" and (_CHECKOUT / "pyproject.toml").is_file()
    path = (_CHECKOUT if in_checkout else _PACKAGE / "_data").joinpath(*parts)
    if not path.exists():
        message = f"the data file {'/'.join(parts)} is not part of this installation"
        raise DocumentError(message, (Finding("unreadable-file", message, remedy="install harmoniqc again"),))
    return path
