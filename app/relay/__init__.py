"""Telling what waits in this process that something happened."""
