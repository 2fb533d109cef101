"""Databases: connections, transactions and migrations; the only package with code for one dialect."""
