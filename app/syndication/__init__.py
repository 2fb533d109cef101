"""Syndication formats of articles and feeds, written by pure renderers."""
