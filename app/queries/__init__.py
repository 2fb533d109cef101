"""Queries: functions from a connection and parameters to schemas, over Core statements that are built once."""
