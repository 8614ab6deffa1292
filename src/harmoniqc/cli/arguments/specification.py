"""The arguments of ``harmoniqc specification``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command, count

_EXAMPLES = """\
examples:
  harmoniqc specification specification.xlsx -o specification.json
  harmoniqc specification table.csv --id ari-0001-dp --version 3 --rounding limit-decimals -o spec.json
  harmoniqc specification dossier.docx --table 4         shows how the table is read, and writes nothing

Columns are recognized by their headings: attribute, method, acceptance criterion; unit, stage and material if there.
Every row is kept. What is not understood stands in the document as text, and is never judged.

exit status:
  0  every row was read
  1  something was not read; the document is written nevertheless, and the findings say what to look at
  2  the table cannot be used; the findings say why
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "specification",
        Deferred("harmoniqc.cli.specification"),
        help="read a specification from a table in a spreadsheet or a document",
        description="Read a specification from a printed table, and show test by test how it was understood.",
        examples=_EXAMPLES,
    )
    command.add_argument("table_file", metavar="TABLE", help="the table (.xlsx, .docx, .csv, .tsv)")
    command.add_argument("-o", "--output", metavar="FILE", help="write the specification there (.json)")
    command.add_argument("--product", metavar="ID", help="identifier of the product (default: that of --id)")
    command.add_argument("--id", metavar="ID", help="identifier of the specification (default: the name of the file)")
    command.add_argument("--version", dest="of_version", default="1", metavar="V", help="its version (default: 1)")
    command.add_argument(
        "--rounding",
        choices=("none", "limit-decimals", "limit-significant-figures", "limit-decimals-half-even"),
        default="none",
        help="how results are rounded before they are compared (default: none)",
    )
    command.add_argument("--sheet", metavar="NAME", help="which sheet of a workbook")
    command.add_argument("--table", type=count, metavar="N", help="which table of a document, from 1")
