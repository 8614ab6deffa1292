"""The commands and their arguments, a module a command: their help can be read without loading what they run."""

from harmoniqc.cli.arguments import (
    compare,
    convert,
    cqa,
    crosswalk,
    evaluate,
    harmonize,
    mapping,
    migrate,
    parse,
    replay,
    schema,
    specification,
    validate,
)

COMMANDS = (
    evaluate,
    validate,
    specification,
    mapping,
    replay,
    compare,
    harmonize,
    parse,
    convert,
    cqa,
    crosswalk,
    schema,
    migrate,
)
"""In the order in which ``harmoniqc --help`` lists them."""
