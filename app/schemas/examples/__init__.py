"""Examples of requests and responses for the OpenAPI document."""
