"""Queries of the change log."""
