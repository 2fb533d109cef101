"""Dayline, a headless news content API built around the per-day news timeline."""
