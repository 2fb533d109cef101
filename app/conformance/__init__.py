"""Checks of an installation against the contract: a client of the API that imports nothing of the server."""
