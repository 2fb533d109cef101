"""Converters of elements, one file for each kind of block."""
