"""Queries of the timeline, its calendar and its schedule."""
