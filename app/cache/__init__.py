"""Answers kept in memory: ready bytes, dropped the instant that a change concerns them."""
