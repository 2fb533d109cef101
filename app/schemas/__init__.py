"""The JSON contract, one file per concept: what everything above the tables speaks."""
