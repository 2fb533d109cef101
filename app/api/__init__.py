"""HTTP API: one file for each resource; an endpoint parses arguments, calls one function and responds."""
