"""The commands and their arguments. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date, datetime

from harmoniqc._version import __version__
from harmoniqc.errors import HarmoniqcError

CONFORMS, DOES_NOT, UNUSABLE = 0, 1, 2

_EVALUATE_EXAMPLES = """\
examples:
  harmoniqc evaluate specification.json results.parquet
  harmoniqc evaluate fda.json ema.json results.csv --batches batches.json --as-of 2026-01-31
  harmoniqc evaluate package.json                        specifications and results in one package
  harmoniqc evaluate spec.json results.csv --format parquet -o verdicts.parquet
  harmoniqc evaluate spec.json results.csv --record record.json
  harmoniqc evaluate spec.json results.xlsx --mapping mapping.toml

exit status:
  0  every batch conforms at every decision point
  1  something does not conform, is undecided, missing or was not compared
  2  the input cannot be used; the findings say why
"""

_SPECIFICATION_EXAMPLES = """\
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

_MAP_EXAMPLES = """\
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

_REPLAY_EXAMPLES = """\
examples:
  harmoniqc evaluate spec.json results.csv --record record.json
  harmoniqc replay record.json

The input is looked for where the record says, relative to the record; keep them together.

exit status:
  0  the result is identical; versions that differ are named
  1  an input or the verdicts have changed; the findings say which
  2  the record cannot be used, or its input is not there to be evaluated
"""

_CQA_EXAMPLES = """\
examples:
  harmoniqc cqa VCN
  harmoniqc cqa "bacterial endotoxins" --json

exit status:
  0  the attribute was found
  2  no attribute has this name, or several have; the finding says which are near
"""

_CROSSWALK_EXAMPLES = """\
examples:
  harmoniqc crosswalk "21 CFR 610.12" --to EMA           what stands against a text, and what remains different
  harmoniqc crosswalk --cqa endotoxin --as-of 2027-01-02
  harmoniqc crosswalk --cqa sterility --modality car-t-autologous --stage release --to PMDA
  harmoniqc crosswalk --matrix aav-in-vivo               every attribute, every authority
  harmoniqc crosswalk --profile EMA

FDA, EMA and PMDA include the pharmacopoeia of their region. Texts from memory, drafts and practice are shown as such.

exit status:
  0  something was found
  1  nothing was found
  2  the question names something unknown; the finding says what is near
"""

_CONVERT_EXAMPLES = """\
examples:
  harmoniqc convert 5 EU/mL EU/L
  harmoniqc convert 36.6 Cel degF
  harmoniqc convert -- -80 Cel K
"""

_PARSE_EXAMPLES = """\
examples:
  harmoniqc parse "NMT 5.0 EU/mL"
  harmoniqc parse "6.9–7.8" --unit pH
  harmoniqc parse --result "0.08 ± 0.15 %"
  harmoniqc parse --json "First infusion: ≥ 5,000 IEQ/kg; subsequent: ≥ 4,000 IEQ/kg"

