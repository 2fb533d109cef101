"""Queries of feeds and sitemaps."""
