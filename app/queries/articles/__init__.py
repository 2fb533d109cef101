"""Queries of articles: one, lists, history and exports."""
