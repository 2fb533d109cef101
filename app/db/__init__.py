"""Databases: how they are reached, and the only place that knows one dialect from another."""
