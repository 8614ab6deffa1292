"""Write the pages of the documentation that are tables of the library's own data.

They are committed, so that they can be read without a build; a test holds them equal to what this script writes.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus_forms import MAIN_FORMS, PROPERTIES, Form, Printed, Row, printed_criteria, rows
from corpus_result_forms import RESULT_FORMS
from docs_profiles import profiles_page
from docs_tables import table
from docs_validation import examples, read_cases, validation_page

from harmoniqc.errors import CODES, CodeEntry

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CORPUS = ROOT / "tests" / "corpus"
VALIDATION_CASES = ROOT / "tests" / "conformance" / "validation"

_LEVELS = {
    "error": "Something was not judged, or not accepted.",
    "warning": "It was judged or accepted, and a person should look.",
    "info": "An assumption worth knowing.",
}


def errors_page(codes: Mapping[str, CodeEntry], shown: Collection[str]) -> str:
    """Return the page of finding codes; those that are shown have an example on the page beside it."""
    parts = [
        "# Finding codes",
        "Every finding has one of these codes. The codes are part of the public interface: a program may act on them,\n"
        "and none is ever reused for another meaning. Each finding adds where it was found, what was expected, and\n"
        "what stood there instead. A code that is a link leads to [a document that has the fault](validation.md).",
    ]
    for level, meaning in _LEVELS.items():
        rows = [
            (f"[`{code}`](validation.md#{code})" if code in shown else f"`{code}`", entry.title, entry.remedy)
            for code, entry in sorted(codes.items())
            if entry.level == level
        ]
        parts.append(f"## {level.capitalize()}\n\n{meaning}")
        parts.append(table(("Code", "Meaning", "What to do"), rows))
    return "\n\n".join(parts) + "\n"


def forms_page(criteria: Sequence[Printed], results: Sequence[Row]) -> str:
    """Return the page that counts the forms of criteria and results in the corpus."""
    homeless = sum(not any(form.shows(item) for form in MAIN_FORMS) for item in criteria)
    plain = [item for item in results if not any(form.shows(item) for form in RESULT_FORMS)]
    lost = sum("value" not in item.row for item in plain)
    return _FORMS.format(
        criteria=len(criteria),
        homeless=homeless,
        rows=len(results),
        plain=len(plain),
        lost=lost,
        main_forms=_forms(MAIN_FORMS, criteria),
        properties=_forms(PROPERTIES, criteria),
        result_forms=_forms(RESULT_FORMS, results),
    )


_FORMS = """# Forms of criteria

Published specifications write the same demand in many ways. This page counts in which ways the 26 products of the
corpus in `tests/corpus/` do, and says how the data standard expresses each. It is computed from the documents of the
corpus. An example is printed text, errors included; superscripts arrived flattened. *Left over* counts what has the
form and is not fully expressed: a criterion with a part that has no structure, or a result whose print shows what its
columns do not carry. A form that none of the 26 products uses is counted as 0.

## Main form of a criterion

Each of the {criteria} criteria has exactly one of these forms. Criteria without a form: {homeless}.

{main_forms}

## Properties of a criterion

These cut across the forms; a criterion has none, one or several.

{properties}

## Form of a result

Counted over {rows} rows; a row has none of these forms, one or several. The {plain} rows that have none are plain
numbers. Rows that are neither: {lost}.

{result_forms}

Confidence intervals are rows only where their ends are known as printed. What could not be kept is listed in
`index.json` of the corpus, under `not_carried`.
"""


def _forms(forms: Sequence[Form[Any]], items: Sequence[Printed] | Sequence[Row]) -> str:
    lines = []
    for form in forms:
        found = [item for item in items if form.shows(item)]
        shown = next((item for item in found if len(item.text) <= _SHORT), found[0] if found else None)
        example, case = ("none in the corpus", "") if shown is None else (shown.example, shown.package[:2])
        left_over = sum(not form.carried(item) for item in found)
        lines.append((form.title, str(len(found)), form.model, example, case, str(left_over)))
    return table(("Form", "Found", "In the standard", "Example", "Case", "Left over"), lines)


_SHORT = 60
"""An example is the first that is no longer than this, where there is one."""


def pages() -> dict[Path, str]:
    """Return every generated page with its text."""
    cases = read_cases(VALIDATION_CASES)
    return {
        DOCS / "errors" / "index.md": errors_page(CODES, examples(cases)),
        DOCS / "errors" / "validation.md": validation_page(cases),
        DOCS / "the-standard" / "conformance-profiles.md": profiles_page(),
        DOCS / "corpus-forms.md": forms_page(printed_criteria(CORPUS), rows(CORPUS)),
    }


def main() -> int:
    """Write the pages."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
