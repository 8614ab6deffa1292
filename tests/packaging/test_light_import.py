"""Importing the package is cheap: the heavy libraries come in with the first name that needs them."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "pydantic", "pint", "pyarrow", "jsonschema", "scipy", "pandas", "polars")


def loaded_after(code: str) -> set[str]:
    """Return which heavy libraries a fresh interpreter has loaded after running some code."""
    script = f"import sys\n{code}\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_bare_import_loads_no_heavy_library() -> None:
    assert loaded_after("import harmoniqc") == set()


def test_listing_the_names_loads_no_heavy_library() -> None:
    assert loaded_after("import harmoniqc; dir(harmoniqc); harmoniqc.__version__") == set()


@pytest.mark.parametrize("code", ["import harmoniqc; harmoniqc.units", "from harmoniqc import units"])
def test_units_do_not_load_pint(code: str) -> None:
    assert "pint" not in loaded_after(code)


def test_exceptions_load_no_heavy_library() -> None:
    assert loaded_after("from harmoniqc import HarmoniqcError") == set()


@pytest.mark.parametrize(
    "look_up",
    [
        "cqas.find('VCN')",
        "crosswalk.requirements(cqa='endotoxin', authority='EMA')",
        "crosswalk.counterparts('21 CFR 610.12', authority='EMA')",
        "crosswalk.matrix('car-t-autologous')",
    ],
)
def test_a_first_look_up_loads_nothing_that_it_does_not_need(look_up: str) -> None:
    script = (
        f"import sys, harmoniqc\nharmoniqc.{look_up}\nprint(*(name for name in sys.argv[1:] if name in sys.modules))"
    )
    costly = (*HEAVY, "hashlib", "difflib", "lark", "html", "json", "email", "harmoniqc.standard", "harmoniqc.notation")
    done = subprocess.run([sys.executable, "-c", script, *costly], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_help_of_the_command_line_loads_no_heavy_library() -> None:
    assert loaded_after("from harmoniqc.cli.main import _parser; _parser().format_help()") == set()


def test_the_rules_of_a_profile_load_no_heavy_library() -> None:
    code = "from harmoniqc.schema.profiles import profile_rules; profile_rules('advanced')"
    assert loaded_after(code) == set()
