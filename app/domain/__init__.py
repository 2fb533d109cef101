"""The pure centre: what news is made of, with no I/O, no clock and no settings."""
