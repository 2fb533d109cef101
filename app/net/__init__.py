"""Client addresses and request rates. Pure code."""
