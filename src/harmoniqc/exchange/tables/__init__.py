"""Tables as people keep them: printed specifications and results exported from laboratory systems."""
