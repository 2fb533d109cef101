"""Conversion of HTML documents and fragments into the blocks of a body."""
