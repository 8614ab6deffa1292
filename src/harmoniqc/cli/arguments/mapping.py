"""The arguments of ``harmoniqc map``."""

from __future__ import annotations

from harmoniqc.cli.arguments.common import Commands, Deferred, add_command

_EXAMPLES = """\
examples:
  harmoniqc map results.csv                              shows what the columns are taken for
  harmoniqc map results.xlsx --specification spec.json -o mapping.toml
  harmoniqc evaluate spec.json results.xlsx --mapping mapping.toml

Results may lie in three ways: a row a result, a column an attribute, or a column a batch. The mapping is a small file
with comments, made to be edited: it is kept with the results and serves for the next export as well.

exit status:
  0  every column and every attribute is certain; results can be read without the mapping, too
  1  something is only likely, or not known; look at the file and complete it
  2  the table cannot be used; the findings say why
"""


def add(commands: Commands) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "map",
        Deferred("harmoniqc.cli.mapping"),
        help="propose what the columns of an exported table of results mean",
        description="Propose a mapping: which column of a table of results is what, and how sure that is.",
        examples=_EXAMPLES,
    )
    command.add_argument("results", metavar="RESULTS", help="the table of results (.csv, .tsv, .xlsx)")
    command.add_argument(
        "--specification", metavar="FILE", help="the specification the results are for: names its tests (.json)"
    )
    command.add_argument("-o", "--output", metavar="FILE", help="write the mapping there (.toml)")
    command.add_argument("--sheet", metavar="NAME", help="which sheet of a workbook")
