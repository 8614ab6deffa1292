"""Public names that load with their first use, so that importing a package costs next to nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module


def module_of(homes: Mapping[str, str]) -> dict[str, str]:
    """Return the module of each name, from the names that each module has, in words."""
    return {name: module for module, names in homes.items() for name in names.split()}


def lazy_names(
    package: str, homes: Mapping[str, str], modules: Collection[str] = ()
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return what a package takes as its ``__getattr__`` and ``__dir__``.

    Args:
        package: Name of the package.
        homes: The module below the package that has each name.
        modules: Modules below the package that are public names themselves.
    """

    def get(name: str) -> object:
        if name in modules:
            return import_module(f"{package}.{name}")
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*homes, *modules, *getattr(sys.modules[package], "__all__", ())})

    return get, names
