"""``harmoniqc schema``: the JSON Schema of a kind of document, or the names of all."""

from __future__ import annotations

import argparse
import json

from harmoniqc.cli.main import CONFORMS
from harmoniqc.schema import json_schema, schema_names


def run(options: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        HarmoniqcError: If there is no schema of this name.
    """
    if options.list:
        print("\n".join(schema_names()))
    else:
        print(json.dumps(json_schema(options.name), indent=2))
    return CONFORMS
