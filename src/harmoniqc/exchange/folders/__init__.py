"""Exchanges: packages as folders of Parquet files that both sides can trust."""
