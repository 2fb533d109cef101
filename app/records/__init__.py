"""Rows as records of the interchange format: what both roads, reading and writing, know an article by."""
