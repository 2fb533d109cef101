"""The OpenAPI document and the annotations of operations that it is built from."""
