"""Specifications compared, merged into one, and followed through their life."""

from harmoniqc.harmonization.comparing import compare as compare
