"""Domain of a newsroom: pure code without I/O, clock or settings."""
