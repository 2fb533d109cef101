"""Dates in words, digits, scripts and aliases of languages by CLDR 48, from files that `tools/pack_cldr.py` writes."""
