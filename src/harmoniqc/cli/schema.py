"""``harmoniqc schema``: the JSON Schema of a kind of document, or the names of all."""

from __future__ import annotations

import argparse
import json

from harmoniqc import schema
from harmoniqc.cli.main import CONFORMS


def run(options: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        HarmoniqcError: If there is no schema of this name.
    """
    if options.list:
        print("\n".join(schema.schema_names()))
    else:
        print(json.dumps(schema.json_schema(options.name), indent=2))
    return CONFORMS
