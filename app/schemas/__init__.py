"""JSON schemas of the API, one file for each concept, used by everything above the tables."""
