"""Server-sent events of the change log."""
