"""What the columns of an exported table of results mean, said by a person and kept in a small file."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError, model_validator

from harmoniqc.errors import DocumentError, Finding
from harmoniqc.exchange.files import named
from harmoniqc.standard import COLUMNS
from harmoniqc.standard.base import Identifier, Model, Positive, Slug, Text

Layout = Literal["long", "wide", "transposed"]
"""``long``: a row a result; ``wide``: a row a batch, a column an attribute; ``transposed``: a row an attribute, a
column a batch."""

MEANINGS: Final = ("attribute", "result", "batch", "keep", "ignore", *COLUMNS)
"""What a column may be, besides a column of the registry.

``attribute``: the printed name of what was measured; ``result``: what was measured, as written; ``batch``: the
results of one batch, whose name is the heading; ``keep``: kept under its own heading, and not used; ``ignore``: left
out.
"""

_RESULTS = frozenset({"result", "comparator", "value", "text", "code"})
NOT_IN: Final = {
    "long": frozenset({"batch"}),
    "wide": _RESULTS | {"attribute", "batch", "unit", "component", "test_id", "cqa"},
    "transposed": _RESULTS | {"batch_id"},
}
"""Meanings that no column of a table can have that lies this way: there they stand in many columns, or in none."""

_FILE_KEYS = {"column": "columns", "attribute": "attributes"}


class MappedColumn(Model):
    """What one column means.

    Attributes:
        heading: Its heading, as printed.
        meaning: One of :data:`MEANINGS`.
        batch_id: The batch, where ``meaning`` is ``batch`` and the heading is not its name.
    """

    heading: Text
    meaning: str
    batch_id: Identifier | None = None

    @model_validator(mode="after")
    def _known(self) -> MappedColumn:
        if self.meaning not in MEANINGS:
            raise ValueError(f"{self.meaning!r} is no meaning; use one of {', '.join(MEANINGS)}")
        if self.batch_id is not None and self.meaning != "batch":
            raise ValueError("batch_id belongs to a column whose meaning is batch")
        return self


class MappedAttribute(Model):
    """What one printed attribute means.

    Attributes:
        printed: Its name as printed: in a wide table the heading of its column.
        test_id: The test of the specification.
        cqa: The attribute, as its id in the vocabulary.
        component: The part of a compound result.
        unit: The unit of its results, where neither the result nor a column of units states one.
        stage: The stage of its results.
        material: The material that was sampled.
        method: The method.
        ignore: True: its results are left out.
    """

    printed: Text
    test_id: Slug | None = None
    cqa: Slug | None = None
    component: Text | None = None
    unit: Identifier | None = None
    stage: Slug | None = None
    material: Slug | None = None
    method: Text | None = None
    ignore: bool = False

    @model_validator(mode="after")
    def _means_something(self) -> MappedAttribute:
        if self.test_id is None and self.cqa is None and not self.ignore:
            raise ValueError(f"{self.printed!r} names neither test_id nor cqa, and is not to be ignored")
        return self


class ResultsMapping(Model):
    """How a table of results is to be read.

    Attributes:
        layout: Which way the table lies.
        sheet: The sheet of a workbook; None: the one with these headings.
        header: The line of the headings; None: the first that has all of them.
        decimal: The decimal sign of all numbers; None: each number says it for itself, or is not read.
        blank: Words that stand for no result, besides an empty cell.
        unit: The unit of results for which nothing else states one.
        columns: What the columns mean. In a wide table the columns of attributes are among ``attributes`` instead;
            in a transposed one every column that is not listed holds the results of one batch.
        attributes: What the printed attributes mean.
    """

    layout: Layout
    sheet: Text | None = None
    header: Positive | None = None
    decimal: Literal["point", "comma"] | None = None
    blank: tuple[Text, ...] = ()
    unit: Identifier | None = None
    columns: tuple[MappedColumn, ...]
    attributes: tuple[MappedAttribute, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> ResultsMapping:
        meanings = [column.meaning for column in self.columns]
        needed = {
            "long": (("batch_id",), ("attribute", "test_id", "cqa"), ("result", "value", "text", "code")),
            "wide": (("batch_id",),),
            "transposed": (("attribute", "test_id", "cqa"),),
        }[self.layout]
        for names in needed:
            if not set(names) & set(meanings):
                raise ValueError(f"a {self.layout} table needs a column that means {' or '.join(names)}")
        if self.layout == "wide" and not self.attributes:
            raise ValueError("a wide table needs the attributes of its columns")
        several = {"batch", "keep", "ignore"} if self.layout == "transposed" else {"keep", "ignore"}
        if twice := sorted({name for name in meanings if meanings.count(name) > 1} - several):
            raise ValueError(f"two columns mean {twice[0]}")
        if wrong := sorted(NOT_IN[self.layout] & set(meanings)):
            raise ValueError(f"no column of a {self.layout} table means {wrong[0]}")
        for what, names_ in (
            ("heading", [column.heading for column in self.columns]),
            ("printed", [item.printed for item in self.attributes]),
        ):
            if len(names_) != len(set(names_)):
                raise ValueError(f"the same {what} occurs twice")
        return self

    def meaning(self, meaning: str) -> MappedColumn | None:
        """Return the column of this meaning."""
        return next((column for column in self.columns if column.meaning == meaning), None)


def read_mapping(path: str | os.PathLike[str]) -> ResultsMapping:
    """Read a mapping from its TOML file.

    Raises:
        DocumentError: ``unreadable-file``, or ``invalid-mapping`` with a finding a fault.
    """
    file = Path(path)
    with named(file):
        raw = tomllib.loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    return mapping_of({_FILE_KEYS.get(key, key): value for key, value in raw.items()}, str(file))


def mapping_of(fields: Mapping[str, Any], where: str) -> ResultsMapping:
    """Return a mapping from its fields.

    Raises:
        DocumentError: ``invalid-mapping``, a finding a fault.
    """
    try:
        return ResultsMapping.model_validate(fields)
    except ValidationError as error:
        singular = {plural: key for key, plural in _FILE_KEYS.items()}
        findings = []
        for item in error.errors(include_url=False):
            pointer = "".join(f"/{singular.get(str(step), step)}" for step in item["loc"])
            said = item["msg"].removeprefix("Value error, ")
            findings.append(Finding("invalid-mapping", f"{where}: {pointer or '/'}: {said}", pointer=pointer))
        raise DocumentError(f"{where}: {len(findings)} fault(s) in the mapping", findings) from None


_INTRODUCTION = """\
# What the columns of a table of results mean. Written by harmoniqc map; edit it as you like.
# harmoniqc evaluate SPECIFICATION RESULTS --mapping THIS-FILE reads results with it.

