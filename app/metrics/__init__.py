"""Metrics of all serving processes of a machine, for Prometheus."""
