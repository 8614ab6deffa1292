"""The command line: parse arguments, call one public function, print."""

from harmoniqc.cli.main import main

__all__ = ["main"]
