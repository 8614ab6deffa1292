"""The version of the library. The version of the data standard is another number."""

__version__ = "0.1.0"
