"""Response cache: complete responses with their dependencies, invalidated by the change log."""
