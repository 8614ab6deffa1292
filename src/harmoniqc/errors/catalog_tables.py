"""Finding codes of tables in files: printed specifications, exported results and their mappings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from harmoniqc.errors.entry import CodeEntry

_E: Literal["error"] = "error"
_W: Literal["warning"] = "warning"
_I: Literal["info"] = "info"

TABLE_CODES: Mapping[str, CodeEntry] = MappingProxyType(
    {
        "missing-dependency": CodeEntry(
            _E, "reading this kind of file needs a library that is not installed", "pip install harmoniqc[tables]"
        ),
        "table-too-large": CodeEntry(
            _E,
            "the table is larger than what is read from such a file",
            "export it as CSV, or split it; results in bulk travel as Parquet",
        ),
        "no-table": CodeEntry(
            _E, "the file holds no table of this kind", "name the sheet or the table, with the headings spelled out"
        ),
        "ambiguous-table": CodeEntry(
            _E, "the file holds several tables of this kind", "say which one with `sheet` or `table`"
        ),
        "duplicate-heading": CodeEntry(_E, "two columns have the same heading", "give each column its own heading"),
        "assumed-encoding": CodeEntry(
            _W,
            "the file does not say its encoding and is not UTF-8; it was read as Windows-1252",
            "look at signs like ≥ and µ; save the file as UTF-8",
        ),
        "assumed-delimiter": CodeEntry(
            _I, "the columns are separated by another sign than the file's name says", "none needed"
        ),
        "assumed-identifier": CodeEntry(
            _I, "an identifier was not given and was made from the name of the file", "give it if it matters"
        ),
        "column-not-used": CodeEntry(_I, "a column has no place in a specification and was not read", "none needed"),
        "row-not-a-test": CodeEntry(
            _W,
            "a row of the table states no criterion and was taken as a heading or a note",
            "give the row a criterion if it is a test",
        ),
        "blank-criterion": CodeEntry(
            _E,
            "the table prints no criterion for the attribute; the test is kept without one",
            "state the criterion, or that the result is only reported",
        ),
        "unknown-attribute": CodeEntry(
            _E,
            "the attribute is not in the vocabulary; it is kept under its printed name",
            "use a listed attribute, or ask for it to be added",
        ),
        "ambiguous-attribute": CodeEntry(
            _E, "the attribute's name may mean several attributes of the vocabulary", "use the id of the one meant"
        ),
        "attribute-in-part": CodeEntry(
            _W, "the attribute was recognized by a part of its printed name", "check that it is the one meant"
        ),
        "cell-too-long": CodeEntry(
            _E, "a cell's text is too long to be kept; only its beginning is", "shorten the text"
        ),
        "unknown-stage": CodeEntry(_W, "the stage is not in the vocabulary", "use a listed stage"),
        "unknown-material": CodeEntry(_W, "the material is not in the vocabulary", "use a listed material"),
        "heading-taken-as-stage": CodeEntry(
            _I, "a heading inside the table names a stage; the rows below it belong to it", "none needed"
        ),
        "unit-not-understood": CodeEntry(
            _W, "what stands where a unit is expected is no unit of the unit table", "write a unit of the unit table"
        ),
        "conflicting-units": CodeEntry(
            _W, "two places of the table state different units", "correct whichever is wrong"
        ),
        "date-in-cell": CodeEntry(
            _E,
            "the cell holds a date; a spreadsheet may have made it out of a range like 2-8",
            "format the cell as text and write again what was meant",
        ),
        "error-in-cell": CodeEntry(_E, "the cell holds an error of the spreadsheet", "correct the cell"),
        "formula-in-cell": CodeEntry(
            _I, "the cell holds a formula; the value last computed for it was read", "none needed"
        ),
        "formula-without-value": CodeEntry(
            _E,
            "the cell holds a formula, and the file does not hold its value",
            "open the file in a spreadsheet, let it compute, and save it",
        ),
        "formatted-cell": CodeEntry(
            _I, "the cell's number was read with what its number format adds: percent, sign, unit", "none needed"
        ),
        "cell-not-as-shown": CodeEntry(
            _W,
            "the cell shows the number with fewer digits than it holds; the number it holds was read",
            "none needed if the full number is meant",
        ),
        "format-not-understood": CodeEntry(
            _E,
            "the cell shows something else than the number it holds, by a format that is not understood",
            "format the cell as text and write what is meant",
        ),
        "tracked-change": CodeEntry(
            _W,
            "the cell has tracked changes or words struck out; it was read without them",
            "accept or reject the changes",
        ),
        "unreadable-character": CodeEntry(
            _E, "the text has a character of a symbol font that is not understood", "write the sign as Unicode text"
        ),
        "invalid-mapping": CodeEntry(
            _E, "the mapping of columns breaks a rule", "correct it, or write a new one with harmoniqc map"
        ),
        "mapping-mismatch": CodeEntry(
            _E, "the mapping names something that the table does not have", "correct the mapping or the table"
        ),
        "unmapped-column": CodeEntry(
            _E, "nothing says with certainty what the column means", "say it in a mapping; harmoniqc map writes one"
        ),
        "unmapped-attribute": CodeEntry(
            _E,
            "nothing says with certainty which test or attribute is meant",
            "name the test or the attribute in a mapping; harmoniqc map writes one",
        ),
        "assumed-attribute": CodeEntry(
            _I, "the mapping does not list the attribute; it was recognized by its name", "add it to the mapping"
        ),
        "other-stage": CodeEntry(
            _I,
            "the result is of another stage or material than the test of its name, and is found by its attribute alone",
            "none needed if the specification has no test for it",
        ),
        "row-of-no-batch": CodeEntry(
            _W,
            "a row that names a statistic, a limit, or a control where its batch should stand was set aside",
            "none needed if it is none; otherwise give the batch another name",
        ),
        "row-without-result": CodeEntry(
            _I, "a row of the table holds no result and was taken as a heading or a note", "none needed"
        ),
        "result-left-out": CodeEntry(_I, "results were left out because the mapping says so", "none needed"),
    }
)
