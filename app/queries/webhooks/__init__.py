"""Queries of webhook endpoints and their deliveries."""
