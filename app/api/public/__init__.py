"""Public endpoints: reading without a session, cacheable by everyone."""
