"""Documents and results in files: read them, write them, never half."""

from harmoniqc.exchange.files import read, read_results, write

__all__ = ["read", "read_results", "write"]