exit status:
  0  the text was read
  1  the text was refused; the finding says where reading stopped and what would be accepted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: The arguments; None: those of the process.

    Returns:
        The exit status: 0, 1 or 2.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return UNUSABLE
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except HarmoniqcError as error:
        return _refused(str(error))
    except BrokenPipeError:
        # Whoever read the output has seen enough; leave quietly, and keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNUSABLE
    except OSError as error:
        return _refused(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
    return status


def _refused(reason: str) -> int:
    from harmoniqc.cli.terminal import printable

    for line in f"harmoniqc: {reason}".split("\n"):
        print(printable(line, sys.stderr.encoding or "utf-8"), file=sys.stderr)
    return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    from harmoniqc.cli import migrating

    parser = argparse.ArgumentParser(
        prog="harmoniqc",
        description="Check results of cell and gene therapies against their specifications.",
        epilog="harmoniqc COMMAND --help explains a command, with examples.",
    )
    parser.add_argument("--version", action="version", version=f"harmoniqc {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_evaluate(commands)
    _add_specification(commands)
    _add_map(commands)
    _add_replay(commands)
    _add_parse(commands)
    _add_convert(commands)
    _add_cqa(commands)
    _add_crosswalk(commands)
    migrating.add_command(commands)
    return parser


def _add_evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "evaluate",
        help="judge results against one or more specifications",
        description="Judge every result, and every batch at every decision point.",
        epilog=_EVALUATE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="specifications (.json), and last the results (.parquet, .csv, .tsv, .ndjson, .json, .xlsx)",
    )
    command.add_argument(
        "--mapping", metavar="FILE", help="what the columns of a table of results mean (.toml); see harmoniqc map"
    )
    command.add_argument("--batches", metavar="FILE", help="a package, a batch or a list of batches (.json)")
    command.add_argument(
        "--as-of", type=_day, metavar="DATE", help="choose versions of specifications for this day (YYYY-MM-DD)"
    )
    command.add_argument("--format", choices=("table", "json", "parquet"), default="table", help="default: table")
    command.add_argument("-o", "--output", metavar="FILE", help="write there instead of to the screen")
    command.add_argument(
        "--pending", action="store_true", help="show what is missing, interim or undecided, and what will decide it"
    )
    command.add_argument(
        "--rows", type=_count, default=200, metavar="N", help="results shown in a table at most (default: 200)"
    )
    command.add_argument(
        "--record", metavar="FILE", help="also write there what a replay needs: hashes, versions, places (.json)"
    )
    command.set_defaults(run=_run_evaluate)


def _add_specification(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "specification",
        help="read a specification from a table in a spreadsheet or a document",
        description="Read a specification from a printed table, and show test by test how it was understood.",
        epilog=_SPECIFICATION_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
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
    command.add_argument("--table", type=_count, metavar="N", help="which table of a document, from 1")
    command.set_defaults(run=_run_specification)


def _add_map(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "map",
        help="propose what the columns of an exported table of results mean",
        description="Propose a mapping: which column of a table of results is what, and how sure that is.",
        epilog=_MAP_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("results", metavar="RESULTS", help="the table of results (.csv, .tsv, .xlsx)")
    command.add_argument(
        "--specification", metavar="FILE", help="the specification the results are for: names its tests (.json)"
    )
    command.add_argument("-o", "--output", metavar="FILE", help="write the mapping there (.toml)")
    command.add_argument("--sheet", metavar="NAME", help="which sheet of a workbook")
    command.set_defaults(run=_run_map)


def _add_replay(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "replay",
        help="evaluate again what a record was made of, and compare",
        description="Evaluate again what a record was made of: the identical result, or what has changed.",
        epilog=_REPLAY_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("record", metavar="RECORD", help="written by harmoniqc evaluate --record (.json)")
    command.set_defaults(run=_run_replay)


def _add_parse(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "parse",
        help="show how a criterion or a result is read",
        description="Show how a criterion or a result is read, what was assumed, and its canonical form.",
        epilog=_PARSE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("text", help="the text, in quotes, as the specification or the certificate prints it")
    command.add_argument("--unit", metavar="UNIT", help="unit of the column, where the text names none")
    command.add_argument("--result", action="store_true", help="the text is a result, not a criterion")
    command.add_argument("--json", action="store_true", help="print the reading and its findings as JSON")
    command.set_defaults(run=_run_parse)


def _add_convert(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "convert",
        help="convert a number exactly between two units",
        description="Convert a number exactly between two units. Units are case-sensitive.",
        epilog=_CONVERT_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("value", help="the number, as decimal text")
    command.add_argument("source", metavar="FROM", help="its unit")
    command.add_argument("target", metavar="TO", help="the unit wanted")
    command.set_defaults(run=_run_convert)


def _add_cqa(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "cqa",
        help="show what a quality attribute means",
        description="Show a critical quality attribute by its id or any of its names.",
        epilog=_CQA_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("name", metavar="NAME", help="id, name or alias, whatever its case and punctuation")
    command.add_argument("--json", action="store_true", help="print it as JSON")
    command.set_defaults(run=_run_cqa)


def _add_crosswalk(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "crosswalk",
        help="show what authorities ask, and how their texts stand to one another",
        description="Show what authorities ask of an attribute or a product, and what stands against a text.",
        epilog=_CROSSWALK_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asked = command.add_mutually_exclusive_group()
    asked.add_argument("reference", nargs="?", metavar="REFERENCE", help='a text, such as "USP <71>" or "ICH Q6B"')
    asked.add_argument("--matrix", metavar="MODALITY", help="every attribute and authority for a kind of product")
    asked.add_argument("--profile", metavar="AUTHORITY", help="how an authority frames these products")
    command.add_argument("--to", metavar="AUTHORITY", help="FDA, EMA, PMDA, ICH, USP, Ph. Eur. or JP (default: all)")
    command.add_argument("--cqa", metavar="NAME", help="only about this attribute")
    command.add_argument("--modality", metavar="NAME", help="only for this kind of product")
    command.add_argument("--stage", metavar="NAME", help="only there in the life of a product, such as release")
    command.add_argument("--as-of", type=_day, metavar="DATE", help="the day that counts (YYYY-MM-DD; default: today)")
    command.add_argument("--json", action="store_true", help="print the answer as JSON")
    command.set_defaults(run=_run_crosswalk)


def _run_evaluate(options: argparse.Namespace) -> int:
    from harmoniqc.cli.evaluate import run

    return run(options)


def _run_specification(options: argparse.Namespace) -> int:
    from harmoniqc.cli.specification import run

    return run(options)


def _run_map(options: argparse.Namespace) -> int:
    from harmoniqc.cli.mapping import run

    return run(options)


def _run_replay(options: argparse.Namespace) -> int:
    from harmoniqc.cli.replay import run

    return run(options)


def _run_parse(options: argparse.Namespace) -> int:
    from harmoniqc.cli.parse import run

    return run(options)


def _run_cqa(options: argparse.Namespace) -> int:
    from harmoniqc.cli.crosswalk import run_cqa

    return run_cqa(options)


def _run_crosswalk(options: argparse.Namespace) -> int:
    from harmoniqc.cli.crosswalk import run_crosswalk

    return run_crosswalk(options)


def _run_convert(options: argparse.Namespace) -> int:
    from harmoniqc.cli.terminal import printable
    from harmoniqc.units import convert

    converted = convert(options.value, options.source, options.target)
    print(printable(f"{converted} {options.target}", sys.stdout.encoding or "utf-8"))
    return CONFORMS


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-01-31") from None


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of rows")
    return int(text)
