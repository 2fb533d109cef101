"""Dates in words, digits, scripts and aliases of languages, and the order of names, by CLDR 48.

Its files are written by `tools/pack_cldr.py` and `tools/pack_collations.py`.
"""
