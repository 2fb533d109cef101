"""Mapping between tables and interchange records, used by queries and actions."""
