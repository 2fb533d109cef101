"""Import of foreign files: one runner, and one pure parser for each format."""
