"""Documents and results in files: read them, write them, never half; repeat an evaluation from its record."""

from harmoniqc.exchange.files import read, read_results, write
from harmoniqc.exchange.replaying import Replay, replay

__all__ = ["Replay", "read", "read_results", "replay", "write"]
