"""The commands and their arguments, a module a command: their help can be read without loading what they run."""

from harmoniqc.cli.arguments import (
    compare,
    convert,
    cqa,
    crosswalk,
    evaluate,
    gaps,
    harmonize,
    impact,
    mapping,
    migrate,
    pack,
    parse,
    replay,
    schema,
    specification,
    unpack,
    validate,
    verify,
)

COMMANDS = (
    evaluate,
    validate,
    specification,
    mapping,
    replay,
    compare,
    harmonize,
    gaps,
    impact,
    pack,
    unpack,
    verify,
    parse,
    convert,
    cqa,
    crosswalk,
    schema,
    migrate,
)
"""In the order in which ``harmoniqc --help`` lists them."""
