"""Keyset reads of lists: selections as index ranges, sort keys, and the choice of the index to walk."""
