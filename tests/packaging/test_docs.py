"""The documentation is true: generated pages are current, and every example runs and prints what it says."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import harmoniqc
from harmoniqc.cli import main
from harmoniqc.cli.main import _parser
from harmoniqc.errors import CODES
from harmoniqc.evaluation.verdicts import REASONS, VERDICTS
from harmoniqc.schema.profiles import profile_names, profile_rules

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
    page = (DOCS / "errors" / "index.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[?`([a-z-]+)`", page, re.MULTILINE)
    assert sorted(rows) == sorted(CODES)


def test_every_code_of_the_validation_cases_has_its_example() -> None:
    page = (DOCS / "errors" / "validation.md").read_text(encoding="utf-8")
    folder = ROOT / "tests" / "conformance" / "validation"
    cases = [case for file in folder.glob("*.json") for case in json.loads(file.read_text(encoding="utf-8"))["cases"]]
    named = {finding["code"] for case in cases for finding in case["findings"]}
    assert "below-profile" in named
    assert re.findall(r"^## `([a-z-]+)`$", page, re.MULTILINE) == [code for code in CODES if code in named]
    index = (DOCS / "errors" / "index.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(validation\.md#([a-z-]+)\)", index)) == named
    for section in page.split("\n## ")[1:]:
        code = section[1 : section.index("`", 1)]
        assert f"- `{code}` at " in section


def test_examples_of_validation_are_the_first_cases_that_name_the_code() -> None:
    make = script("docs_validation")
    unit = {"code": "unknown-unit", "pointer": "/unit"}
    key = {"code": "duplicate-key", "pointer": ""}
    cases = [
        {"id": "a", "document": {"x": 1}, "findings": []},
        {"id": "b", "document": {"x": "µ"}, "findings": [key, unit, unit], "profile": "extended"},
        {"id": "c", "document": '{"x": 1, "x": 2}', "findings": [key], "note": "twice"},
        {"id": "d", "document": "not json", "findings": [{"code": "not-a-document", "pointer": None}]},
    ]
    assert [(code, case["id"]) for code, case in make.examples(cases).items()] == [
        ("unknown-unit", "b"),
        ("not-a-document", "d"),
        ("duplicate-key", "b"),
    ]
    page = make.validation_page(cases)
    assert '{\n  "x": "µ"\n}' in page
    assert "```json\nnot json\n```" in page
    assert (
        "Found, asked for profile `extended`:\n\n- `duplicate-key` at the document itself\n- `unknown-unit` at" in page
    )
    assert page.count("- `unknown-unit` at `/unit`") == 2
    with pytest.raises(ValueError, match="case 'e' names 'no-code'"):
        make.validation_page([{"id": "e", "document": {}, "findings": [{"code": "no-code", "pointer": ""}]}])


def test_profile_page_names_every_requirement() -> None:
    page = (DOCS / "the-standard" / "conformance-profiles.md").read_text(encoding="utf-8")
    rules = profile_rules(profile_names()[-1])
    assert re.findall(r"^\| `((?:core|extended|advanced)-[a-z-]+)` \|", page, re.MULTILINE) == [
        rule.id for possible in (True, False) for rule in rules if rule.possible is possible
    ]


def test_the_hook_runs_a_command_that_is_there() -> None:
    hook = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    entry = re.search(r"^  entry: (.+)$", hook, re.MULTILINE)
    assert entry is not None
    name, *arguments = shlex.split(entry[1])
    options = _parser().parse_args([*arguments, "a.json", "b.json"])
    assert (name, options.command, options.files) == ("harmoniqc", "validate", ["a.json", "b.json"])
    page = (DOCS / "how-to" / "validate-in-ci.md").read_text(encoding="utf-8")
    assert f"entry: {entry[1]}\n" in page
    assert page.count("id: harmoniqc-validate\n") == 2


def test_commands_in_recipes_are_understood() -> None:
    page = (DOCS / "how-to" / "validate-in-ci.md").read_text(encoding="utf-8")
    commands = re.findall(r"^(?:\s*- (?:run: )?)?harmoniqc (validate .+)$", page, re.MULTILINE)
    assert len(commands) >= 6
    for command in commands:
        options = _parser().parse_args(shlex.split(command.partition(" < ")[0]))
        assert options.profile in profile_names()


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
