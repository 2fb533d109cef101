"""Queries: functions of a connection and parameters that return schemas; Core statements, built once."""
