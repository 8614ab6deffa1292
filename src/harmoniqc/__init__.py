"""harmoniqc."""
