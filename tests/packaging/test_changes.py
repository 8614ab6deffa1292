"""Changelog fragments: what is refused, and what a release makes of them."""

from __future__ import annotations

import datetime
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location("check_changes", ROOT / "scripts" / "check_changes.py")
assert _SPEC is not None
assert _SPEC.loader is not None
changes = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(changes)


def test_own_fragments_have_no_fault() -> None:
    assert changes.faults(ROOT / "changes") == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("news.md", "- New.\n", "name it"),
        ("a.improved.md", "- New.\n", "name it"),
        ("A.added.md", "- New.\n", "name it"),
        ("a.added.txt", "- New.\n", "name it"),
        ("a.added.md", " \n", "is empty"),
        ("a.added.md", "- New.", "newline"),
        ("a.added.md", "# New\n", "heading"),
    ],
)
def test_faults_are_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (fault,) = changes.faults(tmp_path)
    assert fault.startswith(f"{name}: ")
    assert said in fault


def test_release_takes_the_fragments_newest_first(tmp_path: Path) -> None:
    folder = tmp_path / "changes"
    folder.mkdir()
    (folder / "README.md").write_text("How.\n", encoding="utf-8")
    (folder / "b.fixed.md").write_text("- B.\n", encoding="utf-8")
    (folder / "a.added.md").write_text("- A.\n", encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n<!-- releases -->\n\n## 0.1.0\n", encoding="utf-8")
    changes.assemble(tmp_path, "0.2.0", datetime.date(2026, 1, 2))
    assert (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8") == (
        "# Changelog\n\n<!-- releases -->\n\n"
        "## 0.2.0 (2026-01-02)\n\n### Added\n\n- A.\n\n### Fixed\n\n- B.\n\n## 0.1.0\n"
    )
    assert [path.name for path in folder.iterdir()] == ["README.md"]
