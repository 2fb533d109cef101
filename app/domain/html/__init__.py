"""Inline HTML of article bodies: tokens, sanitising policy, and what sanitising removes."""
