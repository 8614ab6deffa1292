"""Specifications compared, merged into one, and followed through their life."""
