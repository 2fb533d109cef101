"""Endpoints for operators and developers: health, API documentation, problem types."""