# long: a row a result; wide: a row a batch, a column an attribute; transposed: a row an attribute, a column a batch.
layout = {layout}
{places}
# How numbers are written: point (1,234.5) or comma (1.234,5). Without it, only clear numbers are read.
{decimal}

# Words that stand for no result. An empty cell always does.
blank = [{blank}]

# The unit of results for which nothing else states one.
{unit}

# Columns. Their meaning is attribute, result, batch, keep, ignore, or a column of the registry: batch_id, unit, method,
# stage, material, replicate, status, result_id ...
{rest}"""

_REST = {
    "long": "# A column that is not listed is kept under its heading.\n",
    "wide": "# A column that is neither here nor among the attributes is kept under its heading.\n",
    "transposed": "# Every column that is not listed holds the results of one batch, and its heading is the batch.\n",
}

_ATTRIBUTES = """
# Attributes, by the {where}. Each has test_id or cqa, or else ignore = true;
# and, where it is needed, unit, component, stage, material, method.
"""


def mapping_text(mapping: ResultsMapping, remarks: Mapping[str, str] | None = None, open_: Iterable[str] = ()) -> str:
    """Return a mapping as the text of its file, with comments for the person who edits it.

    Args:
        mapping: The mapping.
        remarks: Comments by heading or printed name.
        open_: Entries that a person has to complete, each as lines of text.
    """
    said = remarks or {}
    places = "" if mapping.sheet is None else f"sheet = {quoted(mapping.sheet)}\n"
    if mapping.header is not None:
        places += "\n# The line of the headings. Without it, the first line that has all of them.\n"
        places += f"header = {mapping.header}\n"
    text = _INTRODUCTION.format(
        layout=quoted(mapping.layout),
        places=places,
        decimal='# decimal = "point"' if mapping.decimal is None else f"decimal = {quoted(mapping.decimal)}",
        blank=", ".join(quoted(word) for word in mapping.blank),
        rest=_REST[mapping.layout],
        unit='# unit = "%"' if mapping.unit is None else f"unit = {quoted(mapping.unit)}",
    )
    text += "".join(_entry("column", column, said.get(column.heading)) for column in mapping.columns)
    opened = list(open_)
    if mapping.attributes or opened:
        where = "headings of their columns" if mapping.layout == "wide" else "names that are printed"
        text += _ATTRIBUTES.format(where=where)
    text += "".join(_entry("attribute", item, said.get(item.printed)) for item in mapping.attributes)
    lines = (line for entry in opened for line in ("", *entry.split("\n")))
    return text + "".join(f"{_commented(line) if line.startswith('#') else line}\n" for line in lines)


def _entry(kind: str, model: Model, remark: str | None) -> str:
    lines = [f"# {_commented(remark)}"] if remark else []
    lines.append(f"[[{kind}]]")
    for name, value in model.model_dump(exclude_defaults=True).items():
        lines.append(f"{name} = {'true' if value is True else quoted(value)}")
    return "\n" + "\n".join(lines) + "\n"


def _commented(text: str) -> str:
    """Return a text that may stand in a comment, which TOML allows no control characters."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def quoted(text: str) -> str:
    """Return a text as a basic string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
