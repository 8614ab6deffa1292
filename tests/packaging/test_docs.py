"""The documentation is true: generated pages are current, and every example runs and prints what it says."""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import harmoniqc
from harmoniqc.cli import main
from harmoniqc.errors import CODES
from harmoniqc.evaluation.verdicts import REASONS, VERDICTS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
_EXAMPLE = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<output>.*?)^```\n)?|^```console\n(?P<session>.*?)^```\n",
    re.MULTILINE | re.DOTALL,
)
_COMMAND = re.compile(r"^\$ harmoniqc (?P<arguments>.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)
EXAMPLES = [page for page in PAGES if _EXAMPLE.search(page.read_text(encoding="utf-8"))]


def script(name: str) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "scripts")  # a script imports the modules beside it
        return importlib.import_module(name)


def test_generated_pages_are_current() -> None:
    for path, text in script("generate_docs").pages().items():
        assert path.read_text(encoding="utf-8") == text, f"run scripts/generate_docs.py: {path.name} is stale"


def test_every_code_has_its_row() -> None:
    page = (DOCS / "errors.md").read_text(encoding="utf-8")
    assert [code for code in CODES if f"| `{code}` |" not in page] == []


def test_every_reason_is_explained() -> None:
    page = (DOCS / "the-standard" / "verdicts-and-reasons.md").read_text(encoding="utf-8")
    assert [reason for reason in REASONS if reason not in CODES and f"`{reason}`" not in page] == []
    assert [verdict for verdict in VERDICTS if f"`{verdict}`" not in page] == []


def test_every_public_name_is_in_the_reference() -> None:
    page = (DOCS / "reference.md").read_text(encoding="utf-8")
    said = set(re.findall(r"^::: harmoniqc\.(\w+)$", page, re.MULTILINE)) | set(re.findall(r"`hq\.(\w+)", page))
    assert sorted(set(harmoniqc.__all__) - said) == []


def test_every_decision_record_is_listed() -> None:
    index = (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")
    records = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [path.name for path in records if f"({path.name})" not in index] == []


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_examples_run_and_print_what_they_say(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for example in _EXAMPLE.finditer(text):
        for command in _COMMAND.finditer(example["session"] or ""):
            assert printed(main, shlex.split(command["arguments"])) == command["output"]
        if example["code"] is not None:
            in_place = "\n" * text.count("\n", 0, example.start("code")) + example["code"]
            code = compile(in_place, str(page), "exec")
            assert example["output"] in (printed(exec, code, names), None)


def printed(function: Callable[..., object], *arguments: object) -> str:
    """Return what a call prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        function(*arguments)
    return out.getvalue()
