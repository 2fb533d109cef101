"""Queries of editions and catalogue entries."""
