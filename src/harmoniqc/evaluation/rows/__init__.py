"""Rows of results: read, placed in a specification, and judged in bulk."""
